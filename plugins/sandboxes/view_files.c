/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of one environment: those that its RECORDs name and those that nobody installed, in one order. */
#include <string.h>

#include "plugins/sandboxes/check.h"
#include "plugins/sandboxes/views.h"

/* A file that is missing has no size, and one that nobody owns no package. */
static int put_file(struct scan *scan, const struct file *file, enum file_state state)
{
        int r = rv_row_begin(scan->sink, 0);

        if (r)
                return r;
        rv_put_text(scan->sink, FILES_PATH, file->path, strlen(file->path));
        if (state != FILE_UNKNOWN)
                rv_put_int(scan->sink, FILES_STATE, state);
        if (file->size >= 0 && state != FILE_MISSING)
                rv_put_int(scan->sink, FILES_SIZE, file->size);
        if (file->dist)
                rv_put_text(scan->sink, FILES_PACKAGE, file->dist->directory, strcspn(file->dist->directory, "-"));
        return RV_OK;
}

/* Two sorted lists made one; files are hashed row by row, so that cancelling takes effect between two files. */
static int put_files(const struct rv_query *query, struct check *check, struct rv_err *err)
{
        bool hash = rv_wants(query, FILES_STATE);
        enum file_state state;
        size_t i = 0, at, added = 0;
        int r = RV_OK;

        while (!r && (i < check->n || added < check->n_added)) {
                if (i == check->n ||
                    (added < check->n_added && strcmp(check->added[added].path, check->files[i].path) < 0)) {
                        r = put_file(check->scan, &check->added[added++], FILE_ADDED);
                        continue;
                }
                at = i;
                r = check_file(check, at, hash, &i, &state, err);
                if (!r)
                        r = put_file(check->scan, &check->files[at], state);
        }
        return r;
}

int fill_files(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        SCAN_CLEANUP struct scan scan;
        CHECK_CLEANUP struct check check = { 0 };
        struct dist_list dists;
        struct env env;
        int r;

        scan_start(&scan, query, sink);
        r = env_named(&scan, rv_arg(query, "id", 0), &env, err);
        if (!r)
                r = env_dists(&scan, &env, &dists, err);
        if (r) {
                scan_warn(&scan);
                return r;
        }
        check_start(&check, &scan, &env, &dists);
        r = check_records(&check, err);
        if (!r)
                r = check_tree(&check, err);
        if (!r)
                r = put_files(query, &check, err);
        scan_warn(&scan);
        if (check.unlisted)
                rv_warn(sink, RV_OK, N_("some packages list no files: theirs are shown as added"), NULL);
        return r;
}
