/* Counts of numbers by their upper bits, and of pairs in a grid. core/numerics/histograms.py defines
 * them. */
#ifndef SMOOTHL1_HISTOGRAMS_H
#define SMOOTHL1_HISTOGRAMS_H

#include "_host.h"

enum { UPPER_BITS = 16, N_UPPER = 1 << UPPER_BITS, NAN_CODE = 0x7FF8 };

/* NaN of either sign has one code. */
static void run_upper_bits(const double *values, ptrdiff_t n, int64_t *counts) {
    for (ptrdiff_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        counts[values[i] == values[i] ? bits >> (64 - UPPER_BITS) : NAN_CODE]++;
    }
}

/* A square grid: the cell of a number is the whole part of number * scale, less `first`. */
typedef struct {
    int64_t *counts;
    ptrdiff_t side;
    double scale, first;
} Grid;

/* The cell of a number; -1 if it has none. */
INLINE ptrdiff_t cell_of(const Grid *grid, double value) {
    const double scaled = value * grid->scale - grid->first;  /* both exact: see `Density` */
    return scaled >= 0 && scaled < (double)grid->side ? (ptrdiff_t)scaled : -1;
}

/* Returns 0 if a pair has no cell. */
static int run_cells(const Grid *grid, const double *columns, const double *rows, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        const ptrdiff_t row = cell_of(grid, rows[i]), column = cell_of(grid, columns[i]);
        if (row < 0 || column < 0)
            return 0;
        grid->counts[row * grid->side + column]++;
    }
    return 1;
}

#endif
