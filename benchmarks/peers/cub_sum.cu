// CUB's strongest sum of float32: the same bits on any GPU of any architecture, not exact. Needs CCCL >= 3.1.
#include <cub/device/device_reduce.cuh>
#include <cuda/execution.determinism.h>
#include <cuda/execution.require.h>

// Let the working memory of a call stay with the program, which then costs no time.
extern "C" int keep_memory() {
    cudaMemPool_t pool;
    unsigned long long all = ~0ULL;
    int status = (int)cudaDeviceGetDefaultMemPool(&pool, 0);
    return status ? status : (int)cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &all);
}

extern "C" int cub_sum(const float *values, long long n, float *total) {
    auto how = cuda::execution::require(cuda::execution::determinism::gpu_to_gpu);
    return (int)cub::DeviceReduce::Sum(values, total, n, how);
}
