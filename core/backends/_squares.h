/* Exact sums of the squares of losses, for the moments of rows.
 *
 * With fused multiply-add, a square is a rounded product and its remainder, both exact, and these are
 * folded like losses. Squares that do not fit into folds, and all squares without such an instruction,
 * are formed from the mantissas as integers. Squares have digits of their own, down to the square of
 * the smallest loss. */
#ifndef SMOOTHL1_SQUARES_H
#define SMOOTHL1_SQUARES_H

#include "_host.h"

#include "_curve.h"
#include "_element.h"
#include "_folds.h"
#include "_losses.h"

#if defined(__FP_FAST_FMA)
enum { PORTABLE_HAS_FMA = 1 };
#else
enum { PORTABLE_HAS_FMA = 0 };
#endif

typedef struct {
    Fold products[N_SQUARE_FOLDS], remainders[N_SQUARE_FOLDS];  /* folds of the last block */
    double limit;  /* squares of larger losses do not fit into the folds */
    int64_t digits[N_SQUARE_DIGITS];
} Squares;

/* Add the squares of finite losses one by one: any magnitudes, slowly. */
static void add_squares_one_by_one(Squares *squares, const Curve *curve, const double *error,
                                   ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++)
        add_square(squares->digits, loss_anywhere(curve, error[i]));
    carry_all(squares->digits, N_SQUARE_DIGITS);
}

static void set_chain(Fold *folds, int exponent) {
    for (int i = 0; i < N_SQUARE_FOLDS; i++) {
        folds[i] = fold_below(exponent);
        exponent = folds[i].unit;
    }
}

/* Choose folds for the squares of losses up to twice the largest. */
static void set_square_folds(Squares *squares, double largest) {
    int exponent;
    frexp(largest, &exponent);
    set_chain(squares->products, 2 * exponent + 1);
    set_chain(squares->remainders, 2 * exponent + 1 - DBL_MANT_DIG);
    squares->limit = ldexp(1.0, exponent + 1);
}

/* Returns 0, and adds nothing, if the folds do not hold all squares. */
INLINE int are_squares_folded(Squares *squares, const Curve *curve, const double *error, ptrdiff_t n,
                              double largest, Form form) {
    const Curve fixed = *curve;
    double products[N_SQUARE_FOLDS], remainders[N_SQUARE_FOLDS];  /* anchors of the folds */
    uint64_t of_products[N_SQUARE_FOLDS] = {0}, of_remainders[N_SQUARE_FOLDS] = {0};
    int64_t left = 0;
    if (!(largest <= squares->limit))
        return 0;
    for (int i = 0; i < N_SQUARE_FOLDS; i++) {
        products[i] = squares->products[i].anchor;
        remainders[i] = squares->remainders[i].anchor;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        double loss = loss_at(&fixed, error[i], form);
        left |= fold_square_off(loss, products, remainders, of_products, of_remainders);
    }
    if (left != 0)
        return 0;
    for (int i = 0; i < N_SQUARE_FOLDS; i++) {
        add_fold_to(squares->digits, LEAST_SQUARE, &squares->products[i], of_products[i], n);
        add_fold_to(squares->digits, LEAST_SQUARE, &squares->remainders[i], of_remainders[i], n);
    }
    return 1;
}

/* Add the squares of a block. Below 2**-300 a remainder may underflow unnoticed. Above, a loss whose
 * remainder underflows does not fit into the folds. */
INLINE void add_squares_as(Squares *squares, const Curve *curve, const double *error, ptrdiff_t n,
                           double most, Form form) {
    double largest = loss_at(curve, most, form);
    if (largest >= 0x1p-300) {
        if (are_squares_folded(squares, curve, error, n, largest, form))
            return;
        set_square_folds(squares, largest);
        if (are_squares_folded(squares, curve, error, n, largest, form))
            return;
    }
    add_squares_one_by_one(squares, curve, error, n);
}

INLINE void add_squares(Squares *squares, const Curve *curve, const double *error, ptrdiff_t n,
                        double most, int has_fma) {
    if (has_fma)
        WITH_FORM(curve, add_squares_as, squares, curve, error, n, most);
    else
        add_squares_one_by_one(squares, curve, error, n);
}

#endif
