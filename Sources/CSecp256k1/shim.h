// The Wallet's only way to C: libsecp256k1 with its recovery module, and a memory wipe the compiler must not remove.
#ifndef VAULTKEEPER_CSECP256K1_SHIM_H
#define VAULTKEEPER_CSECP256K1_SHIM_H

#include <stddef.h>
#include <string.h>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#if defined(__GLIBC__)
// Declared only under _DEFAULT_SOURCE, which the importer does not always define.
extern void explicit_bzero(void *memory, size_t count);
#endif

// Overwrites `count` bytes with zeros; unlike memset it is never optimised away.
static inline void vk_wipe(void *memory, size_t count) {
  explicit_bzero(memory, count);
}

#endif
