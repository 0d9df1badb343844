/* Powers of five, as far as binary64 needs them, and the products of their bits. */
#include <stdint.h>

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

/* Powers of ten: those that lead from 19 digits to a normal binary64, and from any binary64 to its
 * digits. */
enum { LEAST_POWER = -326, MOST_POWER = 324 };

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

/* Takes 40 microseconds; a table in the source would have 651 lines. */
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
