/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-curses */
/* Selected rows: a sorted set, kept in a file of its own for each view of each root, and what the screen says of the
 * managed system. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/paths.h"
#include "core/base/spawn.h"
#include "core/model/load.h"
#include "tui/curses/host.h"
#include "tui/curses/picks.h"

static char root[64];
static struct rv_host host;

/* The root is the user's state directory as well, so that both ways of keeping end in it. */
static int set_up(void **state)
{
        char path[96];

        (void)state;
        (void)snprintf(root, sizeof root, "/tmp/reeve-picks.XXXXXX");
        if (!mkdtemp(root) || setenv("XDG_STATE_HOME", root, 1))
                return -1;
        (void)snprintf(path, sizeof path, "%s/var", root);
        if (mkdir(path, 0755))
                return -1;
        (void)snprintf(path, sizeof path, "%s/var/lib", root);
        if (mkdir(path, 0755))
                return -1;
        (void)snprintf(path, sizeof path, "%s/etc", root);
        if (mkdir(path, 0755))
                return -1;
        host = (struct rv_host){ .cache_fd = -1, .shared_fd = -1 };
        return rv_root_open(root, &host.root, NULL);
}

static int tear_down(void **state)
{
        const char *const argv[] = { "rm", "-rf", root, NULL };
        const struct rv_spawn spawn = { .argv = argv, .stdin_fd = -1 };
        RV_BUF_CLEANUP struct rv_buf out = { 0 }, errors = { 0 };
        int status;

        (void)state;
        rv_root_close(&host.root);
        return rv_spawn(&spawn, &out, &errors, &status, NULL);
}

static void test_toggling_keeps_order(void **state)
{
        static const char *const keys[] = { "m", "a", "z", "b", "m", "q" };
        struct picks picks = { 0 };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof keys / sizeof keys[0]; i++)
                picks_toggle(&picks, keys[i]);
        assert_int_equal(picks.n, 4);
        assert_false(picks_has(&picks, "m"));
        assert_true(picks_has(&picks, "z"));
        for (i = 1; i < picks.n; i++)
                assert_true(strcmp(picks.keys[i - 1], picks.keys[i]) < 0);
        picks_free(&picks);
}

static const char *number(const void *user, size_t n)
{
        static char text[16];

        (void)snprintf(text, sizeof text, "%zu", n * *(const size_t *)user % 60000);
        return text;
}

static void test_very_many_at_once(void **state)
{
        const size_t step = 7, one = 1;
        struct picks picks = { 0 };
        size_t i;

        (void)state;
        picks_toggle(&picks, "30000");
        picks_toggle(&picks, "other");
        picks_set(&picks, number, &step, 60000, true);
        assert_int_equal(picks.n, 60001);
        for (i = 1; i < picks.n; i++)
                assert_true(strcmp(picks.keys[i - 1], picks.keys[i]) < 0);
        picks_set(&picks, number, &one, 59999, false);
        assert_int_equal(picks.n, 2);
        assert_true(picks_has(&picks, "59999") && picks_has(&picks, "other"));
        picks_free(&picks);
}

static void test_kept_and_found_again(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct picks picks = { 0 }, again = { 0 }, other = { 0 };

        (void)state;
        picks_open(&picks, &host, "packages", "installed", NULL);
        assert_int_equal(picks.n, 0);
        picks_toggle(&picks, "openssl-3.5.1-2.azl4.x86_64");
        picks_toggle(&picks, "a key with\nanything in it \xff");
        assert_int_equal(picks_keep(&picks, &err), 0);
        assert_int_equal(rv_open_in_root(host.root.fd, "var/lib/reeve", O_PATH), -ENOENT); /* nothing in the root */
        picks_open(&again, &host, "packages", "installed", NULL);
        assert_int_equal(again.n, 2);
        assert_true(picks_has(&again, "a key with\nanything in it \xff"));
        picks_open(&other, &host, "packages", "installed", "word");
        assert_int_equal(other.n, 0);
        picks_forget(picks.name);
        picks_open(&other, &host, "packages", "installed", NULL);
        assert_int_equal(other.n, 0);
        picks_forget(picks.name); /* gone already */
        assert_int_equal(picks_keep(&picks, &err), 0);
        picks_clear(&again);
        assert_int_equal(picks_keep(&again, &err), 0);
        picks_clear(&picks);
        picks_open(&picks, &host, "packages", "installed", NULL);
        assert_int_equal(picks.n, 0);
        picks_free(&picks);
        picks_free(&again);
        picks_free(&other);
}

