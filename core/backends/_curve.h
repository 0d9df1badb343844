/* The loss as a function of |x - y|, and how a curve's beta divides.
 *
 * Dividing by a constant can be a product and a fused multiply-add: N. Brisebarre, J.-M. Muller and
 * S. K. Raina, "Accelerating correctly rounded floating-point division when the divisor is known in
 * advance", IEEE Transactions on Computers 53(8), 2004. docs/numerics.md has the proof. */
#ifndef SMOOTHL1_CURVE_H
#define SMOOTHL1_CURVE_H

#include "_host.h"

#include "_element.h"

typedef struct {
    double beta;
    double reciprocal, rest;  /* 1 / beta, rounded, and what rounding left; unused to divide */
    Form form;
} Curve;

enum {
    /* Exponents of beta, as frexp gives them, at which a reciprocal is normal. Up to the second, a
     * quotient that `rest` is too small to round gives a loss of 0 in any form. */
    LEAST_EXPONENT = -1020,
    MOST_FUSED_EXPONENT = 840,
    MOST_EXPONENT = 1020,
};

/* m / beta, rounded once, if the form is FUSE. */
INLINE double quotient_of(const Curve *curve, double m) {
    return FUSED(m, curve->reciprocal, m * curve->rest);
}

#if defined(__SIZEOF_INT128__)
/* Whether quotients are those of a division for every m. In doubt is only an m whose mantissa X has
 * 2**54 X = N Y + 1 or N Y - 1, with the mantissa Y of beta and an odd N: one m for each sign. */
INLINE int is_fusing_exact(const Curve *curve) {
    int exponent;
    uint64_t mantissa = (uint64_t)ldexp(frexp(curve->beta, &exponent), DBL_MANT_DIG);
    uint64_t inverse = mantissa;
    if (mantissa % 2 == 0)
        return 1;
    for (int i = 0; i < 5; i++)  /* 3 bits are right, then 6, 12, 24, 48 and 96 */
        inverse *= 2 - mantissa * inverse;
    for (int sign = 0; sign < 2; sign++) {
        uint64_t odd = (sign ? inverse : 0 - inverse) & (((uint64_t)1 << 54) - 1);
        unsigned __int128 product = (unsigned __int128)mantissa * odd;
        uint64_t doubtful = (uint64_t)((product + ((uint64_t)1 << 53)) >> 54);
        double m = ldexp((double)doubtful, exponent - DBL_MANT_DIG);
        if (quotient_of(curve, m) != m / curve->beta)
            return 0;
    }
    return 1;
}
#else
INLINE int is_fusing_exact(const Curve *curve) { return (void)curve, 0; }
#endif

INLINE Curve curve_of(double beta, int has_fma) {
    int exponent;
    double mantissa = frexp(beta, &exponent);
    Curve curve = {.beta = beta, .form = beta == 0.0 ? L1 : DIVIDE};
    if (beta == 0.0 || exponent <= LEAST_EXPONENT || exponent >= MOST_EXPONENT)
        return curve;
    curve.reciprocal = 1.0 / beta;
    if (mantissa == 0.5) {
        curve.form = MULTIPLY;
    } else if (has_fma && exponent <= MOST_FUSED_EXPONENT) {
        curve.rest = FUSED(-curve.reciprocal, beta, 1.0) / beta;
        curve.form = is_fusing_exact(&curve) ? FUSE : DIVIDE;
    }
    return curve;
}

INLINE double loss_at(const Curve *curve, double error, Form form) {
    if (form != FUSE)
        return loss_of(error, curve->beta, curve->reciprocal, form);
    double clipped = clipped_at(error, curve->beta);
    return loss_with(quotient_of(curve, clipped), error, clipped);
}

/* The same bits, in code that is not compiled for a variant. */
static double loss_anywhere(const Curve *curve, double error) {
    return loss_at(curve, error, curve->form == FUSE ? DIVIDE : curve->form);
}

/* Call an inlined function with the form as a constant, so that its loop does not test the form. */
#define WITH_FORM(CURVE, FUNCTION, ...)                                  \
    ((CURVE)->form == L1 ? FUNCTION(__VA_ARGS__, L1)                     \
     : (CURVE)->form == MULTIPLY ? FUNCTION(__VA_ARGS__, MULTIPLY)       \
     : (CURVE)->form == FUSE ? FUNCTION(__VA_ARGS__, FUSE)               \
                             : FUNCTION(__VA_ARGS__, DIVIDE))

#endif
