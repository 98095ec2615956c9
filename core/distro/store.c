/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeping repositories. The state is a small text file that is replaced whole; generations are directories that nobody
 * changes once a state has named them, so a mapped file never goes away under its reader. */
#include "core/distro/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/conf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/hash.h"

enum { STATE_LIMIT = 64 << 10, NAME_PLAIN = 100 };
static const char STATE[] = "state", LOCK[] = "lock", REPOS[] = "repos";

struct rv_store {
        int fd, lock;
        uid_t owner;
        char name[128];
};

void rv_store_state_free(struct rv_store_state *state)
{
        rv_buf_free(&state->url);
        rv_buf_free(&state->etag);
        rv_buf_free(&state->modified);
        rv_buf_free(&state->revision);
        rv_buf_free(&state->trust);
        rv_buf_free(&state->signer);
}

void rv_store_name(const char *repo, char ret[128])
{
        static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
        size_t n = strlen(repo);

        if (n && n <= NAME_PLAIN && *repo != '.' && *repo != '-' && strspn(repo, plain) == n)
                (void)snprintf(ret, 128, "%s", repo);
        else
                (void)snprintf(ret, 128, "+%016" PRIx64 "%08" PRIx32, rv_hash(RV_HASH_START, repo, n),
                               rv_crc32(0, repo, n));
}

/* A directory of this owner's that nobody else can write. */
static int descend(int parent, const char *name, bool make, uid_t owner)
{
        struct stat st;
        int fd;

        if (make && mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
                return -1;
        fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0 && (fstat(fd, &st) < 0 || st.st_uid != owner || st.st_mode & (S_IWGRP | S_IWOTH))) {
                rv_close(&fd);
                errno = EACCES;
        }
        return fd;
}

