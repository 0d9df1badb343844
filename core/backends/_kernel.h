/* The arithmetic of the native backend, without a word of Python: a chunk in, counts and exact sums
 * out. It gives the bits of the NumPy backend. core/numerics/loss.py states the order of operations, and
 * core/numerics/exact_sum.py explains exact sums by extraction. What differs here, and why it is the same:
 *
 * - A block is folded twice, with fixed units 2**50 apart, in the same loop that forms the losses and
 *   searches the largest: units that served the block before nearly always serve this one, so memory
 *   is read while all else is computed. Where they do not, the block is folded again with units of
 *   its own. The rare block with a loss that needs more bits, or is too large for an anchor, is added
 *   number by number. In any case the sum is exact, so there is only one result it can have.
 * - The loss never falls as |x - y| grows. Rounding to nearest keeps order, so neither m / beta nor
 *   d - beta / 2 falls; and below beta d - m / 2 is d / 2, exactly, or rounded in order among
 *   subnormals. So the largest loss is that of the largest |x - y|, and one search for extremes
 *   serves all betas.
 *
 * The loops are plain C that compilers vectorise; _variants.h compiles them for several sets of
 * instructions, of which one is chosen at run time. */
#include "_host.h"
#include "_element.h"

enum {
    BLOCK = 2048,      /* elements: 16 KiB of errors stay in the L1 cache with what is read */
    FOLD_BITS = 50,    /* taken by a fold: 2048 values of at most 2**50 units sum to below 2**63 */
    N_SQUARE_FOLDS = 3,
    LEAST_SQUARE = LEAST - 34 * DIGIT_BITS,  /* the unit of squares: 2**-2162, below LEAST squared */
    N_SQUARE_DIGITS = 134,  /* 4210 bits of one square, and 78 more for carries */
};

/* Multiples of 2**unit are what adding the anchor, and subtracting it again, leaves of a number. */
typedef struct {
    int unit;
    double anchor;
} Fold;

/* What is learned at one beta. The sum is held in digits in base 2**32 with carries left for later:
 * a signed digit has room for 2**31 additions. */
typedef struct {
    double beta;
    double reciprocal;
    Form form;
    Fold coarse, fine;  /* those of the last block */
    double limit;       /* larger losses do not fit into them */
    int64_t n_quadratic;
    int64_t digits[N_DIGITS];
    /* Of the squares of the losses, if these are wanted. */
    Fold products[N_SQUARE_FOLDS], remainders[N_SQUARE_FOLDS];
    double squares_limit;
    int64_t squares[N_SQUARE_DIGITS];
} Sum;

typedef struct {
    const void *pred, *target;
    void *out;         /* of the losses at the first beta, or NULL */
    char pred_type, target_type, out_type;  /* 'f' or 'd' */
    ptrdiff_t n, block;
    int with_squares;
    ptrdiff_t n_nan, n_inf, first_nan;
    double least, most;  /* |x - y| that is not NaN */
    ptrdiff_t n_sums;
    Sum *sums;
} Job;

/* Add finite losses one by one: any magnitudes, slowly. */
static void add_one_by_one(Sum *sum, const double *error, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        double loss = loss_of(error[i], sum->beta, sum->reciprocal, sum->form);
        add_number(sum->digits, loss);
        sum->n_quadratic += error[i] < sum->beta;
    }
    carry(sum->digits);
}

/* The sum of (t - C) / u from that of the bits of t: right modulo 2**64, so right. The digits count
 * multiples of 2**least. */
static void add_fold_to(int64_t *digits, int least, const Fold *fold, uint64_t total_bits, ptrdiff_t n) {
    uint64_t units = total_bits - (uint64_t)n * (uint64_t)bits_of(fold->anchor);
    int is_negative = units >> 63 != 0;
    add_units(digits, is_negative ? 0 - units : units, fold->unit - least, is_negative);
}

static void add_fold(int64_t *digits, const Fold *fold, uint64_t total_bits, ptrdiff_t n) {
    add_fold_to(digits, LEAST, fold, total_bits, n);
}

