/* The definitions that kernels.cu and _element.h need, for a GPU. A host that has no GPU can define the
 * same names for itself, and so compile the kernels.
 *
 * CuPy appends -ftz=true to all options, which would flush float32 subnormals wherever the compiler
 * converts them, and the compiler would contract products and sums. So each operation is an intrinsic
 * that is never contracted, and each conversion is an instruction without .ftz. */
#ifndef SMOOTHL1_CUDA_H
#define SMOOTHL1_CUDA_H

#define int64_t long long
#define uint64_t unsigned long long

#define INLINE static __device__ __forceinline__
#define ROUTINE static __device__ __noinline__
#define KERNEL(MIN_BLOCKS) __global__ void __launch_bounds__(THREADS, MIN_BLOCKS)
#define SHARED_WORDS(NAME) extern __shared__ int64_t NAME[]

INLINE double widened(float x) {
    double y;
    asm("cvt.f64.f32 %0, %1;" : "=d"(y) : "f"(x));
    return y;
}

INLINE double widened(double x) { return x; }

INLINE float narrowed(double x) {
    float y;
    asm("cvt.rn.f32.f64 %0, %1;" : "=f"(y) : "d"(x));
    return y;
}

#define ADD(x, y) __dadd_rn(x, y)
#define SUB(x, y) __dsub_rn(x, y)
#define MUL(x, y) __dmul_rn(x, y)
#define DIV(x, y) __ddiv_rn(x, y)
#define FUSED(x, y, z) __fma_rn(x, y, z)
#define WIDEN(x) widened(x)
#define NARROW(type, x) narrowed(x)
#define MAGNITUDE(x) fabs(x)
#define BITS_OF(x) __double_as_longlong(x)
#define FROM_BITS(bits) __longlong_as_double(bits)
#define FLOAT_FROM_BITS(bits) __uint_as_float(bits)
#define FROM_INTEGER(magnitude) __ull2double_rn(magnitude)
#define ADD_TO(place, number) \
    atomicAdd((unsigned long long *)&(place), (unsigned long long)(number))
#define LOWER(place, number) atomicMin(&(place), number)
#define RAISE(place, number) atomicMax(&(place), number)

#endif
