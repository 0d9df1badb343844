/* Parses the numbers of whole CSV rows if all are simple; else pyarrow parses the rows.
 *
 * A decimal number is simple if it has at most 19 digits, not counting leading zeros, so that
 * they fit an integer of 64 bits; and if it is 0, or the nearest binary64 is a normal number.
 *
 * A chunk ends with LF, and only the end of a row goes past an LF. So no byte is read beyond
 * the chunk, although few comparisons are made with its end. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "_decimal.h"

typedef const unsigned char *Text;

#define ONES UINT64_C(0x0101010101010101)

enum { FAR = 10000 };

/* For n further digits: 10**n, and the first integer that they would make longer than 19 digits. */
static const uint64_t SCALES[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
static const uint64_t LIMITS[9] = {
    UINT64_C(10000000000000000000), UINT64_C(1000000000000000000), UINT64_C(100000000000000000),
    UINT64_C(10000000000000000),    UINT64_C(1000000000000000),    UINT64_C(100000000000000),
    UINT64_C(10000000000000),       UINT64_C(1000000000000),       UINT64_C(100000000000),
};

/* Eight bytes, the first one lowest, zeros after the end. Compilers make one load of it. */
INLINE uint64_t eight_bytes(Text at, Text end) {
    if (end - at >= 8)
        return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
               (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 |
               (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
    uint64_t bytes = 0;
    for (int i = 0; i < end - at; i++)
        bytes |= (uint64_t)at[i] << (8 * i);
    return bytes;
}

/* The number of eight digits, the first one lowest: they are joined to pairs, then all at once. */
INLINE uint64_t eight_digits(uint64_t digits) {
    const uint64_t every_other = UINT64_C(0x000000FF000000FF);
    uint64_t pairs = digits * 10 + (digits >> 8);
    uint64_t odd = (pairs & every_other) * (100 + (UINT64_C(1000000) << 32));
    uint64_t even = (pairs >> 16 & every_other) * (1 + (UINT64_C(10000) << 32));
    return (odd + even) >> 32;
}

/* The number of bytes below the lowest set bit; 8 if no bit is set. */
INLINE uint64_t n_before(uint64_t bits) {
#if defined(__GNUC__)
    return bits != 0 ? (uint64_t)__builtin_ctzll(bits) / 8 : 8;
#else
    return (((bits & (0 - bits)) - 1) & ONES) * ONES >> 56;
#endif
}

/* Appends the digits at a place. Returns the place after them; NULL if they are more than 19. */
INLINE Text read_digits(Text at, Text end, uint64_t *integer) {
    uint64_t n;
    do {
        uint64_t digits = eight_bytes(at, end) ^ ONES * '0';
        uint64_t others = ((digits + ONES * 0x76) | digits) >> 7 & ONES;  /* right up to the first */
        n = n_before(others);
        if (*integer >= LIMITS[n])
            return NULL;
        digits = digits << (32 - 4 * n) << (32 - 4 * n);  /* leading zeros */
        *integer = *integer * SCALES[n] + eight_digits(digits);
        at += n;
    } while (n == 8);
    return at;
}

INLINE int is_digit(unsigned char byte) {
    return byte >= '0' && byte <= '9';
}

/* The digits before the point. Often there is one digit: then the next step need not wait. */
INLINE Text read_whole(Text at, Text end, uint64_t *integer) {
    if (!is_digit(at[0]) || is_digit(at[1]))
        return read_digits(at, end, integer);
    *integer = at[0] - '0';
    return at + 1;
}

static Text read_exponent(Text at, ptrdiff_t *exponent) {
    int is_negative = *at == '-';
    at += is_negative || *at == '+';
    if (!is_digit(*at))
        return NULL;
    int value = 0;
    for (; is_digit(*at); at++) {
        value = value * 10 + (*at - '0');
        if (value >= FAR)
            return NULL;
    }
    *exponent += is_negative ? -value : value;
    return at;
}

INLINE double with_sign(double value, uint64_t is_negative) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits |= is_negative << 63;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Returns the place after a number; NULL if there is no simple number here. */
INLINE Text read_number(Text at, Text end, double *value) {
    uint64_t is_negative = *at == '-', significand = 0;
    Text first = at + is_negative;
    at = read_whole(first, end, &significand);
    if (at == NULL)
        return NULL;
    ptrdiff_t n_digits = at - first, exponent = 0;
    /* A longer integer may not be exact, which the user must be told. */
    uint64_t most = (UINT64_C(1) << 53) - 1;
    if (*at == '.') {
        first = at + 1;
        at = read_digits(first, end, &significand);
        if (at == NULL)
            return NULL;
        exponent = first - at;
        n_digits -= exponent;
        most = UINT64_MAX;
    }
    if (n_digits == 0)
        return NULL;
    if (*at == 'e' || *at == 'E') {
        at = read_exponent(at + 1, &exponent);
        if (at == NULL)
            return NULL;
        most = UINT64_MAX;
    }
    double number;
    if (significand > most || !nearest(significand, exponent, &number))
        return NULL;
    *value = with_sign(number, is_negative);
    return at;
}

typedef struct {
    Text at, end;
    unsigned char delimiter;
    int64_t n_columns;
    const int64_t *wanted;
    Py_ssize_t n_wanted, capacity;
    double *out;
    char ends_cell[256];
} Job;

/* Skips whole cells, each with the delimiter after it. NULL if the row has too few. */
INLINE Text skip_cells(const Job *job, Text at, int64_t n) {
    for (; n > 0; n--) {
        while (!job->ends_cell[*at])
            at++;
        if (*at++ != job->delimiter)
            return NULL;
    }
    return at;
}

/* Returns the next row; NULL if this one is not simple. */
INLINE Text read_row(const Job *job, Text at, double *out) {
    int64_t column = 0;
    for (Py_ssize_t i = 0; i < job->n_wanted; i++) {
        at = skip_cells(job, at, job->wanted[i] - column);
        if (at == NULL || (at = read_number(at, job->end, &out[i * job->capacity])) == NULL)
            return NULL;
        column = job->wanted[i] + 1;
        if (column < job->n_columns && *at++ != job->delimiter)
            return NULL;
    }
    if (column < job->n_columns) {
        at = skip_cells(job, at, job->n_columns - column - 1);
        if (at == NULL)
            return NULL;
        while (!job->ends_cell[*at])
            at++;
    }
    at += *at == '\r';
    return *at == '\n' ? at + 1 : NULL;
}

static Py_ssize_t read_rows(const Job *job) {
    if (job->at == job->end || job->end[-1] != '\n')
        return -1;
    Py_ssize_t n = 0;
    for (Text at = job->at; at < job->end; n++) {
        if (n == job->capacity || (at = read_row(job, at, job->out + n)) == NULL)
            return -1;
    }
    return n;
}

static int is_type(const Py_buffer *view, const char *types, Py_ssize_t itemsize, int n_dims) {
    return view->format != NULL && strlen(view->format) == 1 &&
           strchr(types, view->format[0]) != NULL && view->itemsize == itemsize &&
           view->ndim == n_dims && (uintptr_t)view->buf % (size_t)itemsize == 0;
}

static int is_ascending(const int64_t *wanted, Py_ssize_t n, int64_t n_columns) {
    for (Py_ssize_t i = 0; i < n; i++)
        if (wanted[i] <= (i == 0 ? -1 : wanted[i - 1]) || wanted[i] >= n_columns)
            return 0;
    return n > 0;
}

static PyObject *run_job(Job *job) {
    /* A delimiter that numbers may contain could not be told from a part of a number. */
    if (memchr("+-.0123456789eE\"\r\n", job->delimiter, 18) != NULL)
        return PyLong_FromSsize_t(-1);
    memset(job->ends_cell, 0, sizeof job->ends_cell);
    for (Text byte = (Text)"\"\r\n"; *byte; byte++)
        job->ends_cell[*byte] = 1;
    job->ends_cell[job->delimiter] = 1;
    Py_ssize_t n;
    Py_BEGIN_ALLOW_THREADS
    n = read_rows(job);
    Py_END_ALLOW_THREADS
    return PyLong_FromSsize_t(n);
}

static PyObject *parse(PyObject *Py_UNUSED(module), PyObject *args) {
    Py_buffer chunk, wanted, out;
    PyObject *wanted_array, *out_array, *result = NULL;
    char delimiter;
    Py_ssize_t n_columns;
    if (!PyArg_ParseTuple(args, "y*cnOO:parse", &chunk, &delimiter, &n_columns, &wanted_array,
                          &out_array))
        return NULL;
    const int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT;
    if (PyObject_GetBuffer(wanted_array, &wanted, flags) < 0)
        goto without_wanted;
    if (PyObject_GetBuffer(out_array, &out, flags | PyBUF_WRITABLE) < 0)
        goto without_out;
    if (is_type(&wanted, "lq", sizeof(int64_t), 1) && is_type(&out, "d", sizeof(double), 2) &&
        is_ascending(wanted.buf, wanted.shape[0], n_columns) && out.shape[0] == wanted.shape[0]) {
        Job job = {.at = chunk.buf, .end = (Text)chunk.buf + chunk.len,
                   .delimiter = (unsigned char)delimiter, .n_columns = n_columns,
                   .wanted = wanted.buf, .n_wanted = wanted.shape[0],
                   .capacity = out.shape[1], .out = out.buf};
        result = run_job(&job);
    } else {
        PyErr_SetString(PyExc_ValueError, "arrays that do not go together");
    }
    PyBuffer_Release(&out);
without_out:
    PyBuffer_Release(&wanted);
without_wanted:
    PyBuffer_Release(&chunk);
    return result;
}

static PyMethodDef METHODS[] = {
    {"parse", parse, METH_VARARGS, "Numbers of some whole rows of CSV, where all are simple."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot SLOTS[] = {
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, .m_name = "_numbers", .m_methods = METHODS, .m_slots = SLOTS,
};

PyMODINIT_FUNC PyInit__numbers(void) {
    make_fives();
    return PyModuleDef_Init(&MODULE);
}
