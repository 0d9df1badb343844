/* Counts of numbers by their upper bits, and of pairs in a grid. core/numerics/histograms.py defines
 * them. */
#ifndef SMOOTHL1_HISTOGRAMS_H
#define SMOOTHL1_HISTOGRAMS_H

#include "_host.h"

#include "_losses.h"

enum { UPPER_BITS = 16, N_UPPER = 1 << UPPER_BITS, NAN_CODE = 0x7FF8 };

/* NaN of either sign has one code. */
static void run_upper_bits(const double *values, ptrdiff_t n, int64_t *counts) {
    for (ptrdiff_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        counts[values[i] == values[i] ? bits >> (64 - UPPER_BITS) : NAN_CODE]++;
    }
}

/* A square grid: the cell of a number is the floor of number * scale, less `first`. */
typedef struct {
    int64_t *counts;
    ptrdiff_t side;
    double scale;
    int64_t first;
} Grid;

/* The cell of a number, less `first`; NaN stays. A negative product may underflow to -0. */
INLINE double cell_of(double value, double scale, double first) {
    const double cell = floor(value * scale);
    return (value < 0 && cell > -1.0 ? -1.0 : cell) - first;
}

/* Returns 0 if a pair has no cell: some pairs may then have been counted. */
INLINE int run_cells(const Grid *grid, const double *columns, const double *rows, ptrdiff_t n) {
    ALIGNED int32_t cells[BLOCK];
    const double scale = grid->scale, first = (double)grid->first, side = (double)grid->side;
    for (ptrdiff_t start = 0; start < n; start += BLOCK) {
        const ptrdiff_t length = at_most(n - start, BLOCK);
        int32_t n_outside = 0;
        for (ptrdiff_t i = 0; i < length; i++) {  /* a loop of its own, which is vectorized */
            const double row = cell_of(rows[start + i], scale, first);
            const double column = cell_of(columns[start + i], scale, first);
            const int is_inside = (row >= 0) & (row < side) & (column >= 0) & (column < side);
            cells[i] = is_inside ? (int32_t)(row * side + column) : 0;
            n_outside += !is_inside;
        }
        if (n_outside > 0)
            return 0;
        for (ptrdiff_t i = 0; i < length; i++)
            grid->counts[cells[i]]++;
    }
    return 1;
}

#endif
