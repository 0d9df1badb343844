/* Folds: the leading bits of many numbers, as multiples of one unit, summed by adding the bits of
 * rounded numbers. core/numerics/exact_sum.py explains it. */
#ifndef SMOOTHL1_FOLDS_H
#define SMOOTHL1_FOLDS_H

#include "_host.h"

#include "_element.h"

enum { FOLD_BITS = 50 };  /* taken by a fold: 2048 values of at most 2**50 units sum to below 2**63 */

/* Multiples of 2**unit are what adding the anchor, and subtracting it again, leaves of a number. */
typedef struct {
    int unit;
    double anchor;
} Fold;

static Fold fold_below(int exponent) {
    int unit = exponent - FOLD_BITS < LEAST ? LEAST : exponent - FOLD_BITS;
    /* Near the largest numbers the anchor is infinite: then NaN is left, and nothing goes unseen. */
    return (Fold){unit, ldexp(1.5, unit + 52)};
}

/* The sum of (t - C) / u from that of the bits of t: right modulo 2**64, so right. The digits count
 * multiples of 2**least. */
static void add_fold_to(int64_t *digits, int least, const Fold *fold, uint64_t total_bits, ptrdiff_t n) {
    uint64_t units = total_bits - (uint64_t)n * (uint64_t)bits_of(fold->anchor);
    int is_negative = units >> 63 != 0;
    add_units(digits, is_negative ? 0 - units : units, fold->unit - least, is_negative);
}

static void add_fold(int64_t *digits, const Fold *fold, uint64_t total_bits, ptrdiff_t n) {
    add_fold_to(digits, LEAST, fold, total_bits, n);
}

#endif
