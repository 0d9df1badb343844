/* Tallies without weights: a chunk in, counts and exact sums out. It gives the bits of the NumPy
 * backend. core/numerics/loss.py states the order of operations, and core/numerics/exact_sum.py
 * explains exact sums by extraction. What differs here, and why it is the same:
 *
 * - A block is folded twice, with fixed units 2**50 apart, in the same loop that forms the losses and
 *   searches the largest: units that served the block before nearly always serve this one, so memory
 *   is read while all else is computed. Where they do not, the block is folded again with units of
 *   its own. The rare block with a loss that needs more bits, or is too large for an anchor, is added
 *   number by number. In any case the sum is exact, so there is only one result it can have.
 * - The loss never falls as |x - y| grows. Rounding to nearest keeps order, so neither m / beta nor
 *   d - beta / 2 falls; and below beta d - m / 2 is d / 2, exactly, or rounded in order among
 *   subnormals. So the largest loss is that of the largest |x - y|, and one search for extremes
 *   serves all betas. */
#ifndef SMOOTHL1_PLAIN_H
#define SMOOTHL1_PLAIN_H

#include "_host.h"

#include "_element.h"
#include "_folds.h"
#include "_job.h"
#include "_losses.h"
#include "_squares.h"

/* Add finite losses one by one: any magnitudes, slowly. */
static void add_one_by_one(Sum *sum, const double *error, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        add_number(sum->digits, loss_at(&sum->curve, error[i], sum->curve.form));
        sum->n_quadratic += error[i] < sum->curve.beta;
    }
    carry(sum->digits);
}

/* Choose folds for losses up to the largest. They hold up to twice as much: the next block may. */
static void set_folds(Sum *sum, double largest) {
    int exponent;
    frexp(largest, &exponent);
    sum->coarse = fold_below(exponent);
    sum->fine = fold_below(sum->coarse.unit);
    sum->limit = ldexp(1.0, sum->coarse.unit + FOLD_BITS + 1);
}

/* All that the loops read, so that it stays in registers. */
typedef struct {
    Curve curve;
    double coarse, fine;  /* anchors */
} Constants;

static Constants constants_of(const Sum *sum) {
    return (Constants){sum->curve, sum->coarse.anchor, sum->fine.anchor};
}

/* The two folds of some losses, and what they do not hold. */
typedef struct {
    uint64_t coarse, fine;  /* sums of bits */
    int64_t left;           /* 0: no loss had a bit beyond the fine unit */
    int64_t n_quadratic;
} Folded;

/* Add one loss. Always inlined with a constant form, so that the loop is free of it. */
INLINE void fold_in(Folded *to, const Constants *with, double error, Form form) {
    double loss = loss_at(&with->curve, error, form);
    double rest = fold_off(loss, with->coarse, &to->coarse);
    to->left |= bits_of(fold_off(rest, with->fine, &to->fine));  /* +0: none is left */
    to->n_quadratic += form != L1 && error < with->curve.beta;
}

/* Take over what was folded, if it is all. NaN is left of NaN, and of infinity. */
INLINE int is_taken(Sum *sum, const Folded *folded, ptrdiff_t n, double most, Form form) {
    double largest = loss_at(&sum->curve, most, form);
    if (folded->left != 0 || !(largest <= sum->limit))
        return 0;
    add_fold(sum->digits, &sum->coarse, folded->coarse, n);
    add_fold(sum->digits, &sum->fine, folded->fine, n);
    sum->n_quadratic += folded->n_quadratic;
    return 1;
}

INLINE int is_folded(Sum *sum, const double *error, ptrdiff_t n, double most, Form form) {
    const Constants with = constants_of(sum);
    Folded folded = {0};
    for (ptrdiff_t i = 0; i < n; i++)
        fold_in(&folded, &with, error[i], form);
    return is_taken(sum, &folded, n, most, form);
}

