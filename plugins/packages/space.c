/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What packages take of the disk: the largest ones, and the caches of package tools, which can be freed. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/time.h"
#include "plugins/packages/packages.h"

enum { LARGEST = 20, MAX_DEPTH = 8, MAX_ENTRIES = 200000, LOOK_AGAIN = 60 /* seconds */ };

struct large {
        uint64_t size;
        char key[256];
};

/* Keeps the list sorted, largest first. */
static void offer(struct large *list, size_t *n, uint64_t size, const char *key)
{
        size_t at = *n;

        while (at > 0 && list[at - 1].size < size)
                at--;
        if (at == LARGEST)
                return;
        if (*n < LARGEST)
                ++*n;
        memmove(&list[at + 1], &list[at], (*n - at - 1) * sizeof *list);
        list[at].size = size;
        (void)snprintf(list[at].key, sizeof list[at].key, "%s", key);
}

/* Sizes as the headers have them: what the files would take, without links shared or holes. */
static int put_largest(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        struct large list[LARGEST];
        uint64_t size;
        size_t n = 0, i;
        int r = rv_walk_open(query, sink, false, &walk, err);

        while (!r && !(r = rv_walk_next(&walk, err)) && walk.row.blob)
                if (walk.sound && (rv_rpm_int(&walk.header, RV_TAG_LONGSIZE, 0, &size) ||
                                   rv_rpm_int(&walk.header, RV_TAG_SIZE, 0, &size)))
                        offer(list, &n, size, rv_buf_str(&walk.key));
        for (i = 0; !r && i < n; i++) {
                r = rv_row_begin(sink, 0);
                if (r)
                        break;
                put_text(sink, RV_S_ID, list[i].key);
                rv_put_msg(sink, RV_S_WHAT, N_("package %1"), list[i].key, NULL);
                rv_put_int(sink, RV_S_SIZE, (int64_t)(list[i].size & INT64_MAX));
                rv_put_int(sink, RV_S_FREEABLE, 0);
        }
        return r;
}

/* Bytes that the files below a directory take; links are not followed. */
static uint64_t bytes_below(int fd, unsigned depth, unsigned *left)
{
        const struct dirent *entry;
        DIR *dir = fdopendir(fd);
        uint64_t sum = 0;
        struct stat st;

        if (!dir) {
                rv_close(&fd);
                return 0;
        }
        while (*left > 0 && (entry = readdir(dir))) {
                --*left;
                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                        continue;
                sum += (uint64_t)st.st_blocks * 512;
                if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH) {
                        int below = openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

                        if (below >= 0)
                                sum += bytes_below(below, depth + 1, left);
                }
        }
        (void)closedir(dir);
        return sum;
}

/* A cache that is absent or empty is no row. */
static int put_cache(struct rv_sink *sink, int root, const char *path, const char *tool)
{
        unsigned left = MAX_ENTRIES;
        uint64_t size;
        char shown[64];
        int fd, r;

        r = rv_depends(sink, root, path);
        if (r)
                return r;
        fd = rv_open_in_root(root, path, O_RDONLY | O_DIRECTORY);
        if (fd < 0)
                return RV_OK;
        size = bytes_below(fd, 0, &left);
        if (size == 0)
                return RV_OK;
        r = rv_row_begin(sink, 0);
        if (r)
                return r;
        (void)snprintf(shown, sizeof shown, "/%s", path);
        put_text(sink, RV_S_ID, path);
        rv_put_msg(sink, RV_S_WHAT, N_("cache of %1"), tool, NULL);
        put_text(sink, RV_S_PATH, shown);
        rv_put_int(sink, RV_S_SIZE, (int64_t)size);
        rv_put_int(sink, RV_S_FREEABLE, (int64_t)size);
        return RV_OK;
}

int space_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        static const char *const caches[][2] = { { "var/cache/libdnf5", "dnf5" },
                                                 { "var/cache/dnf", "dnf" },
                                                 { "var/cache/tdnf", "tdnf" },
                                                 { "var/cache/yum", "yum" },
                                                 { "var/cache/zypp", "zypper" } };
        int root = rv_root_fd(query), r = put_largest(query, sink, err);
        size_t i;

        for (i = 0; !r && i < sizeof caches / sizeof *caches; i++)
                r = put_cache(sink, root, caches[i][0], caches[i][1]);
        rv_expires(sink, rv_now() + LOOK_AGAIN); /* files deep in a cache come and go unseen */
        return r;
}
