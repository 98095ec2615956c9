/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The line of each subsystem in the Overview: its figures, one subsystem's under the other's. */
#include <string.h>

#include "core/base/utf8.h"
#include "core/model/registry.h"
#include "tui/curses/overview.h"
#include "tui/present/help.h"
#include "tui/present/text.h"

enum { TEXT_AT = 3, LABEL = 13, GAP = 2, PLACES = 2 * RV_TALLIES_MAX, PITCH = 13 };

/* Where the last digit of a number stands, or a text begins, unless something is too long for that. */
static const int usual[] = { 20, 36, 50, 63 };
enum { USUAL = sizeof usual / sizeof *usual };

void overview_name_views(struct overview_part *part)
{
        const struct rv_plugin *plugin = part->plugin;
        uint32_t i;
        size_t k;

        part->n_views = 0;
        if (plugin->n_tallies == 0 && plugin->n_views && !rv_view_needs_words(plugin->views))
                part->views[part->n_views++].id = plugin->views[0].id;
        for (i = 0; i < plugin->n_tallies; i++) {
                for (k = 0; k < part->n_views && strcmp(part->views[k].id, plugin->tallies[i].view) != 0; k++)
                        ;
                if (k == part->n_views)
                        part->views[part->n_views++].id = plugin->tallies[i].view;
        }
}

/* Not at each picture: there may be many rows. A view that is gone leaves no figures behind. */
void overview_count(const struct overview *overview, struct overview_part *part, const struct overview_view *view)
{
        const struct rv_plugin *plugin = part->plugin;
        uint32_t i;

        if (plugin->n_tallies == 0 && view->snapshot)
                rv_tally_rows(rv_snapshot_rows(view->snapshot), &part->figures[0]);
        else if (plugin->n_tallies == 0)
                part->figures[0].kind = RV_FIGURE_NONE;
        for (i = 0; i < plugin->n_tallies; i++) {
                if (strcmp(plugin->tallies[i].view, view->id) != 0)
                        continue;
                part->figures[i].kind = RV_FIGURE_NONE;
                if (view->snapshot)
                        rv_tally(&overview->page.ui->look, rv_plugin_domain(plugin), &plugin->tallies[i], i == 0,
                                 view->snapshot, &part->figures[i]);
        }
}

static bool is_loading(const struct overview_part *part)
{
        size_t k;

        for (k = 0; k < part->n_views; k++)
                if (part->views[k].loading)
                        return true;
        return false;
}

/* The next one from *i on that is shown; NULL: no more. What was not computed in the end is not known. */
static const struct rv_figure *next_figure(const struct overview_part *part, size_t *i)
{
        const struct rv_figure *figure;

        while (*i < RV_TALLIES_MAX) {
                figure = &part->figures[(*i)++];
                if (figure->kind > RV_FIGURE_LOADING ||
                    (figure->kind == RV_FIGURE_LOADING && figure->text.size && !is_loading(part)))
                        return figure;
        }
        return NULL;
}

static int width_of(const struct rv_buf *text)
{
        return (int)rv_text_width(rv_buf_str(text), text->size);
}

/* Where figures of a line stand, one call after the other; places move right where they must. */
struct walk {
        int *places;
        size_t at; /* the next place */
        int end;   /* of the figure before, in cells */
        bool text; /* and that was one: it lies across as many places as it takes */
};

static struct walk walk_from_start(int *places)
{
        return (struct walk){ .places = places, .end = TEXT_AT + LABEL - GAP };
}

static int walk_on(struct walk *walk, const struct rv_figure *figure)
{
        const int digits = width_of(&figure->number), lead = digits ? digits - 1 : 0, least = walk->end + GAP + lead;
        int x;

        while (walk->text && walk->at + 1 < PLACES && walk->places[walk->at] < least)
                walk->at++;
        if (walk->places[walk->at] < least)
                walk->places[walk->at] = least;
        x = walk->places[walk->at] - lead;
        walk->at += walk->at + 1 < PLACES;
        walk->end = x + digits + (digits > 0) + width_of(&figure->text);
        walk->text = digits == 0;
        return x;
}

/* A figure that moves its place moves what stands behind it in other lines, so that all are looked at again. */
static void find_places(const struct overview *overview, int places[PLACES])
{
        int before[PLACES], i, pass;
        size_t part;

        for (i = 0; i < PLACES; i++)
                places[i] = i < USUAL ? usual[i] : usual[USUAL - 1] + PITCH * (i - USUAL + 1);
        for (pass = 0; pass == 0 || (pass < PLACES && memcmp(before, places, sizeof before) != 0); pass++) {
                memcpy(before, places, sizeof before);
                for (part = 1; part < overview->page.ui->n_tabs; part++) {
                        struct walk walk = walk_from_start(places);
                        const struct rv_figure *figure;
                        size_t k = 0;

                        while ((figure = next_figure(&overview->parts[part], &k)))
                                (void)walk_on(&walk, figure);
                }
        }
}

/* What has no room at the right is left out, in declared order; the first figure is cut instead. */
void overview_draw_figures(struct overview *overview, size_t part, int y, int w)
{
        const struct overview_part *at = &overview->parts[part];
        struct ui *ui = overview->page.ui;
        const bool loading = is_loading(at);
        const struct rv_figure *figure;
        int places[PLACES], x, end = TEXT_AT + LABEL;
        size_t i = 0;

        find_places(overview, places);
        struct walk walk = walk_from_start(places);
        draw_text(&ui->term, y, TEXT_AT, LABEL - 1, ui->tabs[part].title, STYLE_PLAIN);
        while ((figure = next_figure(at, &i))) {
                RV_BUF_CLEANUP struct rv_buf text = { 0 };

                x = walk_on(&walk, figure);
                if (walk.end > w && end > TEXT_AT + LABEL)
                        return;
                if (figure->number.size)
                        rv_buf_printf(&text, "%s ", rv_buf_str(&figure->number));
                rv_buf_add_str(&text, rv_buf_str(&figure->text));
                draw_text(&ui->term, y, x, w - x, rv_buf_str(&text), (enum style)figure->role);
                end = walk.end + GAP;
        }
        if (end == TEXT_AT + LABEL)
                draw_text(&ui->term, y, end, w - end, loading ? _("loading") : "-", STYLE_MUTED);
        else if (loading)
                draw_text(&ui->term, y, end, w - end, "...", STYLE_MUTED);
}
