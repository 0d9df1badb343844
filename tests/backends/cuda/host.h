// What CUDA and _cuda.h define, for a processor without a GPU. `launch` is the block that runs.
#ifndef SMOOTHL1_HOST_CUDA_H
#define SMOOTHL1_HOST_CUDA_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#define SMOOTHL1_CUDA_H  // instead of _cuda.h
#define INLINE static inline
#define ROUTINE static
#define KERNEL(MIN_BLOCKS) static void
#define __device__
#define SHARED_WORDS(NAME) int64_t *NAME = shared_of(launch)
#define ADD(x, y) ((x) + (y))
#define SUB(x, y) ((x) - (y))
#define MUL(x, y) ((x) * (y))
#define DIV(x, y) ((x) / (y))
#define FUSED(x, y, z) std::fma(x, y, z)
#define WIDEN(x) ((double)(x))
#define NARROW(type, x) ((type)(x))
#define MAGNITUDE(x) std::fabs(x)
#define BITS_OF(x) same_bits<int64_t>((double)(x))
#define FROM_BITS(x) same_bits<double>((int64_t)(x))
#define FLOAT_FROM_BITS(x) same_bits<float>((unsigned)(x))
#define FROM_INTEGER(x) ((double)(x))
#define ADD_TO(place, number) ((place) += (number))
#define LOWER(place, number) ((place) = std::min(place, number))
#define RAISE(place, number) ((place) = std::max(place, number))

template <class TO, class FROM> static TO same_bits(FROM from) {
    static_assert(sizeof(TO) == sizeof(FROM), "");
    TO to;
    std::memcpy(&to, &from, sizeof to);
    return to;
}

struct Index {
    unsigned x;
};

struct Launch;
static int64_t *shared_of(Launch *launch);
static int __syncthreads_or(int value);
static inline void __syncthreads() { __syncthreads_or(0); }

static thread_local Launch *launch;
static thread_local Index threadIdx, blockIdx, gridDim;

#endif
