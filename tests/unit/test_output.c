/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-batch */
/* Standard output: whole or said not to be, on a full disk, to a reader that has gone, and on terminals of any width.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

#include <cmocka.h>

#include "place_fixture.h"
#include "tui/batch/output.h"

enum { LARGE = 200000 };

static void fill(struct rv_output *output, size_t n)
{
        size_t i;

        for (i = 0; i < n; i++)
                rv_buf_add_char(&output->buf, (char)('a' + i % 26));
}

static void test_large_pieces(void **state)
{
        const struct place *place = *state;
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_output output;
        size_t i;
        int fd = openat(place->fd, "out", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        struct stat st;

        rv_output_init(&output, fd);
        assert_false(output.terminal);
        assert_int_equal(output.width, 0);
        fill(&output, 1000);
        assert_true(rv_output_pump(&output));
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_size, 0); /* not worth a write yet */
        fill(&output, LARGE);
        assert_true(rv_output_pump(&output));
        assert_int_equal(output.buf.size, 0);
        fill(&output, 1);
        assert_int_equal(rv_output_check(&output, NULL), RV_OK);
        assert_int_equal(rv_file_read(place->fd, "out", 1 << 20, &text, NULL), RV_OK);
        assert_int_equal(text.size, 1000 + LARGE + 1);
        for (i = 0; i < LARGE; i++)
                assert_int_equal(text.data[1000 + i], 'a' + i % 26);
        rv_output_free(&output);
        close(fd);
}

static void test_a_full_disk(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_output output;
        int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

        (void)state;
        if (fd < 0)
                skip();
        rv_output_init(&output, fd);
        assert_int_equal(rv_output_check(&output, &err), RV_OK); /* nothing was to be written */
        fill(&output, LARGE);
        assert_false(rv_output_pump(&output));
        assert_int_equal(output.buf.size, 0); /* what cannot be written does not pile up */
        fill(&output, 10);
        assert_false(rv_output_pump(&output));
        assert_int_equal(rv_output_check(&output, &err), RV_OUTPUT);
        assert_true(place_says(&err, strerror(ENOSPC)));
        assert_true(err.hint.size > 0);
        /* Said once, and an error each time. */
        rv_err_clear(&err);
        assert_int_equal(rv_output_check(&output, &err), RV_OUTPUT);
        assert_int_equal(err.code, RV_OK);
        rv_output_free(&output);
        close(fd);
}

static void test_a_reader_that_has_gone(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_output output;
        int fds[2];

        (void)state;
        assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
        assert_int_equal(pipe(fds), 0);
        close(fds[0]);
        rv_output_init(&output, fds[1]);
        fill(&output, 3);
        assert_false(rv_output_flush(&output));
        assert_int_equal(rv_output_check(&output, &err), RV_OUTPUT_CLOSED);
        assert_int_equal(rv_output_check(&output, &err), RV_OUTPUT_CLOSED);
        assert_int_equal(err.code, RV_OK); /* no word about it */
        rv_output_free(&output);
        close(fds[1]);
        rv_output_init(&output, fds[1]); /* closed before it began */
        fill(&output, 3);
        assert_int_equal(rv_output_check(&output, &err), RV_OUTPUT);
        assert_true(place_says(&err, strerror(EBADF)));
        rv_output_free(&output);
}

/* A buffer that could not grow lost text: that is an error as well, not a shorter answer. */
static void test_no_memory(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_output output;
        int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

        (void)state;
        rv_output_init(&output, fd);
        fill(&output, 3);
        assert_null(rv_buf_reserve(&output.buf, SIZE_MAX));
        assert_int_equal(rv_output_check(&output, &err), RV_OUTPUT);
        assert_true(place_says(&err, strerror(ENOMEM)));
        rv_output_free(&output);
        close(fd);
}

static void width_of(int terminal, unsigned short columns, const char *environment, unsigned want)
{
        struct winsize size = { .ws_row = 24, .ws_col = columns };
        struct rv_output output;

        assert_int_equal(ioctl(terminal, TIOCSWINSZ, &size), 0);
        if (environment)
                assert_int_equal(setenv("COLUMNS", environment, 1), 0);
        else
                assert_int_equal(unsetenv("COLUMNS"), 0);
        rv_output_init(&output, terminal);
        assert_true(output.terminal);
        assert_int_equal(output.width, want);
        rv_output_free(&output);
}

static void color_of(int terminal, const char *term, const char *no, bool want)
{
        struct rv_output output;

        assert_int_equal(term ? setenv("TERM", term, 1) : unsetenv("TERM"), 0);
        assert_int_equal(no ? setenv("NO_COLOR", no, 1) : unsetenv("NO_COLOR"), 0);
        rv_output_init(&output, terminal);
        assert_int_equal(output.color, want);
        rv_output_free(&output);
}

static void test_terminals(void **state)
{
        int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), terminal;

        (void)state;
        assert_true(master >= 0);
        assert_int_equal(grantpt(master) | unlockpt(master), 0);
        terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
        assert_true(terminal >= 0);
        width_of(terminal, 80, NULL, 79);
        width_of(terminal, 80, "200", 79); /* the terminal knows best */
        width_of(terminal, 1, NULL, 1);
        width_of(terminal, UINT16_MAX, NULL, UINT16_MAX - 1);
        width_of(terminal, 0, NULL, 79);
        width_of(terminal, 0, "132", 131);
        width_of(terminal, 0, "1", 79);
        width_of(terminal, 0, "-5", 79);
        width_of(terminal, 0, "99999999999999999999", 79);
        width_of(terminal, 0, "x", 79);
        color_of(terminal, "xterm", NULL, true);
        color_of(terminal, "xterm", "", true); /* as its convention says: only when it is not empty */
        color_of(terminal, "xterm", "1", false);
        color_of(terminal, "dumb", NULL, false);
        color_of(terminal, "", NULL, false);
        color_of(terminal, NULL, NULL, false);
        close(terminal);
        close(master);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_large_pieces, place_setup, place_teardown),

                cmocka_unit_test(test_a_full_disk),
                cmocka_unit_test(test_a_reader_that_has_gone),
                cmocka_unit_test(test_no_memory),
                cmocka_unit_test(test_terminals),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
