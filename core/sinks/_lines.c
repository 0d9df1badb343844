/* Writes rows of numbers as lines: the shortest digits that read back to the same number.
 *
 * They are laid out as Python's repr lays out a float, whatever the width of the number. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string.h>

#include "_shortest.h"

/* The layout of a binary number: bytes, bits of the fraction and of the exponent; and
 * the digits that are written, at least as many as it takes. */
typedef struct {
    int n_bytes, n_fraction, n_exponent, n_digits;
} Kind;

static const Kind HALF = {2, 10, 5, 9}, SINGLE = {4, 23, 8, 9}, DOUBLE = {8, 52, 11, 17};

/* As -1.7976931348623157e-308. No number is written beyond so many bytes, even where it is shorter. */
enum { MOST_BYTES = 24 };

enum { EIGHT = 100000000 };

static const uint64_t TENS[18] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, EIGHT,
    UINT64_C(1000000000), UINT64_C(10000000000), UINT64_C(100000000000), UINT64_C(1000000000000),
    UINT64_C(10000000000000), UINT64_C(100000000000000), UINT64_C(1000000000000000),
    UINT64_C(10000000000000000), UINT64_C(100000000000000000),
};

INLINE int n_digits_of(uint64_t number) {
    int n = ((64 - normalise(&(uint64_t){number})) * 1233) >> 12; /* by log10(2), perhaps 1 less */
    return n + (number >= TENS[n]);
}

/* Writes eight digits: two times four, four times two and eight at once are taken apart. */
INLINE void put_eight(char *to, uint32_t number) {
    uint64_t digits = number / 10000 | (uint64_t)(number % 10000) << 32;
    uint64_t upper = (digits * 10486) >> 20 & UINT64_C(0x0000007F0000007F);
    digits = upper | (digits - upper * 100) << 16;
    upper = (digits * 103) >> 10 & UINT64_C(0x000F000F000F000F);
    digits = (upper | (digits - upper * 10) << 8) | UINT64_C(0x3030303030303030);
    for (int i = 0; i < 8; i++) /* compilers make one store of it */
        to[i] = (char)(digits >> (8 * i));
}

/* Writes all digits of the kind, and returns how many there are up to the last that is not 0. */
INLINE int put_digits(char *to, uint64_t digits, Kind kind) {
    if (kind.n_digits == 17) {
        put_eight(to + 9, (uint32_t)(digits % EIGHT));
        digits /= EIGHT;
    }
    to[0] = (char)('0' + digits / EIGHT);
    put_eight(to + 1, (uint32_t)(digits % EIGHT));
    int n = kind.n_digits;
    while (to[n - 1] == '0')
        n--;
    return n;
}

/* Writes e-07, or the like. */
INLINE char *put_exponent(char *to, int exponent) {
    int size = exponent < 0 ? -exponent : exponent;
    *to++ = 'e';
    *to++ = exponent < 0 ? '-' : '+';
    if (size >= 100)
        *to++ = (char)('0' + size / 100);
    *to++ = (char)('0' + size / 10 % 10);
    *to++ = (char)('0' + size % 10);
    return to;
}

/* Writes 0.0015, 1.5, 1500.0 or 1.5e-07. */
INLINE char *put_decimal(char *to, Decimal decimal, Kind kind) {
    int n_given = n_digits_of(decimal.digits), point = n_given + decimal.exponent;
    uint64_t digits = decimal.digits * TENS[kind.n_digits - n_given];
    if (-4 < point && point <= 0) {
        memcpy(to, "0.000", 5);
        to += 2 - point;
        return to + put_digits(to, digits, kind);
    }
    int n = put_digits(to + 1, digits, kind), has_exponent = point <= 0 || point > 16;
    int n_whole = has_exponent ? 1 : point;
    to[0] = to[1];
    for (int i = 1; i < n_whole; i++)
        to[i] = i < n ? to[i + 1] : '0';
    to[n_whole] = '.';
    if (has_exponent)
        return put_exponent(to + (n > 1 ? n + 1 : 1), point - 1);
    if (n_whole < n)
        return to + n + 1;
    to[n_whole + 1] = '0';
    return to + n_whole + 2;
}

INLINE char *put(char *to, const char *three) {
    memcpy(to, three, 3);
    return to + 3;
}

INLINE char *put_number(char *to, uint64_t bits, Kind kind) {
    uint64_t fraction = bits & ((UINT64_C(1) << kind.n_fraction) - 1);
    int most = (1 << kind.n_exponent) - 1;
    int exponent = (int)(bits >> kind.n_fraction) & most;
    if (exponent == most && fraction != 0)
        return put(to, "nan");
    if (bits >> (kind.n_fraction + kind.n_exponent) != 0)
        *to++ = '-';
    if (exponent == most)
        return put(to, "inf");
    if (exponent == 0 && fraction == 0)
        return put(to, "0.0");
    int unit = 1 - most / 2 - kind.n_fraction; /* the exponent of the least number */
    if (exponent == 0)
        return put_decimal(to, shortest(fraction, unit, 0), kind);
    fraction |= UINT64_C(1) << kind.n_fraction;
    int is_lowest = fraction == UINT64_C(1) << kind.n_fraction && exponent > 1;
    return put_decimal(to, shortest(fraction, unit + exponent - 1, is_lowest), kind);
}

