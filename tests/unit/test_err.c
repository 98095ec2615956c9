/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors and their messages: chains, codes, and packed bytes that a damaged cache may hold. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"

static void plain(const struct rv_buf *packed, const char *expected)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        rv_message_plain(packed->data, packed->size, &text);
        assert_string_equal(rv_buf_str(&text), expected);
}

static void the_earlier_error_is_the_cause(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 }, moved = { 0 };

        (void)state;
        assert_int_equal(rv_fail(&err, RV_DAMAGED, "%1: is cut", "read %1 again", "file", NULL), RV_DAMAGED);
        assert_int_equal(rv_fail(&err, RV_FAILED, "no rows", NULL, NULL), RV_FAILED);
        assert_int_equal(err.code, RV_FAILED);
        plain(&err.message, "no rows");
        assert_int_equal(err.hint.size, 0);
        assert_non_null(err.cause);
        assert_int_equal(err.cause->code, RV_DAMAGED);
        plain(&err.cause->message, "file: is cut");
        plain(&err.cause->hint, "read file again");
        rv_err_move(&moved, &err);
        assert_int_equal(err.code, RV_OK);
        assert_null(err.cause);
        assert_int_equal(moved.cause->code, RV_DAMAGED);
        assert_int_equal(rv_fail(NULL, RV_LOCKED, "nobody looks", NULL, NULL), RV_LOCKED);
}

static void errno_becomes_a_code(void **state)
{
        static const struct {
                int number, code;
        } pairs[] = { { EACCES, RV_DENIED },  { EPERM, RV_DENIED },   { ENOENT, RV_NOTFOUND }, { ENOTDIR, RV_NOTFOUND },
                      { ENOSPC, RV_NOSPACE }, { EDQUOT, RV_NOSPACE }, { EROFS, RV_READONLY },  { EIO, RV_FAILED } };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof pairs / sizeof *pairs; i++) {
                RV_ERR_CLEANUP struct rv_err err = { 0 };

                assert_int_equal(rv_fail_errno(&err, pairs[i].number, "%1: %2", "it"), pairs[i].code);
                assert_int_equal(err.code, pairs[i].code);
        }
}

static void every_code_has_an_id(void **state)
{
        int code;

        (void)state;
        for (code = RV_OK; code <= RV_NODATA; code++) {
                assert_int_equal(rv_code_from_id(rv_code_id(code)), code);
                assert_true(strlen(rv_code_title(code)) > 0);
        }
        assert_int_equal(rv_code_from_id("internal"), RV_INTERNAL);
        assert_string_equal(rv_code_id(42), "internal");
        assert_int_equal(rv_code_from_id("nonsense"), -1);
}

static void expand(const char *msgid, const char *one, const char *two, const char *expected)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };

        rv_message_packf(&packed, "reeve", msgid, one, two, NULL);
        plain(&packed, expected);
}

static void arguments_take_their_places(void **state)
{
        (void)state;
        expand("%2 after %1", "a", "b", "b after a");
        expand("100%% of %1", "a", NULL, "100% of a");
        expand("%3 is not there", "a", NULL, " is not there");
        expand("%x %0 %", "a", NULL, "%x %0 %");
        expand("no %1 twice", "%1", NULL, "no %1 twice"); /* an argument is no format */
        expand(NP_("%1 package", "%1 packages"), "1", NULL, "1 package");
        expand(NP_("%1 package", "%1 packages"), "0", NULL, "0 packages");
        expand(NP_("%1: %2 package", "%1: %2 packages"), "repo", "12", "repo: 12 packages");
}

static void nine_arguments_and_no_more(void **state)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };
        struct rv_message message;

        (void)state;
        rv_message_packf(&packed, "d", "%9", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", NULL);
        assert_true(rv_message_unpack(packed.data, packed.size, &message));
        assert_int_equal(message.n_args, RV_MESSAGE_ARGS);
        plain(&packed, "9");
}

static void damaged_bytes_are_no_message(void **state)
{
        static const char eleven[] = "d\0m\0"
                                     "1\0"
                                     "2\0"
                                     "3\0"
                                     "4\0"
                                     "5\0"
                                     "6\0"
                                     "7\0"
                                     "8\0"
                                     "9\0"
                                     "10";
        struct rv_message message;

        (void)state;
        assert_false(rv_message_unpack("", 0, &message));
        assert_false(rv_message_unpack("", 1, &message));
        assert_false(rv_message_unpack("domain", 7, &message));
        assert_false(rv_message_unpack("domain\0msgid", 12, &message)); /* not ended */
        assert_false(rv_message_unpack(eleven, sizeof eleven, &message));
        assert_true(rv_message_unpack("domain\0msgid", 13, &message));
        assert_string_equal(message.msgid, "msgid");
        assert_int_equal(message.n_args, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_earlier_error_is_the_cause), cmocka_unit_test(errno_becomes_a_code),
                cmocka_unit_test(every_code_has_an_id),           cmocka_unit_test(arguments_take_their_places),
                cmocka_unit_test(nine_arguments_and_no_more),     cmocka_unit_test(damaged_bytes_are_no_message),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
