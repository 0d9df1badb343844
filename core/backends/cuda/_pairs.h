/* The pairs that a launch is given, and how |x - y| is read from them. */
#ifndef SMOOTHL1_PAIRS_H
#define SMOOTHL1_PAIRS_H

#include "_cuda.h"

#include "_block.h"
#include "_dtypes.h"
#include "_element.h"

#define TILE ((int64_t)THREADS * ITEMS)

/* What a launch is given: see `tally`. */
struct Task {
    const void *pred, *target;
    const double *weight;
    int64_t n, first;
    int pred_type, target_type;
    bool is_aligned;
    const Curve *curves;
    int64_t *results;
};

template <class T> struct alignas(16) Vector { T items[16 / sizeof(T)]; };

/* Reads |x - y| of two sides that have one dtype of floats, 16 bytes at a time. */
template <class T> struct Same {
    enum { WIDTH = 16 / sizeof(T) };
    INLINE double error(const Task &task, int64_t i) {
        return MAGNITUDE(SUB(number_of(((const T *)task.pred)[i]),
                             number_of(((const T *)task.target)[i])));
    }
    INLINE void errors(const Task &task, int64_t first, double *to) {
        if (!task.is_aligned) {
            for (int j = 0; j < WIDTH; j++)
                to[j] = error(task, first + j);
            return;
        }
        const Vector<T> x = ((const Vector<T> *)task.pred)[first / WIDTH];
        const Vector<T> y = ((const Vector<T> *)task.target)[first / WIDTH];
        for (int j = 0; j < WIDTH; j++)
            to[j] = MAGNITUDE(SUB(number_of(x.items[j]), number_of(y.items[j])));
    }
};

/* Reads |x - y| of any two dtypes. */
struct Any {
    enum { WIDTH = 1 };
    INLINE double error(const Task &task, int64_t i) {
        return MAGNITUDE(difference_of(number_at(task.pred, task.pred_type, i),
                                       number_at(task.target, task.target_type, i)));
    }
    INLINE void errors(const Task &task, int64_t first, double *to) { *to = error(task, first); }
};

/* The place of the j-th element of this thread in a tile. */
template <class READER> INLINE int64_t place_of(int64_t tile, int j) {
    return tile * TILE + (int64_t)(j - j % READER::WIDTH) * THREADS +
           threadIdx.x * READER::WIDTH + j % READER::WIDTH;
}

#endif
