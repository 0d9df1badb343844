/* Tallies, losses and gradients on a GPU, with the bits of all other backends: backend.py launches these
 * kernels, and core/numerics/exact_sum.py explains exact sums by extraction.
 *
 * A block goes through tiles of elements. Each thread reads its elements of a tile at once, folds their
 * losses twice at each beta, and keeps integer totals of the folds. If one of its losses in a tile does
 * not fit into the folds (a bit is left, or it is too large), the thread adds all of them one by one to
 * the digits of the block. So sums are exact whatever the folds are, and integers have no order: any
 * grid gives the same bits. The folds are chosen from the first elements of the block, and again after
 * a round of tiles in which something did not fit; a thread that meets a larger loss waits for that. */
#include "_cuda.h"

#include "_block.h"
#include "_dtypes.h"
#include "_pairs.h"
#include "_element.h"

/* The number that an element adds to a sum. */
template <bool WEIGHTED>
INLINE double term_of(const Curve &curve, double error, double weight, int form) {
    if (form == WEIGHTS)
        return weight;
    double loss = loss_of(error, curve.beta, curve.reciprocal, (Form)form);
    return WEIGHTED ? MUL(loss, weight) : loss;
}

/* Add one term by integers, whatever its magnitude. */
template <bool SQUARES> ROUTINE void add_term(Block<SQUARES> block, int sum, double term) {
    if (BITS_OF(term) > LARGEST_BITS) {
        block.slot(sum, N_INFINITE)++;
        return;
    }
    add_number(block.digits_of(sum), term);
}

/* The largest error and weight since the folds were chosen, and the extremes of all errors but NaN. */
struct Seen {
    double largest, heaviest;
    int64_t least_bits, largest_bits;
};

INLINE void see_bits(Seen *seen, int64_t least, int64_t largest) {
    seen->least_bits = least < seen->least_bits ? least : seen->least_bits;
    seen->largest_bits = largest > seen->largest_bits ? largest : seen->largest_bits;
}

INLINE void see_error(Seen *seen, double error) {
    if (BITS_OF(error) <= INFINITY_BITS)
        see_bits(seen, BITS_OF(error), BITS_OF(error));
}

/* Add one element of any kind: NaN, infinite, or not in a tile. Returns |x - y|. Arguments are values, so
 * that those of the callers stay in registers. */
template <class READER, bool WEIGHTED, bool SQUARES>
ROUTINE double add_element(Block<SQUARES> block, Task task, int64_t at) {
    double error = READER::error(task, at), weight = WEIGHTED ? task.weight[at] : 0.0;
    bool is_nan = BITS_OF(error) > INFINITY_BITS;
    if (is_nan && block.nan_slot()++ == 0)
        LOWER(task.results[FIRST_NAN], task.first + at);  /* later places of a thread are higher */
    for (int sum = 0; sum < block.n_sums; sum++) {
        const Curve curve = task.curves[sum];
        if (is_nan && curve.form != WEIGHTS)
            continue;
        double term = term_of<WEIGHTED>(curve, error, weight, (int)curve.form);
        block.slot(sum, N_QUADRATIC) += curve.form != WEIGHTS && error < curve.beta;
        add_term(block, sum, term);
        if (SQUARES && BITS_OF(term) <= LARGEST_BITS)
            add_square(block.square_digits_of(sum), term);
    }
    return error;
}

/* How terms fit into folds. */
enum { FIT, BITS_LEFT, TOO_LARGE };

/* The elements of one thread in a tile. */
struct Items {
    double errors[ITEMS], weights[ITEMS];
    double largest, heaviest;
};

template <class READER, bool WEIGHTED>
INLINE void read_items(const Task &task, int64_t tile, Items *items, Seen *seen) {
    int64_t least = INFINITY_BITS, largest = 0;
    items->heaviest = 0.0;
#pragma unroll
    for (int j = 0; j < ITEMS; j += READER::WIDTH)
        READER::errors(task, place_of<READER>(tile, j), items->errors + j);
#pragma unroll
    for (int j = 0; j < ITEMS; j++) {
        int64_t bits = BITS_OF(items->errors[j]);
        largest = bits > largest ? bits : largest;
        least = bits < least ? bits : least;
        double weight = WEIGHTED ? task.weight[place_of<READER>(tile, j)] : 0.0;
        items->weights[j] = weight;
        items->heaviest = weight > items->heaviest ? weight : items->heaviest;
    }
    items->largest = FROM_BITS(largest);
    if (largest > LARGEST_BITS)
        return;
    see_bits(seen, least, largest);
    seen->largest = items->largest > seen->largest ? items->largest : seen->largest;
    seen->heaviest = items->heaviest > seen->heaviest ? items->heaviest : seen->heaviest;
}

/* Totals of folds, and the bits that they do not hold. */
struct Folded {
    uint64_t coarse, fine, products[N_SQUARE_FOLDS], remainders[N_SQUARE_FOLDS];
    int64_t left, left_of_squares;
    int n_quadratic;
};

