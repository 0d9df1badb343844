/* The native kernel as a Python module. The interpreter lock is released while it computes. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "_host.h"

#include "_arguments.h"
#include "_count_calls.h"
#include "_group_sums.h"
#include "_groups.h"
#include "_job.h"
#include "_losses.h"
#include "_products.h"
#include "_results.h"
#include "_squares.h"
#include "_variants.h"

static PyObject *run_job(Job *job, int variant, void (*run)(Job *), PyObject *(*results_of)(Job *),
                         const double *betas) {
    job->sums = PyMem_Calloc((size_t)job->n_sums + 1, sizeof(Sum));
    if (job->sums == NULL)
        return PyErr_NoMemory();
    for (ptrdiff_t i = 0; i < job->n_sums; i++) {
        job->sums[i].curve = VARIANTS[variant].curve(betas[i]);
        job->sums[i].seen = nothing_seen();
    }
    Py_BEGIN_ALLOW_THREADS
    run(job);
    Py_END_ALLOW_THREADS
    PyObject *results = results_of(job);
    PyMem_Free(job->sums);
    return results;
}

static PyObject *tally(PyObject *Py_UNUSED(module), PyObject *args) {
    enum { BETAS = N_ELEMENT_ARGUMENTS, N };
    Argument a[N] = {ELEMENT_ARGUMENTS, [BETAS] = {.types = "d"}};
    const char *name;
    Py_ssize_t block;
    int with_squares = 0;
    a[A_WEIGHT].array = Py_None;
    if (!PyArg_ParseTuple(args, "OOOOnz|p:tally", &a[A_PRED].array, &a[A_TARGET].array,
                          &a[BETAS].array, &a[A_OUT].array, &block, &name, &with_squares))
        return NULL;
    int variant = variant_of(name);
    if (variant < 0 || acquire(a, N) < 0)
        return NULL;
    Job job = {.n_sums = length_of(&a[BETAS]),
               .block = block < 1 ? 1 : at_most(block, BLOCK),
               .with_squares = with_squares,
               .seen = nothing_seen()};
    int fits = set_elements(&job.elements, a);
    if (job.n_sums == 0)
        job.elements.out = NULL;
    PyObject *results = fits ? run_job(&job, variant, VARIANTS[variant].plain, plain_results,
                                       data_of(&a[BETAS]))
                             : refuse();
    release(a, N);
    return results;
}

static PyObject *tally_weighted(PyObject *Py_UNUSED(module), PyObject *args) {
    enum { BETAS = N_ELEMENT_ARGUMENTS, N };
    Argument a[N] = {ELEMENT_ARGUMENTS, [BETAS] = {.types = "d"}};
    const char *name;
    a[A_WEIGHT].is_optional = 0;
    if (!PyArg_ParseTuple(args, "OOOOOz:tally_weighted", &a[A_PRED].array, &a[A_TARGET].array,
                          &a[A_WEIGHT].array, &a[A_OUT].array, &a[BETAS].array, &name))
        return NULL;
    int variant = variant_of(name);
    if (variant < 0 || acquire(a, N) < 0)
        return NULL;
    Job job = {.n_sums = length_of(&a[BETAS])};
    PyObject *results = set_elements(&job.elements, a)
                            ? run_job(&job, variant, VARIANTS[variant].weighted,
                                      weighted_results, data_of(&a[BETAS]))
                            : refuse();
    release(a, N);
    return results;
}

static PyObject *losses(PyObject *Py_UNUSED(module), PyObject *args) {
    Argument a[N_ELEMENT_ARGUMENTS] = {ELEMENT_ARGUMENTS};
    double beta;
    const char *name;
    a[A_OUT].types = "d";
    a[A_OUT].is_optional = 0;
    if (!PyArg_ParseTuple(args, "OOOOdz:losses", &a[A_PRED].array, &a[A_TARGET].array,
                          &a[A_WEIGHT].array, &a[A_OUT].array, &beta, &name))
        return NULL;
    int variant = variant_of(name);
    if (variant < 0 || acquire(a, N_ELEMENT_ARGUMENTS) < 0)
        return NULL;
    Elements elements;
    const Curve curve = VARIANTS[variant].curve(beta);
    int fits = set_elements(&elements, a);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        VARIANTS[variant].losses(&elements, &curve);
        Py_END_ALLOW_THREADS
    }
    release(a, N_ELEMENT_ARGUMENTS);
    return fits ? Py_NewRef(Py_None) : refuse();
}

static PyObject *select_between(PyObject *Py_UNUSED(module), PyObject *args) {
    Argument a[N_ELEMENT_ARGUMENTS] = {ELEMENT_ARGUMENTS};
    double low, high;
    const char *name;
    a[A_WEIGHT].array = Py_None;
    a[A_OUT].types = "d";
    a[A_OUT].is_optional = 0;
    if (!PyArg_ParseTuple(args, "OOOddz:select", &a[A_PRED].array, &a[A_TARGET].array,
                          &a[A_OUT].array, &low, &high, &name))
        return NULL;
    int variant = variant_of(name);
    if (variant < 0 || acquire(a, N_ELEMENT_ARGUMENTS) < 0)
        return NULL;
    Elements elements;
    Selected found = {0};
    int fits = set_elements(&elements, a);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        found = VARIANTS[variant].select(&elements, low, high);
        Py_END_ALLOW_THREADS
    }
    release(a, N_ELEMENT_ARGUMENTS);
    return fits ? Py_BuildValue("nnn", found.n_below, found.n_nan, found.n_between) : refuse();
}

static PyObject *negative_parts(PyObject *Py_UNUSED(module), PyObject *args) {
    Argument a[N_ELEMENT_ARGUMENTS] = {ELEMENT_ARGUMENTS};
    const char *name;
    a[A_WEIGHT].array = Py_None;
    a[A_OUT].types = "d";
    a[A_OUT].is_optional = 0;
    if (!PyArg_ParseTuple(args, "OOOz:negative_parts", &a[A_PRED].array, &a[A_TARGET].array,
                          &a[A_OUT].array, &name))
        return NULL;
    int variant = variant_of(name);
    if (variant < 0 || acquire(a, N_ELEMENT_ARGUMENTS) < 0)
        return NULL;
    Elements elements;
    int is_exact = 0, fits = set_elements(&elements, a);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        is_exact = VARIANTS[variant].negative_parts(&elements);
        Py_END_ALLOW_THREADS
    }
    release(a, N_ELEMENT_ARGUMENTS);
    return fits ? PyBool_FromLong(is_exact) : refuse();
}

static PyObject *tally_groups(PyObject *Py_UNUSED(module), PyObject *args) {
    enum { CODES = N_ELEMENT_ARGUMENTS, POSITIONS, RECORDS, OTHERS, DIGITS, N };
    Argument a[N] = {ELEMENT_ARGUMENTS, [CODES] = {.types = "lq"},
                     [POSITIONS] = {.types = "lq", .is_optional = 1},
                     [RECORDS] = {.types = "T", .is_output = 1, .record_bytes = sizeof(Group)},
                     [OTHERS] = {.types = "T", .is_output = 1, .record_bytes = sizeof(Others)},
                     [DIGITS] = {.types = "lq", .is_output = 1}};
    double beta;
    long long first;
    Py_ssize_t lowest, start;
    const char *name;
    int window;
    if (!PyArg_ParseTuple(args, "OOOOOOLOOdzOnni:tally_groups", &a[A_PRED].array,
                          &a[A_TARGET].array, &a[A_WEIGHT].array, &a[A_OUT].array,
                          &a[CODES].array, &a[POSITIONS].array, &first, &a[RECORDS].array,
                          &a[OTHERS].array, &beta, &name, &a[DIGITS].array, &lowest, &start,
                          &window))
        return NULL;
    int variant = variant_of(name);
    if (variant < 0 || acquire(a, N) < 0)
        return NULL;
    GroupJob job = {.curve = VARIANTS[variant].curve(beta), .positions = data_of(&a[POSITIONS]),
                    .first_position = first, .groups = data_of(&a[RECORDS]),
                    .others = data_of(&a[OTHERS]), .window = {.lowest = window}};
    int fits = set_elements(&job.elements, a) &&
               set_scatter(&job.to, &a[CODES], &a[DIGITS], job.elements.n, lowest, start) &&
               has_length(&a[POSITIONS], job.elements.n) &&
               has_length(&a[RECORDS], job.to.sums.n_groups) &&
               has_length(&a[OTHERS], job.to.sums.n_groups) &&
               (window == NO_WINDOW || (window > 0 && window <= MOST_LOWEST));
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        fits = VARIANTS[variant].groups(&job);
        Py_END_ALLOW_THREADS
    }
    release(a, N);
    return fits ? group_progress_of(&job) : refuse();
}

static PyObject *add_to_sums(PyObject *Py_UNUSED(module), PyObject *args) {
    enum { CODES, VALUES, DIGITS, N };
    Argument a[N] = {[CODES] = {.types = "lq"}, [VALUES] = {.types = "d"},
                     [DIGITS] = {.types = "lq", .is_output = 1}};
    Py_ssize_t lowest, start;
    if (!PyArg_ParseTuple(args, "OOOnn:add_to_sums", &a[CODES].array, &a[VALUES].array,
                          &a[DIGITS].array, &lowest, &start))
        return NULL;
    if (acquire(a, N) < 0)
        return NULL;
    Scatter to;
    int fits = set_scatter(&to, &a[CODES], &a[DIGITS], length_of(&a[VALUES]), lowest, start);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        fits = run_sums(&to, data_of(&a[VALUES]));
        Py_END_ALLOW_THREADS
    }
    release(a, N);
    return fits ? progress_of(&to) : refuse();
}

static PyObject *add_products(PyObject *Py_UNUSED(module), PyObject *args) {
    enum { CODES, FIRST, SECOND, THIRD, DIGITS, N };
    Argument a[N] = {[CODES] = {.types = "lq"}, [FIRST] = {.types = "d"},
                     [SECOND] = {.types = "d", .is_optional = 1},
                     [THIRD] = {.types = "d", .is_optional = 1},
                     [DIGITS] = {.types = "lq", .is_output = 1}};
    Py_ssize_t lowest, start;
    if (!PyArg_ParseTuple(args, "OOOOOnn:add_products", &a[CODES].array, &a[FIRST].array,
                          &a[SECOND].array, &a[THIRD].array, &a[DIGITS].array, &lowest, &start))
        return NULL;
    if (acquire(a, N) < 0)
        return NULL;
    Scatter to;
    Products products = {.n_factors = 0};
    int fits = set_scatter(&to, &a[CODES], &a[DIGITS], length_of(&a[FIRST]), lowest, start);
    for (int i = FIRST; i <= THIRD; i++) {
        fits = fits && has_length(&a[i], length_of(&a[FIRST]));
        if (a[i].type != 0)
            products.factors[products.n_factors++] = data_of(&a[i]);
    }
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        fits = run_products(&to, &products);
        Py_END_ALLOW_THREADS
    }
    release(a, N);
    return fits ? progress_of(&to) : refuse();
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
    if (status < 0 || PyModule_AddIntConstant(module, "BLOCK", BLOCK) < 0)
        return -1;
    if (PyModule_AddIntConstant(module, "NO_WINDOW", NO_WINDOW) < 0)
        return -1;
    return PyModule_AddIntConstant(module, "SQUARE_UNIT", LEAST_SQUARE);
}

static PyMethodDef METHODS[] = {
    {"tally", tally, METH_VARARGS, "Counts, extremes and exact sums of the losses of a chunk."},
    {"tally_weighted", tally_weighted, METH_VARARGS, "The same with weights."},
    {"tally_groups", tally_groups, METH_VARARGS, "The same for each of many groups."},
    {"add_to_sums", add_to_sums, METH_VARARGS, "Add numbers to the exact sums of groups."},
    {"add_products", add_products, METH_VARARGS, "Add products to the exact sums of groups."},
    {"count_upper_bits", count_upper_bits, METH_VARARGS, "Count numbers by their upper bits."},
    {"count_cells", count_cells, METH_VARARGS, "Count pairs in a grid of squares."},
    {"losses", losses, METH_VARARGS, "The losses of a chunk."},
    {"negative_parts", negative_parts, METH_VARARGS, "Differences below 0, without their sign."},
    {"select", select_between, METH_VARARGS, "The distances between two bounds."},
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
