/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first screen: each plugin is asked for its findings, its changes and the views that it counts, each in its own
 * lane, and what the cache holds is shown until they answer. */
#include "tui/curses/overview.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "core/model/snapshot.h"
#include "tui/curses/list.h"
#include "tui/curses/load.h"
#include "tui/present/command.h"
#include "tui/present/help.h"
#include "tui/present/text.h"

enum how { LOAD_FIRST, LOAD_ANEW, LOAD_AGAIN /* what is shown stays until it has come */ };
enum { TAG_FINDINGS, TAG_CHANGES, TAG_VIEW, TAGS = TAG_VIEW + RV_TALLIES_MAX };

static struct overview *overview_of(const struct page *page)
{
        return (struct overview *)page;
}

static void free_overview(struct page *page)
{
        struct overview *overview = overview_of(page);
        size_t i, k;

        for (i = 0; i < page->ui->n_tabs; i++) {
                for (k = 0; k < RV_TALLIES_MAX; k++) {
                        rv_snapshot_unref(overview->parts[i].views[k].snapshot);
                        rv_figure_free(&overview->parts[i].figures[k]);
                }
                rv_snapshot_unref(overview->parts[i].findings);
                rv_snapshot_unref(overview->parts[i].changes);
                rv_buf_free(&overview->parts[i].failure);
        }
        rv_filter_free(overview->compiled);
        rv_buf_free(&overview->filter);
        rv_buf_free(&overview->problem);
        rv_buf_free(&overview->system);
        rv_buf_free(&overview->kernel);
        free(overview->parts);
        free(overview->lines);
        free(overview);
}

static struct rv_snapshot **slot_of(struct overview *overview, int tag)
{
        struct overview_part *part = &overview->parts[tag / TAGS];

        switch (tag % TAGS) {
        case TAG_FINDINGS:
                return &part->findings;
        case TAG_CHANGES:
                return &part->changes;
        default:
                return &part->views[tag % TAGS - TAG_VIEW].snapshot;
        }
}

static void take(struct overview *overview, int tag, struct rv_snapshot *take_snapshot)
{
        struct rv_snapshot **slot = slot_of(overview, tag);

        rv_snapshot_unref(*slot);
        *slot = take_snapshot;
        if (tag % TAGS >= TAG_VIEW)
                overview_count(overview, &overview->parts[tag / TAGS],
                               &overview->parts[tag / TAGS].views[tag % TAGS - TAG_VIEW]);
        overview_arrange(overview);
}

/* Told among the findings: a subsystem that cannot be read is not fine. */
static void fail(struct overview *overview, size_t part, const char *packed, size_t size)
{
        struct overview_part *failed = &overview->parts[part];

        failed->failed = true;
        failed->failed_before = false;
        rv_buf_clear(&failed->failure);
        rv_tr_packed(packed, size, &failed->failure);
}

/* Nor is one of which a part cannot be read: what was found in the rest is not all. */
static void fail_in_part(struct overview *overview, size_t part, const struct rv_snapshot *findings)
{
        const struct overview_part *at = &overview->parts[part];
        const char *packed;
        size_t i, size;

        for (i = 0; i < rv_snapshot_warnings(findings) && (!at->failed || at->failed_before); i++)
                if (rv_snapshot_warning(findings, i, &packed, &size) == RV_DAMAGED)
                        fail(overview, part, packed, size);
}

/* What failed before and did not this time is mended. */
static void settle(struct overview *overview)
{
        size_t i;

        for (i = 1; i < overview->page.ui->n_tabs && overview->page.loading == 0; i++) {
                struct overview_part *part = &overview->parts[i];

                part->failed = part->failed && !part->failed_before;
                part->failed_before = false;
        }
}

struct costly { /* ids of the columns that are wanted beside the cheap ones */
        const char *ids[RV_TALLIES_MAX];
        size_t n;
};

static void load_one(struct overview *overview, size_t part, int tag, const struct costly *costly, enum how how);

static struct costly lacking(const struct overview_part *part, const struct overview_view *view,
                             const struct rv_snapshot *snapshot)
{
        struct costly costly = { .n = 0 };
        uint32_t i;

        for (i = 0; i < part->plugin->n_tallies; i++)
                if (strcmp(part->plugin->tallies[i].view, view->id) == 0)
                        costly.n = rv_tally_lacks(&part->plugin->tallies[i], snapshot, costly.ids, costly.n,
                                                  RV_TALLIES_MAX);
        return costly;
}

/* The rows are there; what they are counted by may be costly columns, which are asked for once. Figures that are shown
 * stay until those have come. */
static void take_view(struct overview *overview, int tag, struct rv_snapshot *take_snapshot)
{
        struct overview_part *part = &overview->parts[tag / TAGS];
        struct overview_view *view = &part->views[tag % TAGS - TAG_VIEW];
        const struct costly costly = lacking(part, view, take_snapshot);
        const bool more = costly.n > 0 && !view->filling;
        const bool whole = view->snapshot && lacking(part, view, view->snapshot).n == 0;

        view->loading = more && !(whole && overview->page.quiet);
        if (!more || !whole)
                take(overview, tag, rv_snapshot_ref(take_snapshot));
        view->filling = view->filling || more;
        if (more) /* by ids that are the snapshot's */
                load_one(overview, (size_t)(tag / TAGS), tag % TAGS, &costly, LOAD_AGAIN);
        rv_snapshot_unref(take_snapshot);
}

