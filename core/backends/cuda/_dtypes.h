/* Numbers of every dtype: the difference of two as binary64, and binary64 as a narrower dtype. Numbers
 * of two integers are subtracted exactly and the difference is rounded once, as in
 * core/numerics/loss.py. */
#ifndef SMOOTHL1_DTYPES_H
#define SMOOTHL1_DTYPES_H

#include "_cuda.h"

#include "_element.h"

/* Codes of dtypes, as dtypes.py numbers them. */
enum { BOOL, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64,
       FLOAT16, BFLOAT16, FLOAT32, FLOAT64 };

struct Half { unsigned short bits; };
struct Brain { unsigned short bits; };

#define LARGEST_BITS ((int64_t)0x7FEFFFFFFFFFFFFF)
#define INFINITY_BITS ((int64_t)0x7FF0000000000000)

INLINE double number_of(double x) { return x; }
INLINE double number_of(float x) { return WIDEN(x); }
INLINE double number_of(Brain x) { return WIDEN(FLOAT_FROM_BITS((unsigned)x.bits << 16)); }

/* Moved to the place of binary64, the bits are those of the number times 2**-1008. */
INLINE double number_of(Half x) {
    int64_t magnitude = (int64_t)(x.bits & 0x7FFF) << 42;
    int64_t bits = BITS_OF(MUL(FROM_BITS(magnitude), FROM_BITS((int64_t)(1008 + 1023) << 52)));
    bits = (x.bits & 0x7C00) == 0x7C00 ? magnitude | INFINITY_BITS : bits;
    return FROM_BITS((int64_t)((uint64_t)bits | (uint64_t)(x.bits & 0x8000) << 48));
}

/* A number of any dtype: a sign and a magnitude if it is an integer, else binary64. */
struct Number {
    uint64_t magnitude;
    double real;
    bool is_integer, is_negative;
};

INLINE Number integer(int64_t x) {
    return Number{x < 0 ? 0 - (uint64_t)x : (uint64_t)x, 0.0, true, x < 0};
}

INLINE Number number_at(const void *numbers, int dtype, int64_t i) {
    switch (dtype) {
    case BOOL: return integer(((const unsigned char *)numbers)[i] != 0);
    case INT8: return integer(((const signed char *)numbers)[i]);
    case INT16: return integer(((const short *)numbers)[i]);
    case INT32: return integer(((const int *)numbers)[i]);
    case INT64: return integer(((const int64_t *)numbers)[i]);
    case UINT8: return integer(((const unsigned char *)numbers)[i]);
    case UINT16: return integer(((const unsigned short *)numbers)[i]);
    case UINT32: return integer(((const unsigned *)numbers)[i]);
    case UINT64: return Number{((const uint64_t *)numbers)[i], 0.0, true, false};
    case FLOAT16: return Number{0, number_of(((const Half *)numbers)[i]), false, false};
    case BFLOAT16: return Number{0, number_of(((const Brain *)numbers)[i]), false, false};
    case FLOAT32: return Number{0, number_of(((const float *)numbers)[i]), false, false};
    default: return Number{0, ((const double *)numbers)[i], false, false};
    }
}

INLINE double real_of(const Number &x) {
    double magnitude = FROM_INTEGER(x.magnitude);
    return !x.is_integer ? x.real : x.is_negative ? -magnitude : magnitude;
}

/* The sum of two magnitudes may need a 65th bit: then the last bit says whether any was lost, so that
 * rounding to 53 bits is right. */
INLINE double sum_of_magnitudes(uint64_t x, uint64_t y) {
    uint64_t sum = x + y;
    if (sum >= x)
        return FROM_INTEGER(sum);
    return MUL(FROM_INTEGER(sum >> 1 | (sum & 1) | (uint64_t)1 << 63), 2.0);
}

INLINE double difference_of(const Number &x, const Number &y) {
    if (!x.is_integer || !y.is_integer)
        return SUB(real_of(x), real_of(y));
    if (x.is_negative != y.is_negative) {
        double sum = sum_of_magnitudes(x.magnitude, y.magnitude);
        return x.is_negative ? -sum : sum;
    }
    bool is_less = x.magnitude < y.magnitude;
    double distance = FROM_INTEGER(is_less ? y.magnitude - x.magnitude : x.magnitude - y.magnitude);
    return is_less != x.is_negative ? -distance : distance;
}

/* The bits of a number rounded to nearest even in a narrower format. */
INLINE unsigned short rounded_bits(double value, int n_fraction, int bias) {
    int64_t bits = BITS_OF(value), magnitude = bits & 0x7FFFFFFFFFFFFFFF;
    int infinite = (2 * bias + 1) << n_fraction, exponent = (int)(magnitude >> 52) - 1023;
    int result, shift = 52 - n_fraction;
    if (magnitude > INFINITY_BITS)
        result = infinite | 1 << (n_fraction - 1);
    else if (magnitude == INFINITY_BITS)
        result = infinite;
    else {
        bool is_normal = exponent > -bias;
        shift += is_normal ? 0 : 1 - bias - exponent;
        shift = shift < 63 ? shift : 63;
        uint64_t mantissa = mantissa_of(magnitude), lost = mantissa & (((uint64_t)1 << shift) - 1);
        uint64_t half = (uint64_t)1 << (shift - 1);
        result = (int)(mantissa >> shift) + (is_normal ? (exponent + bias - 1) << n_fraction : 0);
        result += lost > half || (lost == half && result % 2 == 1);
        result = result < infinite ? result : infinite;
    }
    return (unsigned short)(result | (bits < 0 ? 0x8000 : 0));
}

INLINE void write(void *out, int dtype, int64_t i, double value) {
    switch (dtype) {
    case FLOAT16: ((Half *)out)[i].bits = rounded_bits(value, 10, 15); break;
    case BFLOAT16: ((Brain *)out)[i].bits = rounded_bits(value, 7, 127); break;
    case FLOAT32: ((float *)out)[i] = NARROW(float, value); break;
    default: ((double *)out)[i] = value;
    }
}

#endif
