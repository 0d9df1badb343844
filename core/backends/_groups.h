/* Tallies of many groups: each element goes to the record and to the digits of its group. */
#ifndef SMOOTHL1_GROUPS_H
#define SMOOTHL1_GROUPS_H

#include "_host.h"

#include "_element.h"
#include "_group_sums.h"
#include "_losses.h"

/* The record of a group, as core/tallies/group_tallies.py lays it out; `rest` is counted there. */
typedef struct {
    int64_t n, n_quadratic;
    double least, most;
    int64_t n_nan, n_inf, first_nan;
    int64_t rest[3];
} Group;

typedef struct {
    Elements elements;
    Curve curve;
    const int64_t *positions;
    Group *groups;
    Scatter to;
} GroupJob;

enum { AHEAD = 16 };  /* elements between prefetching a cache line and using it */

INLINE void add_element(GroupJob *job, ptrdiff_t i, double error, double loss, double term) {
    Group *group = job->groups + job->to.codes[i];
    int64_t bits = bits_of(term), magnitude = bits & INT64_MAX;
    group->n++;
    group->n_quadratic += error < job->curve.beta;
    if (loss < group->least)
        group->least = loss;
    if (loss > group->most)
        group->most = loss;
    if (magnitude <= bits_of(DBL_MAX)) {
        if (magnitude != 0)
            add_to_group(&job->to.sums, job->to.codes[i], bits);
    } else if (!isnan(term)) {
        group->n_inf++;
    } else {
        group->n_nan++;
        if (job->positions[i] < group->first_nan)
            group->first_nan = job->positions[i];
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
    if (!has_room(&job->to, terms, n))
        return 0;
    if (elements->out != NULL)
        write_terms(elements, start, n, terms);
    for (ptrdiff_t i = 0; i < n; i++) {
        if (start + i < elements->n - AHEAD) {
            int64_t code = job->to.codes[start + i + AHEAD];
            PREFETCH(job->groups + code);
            PREFETCH(digits_of(&job->to.sums, code));
        }
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
