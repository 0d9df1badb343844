/* The least that any loss must do: read both arrays once and add them up, in any order. */
#include <stddef.h>

double plain(const float *one, const float *other, ptrdiff_t n) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++)
        sum += (double)one[i] + (double)other[i];
    return sum;
}
