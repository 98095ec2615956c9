/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* The back end `crypto`: FIPS 180-4's vectors, in pieces and as a file; limits and descriptors that cannot be read. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/distro/crypto/crypto.h"
#include "core/distro/open.h"

static const struct rv_crypto *crypto;

static const struct {
        enum rv_hash_kind kind;
        const char *abc; /* digest of "abc" */
} vectors[] = {
        { RV_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { RV_SHA384,
          "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7" },
        { RV_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
};
static const char million_a[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static int open_backend(void **state)
{
        static const struct rv_backend wanted = { RV_CRYPTO_ABI, sizeof *crypto };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const void *object;

        (void)state;
        if (rv_backend_open("crypto", wanted, &object, &err)) {
                (void)fprintf(stderr, "%s\n", rv_buf_str(&err.message));
                return -1;
        }
        crypto = object;
        return 0;
}

static void assert_digest(const struct rv_digest *digest, const char *want)
{
        char hex[RV_DIGEST_MAX * 2 + 1] = "";
        size_t i;

        for (i = 0; i < digest->size; i++)
                (void)snprintf(hex + 2 * i, 3, "%02x", digest->bytes[i]);
        assert_string_equal(hex, want);
}

static void in_pieces(void **state)
{
        struct rv_digest digest;
        size_t i;

        (void)state;
        for (i = 0; i < sizeof vectors / sizeof *vectors; i++) {
                struct rv_hasher *hasher = crypto->hasher_new(vectors[i].kind);
                int round;

                assert_non_null(hasher);
                /* What was begun and dropped leaves nothing behind, and a hasher serves again. */
                assert_int_equal(crypto->add(hasher, "dropped", 7, NULL), 0);
                assert_int_equal(crypto->begin(hasher, NULL), 0);
                for (round = 0; round < 2; round++) {
                        assert_int_equal(crypto->add(hasher, "a", 1, NULL), 0);
                        assert_int_equal(crypto->add(hasher, "", 0, NULL), 0);
                        assert_int_equal(crypto->add(hasher, "bc", 2, NULL), 0);
                        assert_int_equal(crypto->end(hasher, &digest, NULL), 0);
                        assert_digest(&digest, vectors[i].abc);
                }
                crypto->hasher_free(hasher);
        }
        assert_null(crypto->hasher_new((enum rv_hash_kind)0));
        assert_null(crypto->hasher_new((enum rv_hash_kind)4));
        crypto->hasher_free(NULL);
}

static void whole_files(void **state)
{
        RV_FD_CLEANUP int fd = memfd_create("million", MFD_CLOEXEC);
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_hasher *hasher = crypto->hasher_new(RV_SHA256);
        struct rv_digest digest;
        uint64_t size = 0;
        char chunk[1000];
        int i;

        (void)state;
        memset(chunk, 'a', sizeof chunk);
        for (i = 0; i < 1000; i++)
                assert_int_equal(rv_write_all(fd, chunk, sizeof chunk), 0);
        assert_int_equal(crypto->file(hasher, fd, "million", 1000000, &digest, &size, &err), 0);
        assert_int_equal(size, 1000000);
        assert_digest(&digest, million_a);
        assert_int_equal(lseek(fd, 0, SEEK_CUR), 1000000);
        assert_int_equal(crypto->file(hasher, fd, "million", 999999, &digest, &size, &err), RV_DAMAGED);
        rv_err_clear(&err);
        assert_int_equal(crypto->file(hasher, -1, "closed", 10, &digest, &size, &err), RV_FAILED);
        /* After a failure the next message starts afresh. */
        assert_int_equal(crypto->file(hasher, fd, "million", UINT64_MAX, &digest, NULL, NULL), 0);
        assert_digest(&digest, million_a);
        crypto->hasher_free(hasher);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(in_pieces),
                cmocka_unit_test(whole_files),
        };

        return cmocka_run_group_tests(tests, open_backend, NULL);
}
