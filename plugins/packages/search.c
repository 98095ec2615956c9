/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The views that look for packages by what they say of themselves: search and provides. They know what is installed,
 * and say so. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/evr.h"
#include "core/base/fold.h"
#include "core/base/glob.h"
#include "plugins/packages/metadata.h"
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

struct found {
        const struct rv_query *query;
        struct rv_sink *sink;
        struct installed_list installed;
        struct rv_buf nevra;
};

/* What is not installed, or not in this version. */
static int put_kept(void *user, const struct metadata_repo *repo, const struct rv_browse_package *package)
{
        struct found *found = user;
        enum available_state state;
        int r;

        if (!matches(found->query, package->name, package->summary))
                return RV_OK;
        state = installed_state(&found->installed, package);
        if (state == STATE_INSTALLED)
                return RV_OK;
        r = rv_row_begin(found->sink, 0);
        if (r)
                return r;
        rv_buf_clear(&found->nevra);
        rv_buf_printf(&found->nevra, "%s-%s.%s", package->name, package->evr, package->arch);
        rv_put_text(found->sink, H_NEVRA, rv_buf_str(&found->nevra), found->nevra.size);
        put_text(found->sink, H_NAME, package->name);
        put_text(found->sink, H_VERSION, package->evr);
        rv_put_int(found->sink, H_STATE, state);
        put_text(found->sink, H_REPO, repo->id);
        put_text(found->sink, H_SUMMARY, package->summary);
        return RV_OK;
}

/* What is kept of the repositories, as old as it is: a search must answer without a network too. */
static int open_kept(const struct found *found, struct metadata *ret, struct rv_err *err)
{
        size_t i, kept = 0;
        int r = metadata_open(found->query, found->sink, rv_option(found->query, "refresh") != NULL, ret, err);

        for (i = 0; !r && i < ret->n; i++)
                kept += ret->repos[i].browse != NULL;
        if (!r && !kept)
                say_installed_only(found->sink);
        return r;
}

static int search_kept(struct found *found, struct rv_err *err)
{
        METADATA_CLEANUP struct metadata metadata = { .n = 0 };
        int r = open_kept(found, &metadata, err);

        installed_sort(&found->installed);
        return r ? r : metadata_each(&metadata, put_kept, found);
}

int search_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf scratch = { 0 };
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        struct found found = { .query = query, .sink = sink };
        int r = rv_walk_open(query, sink, false, &walk, err);

        while (!r && !(r = rv_walk_next(&walk, err)) && walk.row.blob) {
                const char *summary = walk.sound ? rv_rpm_text(&walk.header, RV_TAG_SUMMARY) : NULL;

                r = installed_add(&found.installed, &walk, err);
                if (r || !matches(query, rv_walk_name(&walk), summary))
                        continue;
                r = rv_row_begin(sink, 0);
                if (r)
                        break;
                put_name(sink, &walk, &scratch);
                rv_put_int(sink, H_STATE, STATE_INSTALLED);
                put_text(sink, H_SUMMARY, summary);
                if (scratch.failed || walk.key.failed)
                        r = rv_fail_memory(err);
        }
        if (!r)
                r = search_kept(&found, err);
        installed_close(&found.installed);
        rv_buf_free(&found.nevra);
        return r;
}

/* A capability as it was asked for: "bash", "lib*", "bash >= 5". */
struct wanted {
        struct rv_buf name;
        const char *version; /* borrowed from the word */
        uint64_t sense;      /* 0: any version */
        bool glob;
};

/* A comparison stands between blanks, for names may hold its signs; files have no versions. Anything else with blanks
 * in it is a name that nothing has. */
static int read_wanted(const char *word, struct wanted *ret, struct rv_err *err)
{
        static const struct {
                const char *sign;
                uint64_t sense;
        } signs[] = { { "<", SENSE_LESS },   { "<=", SENSE_LESS | SENSE_EQUAL },    { "=", SENSE_EQUAL },
                      { "==", SENSE_EQUAL }, { ">=", SENSE_GREATER | SENSE_EQUAL }, { ">", SENSE_GREATER } };
        const size_t name = strcspn(word, " ");
        const char *sign = word + name + strspn(word + name, " ");
        const size_t len = *word == '/' ? 0 : strspn(sign, "<>=");
        size_t i;

        rv_buf_add(&ret->name, word, len ? name : strlen(word));
        ret->glob = rv_is_glob(rv_buf_str(&ret->name));
        if (ret->name.failed)
                return rv_fail_memory(err);
        if (!len && !(*word && strchr("<>=", *word)))
                return RV_OK;
        ret->version = sign + len + strspn(sign + len, " ");
        for (i = 0; i < sizeof signs / sizeof *signs; i++)
                if (strlen(signs[i].sign) == len && strncmp(signs[i].sign, sign, len) == 0)
                        ret->sense = signs[i].sense;
        if (!ret->sense || !name || sign[len] != ' ' || !*ret->version || strchr(ret->version, ' '))
                return rv_fail(err, RV_USAGE, N_("%1: is no comparison of a capability's version"),
                               N_("as in: 'bash >= 5.2'; the signs are < <= = >= >"), word, NULL);
        return RV_OK;
}

/* Whether two ranges of versions have one in common, as rpm decides it: what names no version has all of them. */
static bool overlap(const struct wanted *wanted, const char *version, uint64_t sense)
{
        int order;

        if (!wanted->sense || !(sense & SENSE_RANGE) || !version || !*version)
                return true;
        order = rv_evrcmp(version, strlen(version), wanted->version, strlen(wanted->version));
        if (order < 0)
                return sense & SENSE_GREATER || wanted->sense & SENSE_LESS;
        if (order > 0)
                return sense & SENSE_LESS || wanted->sense & SENSE_GREATER;
        return sense & wanted->sense & SENSE_RANGE;
}

