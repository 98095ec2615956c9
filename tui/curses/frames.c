/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tabs and frames: where the user is, how they got there and what lies beside it. All of it follows from the plugins'
 * declarations; a plugin is opened when its tab is looked at. */
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/utf8.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "core/model/snapshot.h"
#include "tui/curses/load.h"
#include "tui/present/help.h"
#include "tui/present/text.h"

static char *copy(const char *s)
{
        return s ? strdup(s) : NULL;
}

struct place place_of(const char *plugin, const char *view, const char *word, const char *row)
{
        return (struct place){ copy(plugin), copy(view), copy(word), copy(row) };
}

void place_free(struct place *place)
{
        free(place->plugin);
        free(place->view);
        free(place->word);
        free(place->row);
        *place = (struct place){ 0 };
}

/* Loads are dropped first: none may come back to a page that is gone. */
static void free_page(struct page *page)
{
        if (!page)
                return;
        load_drop(page);
        page->kind->free(page);
}

static void free_frame(struct frame *frame)
{
        size_t i;

        for (i = 0; i < frame->n; i++) {
                free_page(frame->entries[i].page);
                place_free(&frame->entries[i].place);
        }
        free(frame->entries);
        free(frame->title);
        free(frame);
}

static struct frame *new_frame(const char *title, size_t room)
{
        RV_BUF_CLEANUP struct rv_buf clean = { 0 };
        struct frame *frame = calloc(1, sizeof *frame);

        if (!frame)
                return NULL;
        rv_sanitize(title, strlen(title), &clean);
        frame->title = strdup(rv_buf_str(&clean));
        frame->entries = calloc(room ? room : 1, sizeof *frame->entries);
        if (!frame->title || !frame->entries) {
                free_frame(frame);
                return NULL;
        }
        return frame;
}

static void add_entry(struct frame *frame, const char *title, struct place take_place,
                      struct page *(*make)(struct ui *ui, const struct place *place))
{
        frame->entries[frame->n++] = (struct entry){ .title = title, .place = take_place, .make = make };
}

const char *ui_plugin_title(struct ui *ui, const char *plugin)
{
        size_t i;

        for (i = 0; i < ui->n_tabs; i++)
                if (strcmp(ui->tabs[i].id, plugin) == 0)
                        return ui->tabs[i].title;
        return plugin;
}

const struct rv_view *ui_view(struct ui *ui, const char *plugin, const char *view, const struct rv_plugin **ret_plugin,
                              struct rv_err *err)
{
        const struct rv_view *found = NULL;
        size_t i;

        *ret_plugin = NULL;
        if (strcmp(plugin, "reeve") == 0) {
                for (i = 0; ui->host->own_views && ui->host->own_views[i]; i++)
                        if (strcmp(ui->host->own_views[i]->id, view) == 0)
                                found = ui->host->own_views[i];
                return found ? found : rv_common_view(view);
        }
        if (rv_registry_plugin(ui->host->registry, plugin, ret_plugin, err))
                return NULL;
        found = rv_plugin_view(*ret_plugin, view);
        if (!found)
                (void)!rv_fail(err, RV_NOTFOUND, N_("%1 has no view %2"), NULL, plugin, view, NULL);
        return found;
}

typedef struct page *make_page(struct ui *ui, const struct place *place);

/* The declared shape decides how a view is shown. A tree is a list whose first column is indented. */
static make_page *maker(const struct rv_view *view)
{
        switch (view->shape) {
        case RV_SHAPE_RECORD:
                return record_page;
        case RV_SHAPE_TEXT:
                return text_view_page;
        default:
                return list_page;
        }
}

/* The views of a tab, as declared. This is where a plugin is opened for the first time. */
static struct frame *plugin_frame(struct ui *ui, struct tab *tab)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct rv_plugin *plugin;
        struct frame *frame;
        uint32_t i;

        if (rv_registry_plugin(ui->host->registry, tab->id, &plugin, &err)) {
                /* The page of a view that is not there says why. */
                frame = new_frame(tab->title, 1);
                if (frame)
                        add_entry(frame, tab->title, place_of(tab->id, "", NULL, NULL), list_page);
                return frame;
        }
        tab->title = rv_tr(rv_plugin_domain(plugin), plugin->title);
        frame = new_frame(tab->title, plugin->n_views);
        for (i = 0; frame && i < plugin->n_views; i++)
                if (!rv_view_needs_words(&plugin->views[i]))
                        add_entry(frame, rv_tr(rv_plugin_domain(plugin), plugin->views[i].title),
                                  place_of(tab->id, plugin->views[i].id, NULL, NULL), maker(&plugin->views[i]));
        return frame;
}

