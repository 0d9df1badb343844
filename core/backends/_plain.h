/* Tallies without weights: a chunk in, counts and exact sums out, with the bits of the NumPy backend.
 * core/numerics/loss.py states the order of operations, and core/numerics/exact_sum.py explains exact
 * sums by extraction. The differences here, and why the results are the same:
 *
 * - A block is folded twice, with fixed units 2**50 apart, in the same loop that forms the losses and
 *   searches the largest. The units of the previous block nearly always fit this one, too, so memory
 *   is read while all else is computed. If they do not fit, the block is folded again with units of
 *   its own. The rare block with a loss that needs more bits, or is too large for an anchor, is added
 *   number by number. In any case the sum is exact, so it can have only one result.
 * - The loss never falls as d = |x - y| grows. Let m be the lesser of d and beta. Rounding to nearest
 *   keeps order, so neither m / beta nor d - beta / 2 falls. Below beta, d - m / 2 is d / 2, exactly,
 *   or rounded in order if it is subnormal. So the largest loss is that of the largest d, and one
 *   search for extremes serves all betas. */
#ifndef SMOOTHL1_PLAIN_H
#define SMOOTHL1_PLAIN_H

#include "_host.h"

#include "_curve.h"
#include "_element.h"
#include "_folds.h"
#include "_job.h"
#include "_losses.h"
#include "_squares.h"

/* Add finite losses one by one: any magnitudes, slowly. */
static void add_one_by_one(Sum *sum, const double *error, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        add_number(sum->digits, loss_anywhere(&sum->curve, error[i]));
        sum->n_quadratic += error[i] < sum->curve.beta;
    }
    carry(sum->digits);
}

/* Choose folds for losses up to twice the largest, since the next block may have larger ones. */
static void set_folds(Sum *sum, double largest) {
    int exponent;
    frexp(largest, &exponent);
    sum->coarse = fold_below(exponent);
    sum->fine = fold_below(sum->coarse.unit);
    sum->limit = ldexp(1.0, sum->coarse.unit + FOLD_BITS + 1);
}

/* The values that the loops read, copied so that they stay in registers. */
typedef struct {
    Curve curve;
    double coarse, fine;  /* anchors of the folds */
} Constants;

static Constants constants_of(const Sum *sum) {
    return (Constants){sum->curve, sum->coarse.anchor, sum->fine.anchor};
}

/* The two folds of some losses, and the bits that the folds do not hold. */
typedef struct {
    uint64_t coarse, fine;  /* sums of bits */
    int64_t left;           /* 0: no loss had a bit beyond the fine unit */
    int64_t n_quadratic;
} Folded;

/* Add one loss. Always inlined with a constant form, so that the loop does not test the form. */
INLINE void fold_in(Folded *to, const Constants *with, double error, Form form) {
    double loss = loss_at(&with->curve, error, form);
    double rest = fold_off(loss, with->coarse, &to->coarse);
    to->left |= bits_of(fold_off(rest, with->fine, &to->fine));  /* +0: none is left */
    to->n_quadratic += form != L1 && error < with->curve.beta;
}

/* Add the folds to the sum if they hold all bits. The rest of NaN or infinity is NaN, so not 0. */
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

/* The bits of the smallest and the largest |x - y|: numbers without a sign have the order of their
 * bits, and NaN is last. */
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
 * Returns whether the block was added to the first sum. */
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
    return is_taken(&job->sums[0], &folded, n, from_bits(found.most), form);  /* 0 if one is infinite */
}

INLINE int measure(Job *job, ptrdiff_t start, ptrdiff_t n, double *error, Extremes *extremes) {
    return WITH_FORM(&job->sums[0].curve, measure_as, job, start, n, error, extremes);
}

/* Count errors that are not finite, and move the finite ones together. Returns their number. */
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
