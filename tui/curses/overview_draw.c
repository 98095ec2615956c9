/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Overview's lines on the screen. The columns stand at fixed places: the eye finds them again at every look. */
#include <string.h>

#include "core/base/utf8.h"
#include "core/model/load.h"
#include "tui/curses/overview.h"
#include "tui/present/text.h"

enum { TEXT_AT = 3, LABEL = 13, WHERE = 11, BAR = 20, HINT_AT = 1, HINT_LINES = 8 };

/* By the column's id: common views may grow columns. */
static void draw_cell(struct ui *ui, const struct rv_snapshot *snapshot, size_t row, const char *id, int y, int x,
                      int width)
{
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        int column = rv_snapshot_column(snapshot, id);

        if (column < 0 || width <= 0 || rv_cell_null(snapshot, row, (unsigned)column))
                return;
        rv_show_cell(&ui->look, snapshot, row, (unsigned)column, &shown);
        rv_text_pad(rv_buf_str(&shown.text), shown.text.size, (unsigned)width, false, &text);
        draw_text(&ui->term, y, x, width, rv_buf_str(&text), (enum style)shown.role);
}

/* Sign, text, plugin, age. A narrow screen has room for the text only. */
static void draw_finding(struct overview *overview, const struct overview_line *line, int y, int w)
{
        static const enum style styles[] = { STYLE_PLAIN + RV_BAD, STYLE_PLAIN + RV_WARN, STYLE_PLAIN };
        struct ui *ui = overview->page.ui;
        int64_t severity = 0, since = 0;
        int where = overview_where(w);
        char sign[2] = "!";
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        if (line->snapshot) {
                severity = overview_number(line->snapshot, line->row, "severity", 2);
                since = overview_number(line->snapshot, line->row, "since", 0);
        }
        if (severity > 0)
                sign[0] = severity == 1 ? '+' : ' ';
        draw_text(&ui->term, y, 1, 1, sign, styles[severity < 3 ? severity : 2]);
        (void)overview_wrapped(overview, line, 0, &text);
        draw_text(&ui->term, y, TEXT_AT, where - TEXT_AT - 1, rv_buf_str(&text), STYLE_PLAIN);
        if (where == w)
                return;
        draw_text(&ui->term, y, where, WHERE - 1, ui->tabs[line->part].title, STYLE_PLAIN);
        if (since > 0) {
                RV_BUF_CLEANUP struct rv_buf age = { 0 };

                rv_show_span(ui->look.now > since ? ui->look.now - since : 0, false, &age);
                draw_right(&ui->term, y, where + WHERE, w - where - WHERE, rv_buf_str(&age), STYLE_PLAIN);
        }
}

/* As df says it: of what users may fill, and rounded up. */
static unsigned percent_used(const struct host_space *space)
{
        const long double all = (long double)space->used + (long double)space->free;
        const long double percent = all > 0 ? (long double)space->used * 100 / all : 100;
        const unsigned whole = (unsigned)percent;

        return whole + (percent > whole);
}

/* ASCII on purpose: it is sent to any terminal and read by any reader. */
static void draw_space(struct overview *overview, const struct overview_line *line, int y, int w)
{
        const struct host_space *space = &overview->spaces[line->row];
        const unsigned percent = percent_used(space);
        RV_BUF_CLEANUP struct rv_buf text = { 0 }, size = { 0 };
        struct ui *ui = overview->page.ui;
        unsigned i;

        if (line->row == 0)
                draw_text(&ui->term, y, TEXT_AT, LABEL - 1, _("Space"), STYLE_PLAIN);
        rv_text_pad(space->path, strlen(space->path), 10, false, &text);
        rv_buf_add_char(&text, '[');
        for (i = 0; i < BAR; i++)
                rv_buf_add_char(&text, i * 100 < percent * BAR ? '#' : '.');
        rv_buf_printf(&text, "] %3u %%  ", percent);
        rv_show_size((int64_t)space->free, &size);
        rv_tr_format(&text, N_("%1 free"), rv_buf_str(&size), NULL);
        draw_text(&ui->term, y, TEXT_AT + LABEL, w - TEXT_AT - LABEL, rv_buf_str(&text),
                  percent >= 95 ? STYLE_PLAIN + RV_WARN : STYLE_PLAIN);
}