struct frame *ui_frame(struct ui *ui)
{
        struct tab *tab = &ui->tabs[ui->tab];

        if (!tab->top && !*tab->id) {
                tab->top = new_frame(tab->title, 1);
                if (tab->top)
                        add_entry(tab->top, tab->title, place_of("reeve", "findings", NULL, NULL), overview_page);
        } else if (!tab->top) {
                tab->top = plugin_frame(ui, tab);
        }
        return tab->top;
}

/* Pages are made when they are looked at, so that a tab costs nothing until then. */
struct page *ui_page(struct ui *ui)
{
        struct frame *frame = ui_frame(ui);
        struct entry *entry;

        if (!frame || frame->n == 0)
                return NULL;
        entry = &frame->entries[frame->at];
        if (!entry->page)
                entry->page = entry->make(ui, &entry->place);
        return entry->page;
}

static bool same(const char *a, const char *b)
{
        return a == b || (a && b && strcmp(a, b) == 0);
}

struct rv_snapshot *ui_loaded(struct ui *ui, const struct place *place)
{
        struct frame *frame;
        const struct place *other;
        struct page *page;

        for (frame = ui->tabs[ui->tab].top; frame; frame = frame->below) {
                page = frame->entries[frame->at].page;
                if (page && page_view(page, &other) && same(other->plugin, place->plugin) &&
                    same(other->view, place->view) && same(other->word, place->word) && page_snapshot(page))
                        return rv_snapshot_ref((struct rv_snapshot *)(uintptr_t)page_snapshot(page));
        }
        return NULL;
}

/* The four subsystems come first and in the order of their numbers in the manual; whatever else there is follows. */
static const struct {
        const char *id, *title;
} known[] = { { "packages", N_("Packages") },
              { "sandboxes", N_("Sandboxes") },
              { "slots", N_("Slots") },
              { "signatures", N_("Signatures") } };
enum { KNOWN = sizeof known / sizeof known[0] };

static size_t known_at(const char *id)
{
        size_t i;

        for (i = 0; i < KNOWN && strcmp(known[i].id, id) != 0; i++)
                ;
        return i;
}

/* Only names of libraries are read here: a plugin that cannot be loaded still has its tab, which says why. */
int ui_tabs_make(struct ui *ui, struct rv_err *err)
{
        const char *const *names;
        size_t n = rv_registry_names(ui->host->registry, &names), i, rank;

        ui->tabs = calloc(n + 1, sizeof *ui->tabs);
        if (!ui->tabs)
                return rv_fail_memory(err);
        ui->tabs[ui->n_tabs++] = (struct tab){ .id = "", .title = _("Overview") };
        for (rank = 0; rank <= KNOWN; rank++)
                for (i = 0; i < n; i++)
                        if (known_at(names[i]) == rank)
                                ui->tabs[ui->n_tabs++] =
                                        (struct tab){ .id = names[i],
                                                      .title = rank < KNOWN ? _(known[rank].title) : names[i] };
        return RV_OK;
}

void ui_tabs_free(struct ui *ui)
{
        size_t i;

        for (i = 0; i < ui->n_tabs; i++)
                while (ui->tabs[i].top) {
                        struct frame *below = ui->tabs[i].top->below;

                        free_frame(ui->tabs[i].top);
                        ui->tabs[i].top = below;
                }
        free(ui->tabs);
        ui->tabs = NULL;
        ui->n_tabs = 0;
}

void ui_go_tab(struct ui *ui, size_t tab)
{
        if (tab < ui->n_tabs)
                ui->tab = tab;
}

static void push(struct ui *ui, struct frame *frame)
{
        if (!frame)
                return;
        frame->below = ui_frame(ui);
        ui->tabs[ui->tab].top = frame;
}

/* What lies below was kept as it was: cursor, filter and all. */
bool ui_back(struct ui *ui)
{
        struct frame *frame = ui_frame(ui);

        if (!frame || !frame->below)
                return false;
        ui->tabs[ui->tab].top = frame->below;
        free_frame(frame);
        return true;
}

