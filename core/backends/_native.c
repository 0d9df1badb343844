/* The native kernel as a Python module. The interpreter lock is let go while it computes. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "_kernel.h"
#include "_terms.h"
#include "_groups.h"
#include "_variants.h"

static int version_of(const char *name) {
    for (int i = 0; i < N_VARIANTS; i++)
        if (VARIANTS[i].is_supported() && (name == NULL || strcmp(name, VARIANTS[i].name) == 0))
            return i;
    PyErr_Format(PyExc_ValueError, "no version for %s here", name);
    return -1;
}

static void set_beta(Sum *sum, double beta) {
    int exponent;
    int is_power_of_two = frexp(beta, &exponent) == 0.5 && exponent > -1020 && exponent < 1020;
    sum->beta = beta;
    sum->reciprocal = is_power_of_two ? 1.0 / beta : 0.0;  /* exact: no bit differs */
    sum->form = beta == 0.0 ? L1 : is_power_of_two ? MULTIPLY : DIVIDE;
}

enum { N_BYTES = N_DIGITS * 4, N_SQUARE_BYTES = N_SQUARE_DIGITS * 4 };

static void bytes_of_all(int64_t *digits, int n, char *units) {
    carry_all(digits, n);
    for (int i = 0; i < 4 * n; i++)
        units[i] = (char)(digits[i / 4] >> (i % 4 * 8));
}

static void bytes_of(int64_t *digits, char *units) { bytes_of_all(digits, N_DIGITS, units); }

static PyObject *result_of(const Job *job, Sum *sum) {
    char total[N_BYTES], squares[N_SQUARE_BYTES];
    bytes_of(sum->digits, total);
    bytes_of_all(sum->squares, N_SQUARE_DIGITS, squares);
    double least = loss_of(job->least, sum->beta, sum->reciprocal, sum->form);
    double most = loss_of(job->most, sum->beta, sum->reciprocal, sum->form);
    return Py_BuildValue("Lddy#y#", (long long)sum->n_quadratic, least,
                         job->most < 0.0 ? -HUGE_VAL : most,  /* there was none */
                         total, (Py_ssize_t)N_BYTES, squares, (Py_ssize_t)N_SQUARE_BYTES);
}

static PyObject *results_of(const Job *job) {
    PyObject *results = PyList_New(0);
    for (Py_ssize_t i = 0; results != NULL && i < job->n_sums; i++) {
        PyObject *result = result_of(job, &job->sums[i]);
        if (result == NULL || PyList_Append(results, result) < 0)
            Py_CLEAR(results);
        Py_XDECREF(result);
    }
    if (results == NULL)
        return NULL;
    return Py_BuildValue("nnnN", job->n_nan, job->n_inf, job->first_nan, results);
}

static PyObject *run_job(Job *job, int version, const double *betas) {
    job->sums = PyMem_Calloc((size_t)job->n_sums + 1, sizeof(Sum));
    if (job->sums == NULL)
        return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < job->n_sums; i++)
        set_beta(&job->sums[i], betas[i]);
    Py_BEGIN_ALLOW_THREADS
    VARIANTS[version].plain(job);
    Py_END_ALLOW_THREADS
    PyObject *results = results_of(job);
    PyMem_Free(job->sums);
    return results;
}

#include "_calls.h"

static PyObject *tally(PyObject *Py_UNUSED(module), PyObject *args) {
    enum { PRED, TARGET, BETAS, OUT, N };
    Argument a[N] = {[PRED] = {.types = "fd"}, [TARGET] = {.types = "fd"},
                     [BETAS] = {.types = "d"},
                     [OUT] = {.types = "fd", .is_optional = 1, .is_output = 1}};
    const char *name;
    Py_ssize_t block;
    int with_squares = 0;
    if (!PyArg_ParseTuple(args, "OOOOnz|p:tally", &a[PRED].array, &a[TARGET].array,
                          &a[BETAS].array, &a[OUT].array, &block, &name, &with_squares))
        return NULL;
    int version = version_of(name);
    if (version < 0 || take(a, N) < 0)
        return NULL;
    Job job = {.pred = data_of(&a[PRED]), .pred_type = a[PRED].type,
               .target = data_of(&a[TARGET]), .target_type = a[TARGET].type,
               .n = length_of(&a[PRED]), .n_sums = length_of(&a[BETAS]),
               .block = block < 1 ? 1 : block > BLOCK ? BLOCK : block,
               .with_squares = with_squares,
               .first_nan = -1, .least = HUGE_VAL, .most = -HUGE_VAL};
    if (job.n_sums > 0) {
        job.out = data_of(&a[OUT]);
        job.out_type = a[OUT].type;
    }
    int fits = goes_with(&a[TARGET], job.n) && goes_with(&a[OUT], job.n);
    PyObject *results = fits ? run_job(&job, version, data_of(&a[BETAS]))
                             : refuse("arrays that do not go together");
    let_go(a, N);
    return results;
}

static int add_constants(PyObject *module) {
    PyObject *names = PyList_New(0);
    for (int i = 0; names != NULL && i < N_VARIANTS; i++) {
        PyObject *name = PyUnicode_FromString(VARIANTS[i].name);
        if (name == NULL || (VARIANTS[i].is_supported() && PyList_Append(names, name) < 0))
            Py_CLEAR(names);
        Py_XDECREF(name);
    }
    int status = PyModule_AddObjectRef(module, "VERSIONS", names);  /* fails, too, for NULL */
    Py_XDECREF(names);
    return status < 0 ? status : PyModule_AddIntConstant(module, "SQUARE_UNIT", LEAST_SQUARE);
}

static PyMethodDef METHODS[] = {
    {"tally", tally, METH_VARARGS, "Counts, extremes and exact sums of the losses of a chunk."},
    {"tally_weighted", tally_weighted, METH_VARARGS, "The same with weights."},
    {"tally_groups", tally_groups, METH_VARARGS, "The same for each of many groups."},
    {"add_to_sums", add_to_sums, METH_VARARGS, "Add numbers to the exact sums of groups."},
    {"add_products", add_products, METH_VARARGS, "Add products to the exact sums of groups."},
    {"losses", losses, METH_VARARGS, "The losses of a chunk."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot SLOTS[] = {
    {Py_mod_exec, (void *)add_constants},
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, .m_name = "_native", .m_methods = METHODS, .m_slots = SLOTS,
};

PyMODINIT_FUNC PyInit__native(void) {
    return PyModuleDef_Init(&MODULE);
}
