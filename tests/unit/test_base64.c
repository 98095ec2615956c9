/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* URL-safe base64: RFC 4648's vectors both ways, and each way to be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/distro/base64.h"

static const struct {
        const char *plain, *encoded;
} vectors[] = {
        { "", "" },           { "f", "Zg" },          { "fo", "Zm8" },          { "foo", "Zm9v" },
        { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff\xbf", "-_-_" },
};

static void both_ways(void **state)
{
        size_t i, size;
        char back[16];

        (void)state;
        for (i = 0; i < sizeof vectors / sizeof *vectors; i++) {
                RV_BUF_CLEANUP struct rv_buf out = { 0 };

                rv_base64url_add(&out, vectors[i].plain, strlen(vectors[i].plain));
                assert_string_equal(rv_buf_str(&out), vectors[i].encoded);
                assert_true(
                        rv_base64url_decode(vectors[i].encoded, strlen(vectors[i].encoded), back, sizeof back, &size));
                assert_int_equal(size, strlen(vectors[i].plain));
                assert_memory_equal(back, vectors[i].plain, size);
        }
}

static void padding_is_let_pass(void **state)
{
        char back[4];
        size_t size;

        (void)state;
        assert_true(rv_base64url_decode("Zg==", 4, back, sizeof back, &size));
        assert_int_equal(size, 1);
        assert_true(rv_base64url_decode("Zm8=", 4, back, sizeof back, &size));
        assert_int_equal(size, 2);
}

static void wrong_is_refused(void **state)
{
        static const char *const bad[] = { "Z",   "Zm9vY", "Zg=",  "=",     "====",    "Zh",
                                           "Zm9", "a+b/",  "Zm 9", "Zg===", "\xc3\xa4" };
        char back[16];
        size_t i, size = 77;

        (void)state;
        for (i = 0; i < sizeof bad / sizeof *bad; i++)
                assert_false(rv_base64url_decode(bad[i], strlen(bad[i]), back, sizeof back, &size));
        assert_false(rv_base64url_decode("Zm9v", 4, back, 2, &size));
        assert_int_equal(size, 77);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(both_ways),
                cmocka_unit_test(padding_is_let_pass),
                cmocka_unit_test(wrong_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
