/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What packages give to the common views: findings about the database, and changes as rpm recorded them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/time.h"
#include "plugins/packages/packages.h"

enum { SEVERITY_CRITICAL, SEVERITY_WARNING, SEVERITY_INFO };
enum { LISTED = 20 }; /* duplicates that a filter names */

/* What all findings here have in common: they lead to a package, or with a filter to the list of several. */
static void put_finding(struct rv_sink *sink, const char *id, int severity, const char *row, const char *where)
{
        put_text(sink, RV_F_ID, id);
        rv_put_int(sink, RV_F_SEVERITY, severity);
        put_text(sink, RV_F_VIEW, "packages/installed");
        if (where)
                put_text(sink, RV_F_WHERE, where);
        else
                put_text(sink, RV_F_ROW, row);
}

/* --- names that are installed twice without being meant to */
struct name {
        const char *name, *arch, *key;
};

struct names {
        struct rv_arena arena;
        struct name *items;
        size_t n, room;
        char damaged[32]; /* key of the first damaged header */
        size_t n_damaged;
};

/* Kernels and the like say of themselves that several of them may stay. */
static bool install_only(const struct rv_rpm_header *header, const char *name)
{
        struct rv_rpm_texts provides;
        const char *provided;

        if (strncmp(name, "kernel", 6) == 0)
                return true;
        rv_rpm_texts(header, RV_TAG_PROVIDENAME, &provides);
        while ((provided = rv_rpm_next_text(&provides)))
                if (strncmp(provided, "installonlypkg(", 15) == 0 || strncmp(provided, "multiversion(", 13) == 0)
                        return true;
        return false;
}

/* Names are kept, not headers: 60,000 of them take a few megabytes. */
static int add_name(struct names *names, const struct rv_walk *walk, struct rv_err *err)
{
        const char *name = rv_rpm_text(&walk->header, RV_TAG_NAME), *arch = rv_rpm_text(&walk->header, RV_TAG_ARCH);
        struct name *more;

        if (install_only(&walk->header, name))
                return RV_OK;
        if (names->n == names->room) {
                names->room = names->room ? names->room * 2 : 1024;
                more = realloc(names->items, names->room * sizeof *more);
                if (!more)
                        return rv_fail_memory(err);
                names->items = more;
        }
        names->items[names->n++] =
                (struct name){ rv_arena_strdup(&names->arena, name), rv_arena_strdup(&names->arena, arch ? arch : ""),
                               rv_arena_strdup(&names->arena, rv_buf_str(&walk->key)) };
        if (!names->items[names->n - 1].name || !names->items[names->n - 1].arch || !names->items[names->n - 1].key)
                return rv_fail_memory(err);
        return RV_OK;
}

static int compare_names(const void *a, const void *b)
{
        const struct name *x = a, *y = b;
        int order = strcmp(x->name, y->name);

        return order ? order : strcmp(x->arch, y->arch);
}

/* Adds a name to the filter that lists all duplicates. One that the filter could not hold, or one too many, ends it:
 * the finding leads to the first of them then. */
static void add_listed(struct rv_buf *where, const char *name, bool too_many)
{
        const char *c;

        for (c = name; *c && !strchr("\"'\\", *c); c++)
                ;
        where->failed |= too_many || *c != '\0';
        rv_buf_printf(where, "%s\"%s\"", where->size ? ", " : "name in (", name);
}

/* One finding for all of them. After a cut-off update there may be hundreds. */
static int report_duplicates(struct names *names, struct rv_sink *sink)
{
        RV_BUF_CLEANUP struct rv_buf where = { 0 };
        const struct name *first = NULL;
        size_t i, n = 0;
        char text[24];
        int r;

        if (names->n)
                qsort(names->items, names->n, sizeof *names->items, compare_names);
        for (i = 1; i < names->n; i++)
                if (compare_names(&names->items[i - 1], &names->items[i]) == 0) {
                        first = first ? first : &names->items[i - 1];
                        if (n++ <= LISTED)
                                add_listed(&where, names->items[i].name, n > LISTED);
                }
        rv_buf_add_str(&where, ")");
        if (!first)
                return RV_OK;
        r = rv_row_begin(sink, 0);
        if (r)
                return r;
        (void)snprintf(text, sizeof text, "%zu", n);
        put_finding(sink, "duplicates", SEVERITY_WARNING, first->key, where.failed ? NULL : rv_buf_str(&where));
        rv_put_msg(sink, RV_F_TEXT,
                   NP_("%1 package is installed in more than one version: %2",
                       "%1 packages are installed in more than one version, %2 among them"),
                   text, first->name, NULL);
        rv_put_msg(sink, RV_F_HINT,
                   N_("an update was cut off, or a package was forced in; remove the older of each pair"), NULL);
        return RV_OK;
}

static int report_damaged(const struct names *names, struct rv_sink *sink)
{
        char text[24];
        int r;

        if (!names->n_damaged)
                return RV_OK;
        r = rv_row_begin(sink, 0);
        if (r)
                return r;
        (void)snprintf(text, sizeof text, "%zu", names->n_damaged);
        put_finding(sink, "damaged", SEVERITY_CRITICAL, names->damaged, names->n_damaged > 1 ? "version = null" : NULL);
        rv_put_msg(
                sink, RV_F_TEXT,
                NP_("%1 header in the package database is damaged", "%1 headers in the package database are damaged"),
                text, NULL);
        rv_put_msg(sink, RV_F_HINT, N_("copy the database away, then rebuild it there: rpmdb --rebuilddb"), NULL);
        return RV_OK;
}

