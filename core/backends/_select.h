/* The distances between two bounds, and how many are below them. */
#ifndef SMOOTHL1_SELECT_H
#define SMOOTHL1_SELECT_H

#include "_host.h"

#include "_element.h"
#include "_losses.h"

enum { SELECT_STEP = 16 };  /* elements of which usually none is between the bounds */

typedef struct {
    ptrdiff_t n_below, n_nan, n_between;
} Selected;

INLINE int is_between(double distance, double low, double high) {
    return (distance >= low) & (distance <= high);
}

/* Append the distances between the bounds to `out`, which has room for n. Returns their number. */
INLINE ptrdiff_t keep_between(const double *error, ptrdiff_t n, double low, double high, double *out) {
    ptrdiff_t n_kept = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        out[n_kept] = error[i];
        n_kept += is_between(error[i], low, high);
    }
    return n_kept;
}

INLINE Selected run_select(const Elements *elements, double low, double high) {
    ALIGNED double error[BLOCK];
    Selected found = {0};
    double *out = elements->out;
    for (ptrdiff_t start = 0; start < elements->n; start += BLOCK) {
        ptrdiff_t n = at_most(elements->n - start, BLOCK);
        int64_t n_below = 0, n_nan = 0;
        distances(elements, start, n, error);
        for (ptrdiff_t i = 0; i < n; i++) {
            n_below += error[i] < low;
            n_nan += error[i] != error[i];
        }
        found.n_below += n_below;
        found.n_nan += n_nan;
        for (ptrdiff_t first = 0; first < n; first += SELECT_STEP) {
            ptrdiff_t n_step = at_most(n - first, SELECT_STEP);
            int64_t n_between = 0;
            for (ptrdiff_t i = first; i < first + n_step; i++)
                n_between += is_between(error[i], low, high);
            if (n_between > 0)
                found.n_between +=
                    keep_between(error + first, n_step, low, high, out + found.n_between);
        }
    }
    return found;
}

#endif
