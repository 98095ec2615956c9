/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening below a root while somebody changes the tree: whatever is swapped for what, nothing outside is ever opened,
 * by openat2 and by the walk that stands in for it. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "no_syscall.h"
#include "place_fixture.h"

enum { TRIES = 20000 };

/* root/ is the root: root/a/b/file and root/c; secret/file lies beside it, and secret/b/file. */
static void make_tree(const struct place *place)
{
        static const char *const directories[] = { "root", "root/a", "root/a/b", "root/c", "secret", "secret/b" };
        size_t i;

        for (i = 0; i < sizeof directories / sizeof *directories; i++)
                assert_int_equal(mkdirat(place->fd, directories[i], 0755), 0);
        place_write(place, "root/a/b/file", "inside", 6, 0644);
        place_write(place, "root/a/file", "inside", 6, 0644);
        place_write(place, "secret/file", "secret", 6, 0644);
        place_write(place, "secret/b/file", "secret", 6, 0644);
        place_write(place, "file", "secret", 6, 0644);
        place_write(place, "root/c/file", "inside", 6, 0644);
        assert_int_equal(symlinkat("../../secret/file", place->fd, "root/c/trap"), 0);
        assert_int_equal(symlinkat("../secret", place->fd, "root/link"), 0);
        assert_int_equal(symlinkat("b", place->fd, "root/a/last"), 0);
}

/* Swaps directories for links, and moves directories up and away, until it is killed. */
static pid_t start_attacker(const struct place *place)
{
        pid_t pid = fork();

        if (pid != 0)
                return pid;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
                (void)renameat2(place->fd, "root/c/file", place->fd, "root/c/trap", RENAME_EXCHANGE);
                (void)renameat2(place->fd, "root/a", place->fd, "root/link", RENAME_EXCHANGE);
                (void)renameat2(place->fd, "root/a", place->fd, "root/link", RENAME_EXCHANGE);
                (void)renameat(place->fd, "root/a/b", place->fd, "moved"); /* out of the root */
                (void)renameat(place->fd, "moved", place->fd, "root/a/b");
                (void)renameat(place->fd, "root/a", place->fd, "root/c/a"); /* deeper, so that ".." means another */
                (void)renameat(place->fd, "root/c/a", place->fd, "root/a");
        }
}

/* Returns how often something was opened; minus one when that was outside. */
static int look(const struct place *place, int root)
{
        static const char *const paths[] = { "a/file",           "a/b/file",    "a/b/../file",
                                             "link/file",        "a/last/file", "c/../a/b/file",
                                             "a/b/../../a/file", "../a/file",   "a/b/../../../file",
                                             "c/file",           "c/trap",      "c/file" };
        char text[8];
        int opened = 0, i, fd;

        (void)place;
        for (i = 0; i < TRIES; i++) {
                fd = rv_open_in_root(root, paths[i % (int)(sizeof paths / sizeof *paths)], O_RDONLY);
                if (fd < 0)
                        continue;
                opened++;
                if (read(fd, text, sizeof text) == 6 && memcmp(text, "secret", 6) == 0)
                        return -1;
                (void)close(fd);
        }
        return opened;
}

/* In a process of its own, so that the filter ends with it. */
static void race(const struct place *place, bool walk)
{
        pid_t attacker, victim;
        int status = -1, root, opened;

        make_tree(place);
        root = openat(place->fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
        assert_true(root >= 0);
        attacker = start_attacker(place);
        victim = fork();
        if (victim == 0) {
                unsigned before = place_descriptors();

                if (walk && !forbid_syscall(SYS_openat2))
                        _exit(CHILD_SKIP);
                opened = look(place, root);
                _exit(opened < 0 ? 1 : opened == 0 ? 2 : place_descriptors() != before ? 3 : 0);
        }
        assert_int_equal(waitpid(victim, &status, 0), victim);
        assert_int_equal(kill(attacker, SIGKILL), 0);
        assert_int_equal(waitpid(attacker, NULL, 0), attacker);
        close(root);
        if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_SKIP)
                skip();
        assert_int_equal(status, 0);
}

static void test_race_with_openat2(void **state)
{
        race(*state, false);
}

static void test_race_with_the_walk(void **state)
{
        race(*state, true);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_race_with_openat2, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_race_with_the_walk, place_setup, place_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