static Fold fold_below(int exponent) {
    int unit = exponent - FOLD_BITS < LEAST ? LEAST : exponent - FOLD_BITS;
    /* Near the largest numbers the anchor is infinite: then NaN is left, and nothing goes unseen. */
    return (Fold){unit, ldexp(1.5, unit + 52)};
}

/* Choose folds for losses up to the largest. They hold up to twice as much: the next block may. */
static void set_folds(Sum *sum, double largest) {
    int exponent;
    frexp(largest, &exponent);
    sum->coarse = fold_below(exponent);
    sum->fine = fold_below(sum->coarse.unit);
    sum->limit = ldexp(1.0, sum->coarse.unit + FOLD_BITS + 1);
}

/* All that the loops read, so that it stays in registers. */
typedef struct {
    double beta, reciprocal;
    double coarse, fine;  /* anchors */
} Constants;

static Constants constants_of(const Sum *sum) {
    return (Constants){sum->beta, sum->reciprocal, sum->coarse.anchor, sum->fine.anchor};
}

/* The two folds of some losses, and what they do not hold. */
typedef struct {
    uint64_t coarse, fine;  /* sums of bits */
    int64_t left;           /* 0: no loss had a bit beyond the fine unit */
    int64_t n_quadratic;
} Folded;

/* Add one loss. Always inlined with a constant form, so that the loop is free of it. */
INLINE void fold_in(Folded *to, const Constants *with, double error, Form form) {
    double loss = loss_of(error, with->beta, with->reciprocal, form);
    double rest = fold_off(loss, with->coarse, &to->coarse);
    to->left |= bits_of(fold_off(rest, with->fine, &to->fine));  /* +0: none is left */
    to->n_quadratic += form != L1 && error < with->beta;
}

/* Take over what was folded, if it is all. NaN is left of NaN, and of infinity. */
INLINE int is_taken(Sum *sum, const Folded *folded, ptrdiff_t n, double most, Form form) {
    double largest = loss_of(most, sum->beta, sum->reciprocal, form);
    if (folded->left != 0 || !(largest <= sum->limit))
        return 0;
    add_fold(sum->digits, &sum->coarse, folded->coarse, n);
    add_fold(sum->digits, &sum->fine, folded->fine, n);
    sum->n_quadratic += folded->n_quadratic;
    return 1;
}

INLINE int is_folded(Sum *sum, const double *error, ptrdiff_t n, double most, Form form) {
    const Constants with = constants_of(sum);
    Folded folded = {0};
    for (ptrdiff_t i = 0; i < n; i++)
        fold_in(&folded, &with, error[i], form);
    return is_taken(sum, &folded, n, most, form);
}

INLINE void add_block(Sum *sum, const double *error, ptrdiff_t n, double most, Form form) {
    if (is_folded(sum, error, n, most, form))
        return;
    set_folds(sum, loss_of(most, sum->beta, sum->reciprocal, form));
    if (!is_folded(sum, error, n, most, form))
        add_one_by_one(sum, error, n);
}

INLINE void add_losses(Sum *sum, const double *error, ptrdiff_t n, double most) {
    if (sum->form == L1)
        add_block(sum, error, n, most, L1);
    else if (sum->form == MULTIPLY)
        add_block(sum, error, n, most, MULTIPLY);
    else
        add_block(sum, error, n, most, DIVIDE);
}

#include "_squares.h"

/* |x - y| of a block; and the bits of the largest and the smallest: without a sign, numbers are
 * ordered as their bits are, and NaN come last. Folds the losses on the way. */
#define ERRORS(PRED, TARGET)                                             \
    do {                                                                 \
        const PRED *pred = (const PRED *)job->pred + start;              \
        const TARGET *target = (const TARGET *)job->target + start;      \
        for (ptrdiff_t i = 0; i < n; i++) {                              \
            double distance = DISTANCE(pred[i], target[i]); \
            int64_t bits = bits_of(distance);                            \
            error[i] = distance;                                         \
            most = bits > most ? bits : most;                            \
            least = bits < least ? bits : least;                         \
            fold_in(&folded, &with, distance, form);                     \
        }                                                                \
    } while (0)

