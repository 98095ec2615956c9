/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* Opening back ends: one that is there, one that is not, one of another build. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/distro/rpm/rpm.h"

static void opens_what_is_there(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct rv_rpm_backend *rpm;
        const void *object = NULL, *again = NULL;

        (void)state;
        assert_int_equal(rv_backend_open("rpm", RV_RPM_WANTED, &object, &err), RV_OK);
        assert_int_equal(rv_backend_open("rpm", RV_RPM_WANTED, &again, &err), RV_OK);
        assert_ptr_equal(object, again);
        rpm = object;
        assert_non_null(rpm->open);
}

static void refuses_another_build(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const void *object = NULL;

        (void)state;
        assert_int_equal(rv_backend_open("rpm", (struct rv_backend){ 0, 8 }, &object, &err), RV_UNSUPPORTED);
        assert_null(object);
}

static void says_what_is_missing(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        const void *object = NULL;

        (void)state;
        assert_int_equal(rv_backend_open("absent", RV_RPM_WANTED, &object, &err), RV_UNSUPPORTED);
        rv_message_plain(err.message.data, err.message.size, &text);
        assert_non_null(strstr(rv_buf_str(&text), "absent"));
        assert_true(err.hint.size > 0);
        assert_null(object);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(opens_what_is_there),
                cmocka_unit_test(refuses_another_build),
                cmocka_unit_test(says_what_is_missing),
        };

        return cmocka_run_group_tests_name("back ends", tests, NULL, NULL);
}
