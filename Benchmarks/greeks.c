/* The same thirteen Greeks as a person would write them in C: a plain loop, the mathematics of libm, no checks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "options.h"

static double greeks(const struct option *o) {
  double w = o->is_call ? 1 : -1, S = o->spot, K = o->strike, T = o->years, r = o->rate, q = o->carry,
         s = o->volatility, root = sqrt(T), v = s * root;
  double d1 = (log(S / K) + (r - q + 0.5 * s * s) * T) / v, d2 = d1 - v;
  double dq = exp(-q * T), dr = exp(-r * T);
  double N1 = 0.5 * erfc(-w * d1 * M_SQRT1_2), N2 = 0.5 * erfc(-w * d2 * M_SQRT1_2);
  double n1 = exp(-0.5 * d1 * d1) * 0.3989422804014327;
  double price = w * (S * dq * N1 - K * dr * N2), delta = w * dq * N1;
  double gamma = dq * n1 / (S * v), vega = S * dq * n1 * root;
  double rho = w * K * T * dr * N2, phi = -w * S * T * dq * N1;
  double theta = -S * dq * n1 * s / (2 * root) - w * r * K * dr * N2 + w * q * S * dq * N1;
  double vanna = -dq * n1 * d2 / s, volga = vega * d1 * d2 / s;
  double charm = w * q * dq * N1 - dq * n1 * (2 * (r - q) * T - d2 * v) / (2 * T * v);
  double speed = -gamma / S * (d1 / v + 1), zomma = gamma * (d1 * d2 - 1) / s, strike = -w * dr * N2;
  return price + delta + gamma + vega + theta + rho + phi + vanna + volga + charm + speed + zomma + strike;
}

int main(int argc, char **argv) {
  long rounds = (argc > 1 ? atol(argv[1]) : 1000000) / OPTIONS;
  static struct option o[OPTIONS];
  make_options(o);
  struct timespec a, b;
  double sum = 0;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
  for (long k = 0; k < rounds; k++)
    for (int i = 0; i < OPTIONS; i++) sum += greeks(&o[i]);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
  double ns = (b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec);
  printf("{\"nanoseconds\": %.3f, \"checksum\": %.15g}\n", ns / ((double)rounds * OPTIONS), sum / rounds);
}
