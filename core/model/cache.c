/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cache files: never changed in place, never followed through a link, only read when they are the caller's own, or
 * root's where root left them for everybody. */
#include "core/model/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/base/time.h"
#include "core/model/config.h"

#define SIZE_LIMIT ((off_t)1 << 30)
enum { FORGET_S = 30 * 24 * 3600 };
static const char HOST[] = "host"; /* the running system's directory */

static bool is_of(int fd, mode_t type, uid_t owner)
{
        struct stat st;

        return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type && st.st_uid == owner &&
               !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* Opens one more level of this owner's; the parent is closed. */
static int descend(int parent, const char *name, uid_t owner)
{
        int fd;

        if (parent < 0)
                return -1;
        fd = openat(parent, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        rv_close(&parent);
        if (fd >= 0 && !is_of(fd, S_IFDIR, owner)) {
                rv_log("cache", "%s is another user's, or others can write it: not used", name);
                rv_close(&fd);
        }
        return fd;
}

/* The same, made if need be. A mode that an administrator gave it later stays. */
static int descend_making(int parent, const char *name, mode_t mode)
{
        const bool made = parent >= 0 && mkdirat(parent, name, 0700) == 0;
        int fd = descend(parent, name, geteuid());

        /* After the umask, which may be root's for other reasons; of what was opened and looked at, never by its name.
         */
        if (fd >= 0 && made && mode != 0700)
                (void)!fchmod(fd, mode);
        return fd;
}

static int open_roots_base(void)
{
        const struct rv_paths *paths = rv_paths_find();

        if (paths->build_tree)
                (void)mkdir(paths->cache, 0755);
        /* A link in its place could have root write wherever it points. */
        return descend_making(open(paths->cache, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), "reeve", 0755);
}

int rv_cache_open_shared(const struct rv_root *root)
{
        if (geteuid() == 0 || root->foreign)
                return -1;
        return descend(descend(open(rv_paths_find()->cache, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), "reeve", 0),
                       HOST, 0);
}

static int open_base(void)
{
        const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

        if (geteuid() == 0)
                return open_roots_base();
        if (cache && cache[0] == '/') {
                (void)mkdir(cache, 0700);
                return descend_making(open(cache, O_PATH | O_DIRECTORY | O_CLOEXEC), "reeve", 0700);
        }
        if (!home || home[0] != '/')
                return -1;
        return descend_making(descend_making(open(home, O_PATH | O_DIRECTORY | O_CLOEXEC), ".cache", 0700), "reeve",
                              0700);
}

static void remove_root(int base, const char *name)
{
        int fd = openat(base, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        DIR *dir = fd < 0 ? NULL : fdopendir(fd);
        struct dirent *file;

        if (!dir) {
                rv_close(&fd);
                return;
        }
        while ((file = readdir(dir)))
                (void)unlinkat(fd, file->d_name, 0);
        closedir(dir);
        (void)unlinkat(base, name, AT_REMOVEDIR);
}

/* Roots come and go (images, tests): when a new one is met, those not looked at for a month are forgotten. */
static void forget_old_roots(int base)
{
        int fd = openat(base, ".", O_DIRECTORY | O_CLOEXEC);
        DIR *dir = fd < 0 ? NULL : fdopendir(fd);
        struct dirent *entry;
        struct stat st;

        if (!dir) {
                rv_close(&fd);
                return;
        }
        while ((entry = readdir(dir)))
                if (strncmp(entry->d_name, "root-", 5) == 0 &&
                    fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) &&
                    st.st_mtime < rv_now() - FORGET_S)
                        remove_root(fd, entry->d_name);
        closedir(dir);
}

int rv_cache_open(const struct rv_root *root)
{
        char name[64];
        int base;

        if (root->foreign)
                (void)snprintf(name, sizeof name, "root-%llx-%llx", (unsigned long long)root->dev,
                               (unsigned long long)root->ino);
        else
                (void)snprintf(name, sizeof name, "%s", HOST);
        base = open_base();
        if (base >= 0 && root->foreign && faccessat(base, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
                forget_old_roots(base);
        return descend_making(base, name, root->foreign || geteuid() != 0 ? 0700 : 0755);
}

/* Configuration is among what an answer depends on, and is not known yet when the answer is looked for. */
static bool names_answer(const char *option)
{
        return !rv_config_option(option);
}

static void file_name(char out[256], const char *plugin, const char *view, const struct rv_query *query)
{
        RV_BUF_CLEANUP struct rv_buf canonical = { 0 };

        rv_query_canonical(query, names_answer, &canonical);
        (void)snprintf(out, 256, "%.64s.%.64s.%016llx", plugin, view,
                       (unsigned long long)rv_hash(RV_HASH_START, rv_buf_str(&canonical), canonical.size));
}

/* Cache files are not synced: that would cost more than making some of them again. So a file of an earlier boot, which
 * a power cut may have left with holes, is read whole and held against its checksum. */
struct trailer {
        uint64_t boot, body;
};

/* 0 when the kernel does not say which boot this is. */
static uint64_t this_boot(void)
{
        char id[RV_BOOT_ID];

        rv_boot_id(id);
        return id[0] ? rv_hash(RV_HASH_START, id, strlen(id)) : 0;
}

/* FNV-1a by words: the files are megabytes. */
static uint64_t body_hash(const unsigned char *block, size_t size)
{
        uint64_t hash = RV_HASH_START, word;
        size_t at;

        for (at = 0; size - at >= sizeof word; at += sizeof word) {
                memcpy(&word, block + at, sizeof word);
                hash = (hash ^ word) * 0x100000001b3u;
                hash ^= hash >> 32;
        }
        return rv_hash(hash, block + at, size - at);
}

static bool body_sound(int fd, const unsigned char *block, size_t size)
{
        struct trailer trailer;

        if (pread(fd, &trailer, sizeof trailer, (off_t)size) != sizeof trailer)
                return false;
        return (trailer.boot && trailer.boot == this_boot()) || trailer.body == body_hash(block, size);
}

struct rv_snapshot *rv_cache_get(int cache_fd, uid_t owner, const char *plugin, const char *view,
                                 const struct rv_query *query)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_FD_CLEANUP int fd = -1;
        struct rv_snapshot *snapshot;
        char name[256];
        struct stat st;
        size_t size;
        void *block;

        if (cache_fd < 0)
                return NULL;
        file_name(name, plugin, view, query);
        fd = openat(cache_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0 || !is_of(fd, S_IFREG, owner) || fstat(fd, &st) < 0 || st.st_size <= (off_t)sizeof(struct trailer) ||
            st.st_size > SIZE_LIMIT)
                return NULL;
        size = (size_t)st.st_size - sizeof(struct trailer);
        block = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (block == MAP_FAILED)
                return NULL;
        if (body_sound(fd, block, size) && rv_snapshot_open(block, size, true, &snapshot, &err) == RV_OK)
                return snapshot;
        munmap(block, size);
        rv_log("cache", "%s is damaged or of another version", name);
        if (owner == geteuid())
                (void)unlinkat(cache_fd, name, 0);
        return NULL;
}

void rv_cache_put(int cache_fd, const char *plugin, const char *view, const struct rv_query *query,
                  const struct rv_snapshot *snapshot, bool shared)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf file = { 0 };
        struct trailer trailer;
        const void *block;
        char name[256];
        size_t size;

        if (cache_fd < 0)
                return;
        block = rv_snapshot_block(snapshot, &size);
        trailer = (struct trailer){ .boot = this_boot(), .body = body_hash(block, size) };
        rv_buf_add(&file, block, size);
        rv_buf_add(&file, &trailer, sizeof trailer);
        file_name(name, plugin, view, query);
        if (file.failed || rv_file_replace(cache_fd, name, file.data, file.size, shared ? 0644 : 0600, &err))
                rv_log("cache", "%s could not be written", name);
}

int rv_cache_fd(const struct rv_query *query, int of_root)
{
        const struct rv_root *root = rv_query_root(query);
        int path = of_root ? rv_cache_open_shared(root) : rv_cache_open(root), fd;

        if (path < 0)
                return -1;
        fd = openat(path, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        rv_close(&path);
        return fd;
}
