/* The arithmetic of one element: its distance |x - y|, its loss, the bits that a fold takes off it,
 * and its place in the digits of an exact sum. core/numerics/loss.py states the order of operations,
 * and core/numerics/exact_sum.py explains exact sums by extraction.
 *
 * This header includes nothing, so that compilers without a C library can read it, too. The file that
 * includes it defines int64_t and uint64_t, and macros for what differs between processors:
 *
 *   INLINE, ROUTINE   specifiers of a function that is inlined, or need not be
 *   ADD, SUB, MUL, DIV(x, y)   binary64 operations, each rounded to nearest, never contracted
 *   WIDEN(x)   a float32 or float64 as binary64, subnormals included
 *   NARROW(type, x)   binary64 as a type, rounded to nearest, subnormals included; for writing losses
 *   MAGNITUDE(x)   |x|
 *   FUSED(x, y, z)   x * y + z, rounded once
 *   BITS_OF(x)   a binary64 as int64_t of the same bits
 *   ADD_TO(place, number)   add an integer to a digit, to which other threads may add, too
 */
#ifndef SMOOTHL1_ELEMENT_H
#define SMOOTHL1_ELEMENT_H

enum {
    LEAST = -1074,     /* exponent of the smallest positive binary64, the unit of all sums */
    DIGIT_BITS = 32,
    N_DIGITS = 68,     /* 2098 bits of one number, and 78 more for carries */
    N_SQUARE_FOLDS = 3,
    LEAST_SQUARE = LEAST - 34 * DIGIT_BITS,  /* the unit of squares: 2**-2162, below LEAST squared */
    N_SQUARE_DIGITS = 134,  /* 4210 bits of one square, and 78 more for carries */
};

#define LOW_DIGIT ((uint64_t)0xFFFFFFFF)

/* How m / beta is formed, always with the same bits: as a product with the exact reciprocal, by division,
 * or fused, which only _curve.h does. */
typedef enum { L1, MULTIPLY, DIVIDE, FUSE } Form;

#define DISTANCE(x, y) MAGNITUDE(SUB(WIDEN(x), WIDEN(y)))

INLINE double clipped_at(double error, double beta) { return error > beta ? beta : error; }  /* NaN stays */

INLINE double loss_with(double slope, double error, double clipped) {
    return MUL(slope, SUB(error, MUL(clipped, 0.5)));
}

INLINE double loss_of(double error, double beta, double reciprocal, Form form) {
    if (form == L1)
        return error;
    double clipped = clipped_at(error, beta);
    return loss_with(form == MULTIPLY ? MUL(clipped, reciprocal) : DIV(clipped, beta), error, clipped);
}

/* Take multiples of a fold's unit off a number. Returns the rest. */
INLINE double fold_off(double value, double anchor, uint64_t *total) {
    double rounded = ADD(value, anchor);
    *total += (uint64_t)BITS_OF(rounded);
    return SUB(value, SUB(rounded, anchor));
}

/* Take multiples of the units of several folds off a square, which is a rounded product and its
 * remainder. Returns the bits of the rest: 0 if none is left. */
INLINE int64_t fold_square_off(double value, const double *of_products, const double *of_remainders,
                               uint64_t *products, uint64_t *remainders) {
    double product = MUL(value, value), remainder = FUSED(value, value, -product);
    int64_t left = product == 0.0 ? BITS_OF(value) : 0;
    for (int i = 0; i < N_SQUARE_FOLDS; i++) {
        product = fold_off(product, of_products[i], &products[i]);
        remainder = fold_off(remainder, of_remainders[i], &remainders[i]);
    }
    return left | BITS_OF(product) | BITS_OF(remainder);
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

/* Add or subtract magnitude * 2**position units. */
ROUTINE void add_units(int64_t *digits, uint64_t magnitude, int position, int is_negative) {
    int64_t *digit = digits + position / DIGIT_BITS;
    int shift = position % DIGIT_BITS;
    uint64_t high = shift ? magnitude >> (64 - shift) : 0, low = magnitude << shift;
    int64_t sign = is_negative ? -1 : 1;
    ADD_TO(digit[0], sign * (int64_t)(low & LOW_DIGIT));
    ADD_TO(digit[1], sign * (int64_t)(low >> DIGIT_BITS));
    ADD_TO(digit[2], sign * (int64_t)high);
}

/* A branch, which processors predict, is faster here than mantissa_of and position_of. */
ROUTINE void add_number(int64_t *digits, double value) {
    int64_t bits = BITS_OF(value);
    uint64_t mantissa = (uint64_t)bits & (((uint64_t)1 << 52) - 1);
    int exponent = (int)(bits >> 52 & 0x7FF), is_negative = bits < 0;
    if (exponent > 0)
        add_units(digits, mantissa | (uint64_t)1 << 52, exponent - 1, is_negative);
    else
        add_units(digits, mantissa, 0, is_negative);
}

/* Add the square of a finite number to digits that count units of 2**LEAST_SQUARE. */
ROUTINE void add_square(int64_t *digits, double value) {
    int64_t bits = BITS_OF(value);
    int position = 2 * (position_of(bits) + LEAST) - LEAST_SQUARE;  /* position of the lowest bit */
    uint64_t mantissa = mantissa_of(bits), high = mantissa >> 32, low = mantissa & LOW_DIGIT;
    add_units(digits, low * low, position, 0);
    add_units(digits, 2 * high * low, position + 32, 0);
    add_units(digits, high * high, position + 64, 0);
}

/* Bring the digits to 0 ... 2**32 - 1. A sum of losses is not negative, so no carry is left. */
ROUTINE void carry_all(int64_t *digits, int n) {
    int64_t over = 0;
    for (int i = 0; i < n; i++) {
        int64_t digit = digits[i] + over;
        digits[i] = digit & (int64_t)LOW_DIGIT;
        over = (digit - digits[i]) / ((int64_t)1 << DIGIT_BITS);
    }
}

ROUTINE void carry(int64_t *digits) { carry_all(digits, N_DIGITS); }

#endif
