/* Exact sums of the squares of losses, for the moments of rows. Included by _kernel.h.
 *
 * With fused multiply-add a square is a product and its remainder, both without error, and these are
 * folded as losses are. What does not fit, and every square where there is no such instruction, is
 * formed from the integers that the mantissas are. Squares have digits of their own, down to that of
 * the smallest loss. */

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__FP_FAST_FMA))
#define fused(x, y, z) __builtin_fma(x, y, z)  /* only called where it is an instruction */
#else
#define fused(x, y, z) fma(x, y, z)
#endif

#if defined(__FP_FAST_FMA)
enum { PORTABLE_HAS_FMA = 1 };
#else
enum { PORTABLE_HAS_FMA = 0 };
#endif

/* Add the squares of finite losses one by one: any magnitudes, slowly. */
static void add_squares_one_by_one(Sum *sum, const double *error, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        int64_t bits = bits_of(loss_of(error[i], sum->beta, sum->reciprocal, sum->form));
        int exponent = (int)(bits >> 52), is_normal = exponent > 0;
        int position = 2 * (exponent - is_normal + LEAST) - LEAST_SQUARE;  /* of the lowest bit */
        uint64_t mantissa = (uint64_t)bits & (((uint64_t)1 << 52) - 1);
        mantissa |= (uint64_t)is_normal << 52;
        uint64_t high = mantissa >> 32, low = mantissa & UINT32_MAX;
        add_units(sum->squares, low * low, position, 0);
        add_units(sum->squares, 2 * high * low, position + 32, 0);
        add_units(sum->squares, high * high, position + 64, 0);
    }
    carry_all(sum->squares, N_SQUARE_DIGITS);
}

static void set_chain(Fold *folds, int exponent) {
    for (int i = 0; i < N_SQUARE_FOLDS; i++) {
        folds[i] = fold_below(exponent);
        exponent = folds[i].unit;
    }
}

/* Choose folds for the squares of losses up to twice the largest. */
static void set_square_folds(Sum *sum, double largest) {
    int exponent;
    frexp(largest, &exponent);
    set_chain(sum->products, 2 * exponent + 1);
    set_chain(sum->remainders, 2 * exponent + 1 - DBL_MANT_DIG);
    sum->squares_limit = ldexp(1.0, exponent + 1);
}

/* Returns 0, and adds nothing, if the folds do not hold all squares. */
INLINE int are_squares_folded(Sum *sum, const double *error, ptrdiff_t n, double most, Form form) {
    const double beta = sum->beta, reciprocal = sum->reciprocal;
    double products[N_SQUARE_FOLDS], remainders[N_SQUARE_FOLDS];  /* anchors */
    uint64_t of_products[N_SQUARE_FOLDS] = {0}, of_remainders[N_SQUARE_FOLDS] = {0};
    int64_t left = 0;
    if (!(loss_of(most, beta, reciprocal, form) <= sum->squares_limit))
        return 0;
    for (int i = 0; i < N_SQUARE_FOLDS; i++) {
        products[i] = sum->products[i].anchor;
        remainders[i] = sum->remainders[i].anchor;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        double loss = loss_of(error[i], beta, reciprocal, form);
        double product = loss * loss;
        double remainder = fused(loss, loss, -product);
        left |= product == 0.0 ? bits_of(loss) : 0;
        product = fold_off(product, products[0], &of_products[0]);
        remainder = fold_off(remainder, remainders[0], &of_remainders[0]);
        product = fold_off(product, products[1], &of_products[1]);
        remainder = fold_off(remainder, remainders[1], &of_remainders[1]);
        product = fold_off(product, products[2], &of_products[2]);
        remainder = fold_off(remainder, remainders[2], &of_remainders[2]);
        left |= bits_of(product) | bits_of(remainder);
    }
    if (left != 0)
        return 0;
    for (int i = 0; i < N_SQUARE_FOLDS; i++) {
        add_fold_to(sum->squares, LEAST_SQUARE, &sum->products[i], of_products[i], n);
        add_fold_to(sum->squares, LEAST_SQUARE, &sum->remainders[i], of_remainders[i], n);
    }
    return 1;
}

/* Add the squares of a block. Below 2**-300 a remainder may underflow unseen; above, no loss whose
 * remainder does fits into the folds. */
INLINE void add_squares_as(Sum *sum, const double *error, ptrdiff_t n, double most, Form form) {
    double largest = loss_of(most, sum->beta, sum->reciprocal, form);
    if (largest >= 0x1p-300) {
        if (are_squares_folded(sum, error, n, most, form))
            return;
        set_square_folds(sum, largest);
        if (are_squares_folded(sum, error, n, most, form))
            return;
    }
    add_squares_one_by_one(sum, error, n);
}

INLINE void add_squares(Sum *sum, const double *error, ptrdiff_t n, double most, int has_fma) {
    if (!has_fma)
        add_squares_one_by_one(sum, error, n);
    else if (sum->form == L1)
        add_squares_as(sum, error, n, most, L1);
    else if (sum->form == MULTIPLY)
        add_squares_as(sum, error, n, most, MULTIPLY);
    else
        add_squares_as(sum, error, n, most, DIVIDE);
}
