// SHA-256 (FIPS 180-4) of two byte strings of the same length side by side.
//
// The processor's instruction for two rounds gives its result four cycles later and could begin another one after two: one string after the
// other leaves half of it idle, two at once do not. What is hashed is public, so that nothing depends on how long it takes.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether this processor has the instructions (x86-64 with SHA), and the code was made to be fast. The other function wants that.
bool bittrickle_hashes_pairs(void);

// The digests, 32 bytes each.
void bittrickle_hash_pair(
    const uint8_t *_Nonnull first, const uint8_t *_Nonnull second, size_t length, uint8_t *_Nonnull first_digest,
    uint8_t *_Nonnull second_digest);
