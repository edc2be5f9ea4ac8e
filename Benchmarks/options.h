/* A thousand options of every kind, the same as vaultkeeper-lab's and options.py's. */
#include <stdint.h>
enum { OPTIONS = 1000 };
struct option { double spot, strike, years, rate, carry, volatility; int is_call; };
static uint64_t state = 42;
static double uniform(void) {
  state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (double)(state >> 11) * 0x1p-53;
}
static void make_options(struct option *o) {
  for (int i = 0; i < OPTIONS; i++) {
    o[i].spot = 70 + 60 * uniform();
    o[i].strike = 100;
    o[i].years = 0.05 + 2 * uniform();
    o[i].rate = 0.05 * uniform();
    o[i].carry = 0.03 * uniform();
    o[i].volatility = 0.1 + 0.9 * uniform();
    o[i].is_call = i % 2 == 0;
  }
}
