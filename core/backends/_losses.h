/* Losses element by element, block by block: |x - y|, the loss at a beta, and the output. A term is the
 * number that an element adds to a sum: its loss, or fl(weight * loss), which may be infinite even if
 * the loss is finite. Weights are finite and above 0. */
#ifndef SMOOTHL1_LOSSES_H
#define SMOOTHL1_LOSSES_H

#include "_host.h"

#include "_curve.h"
#include "_element.h"

enum { BLOCK = 2048 };  /* elements at a time: 16 KiB of errors stay in the L1 cache with the inputs */

typedef struct {
    const void *pred, *target;
    const double *weight;  /* or NULL */
    void *out;             /* for the terms at the first beta, or NULL */
    char pred_type, target_type, out_type;  /* 'f' or 'd' */
    ptrdiff_t n;
} Elements;

/* Do something with the `distance` of each element `i` of a block, in a loop of its own for each
 * pair of types. */
#define FOR_DISTANCES(ELEMENTS, START, N, ...)                           \
    do {                                                                 \
        if ((ELEMENTS)->pred_type == 'f' && (ELEMENTS)->target_type == 'f') \
            DISTANCES_OF(float, float, ELEMENTS, START, N, __VA_ARGS__)  \
        else if ((ELEMENTS)->pred_type == 'f')                           \
            DISTANCES_OF(float, double, ELEMENTS, START, N, __VA_ARGS__) \
        else if ((ELEMENTS)->target_type == 'f')                         \
            DISTANCES_OF(double, float, ELEMENTS, START, N, __VA_ARGS__) \
        else                                                             \
            DISTANCES_OF(double, double, ELEMENTS, START, N, __VA_ARGS__) \
    } while (0)
#define DISTANCES_OF(PRED, TARGET, ELEMENTS, START, N, ...)              \
    {                                                                    \
        const PRED *pred = (const PRED *)(ELEMENTS)->pred + (START);     \
        const TARGET *target = (const TARGET *)(ELEMENTS)->target + (START); \
        for (ptrdiff_t i = 0; i < (N); i++) {                            \
            double distance = DISTANCE(pred[i], target[i]);              \
            __VA_ARGS__;                                                 \
        }                                                                \
    }

INLINE void distances(const Elements *elements, ptrdiff_t start, ptrdiff_t n, double *error) {
    FOR_DISTANCES(elements, start, n, error[i] = distance);
}

INLINE void losses_as(const Curve *curve, const double *error, ptrdiff_t n, double *losses, Form form) {
    const Curve fixed = *curve;
    for (ptrdiff_t i = 0; i < n; i++)
        losses[i] = loss_at(&fixed, error[i], form);
}

INLINE void losses_of(const Curve *curve, const double *error, ptrdiff_t n, double *losses) {
    WITH_FORM(curve, losses_as, curve, error, n, losses);
}

INLINE void times(const double *losses, const double *weight, ptrdiff_t n, double *terms) {
    for (ptrdiff_t i = 0; i < n; i++)
        terms[i] = losses[i] * weight[i];
}

/* Write terms to the output, each rounded once. TERM is the term of element `i` of a block. */
#define WRITE_TERMS(ELEMENTS, START, N, TERM)                            \
    do {                                                                 \
        if ((ELEMENTS)->out_type == 'f')                                 \
            WRITE_TERMS_AS(float, ELEMENTS, START, N, TERM)              \
        else                                                             \
            WRITE_TERMS_AS(double, ELEMENTS, START, N, TERM)             \
    } while (0)
#define WRITE_TERMS_AS(OUT, ELEMENTS, START, N, TERM)                    \
    {                                                                    \
        OUT *out = (OUT *)(ELEMENTS)->out + (START);                     \
        for (ptrdiff_t i = 0; i < (N); i++)                              \
            out[i] = NARROW(OUT, TERM);                                  \
    }

INLINE void write_terms(const Elements *elements, ptrdiff_t start, ptrdiff_t n, const double *terms) {
    WRITE_TERMS(elements, start, n, terms[i]);
}

INLINE void write_losses_as(const Elements *elements, const Curve *curve, ptrdiff_t start, ptrdiff_t n,
                            const double *error, Form form) {
    const Curve fixed = *curve;
    WRITE_TERMS(elements, start, n, loss_at(&fixed, error[i], form));
}

INLINE void write_losses(const Elements *elements, const Curve *curve, ptrdiff_t start, ptrdiff_t n,
                         const double *error) {
    WITH_FORM(curve, write_losses_as, elements, curve, start, n, error);
}

/* Write max(y - x, 0) of each element as binary64. Returns 0 if a difference is rounded, or not finite. The
 * rounding error is found without error: D. E. Knuth, The Art of Computer Programming, volume 2, section
 * 4.2.2, theorem B. */
INLINE int run_negative_parts(const Elements *elements) {
    int64_t lost = 0;
    for (ptrdiff_t start = 0; start < elements->n; start += BLOCK) {
        ptrdiff_t n = at_most(elements->n - start, BLOCK);
        double *parts = (double *)elements->out + start;
        FOR_DISTANCES(elements, start, n, {
            const double x = WIDEN(pred[i]), y = WIDEN(target[i]);
            const double difference = SUB(x, y), shift = SUB(difference, x);
            const double error = SUB(SUB(x, SUB(difference, shift)), ADD(y, shift));
            lost |= BITS_OF(MAGNITUDE(error));
            parts[i] = difference < 0 ? distance : 0.0;
        });
    }
    return lost == 0;
}

/* Compute only the terms at one beta, in binary64. */
INLINE void run_losses(const Elements *elements, const Curve *curve) {
    ALIGNED double error[BLOCK];
    for (ptrdiff_t start = 0; start < elements->n; start += BLOCK) {
        ptrdiff_t n = at_most(elements->n - start, BLOCK);
        double *terms = (double *)elements->out + start;
        distances(elements, start, n, error);
        losses_of(curve, error, n, terms);
        if (elements->weight != NULL)
            times(terms, elements->weight + start, n, terms);
    }
}

#endif
