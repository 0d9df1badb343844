/* Variants of the loops: the same source, compiled for each set of instructions. The loops are those of
 * tallies without weights and with them, of losses of elements, of negative parts, of groups, of distances
 * near a quantile, and of cells of a grid. */
#ifndef SMOOTHL1_VARIANTS_H
#define SMOOTHL1_VARIANTS_H

#include "_arguments.h"
#include "_curve.h"
#include "_groups.h"
#include "_histograms.h"
#include "_job.h"
#include "_losses.h"
#include "_plain.h"
#include "_select.h"
#include "_squares.h"
#include "_weighted.h"

#define VARIANT(NAME, TARGET, HAS_FMA)                                                       \
    TARGET static Curve curve_##NAME(double beta) { return curve_of(beta, HAS_FMA); }        \
    TARGET static void plain_##NAME(Job *job) { run_plain(job, HAS_FMA); }                   \
    TARGET static void weighted_##NAME(Job *job) { run_weighted(job); }                      \
    TARGET static void losses_##NAME(const Elements *elements, const Curve *curve) {         \
        run_losses(elements, curve);                                                         \
    }                                                                                        \
    TARGET static int negative_parts_##NAME(const Elements *elements) {                      \
        return run_negative_parts(elements);                                                 \
    }                                                                                        \
    TARGET static int cells_##NAME(const Grid *grid, const double *columns, const double *rows, \
                                   ptrdiff_t n) {                                            \
        return run_cells(grid, columns, rows, n);                                            \
    }                                                                                        \
    TARGET static Selected select_##NAME(const Elements *elements, double low, double high) { \
        return run_select(elements, low, high);                                              \
    }                                                                                        \
    TARGET static int groups_##NAME(GroupJob *job) { return run_groups(job); }
#define VARIANT_ENTRY(NAME) \
    {#NAME, has_##NAME, curve_##NAME, plain_##NAME, weighted_##NAME, losses_##NAME, groups_##NAME, \
     select_##NAME, negative_parts_##NAME, cells_##NAME}

#if defined(__GNUC__) && defined(__x86_64__)
#define FOR(INSTRUCTIONS) __attribute__((target(INSTRUCTIONS)))
static int has_avx512(void) { return __builtin_cpu_init(), __builtin_cpu_supports("avx512f"); }
static int has_avx2(void) {
    return __builtin_cpu_init(), __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
VARIANT(avx512, FOR("avx512f"), 1)
VARIANT(avx2, FOR("avx2,fma"), 1)
#endif
static int has_portable(void) { return 1; }
VARIANT(portable, , PORTABLE_HAS_FMA)

/* The widest instructions first. */
static const struct {
    const char *name;
    int (*is_supported)(void);
    Curve (*curve)(double beta);
    void (*plain)(Job *);
    void (*weighted)(Job *);
    void (*losses)(const Elements *, const Curve *);
    int (*groups)(GroupJob *);
    Selected (*select)(const Elements *, double low, double high);
    int (*negative_parts)(const Elements *);
    int (*cells)(const Grid *, const double *columns, const double *rows, ptrdiff_t n);
} VARIANTS[] = {
#if defined(__GNUC__) && defined(__x86_64__)
    VARIANT_ENTRY(avx512),
    VARIANT_ENTRY(avx2),
#endif
    VARIANT_ENTRY(portable),
};
enum { N_VARIANTS = sizeof VARIANTS / sizeof VARIANTS[0] };

static int variant_of(const char *name) {
    for (int i = 0; i < N_VARIANTS; i++)
        if (VARIANTS[i].is_supported() && (name == NULL || strcmp(name, VARIANTS[i].name) == 0))
            return i;
    PyErr_Format(PyExc_ValueError, "no version for %s here", name);
    return -1;
}

#endif
