/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The back end `crypto`: what needs libcrypto, behind one const object that core/distro/open.h opens.
 * Ownership: a hasher is the caller's and serves one message after the other; everything else borrows. A hasher
 * belongs to one thread at a time; the object itself may be used by all. */
#ifndef REEVE_DISTRO_CRYPTO_H
#define REEVE_DISTRO_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#include "core/distro/open.h"

#define RV_CRYPTO_ABI 1

enum rv_hash_kind { RV_SHA256 = 1, RV_SHA384, RV_SHA512 };
enum { RV_DIGEST_MAX = 64 };

struct rv_hasher; /* opaque */

struct rv_digest {
        uint8_t bytes[RV_DIGEST_MAX];
        size_t size; /* 32, 48 or 64 */
};

struct rv_crypto {
        struct rv_backend backend; /* RV_CRYPTO_ABI, size of this struct */

        /* NULL: no memory, or this libcrypto (a FIPS policy, say) does not offer the algorithm. */
        struct rv_hasher *(*hasher_new)(enum rv_hash_kind kind);
        void (*hasher_free)(struct rv_hasher *hasher); /* NULL is fine */

        /* A message in pieces. end() gives the digest and makes the hasher ready for the next message, whether it
         * succeeds or not; begin() is only needed to drop a message half done. RV_FAILED when libcrypto refuses. */
        int (*begin)(struct rv_hasher *hasher, struct rv_err *err);
        int (*add)(struct rv_hasher *hasher, const void *bytes, size_t n, struct rv_err *err);
        int (*end)(struct rv_hasher *hasher, struct rv_digest *ret, struct rv_err *err);

        /* The whole of a file, from its start, whatever the descriptor's offset is (which stays). *ret_size (may be
         * NULL) is the number of bytes. RV_DAMAGED beyond limit bytes, RV_FAILED for a read error; name is for it. */
        int (*file)(struct rv_hasher *hasher, int fd, const char *name, uint64_t limit, struct rv_digest *ret,
                    uint64_t *ret_size, struct rv_err *err);
};

#endif
