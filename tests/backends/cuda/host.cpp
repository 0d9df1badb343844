// The kernels of kernels.cu on a processor without a GPU: what CUDA and _cuda.h define is defined here, a
// thread of a block is a thread of the process, and all of a block's threads take turns. A thread runs
// until it waits for the others, and `order` says who is next, so that runs can be repeated.
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "host.h"

// A block that runs: whose turn it is, and who waits for the others.
struct Launch {
    std::mutex mutex;
    std::vector<std::condition_variable> is_turn;
    std::vector<bool> waits, is_done;
    std::vector<unsigned> order;
    std::mt19937 random;
    int kind;  // 0 in order, 1 in reverse, else at random
    unsigned turn = 0;
    int votes = 0, vote = 0;
    int64_t *shared = nullptr;

    explicit Launch(int kind)
        : is_turn(THREADS), waits(THREADS), is_done(THREADS), order(THREADS), random(kind), kind(kind) {
        std::iota(order.begin(), order.end(), 0U);
        begin_phase();
    }
    void begin_phase() {
        if (std::count(is_done.begin(), is_done.end(), true) > 0)
            std::abort();  // a thread has left, and others wait for it
        if (kind == 1)
            std::sort(order.rbegin(), order.rend());
        else if (kind > 1)
            std::shuffle(order.begin(), order.end(), random);
        waits.assign(THREADS, false);
        vote = votes;
        votes = 0;
        pass_on();
    }
    // Give the turn to the next thread that neither waits nor is done; false if there is none.
    bool pass_on() {
        for (unsigned thread : order) {
            if (!waits[thread] && !is_done[thread]) {
                turn = thread;
                is_turn[thread].notify_one();
                return true;
            }
        }
        return false;
    }
    void await(std::unique_lock<std::mutex> &lock, unsigned thread) {
        is_turn[thread].wait(lock, [&] { return turn == thread; });
    }
};

static int __syncthreads_or(int value) {
    std::unique_lock<std::mutex> lock(launch->mutex);
    launch->votes |= value != 0;
    launch->waits[threadIdx.x] = true;
    if (!launch->pass_on())
        launch->begin_phase();  // all wait
    launch->await(lock, threadIdx.x);
    return launch->vote;
}

static int64_t *shared_of(Launch *launch) { return launch->shared; }

#include "kernels.cu"

using Run = void (*)(const int64_t *);

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
    Launch state(order);
    std::unique_ptr<int64_t[]> shared(new int64_t[n_words + 1]);
    std::fill_n(shared.get(), n_words, 0x7EADBEEF7EADBEEF);  // memory is not cleared before a block
    state.shared = shared.get();
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < THREADS; i++) {
        threads.emplace_back([&, i] {
            launch = &state;
            threadIdx.x = i;
            blockIdx.x = block;
            gridDim.x = n_blocks;
            std::unique_lock<std::mutex> lock(state.mutex);
            state.await(lock, i);
            lock.unlock();
            run(arguments);
            lock.lock();
            state.is_done[i] = true;
            if (!state.pass_on() && std::count(state.is_done.begin(), state.is_done.end(), false) > 0)
                std::abort();  // others wait for this thread
        });
    }
    for (std::thread &thread : threads)
        thread.join();
}

// Run a kernel on a grid, block by block, the last one first if the order is 1. Returns whether there is
// such a kernel.
extern "C" int run_kernel(const char *name, int n_blocks, int64_t n_shared, const int64_t *arguments,
                          int order) {
    for (const auto &kernel : KERNELS) {
        if (std::string(name) != kernel.name)
            continue;
        for (int i = 0; i < n_blocks; i++)
            run_block(kernel.run, arguments, order == 1 ? n_blocks - 1 - i : i, n_blocks,
                      (size_t)n_shared / sizeof(int64_t), order);
        return 1;
    }
    return 0;
}
