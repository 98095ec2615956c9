/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sorted array of keys, and a file of the same keys, each ended by NUL. */
#include "tui/curses/picks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/model/load.h"
#include "tui/curses/host.h"

enum { FILE_LIMIT = 16 * 1024 * 1024 };

/* Where a key stands or would stand. */
static size_t place_in(const struct picks *picks, const char *key, bool *ret_there)
{
        size_t low = 0, high = picks->n, middle;
        int order;

        *ret_there = false;
        while (low < high) {
                middle = low + (high - low) / 2;
                order = strcmp(picks->keys[middle], key);
                if (order == 0) {
                        *ret_there = true;
                        return middle;
                }
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

bool picks_has(const struct picks *picks, const char *key)
{
        bool there;

        (void)place_in(picks, key, &there);
        return there;
}

static bool make_room(struct picks *picks, size_t more)
{
        size_t room = picks->room ? picks->room : 16;
        char **keys;

        while (room < picks->n + more)
                room *= 2;
        if (room == picks->room)
                return true;
        keys = reallocarray(picks->keys, room, sizeof *keys);
        if (!keys)
                return false;
        picks->keys = keys;
        picks->room = room;
        return true;
}

static void insert(struct picks *picks, size_t at, const char *key)
{
        char *copy = make_room(picks, 1) ? strdup(key) : NULL;

        if (!copy)
                return;
        memmove(&picks->keys[at + 1], &picks->keys[at], (picks->n - at) * sizeof *picks->keys);
        picks->keys[at] = copy;
        picks->n++;
}

static int by_bytes(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted once at the end: inserting 60,000 keys one by one would take seconds. */
static void add_all(struct picks *picks, picks_key *key, const void *user, size_t n)
{
        const struct picks before = *picks;
        char *copy;
        size_t i;

        if (!make_room(picks, n))
                return;
        for (i = 0; i < n; i++) {
                const struct picks known = { .keys = picks->keys, .n = before.n };

                copy = picks_has(&known, key(user, i)) ? NULL : strdup(key(user, i));
                if (copy)
                        picks->keys[picks->n++] = copy;
        }
        qsort(picks->keys, picks->n, sizeof *picks->keys, by_bytes);
}

/* One pass at the end, for the same reason. */
static void remove_all(struct picks *picks, picks_key *key, const void *user, size_t n)
{
        bool *gone = calloc(picks->n ? picks->n : 1, sizeof *gone), there;
        size_t i, at, kept = 0;

        for (i = 0; gone && i < n; i++) {
                at = place_in(picks, key(user, i), &there);
                if (there)
                        gone[at] = true;
        }
        for (i = 0; gone && i < picks->n; i++) {
                if (gone[i])
                        free(picks->keys[i]);
                else
                        picks->keys[kept++] = picks->keys[i];
        }
        if (gone)
                picks->n = kept;
        free(gone);
}

void picks_set(struct picks *picks, picks_key *key, const void *user, size_t n, bool on)
{
        if (on)
                add_all(picks, key, user, n);
        else
                remove_all(picks, key, user, n);
}

void picks_toggle(struct picks *picks, const char *key)
{
        bool there;
        size_t at = place_in(picks, key, &there);

        if (!there) {
                insert(picks, at, key);
                return;
        }
        free(picks->keys[at]);
        memmove(&picks->keys[at], &picks->keys[at + 1], (picks->n - at - 1) * sizeof *picks->keys);
        picks->n--;
}

void picks_clear(struct picks *picks)
{
        while (picks->n)
                free(picks->keys[--picks->n]);
}

void picks_free(struct picks *picks)
{
        picks_clear(picks);
        free(picks->keys);
        *picks = (struct picks){ 0 };
}

/* Whatever is wrong with the file: nothing is selected then, which harms nobody. */
void picks_open(struct picks *picks, const struct rv_host *host, const char *plugin, const char *view, const char *word)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf file = { 0 };
        RV_FD_CLEANUP int directory = host_state(false), fd = -1;
        uint64_t root = rv_hash(RV_HASH_START, &host->root.dev, sizeof host->root.dev);
        const char *key;

        root = rv_hash(root, &host->root.ino, sizeof host->root.ino);
        root = rv_hash(root, word ? word : "", word ? strlen(word) : 0);
        if ((size_t)snprintf(picks->name, sizeof picks->name, "selected-%s-%s-%016llx", plugin, view,
                             (unsigned long long)root) >= sizeof picks->name)
                picks->name[0] = '\0';
        if (directory < 0 || !picks->name[0])
                return;
        fd = rv_open_in_root(directory, picks->name, 0);
        if (fd < 0 || rv_file_read_fd(fd, picks->name, FILE_LIMIT, &file, &err) || file.size == 0 ||
            file.data[file.size - 1] != '\0')
                return;
        for (key = file.data; key < file.data + file.size; key += strlen(key) + 1)
                if (!picks_has(picks, key))
                        picks_toggle(picks, key);
}

/* No selection, no file. */
int picks_keep(const struct picks *picks, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf file = { 0 };
        RV_FD_CLEANUP int directory = host_state(picks->n > 0);
        size_t i;

        if (!picks->name[0] || (directory < 0 && picks->n == 0))
                return RV_OK;
        if (directory < 0)
                return rv_fail(err, RV_FAILED, N_("the selection cannot be kept: there is no place for it"), NULL,
                               NULL);
        if (picks->n == 0)
                return unlinkat(directory, picks->name, 0) < 0 && errno != ENOENT
                               ? rv_fail_errno(err, errno, N_("%1: cannot be removed: %2"), picks->name)
                               : RV_OK;
        for (i = 0; i < picks->n; i++)
                rv_buf_add(&file, picks->keys[i], strlen(picks->keys[i]) + 1);
        return file.failed ? rv_fail_memory(err)
                           : rv_file_replace(directory, picks->name, file.data, file.size, 0600, err);
}

void picks_forget(const char *name)
{
        RV_FD_CLEANUP int directory = host_state(false);

        if (directory >= 0 && *name)
                (void)unlinkat(directory, name, 0);
}
