/* Counts of numbers and pairs as functions of the Python module. */
#ifndef SMOOTHL1_COUNT_CALLS_H
#define SMOOTHL1_COUNT_CALLS_H

#include "_host.h"

#include "_arguments.h"
#include "_histograms.h"
#include "_results.h"
#include "_variants.h"

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
    const char *name;
    if (!PyArg_ParseTuple(args, "OOdLnOz:count_cells", &a[COLUMNS].array, &a[ROWS].array,
                          &grid.scale, &first, &grid.side, &a[COUNTS].array, &name))
        return NULL;
    const int variant = variant_of(name);
    if (variant < 0 || acquire(a, N) < 0)
        return NULL;
    grid.first = first;
    const ptrdiff_t n = length_of(&a[COLUMNS]);
    int fits = has_length(&a[ROWS], n) && grid.side > 0 && grid.side <= N_UPPER &&
               has_length(&a[COUNTS], grid.side * grid.side);
    grid.counts = data_of(&a[COUNTS]);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        fits = VARIANTS[variant].cells(&grid, data_of(&a[COLUMNS]), data_of(&a[ROWS]), n);
        Py_END_ALLOW_THREADS
    }
    release(a, N);
    return fits ? Py_NewRef(Py_None) : refuse();
}

#endif
