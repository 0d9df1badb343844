/* Neal's large superaccumulator as a function: the exact sum of an array, rounded once. */
#include "xsum.hpp"

extern "C" double xsum_large_sum(const double *numbers, long n) {
    xsum::xsum_large sum;
    sum.add(numbers, n);
    return sum.round();
}
