/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bookkeeping of a look at the environments: stamps, directories visited, and what was left out. */
#include "plugins/sandboxes/scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/time.h"

/* Looking at so many files again takes some 40 ms, as long as hashing a small environment. */
enum { MAX_STAMPS = 16384 };

void scan_start(struct scan *scan, const struct rv_query *query, struct rv_sink *sink)
{
        *scan = (struct scan){ .root = rv_root_fd(query), .query = query, .sink = sink };
}

void scan_free(struct scan *scan)
{
        rv_arena_free(&scan->arena);
        free(scan->seen);
}

int scan_depends(struct scan *scan, const char *path, struct rv_err *err)
{
        int r;

        /* Said once, at the first file that is not watched: from there on the answer could not be known to be stale. */
        if (scan->stamps == MAX_STAMPS)
                rv_expires(scan->sink, scan->lifetime ? rv_now() + scan->lifetime : 0);
        if (scan->stamps++ >= MAX_STAMPS)
                return RV_OK;
        r = rv_depends(scan->sink, scan->root, path);
        return r ? rv_fail(err, r, N_("%1: cannot be watched for changes"), NULL, path, NULL) : RV_OK;
}

/* Kept at most half full, so that a look-up ends soon. */
static bool grow_seen(struct scan *scan)
{
        size_t room = scan->room_seen ? scan->room_seen * 2 : 1024, i, at;
        struct scan_place *seen = calloc(room, sizeof *seen);

        if (!seen)
                return false;
        for (i = 0; i < scan->room_seen; i++) {
                if (!scan->seen[i].ino)
                        continue;
                at = (size_t)rv_hash(RV_HASH_START, &scan->seen[i], sizeof *seen) & (room - 1);
                while (seen[at].ino)
                        at = (at + 1) & (room - 1);
                seen[at] = scan->seen[i];
        }
        free(scan->seen);
        scan->seen = seen;
        scan->room_seen = room;
        return true;
}

bool scan_visited(struct scan *scan, uint64_t dev, uint64_t ino)
{
        struct scan_place wanted = { dev, ino };
        size_t at;

        if (scan->n_seen * 2 >= scan->room_seen && !grow_seen(scan))
                return true;
        at = (size_t)rv_hash(RV_HASH_START, &wanted, sizeof wanted) & (scan->room_seen - 1);
        for (; scan->seen[at].ino; at = (at + 1) & (scan->room_seen - 1))
                if (scan->seen[at].dev == dev && scan->seen[at].ino == ino)
                        return true;
        scan->seen[at] = wanted;
        scan->n_seen++;
        return false;
}

void scan_forget(struct scan *scan)
{
        if (scan->n_seen)
                memset(scan->seen, 0, scan->room_seen * sizeof *scan->seen);
        scan->n_seen = 0;
}

void scan_skip(struct scan *scan, struct scan_skipped *skipped, const char *path)
{
        if (skipped->n++ == 0)
                skipped->first = rv_arena_strdup(&scan->arena, path);
}

void scan_unreadable(struct scan *scan, int number, const char *path)
{
        /* What is not there, or went while we looked, is nothing to warn of. */
        if (number == -ENOENT || number == -ENOTDIR)
                return;
        scan_skip(scan, number == -EACCES || number == -EPERM ? &scan->denied : &scan->failed, path);
}

int scan_stat(struct scan *scan, const char *path, struct stat *ret)
{
        int r = rv_stat_in_root(scan->root, path, ret);

        switch (r) {
        case -ENOTDIR:
        case -ELOOP:
                return -ENOENT;
        case -EPERM:
                return -EACCES;
        case 0:
        case -ENOENT:
        case -EACCES:
                return r;
        default:
                scan_unreadable(scan, r, path);
                return r;
        }
}

void scan_unread(struct scan *scan, int code, const char *path)
{
        if (code != RV_NOTFOUND)
                scan_skip(scan,
                          code == RV_DENIED    ? &scan->denied
                          : code == RV_DAMAGED ? &scan->damaged
                                               : &scan->failed,
                          path);
}

/* One line for each sort, whatever their number: a tree that may not be read has thousands of places. */
static void warn(struct scan *scan, const struct scan_skipped *skipped, int code, const char *msgid)
{
        char n[32];

        if (!skipped->n)
                return;
        (void)snprintf(n, sizeof n, "%zu", skipped->n);
        rv_warn(scan->sink, code, msgid, n, skipped->first ? skipped->first : "", NULL);
}

void scan_warn(struct scan *scan)
{
        warn(scan, &scan->denied, RV_DENIED,
             NP_("%1 place may not be read: %2", "%1 places may not be read, the first is %2"));
        warn(scan, &scan->failed, RV_FAILED,
             NP_("%1 place cannot be read: %2", "%1 places cannot be read, the first is %2"));
        warn(scan, &scan->damaged, RV_DAMAGED,
             NP_("%1 file makes no sense: %2", "%1 files make no sense, the first is %2"));
        warn(scan, &scan->outside, RV_DAMAGED,
             NP_("%1 list of installed files names files outside its environment: %2",
                 "%1 lists of installed files name files outside their environments, the first is %2"));
        if (scan->cut)
                rv_warn(scan->sink, RV_PARTIAL, N_("there are too many directories to search: some were left out"),
                        NULL);
}

bool scan_ends(const char *s, const char *with)
{
        size_t n = strlen(s), m = strlen(with);

        return n > m && strcmp(s + n - m, with) == 0;
}

char *scan_join(struct scan *scan, const char *directory, const char *name)
{
        size_t a = strlen(directory), size = a + strlen(name) + 2;
        char *path = rv_arena_alloc(&scan->arena, size);

        if (path)
                (void)snprintf(path, size, "%s%s%s", directory, a && directory[a - 1] != '/' ? "/" : "", name);
        return path;
}
