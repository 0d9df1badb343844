/* Folds: the leading bits of many numbers, as multiples of one unit, summed by adding the bits of
 * rounded numbers. core/numerics/exact_sum.py explains the method. */
#ifndef SMOOTHL1_FOLDS_H
#define SMOOTHL1_FOLDS_H

#include "_host.h"

#include "_element.h"

enum { FOLD_BITS = 50 };  /* bits of a fold: 2048 values of at most 2**50 units sum to below 2**63 */

/* Adding the anchor to a number and subtracting it again rounds the number to a multiple of 2**unit. */
typedef struct {
    int unit;
    double anchor;
} Fold;

static Fold fold_below(int exponent) {
    int unit = exponent - FOLD_BITS < LEAST ? LEAST : exponent - FOLD_BITS;
    /* Near the largest numbers the anchor is infinite: then NaN is left, which is always detected. */
    return (Fold){unit, ldexp(1.5, unit + 52)};
}

/* Add the sum of (t - C) / u. The sum of the bits of t gives it modulo 2**64, which is enough. The
 * digits count multiples of 2**least. */
static void add_fold_to(int64_t *digits, int least, const Fold *fold, uint64_t total_bits, ptrdiff_t n) {
    uint64_t units = total_bits - (uint64_t)n * (uint64_t)bits_of(fold->anchor);
    int is_negative = units >> 63 != 0;
    add_units(digits, is_negative ? 0 - units : units, fold->unit - least, is_negative);
}

static void add_fold(int64_t *digits, const Fold *fold, uint64_t total_bits, ptrdiff_t n) {
    add_fold_to(digits, LEAST, fold, total_bits, n);
}

#endif