/* Rows of numbers, and what stands before them: row i begins with the bytes of `prefixes` from
 * offsets[i] to offsets[i + 1]. Without offsets nothing does. */
typedef struct {
    const char *numbers;
    Py_ssize_t n_rows, width;
    char delimiter;
    const int64_t *offsets;
    const char *prefixes;
} Rows;

INLINE char *put_lines(char *to, const Rows *rows, Kind kind) {
    const char *at = rows->numbers;
    for (Py_ssize_t row = 0; row < rows->n_rows; row++) {
        if (rows->offsets != NULL) {
            int64_t begin = rows->offsets[row], n = rows->offsets[row + 1] - begin;
            memcpy(to, rows->prefixes + begin, (size_t)n);
            to += n;
        }
        for (Py_ssize_t i = 0; i < rows->width; i++, at += kind.n_bytes) {
            uint16_t half;
            uint32_t single;
            uint64_t bits;
            if (kind.n_bytes == 2)
                bits = (memcpy(&half, at, sizeof half), half);
            else if (kind.n_bytes == 4)
                bits = (memcpy(&single, at, sizeof single), single);
            else
                memcpy(&bits, at, sizeof bits);
            to = put_number(to, bits, kind);
            *to++ = rows->delimiter;
        }
        to[-1] = '\n';
    }
    return to;
}

static char *put_halves(char *to, const Rows *rows) { return put_lines(to, rows, HALF); }
static char *put_singles(char *to, const Rows *rows) { return put_lines(to, rows, SINGLE); }
static char *put_doubles(char *to, const Rows *rows) { return put_lines(to, rows, DOUBLE); }

/* The bytes of all prefixes; -1 if the offsets are not ascending or beyond the bytes. */
static int64_t prefixed_bytes(const Rows *rows, Py_ssize_t n_bytes) {
    if (rows->offsets == NULL)
        return 0;
    for (Py_ssize_t row = 0; row < rows->n_rows; row++)
        if (rows->offsets[row] > rows->offsets[row + 1])
            return -1;
    int64_t begin = rows->offsets[0], end = rows->offsets[rows->n_rows];
    return begin < 0 || end > n_bytes ? -1 : end - begin;
}

static PyObject *written(const Rows *rows, char kind, int64_t n_prefixed) {
    Py_ssize_t n = rows->n_rows * rows->width;
    if (n > (PY_SSIZE_T_MAX - n_prefixed) / (MOST_BYTES + 1))
        return PyErr_NoMemory();
    Py_ssize_t n_bytes = n * (MOST_BYTES + 1) + (Py_ssize_t)n_prefixed;
    PyObject *text = PyByteArray_FromStringAndSize(NULL, n_bytes);
    if (text == NULL)
        return NULL;
    char *begin = PyByteArray_AsString(text), *end;
    Py_BEGIN_ALLOW_THREADS
    end = kind == 'e' ? put_halves(begin, rows)
        : kind == 'f' ? put_singles(begin, rows)
                      : put_doubles(begin, rows);
    Py_END_ALLOW_THREADS
    if (PyByteArray_Resize(text, end - begin) < 0)
        Py_CLEAR(text);
    return text;
}

/* Whether the numbers are contiguous, native and binary16, 32 or 64. */
static int are_floats(const Py_buffer *numbers) {
    return numbers->format != NULL && strlen(numbers->format) == 1 &&
           strchr("efd", numbers->format[0]) != NULL;
}

static PyObject *lines(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer numbers, offsets = {0}, prefixes = {0};
    PyObject *array, *text = NULL;
    Py_ssize_t width;
    char delimiter;
    if (!PyArg_ParseTuple(args, "Oncz*z*:lines", &array, &width, &delimiter, &offsets, &prefixes))
        return NULL;
    if (PyObject_GetBuffer(array, &numbers, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0)
        goto without_numbers;
    Py_ssize_t n = numbers.itemsize > 0 ? numbers.len / numbers.itemsize : 0;
    if (are_floats(&numbers) && width > 0 && n % width == 0 &&
        (offsets.buf == NULL || offsets.len == (n / width + 1) * (Py_ssize_t)sizeof(int64_t))) {
        Rows rows = {.numbers = numbers.buf, .n_rows = n / width, .width = width,
                     .delimiter = delimiter, .offsets = offsets.buf, .prefixes = prefixes.buf};
        int64_t n_prefixed = prefixed_bytes(&rows, prefixes.len);
        if (n_prefixed >= 0)
            text = written(&rows, numbers.format[0], n_prefixed);
        else
            PyErr_SetString(PyExc_ValueError, "offsets that are not ascending or too large");
    } else {
        PyErr_SetString(PyExc_ValueError, "arrays that do not go together");
    }
    PyBuffer_Release(&numbers);
without_numbers:
    PyBuffer_Release(&offsets);
    PyBuffer_Release(&prefixes);
    return text;
}

static PyMethodDef METHODS[] = {
    {"lines", lines, METH_VARARGS, "Rows of numbers as lines of the shortest digits."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot SLOTS[] = {
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, .m_name = "_lines", .m_methods = METHODS, .m_slots = SLOTS,
};

PyMODINIT_FUNC PyInit__lines(void) {
    make_fives();
    return PyModuleDef_Init(&MODULE);
}
