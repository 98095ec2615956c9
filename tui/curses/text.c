/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text that is scrolled and searched: help, logs, and views whose shape is TEXT. */
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/utf8.h"
#include "core/model/snapshot.h"
#include "tui/curses/load.h"
#include "tui/present/command.h"
#include "tui/present/layout.h"
#include "tui/present/text.h"

struct line { /* a wrapped line of the text */
        size_t from, len;
        int indent; /* of what goes on from the line above: it hangs under its text */
};

struct text {
        struct page page;
        struct place place; /* empty for a text of our own */
        struct rv_buf text; /* sanitised */
        struct line *lines;
        size_t n, top, hit; /* hit: line of the last match, SIZE_MAX for none */
        int width, height;
        struct rv_buf search;
        bool searching; /* being typed: from where it began */
        size_t began;
};

static struct text *text_of(const struct page *page)
{
        return (struct text *)page;
}

static void free_text(struct page *page)
{
        struct text *text = text_of(page);

        place_free(&text->place);
        rv_buf_free(&text->text);
        rv_buf_free(&text->search);
        free(text->lines);
        free(text);
}

/* Where the text of a line begins: behind what stands in a column of its own, else behind its blanks and its dash. */
static int hang_of(const char *s, size_t n, int width)
{
        size_t lead = 0, i;
        int cells;

        while (lead < n && s[lead] == ' ')
                lead++;
        for (i = lead; i + 2 < n; i++)
                if (s[i] == ' ' && s[i + 1] == ' ')
                        break;
        while (i + 2 < n && s[i] == ' ')
                i++;
        cells = (int)rv_text_width(s, i);
        if (i > lead && i + 2 < n && cells <= width / 2)
                return cells;
        if (lead + 1 < n && strchr("-*$", s[lead]) && s[lead + 1] == ' ')
                lead += 2;
        else if (lead > 0)
                lead += 2;
        return (int)lead <= width / 2 ? (int)lead : 0;
}

/* Lines are offsets into the text, made again for another width. */
static void wrap(struct text *text, int width)
{
        const char *s = rv_buf_str(&text->text);
        size_t from = 0, next, len, room = 0;
        struct line *lines;
        int indent = 0, hang = 0;

        free(text->lines);
        text->lines = NULL;
        text->n = 0;
        text->width = width;
        for (; from < text->text.size; from += next) {
                if (!indent)
                        hang = hang_of(s + from, strcspn(s + from, "\n"), width);
                len = rv_text_wrap(s + from, text->text.size - from,
                                   width - indent > 1 ? (unsigned)(width - indent) : 1, &next);
                if (text->n == room) {
                        room = room ? room * 2 : 64;
                        lines = reallocarray(text->lines, room, sizeof *lines);
                        if (!lines)
                                return;
                        text->lines = lines;
                }
                text->lines[text->n++] = (struct line){ from, len, indent };
                indent = s[from + next - 1] == '\n' ? 0 : hang;
        }
}

/* For keys that come before the first picture. */
static void shape(struct text *text)
{
        struct area area;

        if (text->lines)
                return;
        ui_body(&area);
        text->height = area.h;
        wrap(text, area.w - 2);
}

static void clamp(struct text *text)
{
        size_t h = text->height > 0 ? (size_t)text->height : 1;

        if (text->top + h > text->n)
                text->top = text->n > h ? text->n - h : 0;
}

static void draw_page(struct page *page, const struct area *area)
{
        struct text *text = text_of(page);
        const char *s = rv_buf_str(&text->text);
        int i, x;

        text->height = area->h;
        if (text->width != area->w - 2 || !text->lines)
                wrap(text, area->w - 2);
        clamp(text);
        for (i = 0; i < area->h && text->top + (size_t)i < text->n; i++) {
                const struct line *line = &text->lines[text->top + (size_t)i];

                x = area->x + 1 + line->indent;
                if (text->top + (size_t)i == text->hit)
                        draw_text(&page->ui->term, area->y + i, area->x, 1, ">", STYLE_PLAIN);
                draw_bytes(&page->ui->term, area->y + i, x, area->w - 1 - line->indent, s + line->from, line->len,
                           text->top + (size_t)i == text->hit ? STYLE_TITLE : STYLE_PLAIN);
        }
        if (text->n == 0)
                draw_text(&page->ui->term, area->y, area->x + 1, area->w - 1,
                          page->loading ? page_loading(page) : _("there is no text"), STYLE_PLAIN);
        page->cursor_y = area->y;
        if (text->hit != SIZE_MAX && text->hit >= text->top && text->hit - text->top < (size_t)area->h)
                page->cursor_y += (int)(text->hit - text->top);
        page->cursor_x = area->x;
}

