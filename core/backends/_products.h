/* Products of up to three factors of each row, whatever their magnitudes: the mantissas are multiplied
 * as integers. A product of n factors is a multiple of 2**(n * LEAST). */
#ifndef SMOOTHL1_PRODUCTS_H
#define SMOOTHL1_PRODUCTS_H

#include "_host.h"

#include "_element.h"
#include "_group_sums.h"

enum {
    MOST_FACTORS = 3,
    PRODUCT_LIMBS = 6,   /* limbs of 32 bits: 3 mantissas, and up to 31 bits of shift */
    PLACES_BELOW = 34,   /* each further factor may need as many more places: 34 * 32 >= -LEAST */
};

typedef struct {
    const double *factors[MOST_FACTORS];
    int n_factors;
} Products;

INLINE int n_limbs_of(const Products *products) {
    int n = 2 * products->n_factors + 1;
    return n < PRODUCT_LIMBS ? n : PRODUCT_LIMBS;
}

/* The position of bit 0 of the product of the mantissas, counted from PLACES_BELOW places below
 * 2**LEAST for each further factor; -1 if the product is 0 or a factor is not finite. */
INLINE int position_of_product(const Products *products, ptrdiff_t i) {
    int position = (products->n_factors - 1) * (PLACES_BELOW * DIGIT_BITS + LEAST);
    for (int k = 0; k < products->n_factors; k++) {
        int64_t bits = bits_of(products->factors[k][i]) & INT64_MAX;
        if (bits == 0 || bits > bits_of(DBL_MAX))
            return -1;
        position += position_of(bits);
    }
    return position;
}

/* Multiply a number of PRODUCT_LIMBS limbs by one of two. */
INLINE void multiply(uint64_t *limbs, uint64_t factor) {
    uint64_t low = factor & UINT32_MAX, high = factor >> 32, carry = 0, before = 0;
    for (int j = 0; j < PRODUCT_LIMBS; j++) {
        uint64_t limb = limbs[j], sum = limb * low + (carry & UINT32_MAX);
        uint64_t shifted = before * high + (sum & UINT32_MAX);
        carry = (carry >> 32) + (sum >> 32) + (shifted >> 32);
        limbs[j] = shifted & UINT32_MAX;
        before = limb;
    }
}

INLINE void add_product(const GroupSums *sums, int64_t code, const Products *products, ptrdiff_t i,
                        int position) {
    uint64_t limbs[PRODUCT_LIMBS] = {1}, spill = 0;
    int64_t bits = 0;
    for (int k = 0; k < products->n_factors; k++) {
        int64_t factor = bits_of(products->factors[k][i]);
        multiply(limbs, mantissa_of(factor));
        bits ^= factor;  /* for the sign of the product */
    }
    ptrdiff_t place = position / DIGIT_BITS - (products->n_factors - 1) * PLACES_BELOW;
    int64_t *digit = digits_of(sums, code) + place - sums->lowest;
    int64_t sign = bits < 0 ? -1 : 1;
    for (int j = 0; j < n_limbs_of(products); j++) {
        spill |= limbs[j] << position % DIGIT_BITS;
        digit[j] += sign * (int64_t)(spill & UINT32_MAX);
        spill >>= 32;
    }
}

/* Returns whether the digits had room. */
INLINE int add_product_block(Scatter *to, const Products *products, ptrdiff_t n) {
    int positions[GROUP_BLOCK], least = INT32_MAX, most = -1;
    for (ptrdiff_t i = 0; i < n; i++) {
        int position = positions[i] = position_of_product(products, to->n_done + i);
        least = position >= 0 && position < least ? position : least;
        most = position > most ? position : most;
    }
    if (most < 0)
        return 1;
    int below = (products->n_factors - 1) * PLACES_BELOW;
    if (!has_places(to, least / DIGIT_BITS - below,
                    most / DIGIT_BITS - below + n_limbs_of(products) - 1))
        return 0;
    for (ptrdiff_t i = 0; i < n; i++)
        if (positions[i] >= 0)
            add_product(&to->sums, to->codes[to->n_done + i], products, to->n_done + i, positions[i]);
    return 1;
}

/* Add the product of each row to its group, like `run_sums`. */
static int run_products(Scatter *to, const Products *products) {
    if (!has_groups(to))
        return 0;
    for (ptrdiff_t n; (n = next_block(to)) > 0; to->n_done += n)
        if (!add_product_block(to, products, n))
            break;
    return 1;
}

#endif