static int take_lock(struct rv_store *store, struct rv_err *err)
{
        store->lock = openat(store->fd, LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (store->lock < 0)
                return rv_fail_errno(err, errno, N_("the cache of %1 cannot be locked: %2"), store->name);
        if (flock(store->lock, LOCK_EX | LOCK_NB) == 0)
                return RV_OK;
        return rv_fail(err, RV_LOCKED, N_("another refresh of %1 is under way"), N_("wait for it to end"), store->name,
                       NULL);
}

int rv_store_open(int cache_fd, const char *repo, bool make, struct rv_store **ret, struct rv_err *err)
{
        struct rv_store *store = calloc(1, sizeof *store);
        RV_FD_CLEANUP int repos = -1;
        struct stat st;
        int r = RV_OK;

        if (!store)
                return rv_fail_memory(err);
        store->fd = store->lock = -1;
        rv_store_name(repo, store->name);
        if (fstat(cache_fd, &st) == 0) {
                store->owner = st.st_uid;
                repos = descend(cache_fd, REPOS, make, store->owner);
                store->fd = repos < 0 ? -1 : descend(repos, store->name, make, store->owner);
        }
        if (store->fd < 0)
                r = rv_fail_errno(err, errno, N_("the cache of %1 cannot be opened: %2"), repo);
        else if (make)
                r = take_lock(store, err);
        if (r)
                rv_store_close(store);
        else
                *ret = store;
        return r;
}

void rv_store_close(struct rv_store *store)
{
        if (!store)
                return;
        rv_close(&store->lock);
        rv_close(&store->fd);
        free(store);
}

struct field {
        const char *key;
        struct rv_buf *text;
        int64_t *number;
};

enum { FIELDS = 10 };

static void fields_of(struct rv_store_state *state, struct field ret[FIELDS])
{
        const struct field fields[FIELDS] = {
                { "url", &state->url, NULL },
                { "etag", &state->etag, NULL },
                { "modified", &state->modified, NULL },
                { "revision", &state->revision, NULL },
                { "trust", &state->trust, NULL },
                { "signer", &state->signer, NULL },
                { "timestamp", NULL, &state->timestamp },
                { "refreshed_at", NULL, &state->refreshed_at },
                { "packages", NULL, &state->packages },
                { "files", NULL, &state->files },
        };

        memcpy(ret, fields, sizeof fields);
}

static bool is_generation(const char *s)
{
        return strlen(s) == RV_GENERATION - 1 && strspn(s, "0123456789abcdef") == RV_GENERATION - 1;
}

static void take_line(void *user, const struct rv_conf_line *line)
{
        struct rv_store_state *state = user;
        struct field fields[FIELDS];
        size_t i;

        if (line->wrong)
                return;
        if (strcmp(line->key, "generation") == 0 && is_generation(line->value))
                memcpy(state->generation, line->value, RV_GENERATION);
        fields_of(state, fields);
        for (i = 0; i < FIELDS; i++) {
                if (strcmp(line->key, fields[i].key) != 0)
                        continue;
                if (fields[i].number) {
                        *fields[i].number = strtoll(line->value, NULL, 10);
                } else {
                        rv_buf_clear(fields[i].text);
                        rv_buf_add_str(fields[i].text, line->value);
                }
        }
}

int rv_store_load(const struct rv_store *store, struct rv_store_state *ret, struct rv_err *err)
{
        struct rv_store_state state = { .timestamp = -1, .refreshed_at = -1, .packages = -1, .files = -1 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        RV_FD_CLEANUP int fd = openat(store->fd, STATE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        int r;

        if (fd < 0)
                return rv_fail_errno(err, errno, N_("the cache of %1 cannot be opened: %2"), store->name);
        r = rv_file_read_fd(fd, store->name, STATE_LIMIT, &text, err);
        if (r)
                return r;
        rv_conf_parse(text.data, text.size, take_line, &state);
        if (!*state.generation) {
                rv_store_state_free(&state);
                return rv_fail(err, RV_DAMAGED, N_("the cache of %1 is damaged"), N_("refresh it"), store->name, NULL);
        }
        *ret = state;
        return RV_OK;
}

int rv_store_begin(struct rv_store *store, const char *generation, int *ret_fd, struct rv_err *err)
{
        int fd;

        rv_remove_tree(store->fd, generation); /* what a refresh left that was cut off */
        fd = descend(store->fd, generation, true, store->owner);
        if (fd < 0)
                return rv_fail_errno(err, errno, N_("the cache of %1 cannot be written: %2"), store->name);
        *ret_fd = fd;
        return RV_OK;
}

static void forget_others(const struct rv_store *store, const char *generation)
{
        int fd = openat(store->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *dir = fd < 0 ? NULL : fdopendir(fd);
        struct dirent *entry;

        if (!dir) {
                rv_close(&fd);
                return;
        }
        while ((entry = readdir(dir)))
                if (is_generation(entry->d_name) && strcmp(entry->d_name, generation) != 0)
                        rv_remove_tree(store->fd, entry->d_name);
        closedir(dir);
}

/* A value is one line whatever a server said. */
static void put_text(struct rv_buf *out, const char *key, const struct rv_buf *text)
{
        size_t i;

        rv_buf_printf(out, "%s = ", key);
        for (i = 0; i < text->size; i++)
                rv_buf_add_char(out,
                                (unsigned char)text->data[i] < 0x20 || text->data[i] == 0x7f ? ' ' : text->data[i]);
        rv_buf_add_char(out, '\n');
}

int rv_store_commit(struct rv_store *store, const struct rv_store_state *state, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct field fields[FIELDS];
        size_t i;
        int r;

        fields_of((struct rv_store_state *)(uintptr_t)state, fields);
        rv_buf_printf(&text, "[repo]\ngeneration = %s\n", state->generation);
        for (i = 0; i < FIELDS; i++)
                if (fields[i].number)
                        rv_buf_printf(&text, "%s = %" PRId64 "\n", fields[i].key, *fields[i].number);
                else
                        put_text(&text, fields[i].key, fields[i].text);
        if (text.failed)
                return rv_fail_memory(err);
        r = rv_file_write(store->fd, STATE, text.data, text.size, 0644, err);
        if (!r)
                forget_others(store, state->generation);
        return r;
}

int rv_store_file(const struct rv_store *store, const struct rv_store_state *state, const char *name)
{
        RV_FD_CLEANUP int fd = descend(store->fd, state->generation, false, store->owner);
        struct stat st;
        int file;

        if (fd < 0)
                return -1;
        file = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (file >= 0 && (fstat(file, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != store->owner)) {
                rv_close(&file);
                errno = EACCES;
        }
        return file;
}
