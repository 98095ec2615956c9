/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files below a hostile root: no way out of it, no blocking, no half-written file. Every path is opened twice, with
 * openat2 and in a child whose seccomp filter says that there is no such call. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "no_syscall.h"

struct place {
        char path[PATH_MAX]; /* holds "root" and, outside of it, "secret" */
        int top, root;
};

static void put(int dir, const char *name, const char *text)
{
        RV_FD_CLEANUP int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

        assert_true(fd >= 0);
        assert_int_equal(rv_write_all(fd, text, strlen(text)), 0);
}

static int set_up(void **state)
{
        struct place *place = calloc(1, sizeof *place);
        const char *base = getenv("TMPDIR");

        assert_non_null(place);
        (void)snprintf(place->path, sizeof place->path, "%s/reeve-file-XXXXXX", base ? base : "/tmp");
        assert_non_null(mkdtemp(place->path));
        place->top = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(mkdirat(place->top, "root", 0755), 0);
        place->root = openat(place->top, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
        put(place->top, "secret", "secret");
        put(place->root, "inside", "inside");
        assert_int_equal(mkdirat(place->root, "a", 0755), 0);
        assert_int_equal(mkdirat(place->root, "a/b", 0755), 0);
        put(place->root, "a/b/deep", "deep");
        assert_int_equal(symlinkat("/inside", place->root, "absolute"), 0);
        assert_int_equal(symlinkat("../../../../../../secret", place->root, "a/up"), 0);
        assert_int_equal(symlinkat("../inside", place->root, "a/relative"), 0);
        assert_int_equal(symlinkat("/a/../../a/b/", place->root, "directory"), 0);
        assert_int_equal(symlinkat("loop", place->root, "loop"), 0);
        assert_int_equal(symlinkat("/etc/passwd", place->root, "passwd"), 0);
        assert_int_equal(symlinkat("..", place->root, "a/b/parent"), 0);
        assert_int_equal(mkfifoat(place->root, "fifo", 0600), 0);
        *state = place;
        return 0;
}

static int tear_down(void **state)
{
        struct place *place = *state;
        static const char *const files[] = { "root/inside",     "root/a/b/deep",  "root/absolute", "root/a/up",
                                             "root/a/relative", "root/directory", "root/loop",     "root/passwd",
                                             "root/a/b/parent", "root/fifo",      "root/made",     "secret" };
        size_t i;

        for (i = 0; i < sizeof files / sizeof *files; i++)
                (void)unlinkat(place->top, files[i], 0);
        (void)unlinkat(place->top, "root/a/b", AT_REMOVEDIR);
        (void)unlinkat(place->top, "root/a", AT_REMOVEDIR);
        (void)unlinkat(place->top, "root", AT_REMOVEDIR);
        (void)close(place->root);
        (void)close(place->top);
        assert_int_equal(rmdir(place->path), 0); /* nothing else was left */
        free(place);
        return 0;
}

/* What each path opens, or the error that it gives. */
static const struct {
        const char *path, *holds;
        int flags, error;
} openings[] = {
        { "inside", "inside", O_RDONLY, 0 },
        { "/inside", "inside", O_RDONLY, 0 },
        { "//inside", "inside", O_RDONLY, 0 },
        { "./inside", "inside", O_RDONLY, 0 },
        { "../../inside", "inside", O_RDONLY, 0 },
        { "a/../inside", "inside", O_RDONLY, 0 },
        { "a/b/../../inside", "inside", O_RDONLY, 0 },
        { "a/b/deep", "deep", O_RDONLY, 0 },
        { "absolute", "inside", O_RDONLY, 0 },
        { "a/relative", "inside", O_RDONLY, 0 },
        { "directory/deep", "deep", O_RDONLY, 0 },
        { "directory/parent/b/deep", "deep", O_RDONLY, 0 },
        { "a/b/parent/../inside", "inside", O_RDONLY, 0 },
        { "absolute", NULL, O_RDONLY | O_NOFOLLOW, ELOOP },
        { "../secret", NULL, O_RDONLY, ENOENT },
        { "a/up", NULL, O_RDONLY, ENOENT },
        { "passwd", NULL, O_RDONLY, ENOENT },
        { "loop", NULL, O_RDONLY, ELOOP },
        { "none", NULL, O_RDONLY, ENOENT },
        { "", NULL, O_RDONLY, ENOENT },
        { "inside/", NULL, O_RDONLY, ENOTDIR },
        { "inside/x", NULL, O_RDONLY, ENOTDIR },
        { "inside", NULL, O_RDONLY | O_DIRECTORY, ENOTDIR },
};

static void check_openings(const struct place *place)
{
        char text[16], long_name[NAME_MAX + 2];
        struct stat st;
        ssize_t n;
        size_t i;
        int fd;

        for (i = 0; i < sizeof openings / sizeof *openings; i++) {
                fd = rv_open_in_root(place->root, openings[i].path, openings[i].flags);
                if (!openings[i].holds) {
                        if (fd != -openings[i].error)
                                fail_msg("'%s': %d", openings[i].path, fd);
                        continue;
                }
                if (fd < 0)
                        fail_msg("'%s': %s", openings[i].path, strerror(-fd));
                assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
                n = read(fd, text, sizeof text - 1);
                assert_int_equal(n, strlen(openings[i].holds));
                assert_memory_equal(text, openings[i].holds, (size_t)n);
                (void)close(fd);
        }
        memset(long_name, 'n', sizeof long_name - 1);
        long_name[sizeof long_name - 1] = '\0';
        assert_int_equal(rv_open_in_root(place->root, long_name, O_RDONLY), -ENAMETOOLONG);
        fd = rv_open_in_root(place->root, "/", O_PATH);
        assert_true(fd >= 0);
        (void)close(fd);
        assert_int_equal(rv_stat_in_root(place->root, "directory/", &st), 0);
        assert_true(S_ISDIR(st.st_mode));
        assert_int_equal(rv_stat_in_root(place->root, "a/up", &st), -ENOENT);
        fd = rv_open_in_root(place->root, "fifo", O_RDONLY); /* nobody writes it */
        assert_true(fd >= 0);
        (void)close(fd);
        fd = rv_open_in_root(place->root, "a/b/parent/../made", O_WRONLY | O_CREAT | O_EXCL);
        assert_true(fd >= 0);
        (void)close(fd);
        assert_int_equal(unlinkat(place->root, "made", 0), 0);
}

static void stays_below_the_root(void **state)
{
        check_openings(*state);
}

enum { CHILD_GOOD = 0 };

static int wait_for(pid_t pid)
{
        int status;

        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

static void walks_where_there_is_no_openat2(void **state)
{
        pid_t pid = fork();

        if (pid == 0) {
                if (!forbid_syscall(SYS_openat2))
                        _exit(CHILD_SKIP);
                check_openings(*state); /* a failing assertion ends the child with another status */
                _exit(CHILD_GOOD);
        }
        switch (wait_for(pid)) {
        case CHILD_GOOD:
                break;
        case CHILD_SKIP:
                print_message("SKIPPED: no seccomp here\n");
                skip();
                break;
        default:
                fail_msg("the walk differs from openat2");
        }
}

static int read_code(int root, const char *path, size_t limit, struct rv_buf *ret)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };

        return rv_file_read(root, path, limit, ret, &err);
}

