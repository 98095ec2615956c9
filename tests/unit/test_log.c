/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log: off until asked for, one clean line a call. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/log.h"

static void one_line_a_call(void **state)
{
        char text[256];
        ssize_t n;
        int fds[2];

        (void)state;
        rv_log("test", "nobody hears %d", 1);
        assert_int_equal(pipe(fds), 0);
        assert_false(rv_log_is_on());
        assert_int_equal(rv_log_to(fds[1]), -1);
        assert_true(rv_log_is_on());
        errno = ENOENT;
        rv_log("test", "%s", "two\nlines \x1b[31m");
        assert_int_equal(errno, ENOENT);
        assert_int_equal(rv_log_to(-1), fds[1]);
        rv_log("test", "nobody hears %d", 2);
        assert_int_equal(close(fds[1]), 0);
        n = read(fds[0], text, sizeof text - 1);
        assert_true(n > 0);
        text[n] = '\0';
        assert_int_equal(read(fds[0], text + n, 1), 0);
        assert_string_equal(strchr(text, ' '), " test: two lines ^[[31m\n");
        assert_int_equal(close(fds[0]), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(one_line_a_call) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
