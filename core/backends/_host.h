/* The definitions that the loops and _element.h need, for a processor with a C library. */
#ifndef SMOOTHL1_HOST_H
#define SMOOTHL1_HOST_H

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__FAST_MATH__) || FLT_EVAL_METHOD != 0
#error "exact sums need IEEE 754 arithmetic, operation by operation"  /* then NumPy computes */
#endif

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#define ALIGNED __attribute__((aligned(64)))
#define PREFETCH(ADDRESS) __builtin_prefetch((ADDRESS), 1)
#elif defined(_MSC_VER)
#define INLINE static __forceinline
#define ALIGNED __declspec(align(64))
#define PREFETCH(ADDRESS) ((void)(ADDRESS))
#else
#define INLINE static inline
#define ALIGNED
#define PREFETCH(ADDRESS) ((void)(ADDRESS))
#endif

INLINE int64_t bits_of(double value) {
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

INLINE double from_bits(int64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The magnitude of a finite number is mantissa_of(bits), an integer, times 2**position_of(bits), in
 * units of the smallest positive number. */
INLINE int position_of(int64_t bits) {
    int exponent = (int)(bits >> 52 & 0x7FF);
    return exponent > 0 ? exponent - 1 : 0;
}

INLINE uint64_t mantissa_of(int64_t bits) {
    uint64_t fraction = (uint64_t)bits & (((uint64_t)1 << 52) - 1);
    return fraction | (uint64_t)((bits >> 52 & 0x7FF) != 0) << 52;
}

INLINE ptrdiff_t at_most(ptrdiff_t n, ptrdiff_t limit) { return n < limit ? n : limit; }

#define ROUTINE static
#define ADD(x, y) ((x) + (y))
#define SUB(x, y) ((x) - (y))
#define MUL(x, y) ((x) * (y))
#define DIV(x, y) ((x) / (y))
#define WIDEN(x) ((double)(x))
#define NARROW(type, x) ((type)(x))
#define MAGNITUDE(x) fabs(x)
#define BITS_OF(x) bits_of(x)
#define ADD_TO(place, number) ((place) += (number))

#endif
