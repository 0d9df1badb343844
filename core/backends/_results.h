/* The results as Python values; _native.pyi describes them. */
#ifndef SMOOTHL1_RESULTS_H
#define SMOOTHL1_RESULTS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "_host.h"

#include "_element.h"
#include "_group_sums.h"
#include "_groups.h"
#include "_job.h"
#include "_losses.h"
#include "_squares.h"

enum { N_BYTES = N_DIGITS * 4, N_SQUARE_BYTES = N_SQUARE_DIGITS * 4 };

static PyObject *refuse(void) {
    PyErr_SetString(PyExc_ValueError, "arrays that do not go together");
    return NULL;
}

/* Write a sum as an integer number of units, little-endian. */
static void write_bytes(int64_t *digits, int n, char *units) {
    carry_all(digits, n);
    for (int i = 0; i < 4 * n; i++)
        units[i] = (char)(digits[i / 4] >> (i % 4 * 8));
}

static PyObject *plain_result(const Job *job, Sum *sum) {
    char total[N_BYTES], squares[N_SQUARE_BYTES];
    const Seen *seen = &job->seen;
    const Form form = sum->curve.form;
    write_bytes(sum->digits, N_DIGITS, total);
    write_bytes(sum->squares.digits, N_SQUARE_DIGITS, squares);
    double least = loss_at(&sum->curve, seen->least, form);
    double most = loss_at(&sum->curve, seen->most, form);
    return Py_BuildValue("Lddy#y#", (long long)sum->n_quadratic, least,
                         seen->most < 0.0 ? -HUGE_VAL : most,  /* no loss but NaN */
                         total, (Py_ssize_t)N_BYTES, squares, (Py_ssize_t)N_SQUARE_BYTES);
}

static PyObject *weighted_result(const Job *Py_UNUSED(job), Sum *sum) {
    char total[N_BYTES];
    const Seen *seen = &sum->seen;
    write_bytes(sum->digits, N_DIGITS, total);
    return Py_BuildValue("LLLnddy#", (long long)seen->n_nan, (long long)seen->n_inf,
                         (long long)sum->n_quadratic, seen->first_nan, seen->least, seen->most,
                         total, (Py_ssize_t)N_BYTES);
}

static PyObject *list_of(const Job *job, PyObject *(*result_of)(const Job *, Sum *)) {
    PyObject *results = PyList_New(0);
    for (Sum *sum = job->sums; results != NULL && sum < job->sums + job->n_sums; sum++) {
        PyObject *result = result_of(job, sum);
        if (result == NULL || PyList_Append(results, result) < 0)
            Py_CLEAR(results);
        Py_XDECREF(result);
    }
    return results;
}

static PyObject *plain_results(Job *job) {
    return Py_BuildValue("LLnN", (long long)job->seen.n_nan, (long long)job->seen.n_inf,
                         job->seen.first_nan, list_of(job, plain_result));
}

static PyObject *weighted_results(Job *job) {
    char weight[N_BYTES];
    write_bytes(job->weight, N_DIGITS, weight);
    return Py_BuildValue("y#N", weight, (Py_ssize_t)N_BYTES, list_of(job, weighted_result));
}

static PyObject *progress_of(const Scatter *to) {
    return Py_BuildValue("nii", to->n_done, to->least, to->most);
}

static PyObject *group_progress_of(const GroupJob *job) {
    return Py_BuildValue("niiin", job->to.n_done, job->to.least, job->to.most, job->window.lowest,
                         job->window.n_outside);
}

#endif
