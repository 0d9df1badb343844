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

INLINE ptrdiff_t at_most(ptrdiff_t n, ptrdiff_t limit) { return n < limit ? n : limit; }

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__FP_FAST_FMA))
#define FUSED(x, y, z) __builtin_fma(x, y, z)  /* only called if it is an instruction */
#else
#define FUSED(x, y, z) fma(x, y, z)
#endif

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
