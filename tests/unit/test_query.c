/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Queries: words and options land in declared arguments, and nothing that does not fit gets in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/model/query.h"

static const struct rv_enum kinds[] = { { "one", "One", RV_PLAIN, 0 }, { "two", "Two", RV_PLAIN, 0 } };
static const struct rv_arg args[] = {
        { .id = "package", .title = "Package", .type = RV_TEXT, .flags = RV_POSITIONAL | RV_REQUIRED },
        { .id = "kind", .title = "Kind", .enums = kinds, .n_enums = 2, .type = RV_ENUM },
        { .id = "size", .title = "Size", .type = RV_SIZE },
        { .id = "deep", .title = "Deep", .type = RV_BOOL },
        { .id = "more", .title = "More", .type = RV_TEXT, .flags = RV_POSITIONAL | RV_REPEAT },
};
enum { N_ARGS = sizeof args / sizeof *args };

static struct rv_query *fresh(struct rv_root *root)
{
        struct rv_query *query;

        assert_int_equal(rv_root_open("/", root, NULL), RV_OK);
        query = rv_query_new(root, args, N_ARGS);
        assert_non_null(query);
        return query;
}

static void test_words(void **state)
{
        struct rv_root root;
        RV_QUERY_CLEANUP struct rv_query *query = fresh(&root);
        const char *const words[] = { "openssl", "a", "b" };
        size_t used = 0;

        (void)state;
        assert_int_equal(rv_query_complete(query, "packages", "files", NULL), RV_USAGE);
        assert_int_equal(rv_query_words(query, words, 3, &used, NULL), RV_OK);
        assert_int_equal(used, 3);
        assert_string_equal(rv_arg(query, "package", 0), "openssl");
        assert_string_equal(rv_arg(query, "more", 1), "b");
        assert_null(rv_arg(query, "more", 2));
        assert_int_equal(rv_query_complete(query, "packages", "files", NULL), RV_OK);
        rv_root_close(&root);
}

static void test_values_are_checked(void **state)
{
        static const struct {
                const char *id, *value;
                int code;
        } cases[] = {
                { "kind", "two", RV_OK },     { "kind", "one", RV_USAGE }, /* given twice */
                { "size", "10K", RV_OK },     { "deep", "yes", RV_USAGE }, { "deep", "true", RV_OK },
                { "nothing", "x", RV_USAGE }, { "more", "x", RV_OK },      { "more", "y", RV_OK },
        };
        static const char *const limits[] = {
                "0", "-0", "9223372036854775807", "-9223372036854775808", "8589934591g", "-8589934592G"
        };
        struct rv_root root, second;
        RV_QUERY_CLEANUP struct rv_query *query = fresh(&root);
        size_t i;

        (void)state;
        assert_int_equal(rv_query_add(query, "kind", "three", NULL), RV_USAGE);
        assert_int_equal(rv_query_add(query, "size", "10KB", NULL), RV_USAGE);
        assert_int_equal(rv_query_add(query, "size", "99999999999999999999", NULL), RV_USAGE);
        assert_int_equal(rv_query_add(query, "size", "9223372036854775808", NULL), RV_USAGE);
        assert_int_equal(rv_query_add(query, "size", "8589934592G", NULL), RV_USAGE); /* 2^33 of 2^30 */
        assert_int_equal(rv_query_add(query, "size", "9007199254740992k", NULL), RV_USAGE);
        assert_int_equal(rv_query_add(query, "size", "1 ", NULL), RV_USAGE);
        assert_int_equal(rv_query_add(query, "size", "-", NULL), RV_USAGE);
        assert_int_equal(rv_query_add(query, "size", "+1", NULL), RV_USAGE);
        for (i = 0; i < sizeof limits / sizeof *limits; i++) {
                RV_QUERY_CLEANUP struct rv_query *other = fresh(&second);

                assert_int_equal(rv_query_add(other, "size", limits[i], NULL), RV_OK);
                rv_root_close(&second);
        }
        for (i = 0; i < sizeof cases / sizeof *cases; i++)
                assert_int_equal(rv_query_add(query, cases[i].id, cases[i].value, NULL), cases[i].code);
        rv_root_close(&root);
}

static void canonical(const struct rv_query *query, struct rv_buf *out)
{
        rv_buf_clear(out);
        rv_query_canonical(query, NULL, out);
}

static void test_canonical(void **state)
{
        struct rv_root root;
        RV_QUERY_CLEANUP struct rv_query *a = fresh(&root);
        RV_QUERY_CLEANUP struct rv_query *b = rv_query_new(&root, args, N_ARGS);
        RV_BUF_CLEANUP struct rv_buf x = { 0 };
        RV_BUF_CLEANUP struct rv_buf y = { 0 };

        (void)state;
        assert_int_equal(rv_query_add(a, "package", "p", NULL), RV_OK);
        assert_int_equal(rv_query_add(a, "size", "1", NULL), RV_OK);
        assert_int_equal(rv_query_option(a, "image", "i", NULL), RV_OK);
        assert_int_equal(rv_query_option(a, "cacheonly", "true", NULL), RV_OK);
        assert_int_equal(rv_query_option(b, "cacheonly", "true", NULL), RV_OK);
        assert_int_equal(rv_query_option(b, "image", "other", NULL), RV_OK);
        assert_int_equal(rv_query_option(b, "image", "i", NULL), RV_OK);
        assert_int_equal(rv_query_add(b, "size", "1", NULL), RV_OK);
        assert_int_equal(rv_query_add(b, "package", "p", NULL), RV_OK);
        canonical(a, &x);
        canonical(b, &y);
        assert_string_equal(rv_buf_str(&x), rv_buf_str(&y));
        assert_int_equal(rv_query_option(b, "image", NULL, NULL), RV_OK);
        canonical(b, &y);
        assert_string_not_equal(rv_buf_str(&x), rv_buf_str(&y));
        rv_root_close(&root);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words),
                cmocka_unit_test(test_values_are_checked),
                cmocka_unit_test(test_canonical),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
