/* What the threads of a block share: the exact sums of the block, the folds, and for each thread the
 * folds' totals and counts of its own. */
#ifndef SMOOTHL1_BLOCK_H
#define SMOOTHL1_BLOCK_H

#include "_cuda.h"

#include "_dtypes.h"
#include "_folds.h"
#include "_element.h"

enum {
    WEIGHTS = FUSE + 1,  /* the form of a sum of weights, beside those of losses */
    N_SEGMENTS = THREADS >= 32 ? 16 : THREADS / 2,
    SEGMENT = THREADS / N_SEGMENTS,
};

/* Words of results: counts and extremes, then for each sum its counts (see _folds.h) and its digits. */
enum { N_NAN, FIRST_NAN, LEAST_ERROR, LARGEST_ERROR, N_SEEN };

/* The loss as a function of |x - y|, as memory.py writes it. */
struct Curve {
    double beta, reciprocal;  /* 1 / beta if it is exact, else unused */
    int64_t form;
};

/* What the threads of a block share, in memory whose size is computed by memory.py. */
template <bool SQUARES> struct Block {
    static const int KINDS = SQUARES ? N_KINDS_WITH_SQUARES : N_KINDS;
    static const int DIGITS = N_DIGITS + (SQUARES ? N_SQUARE_DIGITS : 0);
    int64_t *slots;    /* THREADS words for each kind: those of N_NAN first, then those of each sum */
    int64_t *digits;   /* DIGITS words for each sum */
    Folds *folds;
    int n_sums;

    INLINE Block of(int64_t *words, int n_sums) {
        Block block;
        block.n_sums = n_sums;
        block.slots = words;
        block.digits = words + (int64_t)(1 + n_sums * KINDS) * THREADS;
        block.folds = (Folds *)(block.digits + n_sums * DIGITS);
        return block;
    }
    __device__ int64_t &slot(int sum, int kind) const {
        return slots[(int64_t)(1 + sum * KINDS + kind) * THREADS + threadIdx.x];
    }
    __device__ int64_t &nan_slot() const { return slots[threadIdx.x]; }
    __device__ int64_t *digits_of(int sum) const { return digits + sum * DIGITS; }
    __device__ int64_t *square_digits_of(int sum) const { return digits_of(sum) + N_DIGITS; }
    __device__ int n_slots() const { return 1 + n_sums * KINDS; }
};

template <bool SQUARES> INLINE void clear(const Block<SQUARES> &block) {
    for (int i = 0; i < block.n_slots(); i++)
        block.slots[i * THREADS + threadIdx.x] = 0;
    for (int i = threadIdx.x; i < block.n_sums * Block<SQUARES>::DIGITS; i += THREADS)
        block.digits[i] = 0;
    for (int sum = threadIdx.x; sum < block.n_sums; sum += THREADS)
        block.folds[sum].largest = 0;
    __syncthreads();
}

/* Sum the slots of all threads, kind by kind: the lower halves of the words into the first slot of a
 * kind, the upper halves into its second. Neither overflows. */
INLINE void sum_slots(int64_t *slots, int n_kinds) {
    __syncthreads();
    for (int i = threadIdx.x; i < n_kinds * N_SEGMENTS; i += THREADS) {
        int64_t *segment = slots + i * SEGMENT, low = 0, high = 0;
        for (int j = 0; j < SEGMENT; j++) {
            low += segment[j] & (int64_t)LOW_DIGIT;
            high += segment[j] >> DIGIT_BITS;
        }
        segment[0] = low;
        segment[1] = high;
    }
    __syncthreads();
    for (int i = threadIdx.x; i < n_kinds; i += THREADS) {
        int64_t *kind = slots + i * THREADS;
        for (int j = SEGMENT; j < THREADS; j += SEGMENT) {
            kind[0] += kind[j];
            kind[1] += kind[j + 1];
        }
    }
    __syncthreads();
}

INLINE void add_halves(int64_t *digits, const int64_t *halves, int position) {
    int64_t low = halves[0], high = halves[1];
    if (low != 0)
        add_units(digits, (uint64_t)low, position, 0);
    if (high != 0)
        add_units(digits, (uint64_t)(high < 0 ? -high : high), position + DIGIT_BITS, high < 0);
}

/* Add what the threads have in their slots to the digits of the block and to the counts of the results,
 * and clear the slots. */
template <bool SQUARES> ROUTINE void flush(Block<SQUARES> block, int64_t *results) {
    const int kinds = Block<SQUARES>::KINDS;
    sum_slots(block.slots, block.n_slots());
    for (int i = threadIdx.x; i < block.n_slots(); i += THREADS) {
        const int64_t *halves = block.slots + i * THREADS;
        int sum = (i - 1) / kinds, kind = (i - 1) % kinds;
        int64_t count = (int64_t)((uint64_t)halves[0] + ((uint64_t)halves[1] << DIGIT_BITS));
        int64_t *counts = results + N_SEEN + sum * (N_COUNTS + Block<SQUARES>::DIGITS);
        if (i == 0)
            ADD_TO(results[N_NAN], count);
        else if (kind < N_COUNTS)
            ADD_TO(counts[kind], count);
        else if (kind < OF_PRODUCTS)
            add_halves(block.digits_of(sum), halves, block.folds[sum].units[kind] - LEAST);
        else
            add_halves(block.square_digits_of(sum), halves,
                       block.folds[sum].units[kind] - LEAST_SQUARE);
    }
    __syncthreads();
    for (int i = 0; i < block.n_slots(); i++)
        block.slots[i * THREADS + threadIdx.x] = 0;
}

/* Add the digits of the block to those of the results. All of them count, so carries come first. */
template <bool SQUARES> INLINE void add_to_results(const Block<SQUARES> &block, int64_t *results) {
    const int n_digits = Block<SQUARES>::DIGITS;
    __syncthreads();
    for (int sum = threadIdx.x; sum < block.n_sums; sum += THREADS) {
        carry(block.digits_of(sum));
        if (SQUARES)
            carry_all(block.square_digits_of(sum), N_SQUARE_DIGITS);
    }
    __syncthreads();
    for (int i = threadIdx.x; i < block.n_sums * n_digits; i += THREADS) {
        int64_t *digits = results + N_SEEN + i / n_digits * (N_COUNTS + n_digits) + N_COUNTS;
        if (block.digits[i] != 0)
            ADD_TO(digits[i % n_digits], block.digits[i]);
    }
}

/* Give the extremes of all threads to the results. The slots are used for that. */
INLINE void add_extremes(int64_t *slots, int64_t least, int64_t largest, int64_t *results) {
    int64_t *least_of = slots, *largest_of = slots + THREADS;
    least_of[threadIdx.x] = least;
    largest_of[threadIdx.x] = largest;
    for (unsigned half = THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) {
            int64_t other = least_of[threadIdx.x + half], more = largest_of[threadIdx.x + half];
            least_of[threadIdx.x] = other < least_of[threadIdx.x] ? other : least_of[threadIdx.x];
            largest_of[threadIdx.x] = more > largest_of[threadIdx.x] ? more : largest_of[threadIdx.x];
        }
    }
    if (threadIdx.x == 0) {
        LOWER(results[LEAST_ERROR], least_of[0]);
        RAISE(results[LARGEST_ERROR], largest_of[0]);
    }
}

#endif