/* Without case for ASCII; a match across a wrapped line is not found. */
static bool matches(const struct text *text, size_t line)
{
        RV_BUF_CLEANUP struct rv_buf one = { 0 };

        rv_buf_add(&one, rv_buf_str(&text->text) + text->lines[line].from, text->lines[line].len);
        return strcasestr(rv_buf_str(&one), rv_buf_str(&text->search)) != NULL;
}

/* Goes to the next match from a line on, around the end. */
static void seek(struct text *text, size_t from, int step)
{
        size_t i, line = from;

        text->hit = SIZE_MAX;
        for (i = 0; text->search.size && i < text->n; i++) {
                line = line % text->n;
                if (matches(text, line)) {
                        text->hit = line;
                        if (line < text->top || line >= text->top + (size_t)text->height)
                                text->top = line > 2 ? line - 2 : 0;
                        return;
                }
                line += step > 0 ? 1 : text->n - 1;
        }
}

static void scroll(struct text *text, enum act act)
{
        size_t page = text->height > 1 ? (size_t)text->height - 1 : 1;

        if (act == ACT_UP)
                text->top -= text->top > 0;
        else if (act == ACT_DOWN)
                text->top++;
        else if (act == ACT_PAGE_UP)
                text->top = text->top > page ? text->top - page : 0;
        else if (act == ACT_PAGE_DOWN)
                text->top += page;
        else
                text->top = act == ACT_HOME ? 0 : text->n;
        clamp(text);
}

static void load_text(struct text *text, bool reload);

/* A text has no rows: keys that open or select turn the page. */
static bool act_text(struct page *page, enum act act)
{
        struct text *text = text_of(page);

        shape(text);
        switch (act) {
        case ACT_UP:
        case ACT_DOWN:
        case ACT_PAGE_UP:
        case ACT_PAGE_DOWN:
        case ACT_HOME:
        case ACT_END:
                scroll(text, act);
                return true;
        case ACT_SELECT:
        case ACT_OPEN:
                scroll(text, ACT_PAGE_DOWN);
                return true;
        case ACT_NEXT:
                seek(text, text->hit == SIZE_MAX ? text->top : text->hit + 1, 1);
                return true;
        case ACT_PREVIOUS:
                seek(text, text->hit == SIZE_MAX || text->hit == 0 ? text->n - (text->n > 0) : text->hit - 1, -1);
                return true;
        case ACT_RELOAD:
                if (text->place.view)
                        load_text(text, true);
                return true;
        case ACT_HELP: /* help on help is what is shown */
                return !text->place.view;
        default:
                return false;
        }
}

static uint64_t can_text(const struct page *page)
{
        return text_of(page)->search.size ? ACT_BIT(ACT_NEXT) : 0;
}

/* Each key searches again from where the search began, so that a longer word finds more exactly. */
static bool find_text(struct page *page, const char *search, bool final)
{
        struct text *text = text_of(page);

        shape(text);
        if (!text->searching)
                text->began = text->top;
        text->searching = !final;
        rv_buf_clear(&text->search);
        rv_buf_add_str(&text->search, search);
        if (!final || text->hit == SIZE_MAX)
                seek(text, text->began, 1);
        if (*search == '\0')
                text->hit = SIZE_MAX;
        else if (text->hit == SIZE_MAX)
                ui_note(page->ui, STYLE_PLAIN, _("no match"));
        return true;
}

static const char *finding_text(const struct page *page)
{
        return rv_buf_str(&text_of(page)->search);
}