/* When and what; a narrow screen has no room for how it ended and who did it. */
static void draw_change(struct overview *overview, const struct overview_line *line, int y, int w)
{
        struct ui *ui = overview->page.ui;
        bool whole = w >= 60;

        draw_cell(ui, line->snapshot, line->row, "at", y, TEXT_AT, 10);
        draw_cell(ui, line->snapshot, line->row, "what", y, TEXT_AT + 11, whole ? w - 39 : w - TEXT_AT - 11);
        if (whole) {
                draw_cell(ui, line->snapshot, line->row, "result", y, w - 24, 11);
                draw_cell(ui, line->snapshot, line->row, "who", y, w - 12, 12);
        }
}

static void draw_line(struct overview *overview, size_t i, int y, int w)
{
        const struct overview_line *line = &overview->lines[i];
        struct ui *ui = overview->page.ui;
        RV_BUF_CLEANUP struct rv_buf more = { 0 }, count = { 0 };

        if (i == overview->at && overview_selectable(line))
                draw_text(&ui->term, y, 0, 1, ">", STYLE_PLAIN);
        switch (line->kind) {
        case LINE_HEADING:
                draw_text(&ui->term, y, TEXT_AT, w - TEXT_AT, line->heading, STYLE_TITLE);
                if (i == 0 && overview_where(w) < w) {
                        draw_text(&ui->term, y, overview_where(w), WHERE - 1, _("WHERE"), STYLE_TITLE);
                        draw_right(&ui->term, y, w - 5, 5, _("AGE"), STYLE_TITLE);
                }
                break;
        case LINE_FINDING:
                draw_finding(overview, line, y, w);
                break;
        case LINE_MORE:
                (void)overview_wrapped(overview, line, line->nth, &more);
                draw_text(&ui->term, y, TEXT_AT, w - TEXT_AT, rv_buf_str(&more), STYLE_PLAIN);
                break;
        case LINE_REST:
                rv_show_count((int64_t)line->count, &count);
                rv_tr_format(&more, N_("and %1 more"), rv_buf_str(&count), NULL);
                draw_text(&ui->term, y, TEXT_AT, w - TEXT_AT, rv_buf_str(&more), STYLE_PLAIN);
                break;
        case LINE_SUMMARY:
                overview_draw_figures(overview, line->part, y, w);
                break;
        case LINE_SPACE:
                draw_space(overview, line, y, w);
                break;
        case LINE_CHANGE:
                draw_change(overview, line, y, w);
                break;
        default:
                break;
        }
}

/* When something changed last, and who did it: the first question after "what is this host". */
static void draw_last_change(struct overview *overview, const struct area *line, int from)
{
        RV_BUF_CLEANUP struct rv_buf when = { 0 }, who = { 0 }, text = { 0 };
        const struct rv_snapshot *newest = NULL;
        struct ui *ui = overview->page.ui;
        const char *name;
        size_t row = 0, i;

        for (i = 0; i < overview->n && !newest; i++) {
                newest = overview->lines[i].kind == LINE_CHANGE ? overview->lines[i].snapshot : NULL;
                row = overview->lines[i].row;
        }
        if (!newest)
                return;
        rv_show_time(&ui->look, overview_number(newest, row, "at", 0), &when);
        name = overview_text(newest, row, "who");
        rv_sanitize(name, strlen(name), &who);
        rv_tr_format(&text, who.size ? N_("last change %1, %2") : N_("last change %1"), rv_buf_str(&when),
                     rv_buf_str(&who), NULL);
        if (from + (int)rv_text_width(rv_buf_str(&text), text.size) < line->w)
                draw_right(&ui->term, line->y, from, line->x + line->w - from, rv_buf_str(&text), STYLE_PLAIN);
}

