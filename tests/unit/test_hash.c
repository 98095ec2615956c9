/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checksums against the vectors that their definitions publish. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/hash.h"

static void crc32_vectors(void **state)
{
        (void)state;
        assert_int_equal(rv_crc32(0, "", 0), 0);
        assert_int_equal(rv_crc32(0, "123456789", 9), 0xcbf43926);
        assert_int_equal(rv_crc32(0, "The quick brown fox jumps over the lazy dog", 43), 0x414fa339);
        assert_int_equal(rv_crc32(rv_crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
}

static void fnv_vectors(void **state)
{
        (void)state;
        assert_true(rv_hash(RV_HASH_START, "", 0) == 0xcbf29ce484222325U);
        assert_true(rv_hash(RV_HASH_START, "a", 1) == 0xaf63dc4c8601ec8cU);
        assert_true(rv_hash(RV_HASH_START, "foobar", 6) == 0x85944171f73967e8U);
        assert_true(rv_hash(rv_hash(RV_HASH_START, "foo", 3), "bar", 3) == 0x85944171f73967e8U);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(crc32_vectors),
                cmocka_unit_test(fnv_vectors),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