static void status_text(struct page *page, struct rv_buf *left, struct rv_buf *right)
{
        const struct text *text = text_of(page);
        size_t last = text->top + (size_t)(text->height > 0 ? text->height : 0);

        (void)right;
        if (text->n == 0)
                return;
        if (text->n <= (size_t)text->height)
                rv_buf_add_str(left, _("all of it"));
        else if (last >= text->n)
                rv_buf_add_str(left, _("end"));
        else
                rv_buf_printf(left, "%zu %%", last * 100 / text->n);
}

static void command_text(const struct page *page, struct rv_buf *out)
{
        const struct place *place = &text_of(page)->place;

        if (!place->view) {
                rv_buf_add_str(out, "help");
                return;
        }
        rv_buf_printf(out, "%s %s", place->plugin, place->view);
        if (place->word) {
                rv_buf_add_char(out, ' ');
                rv_word_quote(place->word, out);
        }
}

static bool is_bare(const struct page *page)
{
        return text_of(page)->text.size == 0;
}

static void again_text(struct page *page)
{
        if (text_of(page)->place.view)
                load_text(text_of(page), false);
}

static const struct page_kind text_kind = { .free = free_text,
                                            .draw = draw_page,
                                            .act = act_text,
                                            .can = can_text,
                                            .status = status_text,
                                            .find = find_text,
                                            .finding = finding_text,
                                            .command = command_text,
                                            .bare = is_bare,
                                            .again = again_text };

/* The caller has sanitised what is not its own. */
struct page *text_page(struct ui *ui, char *take_text)
{
        struct text *text = calloc(1, sizeof *text);

        if (text) {
                text->page = (struct page){ .kind = &text_kind, .ui = ui };
                text->hit = SIZE_MAX;
                rv_buf_add_str(&text->text, take_text ? take_text : "");
        }
        free(take_text);
        return text ? &text->page : NULL;
}

/* A row of a text view: what is short on one line, then the texts. */
static void add_row(struct text *text, const struct rv_snapshot *snapshot, size_t row)
{
        const struct rv_view *view = rv_snapshot_view(snapshot);
        struct rv_look look = text->page.ui->look;
        unsigned pass, i;
        size_t before = text->text.size;

        look.long_form = look.several_lines = true;
        for (pass = 0; pass < 2; pass++) {
                for (i = 0; i < view->n_columns; i++) {
                        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
                        bool is_text = view->columns[i].type == RV_TEXT || view->columns[i].type == RV_MSG;

                        if (view->columns[i].flags & RV_HIDDEN || is_text != (pass == 1) ||
                            rv_cell_null(snapshot, row, i))
                                continue;
                        rv_show_cell(&look, snapshot, row, i, &shown);
                        if (text->text.size > before)
                                rv_buf_add_str(&text->text, pass ? "\n" : "  ");
                        rv_buf_add_str(&text->text, rv_buf_str(&shown.text));
                }
        }
        rv_buf_add_char(&text->text, '\n');
}

static void loaded(struct page *page, int tag, struct rv_snapshot *take_snapshot, const struct rv_err *err)
{
        struct text *text = text_of(page);
        size_t i;

        (void)tag;
        rv_buf_clear(&text->text);
        free(text->lines);
        text->lines = NULL;
        text->n = 0;
        if (!take_snapshot) {
                if (err)
                        rv_tr_packed(rv_buf_str(&err->message), err->message.size, &text->text);
                return;
        }
        for (i = 0; i < rv_snapshot_rows(take_snapshot); i++)
                add_row(text, take_snapshot, i);
        rv_snapshot_unref(take_snapshot);
}

static void load_text(struct text *text, bool reload)
{
        const struct load_ask ask = { .plugin = text->place.plugin,
                                      .view = text->place.view,
                                      .word = text->place.word,
                                      .all_columns = true,
                                      .reload = reload,
                                      .done = loaded };

        load_start(&text->page, &ask);
}

struct page *text_view_page(struct ui *ui, const struct place *place)
{
        struct page *page = text_page(ui, NULL);

        if (!page)
                return NULL;
        text_of(page)->place = place_of(place->plugin, place->view, place->word, NULL);
        load_text(text_of(page), false);
        return page;
}