/* The first capability of a package that fits, with its version. */
static void find_capability(const struct rv_rpm_header *header, const struct wanted *wanted, struct rv_buf *ret)
{
        const char *pattern = rv_buf_str(&wanted->name), *name, *version;
        struct rv_rpm_texts names, versions;
        uint64_t sense;
        size_t i;

        rv_rpm_texts(header, RV_TAG_PROVIDENAME, &names);
        rv_rpm_texts(header, RV_TAG_PROVIDEVERSION, &versions);
        for (i = 0; (name = rv_rpm_next_text(&names)); i++) {
                version = rv_rpm_next_text(&versions);
                if (wanted->glob ? !rv_glob(pattern, name, strlen(name), false) : strcmp(pattern, name) != 0)
                        continue;
                sense = 0;
                (void)rv_rpm_int(header, RV_TAG_PROVIDEFLAGS, i, &sense);
                if (!overlap(wanted, version, sense))
                        continue;
                rv_buf_add_str(ret, name);
                if (version && *version)
                        rv_buf_printf(ret, " = %s", version);
                return;
        }
}

struct kept_files {
        struct found *found;
        const struct metadata_repo *repo;
        struct rv_buf last, parts; /* the package of the file before; the parts of a name, NUL-ended */
};

/* "name-[epoch:]version-release.arch" into its parts, which are in the buffer. */
static bool split_nevra(struct kept_files *files, const char *nevra, struct rv_browse_package *ret)
{
        char *text, *arch, *release, *version;

        rv_buf_clear(&files->parts);
        rv_buf_add_str(&files->parts, nevra);
        text = files->parts.data;
        arch = text ? strrchr(text, '.') : NULL;
        if (!arch)
                return false;
        *arch++ = '\0';
        release = strrchr(text, '-');
        if (!release)
                return false;
        *release = '\0';
        version = strrchr(text, '-');
        *release = '-';
        if (!version)
                return false;
        *version++ = '\0';
        *ret = (struct rv_browse_package){ .name = text, .evr = version, .arch = arch };
        return true;
}

/* A file of a package that is not installed in this version. */
static int put_kept_file(void *user, const char *directory, const char *name, const char *nevra)
{
        struct kept_files *files = user;
        struct rv_browse_package package;
        enum available_state state;
        size_t n;
        int r;

        if (strcmp(nevra, rv_buf_str(&files->last)) == 0) /* of several files one is enough */
                return RV_OK;
        rv_buf_clear(&files->last);
        rv_buf_add_str(&files->last, nevra);
        if (!split_nevra(files, nevra, &package))
                return RV_OK;
        state = installed_state(&files->found->installed, &package);
        if (state == STATE_INSTALLED)
                return RV_OK;
        r = rv_row_begin(files->found->sink, 0);
        if (r)
                return r;
        n = strlen(directory);
        rv_buf_clear(&files->found->nevra);
        rv_buf_add(&files->found->nevra, directory, n);
        rv_buf_add_str(&files->found->nevra, name);
        rv_put_text(files->found->sink, V_NEVRA, nevra, strlen(nevra));
        put_text(files->found->sink, V_NAME, package.name);
        put_text(files->found->sink, V_VERSION, package.evr);
        rv_put_int(files->found->sink, V_STATE, state);
        put_text(files->found->sink, V_REPO, files->repo->id);
        rv_put_text(files->found->sink, V_CAPABILITY, rv_buf_str(&files->found->nevra), files->found->nevra.size);
        return RV_OK;
}

static int provides_kept(struct found *found, const char *path, struct rv_err *err)
{
        METADATA_CLEANUP struct metadata metadata = { .n = 0 };
        struct kept_files files = { .found = found };
        size_t i;
        int r = open_kept(found, &metadata, err);

        installed_sort(&found->installed);
        for (i = 0; !r && *path == '/' && i < metadata.n; i++) {
                files.repo = &metadata.repos[i];
                if (files.repo->paths)
                        r = rv_pathindex_find(files.repo->paths, path, put_kept_file, &files);
        }
        rv_buf_free(&files.last);
        rv_buf_free(&files.parts);
        return r;
}

int provides_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        const char *word = rv_arg(query, "capability", 0);
        struct wanted wanted = { 0 };
        RV_BUF_CLEANUP struct rv_buf scratch = { 0 }, found = { 0 };
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        struct found all = { .query = query, .sink = sink };
        int r = read_wanted(word, &wanted, err);

        if (!r)
                r = rv_walk_open(query, sink, false, &walk, err);
        while (!r && !(r = rv_walk_next(&walk, err)) && walk.row.blob) {
                if (!walk.sound)
                        continue;
                r = installed_add(&all.installed, &walk, err);
                if (r)
                        break;
                rv_buf_clear(&found);
                find_capability(&walk.header, &wanted, &found);
                if (!found.size && *word == '/')
                        r = find_file(&walk.header, word, &found, err);
                if (r || !found.size)
                        continue;
                r = rv_row_begin(sink, 0);
                if (r)
                        break;
                put_name(sink, &walk, &scratch);
                rv_put_int(sink, V_STATE, STATE_INSTALLED);
                rv_put_text(sink, V_CAPABILITY, rv_buf_str(&found), found.size);
                if (scratch.failed || found.failed || walk.key.failed)
                        r = rv_fail_memory(err);
        }
        rv_buf_free(&wanted.name);
        if (!r)
                r = provides_kept(&all, word, err);
        installed_close(&all.installed);
        rv_buf_free(&all.nevra);
        return r;
}