/* No verdicts here: those findings are the plugin signatures'. */
int findings_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        struct names names = { 0 };
        int r = rv_walk_open(query, sink, false, &walk, err);

        walk.told = true; /* as a finding */
        while (!r && !(r = rv_walk_next(&walk, err)) && walk.row.blob) {
                if (walk.sound)
                        r = add_name(&names, &walk, err);
                else if (names.n_damaged++ == 0)
                        (void)snprintf(names.damaged, sizeof names.damaged, "%s", rv_buf_str(&walk.key));
        }
        if (!r)
                r = report_damaged(&names, sink);
        if (!r)
                r = report_duplicates(&names, sink);
        free(names.items);
        rv_arena_free(&names.arena);
        return r;
}

/* --- changes: one for each transaction that left packages */
enum { MAX_CHANGES = 200 };

struct change {
        uint64_t tid, first, at; /* of its packages the first and the last time */
        size_t n;
        char key[128]; /* of one package of it */
};

struct changes {
        struct change *items;
        size_t n, room;
};

/* Packages of one transaction carry its id; ones from before rpm wrote it are told apart by their time. Those that do
 * not follow each other are joined at the end: looking for each one's transaction would take the square of their
 * number. */
static int add_change(struct changes *changes, const struct rv_walk *walk, struct rv_err *err)
{
        struct change *more, *last = changes->n ? &changes->items[changes->n - 1] : NULL;
        uint64_t at, tid;

        if (!walk->sound || !rv_rpm_int(&walk->header, RV_TAG_INSTALLTIME, 0, &at))
                return RV_OK;
        if (!rv_rpm_int(&walk->header, RV_TAG_INSTALLTID, 0, &tid))
                tid = at;
        if (last && last->tid == tid) {
                last->n++;
                last->first = at < last->first ? at : last->first;
                last->at = at > last->at ? at : last->at;
                return RV_OK;
        }
        if (changes->n == changes->room) {
                changes->room = changes->room ? changes->room * 2 : 64;
                more = realloc(changes->items, changes->room * sizeof *more);
                if (!more)
                        return rv_fail_memory(err);
                changes->items = more;
        }
        changes->items[changes->n] = (struct change){ .tid = tid, .first = at, .at = at, .n = 1 };
        (void)snprintf(changes->items[changes->n].key, sizeof changes->items->key, "%s", rv_buf_str(&walk->key));
        changes->n++;
        return RV_OK;
}

static int by_transaction(const void *a, const void *b)
{
        const struct change *x = a, *y = b;

        return (x->tid > y->tid) - (x->tid < y->tid);
}

static void join_transactions(struct changes *changes)
{
        size_t i, kept = 0;

        if (changes->n)
                qsort(changes->items, changes->n, sizeof *changes->items, by_transaction);
        for (i = 0; i < changes->n; i++) {
                struct change *item = &changes->items[i], *last = kept ? &changes->items[kept - 1] : NULL;

                if (last && last->tid == item->tid) {
                        last->n += item->n;
                        last->first = item->first < last->first ? item->first : last->first;
                        last->at = item->at > last->at ? item->at : last->at;
                } else {
                        changes->items[kept++] = *item;
                }
        }
        changes->n = kept;
}

static int newest_first(const void *a, const void *b)
{
        const struct change *x = a, *y = b;

        if (x->at != y->at)
                return x->at > y->at ? -1 : 1;
        return x->tid < y->tid ? -1 : x->tid > y->tid;
}

/* One package itself; several by the time that their transaction took. */
static void lead_to(struct rv_sink *sink, const struct change *change)
{
        RV_BUF_CLEANUP struct rv_buf where = { 0 };

        put_text(sink, RV_C_VIEW, "packages/installed");
        if (change->n == 1) {
                put_text(sink, RV_C_ROW, change->key);
                return;
        }
        if (change->first < change->at) {
                rv_buf_add_str(&where, "installed_at >= ");
                (void)rv_time_rfc3339((int64_t)(change->first & INT64_MAX), &where);
                rv_buf_add_str(&where, " and ");
        }
        rv_buf_add_str(&where, change->first < change->at ? "installed_at <= " : "installed_at = ");
        (void)rv_time_rfc3339((int64_t)(change->at & INT64_MAX), &where);
        if (!where.failed)
                put_text(sink, RV_C_WHERE, rv_buf_str(&where));
}

static int put_change(struct rv_sink *sink, const struct change *change)
{
        char text[40];
        int r = rv_row_begin(sink, 0);

        if (r)
                return r;
        (void)snprintf(text, sizeof text, "rpm-%llu", (unsigned long long)change->tid);
        put_text(sink, RV_C_ID, text);
        rv_put_int(sink, RV_C_AT, (int64_t)(change->at & INT64_MAX));
        (void)snprintf(text, sizeof text, "%zu", change->n);
        if (change->n == 1)
                rv_put_msg(sink, RV_C_WHAT, N_("%1 installed or updated"), change->key, NULL);
        else
                rv_put_msg(sink, RV_C_WHAT, NP_("%1 package installed or updated", "%1 packages installed or updated"),
                           text, NULL);
        rv_put_int(sink, RV_C_RESULT, 0);
        lead_to(sink, change);
        return RV_OK;
}

/* What rpm still knows: a package that was replaced or removed has left no trace, so before and after stay empty. */
int changes_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        struct changes changes = { 0 };
        size_t i;
        int r = rv_walk_open(query, sink, false, &walk, err);

        while (!r && !(r = rv_walk_next(&walk, err)) && walk.row.blob)
                r = add_change(&changes, &walk, err);
        join_transactions(&changes);
        if (!r && changes.n)
                qsort(changes.items, changes.n, sizeof *changes.items, newest_first);
        for (i = 0; !r && i < changes.n && i < MAX_CHANGES; i++)
                r = put_change(sink, &changes.items[i]);
        free(changes.items);
        return r;
}
