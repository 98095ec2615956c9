/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The managed system in a few words. All of it is from outside: read below the root, bounded, sanitised. */
#include "tui/curses/host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/paths.h"
#include "core/base/utf8.h"
#include "core/model/load.h"

enum { SMALL_FILE = 64 * 1024 };

bool host_elsewhere(const struct rv_host *host)
{
        return rv_host_option(host, "image") || rv_host_option(host, "slot");
}

/* A foreign root is somebody else's host: its own name says more than ours. */
static void add_name(const struct rv_host *host, struct rv_buf *out)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf file = { 0 };
        char name[256] = "";
        const char *image = rv_host_option(host, "image"), *path = image ? image : host->root.path;
        const char *slash = strrchr(path, '/');

        if (image) {
                rv_sanitize(slash ? slash + 1 : image, strlen(slash ? slash + 1 : image), out);
                return;
        }
        if (!host->root.foreign && gethostname(name, sizeof name - 1) == 0 && *name) {
                rv_sanitize(name, strcspn(name, "."), out);
                return;
        }
        if (rv_file_read(host->root.fd, "etc/hostname", SMALL_FILE, &file, &err) == RV_OK &&
            strcspn(rv_buf_str(&file), "\n") > 0)
                rv_sanitize(rv_buf_str(&file), strcspn(rv_buf_str(&file), ".\n"), out);
        else
                rv_sanitize(slash && slash[1] ? slash + 1 : host->root.path,
                            strlen(slash && slash[1] ? slash + 1 : host->root.path), out);
}

void host_name(const struct rv_host *host, struct rv_buf *out)
{
        const char *slot = rv_host_option(host, "slot");

        add_name(host, out);
        if (slot) {
                rv_buf_add_str(out, ":");
                rv_sanitize(slot, strlen(slot), out);
        }
}

/* The value of KEY=value or KEY="value" in an os-release file. */
static void add_value(const char *text, const char *key, struct rv_buf *out)
{
        size_t n = strlen(key), len;

        while (*text) {
                len = strcspn(text, "\n");
                if (len > n && strncmp(text, key, n) == 0 && text[n] == '=') {
                        text += n + 1;
                        len -= n + 1;
                        if (len >= 2 && (text[0] == '"' || text[0] == '\'') && text[len - 1] == text[0]) {
                                text++;
                                len -= 2;
                        }
                        rv_sanitize(text, len, out);
                        return;
                }
                text += len + (text[len] == '\n');
        }
}

void host_system(const struct rv_host *host, struct rv_buf *out)
{
        static const char *const names[] = { "etc/os-release", "usr/lib/os-release" };
        size_t i;

        for (i = 0; i < 2 && out->size == 0; i++) {
                RV_ERR_CLEANUP struct rv_err err = { 0 };
                RV_BUF_CLEANUP struct rv_buf file = { 0 };

                if (rv_file_read(host->root.fd, names[i], SMALL_FILE, &file, &err) == RV_OK)
                        add_value(rv_buf_str(&file), "PRETTY_NAME", out);
        }
}

int64_t host_uptime(void)
{
        struct timespec up;

        return clock_gettime(CLOCK_BOOTTIME, &up) == 0 ? up.tv_sec : 0;
}

void host_kernel(struct rv_buf *out)
{
        struct utsname name;

        if (uname(&name) == 0)
                rv_sanitize(name.release, strlen(name.release), out);
}

/* Asks the usual places instead of reading the table of mounts, which a foreign root does not have. */
size_t host_spaces(int root_fd, bool foreign, struct host_space *ret, size_t room)
{
        static const char *const places[] = { "/", "/usr", "/var", "/home", "/boot", "/boot/efi", "/opt", "/srv" };
        RV_FD_CLEANUP int above = foreign ? openat(root_fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
        dev_t seen[sizeof places / sizeof places[0]];
        struct stat outside = { 0 };
        bool bounded = above >= 0 && fstat(above, &outside) == 0;
        size_t i, j, n = 0;

        for (i = 0; i < sizeof places / sizeof places[0] && n < room; i++) {
                RV_FD_CLEANUP int fd = rv_open_in_root(root_fd, places[i], O_PATH | O_DIRECTORY);
                struct statvfs space;
                struct stat st;

                if (fd < 0 || fstat(fd, &st) < 0 || fstatvfs(fd, &space) < 0 || space.f_blocks == 0)
                        continue;
                if (bounded && st.st_dev == outside.st_dev)
                        continue;
                for (j = 0; j < n && seen[j] != st.st_dev; j++)
                        ;
                if (j < n)
                        continue;
                seen[n] = st.st_dev;
                memset(&ret[n], 0, sizeof ret[n]);
                memcpy(ret[n].path, places[i], strlen(places[i]));
                if (space.f_bfree < space.f_blocks)
                        ret[n].used = (uint64_t)(space.f_blocks - space.f_bfree) * space.f_frsize;
                ret[n].free = (uint64_t)space.f_bavail * space.f_frsize;
                n++;
        }
        return n;
}

/* Opens a directory in a directory, making it (0700) when asked to; never through a symbolic link, and only one that is
 * the user's own and closed to others' writing. */
static int step_into(int fd, const char *name, bool make)
{
        struct stat st;
        int next;

        if (make && mkdirat(fd, name, 0700) < 0 && errno != EEXIST)
                return -1;
        next = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next >= 0 && (fstat(next, &st) < 0 || st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))) {
                close(next);
                return -1;
        }
        return next;
}

/* The selection is the administrator's, not the looked-at system's: looking at a root leaves nothing in it. */
static int roots_base(void)
{
        const struct rv_paths *paths = rv_paths_find();

        return open(paths->build_tree ? paths->cache : "/var/lib", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Root keeps nothing in a home that sudo may have left it: that would be another user's directory. */
static int base_directory(bool make, const char **ret_rest)
{
        const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

        if (geteuid() == 0) {
                *ret_rest = "reeve/ui";
                return roots_base();
        }
        *ret_rest = "reeve/ui";
        if (state && *state == '/') {
                if (make)
                        (void)mkdir(state, 0700);
                return open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        }
        *ret_rest = ".local/state/reeve/ui";
        return home && *home == '/' ? open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
}

/* Each step is opened from the one before and never through a link, so nothing outside can be hit. */
int host_state(bool make)
{
        const char *rest = NULL;
        int fd = base_directory(make, &rest), next;
        char name[32];
        size_t n;

        while (fd >= 0 && *rest) {
                n = strcspn(rest, "/");
                memcpy(name, rest, n);
                name[n] = '\0';
                next = step_into(fd, name, make);
                close(fd);
                fd = next;
                rest += n + (rest[n] == '/');
        }
        return fd < 0 ? -1 : fd;
}