/* What is looked at instead of the root: nothing is known about its machine. */
static void draw_elsewhere(struct ui *ui, const struct area *line)
{
        const char *image = rv_host_option(ui->host, "image"), *slot = rv_host_option(ui->host, "slot");
        RV_BUF_CLEANUP struct rv_buf path = { 0 }, name = { 0 }, text = { 0 };

        image = image ? image : ui->host->root.path;
        rv_sanitize(image, strlen(image), &path);
        if (slot)
                rv_sanitize(slot, strlen(slot), &name);
        if (slot)
                rv_tr_format(&text, N_("inside slot %1 of %2"), rv_buf_str(&name), rv_buf_str(&path), NULL);
        else
                rv_tr_format(&text, N_("image %1"), rv_buf_str(&path), NULL);
        draw_text(&ui->term, line->y, line->x + 1, line->w - 1, rv_buf_str(&text), STYLE_PLAIN);
}

/* The second line of the screen: what runs here. Of a foreign root nothing runs. */
static void draw_system(struct overview *overview, const struct area *line)
{
        struct ui *ui = overview->page.ui;
        RV_BUF_CLEANUP struct rv_buf right = { 0 }, up = { 0 };
        int used = draw_text(&ui->term, line->y, line->x + 1, line->w - 1, rv_buf_str(&overview->system), STYLE_PLAIN);

        if (host_elsewhere(ui->host)) {
                draw_elsewhere(ui, line);
                return;
        }
        if (ui->host->root.foreign) {
                RV_BUF_CLEANUP struct rv_buf path = { 0 };

                rv_sanitize(ui->host->root.path, strlen(ui->host->root.path), &path);
                rv_tr_format(&right, N_("root %1"), rv_buf_str(&path), NULL);
        } else {
                rv_show_span(host_uptime(), false, &up);
                rv_tr_format(&right, N_("up %1    kernel %2"), rv_buf_str(&up), rv_buf_str(&overview->kernel), NULL);
        }
        used = used < 20 ? 20 : used + 4;
        used += draw_text(&ui->term, line->y, line->x + used, line->w - used, rv_buf_str(&right), STYLE_PLAIN);
        draw_last_change(overview, line, line->x + used + 2);
}

/* In lines that are free below all others, so that nothing moves when the cursor does. Half a piece of advice may say
 * the opposite of all of it, so what has no room is not begun. */
static void draw_hint(struct overview *overview, int y, int h, int w)
{
        RV_BUF_CLEANUP struct rv_buf hint = { 0 };
        size_t from[HINT_LINES + 1] = { 0 }, len[HINT_LINES], next;
        int n = 0, used = (int)(overview->n - overview->top), i;

        overview_hint(overview, &hint);
        for (; n < HINT_LINES && from[n] < hint.size; n++) {
                len[n] = rv_text_wrap(rv_buf_str(&hint) + from[n], hint.size - from[n],
                                      w > HINT_AT + 1 ? (unsigned)(w - HINT_AT) : 1, &next);
                from[n + 1] = from[n] + next;
        }
        if (from[n] < hint.size || used + n > h)
                return;
        for (i = 0; i < n; i++)
                draw_bytes(&overview->page.ui->term, y + h - n + i, HINT_AT, w - HINT_AT, rv_buf_str(&hint) + from[i],
                           len[i], STYLE_PLAIN);
}

/* The filter is typed and shown where the system stands. */
static bool is_filtering(const struct overview *overview)
{
        const struct prompt *prompt = &overview->page.ui->prompt;

        return overview->filter.size > 0 || (prompt->open && prompt->sign == '/');
}

void overview_draw(struct page *page, const struct area *area)
{
        struct overview *overview = (struct overview *)page;
        struct area line = *area;
        int h = area->h, y = area->y, i;

        if (overview->width != area->w)
                overview_arrange(overview);
        if (area->y > 0 && !is_filtering(overview)) { /* its views' line is free: there are none */
                line.y = area->y - 1;
                draw_system(overview, &line);
        }
        if (h > 12) {
                y++;
                h--;
        }
        if (overview->at < overview->top || (overview->top && overview->n <= (size_t)h))
                overview->top = overview->n <= (size_t)h ? 0 : overview->at;
        if (overview->at >= overview->top + (size_t)h)
                overview->top = overview->at - (size_t)h + 1;
        for (i = 0; i < h && overview->top + (size_t)i < overview->n; i++)
                draw_line(overview, overview->top + (size_t)i, y + i, area->w);
        draw_hint(overview, y, h, area->w);
        page->cursor_y = y + (int)(overview->at - overview->top);
        page->cursor_x = 0;
}