template <int FORM, bool WEIGHTED, bool SQUARES>
INLINE Folded fold_items(const Folds &folds, const Curve &curve, const Items &items) {
    const double coarse = folds.coarse, fine = folds.fine;
    double products[N_SQUARE_FOLDS], remainders[N_SQUARE_FOLDS];
    for (int i = 0; SQUARES && i < N_SQUARE_FOLDS; i++) {
        products[i] = folds.products[i];
        remainders[i] = folds.remainders[i];
    }
    Folded folded = {};
#pragma unroll
    for (int j = 0; j < ITEMS; j++) {
        double term = term_of<WEIGHTED>(curve, items.errors[j], items.weights[j], FORM);
        double rest = fold_off(term, coarse, &folded.coarse);
        folded.left |= BITS_OF(fold_off(rest, fine, &folded.fine));  /* +0: none is left */
        folded.n_quadratic += FORM != L1 && FORM != WEIGHTS && items.errors[j] < curve.beta;
        if (SQUARES)
            folded.left_of_squares |= fold_square_off(term, products, remainders, folded.products,
                                                      folded.remainders);
    }
    return folded;
}

/* Units of a fold from the sum of the bits of ITEMS rounded numbers. */
INLINE int64_t units_of(uint64_t total, double anchor) {
    return (int64_t)(total - ITEMS * (uint64_t)BITS_OF(anchor));
}

/* Add the terms of a tile to one sum: in folds, or one by one. Returns how they fit into folds. */
template <int FORM, bool WEIGHTED, bool SQUARES>
INLINE int add_items(const Block<SQUARES> &block, int sum, const Curve &curve, const Items &items) {
    const Folds &folds = block.folds[sum];
    Folded folded = fold_items<FORM, WEIGHTED, SQUARES>(folds, curve, items);
    double bound = term_of<WEIGHTED>(curve, items.largest, items.heaviest, FORM);
    bool fits = folded.left == 0 && bound <= folds.limit;
    bool is_square_fit = !SQUARES || (folded.left_of_squares == 0 && bound <= folds.square_limit);
    block.slot(sum, N_QUADRATIC) += folded.n_quadratic;
    if (fits) {
        block.slot(sum, OF_COARSE) += units_of(folded.coarse, folds.coarse);
        block.slot(sum, OF_FINE) += units_of(folded.fine, folds.fine);
    }
    for (int i = 0; SQUARES && is_square_fit && i < N_SQUARE_FOLDS; i++) {
        block.slot(sum, OF_PRODUCTS + i) += units_of(folded.products[i], folds.products[i]);
        block.slot(sum, OF_REMAINDERS + i) += units_of(folded.remainders[i], folds.remainders[i]);
    }
    if (fits && is_square_fit)
        return FIT;
#pragma unroll
    for (int j = 0; j < ITEMS; j++) {
        double term = term_of<WEIGHTED>(curve, items.errors[j], items.weights[j], FORM);
        if (!fits)
            add_term(block, sum, term);
        if (!is_square_fit)
            add_square(block.square_digits_of(sum), term);
    }
    return bound > folds.limit ? TOO_LARGE : BITS_LEFT;
}

/* Add this thread's elements of a tile to all sums. Returns how they fit into the folds. */
template <class READER, bool WEIGHTED, bool SQUARES>
INLINE int add_tile(const Block<SQUARES> &block, const Task &task, int64_t tile, Seen *seen) {
    Items items;
    read_items<READER, WEIGHTED>(task, tile, &items, seen);
    if (BITS_OF(items.largest) > LARGEST_BITS) {
        for (int j = 0; j < ITEMS; j++)
            see_error(seen, add_element<READER, WEIGHTED>(block, task, place_of<READER>(tile, j)));
        return FIT;
    }
    int how = FIT;
    for (int sum = 0; sum < block.n_sums; sum++) {
        const Curve curve = task.curves[sum];
        if (curve.form == L1)
            how |= add_items<L1, WEIGHTED>(block, sum, curve, items);
        else if (curve.form == MULTIPLY)
            how |= add_items<MULTIPLY, WEIGHTED>(block, sum, curve, items);
        else if (curve.form == DIVIDE)
            how |= add_items<DIVIDE, WEIGHTED>(block, sum, curve, items);
        else if (WEIGHTED)
            how |= add_items<WEIGHTS, WEIGHTED>(block, sum, curve, items);
    }
    return how;
}

/* Choose the folds of all sums for terms up to that of the largest error and weight of any thread. */
template <bool WEIGHTED, bool SQUARES>
INLINE void choose_folds(const Block<SQUARES> &block, const Task &task, Seen *seen) {
    for (int sum = 0; sum < block.n_sums; sum++) {
        const Curve curve = task.curves[sum];
        double bound = term_of<WEIGHTED>(curve, seen->largest, seen->heaviest, (int)curve.form);
        RAISE(block.folds[sum].largest, (unsigned)(BITS_OF(bound) >> DIGIT_BITS));
    }
    __syncthreads();
    for (int sum = threadIdx.x; sum < block.n_sums; sum += THREADS)
        set_folds(&block.folds[sum]);
    seen->largest = seen->heaviest = 0.0;
    __syncthreads();
}

