/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: PkgConfig::JANSSON */
/* Messages and errors through JSON and back; what is damaged is no message, and no error ever reads as success. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/run/message_json.h"
#include "place_fixture.h"

static json_t *load(const char *text)
{
        json_t *json = json_loads(text, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);

        assert_non_null(json);
        return json;
}

static void there_and_back(const struct rv_buf *packed)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 }, back = { 0 };
        struct rv_json json = { .out = &text };
        json_t *value;

        rv_message_json(packed->data, packed->size, &json);
        value = load(text.data);
        assert_true(rv_message_from_json(value, &back));
        assert_int_equal(back.size, packed->size);
        assert_memory_equal(back.data, packed->data, back.size);
        json_decref(value);
}

static void test_messages(void **state)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };
        unsigned n;

        (void)state;
        rv_message_packf(&packed, "d", "", NULL);
        there_and_back(&packed);
        rv_buf_clear(&packed);
        rv_message_packf(&packed, "a-domain", "is %1 \"yours\"?\n", NULL);
        for (n = 0; n < RV_MESSAGE_ARGS; n++) {
                there_and_back(&packed);
                rv_buf_add(&packed, n % 2 ? "" : "\033[2J\xc3\xa4\\", n % 2 ? 1 : 8);
        }
        there_and_back(&packed);
}

static void test_what_is_no_message(void **state)
{
        static const char *const wrong[] = {
                "null",
                "7",
                "[]",
                "\"text\"",
                "{}",
                "{\"domain\":\"d\"}",
                "{\"msgid\":\"m\"}",
                "{\"domain\":7,\"msgid\":\"m\"}",
                "{\"domain\":\"d\",\"msgid\":[]}",
                "{\"domain\":\"d\\u0000\",\"msgid\":\"m\"}",
                "{\"domain\":\"d\",\"msgid\":\"m\\u0000n\"}",
                "{\"domain\":\"d\",\"msgid\":\"m\",\"args\":[\"a\",7]}",
                "{\"domain\":\"d\",\"msgid\":\"m\",\"args\":[\"a\",\"b\\u0000c\"]}",
                "{\"domain\":\"d\",\"msgid\":\"m\",\"args\":[null]}",
                ("{\"domain\":\"d\",\"msgid\":\"m\",\"args\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\","
                 "\"10\"]}"),
        };
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        json_t *value;
        size_t i;

        (void)state;
        rv_buf_add_str(&out, "before");
        assert_false(rv_message_from_json(NULL, &out));
        for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
                value = load(wrong[i]);
                if (rv_message_from_json(value, &out))
                        fail_msg("accepted: %s", wrong[i]);
                json_decref(value);
        }
        assert_string_equal(out.data, "before"); /* nothing half done */
}

static void test_damaged_bytes_are_null(void **state)
{
        static const char unended[] = { 'd', 0, 'm' },
                          many[] = "d\0m\0001\0002\0003\0004\0005\0006\0007\0008\0009\00010";
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_json json = { .out = &text };

        (void)state;
        rv_json_begin(&json, '[');
        rv_message_json("", 0, &json);
        rv_message_json("d", 2, &json);
        rv_message_json(unended, sizeof unended, &json);
        rv_message_json(many, sizeof many, &json);
        rv_json_end(&json, ']');
        assert_string_equal(text.data, "[null,null,null,null]");
}

static void test_errors(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 }, back = { 0 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 }, again = { 0 };
        struct rv_json json = { .out = &text };
        json_t *value;

        (void)state;
        assert_int_equal(rv_fail(&err, RV_DAMAGED, "the first %1", NULL, "cause", NULL), RV_DAMAGED);
        assert_int_equal(rv_fail(&err, RV_NOSPACE, "the second", "free %1", "some", NULL), RV_NOSPACE);
        assert_int_equal(rv_fail(&err, RV_INCOMPLETE, "the third", NULL, NULL), RV_INCOMPLETE);
        rv_err_json(&err, &json);
        value = load(text.data);
        /* What the error held before is gone, causes too. */
        assert_int_equal(rv_fail(&back, RV_USAGE, "old", "old", NULL), RV_USAGE);
        assert_int_equal(rv_fail(&back, RV_USAGE, "older", "old", NULL), RV_USAGE);
        assert_int_equal(rv_err_from_json(value, &back), RV_INCOMPLETE);
        assert_int_equal(rv_err_from_json(value, NULL), RV_INCOMPLETE);
        json_decref(value);
        assert_non_null(back.cause);
        assert_int_equal(back.cause->code, RV_NOSPACE);
        assert_non_null(back.cause->cause);
        assert_int_equal(back.cause->cause->code, RV_DAMAGED);
        assert_null(back.cause->cause->cause);
        assert_int_equal(back.hint.size, 0);
        json = (struct rv_json){ .out = &again };
        rv_err_json(&back, &json);
        assert_string_equal(again.data, text.data);
}

static void test_no_error_reads_as_success(void **state)
{
        static const char *const wrong[] = { "null",
                                             "[]",
                                             "{}",
                                             "{\"code\":\"ok\"}",
                                             "{\"code\":7}",
                                             "{\"code\":\"\"}",
                                             "{\"code\":\"OK\"}",
                                             "{\"code\":\"later\"}",
                                             "{\"code\":\"ok\",\"message\":{\"domain\":\"d\",\"msgid\":\"m\"}}" };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        json_t *value;
        size_t i;

        (void)state;
        assert_int_equal(rv_err_from_json(NULL, &err), RV_INTERNAL);
        for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
                value = load(wrong[i]);
                assert_int_equal(rv_err_from_json(value, &err), RV_INTERNAL);
                assert_int_equal(err.code, RV_INTERNAL);
                assert_true(err.message.size > 0);
                assert_int_equal(rv_err_from_json(value, NULL), RV_INTERNAL);
                json_decref(value);
        }
        assert_true(place_says(&err, "m"));
        value = load("{\"code\":\"locked\",\"message\":7,\"hint\":{\"domain\":\"d\"}}");
        assert_int_equal(rv_err_from_json(value, &err), RV_LOCKED);
        assert_true(place_says(&err, "an error without words"));
        assert_int_equal(err.hint.size, 0);
        json_decref(value);
}

static void test_a_long_chain_is_cut(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        const struct rv_err *cause;
        json_t *value;
        int i, n = 0;

        (void)state;
        rv_buf_add_str(&text, "{\"code\":\"failed\",\"cause\":[{}");
        for (i = 0; i < 10000; i++)
                rv_buf_add_str(&text, ",{\"code\":\"ok\"}");
        rv_buf_add_str(&text, "]}");
        value = load(text.data);
        assert_int_equal(rv_err_from_json(value, &err), RV_FAILED);
        json_decref(value);
        for (cause = err.cause; cause; cause = cause->cause, n++)
                assert_int_equal(cause->code, RV_INTERNAL);
        assert_int_equal(n, 16);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_messages),
                cmocka_unit_test(test_what_is_no_message),
                cmocka_unit_test(test_damaged_bytes_are_null),
                cmocka_unit_test(test_errors),
                cmocka_unit_test(test_no_error_reads_as_success),
                cmocka_unit_test(test_a_long_chain_is_cut),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