static void loaded(struct page *page, int tag, struct rv_snapshot *take_snapshot, const struct rv_err *err)
{
        struct overview *overview = overview_of(page);

        if (tag % TAGS >= TAG_VIEW)
                overview->parts[tag / TAGS].views[tag % TAGS - TAG_VIEW].loading = false;
        if (take_snapshot) {
                if (tag % TAGS == TAG_FINDINGS)
                        fail_in_part(overview, (size_t)(tag / TAGS), take_snapshot);
                if (tag % TAGS >= TAG_VIEW)
                        take_view(overview, tag, take_snapshot);
                else
                        take(overview, tag, take_snapshot);
                settle(overview);
                overview_arrange(overview);
                return;
        }
        /* What was cached is no longer so, and what is so is not known. */
        if (err && err->code != RV_CANCELLED)
                take(overview, tag, NULL);
        /* What a subsystem does not have here is no finding: its own tab says so. */
        if (err && err->code != RV_UNSUPPORTED && err->code != RV_NOTFOUND && err->code != RV_NODATA &&
            err->code != RV_CANCELLED)
                fail(overview, (size_t)(tag / TAGS), rv_buf_str(&err->message), err->message.size);
        settle(overview);
        overview_arrange(overview);
}

/* The cached part is shown until the fresh one is there. costly: NULL for none. */
static void load_one(struct overview *overview, size_t part, int tag, const struct costly *costly, enum how how)
{
        const struct load_ask ask = { .plugin = overview->page.ui->tabs[part].id,
                                      .view = tag == TAG_FINDINGS  ? "findings"
                                              : tag == TAG_CHANGES ? "changes"
                                                                   : overview->parts[part].views[tag - TAG_VIEW].id,
                                      .columns = costly ? costly->ids : NULL,
                                      .n_columns = costly ? costly->n : 0,
                                      .reload = how == LOAD_ANEW,
                                      .tag = (int)part * TAGS + tag,
                                      .done = loaded };
        struct rv_snapshot *stale = how == LOAD_FIRST ? load_stale(&overview->page, &ask) : NULL;

        if (stale)
                take(overview, ask.tag, stale);
        load_start(&overview->page, &ask);
}

/* A plugin that cannot be opened is the first thing that needs the reader. */
static void load_part(struct overview *overview, size_t i, enum how how)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct overview_part *part = &overview->parts[i];
        struct ui *ui = overview->page.ui;
        size_t k;

        part->failed_before = part->failed && how == LOAD_AGAIN;
        part->failed = part->failed_before;
        if (rv_registry_plugin(ui->host->registry, ui->tabs[i].id, &part->plugin, &err)) {
                part->plugin = NULL;
                fail(overview, i, rv_buf_str(&err.message), err.message.size);
                return;
        }
        ui->tabs[i].title = rv_tr(rv_plugin_domain(part->plugin), part->plugin->title);
        if (part->plugin->findings)
                load_one(overview, i, TAG_FINDINGS, NULL, how);
        if (part->plugin->changes)
                load_one(overview, i, TAG_CHANGES, NULL, how);
        overview_name_views(part);
        for (k = 0; k < part->n_views; k++) {
                part->views[k].loading = how != LOAD_AGAIN || !part->views[k].snapshot;
                part->views[k].filling = false;
                load_one(overview, i, TAG_VIEW + (int)k, NULL, how);
        }
}

struct space_work {
        int root_fd;
        bool foreign;
        struct host_space spaces[SPACES];
        size_t n;
};

/* In a lane: statvfs on a dead network share does not return. */
static void work_space(void *user)
{
        struct space_work *work = user;

        work->n = host_spaces(work->root_fd, work->foreign, work->spaces, SPACES);
}

static void space_done(struct page *page, void *user)
{
        struct overview *overview = overview_of(page);
        struct space_work *work = user;

        memcpy(overview->spaces, work->spaces, sizeof overview->spaces);
        overview->n_spaces = work->n;
        free(work);
        settle(overview);
        overview_arrange(overview);
}

static void load_all(struct overview *overview, enum how how)
{
        struct space_work *work = calloc(1, sizeof *work);
        size_t i;

        load_drop(&overview->page);
        if (work && host_elsewhere(overview->page.ui->host)) {
                free(work); /* nothing of the image is mounted */
        } else if (work) {
                work->root_fd = overview->page.ui->host->root.fd;
                work->foreign = overview->page.ui->host->root.foreign;
                load_run(&overview->page, "space", work_space, space_done, free, work);
        }
        for (i = 1; i < overview->page.ui->n_tabs; i++)
                load_part(overview, i, how);
        overview_arrange(overview);
}

