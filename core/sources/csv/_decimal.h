/* The binary64 nearest to a whole number times a power of ten, computed without Python.
 *
 * If both are binary64 numbers, their product or quotient, a single operation, is correctly
 * rounded: W. D. Clinger, "How to read floating point numbers accurately", PLDI 1990,
 * doi:10.1145/93542.93557.
 *
 * Else the whole number is multiplied by the first 128 bits of the power of five; the power of two
 * only shifts. D. Lemire, "Number parsing at a gigabyte per second", Software: Practice and
 * Experience 51(8), 2021, doi:10.1002/spe.2984. That so many bits always decide how to round is
 * proven by N. Mushtak and D. Lemire, "Fast number parsing without fallback", the same 53(7), 2023,
 * doi:10.1002/spe.3198. */
#include <float.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "_fives.h"

#if defined(__FAST_MATH__) || FLT_EVAL_METHOD != 0
#error "numbers are rounded once only by IEEE 754 arithmetic"  /* then pyarrow reads them */
#endif

/* 10**15. One operation would do up to 2**53, but columns of binary64 mix 16 and 17 digits at
 * random, and a processor that guesses which way they go is wrong too often. */
#define MANY UINT64_C(1000000000000000)

/* Powers of ten: the largest that is a binary64; the largest that leads to one. */
enum { MOST_TENS = 22, MOST_NORMAL = 308 };

static const double TENS[MOST_TENS + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                           1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The bits of the nearest normal number; 0 if there is none. The significand is not 0. */
APART uint64_t nearest_bits(uint64_t significand, int exponent) {
    int shift = normalise(&significand);
    Bits128 five = FIVES[exponent - LEAST_POWER];
    Bits128 found = product(significand, five.high);
    if ((~found.high & 0x1FF) == 0) {  /* else the lower bits cannot carry into the first 54 bits */
        uint64_t more = product(significand, five.low).high;
        found.low += more;
        found.high += found.low < more;
    }
    int is_long = (int)(found.high >> 63), n_dropped = 9 + is_long;
    uint64_t fraction = found.high >> n_dropped;  /* 53 bits, and one for rounding */
    /* With these powers a number may be half way between two; the even one is then below it. */
    if (exponent >= -4 && exponent <= 23 && found.low == 0 && (fraction & 3) == 1 &&
        fraction << n_dropped == found.high)
        fraction--;
    fraction = (fraction + 1) >> 1;
    /* floor(log2(10) * exponent) of a number that is not negative, plus the bias. */
    int log2_power = (int)((uint32_t)(217706 * exponent + (2048 << 16)) >> 16) - 2048;
    int biased = log2_power + 63 + is_long - shift + 1023;
    if (biased < 1)
        return 0;
    uint64_t bits = ((uint64_t)(biased - 1) << 52) + fraction;  /* fraction's highest bit adds 1 */
    return bits < UINT64_C(0x7FF) << 52 ? bits : 0;
}

/* Whether the nearest number is normal or 0; if so, sets it. The significand is below 10**19. */
INLINE int nearest(uint64_t significand, ptrdiff_t exponent, double *value) {
    if (significand < MANY && exponent >= -MOST_TENS && exponent <= MOST_TENS) {
        *value = (double)significand;
        *value = exponent < 0 ? *value / TENS[-exponent] : *value * TENS[exponent];
        return 1;
    }
    *value = 0.0;
    if (significand == 0)
        return 1;
    if (exponent < LEAST_POWER || exponent > MOST_NORMAL)
        return 0;
    uint64_t bits = nearest_bits(significand, (int)exponent);
    memcpy(value, &bits, sizeof bits);
    return bits != 0;
}