/* A file that was cut or is somebody's link holds nothing. */
static void test_damaged_file_is_left_alone(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct picks picks = { 0 };
        RV_FD_CLEANUP int directory = -1, file = -1;

        (void)state;
        picks_open(&picks, &host, "slots", "slots", NULL);
        picks_toggle(&picks, "A");
        assert_int_equal(picks_keep(&picks, &err), 0);
        directory = host_state(false);
        assert_true(directory >= 0);
        file = openat(directory, picks.name, O_WRONLY | O_TRUNC);
        assert_int_equal(write(file, "cut", 3), 3);
        picks_clear(&picks);
        picks_open(&picks, &host, "slots", "slots", NULL);
        assert_int_equal(picks.n, 0);
        picks_free(&picks);
}

static void test_state_directory_is_never_a_link(void **state)
{
        RV_FD_CLEANUP int made = host_state(true), again = -1;
        char from[PATH_MAX + 32], to[PATH_MAX + 64];

        (void)state;
        assert_true(made >= 0);
        (void)snprintf(from, sizeof from, "%s/reeve/ui", geteuid() == 0 ? rv_paths_find()->cache : root);
        (void)snprintf(to, sizeof to, "%s-moved", from);
        assert_int_equal(rename(from, to), 0);
        assert_int_equal(symlink(to, from), 0);
        again = host_state(true);
        assert_true(again < 0);
        assert_int_equal(unlink(from), 0);
        assert_int_equal(rename(to, from), 0);
}

static void test_system_in_words(void **state)
{
        RV_BUF_CLEANUP struct rv_buf name = { 0 }, system_name = { 0 }, none = { 0 };
        static const char release[] = "NAME=x\nPRETTY_NAME=\"Azure \033[31mLinux\" \nPRETTY_NAME=second\n";
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_FD_CLEANUP int etc = rv_open_in_root(host.root.fd, "etc", O_RDONLY | O_DIRECTORY);

        (void)state;
        host_system(&host, &none);
        assert_int_equal(none.size, 0);
        host_name(&host, &name);
        assert_string_equal(rv_buf_str(&name), root + strlen("/tmp/"));
        assert_int_equal(rv_file_write(etc, "os-release", release, sizeof release - 1, 0644, &err), 0);
        assert_int_equal(rv_file_write(etc, "hostname", "web-17.example.org\n", 19, 0644, &err), 0);
        host_system(&host, &system_name);
        assert_null(strchr(rv_buf_str(&system_name), '\033'));
        assert_non_null(strstr(rv_buf_str(&system_name), "^[[31mLinux"));
        rv_buf_clear(&name);
        host_name(&host, &name);
        assert_string_equal(rv_buf_str(&name), "web-17");
}

static void test_space_counts_each_file_system_once(void **state)
{
        struct host_space spaces[8];
        size_t n = host_spaces(host.root.fd, false, spaces, 8);

        (void)state;
        assert_int_equal(n, 1); /* all of the test's root lies on one */
        assert_string_equal(spaces[0].path, "/");
        assert_true(spaces[0].used > 0 && spaces[0].free > 0);
        assert_int_equal(host_spaces(host.root.fd, false, spaces, 0), 0);
        assert_int_equal(host_spaces(host.root.fd, true, spaces, 8), 0); /* the host's space is not a root's own */
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_toggling_keeps_order),
                                            cmocka_unit_test(test_very_many_at_once),
                                            cmocka_unit_test(test_kept_and_found_again),
                                            cmocka_unit_test(test_damaged_file_is_left_alone),
                                            cmocka_unit_test(test_state_directory_is_never_a_link),
                                            cmocka_unit_test(test_system_in_words),
                                            cmocka_unit_test(test_space_counts_each_file_system_once) };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
