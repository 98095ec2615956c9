/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What RECORDs claim: each row becomes a file of the check, once its path is known to lie in the environment. Rows that
 * make no sense are counted, so that an environment with such rows is never said to be whole. */
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "plugins/sandboxes/check.h"

enum { RECORD_LIMIT = 32 << 20, MAX_FILES = 500000 };

/* What cannot hold its own hash, or is written after RECORD was. */
static bool is_exempt(const char *path)
{
        return scan_ends(path, ".dist-info/RECORD") || scan_ends(path, ".dist-info/RECORD.jws") ||
               scan_ends(path, ".dist-info/RECORD.p7s");
}

/* Paths and digests move into the arena; the RECORD's own text is dropped once it was read. */
static int add_row(struct check *check, const struct dist *dist, const char *path, const struct record_row *row,
                   struct rv_err *err)
{
        struct file *file;
        struct rv_digest *digest = NULL;
        char *copy;

        /* RECORD lists those without a hash; Python writes and drops them as it likes. */
        if (check_is_compiled(path))
                return RV_OK;
        /* Both names of lib64 become the one that the way through the environment meets. */
        copy = rv_arena_strdup(&check->scan->arena, path);
        if (copy && check->env->lib64_is_lib && strncmp(copy, "lib64/", 6) == 0)
                memmove(copy + 3, copy + 5, strlen(copy + 5) + 1);
        if (row->hash) {
                digest = rv_arena_alloc(&check->scan->arena, sizeof *digest);
                if (digest)
                        *digest = row->digest;
        }
        if (!copy || (row->hash && !digest))
                return rv_fail_memory(err);
        file = check_add(&check->files, &check->n, &check->room);
        if (!file)
                return rv_fail_memory(err);
        *file = (struct file){ .path = copy,
                               .dist = dist,
                               .digest = digest,
                               .hash = row->hash,
                               .exempt = is_exempt(copy),
                               .recorded = row->size,
                               .size = -1 };
        if (!file->hash && !file->exempt)
                check->unhashed++;
        return RV_OK;
}

struct oddities { /* of one RECORD */
        bool damaged, outside;
};

static int read_row(struct check *check, const struct dist *dist, const struct record_row *row, struct rv_buf *path,
                    struct oddities *oddities, struct rv_err *err)
{
        if (!record_path(dist->site, row->path, row->path_len, path)) {
                oddities->outside = true;
                check->unhashed++;
                return path->failed ? rv_fail_memory(err) : RV_OK;
        }
        /* The bound is for memory: no honest environment comes near it. */
        if (check->n < MAX_FILES)
                return add_row(check, dist, rv_buf_str(path), row, err);
        oddities->damaged = true;
        check->unhashed++;
        return RV_OK;
}

static int read_rows(struct check *check, const struct dist *dist, const char *name, const struct rv_buf *text,
                     struct rv_err *err)
{
        RECORD_CLEANUP struct record record;
        RV_BUF_CLEANUP struct rv_buf path = { 0 };
        struct oddities oddities = { 0 };
        struct record_row row;
        enum record_next next;
        int r = RV_OK;

        record_start(&record, rv_buf_str(text), text->size);
        while (!r && (next = record_next(&record, &row)) != RECORD_END) {
                if (next == RECORD_ROW) {
                        r = read_row(check, dist, &row, &path, &oddities, err);
                        continue;
                }
                oddities.damaged = true;
                check->unhashed++;
                if (record.unquoted.failed)
                        r = rv_fail_memory(err);
        }
        if (oddities.damaged)
                scan_skip(check->scan, &check->scan->damaged, name);
        if (oddities.outside)
                scan_skip(check->scan, &check->scan->outside, name);
        return r;
}

/* A RECORD that is missing, unreadable or too large leaves the distribution unlisted: its files are nobody's, and the
 * environment cannot be said to be whole. RECORD itself counts as listed, although some installers leave it out. */
static int read_record(struct check *check, const struct dist *dist, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        RV_ERR_CLEANUP struct rv_err why = { 0 };
        static const struct record_row itself = { .size = -1 };
        char *path = dist_file(check->scan, check->env, dist, "RECORD");
        int r = path ? RV_OK : rv_fail_memory(err);

        if (!r && !dist->egg) {
                r = scan_depends(check->scan, path, err);
                if (r)
                        return r;
                r = rv_file_read(check->scan->root, path, RECORD_LIMIT, &text, &why);
                if (!r)
                        r = read_rows(check, dist, path, &text, err);
                else
                        scan_unread(check->scan, r, path);
                if (!why.code)
                        return r ? r : add_row(check, dist, path + strlen(check->env->path) + 1, &itself, err);
                r = RV_OK;
        }
        check->unlisted++;
        return r;
}

int check_records(struct check *check, struct rv_err *err)
{
        size_t i;
        int r = RV_OK;

        for (i = 0; i < check->dists->n && !r; i++)
                r = read_record(check, &check->dists->dists[i], err);
        if (check->n)
                qsort(check->files, check->n, sizeof *check->files, check_by_path);
        return r;
}

/* No distribution at all is nothing that was proved. */
bool check_hashed(const struct check *check)
{
        return check->dists->n && !check->unlisted && !check->unhashed;
}