/* The page on top is made first: it may take over what the one below has loaded. */
void ui_drop_below(struct ui *ui)
{
        struct frame *frame = ui_page(ui) ? ui_frame(ui) : NULL, *below = frame ? frame->below : NULL;

        if (!below || !below->below)
                return;
        frame->below = below->below;
        free_frame(below);
}

void ui_next_view(struct ui *ui, int step)
{
        struct frame *frame = ui_frame(ui);

        if (frame && frame->n > 1)
                frame->at = step > 0 ? (frame->at + 1) % frame->n : (frame->at + frame->n - 1) % frame->n;
}

/* Whether a view is about one row of another: its first argument is required and refers to that one. */
static bool is_about(const struct rv_view *view, const char *plugin, const char *of)
{
        const struct rv_arg *arg = view->args;
        size_t n = strlen(plugin);

        return view->n_args > 0 && arg->flags & RV_REQUIRED && arg->ref && strncmp(arg->ref, plugin, n) == 0 &&
               arg->ref[n] == '/' && strcmp(arg->ref + n + 1, of) == 0;
}

/* A view that declares a record view shows that; else the row itself is the record. */
void ui_open_row(struct ui *ui, const struct place *place, const char *title)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct rv_plugin *plugin;
        const struct rv_view *view = ui_view(ui, place->plugin, place->view, &plugin, &err), *record, *other;
        struct frame *frame = view ? new_frame(title, (plugin ? plugin->n_views : 0) + 1) : NULL;
        uint32_t i;

        if (err.code)
                ui_note_error(ui, &err);
        if (!frame)
                return;
        record = view->record && plugin ? rv_plugin_view(plugin, view->record) : NULL;
        if (record)
                add_entry(frame, rv_tr(rv_plugin_domain(plugin), record->title),
                          place_of(place->plugin, record->id, place->row, NULL), maker(record));
        else
                add_entry(frame, _("Details"), place_of(place->plugin, place->view, place->word, place->row),
                          record_page);
        for (i = 0; plugin && i < plugin->n_views; i++) {
                other = &plugin->views[i];
                if (other != record && is_about(other, place->plugin, place->view))
                        add_entry(frame, rv_tr(rv_plugin_domain(plugin), other->title),
                                  place_of(place->plugin, other->id, place->row, NULL), maker(other));
        }
        push(ui, frame);
}

void ui_open_view(struct ui *ui, const char *plugin_id, const char *view_id, const char *word, const char *title)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct rv_plugin *plugin;
        const struct rv_view *view = ui_view(ui, plugin_id, view_id, &plugin, &err);
        struct frame *frame;
        const char *own;

        if (!view) {
                ui_note_error(ui, &err);
                return;
        }
        own = rv_tr(rv_plugin_domain(plugin), view->title);
        frame = new_frame(title ? title : word ? word : own, 1);
        if (!frame)
                return;
        add_entry(frame, own, place_of(plugin_id, view_id, word, NULL), maker(view));
        push(ui, frame);
}

void ui_open_page(struct ui *ui, const char *title, struct page *take_page)
{
        struct frame *frame = take_page ? new_frame(title, 1) : NULL;

        if (!frame) {
                free_page(take_page);
                return;
        }
        add_entry(frame, frame->title, (struct place){ 0 }, NULL);
        frame->entries[0].page = take_page;
        push(ui, frame);
}

bool ui_open_ref(struct ui *ui, const char *target, const char *key, const char *where)
{
        const char *slash = strchr(target, '/');
        struct place place;
        char *plugin;

        if (!slash)
                return false;
        plugin = strndup(target, (size_t)(slash - target));
        if (plugin && *key && !*where) {
                place = place_of(plugin, slash + 1, NULL, key);
                ui_open_row(ui, &place, key);
                place_free(&place);
        } else if (plugin) {
                const struct page *before = ui_page(ui);

                ui_open_view(ui, plugin, slash + 1, NULL, NULL);
                if (*where && ui_page(ui) != before && page_is_list(ui_page(ui)))
                        list_set(ui_page(ui), &(struct list_wish){ .where = where });
        }
        free(plugin);
        return true;
}