/* Tally the tiles of a block, in rounds. */
template <class READER, bool WEIGHTED, bool SQUARES>
INLINE void add_tiles(const Block<SQUARES> &block, const Task &task, Seen *seen) {
    const int64_t n_tiles = task.n / TILE;
    int64_t tile = blockIdx.x;
    int n_added = 0;
    if (tile < n_tiles) {
        double error = READER::error(task, tile * TILE + threadIdx.x);
        seen->largest = BITS_OF(error) > LARGEST_BITS ? 0.0 : error;
        seen->heaviest = WEIGHTED ? task.weight[tile * TILE + threadIdx.x] : 0.0;
    }
    choose_folds<WEIGHTED>(block, task, seen);
    for (int64_t end = tile; end < n_tiles;) {
        end = end + ROUND * gridDim.x < n_tiles ? end + ROUND * gridDim.x : n_tiles;
        /* A thread whose terms are too large for the folds waits for new ones, and then catches up. */
        do {
            int how = FIT;
            for (; tile < end && how < TOO_LARGE; tile += gridDim.x)
                how |= add_tile<READER, WEIGHTED>(block, task, tile, seen);
            n_added += ROUND * ITEMS;
            bool is_misfit = __syncthreads_or(how != FIT);
            if (is_misfit || n_added > MOST_ADDED - ROUND * ITEMS) {
                flush(block, task.results);
                n_added = 0;
            }
            if (is_misfit)
                choose_folds<WEIGHTED>(block, task, seen);
        } while (__syncthreads_or(tile < end));
    }
}

/* Tally pairs at several betas.
 *
 * pred, target   numbers of the dtypes that pred_type and target_type say; READER reads them
 * weight         finite and above 0; read if WEIGHTED
 * first          the place of the first pair among all
 * is_aligned     whether both sides can be read 16 bytes at a time
 * results        N_SEEN words, then for each curve N_COUNTS words and its digits (those of squares last,
 *                if there are SQUARES); added to, by other launches, too */
template <class READER, bool WEIGHTED, bool SQUARES>
KERNEL(WEIGHTED || SQUARES ? 1 : 2)
tally(const void *pred, const void *target, const double *weight, int64_t n, int64_t first,
      int64_t pred_type, int64_t target_type, int64_t is_aligned, const Curve *curves,
      int64_t n_curves, int64_t *results) {
    SHARED_WORDS(words);
    const Task task = {pred, target, weight, n, first, (int)pred_type, (int)target_type,
                       is_aligned != 0, curves, results};
    const Block<SQUARES> block = Block<SQUARES>::of(words, (int)n_curves);
    Seen seen = {0.0, 0.0, INFINITY_BITS, -1};
    clear(block);
    add_tiles<READER, WEIGHTED>(block, task, &seen);
    if (blockIdx.x == 0)
        for (int64_t at = n - n % TILE + threadIdx.x; at < n; at += THREADS)
            see_error(&seen, add_element<READER, WEIGHTED>(block, task, at));
    flush(block, results);
    add_to_results(block, results);
    __syncthreads();
    add_extremes(block.slots, seen.least_bits, seen.largest_bits, results);
}

/* Write the loss of each pair at one beta, times its weight unless `weight` is null. */
KERNEL(4)
losses(const void *pred, const void *target, const double *weight, int64_t n, int64_t pred_type,
       int64_t target_type, const Curve *curve, void *out, int64_t out_type) {
    const Task task = {pred, target, weight, n, 0, (int)pred_type, (int)target_type, false, curve, 0};
    for (int64_t i = (int64_t)blockIdx.x * THREADS + threadIdx.x; i < n;
         i += (int64_t)gridDim.x * THREADS) {
        double error = Any::error(task, i);
        double loss = loss_of(error, curve->beta, curve->reciprocal, (Form)curve->form);
        write(out, (int)out_type, i, weight != 0 ? MUL(loss, weight[i]) : loss);
    }
}

/* Write the derivative of the loss by each prediction, as `gradient` of core/numerics/loss.py defines
 * it, divided by a number of elements. */
KERNEL(4)
gradients(const void *pred, const void *target, int64_t n, int64_t pred_type, int64_t target_type,
          double beta, double divisor, void *out, int64_t out_type) {
    for (int64_t i = (int64_t)blockIdx.x * THREADS + threadIdx.x; i < n;
         i += (int64_t)gridDim.x * THREADS) {
        double slope = difference_of(number_at(pred, (int)pred_type, i),
                                     number_at(target, (int)target_type, i));
        slope = slope == 0.0 ? 0.0 : slope;  /* also of -0 against +0 */
        if (beta != 0.0)
            slope = DIV(slope, beta);
        if (beta == 0.0 ? slope > 0.0 : slope > 1.0)
            slope = 1.0;
        else if (beta == 0.0 ? slope < 0.0 : slope < -1.0)
            slope = -1.0;
        write(out, (int)out_type, i, DIV(slope, divisor));
    }
}
