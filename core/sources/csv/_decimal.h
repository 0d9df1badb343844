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

#if defined(__FAST_MATH__) || FLT_EVAL_METHOD != 0
#error "numbers are rounded once only by IEEE 754 arithmetic"  /* then pyarrow reads them */
#endif

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#define APART static __attribute__((noinline))
#elif defined(_MSC_VER)
#include <intrin.h>
#define INLINE static __forceinline
#define APART static __declspec(noinline)
#else
#define INLINE static inline
#define APART static
#endif

/* 10**15. One operation would do up to 2**53, but columns of binary64 mix 16 and 17 digits at
 * random, and a processor that guesses which way they go is wrong too often. */
#define MANY UINT64_C(1000000000000000)

/* Powers of ten: the largest that is a binary64; all that lead from 19 digits to a normal one. */
enum { MOST_TENS = 22, LEAST_POWER = -326, MOST_POWER = 308 };

static const double TENS[MOST_TENS + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                           1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

typedef struct {
    uint64_t high, low;
} Bits128;

/* Powers of five from their highest bit on: the first 128 bits, rounded up where the power is below
 * 1, else cut off. */
static Bits128 FIVES[MOST_POWER - LEAST_POWER + 1];

/* Limbs of whole numbers, the lowest first. The numbers begin above four limbs, so that 128 bits
 * and some more can be taken from small numbers, too. */
enum { N_LIMBS = 32, N_BELOW = 4 };

static Bits128 first_bits(const uint32_t limbs[N_LIMBS]) {
    int i = N_LIMBS - 1, shift = 0;
    while (limbs[i] == 0)
        i--;
    while (limbs[i] << shift < UINT32_C(1) << 31)
        shift++;
    uint64_t high = (uint64_t)limbs[i] << 32 | limbs[i - 1];
    uint64_t low = (uint64_t)limbs[i - 2] << 32 | limbs[i - 3];
    uint64_t below = (uint64_t)limbs[i - 4] << shift >> 32;
    return (Bits128){high << shift | low >> 1 >> (63 - shift), low << shift | below};
}

/* Takes 40 microseconds; a table in the source would have 635 lines. */
static void make_fives(void) {
    uint32_t power[N_LIMBS] = {0}, inverse[N_LIMBS] = {0};
    power[N_BELOW] = 1;
    for (int exponent = 0; exponent <= MOST_POWER; exponent++) {
        FIVES[exponent - LEAST_POWER] = first_bits(power);
        uint64_t carry = 0;
        for (int i = 0; i < N_LIMBS; i++) {
            carry += (uint64_t)power[i] * 5;
            power[i] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    inverse[N_LIMBS - 1] = UINT32_C(1) << 31;
    for (int exponent = -1; exponent >= LEAST_POWER; exponent--) {
        uint64_t rest = 0;
        for (int i = N_LIMBS - 1; i >= 0; i--) {
            rest = rest << 32 | inverse[i];
            inverse[i] = (uint32_t)(rest / 5);
            rest %= 5;
        }
        Bits128 bits = first_bits(inverse);  /* never all bits of the power: one more rounds up */
        bits.low++;
        bits.high += bits.low == 0;
        FIVES[exponent - LEAST_POWER] = bits;
    }
}

INLINE Bits128 product(uint64_t a, uint64_t b) {
#if defined(__SIZEOF_INT128__)
    unsigned __int128 whole = (unsigned __int128)a * b;
    return (Bits128){(uint64_t)(whole >> 64), (uint64_t)whole};
#elif defined(_MSC_VER) && defined(_M_X64)
    Bits128 whole;
    whole.low = _umul128(a, b, &whole.high);
    return whole;
#elif defined(_MSC_VER) && defined(_M_ARM64)
    return (Bits128){__umulh(a, b), a * b};
#else
    uint64_t a_low = (uint32_t)a, a_high = a >> 32, b_low = (uint32_t)b, b_high = b >> 32;
    uint64_t middle = a_high * b_low + (a_low * b_low >> 32);
    uint64_t other = a_low * b_high + (uint32_t)middle;
    return (Bits128){a_high * b_high + (middle >> 32) + (other >> 32), a * b};
#endif
}

/* Shifts the highest bit that is set to the top, and returns how far. */
INLINE int normalise(uint64_t *bits) {
    int shift = 0;
#if defined(__GNUC__)
    shift = __builtin_clzll(*bits);
    *bits <<= shift;
#else
    for (int step = 32; step > 0; step /= 2) {
        int is_empty = *bits >> (64 - step) == 0;
        *bits <<= is_empty * step;
        shift += is_empty * step;
    }
#endif
    return shift;
}

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
    if (exponent < LEAST_POWER || exponent > MOST_POWER)
        return 0;
    uint64_t bits = nearest_bits(significand, (int)exponent);
    memcpy(value, &bits, sizeof bits);
    return bits != 0;
}
