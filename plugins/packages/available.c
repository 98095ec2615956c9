/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the repositories have: all of it, and what of it is newer than what is installed. */
#include <stdlib.h>
#include <string.h>

#include "core/base/evr.h"
#include "plugins/packages/metadata.h"
#include "plugins/packages/packages.h"

static void put_nevra(struct rv_sink *sink, unsigned column, const struct rv_browse_package *package,
                      struct rv_buf *scratch)
{
        rv_buf_clear(scratch);
        rv_buf_printf(scratch, "%s-%s.%s", package->name, package->evr, package->arch);
        rv_put_text(sink, column, rv_buf_str(scratch), scratch->size);
}

static int put_package(const struct metadata_repo *repo, const struct rv_browse_package *package,
                       enum available_state state, struct rv_sink *sink, struct rv_buf *scratch)
{
        int r = rv_row_begin(sink, 0);

        if (r)
                return r;
        put_nevra(sink, A_NEVRA, package, scratch);
        put_text(sink, A_NAME, package->name);
        put_text(sink, A_VERSION, package->evr);
        put_text(sink, A_ARCH, package->arch);
        put_text(sink, A_REPO, repo->id);
        rv_put_int(sink, A_STATE, state);
        if (package->size >= 0)
                rv_put_int(sink, A_SIZE, package->size);
        if (package->download >= 0)
                rv_put_int(sink, A_DOWNLOAD, package->download);
        put_text(sink, A_SUMMARY, package->summary);
        return RV_OK;
}

struct listing {
        const struct rv_query *query;
        struct rv_sink *sink;
        struct installed_list installed;
        struct rv_buf scratch;
        const struct metadata *metadata;
};

static int put_available(void *user, const struct metadata_repo *repo, const struct rv_browse_package *package)
{
        struct listing *listing = user;

        return put_package(repo, package, installed_state(&listing->installed, package), listing->sink,
                           &listing->scratch);
}

/* All that the repositories have, beside what is installed. */
static int fill(const struct rv_query *query, struct rv_sink *sink, metadata_visit *put, struct rv_err *err)
{
        METADATA_CLEANUP struct metadata metadata = { .n = 0 };
        struct listing listing = { .query = query, .sink = sink, .metadata = &metadata };
        int r = metadata_open(query, sink, true, &metadata, err);

        if (!r)
                r = installed_open(query, sink, &listing.installed, err);
        if (!r)
                r = metadata_each(&metadata, put, &listing);
        installed_close(&listing.installed);
        rv_buf_free(&listing.scratch);
        return r;
}

int available_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        return fill(query, sink, put_available, err);
}

static int put_update(void *user, const struct metadata_repo *repo, const struct rv_browse_package *package)
{
        struct listing *listing = user;
        const struct metadata_repo *newest_repo;
        struct rv_browse_package newest;
        const char *there, *advisory = NULL;
        int r, severity;
        bool same;

        if (installed_state(&listing->installed, package) != STATE_UPDATE)
                return RV_OK;
        /* Where a newer one is to be had, this one is no update to speak of. */
        if (metadata_newest(listing->metadata, package->name, package->arch, &newest, &newest_repo) &&
            strcmp(newest.evr, package->evr) != 0)
                return RV_OK;
        r = rv_row_begin(listing->sink, 0);
        if (r)
                return r;
        there = installed_newest(&listing->installed, package->name, package->arch, package->evr, &same);
        put_nevra(listing->sink, U_NEVRA, package, &listing->scratch);
        put_text(listing->sink, U_NAME, package->name);
        put_text(listing->sink, U_INSTALLED_VERSION, there);
        put_text(listing->sink, U_VERSION, package->evr);
        put_text(listing->sink, U_ARCH, package->arch);
        put_text(listing->sink, U_REPO, repo->id);
        if (package->size >= 0)
                rv_put_int(listing->sink, U_SIZE, package->size);
        if (package->download >= 0)
                rv_put_int(listing->sink, U_DOWNLOAD, package->download);
        put_text(listing->sink, U_SUMMARY, package->summary);
        severity = metadata_severity(repo, package, &advisory);
        put_text(listing->sink, U_ADVISORY, advisory);
        if (severity >= 0)
                rv_put_int(listing->sink, U_SEVERITY, severity);
        return RV_OK;
}

int updates_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        return fill(query, sink, put_update, err);
}