/* The next line that can be opened, a step up or down. */
static void step(struct overview *overview, int by)
{
        size_t at = overview->at;

        while (by > 0 ? at + 1 < overview->n : at > 0) {
                at = by > 0 ? at + 1 : at - 1;
                if (overview_selectable(&overview->lines[at])) {
                        overview->at = at;
                        return;
                }
        }
}

/* A finding and a change lead to the rows that they are about, a subsystem to its tab, the rest to where it is listed.
 */
static void open_line(struct overview *overview)
{
        const struct overview_line *line = overview->at < overview->n ? &overview->lines[overview->at] : NULL;
        struct ui *ui = overview->page.ui;

        if (!line || !overview_selectable(line))
                return;
        if (line->kind == LINE_REST)
                ui_open_view(ui, "reeve", "findings", NULL, NULL);
        else if (line->kind == LINE_SUMMARY || !line->snapshot)
                ui_go_tab(ui, line->part);
        else if (!ui_open_ref(ui, overview_text(line->snapshot, line->row, "view"),
                              overview_text(line->snapshot, line->row, "row"),
                              overview_text(line->snapshot, line->row, "where")))
                (void)ui_open_ref(ui, line->kind == LINE_CHANGE ? "reeve/changes" : "reeve/findings",
                                  overview_text(line->snapshot, line->row, "id"), "");
}

static bool act_overview(struct page *page, enum act act)
{
        struct overview *overview = overview_of(page);
        size_t i;

        switch (act) {
        case ACT_UP:
        case ACT_DOWN:
                step(overview, act == ACT_DOWN ? 1 : -1);
                return true;
        case ACT_PAGE_UP:
        case ACT_HOME:
        case ACT_PAGE_DOWN:
        case ACT_END:
                for (i = 0; i < overview->n; i++)
                        step(overview, act == ACT_PAGE_DOWN || act == ACT_END ? 1 : -1);
                return true;
        case ACT_OPEN:
                open_line(overview);
                return true;
        case ACT_RELOAD:
                load_all(overview, LOAD_ANEW);
                return true;
        default:
                return false;
        }
}

static uint64_t can_overview(const struct page *page)
{
        return ACT_BIT(ACT_TAB) | ACT_BIT(ACT_JOBS) | (overview_of(page)->n ? ACT_BIT(ACT_OPEN) : 0);
}

static void status_overview(struct page *page, struct rv_buf *left, struct rv_buf *right)
{
        const struct overview *overview = overview_of(page);
        RV_BUF_CLEANUP struct rv_buf count = { 0 }, all = { 0 };
        size_t i, n = 0;

        for (i = 0; i < overview->n; i++)
                n += overview->lines[i].kind == LINE_FINDING ? 1 : overview->lines[i].count;
        rv_show_count((int64_t)n, &count);
        rv_show_count((int64_t)overview->n_findings, &all);
        if (overview->filter.size)
                rv_tr_format(left, N_("%1 of %2 findings"), rv_buf_str(&count), rv_buf_str(&all), NULL);
        else
                rv_tr_format(left, NP_("%1 finding", "%1 findings"), rv_buf_str(&count), NULL);
        if (overview->problem.size)
                rv_buf_add_str(right, rv_buf_str(&overview->problem));
        ui_say_planned(page, right);
}

/* The findings only: what else is on the screen are no rows of one view. */
static bool find_overview(struct page *page, const char *text, bool final)
{
        struct overview *overview = overview_of(page);
        const struct typed_filter typed = { &overview->filter, &overview->problem, &overview->compiled };

        if (!filter_typed(page->ui, rv_common_view("findings"), text, final, &typed))
                return false;
        overview->at = 0; /* the first that is left */
        overview_arrange(overview);
        return true;
}

static const char *finding_overview(const struct page *page)
{
        return rv_buf_str(&overview_of(page)->filter);
}

static void command_overview(const struct page *page, struct rv_buf *out)
{
        const struct rv_buf *filter = &overview_of(page)->filter;

        rv_buf_add_str(out, "status");
        if (filter->size) {
                rv_buf_add_str(out, " --where ");
                rv_word_quote(rv_buf_str(filter), out);
        }
}

static void again_overview(struct page *page)
{
        load_all(overview_of(page), LOAD_AGAIN);
}

static const struct page_kind overview_kind = { .free = free_overview,
                                                .draw = overview_draw,
                                                .act = act_overview,
                                                .can = can_overview,
                                                .status = status_overview,
                                                .find = find_overview,
                                                .finding = finding_overview,
                                                .command = command_overview,
                                                .again = again_overview };

struct page *overview_page(struct ui *ui, const struct place *place)
{
        struct overview *overview = calloc(1, sizeof *overview);

        (void)place;
        if (!overview)
                return NULL;
        overview->page = (struct page){ .kind = &overview_kind, .ui = ui };
        overview->parts = calloc(ui->n_tabs, sizeof *overview->parts);
        if (!overview->parts) {
                free(overview);
                return NULL;
        }
        if (!host_elsewhere(ui->host))
                host_system(ui->host, &overview->system);
        host_kernel(&overview->kernel);
        load_all(overview, LOAD_FIRST);
        return &overview->page;
}
