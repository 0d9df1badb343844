/* Arrays as arguments of functions called from Python. They are checked here, so that nothing is read
 * or written beyond an array, as long as the codes do not change during the call: they must share no
 * memory with an output. */
#ifndef SMOOTHL1_ARGUMENTS_H
#define SMOOTHL1_ARGUMENTS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "_host.h"

#include "_group_sums.h"
#include "_groups.h"
#include "_losses.h"

typedef struct {
    PyObject *array;
    const char *types;  /* codes of the types that fit, as in struct; "T" for records */
    int is_optional, is_output;
    Py_ssize_t record_bytes;
    Py_buffer view;
    char type;          /* code of the array's type; 0 if there is no array */
} Argument;

static int acquire_one(Argument *argument) {
    Py_buffer *view = &argument->view;
    argument->type = 0;
    if (argument->is_optional && argument->array == Py_None)
        return 0;
    int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (argument->is_output ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(argument->array, view, flags) < 0)
        return -1;
    const char *format = view->format == NULL ? "" : view->format;
    int is_known = format[0] != 0 && strchr(argument->types, format[0]) != NULL &&
                   (format[1] == 0 || format[0] == 'T');
    int is_sized = format[0] == 'f' ? view->itemsize == 4
                   : format[0] == 'T' ? view->itemsize == argument->record_bytes : view->itemsize == 8;
    uintptr_t alignment = format[0] == 'f' ? 4 : 8;
    if (is_known && is_sized && (uintptr_t)view->buf % alignment == 0) {
        argument->type = format[0];
        return 0;
    }
    PyBuffer_Release(view);
    PyErr_Format(PyExc_ValueError, "expected aligned native numbers of type %s", argument->types);
    return -1;
}

static void release(Argument *arguments, int n) {
    while (n-- > 0)
        if (arguments[n].type != 0)
            PyBuffer_Release(&arguments[n].view);
}

static int acquire(Argument *arguments, int n) {
    for (int i = 0; i < n; i++) {
        if (acquire_one(&arguments[i]) < 0) {
            release(arguments, i);
            return -1;
        }
    }
    return 0;
}

static ptrdiff_t length_of(const Argument *argument) {
    return argument->type == 0 ? 0 : argument->view.len / argument->view.itemsize;
}

static void *data_of(const Argument *argument) {
    return argument->type == 0 ? NULL : argument->view.buf;
}

/* Whether an array, if there is one, has n elements. */
static int has_length(const Argument *argument, ptrdiff_t n) {
    return argument->type == 0 || length_of(argument) == n;
}

/* The first four arguments of every function of elements. */
enum { A_PRED, A_TARGET, A_WEIGHT, A_OUT, N_ELEMENT_ARGUMENTS };
#define ELEMENT_ARGUMENTS                                               \
    [A_PRED] = {.types = "fd"}, [A_TARGET] = {.types = "fd"},           \
    [A_WEIGHT] = {.types = "d", .is_optional = 1},                      \
    [A_OUT] = {.types = "fd", .is_optional = 1, .is_output = 1}

/* Returns whether the arrays go together. */
static int set_elements(Elements *elements, const Argument *arguments) {
    *elements = (Elements){
        .pred = data_of(&arguments[A_PRED]), .pred_type = arguments[A_PRED].type,
        .target = data_of(&arguments[A_TARGET]), .target_type = arguments[A_TARGET].type,
        .weight = data_of(&arguments[A_WEIGHT]),
        .out = data_of(&arguments[A_OUT]), .out_type = arguments[A_OUT].type,
        .n = length_of(&arguments[A_PRED]),
    };
    return has_length(&arguments[A_TARGET], elements->n) &&
           has_length(&arguments[A_WEIGHT], elements->n) &&
           has_length(&arguments[A_OUT], elements->n);
}

/* Returns whether there are n codes, and the digits are rows. */
static int set_scatter(Scatter *to, const Argument *codes, const Argument *digits, ptrdiff_t n,
                       ptrdiff_t lowest, ptrdiff_t start) {
    const ptrdiff_t least = -((ptrdiff_t)1 << 20);  /* far below all places */
    if (digits->view.ndim != 2 || lowest < least || start < 0)
        return 0;
    *to = (Scatter){
        .codes = data_of(codes), .n = n, .n_done = start,
        .sums = {.digits = data_of(digits), .n_groups = digits->view.shape[0],
                 .n_places = digits->view.shape[1], .lowest = lowest},
    };
    return has_length(codes, n);
}

#endif
