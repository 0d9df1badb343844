// The kernels of kernels.cu on a processor without a GPU: what CUDA and _cuda.h define is defined here. The
// threads of a block take turns on one thread of the process, each with a stack of its own. A thread runs
// until it waits for the others, and `order` says who is next, so that runs can be repeated.
#include <cstdlib>
#include <vector>

#include <ucontext.h>

#include "host.h"

enum { STACK_BYTES = 1 << 18 };

using Run = void (*)(const int64_t *);

// A block that runs: its threads, and who waits for the others.
struct Launch {
    Run run;
    const int64_t *arguments;
    int kind;  // the order of threads: 0 as they are numbered, 1 in reverse, else at random
    int64_t *shared;
    ucontext_t scheduler = {};
    std::vector<ucontext_t> threads{THREADS};
    std::vector<bool> waits = std::vector<bool>(THREADS), is_done = std::vector<bool>(THREADS);
    std::vector<unsigned> order = std::vector<unsigned>(THREADS);
    uint64_t random = 7;
    int votes = 0, vote = 0;

    // Let all threads run to their end.
    void complete(unsigned block, unsigned n_blocks) {
        char *stacks = static_cast<char *>(std::malloc(THREADS * (size_t)STACK_BYTES));
        launch = this;
        blockIdx.x = block;
        gridDim.x = n_blocks;
        for (unsigned i = 0; i < THREADS; i++) {
            order[i] = i;
            getcontext(&threads[i]);
            threads[i].uc_stack.ss_sp = stacks + i * (size_t)STACK_BYTES;
            threads[i].uc_stack.ss_size = STACK_BYTES;
            threads[i].uc_link = &scheduler;
            makecontext(&threads[i], begin, 0);
        }
        while (std::count(is_done.begin(), is_done.end(), false) > 0)
            run_phase();
        std::free(stacks);
    }
    // Let each thread run until it waits or ends: all have to do the same.
    void run_phase() {
        if (kind == 1)
            std::sort(order.rbegin(), order.rend());
        else if (kind > 1)
            shuffle();
        waits.assign(THREADS, false);
        for (unsigned thread : order) {
            threadIdx.x = thread;
            swapcontext(&scheduler, &threads[thread]);
        }
        if (std::count(waits.begin(), waits.end(), true) % THREADS != 0)
            std::abort();  // some have left, and others wait for them
        vote = votes;
        votes = 0;
    }
    void shuffle() {
        for (unsigned i = THREADS - 1; i > 0; i--) {
            random = random * 6364136223846793005u + 1442695040888963407u;  // Knuth's MMIX
            std::swap(order[i], order[(random >> 33) % (i + 1)]);
        }
    }
    static void begin() {
        launch->run(launch->arguments);
        launch->is_done[threadIdx.x] = true;
    }
    int wait(int value) {
        votes |= value != 0;
        waits[threadIdx.x] = true;
        swapcontext(&threads[threadIdx.x], &scheduler);
        return vote;
    }
};

static int __syncthreads_or(int value) { return launch->wait(value); }

static int64_t *shared_of(Launch *launch) { return launch->shared; }

#include "kernels.cu"

template <class T> static T *pointer(int64_t address) { return reinterpret_cast<T *>(address); }

template <class READER, bool WEIGHTED, bool SQUARES> static void run_tally(const int64_t *a) {
    tally<READER, WEIGHTED, SQUARES>(pointer<void>(a[0]), pointer<void>(a[1]), pointer<double>(a[2]),
                                     a[3], a[4], a[5], a[6], a[7], pointer<Curve>(a[8]), a[9],
                                     pointer<int64_t>(a[10]));
}

static void run_losses(const int64_t *a) {
    losses(pointer<void>(a[0]), pointer<void>(a[1]), pointer<double>(a[2]), a[3], a[4], a[5],
           pointer<Curve>(a[6]), pointer<void>(a[7]), a[8]);
}

static void run_gradients(const int64_t *a) {
    gradients(pointer<void>(a[0]), pointer<void>(a[1]), a[2], a[3], a[4], FROM_BITS(a[5]),
              FROM_BITS(a[6]), pointer<void>(a[7]), a[8]);
}

#define TALLIES(READER)                                                              \
    {"tally<" #READER ", false, false>", run_tally<READER, false, false>},           \
    {"tally<" #READER ", true, false>", run_tally<READER, true, false>},             \
    {"tally<" #READER ", false, true>", run_tally<READER, false, true>}

static const struct {
    const char *name;
    Run run;
} KERNELS[] = {
    TALLIES(Any),
    TALLIES(Same<Half>),
    TALLIES(Same<Brain>),
    TALLIES(Same<float>),
    TALLIES(Same<double>),
    {"losses", run_losses},
    {"gradients", run_gradients},
};

static void run_block(Run run, const int64_t *arguments, unsigned block, unsigned n_blocks, size_t n_words,
                      int order) {
    std::vector<int64_t> shared(n_words + 1, 0x7EADBEEF7EADBEEF);  // memory is not cleared before a block
    Launch state = {run, arguments, order, shared.data()};
    state.complete(block, n_blocks);
}

// Run a kernel on a grid, block by block, the last one first if the order is 1. Returns whether there is
// such a kernel.
extern "C" int run_kernel(const char *name, int n_blocks, int64_t n_shared, const int64_t *arguments,
                          int order) {
    for (const auto &kernel : KERNELS) {
        if (std::strcmp(name, kernel.name) != 0)
            continue;
        for (int i = 0; i < n_blocks; i++)
            run_block(kernel.run, arguments, order == 1 ? n_blocks - 1 - i : i, n_blocks,
                      (size_t)n_shared / sizeof(int64_t), order);
        return 1;
    }
    return 0;
}
