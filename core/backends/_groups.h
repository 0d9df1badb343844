/* Tallies of many groups: each element goes to the record and to the digits of its group. The digits
 * are those of core/numerics/group_sums.py. Where they have no place for a block, the loop stops before it
 * and says which places are missing; the caller makes room and goes on from there. */

enum { GROUP_BLOCK = 1024 };  /* elements: three buffers stay in the L1 cache */

/* The record of a group, as core/tallies/group_tallies.py lays it out; `rest` is counted elsewhere. */
typedef struct {
    int64_t n, n_quadratic;
    double least, most;
    int64_t n_nan, n_inf, first_nan;
    int64_t rest[3];
} Group;

/* For each group a row of digits at places from `lowest` on. */
typedef struct {
    int64_t *digits;
    ptrdiff_t n_groups, n_places, lowest;
} GroupSums;

typedef struct {
    Elements elements;
    Sum sum;  /* of which the curve is used: beta, its reciprocal, form */
    const int64_t *codes, *positions;
    Group *groups;
    GroupSums sums;
    ptrdiff_t done;       /* elements */
    int least, most;      /* places that the block after these needs, if it did not fit */
} GroupJob;

#if defined(__GNUC__)
#define PREFETCH(ADDRESS) __builtin_prefetch((ADDRESS), 1)
#else
#define PREFETCH(ADDRESS) ((void)(ADDRESS))
#endif
enum { AHEAD = 16 };  /* elements between asking for a line of memory and using it */

static int are_codes(const int64_t *codes, ptrdiff_t n, ptrdiff_t n_groups) {
    uint64_t largest = 0;  /* negative ones are larger than any */
    for (ptrdiff_t i = 0; i < n; i++)
        largest = (uint64_t)codes[i] > largest ? (uint64_t)codes[i] : largest;
    return n == 0 || largest < (uint64_t)n_groups;
}

/* Bit 0 of the mantissa of a finite number, counted from 2**-1074. */
INLINE int position_of(int64_t bits) {
    int exponent = (int)(bits >> 52 & 0x7FF);
    return exponent > 0 ? exponent - 1 : 0;
}

/* Whether there are digits for all finite numbers of a block. Zeros need none. */
INLINE int has_room(const GroupSums *sums, const double *terms, ptrdiff_t n, int *least, int *most) {
    uint64_t smallest = UINT64_MAX, largest = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        uint64_t bits = (uint64_t)(bits_of(terms[i]) & INT64_MAX);
        uint64_t finite = bits <= (uint64_t)bits_of(DBL_MAX) ? bits : 0;
        largest = finite > largest ? finite : largest;
        smallest = finite - 1 < smallest ? finite - 1 : smallest;  /* zero wraps to the largest */
    }
    if (largest == 0)
        return 1;
    *least = position_of((int64_t)(smallest + 1)) / DIGIT_BITS;
    *most = position_of((int64_t)largest) / DIGIT_BITS + 2;
    return *least >= sums->lowest && *most - sums->lowest < sums->n_places;
}

/* Add a finite number other than 0 to the digits of a group, which has room for it. */
INLINE void add_to_group(const GroupSums *sums, int64_t code, int64_t bits) {
    uint64_t mantissa = (uint64_t)bits & (((uint64_t)1 << 52) - 1);
    mantissa |= (uint64_t)((bits >> 52 & 0x7FF) != 0) << 52;
    int position = position_of(bits), shift = position % DIGIT_BITS;
    int64_t *digit = sums->digits + code * sums->n_places + position / DIGIT_BITS - sums->lowest;
    int64_t sign = bits < 0 ? -1 : 1;
    digit[0] += sign * (int64_t)(mantissa << shift & UINT32_MAX);
    digit[1] += sign * (int64_t)(mantissa >> (32 - shift) & UINT32_MAX);
    digit[2] += sign * (int64_t)(mantissa >> 32 >> (32 - shift));
}

INLINE void add_element(GroupJob *job, ptrdiff_t i, double error, double loss, double term) {
    Group *group = job->groups + job->codes[i];
    int64_t bits = bits_of(term), magnitude = bits & INT64_MAX;
    group->n++;
    group->n_quadratic += error < job->sum.beta;
    if (loss < group->least)
        group->least = loss;
    if (loss > group->most)
        group->most = loss;
    if (magnitude <= bits_of(DBL_MAX)) {
        if (magnitude != 0)
            add_to_group(&job->sums, job->codes[i], bits);
    } else if (!isnan(term)) {
        group->n_inf++;
    } else {
        group->n_nan++;
        if (job->positions[i] < group->first_nan)
            group->first_nan = job->positions[i];
    }
}