static void reads_with_a_limit(void **state)
{
        struct place *place = *state;
        RV_BUF_CLEANUP struct rv_buf buf = { 0 };
        char path[PATH_MAX + 16];

        assert_int_equal(read_code(place->root, "absolute", 6, &buf), RV_OK);
        assert_string_equal(rv_buf_str(&buf), "inside");
        assert_int_equal(read_code(place->root, "inside", 5, &buf), RV_DAMAGED);
        assert_int_equal(read_code(place->root, "none", 5, &buf), RV_NOTFOUND);
        assert_int_equal(read_code(place->root, "fifo", 5, &buf), RV_DAMAGED);
        assert_int_equal(read_code(place->root, "a", 5, &buf), RV_DAMAGED);
        assert_int_equal(read_code(place->root, "a/up", 5, &buf), RV_NOTFOUND);
        assert_string_equal(rv_buf_str(&buf), "inside"); /* untouched by failures */
        (void)snprintf(path, sizeof path, "%s/root/a/up", place->path);
        (void)unlinkat(place->root, "a/up", 0);
        assert_int_equal(symlinkat("../../secret", place->root, "a/up"), 0);
        assert_int_equal(read_code(AT_FDCWD, path, 100, &buf), RV_OK); /* an ordinary path is an ordinary path */
        assert_string_equal(rv_buf_str(&buf), "secret");
        assert_int_equal(read_code(AT_FDCWD, "/proc/self/status", 65536, &buf), RV_OK); /* says that its size is 0 */
        assert_true(buf.size > 100);
        assert_int_equal(read_code(AT_FDCWD, "/proc/self/status", 100, &buf), RV_DAMAGED);
        assert_int_equal(read_code(AT_FDCWD, "/dev/null", 100, &buf), RV_DAMAGED);
}

static unsigned entries(int dir)
{
        DIR *list = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        unsigned n = 0;

        assert_non_null(list);
        while (readdir(list))
                n++;
        (void)closedir(list);
        return n;
}

