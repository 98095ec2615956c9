/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The views that look for packages by what they say of themselves: search and provides. They know what is installed,
 * and say so. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/fold.h"
#include "core/base/glob.h"
#include "plugins/packages/packages.h"

/* A finding of nothing must not read as if nothing were to be had. */
static void say_installed_only(struct rv_sink *sink)
{
        rv_warn(sink, RV_OK, N_("only what is installed was looked at: no metadata of repositories has been read"),
                NULL);
}

static void put_name(struct rv_sink *sink, const struct rv_walk *walk, struct rv_buf *scratch)
{
        rv_put_text(sink, H_NEVRA, rv_buf_str(&walk->key), walk->key.size);
        put_text(sink, H_NAME, rv_walk_name(walk));
        rv_buf_clear(scratch);
        if (walk->sound && rv_rpm_evr(&walk->header, scratch))
                rv_put_text(sink, H_VERSION, rv_buf_str(scratch), scratch->size);
}

static bool contains(const char *text, const char *term)
{
        return text && rv_fold_contains(text, strlen(text), term, strlen(term));
}

/* Every term in the name or the summary. */
static bool matches(const struct rv_query *query, const char *name, const char *summary)
{
        const char *term;
        size_t i;

        for (i = 0; (term = rv_arg(query, "term", i)); i++)
                if (!contains(name, term) && !contains(summary, term))
                        return false;
        return true;
}

int search_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf scratch = { 0 };
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        int r = rv_walk_open(rv_root_fd(query), sink, false, &walk, err);

        while (!r && !(r = rv_walk_next(&walk, err)) && walk.row.blob) {
                const char *summary = walk.sound ? rv_rpm_text(&walk.header, RV_TAG_SUMMARY) : NULL;

                if (!matches(query, rv_walk_name(&walk), summary))
                        continue;
                r = rv_row_begin(sink, 0);
                if (r)
                        return r;
                put_name(sink, &walk, &scratch);
                put_text(sink, H_SUMMARY, summary);
                if (scratch.failed || walk.key.failed)
                        r = rv_fail_memory(err);
        }
        say_installed_only(sink);
        return r;
}

/* The first capability of a package that the word names, with its version. */
static void find_capability(const struct rv_rpm_header *header, const char *word, struct rv_buf *ret)
{
        struct rv_rpm_texts names, versions;
        const char *name, *version;
        bool glob = rv_is_glob(word);

        rv_rpm_texts(header, RV_TAG_PROVIDENAME, &names);
        rv_rpm_texts(header, RV_TAG_PROVIDEVERSION, &versions);
        while ((name = rv_rpm_next_text(&names))) {
                version = rv_rpm_next_text(&versions);
                if (glob ? !rv_glob(word, name, strlen(name), false) : strcmp(word, name) != 0)
                        continue;
                rv_buf_add_str(ret, name);
                if (version && *version)
                        rv_buf_printf(ret, " = %s", version);
                return;
        }
}

int provides_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        const char *word = rv_arg(query, "capability", 0);
        RV_BUF_CLEANUP struct rv_buf scratch = { 0 }, found = { 0 };
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        int r = rv_walk_open(rv_root_fd(query), sink, false, &walk, err);

        while (!r && !(r = rv_walk_next(&walk, err)) && walk.row.blob) {
                if (!walk.sound)
                        continue;
                rv_buf_clear(&found);
                find_capability(&walk.header, word, &found);
                if (!found.size && *word == '/')
                        r = find_file(&walk.header, word, &found, err);
                if (r || !found.size)
                        continue;
                r = rv_row_begin(sink, 0);
                if (r)
                        return r;
                put_name(sink, &walk, &scratch);
                rv_put_text(sink, V_CAPABILITY, rv_buf_str(&found), found.size);
                if (scratch.failed || found.failed || walk.key.failed)
                        r = rv_fail_memory(err);
        }
        say_installed_only(sink);
        return r;
}
