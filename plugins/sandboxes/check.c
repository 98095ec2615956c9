/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Comparing what RECORDs claim with the files that are there: cheap tests first, contents last and only when asked. */
#include "plugins/sandboxes/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "plugins/sandboxes/hashing.h"

void check_start(struct check *check, struct scan *scan, const struct env *env, const struct dist_list *dists)
{
        *check = (struct check){ .scan = scan, .env = env, .dists = dists };
}

void check_free(struct check *check)
{
        free(check->files);
        free(check->added);
        hashing_free(check->hashing);
}

/* Python's own: "NAME.cpython-311.pyc" in a directory __pycache__. */
bool check_is_compiled(const char *path)
{
        const char *slash = strrchr(path, '/');
        static const char cache[] = "__pycache__";
        size_t n = sizeof cache - 1, before = slash ? (size_t)(slash - path) : 0;

        return scan_ends(path, ".pyc") && before >= n && memcmp(slash - n, cache, n) == 0 &&
               (before == n || slash[-(ptrdiff_t)n - 1] == '/');
}

struct file *check_add(struct file **files, size_t *n, size_t *room)
{
        size_t wanted = *room ? *room * 2 : 256;
        struct file *more;

        if (*n == *room) {
                more = reallocarray(*files, wanted, sizeof **files);
                if (!more)
                        return NULL;
                *files = more;
                *room = wanted;
        }
        return &(*files)[(*n)++];
}

int check_by_path(const void *a, const void *b)
{
        const struct file *one = a, *other = b;
        int order = strcmp(one->path, other->path);

        return order ? order : (one->dist > other->dist) - (one->dist < other->dist);
}

/* A file that was not met on the way: it is gone, or reached through a link, which may lead anywhere inside the root.
 */
static enum file_state find_file(struct check *check, struct file *file, const char *whole)
{
        struct stat st;
        int r = scan_stat(check->scan, whole, &st);

        /* A link that leads nowhere, or out of the root and so nowhere, is a file that is not there. */
        if (r == -ENOENT)
                return FILE_MISSING;
        if (r == -EACCES)
                scan_unreadable(check->scan, r, whole);
        if (r < 0)
                return FILE_UNKNOWN;
        file->size = st.st_size;
        file->mtime = st.st_mtime;
        return S_ISREG(st.st_mode) ? FILE_OK : FILE_CHANGED;
}

static int check_one(struct check *check, struct file *file, bool hash, enum file_state *ret, struct rv_err *err)
{
        char *whole = scan_join(check->scan, check->env->path, file->path);
        enum file_state state = FILE_OK;
        int r = whole ? RV_OK : rv_fail_memory(err);

        /* What was met as a regular file is known already; a second look would cost as much as hashing a small file. */
        if (!r && !(file->seen && file->regular)) {
                if (!file->seen)
                        r = scan_depends(check->scan, whole, err);
                state = find_file(check, file, whole ? whole : "");
        }
        if (r || state != FILE_OK) {
                *ret = state;
                return r;
        }
        /* A size that differs settles it without reading. */
        if (file->recorded >= 0 && file->recorded != file->size)
                *ret = FILE_CHANGED;
        else if (file->exempt)
                *ret = FILE_OK;
        else if (!file->hash || !hash)
                *ret = FILE_UNKNOWN;
        else
                return hashing_compare(check, file, whole, ret, err);
        return RV_OK;
}

int check_file(struct check *check, size_t first, bool hash, size_t *ret_next, enum file_state *ret, struct rv_err *err)
{
        enum file_state best = FILE_MISSING, state = FILE_MISSING;
        size_t i;
        int r = RV_OK;

        /* Where two distributions claim one path, whichever came last wrote it: one claim that holds is enough. */
        for (i = first; i < check->n && strcmp(check->files[i].path, check->files[first].path) == 0; i++) {
                if (r || (i > first && best == FILE_OK))
                        continue;
                r = check_one(check, &check->files[i], hash, &state, err);
                if (i == first || state == FILE_OK || (state == FILE_UNKNOWN && best != FILE_OK))
                        best = state;
        }
        *ret_next = i;
        *ret = best;
        return r;
}

static void count(struct verdict *verdict, enum file_state state, const struct file *file)
{
        verdict->changed += state == FILE_CHANGED;
        verdict->missing += state == FILE_MISSING;
        verdict->added += state == FILE_ADDED;
        verdict->unknown += state == FILE_UNKNOWN;
        if ((state == FILE_CHANGED || state == FILE_ADDED) && file->mtime > verdict->since)
                verdict->since = file->mtime;
}

int check_all(struct check *check, int64_t budget, struct verdict *ret, struct rv_err *err)
{
        struct verdict verdict = { 0 };
        enum file_state state;
        size_t i, at;
        int r = RV_OK;

        for (i = 0; i < check->n && !r;) {
                /* The budget counts what would have been read too: what is beyond it is beyond it on each run. */
                at = i;
                r = check_file(check, at, check->files[at].size <= budget, &i, &state, err);
                if (check->files[at].size > 0)
                        budget -= check->files[at].size;
                if (!r)
                        count(&verdict, state, &check->files[at]);
        }
        /* Next to a distribution that lists no files, what is nobody's may well be its own. */
        for (i = 0; i < check->n_added; i++)
                count(&verdict, check->unlisted ? FILE_UNKNOWN : FILE_ADDED, &check->added[i]);
        verdict.unknown += check->unlisted + check->unhashed;
        *ret = verdict;
        return r;
}