static void writes_whole_files(void **state)
{
        struct place *place = *state;
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf buf = { 0 };
        unsigned before = entries(place->root);
        struct stat st;

        assert_int_equal(rv_file_write(place->root, "made", "one", 3, 0640, &err), RV_OK);
        assert_int_equal(rv_file_write(place->root, "made", "second", 6, 0644, &err), RV_OK);
        assert_int_equal(read_code(place->root, "made", 100, &buf), RV_OK);
        assert_string_equal(rv_buf_str(&buf), "second");
        assert_int_equal(rv_stat_in_root(place->root, "made", &st), 0);
        assert_int_equal(st.st_mode & 07777, 0644);
        assert_int_equal(rv_file_write(place->root, "absolute", "link", 4, 0644, &err), RV_OK);
        assert_int_equal(read_code(place->root, "inside", 100, &buf), RV_OK);
        assert_string_equal(rv_buf_str(&buf), "inside"); /* the link was replaced, not followed */
        assert_int_equal(rv_file_write(place->root, "a", "x", 1, 0644, &err), RV_FAILED); /* a directory */
        assert_int_equal(entries(place->root), before + 1);
}

static void a_failed_write_leaves_the_old(void **state)
{
        struct place *place = *state;
        RV_BUF_CLEANUP struct rv_buf buf = { 0 };
        unsigned before;
        pid_t pid;

        put(place->root, "made", "old");
        before = entries(place->root);
        pid = fork();
        if (pid == 0) {
                struct rlimit limit = { 1000, 1000 };
                struct rv_err err = { 0 };
                static char bytes[5000];

                (void)signal(SIGXFSZ, SIG_IGN);
                if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
                        _exit(CHILD_SKIP);
                _exit(rv_file_write(place->root, "made", bytes, sizeof bytes, 0644, &err) == RV_FAILED ? 0 : 1);
        }
        assert_int_equal(wait_for(pid), CHILD_GOOD);
        assert_int_equal(read_code(place->root, "made", 100, &buf), RV_OK);
        assert_string_equal(rv_buf_str(&buf), "old");
        assert_int_equal(entries(place->root), before);
}

/* On a file system of its own with 64 KiB. */
static int write_to_a_full_disk(const char *mount_point)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 }, old = { 0 };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_FD_CLEANUP int dir = -1;
        static char bytes[1 << 20];
        unsigned before;

        if (unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) < 0 ||
            mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("tmpfs", mount_point, "tmpfs", 0, "size=65536") < 0)
                return CHILD_SKIP;
        dir = open(mount_point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (dir < 0 || rv_file_write(dir, "file", "old", 3, 0644, &err) != RV_OK)
                return 2;
        before = entries(dir);
        if (rv_file_write(dir, "file", bytes, sizeof bytes, 0644, &err) != RV_NOSPACE)
                return 3;
        rv_message_plain(err.message.data, err.message.size, &text);
        if (!strstr(rv_buf_str(&text), "file"))
                return 4;
        if (entries(dir) != before || read_code(dir, "file", 100, &old) != RV_OK || strcmp(old.data, "old") != 0)
                return 5;
        return CHILD_GOOD;
}

static void a_full_disk_is_nospace(void **state)
{
        struct place *place = *state;
        char path[PATH_MAX + 16];
        pid_t pid;
        int status;

        (void)snprintf(path, sizeof path, "%s/root/a", place->path);
        pid = fork();
        if (pid == 0)
                _exit(write_to_a_full_disk(path));
        status = wait_for(pid);
        if (status == CHILD_SKIP) {
                print_message("SKIPPED: no mount of its own possible here\n");
                skip();
        }
        assert_int_equal(status, CHILD_GOOD);
}

static void removes_a_tree_and_follows_no_link(void **state)
{
        struct place *place = *state;
        struct stat st;

        assert_int_equal(symlinkat("..", place->root, "out"), 0);
        rv_remove_tree(place->top, "root");
        assert_int_equal(fstatat(place->top, "root", &st, 0), -1);
        assert_int_equal(fstatat(place->top, "secret", &st, 0), 0);
        rv_remove_tree(place->top, "secret"); /* a file is no tree */
        assert_int_equal(fstatat(place->top, "secret", &st, 0), 0);
}

static void write_all_says_errors(void **state)
{
        (void)state;
        assert_int_equal(rv_write_all(-1, "x", 1), -EBADF);
        assert_int_equal(rv_write_all(-1, "x", 0), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(stays_below_the_root, set_up, tear_down),
                cmocka_unit_test_setup_teardown(walks_where_there_is_no_openat2, set_up, tear_down),
                cmocka_unit_test_setup_teardown(reads_with_a_limit, set_up, tear_down),
                cmocka_unit_test_setup_teardown(writes_whole_files, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_failed_write_leaves_the_old, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_full_disk_is_nospace, set_up, tear_down),
                cmocka_unit_test_setup_teardown(removes_a_tree_and_follows_no_link, set_up, tear_down),
                cmocka_unit_test(write_all_says_errors),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