INLINE void add_losses_as(Sum *sum, const double *error, ptrdiff_t n, double most, Form form) {
    if (is_folded(sum, error, n, most, form))
        return;
    set_folds(sum, loss_at(&sum->curve, most, form));
    if (!is_folded(sum, error, n, most, form))
        add_one_by_one(sum, error, n);
}

INLINE void add_losses(Sum *sum, const double *error, ptrdiff_t n, double most) {
    WITH_FORM(&sum->curve, add_losses_as, sum, error, n, most);
}

/* The bits of the smallest and the largest |x - y|: without a sign, numbers are ordered as their bits
 * are, and NaN come last. */
typedef struct {
    int64_t least, most;
} Extremes;

static const Extremes NO_EXTREMES = {.least = INT64_MAX, .most = 0};

INLINE void widen(Extremes *extremes, double distance) {
    int64_t bits = bits_of(distance);
    extremes->most = bits > extremes->most ? bits : extremes->most;
    extremes->least = bits < extremes->least ? bits : extremes->least;
}

/* Form |x - y| of a block and find its extremes, and fold the losses at the first beta on the way.
 * Returns whether the first sum has the block already. */
INLINE int measure_as(Job *job, ptrdiff_t start, ptrdiff_t n, double *error, Extremes *extremes,
                      Form form) {
    const Constants with = constants_of(&job->sums[0]);
    Folded folded = {0};
    Extremes found = NO_EXTREMES;
    FOR_DISTANCES(&job->elements, start, n, {
        error[i] = distance;
        widen(&found, distance);
        fold_in(&folded, &with, distance, form);
    });
    *extremes = found;
    return is_taken(&job->sums[0], &folded, n, from_bits(found.most), form);  /* not if infinite */
}

INLINE int measure(Job *job, ptrdiff_t start, ptrdiff_t n, double *error, Extremes *extremes) {
    return WITH_FORM(&job->sums[0].curve, measure_as, job, start, n, error, extremes);
}

/* Count what is not finite, and move the rest together. Returns how many these are. */
static ptrdiff_t set_apart(Seen *seen, ptrdiff_t start, ptrdiff_t n, double *error, Extremes *extremes) {
    ptrdiff_t n_finite = 0, n_nan = 0;
    *extremes = NO_EXTREMES;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (error[i] <= DBL_MAX) {
            widen(extremes, error[i]);
            error[n_finite++] = error[i];
        } else if (isnan(error[i]) && n_nan++ == 0 && seen->first_nan < 0) {
            seen->first_nan = start + i;
        }
    }
    ptrdiff_t n_inf = n - n_nan - n_finite;
    seen->n_nan += n_nan;
    seen->n_inf += n_inf;
    if (n_inf > 0)
        seen->most = HUGE_VAL;
    return n_finite;
}

INLINE void run_plain(Job *job, int has_fma) {
    ALIGNED double error[BLOCK];
    Seen *seen = &job->seen;
    for (ptrdiff_t start = 0; start < job->elements.n; start += job->block) {
        ptrdiff_t n = at_most(job->elements.n - start, job->block);
        Extremes extremes;
        int is_first_done = measure(job, start, n, error, &extremes);
        if (job->elements.out != NULL)
            write_losses(&job->elements, &job->sums[0].curve, start, n, error);
        if (extremes.most > bits_of(DBL_MAX))
            n = set_apart(seen, start, n, error, &extremes);
        if (n == 0)
            continue;
        double least = from_bits(extremes.least), most = from_bits(extremes.most);
        seen->least = least < seen->least ? least : seen->least;
        seen->most = most > seen->most ? most : seen->most;
        for (Sum *sum = job->sums; sum < job->sums + job->n_sums; sum++) {
            if (sum != job->sums || !is_first_done)
                add_losses(sum, error, n, most);
            if (job->with_squares)
                add_squares(&sum->squares, &sum->curve, error, n, most, has_fma);
        }
    }
}

#endif
