/* Tallies of many groups: each element goes to the record of its group, a line of the cache. A term is
 * added to the group's fixed-point sum, 128 bits of a window of binary places that all groups share. A
 * term that does not fit into the window goes to the digits of its group. */
#ifndef SMOOTHL1_GROUPS_H
#define SMOOTHL1_GROUPS_H

#include "_host.h"

#include "_curve.h"
#include "_element.h"
#include "_group_sums.h"
#include "_losses.h"

/* The record of a group, as core/tallies/group_records.py lays it out. */
typedef struct {
    int64_t n, n_quadratic;
    double least, most;
    uint64_t low, high;  /* the sum of terms in units of the window */
    int64_t n_nan, n_inf;
} Group;

/* What seldom changes; `rest` is counted in Python. */
typedef struct {
    int64_t first_nan, rest[3];
} Others;

enum {
    WINDOW_SHIFT = 44,   /* 97 bits of a term of 53 bits, and 31 for 2**30 additions */
    WINDOW_MARGIN = 4,   /* bits above the first block's largest term: later ones may be larger */
    MOST_LOWEST = 2045 - WINDOW_SHIFT,  /* the largest number fits, infinities do not */
    NO_WINDOW = -4096,   /* nothing fits */
    AHEAD = 16,          /* elements between prefetching a cache line and using it */
};

/* The position of the window's lowest bit, counted as by position_of; above 0, so that subnormal
 * numbers are outside. NO_WINDOW until there is a term. */
typedef struct {
    int lowest;
    ptrdiff_t n_outside;  /* terms outside of it, so far */
} Window;

typedef struct {
    Elements elements;
    Curve curve;
    const int64_t *positions;  /* or NULL, if they are first_position, first_position + 1, ... */
    int64_t first_position;
    Group *groups;
    Others *others;
    Window window;
    Scatter to;
} GroupJob;

/* How far a finite number's mantissa is shifted in the window; it fits if that is 0 ... WINDOW_SHIFT.
 * For 0, subnormal numbers, infinities and NaN it is not. */
INLINE int64_t shift_in(const Window *window, int64_t bits) {
    return (bits >> 52 & 0x7FF) - 1 - window->lowest;
}

INLINE int fits(int64_t shift) { return (uint64_t)shift <= WINDOW_SHIFT; }

/* Set the window by the largest finite term of a block, if it is not set. */
INLINE void set_window(Window *window, const double *terms, ptrdiff_t n) {
    int64_t largest = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        int64_t bits = bits_of(terms[i]) & INT64_MAX;
        largest = bits <= bits_of(DBL_MAX) && bits > largest ? bits : largest;
    }
    int lowest = position_of(largest) + WINDOW_MARGIN - WINDOW_SHIFT;
    if (largest != 0)
        window->lowest = lowest < 1 ? 1 : lowest > MOST_LOWEST ? MOST_LOWEST : lowest;
}

/* Find the terms of a block that do not fit into the window. Returns their number. */
INLINE ptrdiff_t find_outside(const Window *window, const double *terms, ptrdiff_t n,
                              ptrdiff_t *outside) {
    const Window fixed = *window;
    int64_t n_outside = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        n_outside += !fits(shift_in(&fixed, bits_of(terms[i])));
    if (n_outside == 0)
        return 0;
    ptrdiff_t n_found = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        if (!fits(shift_in(&fixed, bits_of(terms[i]))))
            outside[n_found++] = i;
    return n_found;
}

/* Whether there are digits for these terms of a block. */
INLINE int has_room_outside(GroupJob *job, const double *terms, const ptrdiff_t *outside,
                            ptrdiff_t n_outside) {
    double chosen[GROUP_BLOCK];
    for (ptrdiff_t i = 0; i < n_outside; i++)
        chosen[i] = terms[outside[i]];
    return has_room(&job->to, chosen, n_outside);
}

