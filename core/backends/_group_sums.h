/* Exact sums of groups: each number goes to the digits of its group, which are those of
 * core/numerics/group_sums.py. If they have no place for a block, the loop stops before it and returns
 * the places that it needs. The caller makes room and continues there. */
#ifndef SMOOTHL1_GROUP_SUMS_H
#define SMOOTHL1_GROUP_SUMS_H

#include "_host.h"

#include "_element.h"

enum { GROUP_BLOCK = 1024 };  /* elements at a time: three buffers stay in the L1 cache */

/* A row of digits for each group, at places from `lowest` on. */
typedef struct {
    int64_t *digits;
    ptrdiff_t n_groups, n_places, lowest;
} GroupSums;

/* Numbers that are added to groups, in order. */
typedef struct {
    const int64_t *codes;  /* the group of each number */
    ptrdiff_t n, n_done;
    GroupSums sums;
    int least, most;       /* places that the next block needs, if it did not fit */
} Scatter;

static int are_in_range(const int64_t *codes, ptrdiff_t n, ptrdiff_t n_groups) {
    uint64_t largest = 0;  /* a negative code is larger than any other as uint64_t */
    for (ptrdiff_t i = 0; i < n; i++)
        largest = (uint64_t)codes[i] > largest ? (uint64_t)codes[i] : largest;
    return n == 0 || largest < (uint64_t)n_groups;
}

static int has_groups(const Scatter *to) { return are_in_range(to->codes, to->n, to->sums.n_groups); }

/* The number of numbers in the next block; not above 0 if none are left. */
INLINE ptrdiff_t next_block(const Scatter *to) { return at_most(to->n - to->n_done, GROUP_BLOCK); }

/* Whether there are digits at these places; if not, the caller makes room for them. */
INLINE int has_places(Scatter *to, int least, int most) {
    to->least = least;
    to->most = most;
    return least >= to->sums.lowest && most - to->sums.lowest < to->sums.n_places;
}

/* Whether there are digits for all finite numbers of a block. Zeros need none. */
INLINE int has_room(Scatter *to, const double *terms, ptrdiff_t n) {
    uint64_t smallest = UINT64_MAX, largest = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        uint64_t bits = (uint64_t)(bits_of(terms[i]) & INT64_MAX);
        uint64_t finite = bits <= (uint64_t)bits_of(DBL_MAX) ? bits : 0;
        largest = finite > largest ? finite : largest;
        smallest = finite - 1 < smallest ? finite - 1 : smallest;  /* zero wraps to the largest */
    }
    if (largest == 0)
        return 1;
    return has_places(to, position_of((int64_t)(smallest + 1)) / DIGIT_BITS,
                      position_of((int64_t)largest) / DIGIT_BITS + 2);
}

INLINE int64_t *digits_of(const GroupSums *sums, int64_t code) {
    return sums->digits + code * sums->n_places;
}

/* Add a finite number other than 0 to the digits of a group, which have room for it. */
INLINE void add_to_group(const GroupSums *sums, int64_t code, int64_t bits) {
    uint64_t mantissa = mantissa_of(bits);
    int position = position_of(bits), shift = position % DIGIT_BITS;
    int64_t *digit = digits_of(sums, code) + position / DIGIT_BITS - sums->lowest;
    int64_t sign = bits < 0 ? -1 : 1;
    digit[0] += sign * (int64_t)(mantissa << shift & UINT32_MAX);
    digit[1] += sign * (int64_t)(mantissa >> (32 - shift) & UINT32_MAX);
    digit[2] += sign * (int64_t)(mantissa >> 32 >> (32 - shift));
}

/* Add numbers of any sign; those that are not finite are left out. Returns 0, and adds nothing, if a
 * code is that of no group. */
static int run_sums(Scatter *to, const double *values) {
    if (!has_groups(to))
        return 0;
    for (ptrdiff_t n; (n = next_block(to)) > 0; to->n_done += n) {
        if (!has_room(to, values + to->n_done, n))
            break;
        for (ptrdiff_t i = to->n_done; i < to->n_done + n; i++) {
            int64_t bits = bits_of(values[i]), magnitude = bits & INT64_MAX;
            if (magnitude != 0 && magnitude <= bits_of(DBL_MAX))
                add_to_group(&to->sums, to->codes[i], bits);
        }
    }
    return 1;
}

#endif
