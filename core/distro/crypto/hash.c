/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SHA-2 by libcrypto. The algorithm is fetched once a hasher and its context is used again: fetching costs more than
 * hashing a small file, and an environment has thousands of those. */
#include "core/distro/crypto/crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/err.h"

/* Large enough for the system calls not to count, small enough to stay in the processor's cache. */
enum { CHUNK = 128 * 1024 };

struct rv_hasher {
        EVP_MD *algorithm;
        EVP_MD_CTX *context;
        uint8_t chunk[CHUNK];
};

static void hasher_free(struct rv_hasher *hasher)
{
        if (!hasher)
                return;
        EVP_MD_CTX_free(hasher->context);
        EVP_MD_free(hasher->algorithm);
        free(hasher);
}

static int refused(struct rv_err *err)
{
        return rv_fail(err, RV_FAILED, N_("libcrypto refused to compute a digest"),
                       N_("see `openssl list -digest-algorithms` for what the system's policy allows"), NULL);
}

static int begin(struct rv_hasher *hasher, struct rv_err *err)
{
        return EVP_DigestInit_ex2(hasher->context, hasher->algorithm, NULL) == 1 ? RV_OK : refused(err);
}

static struct rv_hasher *hasher_new(enum rv_hash_kind kind)
{
        static const char *const names[] = { [RV_SHA256] = "SHA256", [RV_SHA384] = "SHA384", [RV_SHA512] = "SHA512" };
        struct rv_hasher *hasher;

        if (kind < RV_SHA256 || kind > RV_SHA512)
                return NULL;
        /* Its configuration, which the environment can name, may load any library. */
        if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
                return NULL;
        hasher = malloc(sizeof *hasher);
        if (!hasher)
                return NULL;
        hasher->context = EVP_MD_CTX_new();
        hasher->algorithm = EVP_MD_fetch(NULL, names[kind], NULL);
        if (!hasher->context || !hasher->algorithm || begin(hasher, NULL)) {
                hasher_free(hasher);
                return NULL;
        }
        return hasher;
}

static int add(struct rv_hasher *hasher, const void *bytes, size_t n, struct rv_err *err)
{
        return EVP_DigestUpdate(hasher->context, bytes, n) == 1 ? RV_OK : refused(err);
}

static int end(struct rv_hasher *hasher, struct rv_digest *ret, struct rv_err *err)
{
        struct rv_digest digest = { 0 };
        unsigned size = 0;
        int done = EVP_DigestFinal_ex(hasher->context, digest.bytes, &size);

        if (begin(hasher, NULL) || done != 1)
                return refused(err);
        digest.size = size;
        *ret = digest;
        return RV_OK;
}

/* Adds what the file holds; *ret_size counts. pread, because the descriptor's offset is not ours to move. */
static int add_file(struct rv_hasher *hasher, int fd, const char *name, uint64_t limit, uint64_t *ret_size,
                    struct rv_err *err)
{
        uint64_t at = 0;
        ssize_t n;
        char text[32];
        int r;

        for (;;) {
                do
                        n = pread(fd, hasher->chunk, CHUNK, (off_t)at);
                while (n < 0 && errno == EINTR);
                if (n < 0)
                        return rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), name);
                if (n == 0)
                        break;
                at += (uint64_t)n;
                if (at > limit) {
                        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)limit);
                        return rv_fail(err, RV_DAMAGED, N_("%1: is larger than %2 bytes"), NULL, name, text, NULL);
                }
                r = add(hasher, hasher->chunk, (size_t)n, err);
                if (r)
                        return r;
        }
        *ret_size = at;
        return RV_OK;
}

static int file(struct rv_hasher *hasher, int fd, const char *name, uint64_t limit, struct rv_digest *ret,
                uint64_t *ret_size, struct rv_err *err)
{
        uint64_t size = 0;
        int r = begin(hasher, err);

        if (!r)
                r = add_file(hasher, fd, name, limit, &size, err);
        if (r) {
                (void)begin(hasher, NULL);
                return r;
        }
        r = end(hasher, ret, err);
        if (!r && ret_size)
                *ret_size = size;
        return r;
}

RV_BACKEND struct rv_crypto rv_backend = {
        .backend = { RV_CRYPTO_ABI, sizeof(struct rv_crypto) },
        .hasher_new = hasher_new,
        .hasher_free = hasher_free,
        .begin = begin,
        .add = add,
        .end = end,
        .file = file,
};
