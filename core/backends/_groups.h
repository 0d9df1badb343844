/* Tallies of many groups: each element goes to the record of its group, a line of the cache. A term is
 * added to the group's fixed-point sum, 128 bits of a window of binary places that all groups share. A
 * term that does not fit into the window goes to the digits of its group. */
#ifndef SMOOTHL1_GROUPS_H
#define SMOOTHL1_GROUPS_H

#include "_host.h"

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

/* Whether there are digits for the terms of a block that do not fit into the window. */
INLINE int has_room_outside(GroupJob *job, const double *terms, ptrdiff_t n) {
    const Window window = job->window;
    int64_t n_outside = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        n_outside += !fits(shift_in(&window, bits_of(terms[i])));
    if (n_outside == 0)
        return 1;
    ALIGNED double outside[GROUP_BLOCK];
    ptrdiff_t n_kept = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        if (!fits(shift_in(&window, bits_of(terms[i]))))
            outside[n_kept++] = terms[i];
    return has_room(&job->to, outside, n_kept);
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

INLINE void add_element(GroupJob *job, ptrdiff_t i, double error, double loss, double term) {
    Group *group = job->groups + job->to.codes[i];
    int64_t bits = bits_of(term), shift = shift_in(&job->window, bits);
    group->n++;
    group->n_quadratic += error < job->curve.beta;
    if (loss < group->least)
        group->least = loss;
    if (loss > group->most)
        group->most = loss;
    if (fits(shift)) {  /* terms are not negative */
        uint64_t mantissa = ((uint64_t)bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)1 << 52;
        uint64_t low = mantissa << shift, high = mantissa >> 1 >> (63 - shift);
        group->low += low;
        group->high += high + (group->low < low);
    } else {
        add_outside(job, i, term);
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
    if (!has_room_outside(job, terms, n))
        return 0;
    if (elements->out != NULL)
        write_terms(elements, start, n, terms);
    for (ptrdiff_t i = 0; i < n; i++) {
        if (start + i < elements->n - AHEAD)
            PREFETCH(job->groups + job->to.codes[start + i + AHEAD]);
        add_element(job, start + i, error[i], losses[i], terms[i]);
    }
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
