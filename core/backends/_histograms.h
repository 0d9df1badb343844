/* Counts of numbers by their upper bits, and of pairs in a grid. core/numerics/histograms.py defines
 * them. */
#ifndef SMOOTHL1_HISTOGRAMS_H
#define SMOOTHL1_HISTOGRAMS_H

#include "_host.h"

#include "_arguments.h"
#include "_results.h"

enum { UPPER_BITS = 16, N_UPPER = 1 << UPPER_BITS, NAN_CODE = 0x7FF8 };

#define MOST_CELLS 0x1p52  /* far more than there are, and exact as integers */

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

/* The cell of a number; -1 if it has none. A negative product may underflow to -0. */
INLINE ptrdiff_t cell_of(const Grid *grid, double value) {
    const double scaled = value * grid->scale;
    if (!(scaled > -MOST_CELLS && scaled < MOST_CELLS))
        return -1;
    int64_t cell = (int64_t)scaled;
    cell -= scaled < (double)cell || (value < 0 && cell == 0);
    cell -= grid->first;
    return cell >= 0 && cell < grid->side ? (ptrdiff_t)cell : -1;
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

static PyObject *count_upper_bits(PyObject *Py_UNUSED(module), PyObject *args) {
    enum { VALUES, COUNTS, N };
    Argument a[N] = {[VALUES] = {.types = "d"}, [COUNTS] = {.types = "lq", .is_output = 1}};
    if (!PyArg_ParseTuple(args, "OO:count_upper_bits", &a[VALUES].array, &a[COUNTS].array) ||
        acquire(a, N) < 0)
        return NULL;
    int fits = has_length(&a[COUNTS], N_UPPER);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        run_upper_bits(data_of(&a[VALUES]), length_of(&a[VALUES]), data_of(&a[COUNTS]));
        Py_END_ALLOW_THREADS
    }
    release(a, N);
    return fits ? Py_NewRef(Py_None) : refuse();
}

static PyObject *count_cells(PyObject *Py_UNUSED(module), PyObject *args) {
    enum { COLUMNS, ROWS, COUNTS, N };
    Argument a[N] = {[COLUMNS] = {.types = "d"}, [ROWS] = {.types = "d"},
                     [COUNTS] = {.types = "lq", .is_output = 1}};
    Grid grid;
    long long first;
    if (!PyArg_ParseTuple(args, "OOdLnO:count_cells", &a[COLUMNS].array, &a[ROWS].array,
                          &grid.scale, &first, &grid.side, &a[COUNTS].array) ||
        acquire(a, N) < 0)
        return NULL;
    grid.first = first;
    const ptrdiff_t n = length_of(&a[COLUMNS]);
    int fits = has_length(&a[ROWS], n) && grid.side > 0 && grid.side <= N_UPPER &&
               has_length(&a[COUNTS], grid.side * grid.side);
    grid.counts = data_of(&a[COUNTS]);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        fits = run_cells(&grid, data_of(&a[COLUMNS]), data_of(&a[ROWS]), n);
        Py_END_ALLOW_THREADS
    }
    release(a, N);
    return fits ? Py_NewRef(Py_None) : refuse();
}

#endif