/* Add a term that is not in the window: to the digits, if it is finite. */
ROUTINE void add_outside(GroupJob *job, ptrdiff_t i, double term) {
    int64_t code = job->to.codes[i], bits = bits_of(term), magnitude = bits & INT64_MAX;
    Group *group = job->groups + code;
    Others *others = job->others + code;
    if (magnitude == 0)
        return;
    if (magnitude <= bits_of(DBL_MAX)) {
        add_to_group(&job->to.sums, code, bits);
        job->window.n_outside++;
    } else if (!isnan(term)) {
        group->n_inf++;
    } else {
        int64_t position = job->positions == NULL ? job->first_position + i : job->positions[i];
        group->n_nan++;
        if (position < others->first_nan)
            others->first_nan = position;
    }
}

/* The terms of a block in units of the window; 0 where a term does not fit. Terms are not negative. */
INLINE void place_terms(const Window *window, const double *terms, ptrdiff_t n, uint64_t *low,
                        uint64_t *high) {
    const Window fixed = *window;
    for (ptrdiff_t i = 0; i < n; i++) {
        int64_t bits = bits_of(terms[i]), shift = shift_in(&fixed, bits);
        uint64_t mantissa = ((uint64_t)bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)1 << 52;
        uint64_t by = (uint64_t)shift & 63;
        mantissa = fits(shift) ? mantissa : 0;
        low[i] = mantissa << by;
        high[i] = mantissa >> 1 >> (63 - by);
    }
}

INLINE void add_element(Group *group, int is_quadratic, double loss, uint64_t low, uint64_t high) {
    group->n++;
    group->n_quadratic += is_quadratic;
    if (loss < group->least)
        group->least = loss;
    if (loss > group->most)
        group->most = loss;
    group->low += low;
    group->high += high + (group->low < low);
}

INLINE void add_elements(GroupJob *job, ptrdiff_t start, ptrdiff_t n, const double *error,
                         const double *losses, const double *terms) {
    ALIGNED uint64_t low[GROUP_BLOCK];
    ALIGNED uint64_t high[GROUP_BLOCK];
    const int64_t *codes = job->to.codes + start;
    Group *const groups = job->groups;
    const double beta = job->curve.beta;
    ptrdiff_t n_ahead = job->elements.n - start - AHEAD;
    place_terms(&job->window, terms, n, low, high);
    for (ptrdiff_t i = 0; i < n; i++) {
        if (i < n_ahead)
            PREFETCH(groups + codes[i + AHEAD]);
        add_element(groups + codes[i], error[i] < beta, losses[i], low[i], high[i]);
    }
}

/* Returns whether the digits had room. */
INLINE int add_group_block(GroupJob *job, ptrdiff_t start, ptrdiff_t n) {
    ALIGNED double error[GROUP_BLOCK];
    ALIGNED double losses[GROUP_BLOCK];
    ALIGNED double products[GROUP_BLOCK];
    const Elements *elements = &job->elements;
    const double *terms = losses;
    distances(elements, start, n, error);
    losses_of(&job->curve, error, n, losses);
    if (elements->weight != NULL) {
        times(losses, elements->weight + start, n, products);
        terms = products;
    }
    if (job->window.lowest == NO_WINDOW)
        set_window(&job->window, terms, n);
    ptrdiff_t outside[GROUP_BLOCK];
    ptrdiff_t n_outside = find_outside(&job->window, terms, n, outside);
    if (n_outside > 0 && !has_room_outside(job, terms, outside, n_outside))
        return 0;
    if (elements->out != NULL)
        write_terms(elements, start, n, terms);
    add_elements(job, start, n, error, losses, terms);
    for (ptrdiff_t i = 0; i < n_outside; i++)
        add_outside(job, start + outside[i], terms[outside[i]]);
    return 1;
}

/* Add blocks up to the end, or to the first block without room. Returns 0, and adds nothing, if a code
 * is that of no group. */
INLINE int run_groups(GroupJob *job) {
    if (!has_groups(&job->to))
        return 0;
    for (ptrdiff_t n; (n = next_block(&job->to)) > 0; job->to.n_done += n)
        if (!add_group_block(job, job->to.n_done, n))
            break;
    return 1;
}

#endif
