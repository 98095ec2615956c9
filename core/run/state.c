/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding and making the state directory. Nothing on the way below var/lib may be a symbolic link or another user's:
 * whoever can put a directory there could make root write elsewhere, or believe jobs that it never ran. */
#include "core/run/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/model/query.h"

enum { DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };
static const char FRESH[] = ".new"; /* a job's directory before it has a number */

void rv_state_home(char ret[PATH_MAX])
{
        const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
        int n = 0;

        ret[0] = '\0';
        if (geteuid() == 0)
                return;
        if (state && state[0] == '/')
                n = snprintf(ret, PATH_MAX, "%s", state);
        else if (home && home[0] == '/')
                n = snprintf(ret, PATH_MAX, "%s/.local/state", home);
        if (n >= PATH_MAX)
                ret[0] = '\0';
}

static int fail_untrusted(const char *what, struct rv_err *err)
{
        return rv_fail(err, RV_UNTRUSTED, N_("%1: is a symbolic link, or belongs to another user, or others can write"),
                       N_("move it away; reeve makes its state directory anew"), what, NULL);
}

/* Opens a directory that must be ours alone; makes it when make is set. Returns RV_OK, or RV_NOTFOUND, RV_DENIED and
 * the like with the error filled. */
static int open_own(int parent, const char *name, const char *path, bool make, int *ret, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = -1;
        struct stat st;

        if (make && mkdirat(parent, name, 0700) == 0)
                (void)fsync(parent); /* durable names; fails harmlessly on a parent opened as a path only */
        else if (make && errno != EEXIST)
                return rv_fail_errno(err, errno, N_("%1: cannot be made: %2"), path);
        fd = openat(parent, name, DIRECTORY);
        if (fd < 0 && (errno == ELOOP || errno == ENOTDIR) && fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
                return fail_untrusted(path, err);
        if (fd < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be opened: %2"), path);
        if (fstat(fd, &st) < 0 || st.st_uid != geteuid() || st.st_mode & 022)
                return fail_untrusted(path, err);
        *ret = fd;
        fd = -1;
        return RV_OK;
}

/* var/lib below the root: a link there is the system's own (resolved inside the root), and no harm. */
static int open_var_lib(const struct rv_root *root, bool make)
{
        RV_FD_CLEANUP int var = -1;
        int fd = rv_open_in_root(root->fd, "var/lib", O_RDONLY | O_DIRECTORY);

        if (fd != -ENOENT || !make)
                return fd;
        var = rv_open_in_root(root->fd, "var", O_RDONLY | O_DIRECTORY);
        if (var == -ENOENT && mkdirat(root->fd, "var", 0755) == 0)
                var = rv_open_in_root(root->fd, "var", O_RDONLY | O_DIRECTORY);
        if (var < 0)
                return var == -ENOENT ? -errno : var;
        if (mkdirat(var, "lib", 0755) < 0)
                return -errno;
        return rv_open_in_root(root->fd, "var/lib", O_RDONLY | O_DIRECTORY);
}

/* Below the root's own var/lib, so that a rescue system that mounts this root finds its jobs. */
static int open_in_root_place(const struct rv_root *root, bool make, struct rv_state *state, struct rv_err *err)
{
        RV_FD_CLEANUP int lib = open_var_lib(root, make);
        const char *separator = strcmp(root->path, "/") == 0 ? "" : "/";

        if (snprintf(state->path, sizeof state->path, "%s%svar/lib/reeve", root->path, separator) >=
            (int)sizeof state->path)
                return rv_fail_errno(err, ENAMETOOLONG, N_("%1: cannot be opened: %2"), root->path);
        if (lib < 0)
                return rv_fail_errno(err, -lib, N_("%1: cannot be opened: %2"), state->path);
        return open_own(lib, "reeve", state->path, make, &state->fd, err);
}

/* Makes the directories of an absolute path that are missing, each 0700; they are the user's own. */
static void make_path(const char *path)
{
        char at[PATH_MAX];
        char *slash;

        (void)snprintf(at, sizeof at, "%s", path);
        for (slash = strchr(at + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                (void)mkdir(at, 0700);
                *slash = '/';
        }
        (void)mkdir(at, 0700);
}

/* A root is known by its path here, which outlives a reboot; device numbers do not. */
static bool root_name(const struct rv_root *root, char ret[32])
{
        char link[64], path[PATH_MAX];
        ssize_t n;

        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", root->fd);
        n = readlink(link, path, sizeof path);
        if (n <= 0)
                return false;
        (void)snprintf(ret, 32, "root-%016" PRIx64, rv_hash(RV_HASH_START, path, (size_t)n));
        return true;
}

/* One directory for each root below the user's own, since the root itself is not theirs to write. */
static int open_user_place(const struct rv_root *root, const char *home, bool make, struct rv_state *state,
                           struct rv_err *err)
{
        RV_FD_CLEANUP int base = -1, own = -1;
        char name[32];
        int rc;

        if (make)
                make_path(home);
        if (!root_name(root, name) ||
            snprintf(state->path, sizeof state->path, "%s/reeve/%s", home, name) >= (int)sizeof state->path)
                return rv_fail_errno(err, ENAMETOOLONG, N_("%1: cannot be opened: %2"), home);
        base = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (base < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be opened: %2"), home);
        rc = open_own(base, "reeve", state->path, make, &own, err);
        return rc == RV_OK ? open_own(own, name, state->path, make, &state->fd, err) : rc;
}

/* The root's place if it can be had, else the user's. A place that looks tampered with is never passed over silently:
 * falling back would hide that somebody put it there. */
int rv_state_place(const struct rv_root *root, const char *home, bool make, struct rv_state **ret, struct rv_err *err)
{
        RV_ERR_CLEANUP struct rv_err first = { 0 };
        RV_STATE_CLEANUP struct rv_state *state = calloc(1, sizeof *state);
        int rc;

        if (!state)
                return rv_fail_memory(err);
        state->fd = state->jobs_fd = -1;
        rc = open_in_root_place(root, make, state, &first);
        if (rc != RV_OK && rc != RV_UNTRUSTED && home[0])
                rc = open_user_place(root, home, make, state, err);
        else if (rc != RV_OK && err)
                rv_err_move(err, &first);
        if (rc == RV_OK)
                rc = open_own(state->fd, "jobs", state->path, make, &state->jobs_fd, err);
        if (rc != RV_OK)
                return rc;
        *ret = state;
        state = NULL;
        return RV_OK;
}

int rv_state_open(const struct rv_root *root, struct rv_state **ret, struct rv_err *err)
{
        char home[PATH_MAX];

        rv_state_home(home);
        return rv_state_place(root, home, false, ret, err);
}

int rv_state_check(const struct rv_root *root, struct rv_err *err)
{
        static const char *const places[] = { "var/lib/reeve", "var/lib", "var", "." };
        const char *separator = strcmp(root->path, "/") == 0 ? "" : "/";
        RV_FD_CLEANUP int fd = -1;
        char home[PATH_MAX], path[PATH_MAX];
        struct statvfs fs;
        size_t i;

        rv_state_home(home);
        for (i = 0; fd < 0 && i < sizeof places / sizeof *places; i++)
                fd = rv_open_in_root(root->fd, places[i], O_PATH | O_DIRECTORY);
        if (home[0] || fd < 0 || fstatvfs(fd, &fs) < 0 || !(fs.f_flag & ST_RDONLY))
                return RV_OK;
        (void)snprintf(path, sizeof path, "%s%s%s", root->path, separator, places[0]);
        return rv_fail(err, RV_READONLY, N_("this cannot run as things are: %1 is on a read-only file system"),
                       N_("mount it for writing, or put one of its own there"), path, NULL);
}

void rv_state_free(struct rv_state *state)
{
        if (!state)
                return;
        rv_close(&state->fd);
        rv_close(&state->jobs_fd);
        free(state);
}

void rv_state_freep(struct rv_state **state)
{
        rv_state_free(*state);
        *state = NULL;
}

/* --- the directories of jobs */

/* Digits without a leading zero: everything else in the directory is not a job. */
static bool job_number(const char *name, uint64_t *ret)
{
        uint64_t n = 0;
        const char *at;

        for (at = name; *at >= '0' && *at <= '9' && at - name < 18; at++)
                n = n * 10 + (uint64_t)(*at - '0');
        *ret = n;
        return !*at && name[0] >= '1' && name[0] <= '9';
}

int rv_state_job(const struct rv_state *state, uint64_t job, int *ret_fd, struct rv_err *err)
{
        RV_ERR_CLEANUP struct rv_err cause = { 0 };
        char name[24];
        int rc;

        (void)snprintf(name, sizeof name, "%" PRIu64, job);
        rc = open_own(state->jobs_fd, name, name, false, ret_fd, &cause);
        if (rc == RV_NOTFOUND)
                return rv_fail(err, RV_NOTFOUND, N_("there is no job %1"), N_("reeve jobs lists them"), name, NULL);
        if (rc != RV_OK && err)
                rv_err_move(err, &cause);
        return rc;
}

static int by_number(const void *a, const void *b)
{
        const uint64_t *x = a, *y = b;

        return *x < *y ? -1 : *x > *y;
}

/* False without memory; the numbers so far stay the caller's. */
static bool add_number(uint64_t **numbers, size_t n, uint64_t number)
{
        uint64_t *grown = *numbers;

        if ((n & (n - 1)) == 0) /* room doubles at each power of two */
                grown = realloc(*numbers, (n ? n * 2 : 1) * sizeof **numbers);
        if (!grown)
                return false;
        grown[n] = number;
        *numbers = grown;
        return true;
}

int rv_state_jobs(const struct rv_state *state, uint64_t **ret, size_t *ret_n, struct rv_err *err)
{
        int fd = openat(state->jobs_fd, ".", DIRECTORY);
        DIR *dir = fd < 0 ? NULL : fdopendir(fd);
        struct dirent *entry;
        uint64_t *numbers = NULL, number;
        size_t n = 0;
        bool failed = false;
        int why;

        if (!dir) {
                rv_close(&fd);
                return rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), state->path);
        }
        while (!failed && (errno = 0, entry = readdir(dir)))
                if (job_number(entry->d_name, &number)) {
                        failed = !add_number(&numbers, n, number);
                        n += !failed;
                }
        why = failed ? ENOMEM : errno;
        (void)closedir(dir);
        if (why) {
                free(numbers);
                return failed ? rv_fail_memory(err)
                              : rv_fail_errno(err, why, N_("%1: cannot be read: %2"), state->path);
        }
        if (n)
                qsort(numbers, n, sizeof *numbers, by_number);
        *ret = numbers;
        *ret_n = n;
        return RV_OK;
}

/* What a helper left that was killed before its job had a number: only files, by construction. */
static void remove_fresh(const struct rv_state *state)
{
        int fd = openat(state->jobs_fd, FRESH, DIRECTORY);
        DIR *dir = fd < 0 ? NULL : fdopendir(fd);
        struct dirent *entry;

        if (!dir)
                rv_close(&fd);
        while (dir && (entry = readdir(dir)))
                if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                        (void)unlinkat(dirfd(dir), entry->d_name, 0);
        if (dir)
                (void)closedir(dir);
        if (unlinkat(state->jobs_fd, FRESH, AT_REMOVEDIR) < 0 && errno == ENOTDIR)
                (void)unlinkat(state->jobs_fd, FRESH, 0);
}

int rv_state_new(const struct rv_state *state, int *ret_fd, struct rv_err *err)
{
        remove_fresh(state);
        return open_own(state->jobs_fd, FRESH, state->path, true, ret_fd, err);
}

/* A rename that replaces nothing: a job is seen whole or not at all, and no number is given twice. */
int rv_state_publish(const struct rv_state *state, uint64_t *ret_job, struct rv_err *err)
{
        uint64_t *numbers = NULL, number;
        size_t n = 0;
        char name[24];
        int rc = rv_state_jobs(state, &numbers, &n, err);

        if (rc != RV_OK)
                return rc;
        number = n ? numbers[n - 1] + 1 : 1;
        free(numbers);
        (void)snprintf(name, sizeof name, "%" PRIu64, number);
        if (renameat2(state->jobs_fd, FRESH, state->jobs_fd, name, RENAME_NOREPLACE) < 0 || fsync(state->jobs_fd) < 0)
                return rv_fail_errno(err, errno, N_("%1: the job's directory cannot be named: %2"), state->path);
        *ret_job = number;
        return RV_OK;
}

int rv_job_file(int job_fd, const char *name, size_t limit, struct rv_buf *ret, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = openat(job_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

        if (fd < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), name);
        return rv_file_read_fd(fd, name, limit, ret, err);
}
