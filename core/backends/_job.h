/* A chunk to be tallied at several betas, and the results. */
#ifndef SMOOTHL1_JOB_H
#define SMOOTHL1_JOB_H

#include "_host.h"

#include "_curve.h"
#include "_element.h"
#include "_folds.h"
#include "_losses.h"
#include "_squares.h"

/* Counts of numbers that are not finite, and extremes of those that are not NaN. */
typedef struct {
    int64_t n_nan, n_inf;
    ptrdiff_t first_nan;  /* -1 without NaN */
    double least, most;
} Seen;

static Seen nothing_seen(void) {
    return (Seen){.first_nan = -1, .least = HUGE_VAL, .most = -HUGE_VAL};
}

/* The results at one beta. The sum is held in digits in base 2**32 with delayed carries: a signed digit
 * has room for 2**31 additions. */
typedef struct {
    Curve curve;
    int64_t n_quadratic;
    int64_t digits[N_DIGITS];
    /* Without weights: */
    Fold coarse, fine;  /* folds of the last block */
    double limit;       /* larger losses do not fit into the folds */
    Squares squares;    /* squares of the losses, if they are wanted */
    /* With weights: */
    Seen seen;          /* counts of terms that are not finite, and extremes of losses */
} Sum;

typedef struct {
    Elements elements;
    Sum *sums;
    ptrdiff_t n_sums;
    /* Without weights: */
    ptrdiff_t block;    /* elements at a time, at most BLOCK */
    int with_squares;
    Seen seen;          /* counts and extremes of |x - y| */
    /* With weights: */
    int64_t weight[N_DIGITS];  /* the sum of the weights */
} Job;

#endif
