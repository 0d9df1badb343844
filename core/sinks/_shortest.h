/* The shortest decimal number that is read back as a binary one; of the shortest, the nearest.
 *
 * R. Giulietti, "The Schubfach way to render doubles", 2020. A binary number and half the way to
 * its neighbours are multiplied by a power of ten, so that the interval between them holds a whole
 * number, and at most one multiple of ten. The method is proven for binary64; binary16 and binary32
 * are some of its numbers with wider intervals, of which the proof takes no notice. */
#include "../sources/csv/_fives.h"

/* digits * 10**exponent. The last digits may be 0. */
typedef struct {
    uint64_t digits;
    int exponent;
} Decimal;

/* The largest power of five that has 128 bits. */
enum { MOST_EXACT = 55 };

/* The first 128 bits of a power of ten, rounded up. */
INLINE Bits128 ten_to(int exponent) {
    Bits128 bits = FIVES[exponent - LEAST_POWER];
    if (exponent > MOST_EXACT) { /* the table cut it off */
        bits.low++;
        bits.high += bits.low == 0;
    }
    return bits;
}

/* The whole part of a product over 2**128; odd if there is more than that. */
INLINE uint64_t scaled(Bits128 power, uint64_t number) {
    Bits128 low = product(power.low, number), high = product(power.high, number);
    uint64_t middle = high.low + low.high;
    high.high += middle < high.low;
    return high.high | (middle > 1); /* 1 comes from rounding the power up */
}

/* floor(factor * exponent / 2**22 - less) without the shift of a negative number. */
INLINE int floor_log(int64_t factor, int exponent, int64_t less) {
    const int64_t above_0 = INT64_C(4096) << 22;
    return (int)((uint64_t)(factor * exponent - less + above_0) >> 22) - 4096;
}

#define LOG10_OF_2 1262611  /* these three times 2**-22 */
#define LOG2_OF_10 13933176
#define LOG10_OF_4_THIRDS 524031

/* Of significand * 2**exponent, which is not 0.
 *
 * is_lowest: whether it is the lowest number of its exponent, so that the number below is half as
 * far away as the one above. */
INLINE Decimal shortest(uint64_t significand, int exponent, int is_lowest) {
    int k = floor_log(LOG10_OF_2, exponent, is_lowest ? LOG10_OF_4_THIRDS : 0);
    int shift = exponent + floor_log(LOG2_OF_10, -k, 0) + 1;
    Bits128 power = ten_to(-k);
    /* Quarters of units of 10**k. The ends belong to the interval if the number is even. */
    uint64_t is_odd = significand & 1, four = significand * 4;
    uint64_t number = scaled(power, four << shift);
    uint64_t low = scaled(power, (four - 2 + (uint64_t)is_lowest) << shift) + is_odd;
    uint64_t high = scaled(power, (four + 2) << shift) - is_odd;
    uint64_t whole = number / 4, tens = whole / 10, half = whole * 4 + 2;
    int has_tens = low <= tens * 40, has_next_tens = tens * 40 + 40 <= high;
    int has_whole = low <= whole * 4, has_next = whole * 4 + 4 <= high;
    int is_past_half = number > half || (number == half && whole % 2 == 1);
    int is_short = (whole >= 10) & (has_tens != has_next_tens);
    int is_above = has_whole != has_next ? has_next : is_past_half;
    uint64_t digits = is_short ? tens + (uint64_t)has_next_tens : whole + (uint64_t)is_above;
    return (Decimal){digits, k + is_short};
}
