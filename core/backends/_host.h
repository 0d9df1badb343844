/* What a processor with a C library gives to the loops, and to _element.h. */
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
#elif defined(_MSC_VER)
#define INLINE static __forceinline
#define ALIGNED __declspec(align(64))
#else
#define INLINE static inline
#define ALIGNED
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