/* Returns whether there was room. */
INLINE int add_group_block(GroupJob *job, ptrdiff_t start, ptrdiff_t n) {
    ALIGNED double error[GROUP_BLOCK];
    ALIGNED double losses[GROUP_BLOCK];
    ALIGNED double products[GROUP_BLOCK];
    const Elements *elements = &job->elements;
    const double *terms = losses;
    distances(elements, start, n, error);
    losses_at(&job->sum, error, n, losses);
    if (elements->weight != NULL) {
        times(losses, elements->weight + start, n, products);
        terms = products;
    }
    if (!has_room(&job->sums, terms, n, &job->least, &job->most))
        return 0;
    if (elements->out != NULL)
        write_terms(elements, start, n, terms);
    for (ptrdiff_t i = 0; i < n; i++) {
        if (start + i < elements->n - AHEAD) {
            int64_t code = job->codes[start + i + AHEAD];
            PREFETCH(job->groups + code);
            PREFETCH(job->sums.digits + code * job->sums.n_places);
        }
        add_element(job, start + i, error[i], losses[i], terms[i]);
    }
    return 1;
}

/* Goes on from `done`, to the end or to the first block without room. */
INLINE void run_groups(GroupJob *job) {
    ptrdiff_t n_elements = job->elements.n;
    while (job->done < n_elements) {
        ptrdiff_t left = n_elements - job->done, n = left < GROUP_BLOCK ? left : GROUP_BLOCK;
        if (!add_group_block(job, job->done, n))
            return;
        job->done += n;
    }
}

/* The same for finite numbers alone, of any sign: `elements` is not used but for its length. */
static void run_sums(GroupJob *job, const double *values) {
    ptrdiff_t n_values = job->elements.n;
    while (job->done < n_values) {
        ptrdiff_t left = n_values - job->done, n = left < GROUP_BLOCK ? left : GROUP_BLOCK;
        if (!has_room(&job->sums, values + job->done, n, &job->least, &job->most))
            return;
        for (ptrdiff_t i = job->done; i < job->done + n; i++) {
            int64_t bits = bits_of(values[i]), magnitude = bits & INT64_MAX;
            if (magnitude != 0 && magnitude <= bits_of(DBL_MAX))
                add_to_group(&job->sums, job->codes[i], bits);
        }
        job->done += n;
    }
}

/* Products of up to three factors of each row, whatever their magnitudes: the integers that the
 * mantissas are, multiplied. A product of n factors is a whole number of 2**(n * LEAST). */
enum {
    MOST_FACTORS = 3,
    PRODUCT_LIMBS = 6,   /* of 32 bits: 3 mantissas, and up to 31 bits that they are shifted by */
    PLACES_BELOW = 34,   /* a further factor may need as many places more: 34 * 32 >= -LEAST */
};

typedef struct {
    const double *factors[MOST_FACTORS];
    int n_factors;
} Products;

INLINE int n_limbs_of(const Products *products) {
    int n = 2 * products->n_factors + 1;
    return n < PRODUCT_LIMBS ? n : PRODUCT_LIMBS;
}

/* Bit 0 of the product of the mantissas, from PLACES_BELOW places for each further factor below
 * 2**LEAST; -1 where the product is 0, or a factor is not finite. */
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
        uint64_t mantissa = (uint64_t)factor & (((uint64_t)1 << 52) - 1);
        multiply(limbs, mantissa | (uint64_t)((factor >> 52 & 0x7FF) != 0) << 52);
        bits ^= factor;  /* its sign */
    }
    ptrdiff_t place = position / DIGIT_BITS - (products->n_factors - 1) * PLACES_BELOW;
    int64_t *digit = sums->digits + code * sums->n_places + place - sums->lowest;
    int64_t sign = bits < 0 ? -1 : 1;
    for (int j = 0; j < n_limbs_of(products); j++) {
        spill |= limbs[j] << position % DIGIT_BITS;
        digit[j] += sign * (int64_t)(spill & UINT32_MAX);
        spill >>= 32;
    }
}

/* Returns whether there was room. */
INLINE int add_product_block(GroupJob *job, const Products *products, ptrdiff_t n) {
    int positions[GROUP_BLOCK], least = INT32_MAX, most = -1;
    for (ptrdiff_t i = 0; i < n; i++) {
        int position = positions[i] = position_of_product(products, job->done + i);
        least = position >= 0 && position < least ? position : least;
        most = position > most ? position : most;
    }
    if (most < 0)
        return 1;
    int below = (products->n_factors - 1) * PLACES_BELOW;
    job->least = least / DIGIT_BITS - below;
    job->most = most / DIGIT_BITS - below + n_limbs_of(products) - 1;
    if (job->least < job->sums.lowest || job->most - job->sums.lowest >= job->sums.n_places)
        return 0;
    for (ptrdiff_t i = 0; i < n; i++)
        if (positions[i] >= 0)
            add_product(&job->sums, job->codes[job->done + i], products, job->done + i, positions[i]);
    return 1;
}

static void run_products(GroupJob *job, const Products *products) {
    ptrdiff_t n_rows = job->elements.n;
    while (job->done < n_rows) {
        ptrdiff_t left = n_rows - job->done, n = left < GROUP_BLOCK ? left : GROUP_BLOCK;
        if (!add_product_block(job, products, n))
            return;
        job->done += n;
    }
}
