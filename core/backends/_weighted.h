/* Tallies with weights: extremes of the losses, and sums of the terms. */
#ifndef SMOOTHL1_WEIGHTED_H
#define SMOOTHL1_WEIGHTED_H

#include "_host.h"

#include "_element.h"
#include "_folds.h"
#include "_job.h"
#include "_losses.h"

/* The bits of the largest term, NaN last. */
INLINE int64_t largest_bits(const double *terms, ptrdiff_t n) {
    int64_t most = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        most = bits_of(terms[i]) > most ? bits_of(terms[i]) : most;
    return most;
}

/* Add the numbers of a block, all finite, not negative and at most `most`. */
INLINE void add_terms(int64_t *digits, const double *terms, ptrdiff_t n, double most) {
    int exponent;
    frexp(most, &exponent);
    const Fold coarse = fold_below(exponent), fine = fold_below(coarse.unit);
    uint64_t of_coarse = 0, of_fine = 0;
    int64_t left = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        double rest = fold_off(terms[i], coarse.anchor, &of_coarse);
        left |= bits_of(fold_off(rest, fine.anchor, &of_fine));
    }
    if (left == 0) {
        add_fold(digits, &coarse, of_coarse, n);
        add_fold(digits, &fine, of_fine, n);
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++)
        add_number(digits, terms[i]);
    carry(digits);
}

/* Add the terms of a block that has some that are not finite, which are counted separately. */
static void add_finite_terms(Sum *sum, const double *terms, ptrdiff_t start, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        if (fabs(terms[i]) <= DBL_MAX)
            add_number(sum->digits, terms[i]);
        else if (!isnan(terms[i]))
            sum->seen.n_inf++;
        else if (sum->seen.n_nan++ == 0)
            sum->seen.first_nan = start + i;
    }
    carry(sum->digits);
}

/* Count quadratic elements of a block, and find the extremes of its losses that are not NaN. */
INLINE void count_block(Sum *sum, const double *error, const double *losses, ptrdiff_t n) {
    int64_t n_quadratic = 0;
    double least = sum->seen.least, most = sum->seen.most;
    for (ptrdiff_t i = 0; i < n; i++) {
        n_quadratic += error[i] < sum->curve.beta;
        least = losses[i] < least ? losses[i] : least;
        most = losses[i] > most ? losses[i] : most;
    }
    sum->n_quadratic += n_quadratic;
    sum->seen.least = least;
    sum->seen.most = most;
}

INLINE void run_weighted(Job *job) {
    ALIGNED double error[BLOCK];
    ALIGNED double losses[BLOCK];
    ALIGNED double terms[BLOCK];
    const Elements *elements = &job->elements;
    for (ptrdiff_t start = 0; start < elements->n; start += BLOCK) {
        ptrdiff_t n = at_most(elements->n - start, BLOCK);
        const double *weight = elements->weight + start;
        distances(elements, start, n, error);
        for (Sum *sum = job->sums; sum < job->sums + job->n_sums; sum++) {
            losses_of(&sum->curve, error, n, losses);
            count_block(sum, error, losses, n);
            times(losses, weight, n, terms);
            if (elements->out != NULL && sum == job->sums)
                write_terms(elements, start, n, terms);
            int64_t most = largest_bits(terms, n);
            if (most > bits_of(DBL_MAX))
                add_finite_terms(sum, terms, start, n);
            else
                add_terms(sum->digits, terms, n, from_bits(most));
        }
        add_terms(job->weight, weight, n, from_bits(largest_bits(weight, n)));
    }
}

#endif
