/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The distributions of one environment. */
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "plugins/sandboxes/check.h"
#include "plugins/sandboxes/metadata.h"
#include "plugins/sandboxes/views.h"

enum { METADATA_LIMIT = 4 << 20, INSTALLER_LIMIT = 4096 };

/* What is missing is empty; what cannot be read is warned of at the end and empty too. */
static int read_text(struct scan *scan, const char *path, size_t limit, struct rv_buf *ret, struct rv_err *err)
{
        RV_ERR_CLEANUP struct rv_err why = { 0 };
        int r = path ? scan_depends(scan, path, err) : rv_fail_memory(err);

        if (r)
                return r;
        r = rv_file_read(scan->root, path, limit, ret, &why);
        if (r)
                scan_unread(scan, r, path);
        return RV_OK;
}

static int read_metadata(struct scan *scan, const struct env *env, const struct dist *dist, struct metadata *ret,
                         struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct metadata fallback;
        int r = read_text(scan, dist_file(scan, env, dist, dist->egg ? "PKG-INFO" : "METADATA"), METADATA_LIMIT, &text,
                          err);

        if (r)
                return r;
        if (!metadata_parse(rv_buf_str(&text), text.size, &scan->arena, ret) ||
            !metadata_from_name(dist->directory, &scan->arena, &fallback))
                return rv_fail_memory(err);
        if (!ret->name)
                ret->name = fallback.name;
        if (!ret->version)
                ret->version = fallback.version;
        return RV_OK;
}

static int put_installer(struct scan *scan, const struct env *env, const struct dist *dist, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        char *path = dist_file(scan, env, dist, "INSTALLER"), *requested = dist_file(scan, env, dist, "REQUESTED");
        struct stat st;
        int r = dist->is_file ? RV_OK : read_text(scan, path, INSTALLER_LIMIT, &text, err);

        if (!r)
                r = requested ? scan_depends(scan, requested, err) : rv_fail_memory(err);
        if (r)
                return r;
        if (text.size)
                rv_put_text(scan->sink, PACKAGES_INSTALLER, text.data, strcspn(text.data, "\r\n"));
        /* Only installers that leave their name know what was asked for. */
        if (text.size)
                rv_put_int(scan->sink, PACKAGES_REQUESTED, scan_stat(scan, requested, &st) == 0);
        return RV_OK;
}

/* The same check as the whole environment's, with a list of one. */
static int put_record(struct scan *scan, const struct env *env, const struct dist_list *one, struct rv_err *err)
{
        CHECK_CLEANUP struct check check;
        int64_t size = 0;
        size_t i;
        int r;

        check_start(&check, scan, env, one);
        r = check_records(&check, err);
        if (r)
                return r;
        rv_put_int(scan->sink, PACKAGES_TRUST, check_hashed(&check) ? TRUST_HASHED : TRUST_NONE);
        /* Without a RECORD neither number is known, which is not the same as none. */
        if (check.unlisted)
                return RV_OK;
        for (i = 0; i < check.n; i++)
                /* The sizes are whatever somebody wrote: a sum that overflows is no size. */
                if (check.files[i].recorded > 0 && __builtin_add_overflow(size, check.files[i].recorded, &size))
                        return RV_OK;
        rv_put_int(scan->sink, PACKAGES_FILES, (int64_t)check.n);
        rv_put_int(scan->sink, PACKAGES_SIZE, size);
        return RV_OK;
}

static void put_text(struct rv_sink *sink, unsigned column, const char *text)
{
        if (text && *text)
                rv_put_text(sink, column, text, strlen(text));
}

/* A distribution whose METADATA is missing or senseless is listed all the same, by its directory's name. */
static int put_package(struct scan *scan, const struct env *env, struct dist *dist, struct rv_err *err)
{
        const struct dist_list one = { dist, 1 };
        struct metadata metadata = { 0 };
        int r = read_metadata(scan, env, dist, &metadata, err);

        if (!r)
                r = rv_row_begin(scan->sink, 0);
        if (r)
                return r;
        rv_put_text(scan->sink, PACKAGES_NAME, metadata.name, strlen(metadata.name));
        put_text(scan->sink, PACKAGES_VERSION, metadata.version);
        put_text(scan->sink, PACKAGES_LICENSE, metadata.license);
        put_text(scan->sink, PACKAGES_SUMMARY, metadata.summary);
        r = put_installer(scan, env, dist, err);
        return r ? r : put_record(scan, env, &one, err);
}

int fill_packages(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        SCAN_CLEANUP struct scan scan;
        struct dist_list dists;
        struct env env;
        size_t i;
        int r;

        scan_start(&scan, query, sink);
        r = env_named(&scan, rv_arg(query, "id", 0), &env, err);
        if (!r)
                r = env_dists(&scan, &env, &dists, err);
        for (i = 0; !r && i < dists.n; i++)
                r = put_package(&scan, &env, &dists.dists[i], err);
        scan_warn(&scan);
        return r;
}
