/* The two folds of a sum, and those of its squares: which units they have, and numbers rounded to
 * them. core/numerics/exact_sum.py explains folds. */
#ifndef SMOOTHL1_CUDA_FOLDS_H
#define SMOOTHL1_CUDA_FOLDS_H

#include "_cuda.h"

#include "_dtypes.h"
#include "_element.h"

enum {
    FOLD_BITS = 50,   /* bits of a fold: 2048 values of at most 2**51 units sum to below 2**63 */
    MARGIN = 3,       /* folds hold values up to 2**(MARGIN + 1) times the largest that was seen */
};

/* The words that each thread has for each sum: two counts, then totals of folds. */
enum { N_QUADRATIC, N_INFINITE, N_COUNTS };
enum { OF_COARSE = N_COUNTS, OF_FINE, OF_PRODUCTS, OF_REMAINDERS = OF_PRODUCTS + (int)N_SQUARE_FOLDS,
       N_KINDS = OF_PRODUCTS, N_KINDS_WITH_SQUARES = OF_REMAINDERS + (int)N_SQUARE_FOLDS };

/* The folds of a sum: adding an anchor and subtracting it again rounds to a multiple of 2**unit. */
struct Folds {
    int units[N_KINDS_WITH_SQUARES];  /* of each kind of words that is a fold */
    double coarse, fine, products[N_SQUARE_FOLDS], remainders[N_SQUARE_FOLDS];
    double limit;         /* larger terms do not fit into the folds */
    double square_limit;  /* nor do the squares of larger terms */
    unsigned largest;     /* upper half of the bits of the largest term seen, for the next folds */
};

static_assert(sizeof(Folds) == 16 * sizeof(int64_t), "memory.py reserves this memory");

INLINE double power_of_two(int exponent) {
    return FROM_BITS(exponent > 1023 ? INFINITY_BITS
                     : exponent > -1023 ? (int64_t)(exponent + 1023) << 52
                                        : (int64_t)1 << (exponent - LEAST));
}

/* Near the largest numbers the anchor is infinite: then NaN is left, so nothing fits. */
INLINE double anchor_of(int unit) { return MUL(1.5, power_of_two(unit + 52)); }

/* Choose a chain of folds for numbers below 2**exponent, each with the unit of the next. */
INLINE void set_chain(int n, int exponent, int *units, double *anchors) {
    for (int i = 0; i < n; i++) {
        exponent = exponent - FOLD_BITS < LEAST ? LEAST : exponent - FOLD_BITS;
        units[i] = exponent;
        anchors[i] = anchor_of(exponent);
    }
}

/* Choose the folds of a sum from its largest term seen. A remainder of a square may underflow unnoticed
 * if the units of all products are small, so squares of small terms are never folded. */
INLINE void set_folds(Folds *folds) {
    int exponent = (int)(folds->largest >> 20) - 1022 + MARGIN;
    double anchors[2];
    set_chain(2, exponent, &folds->units[OF_COARSE], anchors);
    folds->coarse = anchors[0];
    folds->fine = anchors[1];
    folds->limit = power_of_two(folds->units[OF_COARSE] + FOLD_BITS + 1);
    set_chain(N_SQUARE_FOLDS, 2 * exponent + 1, &folds->units[OF_PRODUCTS], folds->products);
    set_chain(N_SQUARE_FOLDS, 2 * exponent + 1 - 53, &folds->units[OF_REMAINDERS],
              folds->remainders);
    folds->square_limit = exponent < -300 ? -1.0 : power_of_two(exponent + 1);
    folds->largest = 0;
}

#endif
