#include "CHashing.h"

#if defined(__x86_64__) && defined(__OPTIMIZE__)

#include <cpuid.h>
#include <immintrin.h>
#include <string.h>

#define WITH_SHA __attribute__((target("sha,ssse3,sse4.1")))

enum { LANES = 2, BLOCK = 64, WORDS_AT_ONCE = 4 };

static const uint32_t round_constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

// The eight words of a hash in the order in which the instruction wants them: A B E F and C D G H, the first of each in the highest place.
struct lane {
    __m128i abef, cdgh;
};

WITH_SHA static inline __m128i big_endian(__m128i words) {
    return _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d0e0f08090a0bULL, 0x0405060700010203ULL));
}

WITH_SHA static inline struct lane initial(void) {
    return (struct lane){
        .abef = _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c),
        .cdgh = _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19),
    };
}

WITH_SHA static void take_blocks(struct lane lanes[LANES], const uint8_t *const bytes[LANES], size_t count) {
    // Each loop over the lanes is unrolled: what stands next to each other in it runs at the same time.
    for (size_t block = 0; block < count; block++) {
        struct lane now[LANES];
        __m128i words[LANES][WORDS_AT_ONCE];
        for (int lane = 0; lane < LANES; lane++) {
            const __m128i *from = (const __m128i *)(bytes[lane] + BLOCK * block);
            for (int i = 0; i < WORDS_AT_ONCE; i++) words[lane][i] = big_endian(_mm_loadu_si128(from + i));
            now[lane] = lanes[lane];
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) {
            const __m128i constants = _mm_load_si128((const __m128i *)round_constants + i);
#pragma clang loop unroll(full)
            for (int lane = 0; lane < LANES; lane++) {
                __m128i *schedule = words[lane];
                const __m128i summands = _mm_add_epi32(schedule[i % 4], constants);
                now[lane].cdgh = _mm_sha256rnds2_epu32(now[lane].cdgh, now[lane].abef, summands);
                now[lane].abef = _mm_sha256rnds2_epu32(now[lane].abef, now[lane].cdgh, _mm_shuffle_epi32(summands, 0x0e));
                if (i >= 12) continue;
                // The four words of sixteen rounds later take the place of those that were used.
                const __m128i last = schedule[(i + 3) % 4];
                const __m128i early = _mm_sha256msg1_epu32(schedule[i % 4], schedule[(i + 1) % 4]);
                const __m128i seventh = _mm_alignr_epi8(last, schedule[(i + 2) % 4], 4);
                schedule[i % 4] = _mm_sha256msg2_epu32(_mm_add_epi32(early, seventh), last);
            }
        }
        for (int lane = 0; lane < LANES; lane++) {
            lanes[lane].abef = _mm_add_epi32(lanes[lane].abef, now[lane].abef);
            lanes[lane].cdgh = _mm_add_epi32(lanes[lane].cdgh, now[lane].cdgh);
        }
    }
}

WITH_SHA static void store_digest(struct lane lane, uint8_t *digest) {
    const __m128i feba = _mm_shuffle_epi32(lane.abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(lane.cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)digest, big_endian(_mm_blend_epi16(feba, dchg, 0xf0)));
    _mm_storeu_si128((__m128i *)digest + 1, big_endian(_mm_alignr_epi8(dchg, feba, 8)));
}

bool bittrickle_hashes_pairs(void) {
    const unsigned ssse3 = 1u << 9, sse41 = 1u << 19, sha = 1u << 29;
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & ssse3) || !(c & sse41)) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & sha);
}

WITH_SHA void bittrickle_hash_pair(
    const uint8_t *first, const uint8_t *second, size_t length, uint8_t *first_digest, uint8_t *second_digest) {
    struct lane lanes[LANES] = {initial(), initial()};
    const size_t whole = length / BLOCK, rest = length % BLOCK;
    const uint8_t *bytes[LANES] = {first, second};
    take_blocks(lanes, bytes, whole);

    // A one, zeros, and the length in bits end the message: in the last block, or in one more.
    uint8_t ends[LANES][2 * BLOCK] = {{0}};
    const size_t count = rest < BLOCK - sizeof(uint64_t) ? 1 : 2;
    const uint64_t bits = __builtin_bswap64((uint64_t)length * 8);
    for (int lane = 0; lane < LANES; lane++) {
        memcpy(ends[lane], bytes[lane] + BLOCK * whole, rest);
        ends[lane][rest] = 0x80;
        memcpy(ends[lane] + BLOCK * count - sizeof bits, &bits, sizeof bits);
    }
    take_blocks(lanes, (const uint8_t *const[LANES]){ends[0], ends[1]}, count);
    store_digest(lanes[0], first_digest);
    store_digest(lanes[1], second_digest);
}

#else

bool bittrickle_hashes_pairs(void) { return false; }

void bittrickle_hash_pair(
    const uint8_t *first, const uint8_t *second, size_t length, uint8_t *first_digest, uint8_t *second_digest) {
    __builtin_trap();
}

#endif
