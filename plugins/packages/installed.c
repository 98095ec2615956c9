/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The view "installed": one row a header, damaged ones too. */

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/evr.h"
#include "plugins/packages/metadata.h"
#include "plugins/packages/packages.h"

void put_text(struct rv_sink *sink, unsigned column, const char *text)
{
        if (text)
                rv_put_text(sink, column, text, strlen(text));
}

static void put_buf(struct rv_sink *sink, unsigned column, const struct rv_buf *buf)
{
        rv_put_text(sink, column, rv_buf_str(buf), buf->size);
}

static void put_number(struct rv_sink *sink, unsigned column, const struct rv_rpm_header *header, uint32_t tag)
{
        uint64_t value;

        if (rv_rpm_int(header, tag, 0, &value) && value <= INT64_MAX)
                rv_put_int(sink, column, (int64_t)value);
}

/* What a header has not is left null. repo, held and reason are: they need the package tool's own notes. */
static void put_header(struct rv_sink *sink, const struct rv_rpm_header *header, struct rv_buf *scratch)
{
        put_text(sink, I_NAME, rv_rpm_text(header, RV_TAG_NAME));
        rv_buf_clear(scratch);
        if (rv_rpm_evr(header, scratch))
                put_buf(sink, I_VERSION, scratch);
        put_text(sink, I_ARCH, rv_rpm_text(header, RV_TAG_ARCH));
        put_number(sink, I_SIZE, header, rv_rpm_count(header, RV_TAG_LONGSIZE) ? RV_TAG_LONGSIZE : RV_TAG_SIZE);
        put_number(sink, I_INSTALLED_AT, header, RV_TAG_INSTALLTIME);
        put_text(sink, I_SOURCE, rv_rpm_text(header, RV_TAG_SOURCERPM));
        put_text(sink, I_VENDOR, rv_rpm_text(header, RV_TAG_VENDOR));
        put_text(sink, I_LICENSE, rv_rpm_text(header, RV_TAG_LICENSE));
        put_text(sink, I_SUMMARY, rv_rpm_text(header, RV_TAG_SUMMARY));
}

/* The name of the signer that decided: of several signatures nearly all packages have one. */
static void put_verdict(struct rv_sink *sink, struct rv_walk *walk, struct rv_buf *scratch)
{
        struct rv_rpm_verdict verdict;
        enum rv_reason reason;

        rv_walk_judge(walk, &verdict);
        rv_put_int(sink, I_VERDICT, verdict.verdict);
        if (rv_walk_reason(walk, &verdict, &reason))
                rv_put_int(sink, I_WHY, reason);
        if (!verdict.decided)
                return;
        rv_buf_clear(scratch);
        rv_owner_name(verdict.decided->owner, scratch);
        put_buf(sink, I_SIGNER_NAME, scratch);
}

/* What the repositories have that is newer, by what was read of them last. */
static void put_update(struct rv_sink *sink, const struct metadata *metadata, const struct rv_rpm_header *header,
                       struct rv_buf *scratch)
{
        const char *name = rv_rpm_text(header, RV_TAG_NAME), *arch = rv_rpm_text(header, RV_TAG_ARCH);
        const struct metadata_repo *repo;
        struct rv_browse_package newest;
        int severity;

        rv_buf_clear(scratch);
        if (!name || !arch || !rv_rpm_evr(header, scratch) || !metadata_newest(metadata, name, arch, &newest, &repo) ||
            rv_evrcmp(newest.evr, strlen(newest.evr), rv_buf_str(scratch), scratch->size) <= 0)
                return;
        put_text(sink, I_UPDATE, newest.evr);
        severity = metadata_severity(repo, &newest, NULL);
        if (severity >= 0)
                rv_put_int(sink, I_UPDATE_SEVERITY, severity);
}

/* The row of the header that the walk stands at. */
static int put_package(struct rv_sink *sink, const struct metadata *metadata, struct rv_walk *walk, bool verdict,
                       struct rv_buf *scratch, struct rv_err *err)
{
        int r = rv_row_begin(sink, 0);

        if (r)
                return r;
        put_buf(sink, I_NEVRA, &walk->key);
        if (walk->sound) {
                put_header(sink, &walk->header, scratch);
                put_update(sink, metadata, &walk->header, scratch);
        } else {
                put_text(sink, I_NAME, rv_walk_name(walk));
        }
        if (verdict)
                put_verdict(sink, walk, scratch);
        /* What there was no memory for must not look like what is not known. */
        return scratch->failed || walk->key.failed ? rv_fail_memory(err) : RV_OK;
}

/* What some words do not name is a warning, as long as another names something. */
static int find_named(const struct rv_query *query, struct rv_sink *sink, struct rv_walk *walk,
                      struct rv_walk_numbers *numbers, struct rv_err *err)
{
        RV_ERR_CLEANUP struct rv_err first = { 0 };
        const char *word;
        size_t i, n = 0;
        int r;

        for (i = 0; (word = rv_arg(query, "package", i)); i++) {
                RV_ERR_CLEANUP struct rv_err none = { 0 };

                r = rv_walk_find_all(walk, word, numbers, &none);
                n += r == RV_OK;
                if (r == RV_OK)
                        continue;
                if (r != RV_NOTFOUND) {
                        rv_err_move(err, &none);
                        return r;
                }
                if (!first.code)
                        rv_err_move(&first, &none);
                rv_warn(sink, RV_NOTFOUND, N_("no package %1 is installed"), word, NULL);
        }
        if (n)
                return RV_OK;
        rv_err_move(err, &first);
        return RV_NOTFOUND;
}

/* All that the header knows, whatever was asked for: one package costs nothing. */
int info_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        struct rv_walk_numbers numbers = { 0 };
        METADATA_CLEANUP struct metadata metadata = { .n = 0 };
        RV_BUF_CLEANUP struct rv_buf scratch = { 0 };
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        size_t i;
        int r = rv_walk_open(query, sink, true, &walk, err);

        if (!r)
                r = metadata_open(query, sink, rv_option(query, "refresh") != NULL, &metadata, err);
        if (!r)
                r = find_named(query, sink, &walk, &numbers, err);
        for (i = 0; !r && i < numbers.n; i++) {
                r = rv_walk_to(&walk, numbers.at[i], err);
                if (!r)
                        r = put_package(sink, &metadata, &walk, true, &scratch, err);
        }
        if (!r)
                rv_walk_warn_damaged(&walk);
        free(numbers.at);
        return r;
}

int installed_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        const bool verdicts = rv_wants(query, I_VERDICT) || rv_wants(query, I_SIGNER_NAME) || rv_wants(query, I_WHY);
        METADATA_CLEANUP struct metadata metadata = { .n = 0 };
        RV_BUF_CLEANUP struct rv_buf scratch = { 0 };
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        int r = rv_walk_open(query, sink, verdicts, &walk, err);

        if (!r)
                r = metadata_open(query, sink, rv_option(query, "refresh") != NULL, &metadata, err);
        while (!r && !(r = rv_walk_next(&walk, err)) && walk.row.blob)
                r = put_package(sink, &metadata, &walk, verdicts, &scratch, err);
        return r;
}
