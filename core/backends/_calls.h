/* Python's side of arrays as arguments: they are checked here, so that nothing is read or written
 * beyond one, as long as nobody changes codes meanwhile: these must share no memory with what is
 * written. Included by _native.c. */

/* An array as an argument. */
typedef struct {
    PyObject *array;
    const char *types;  /* codes of struct, any of which fits; of records, "T" */
    int is_optional, is_output;
    Py_buffer view;
    char type;          /* its code; 0 where there is no array */
} Argument;

static int take_one(Argument *argument) {
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
                   : format[0] == 'T' ? view->itemsize == sizeof(Group) : view->itemsize == 8;
    uintptr_t alignment = format[0] == 'f' ? 4 : 8;
    if (is_known && is_sized && (uintptr_t)view->buf % alignment == 0) {
        argument->type = format[0];
        return 0;
    }
    PyBuffer_Release(view);
    PyErr_Format(PyExc_ValueError, "expected aligned native numbers of type %s", argument->types);
    return -1;
}

static void let_go(Argument *arguments, int n) {
    while (n-- > 0)
        if (arguments[n].type != 0)
            PyBuffer_Release(&arguments[n].view);
}

static int take(Argument *arguments, int n) {
    for (int i = 0; i < n; i++) {
        if (take_one(&arguments[i]) < 0) {
            let_go(arguments, i);
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

/* Whether an array has as many elements as another, or is not there. */
static int goes_with(const Argument *argument, ptrdiff_t n) {
    return argument->type == 0 || length_of(argument) == n;
}

static PyObject *refuse(const char *message) {
    PyErr_SetString(PyExc_ValueError, message);
    return NULL;
}

/* The first four arguments of every function here. */
enum { A_PRED, A_TARGET, A_WEIGHT, A_OUT, N_ELEMENT_ARGUMENTS };
#define ELEMENT_ARGUMENTS                                               \
    [A_PRED] = {.types = "fd"}, [A_TARGET] = {.types = "fd"},           \
    [A_WEIGHT] = {.types = "d", .is_optional = 1},                      \
    [A_OUT] = {.types = "fd", .is_optional = 1, .is_output = 1}

/* Returns whether they go together. */
static int set_elements(Elements *elements, const Argument *arguments) {
    elements->n = length_of(&arguments[A_PRED]);
    elements->pred = data_of(&arguments[A_PRED]);
    elements->pred_type = arguments[A_PRED].type;
    elements->target = data_of(&arguments[A_TARGET]);
    elements->target_type = arguments[A_TARGET].type;
    elements->weight = data_of(&arguments[A_WEIGHT]);
    elements->out = data_of(&arguments[A_OUT]);
    elements->out_type = arguments[A_OUT].type;
    return goes_with(&arguments[A_TARGET], elements->n) &&
           goes_with(&arguments[A_WEIGHT], elements->n) &&
           goes_with(&arguments[A_OUT], elements->n);
}

static PyObject *weighted_results(WeightedJob *job) {
    PyObject *results = PyList_New(0);
    char total[N_BYTES];
    for (Weighted *found = job->found; results != NULL && found < job->found + job->n_found;
         found++) {
        bytes_of(found->sum.digits, total);
        PyObject *result = Py_BuildValue(
            "LLLnddy#", (long long)found->n_nan, (long long)found->n_inf,
            (long long)found->n_quadratic, found->first_nan, found->least, found->most, total,
            (Py_ssize_t)N_BYTES);
        if (result == NULL || PyList_Append(results, result) < 0)
            Py_CLEAR(results);
        Py_XDECREF(result);
    }
    if (results == NULL)
        return NULL;
    bytes_of(job->weight, total);
    return Py_BuildValue("y#N", total, (Py_ssize_t)N_BYTES, results);
}

static PyObject *run_weighted_job(WeightedJob *job, int version, const double *betas) {
    job->found = PyMem_Calloc((size_t)job->n_found + 1, sizeof(Weighted));
    if (job->found == NULL)
        return PyErr_NoMemory();
    for (ptrdiff_t i = 0; i < job->n_found; i++) {
        Weighted *found = &job->found[i];
        set_beta(&found->sum, betas[i]);
        found->first_nan = -1;
        found->least = HUGE_VAL;
        found->most = -HUGE_VAL;
    }
    Py_BEGIN_ALLOW_THREADS
    VARIANTS[version].weighted(job);
    Py_END_ALLOW_THREADS
    PyObject *results = weighted_results(job);
    PyMem_Free(job->found);
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
    int version = version_of(name);
    if (version < 0 || take(a, N) < 0)
        return NULL;
    WeightedJob job = {.n_found = length_of(&a[BETAS])};
    PyObject *results = set_elements(&job.elements, a)
                            ? run_weighted_job(&job, version, data_of(&a[BETAS]))
                            : refuse("arrays that do not go together");
    let_go(a, N);
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
    int version = version_of(name);
    if (version < 0 || take(a, N_ELEMENT_ARGUMENTS) < 0)
        return NULL;
    Elements elements;
    Sum sum;
    int fits = set_elements(&elements, a);
    set_beta(&sum, beta);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        VARIANTS[version].losses(&elements, &sum);
        Py_END_ALLOW_THREADS
    }
    let_go(a, N_ELEMENT_ARGUMENTS);
    return fits ? Py_NewRef(Py_None) : refuse("arrays that do not go together");
}

/* Returns whether digits are rows of as many groups as there should be. */
static int set_sums(GroupSums *sums, const Argument *digits, ptrdiff_t lowest) {
    const ptrdiff_t least = -((ptrdiff_t)1 << 20);  /* far below all places */
    if (digits->view.ndim != 2 || lowest < least)
        return 0;
    sums->digits = data_of(digits);
    sums->n_groups = digits->view.shape[0];
    sums->n_places = digits->view.shape[1];
    sums->lowest = lowest;
    return 1;
}

static PyObject *progress_of(const GroupJob *job) {
    return Py_BuildValue("nii", job->done, job->least, job->most);
}

static PyObject *tally_groups(PyObject *Py_UNUSED(module), PyObject *args) {
    enum { CODES = N_ELEMENT_ARGUMENTS, POSITIONS, RECORDS, DIGITS, N };
    Argument a[N] = {ELEMENT_ARGUMENTS, [CODES] = {.types = "lq"}, [POSITIONS] = {.types = "lq"},
                     [RECORDS] = {.types = "T", .is_output = 1},
                     [DIGITS] = {.types = "lq", .is_output = 1}};
    double beta;
    Py_ssize_t lowest, start;
    const char *name;
    if (!PyArg_ParseTuple(args, "OOOOOOOdzOnn:tally_groups", &a[A_PRED].array, &a[A_TARGET].array,
                          &a[A_WEIGHT].array, &a[A_OUT].array, &a[CODES].array,
                          &a[POSITIONS].array, &a[RECORDS].array, &beta, &name, &a[DIGITS].array,
                          &lowest, &start))
        return NULL;
    int version = version_of(name);
    if (version < 0 || take(a, N) < 0)
        return NULL;
    GroupJob job = {.codes = data_of(&a[CODES]), .positions = data_of(&a[POSITIONS]),
                    .groups = data_of(&a[RECORDS]), .done = start};
    int fits = set_elements(&job.elements, a) && set_sums(&job.sums, &a[DIGITS], lowest) &&
               goes_with(&a[CODES], job.elements.n) && goes_with(&a[POSITIONS], job.elements.n) &&
               goes_with(&a[RECORDS], job.sums.n_groups) && start >= 0;
    set_beta(&job.sum, beta);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        fits = are_codes(job.codes, job.elements.n, job.sums.n_groups);
        if (fits)
            VARIANTS[version].groups(&job);
        Py_END_ALLOW_THREADS
    }
    let_go(a, N);
    return fits ? progress_of(&job) : refuse("arrays that do not go together");
}

static PyObject *add_to_sums(PyObject *Py_UNUSED(module), PyObject *args) {
    enum { CODES, VALUES, DIGITS, N };
    Argument a[N] = {[CODES] = {.types = "lq"}, [VALUES] = {.types = "d"},
                     [DIGITS] = {.types = "lq", .is_output = 1}};
    Py_ssize_t lowest, start;
    if (!PyArg_ParseTuple(args, "OOOnn:add_to_sums", &a[CODES].array, &a[VALUES].array,
                          &a[DIGITS].array, &lowest, &start))
        return NULL;
    if (take(a, N) < 0)
        return NULL;
    GroupJob job = {.elements.n = length_of(&a[VALUES]), .codes = data_of(&a[CODES]),
                    .done = start};
    int fits = set_sums(&job.sums, &a[DIGITS], lowest) &&
               goes_with(&a[CODES], job.elements.n) && start >= 0;
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        fits = are_codes(job.codes, job.elements.n, job.sums.n_groups);
        if (fits)
            run_sums(&job, data_of(&a[VALUES]));
        Py_END_ALLOW_THREADS
    }
    let_go(a, N);
    return fits ? progress_of(&job) : refuse("arrays that do not go together");
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
    if (take(a, N) < 0)
        return NULL;
    GroupJob job = {.elements.n = length_of(&a[FIRST]), .codes = data_of(&a[CODES]),
                    .done = start};
    Products products = {.n_factors = 0};
    int fits = set_sums(&job.sums, &a[DIGITS], lowest) && start >= 0 &&
               goes_with(&a[CODES], job.elements.n);
    for (int i = FIRST; i <= THIRD; i++) {
        fits = fits && goes_with(&a[i], job.elements.n);
        if (a[i].type != 0)
            products.factors[products.n_factors++] = data_of(&a[i]);
    }
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        fits = are_codes(job.codes, job.elements.n, job.sums.n_groups);
        if (fits)
            run_products(&job, &products);
        Py_END_ALLOW_THREADS
    }
    let_go(a, N);
    return fits ? progress_of(&job) : refuse("arrays that do not go together");
}