/* Returns whether the first sum has the block already. */
INLINE int errors(Job *job, ptrdiff_t start, ptrdiff_t n, double *error, int64_t extremes[2], Form form) {
    const Constants with = constants_of(&job->sums[0]);
    Folded folded = {0};
    int64_t least = INT64_MAX, most = 0;
    if (job->pred_type == 'f' && job->target_type == 'f')
        ERRORS(float, float);
    else if (job->pred_type == 'f')
        ERRORS(float, double);
    else if (job->target_type == 'f')
        ERRORS(double, float);
    else
        ERRORS(double, double);
    extremes[0] = least;
    extremes[1] = most;
    return is_taken(&job->sums[0], &folded, n, from_bits(most), form);  /* not if it is infinite */
}

INLINE int errors_of(Job *job, ptrdiff_t start, ptrdiff_t n, double *error, int64_t extremes[2]) {
    if (job->sums[0].form == L1)
        return errors(job, start, n, error, extremes, L1);
    if (job->sums[0].form == MULTIPLY)
        return errors(job, start, n, error, extremes, MULTIPLY);
    return errors(job, start, n, error, extremes, DIVIDE);
}

INLINE void write_losses(const Job *job, ptrdiff_t start, ptrdiff_t n, const double *error) {
    const double beta = job->sums[0].beta, reciprocal = job->sums[0].reciprocal;
    const Form form = job->sums[0].form;
    if (job->out_type == 'f')
        for (ptrdiff_t i = 0; i < n; i++)
            ((float *)job->out)[start + i] = NARROW(float, loss_of(error[i], beta, reciprocal, form));
    else
        for (ptrdiff_t i = 0; i < n; i++)
            ((double *)job->out)[start + i] = loss_of(error[i], beta, reciprocal, form);
}

/* Count what is not finite, and move the rest together. Returns how many these are. */
static ptrdiff_t set_apart(Job *job, ptrdiff_t start, ptrdiff_t n, double *error, int64_t extremes[2]) {
    ptrdiff_t n_finite = 0, n_nan = 0;
    extremes[0] = INT64_MAX;
    extremes[1] = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (error[i] <= DBL_MAX) {
            int64_t bits = bits_of(error[i]);
            extremes[0] = bits < extremes[0] ? bits : extremes[0];
            extremes[1] = bits > extremes[1] ? bits : extremes[1];
            error[n_finite++] = error[i];
        } else if (isnan(error[i]) && n_nan++ == 0 && job->first_nan < 0) {
            job->first_nan = start + i;
        }
    }
    ptrdiff_t n_inf = n - n_nan - n_finite;
    job->n_nan += n_nan;
    job->n_inf += n_inf;
    if (n_inf > 0)
        job->most = HUGE_VAL;
    return n_finite;
}

INLINE void run(Job *job, int has_fma) {
    ALIGNED double error[BLOCK];
    for (ptrdiff_t start = 0; start < job->n; start += job->block) {
        ptrdiff_t n = job->n - start < job->block ? job->n - start : job->block;
        int64_t extremes[2];
        int is_first_done = errors_of(job, start, n, error, extremes);
        if (job->out != NULL)
            write_losses(job, start, n, error);
        if (extremes[1] > bits_of(DBL_MAX))
            n = set_apart(job, start, n, error, extremes);
        if (n == 0)
            continue;
        double least = from_bits(extremes[0]), most = from_bits(extremes[1]);
        job->least = least < job->least ? least : job->least;
        job->most = most > job->most ? most : job->most;
        for (Sum *sum = job->sums; sum < job->sums + job->n_sums; sum++) {
            if (sum != job->sums || !is_first_done)
                add_losses(sum, error, n, most);
            if (job->with_squares)
                add_squares(sum, error, n, most, has_fma);
        }
    }
}
