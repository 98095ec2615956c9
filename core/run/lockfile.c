/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open file description locks: unlike flock() they can be asked about without being taken for a moment, and unlike
 * POSIX locks they do not end when some other descriptor of the file is closed. */
#include "core/run/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/time.h"

enum { TEXT_MAX = 4096, STAT_START = 20 /* fields after the ")" of /proc/PID/stat */, PAUSE_NS = 50000000 };

/* The name of a program may hold blanks and parentheses: fields count from the last ")". */
static int64_t read_start(void)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        const char *at;
        int field;

        if (rv_file_read(AT_FDCWD, "/proc/self/stat", TEXT_MAX, &text, NULL) != RV_OK)
                return 0;
        at = strrchr(rv_buf_str(&text), ')');
        for (field = 0; at && field < STAT_START; field++)
                at = strchr(at + 1, ' ');
        return at ? strtoll(at, NULL, 10) : 0;
}

void rv_holder_self(struct rv_holder *ret)
{
        *ret = (struct rv_holder){ .pid = getpid(), .start = read_start(), .program = "reeve" };
        rv_boot_id(ret->boot);
}

/* Everything that could make the lock someone else's is refused: a link, another owner, a second name, open modes. */
static int open_lock(int dirfd, const char *name, int *ret, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = openat(dirfd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
        struct stat st;

        if (fd < 0 && errno != ELOOP)
                return rv_fail_errno(err, errno, N_("%1: the lock cannot be opened: %2"), name);
        if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink != 1 ||
            st.st_mode & 077)
                return rv_fail(err, RV_UNTRUSTED, N_("%1: is not a lock file of ours"),
                               N_("see who put it there, and remove it when no job runs"), name, NULL);
        *ret = fd;
        fd = -1;
        return RV_OK;
}

static bool try_lock(int fd)
{
        struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

        return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

/* May be half written or stale: it is shown to people, and decides nothing. */
static void read_holder(int fd, struct rv_holder *ret)
{
        char text[TEXT_MAX];
        const char *boot = "", *program = "";
        json_int_t pid = 0, start = 0, job = 0;
        ssize_t n = pread(fd, text, sizeof text, 0);
        json_t *json = n > 0 ? json_loadb(text, (size_t)n, JSON_DISABLE_EOF_CHECK, NULL) : NULL;

        *ret = (struct rv_holder){ 0 };
        if (json && json_unpack(json, "{s:I, s:I, s:s, s?s, s?I}", "pid", &pid, "start", &start, "boot", &boot,
                                "program", &program, "job", &job) == 0) {
                *ret = (struct rv_holder){ .pid = pid, .start = start, .job = (uint64_t)job };
                (void)snprintf(ret->boot, sizeof ret->boot, "%s", boot);
                (void)snprintf(ret->program, sizeof ret->program, "%s", program);
        }
        json_decref(json);
}

/* As much as is known of the holder; each form has its own way out. */
static int fail_locked(int fd, struct rv_err *err)
{
        struct rv_holder holder;
        char pid[24], job[24];

        read_holder(fd, &holder);
        (void)snprintf(pid, sizeof pid, "%lld", (long long)holder.pid);
        (void)snprintf(job, sizeof job, "%llu", (unsigned long long)holder.job);
        if (holder.pid <= 0)
                return rv_fail(err, RV_LOCKED, N_("another process is at work on this system"),
                               N_("wait for it with --wait SECONDS"), NULL);
        if (holder.job == 0)
                return rv_fail(err, RV_LOCKED, N_("%1 (process %2) is at work on this system"),
                               N_("wait for it with --wait SECONDS"), holder.program, pid, NULL);
        return rv_fail(err, RV_LOCKED, N_("job %3 of %1 (process %2) is at work on this system"),
                       N_("wait for it with --wait SECONDS, or follow it: reeve jobs attach %3"), holder.program, pid,
                       job, NULL);
}

int rv_lock_take(int dirfd, const char *name, unsigned wait_s, rv_lock_gone *gone, void *user, int *ret_fd,
                 struct rv_err *err)
{
        const struct timespec pause = { .tv_nsec = PAUSE_NS };
        RV_FD_CLEANUP int fd = -1;
        struct timespec now, end;
        int rc = open_lock(dirfd, name, &fd, err);

        if (rc != RV_OK)
                return rc;
        (void)clock_gettime(CLOCK_BOOTTIME, &end);
        end.tv_sec += (time_t)wait_s;
        while (!try_lock(fd)) {
                if (errno != EAGAIN && errno != EACCES && errno != EINTR)
                        return rv_fail_errno(err, errno, N_("%1: cannot be locked: %2"), name);
                (void)clock_gettime(CLOCK_BOOTTIME, &now);
                if (now.tv_sec > end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec))
                        return fail_locked(fd, err);
                if (gone && gone(user))
                        return rv_fail(err, RV_CANCELLED, N_("stopped while waiting for the lock"), NULL, NULL);
                (void)nanosleep(&pause, NULL);
        }
        *ret_fd = fd;
        fd = -1;
        return RV_OK;
}

int rv_lock_sign(int fd, const struct rv_holder *holder, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_json json = { .out = &text };
        int r;

        rv_json_begin(&json, '{');
        rv_json_key(&json, "pid");
        rv_json_int(&json, holder->pid);
        rv_json_key(&json, "start");
        rv_json_int(&json, holder->start);
        rv_json_key(&json, "boot");
        rv_json_str(&json, holder->boot);
        rv_json_key(&json, "program");
        rv_json_str(&json, holder->program);
        rv_json_key(&json, "job");
        rv_json_int(&json, (int64_t)holder->job);
        rv_json_end(&json, '}');
        rv_buf_add_char(&text, '\n');
        if (text.failed)
                return rv_fail_memory(err);
        r = lseek(fd, 0, SEEK_SET) < 0 ? -errno : rv_write_all(fd, text.data, text.size);
        if (r == 0 && ftruncate(fd, (off_t)text.size) < 0)
                r = -errno;
        return r < 0 ? rv_fail_errno(err, -r, N_("%1: cannot be written: %2"), "lock") : RV_OK;
}

bool rv_lock_held(int dirfd, const char *name, struct rv_holder *ret)
{
        struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
        RV_FD_CLEANUP int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

        *ret = (struct rv_holder){ 0 };
        if (fd < 0 || fcntl(fd, F_OFD_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
                return false;
        read_holder(fd, ret);
        return true;
}
