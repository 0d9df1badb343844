/* Losses element by element, times weights if there are weights, and weighted sums. A term is what
 * an element adds to a sum: its loss, or fl(weight * loss), which may be infinite where the loss is
 * not. Weights are finite and above 0. */

typedef struct {
    const void *pred, *target;
    const double *weight;  /* or NULL */
    void *out;             /* of the terms at the first beta, or NULL */
    char pred_type, target_type, out_type;  /* 'f' or 'd' */
    ptrdiff_t n;
} Elements;

/* What is learned of weighted losses at one beta. Of `sum` the curve and the digits are used. */
typedef struct {
    Sum sum;
    int64_t n_quadratic, n_nan, n_inf;
    ptrdiff_t first_nan;   /* or -1 */
    double least, most;    /* loss that is not NaN */
} Weighted;

typedef struct {
    Elements elements;
    Weighted *found;
    ptrdiff_t n_found;
    int64_t weight[N_DIGITS];  /* the sum of the weights */
} WeightedJob;

#define DISTANCES(PRED, TARGET)                                            \
    do {                                                                   \
        const PRED *pred = (const PRED *)elements->pred + start;           \
        const TARGET *target = (const TARGET *)elements->target + start;   \
        for (ptrdiff_t i = 0; i < n; i++)                                  \
            error[i] = DISTANCE(pred[i], target[i]);          \
    } while (0)

INLINE void distances(const Elements *elements, ptrdiff_t start, ptrdiff_t n, double *error) {
    if (elements->pred_type == 'f' && elements->target_type == 'f')
        DISTANCES(float, float);
    else if (elements->pred_type == 'f')
        DISTANCES(float, double);
    else if (elements->target_type == 'f')
        DISTANCES(double, float);
    else
        DISTANCES(double, double);
}

#define EACH_LOSS(FORM)                                              \
    for (ptrdiff_t i = 0; i < n; i++)                                \
        losses[i] = loss_of(error[i], beta, reciprocal, FORM)

INLINE void losses_at(const Sum *sum, const double *error, ptrdiff_t n, double *losses) {
    const double beta = sum->beta, reciprocal = sum->reciprocal;
    if (sum->form == L1)
        EACH_LOSS(L1);
    else if (sum->form == MULTIPLY)
        EACH_LOSS(MULTIPLY);
    else
        EACH_LOSS(DIVIDE);
}

INLINE void times(const double *losses, const double *weight, ptrdiff_t n, double *terms) {
    for (ptrdiff_t i = 0; i < n; i++)
        terms[i] = losses[i] * weight[i];
}

/* Round terms once to the output. */
INLINE void write_terms(const Elements *elements, ptrdiff_t start, ptrdiff_t n,
                        const double *terms) {
    if (elements->out_type == 'f')
        for (ptrdiff_t i = 0; i < n; i++)
            ((float *)elements->out)[start + i] = NARROW(float, terms[i]);
    else
        memcpy((double *)elements->out + start, terms, (size_t)n * sizeof *terms);
}

/* The bits of the largest term, NaN last. */
INLINE int64_t largest_bits(const double *terms, ptrdiff_t n) {
    int64_t most = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        most = bits_of(terms[i]) > most ? bits_of(terms[i]) : most;
    return most;
}

/* Add numbers of a block that are finite and not negative, of which none exceeds `most`. */
INLINE void add_terms(int64_t *digits, const double *terms, ptrdiff_t n, double most) {
    int exponent;
    frexp(most, &exponent);
    const Fold coarse = fold_below(exponent), fine = fold_below(coarse.unit);
    uint64_t of_coarse = 0, of_fine = 0;
    int64_t left = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        double rest = fold_off(terms[i], coarse.anchor, &of_coarse);
        left |= bits_of(fold_off(rest, fine.anchor, &of_fine));
    }
    if (left == 0) {
        add_fold(digits, &coarse, of_coarse, n);
        add_fold(digits, &fine, of_fine, n);
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++)
        add_number(digits, terms[i]);
    carry(digits);
}

/* The same for a block with terms that are not finite: these are counted apart. */
static void add_finite_terms(Weighted *found, const double *terms, ptrdiff_t start, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        if (fabs(terms[i]) <= DBL_MAX)
            add_number(found->sum.digits, terms[i]);
        else if (!isnan(terms[i]))
            found->n_inf++;
        else if (found->n_nan++ == 0)
            found->first_nan = start + i;
    }
    carry(found->sum.digits);
}

/* Count a block and find its extremes: of losses, and of those only that are not NaN. */
INLINE void see_losses(Weighted *found, const double *error, const double *losses, ptrdiff_t n) {
    int64_t n_quadratic = 0;
    double least = found->least, most = found->most;
    for (ptrdiff_t i = 0; i < n; i++) {
        n_quadratic += error[i] < found->sum.beta;
        least = losses[i] < least ? losses[i] : least;
        most = losses[i] > most ? losses[i] : most;
    }
    found->n_quadratic += n_quadratic;
    found->least = least;
    found->most = most;
}

INLINE void run_weighted(WeightedJob *job) {
    ALIGNED double error[BLOCK];
    ALIGNED double losses[BLOCK];
    ALIGNED double terms[BLOCK];
    const Elements *elements = &job->elements;
    for (ptrdiff_t start = 0; start < elements->n; start += BLOCK) {
        ptrdiff_t n = elements->n - start < BLOCK ? elements->n - start : BLOCK;
        const double *weight = elements->weight + start;
        distances(elements, start, n, error);
        for (Weighted *found = job->found; found < job->found + job->n_found; found++) {
            losses_at(&found->sum, error, n, losses);
            see_losses(found, error, losses, n);
            times(losses, weight, n, terms);
            if (elements->out != NULL && found == job->found)
                write_terms(elements, start, n, terms);
            int64_t most = largest_bits(terms, n);
            if (most > bits_of(DBL_MAX))
                add_finite_terms(found, terms, start, n);
            else
                add_terms(found->sum.digits, terms, n, from_bits(most));
        }
        add_terms(job->weight, weight, n, from_bits(largest_bits(weight, n)));
    }
}

/* Nothing but the terms at one beta, in binary64. */
INLINE void run_losses(const Elements *elements, const Sum *sum) {
    ALIGNED double error[BLOCK];
    for (ptrdiff_t start = 0; start < elements->n; start += BLOCK) {
        ptrdiff_t n = elements->n - start < BLOCK ? elements->n - start : BLOCK;
        double *terms = (double *)elements->out + start;
        distances(elements, start, n, error);
        losses_at(sum, error, n, terms);
        if (elements->weight != NULL)
            times(terms, elements->weight + start, n, terms);
    }
}
