/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines around a page: tabs, views or path, status, keys. A small screen loses them from the bottom up until only
 * rows are left. */
#include <string.h>

#include "core/base/utf8.h"
#include "tui/curses/menu.h"
#include "tui/curses/prompt.h"
#include "tui/present/text.h"

enum {
        KEYS_FROM = 10,
        STATUS_FROM = 8,
        TABS_FROM = 6,
        PATH_FROM = 4,
        SMALLEST_ROWS = 2,
        SMALLEST_COLUMNS = 12,
        HOST_CELLS = 20,
        PATH_CELLS = 12,
        VIEWS_GAP = 2,
        ABOUT_GAP = 4,
        FILTER_CELLS = 30,
        MORE = 2,    /* " >" */
        LEFT_OUT = 4 /* "~ > " */
};

static int width_of(const char *text)
{
        return (int)rv_text_width(text, strlen(text));
}

/* "[1 Overview] 2 Packages ": every piece has one cell at each side, so that the brackets take no room. */
static void tab_piece(const char *title, size_t number, bool current, struct rv_buf *out)
{
        rv_buf_add_char(out, current ? '[' : ' ');
        if (number)
                rv_buf_printf(out, "%zu ", number);
        rv_buf_add_str(out, title);
        rv_buf_add_char(out, current ? ']' : ' ');
}

/* Titles that do not fit shrink to their numbers; the current one stays. */
static int tabs_width(const struct ui *ui, bool titles)
{
        int width = 0;
        size_t i;

        for (i = 0; i < ui->n_tabs; i++)
                width += 3 + (titles || i == ui->tab ? width_of(ui->tabs[i].title) + 1 : 0);
        return width;
}

/* The tabs' titles give way before the host's name: a command on the wrong host is worse than a tab by its number. */
static void draw_tabs(struct ui *ui, const struct area *line)
{
        int host = width_of(rv_buf_str(&ui->host_name)) + 3, least = host < HOST_CELLS ? host : HOST_CELLS;
        bool titles = tabs_width(ui, true) + least <= line->w;
        int x, width = tabs_width(ui, titles);
        size_t i;

        x = line->x + (line->w - width >= least ? line->w - width : 0);
        if (x >= least)
                draw_text(&ui->term, line->y, line->x + 1, x - 2, rv_buf_str(&ui->host_name), STYLE_TITLE);
        for (i = 0; i < ui->n_tabs; i++) {
                RV_BUF_CLEANUP struct rv_buf piece = { 0 };

                tab_piece(titles || i == ui->tab ? ui->tabs[i].title : "", i + 1, i == ui->tab, &piece);
                if (!titles && i != ui->tab)
                        rv_buf_truncate(&piece, piece.size - 1);
                x += draw_text(&ui->term, line->y, x, line->x + line->w - x, rv_buf_str(&piece),
                               i == ui->tab ? STYLE_TITLE : STYLE_PLAIN);
        }
}

/* The path to a frame that is not a tab's own: "Packages > openssl". */
static void add_path(struct ui *ui, const struct frame *frame, struct rv_buf *out)
{
        if (frame->below)
                add_path(ui, frame->below, out);
        else if (ui->tab == 0) {
                rv_buf_add_str(out, frame->title);
                return;
        }
        if (frame->below)
                rv_buf_add_str(out, " > ");
        rv_buf_add_str(out, frame->title);
}

static int titles_width(const struct frame *frame, size_t first, size_t last)
{
        int width = 0;

        for (; first <= last; first++)
                width += width_of(frame->entries[first].title) + 2;
        return width;
}

/* Keeps both ends of a name, with "~" between them: a version tells as much as a name does. */
static void cut_middle(struct rv_buf *text, int room)
{
        RV_BUF_CLEANUP struct rv_buf tail = { 0 };
        const char *s = rv_buf_str(text);
        size_t cells, head, at;

        if (width_of(s) <= room || room < 3)
                return;
        head = rv_text_fit(s, text->size, (size_t)(room - 1) / 2, &cells);
        for (at = head; width_of(s + at) > room - 1 - (int)cells || ((unsigned char)s[at] & 0xc0) == 0x80; at++)
                ;
        rv_buf_add_str(&tail, s + at);
        rv_buf_truncate(text, head);
        rv_buf_add_char(text, '~');
        rv_buf_add_str(text, rv_buf_str(&tail));
}

/* The path without its first parts where it is too long: where one is matters more than how one came there, and a name
 * is cut only when it alone has no room. */
static void fit_path(struct ui *ui, const struct frame *frame, int room, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf whole = { 0 };
        const char *at, *name;

        add_path(ui, frame, &whole);
        name = rv_buf_str(&whole) + whole.size - strlen(frame->title);
        for (at = rv_buf_str(&whole); width_of(at) + (at > rv_buf_str(&whole) ? LEFT_OUT : 0) > room && at < name;) {
                at = strstr(at, " > ");
                at = at && at + 3 < name ? at + 3 : name;
        }
        if (at > rv_buf_str(&whole) && width_of(at) + LEFT_OUT <= room)
                rv_buf_add_str(out, "~ > ");
        if (at == name) {
                RV_BUF_CLEANUP struct rv_buf last = { 0 };

                rv_buf_add_str(&last, name);
                cut_middle(&last, room);
                rv_buf_add_str(out, rv_buf_str(&last));
        } else {
                rv_buf_add_str(out, at);
        }
}

/* The first of the views that are seen in so many cells: the current one is. */
static size_t first_view(const struct frame *frame, int room)
{
        size_t i = 0;

        while (i < frame->at && titles_width(frame, i, frame->at) + (frame->at + 1 < frame->n ? MORE : 0) > room)
                i++;
        return i;
}

static bool has_room(const struct frame *frame, size_t i, int room)
{
        return i <= frame->at || titles_width(frame, i, i) + (i + 1 < frame->n ? MORE : 0) <= room;
}

/* Of so many cells, those that the views then take. */
static int views_width(const struct frame *frame, int room)
{
        size_t i = first_view(frame, room);
        int width = 0;

        for (; i < frame->n; i++) {
                if (!has_room(frame, i, room - width))
                        return width + MORE;
                width += titles_width(frame, i, i);
        }
        return width;
}

/* The views beside it stay in sight as long as the name of what they are about is whole, and where that was come to
 * from another such thing, the mark that there is a way back. Then only those that have room do. */
static int path_room(const struct frame *frame, int width)
{
        const int name = width_of(frame->title);
        int all, one, least = name + (frame->below->below ? LEFT_OUT : 0);

        if (frame->n < 2)
                return width;
        all = width - titles_width(frame, 0, frame->n - 1) - VIEWS_GAP;
        one = width - titles_width(frame, frame->at, frame->at) - VIEWS_GAP - MORE;
        if (one < least)
                least = name;
        if (all >= least)
                return all;
        if (one > least)
                return width - VIEWS_GAP - views_width(frame, width - VIEWS_GAP - least);
        return one > PATH_CELLS ? one : PATH_CELLS;
}

/* Titles of the views, scrolled so that the current one is seen; ">" tells of more. Returns where the line is free. */
static int draw_views(struct ui *ui, const struct frame *frame, int y, int x, int end)
{
        size_t i = first_view(frame, end - x);

        for (; i < frame->n; i++) {
                RV_BUF_CLEANUP struct rv_buf piece = { 0 };

                tab_piece(frame->entries[i].title, 0, i == frame->at, &piece);
                if (!has_room(frame, i, end - x))
                        return x + draw_text(&ui->term, y, x, end - x, " >", STYLE_PLAIN);
                x += draw_text(&ui->term, y, x, end - x, rv_buf_str(&piece),
                               i == frame->at ? STYLE_TITLE : STYLE_PLAIN);
        }
        return x;
}

/* Draws the path or the views, and returns where the line is free. */
static int draw_path(struct ui *ui, const struct frame *frame, const struct area *line)
{
        RV_BUF_CLEANUP struct rv_buf path = { 0 };
        int x = line->x + 1, end = line->x + line->w;

        if (frame->below) {
                fit_path(ui, frame, path_room(frame, end - x), &path);
                x += draw_text(&ui->term, line->y, x, line->w - 1, rv_buf_str(&path), STYLE_PLAIN);
                x += frame->n > 1 ? VIEWS_GAP : 0;
        }
        if (frame->n > 1 || (!frame->below && ui->tab > 0))
                x = draw_views(ui, frame, line->y, x, end);
        return x;
}

static bool is_typed(const struct ui *ui)
{
        return ui->prompt.open && ui->prompt.sign == '/';
}

static const char *filter_of(const struct page *page)
{
        return page && page->kind->finding ? page->kind->finding(page) : "";
}

/* Cells of the second line that path and views leave to the filter and the gap before it: which view is filtered is
 * told as well. Where there is little room it is typed over both, and what it is then takes half of the line. */
static int filter_room(const struct ui *ui, const struct page *page, const struct area *line)
{
        int room;

        if (is_typed(ui))
                return line->w / 2 < FILTER_CELLS ? 0 : FILTER_CELLS + VIEWS_GAP;
        if (!*filter_of(page))
                return 0;
        room = width_of(filter_of(page)) + 2 + VIEWS_GAP; /* "/ " */
        return room < line->w / 2 ? room : line->w / 2;
}

/* The filter stands at the right of the second line, where it is also typed; without one, what all rows have in common.
 */
static void draw_filter(struct ui *ui, struct page *page, const struct area *line, int from, int *ret_x)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct area at = *line;
        const char *filter = filter_of(page);
        int least = line->w / 2 < FILTER_CELLS ? line->w : FILTER_CELLS;

        at.x = from + VIEWS_GAP;
        at.w = line->x + line->w - at.x;
        if (at.w < least && is_typed(ui)) {
                at.w = least;
                at.x = line->x + line->w - at.w;
        }
        if (is_typed(ui)) {
                draw_text(&ui->term, at.y, at.x - (at.x > line->x), at.w, " ", STYLE_PLAIN);
                for (int x = at.x; x < at.x + at.w; x++)
                        draw_text(&ui->term, at.y, x, 1, " ", STYLE_PLAIN);
                prompt_draw(ui, &at, ret_x);
        } else if (*filter) {
                rv_buf_add_str(&text, "/ ");
                rv_buf_add_str(&text, filter);
                draw_text(&ui->term, at.y, at.x, at.w, rv_buf_str(&text), STYLE_PLAIN);
        } else if (page && page->kind->about && from + ABOUT_GAP < line->x + line->w) {
                page->kind->about(page, line->x + line->w - from - ABOUT_GAP, &text);
                draw_right(&ui->term, at.y, line->x, line->w, rv_buf_str(&text), STYLE_PLAIN);
        }
}

/* Until there are plans this is all that can be said of them. */
void ui_say_planned(const struct page *page, struct rv_buf *out)
{
        if (out->size == 0 && !page_awaits(page))
                rv_buf_add_str(out, _("nothing planned"));
}

/* A note for the reader takes the whole line until the next key. */
static void draw_status(struct ui *ui, struct page *page, const struct area *line)
{
        RV_BUF_CLEANUP struct rv_buf left = { 0 }, right = { 0 };
        int used, at;

        if (ui->note.size) {
                draw_text(&ui->term, line->y, line->x + 1, line->w - 1, rv_buf_str(&ui->note), ui->note_style);
                return;
        }
        if (page && page->kind->status)
                page->kind->status(page, &left, &right);
        if (page && page->slow && !right.size)
                rv_buf_add_str(&right, _("loading"));
        used = draw_text(&ui->term, line->y, line->x + 1, line->w - 1, rv_buf_str(&left), STYLE_PLAIN);
        at = line->x + line->w - width_of(rv_buf_str(&right));
        if (right.size && at > line->x + used + 2)
                draw_text(&ui->term, line->y, at, line->w, rv_buf_str(&right), STYLE_PLAIN);
}

/* What the key line may show: nothing that would do nothing now. */
static uint64_t can_do(struct ui *ui, const struct page *page)
{
        const struct frame *frame = ui_frame(ui);
        uint64_t can = ACT_BIT(ACT_HELP) | ACT_BIT(ACT_COMMAND);

        /* The same key leaves from a tab's own view and goes back from all others. */
        can |= frame && frame->below ? ACT_BIT(ACT_ESCAPE) : ACT_BIT(ACT_BACK);
        if (frame && frame->n > 1)
                can |= ACT_BIT(ACT_NEXT_VIEW);
        if (!page)
                return can;
        if (page->slow)
                can |= ACT_BIT(ACT_STOP);
        if (page->kind->command)
                can |= ACT_BIT(ACT_AS_COMMAND);
        if (page->kind->find)
                can |= ACT_BIT(ACT_FILTER);
        return can | (page->kind->can ? page->kind->can(page) : 0);
}

/* The command line is typed where the keys are shown; in a menu or prompt other keys are valid. */
static void draw_keys(struct ui *ui, const struct page *page, const struct area *line, int *ret_x)
{
        RV_BUF_CLEANUP struct rv_buf keys = { 0 };

        if (ui->prompt.open && ui->prompt.sign == ':') {
                prompt_draw(ui, line, ret_x);
                return;
        }
        if (ui->prompt.open || ui->menu.open)
                rv_buf_add_str(&keys, ui->menu.open && ui->menu.marks ? _(" Space choose  Enter done  q back")
                                                                      : _(" Enter done  Esc back"));
        else
                key_line(can_do(ui, page), (unsigned)line->w, &keys);
        draw_text(&ui->term, line->y, line->x, line->w, rv_buf_str(&keys), STYLE_PLAIN);
}

struct lines { /* -1: not on this screen */
        int tabs, path, status, keys;
};

/* Lines go in the order of what is missed least: keys, status, tabs, path. */
static struct lines divide(const struct area *screen, struct area *body)
{
        struct lines at = { -1, -1, -1, -1 };
        int top = 0, bottom = screen->h;

        if (screen->h >= TABS_FROM)
                at.tabs = top++;
        if (screen->h >= PATH_FROM)
                at.path = top++;
        if (screen->h >= KEYS_FROM)
                at.keys = --bottom;
        if (screen->h >= STATUS_FROM)
                at.status = --bottom;
        *body = (struct area){ .y = top, .x = 0, .h = bottom - top, .w = screen->w };
        return at;
}

void ui_body(struct area *ret)
{
        struct area screen = { 0 };

        term_size(&screen.h, &screen.w);
        screen.w -= screen.w > 3;
        (void)divide(&screen, ret);
}

static struct area line_at(const struct area *screen, int y)
{
        return (struct area){ .y = y, .x = screen->x, .h = 1, .w = screen->w };
}

/* A prompt takes the cursor away from the page, also on a screen too small for the prompt's own line. */
static void draw_around(struct ui *ui, struct page *page, const struct area *screen, const struct lines *at, int *y,
                        int *x)
{
        struct frame *frame = ui_frame(ui);
        struct area line, path;
        int from = 0, prompt_x = -1;

        if (at->tabs >= 0) {
                line = line_at(screen, at->tabs);
                draw_tabs(ui, &line);
        }
        line = line_at(screen, at->path >= 0 ? at->path : 0);
        path = line;
        path.w -= filter_room(ui, page, &line);
        if (at->path >= 0 && frame)
                from = draw_path(ui, frame, &path);
        if (at->path >= 0 || is_typed(ui))
                draw_filter(ui, page, &line, from, &prompt_x);
        if (prompt_x >= 0)
                *y = line.y;
        line = line_at(screen, at->status >= 0 ? at->status : screen->h - 1);
        if (at->status >= 0 || ui->note.size)
                draw_status(ui, page, &line);
        line = line_at(screen, at->keys >= 0 ? at->keys : screen->h - 1);
        if (at->keys >= 0 || (ui->prompt.open && ui->prompt.sign == ':')) {
                draw_keys(ui, page, &line, &prompt_x);
                if (ui->prompt.open && ui->prompt.sign == ':')
                        *y = line.y;
        }
        if (prompt_x >= 0)
                *x = prompt_x;
}

/* The whole picture is made again each time; curses sends the difference only, so no part keeps track of changes. */
void ui_draw(struct ui *ui)
{
        struct page *page = ui_page(ui);
        struct area screen, body;
        struct lines at;
        int y = 0, x = 0;

        draw_begin(&screen);
        if (screen.h < SMALLEST_ROWS || screen.w < SMALLEST_COLUMNS) {
                draw_text(&ui->term, 0, 0, screen.w, _("too small"), STYLE_PLAIN);
                draw_end(0, 0, ui->again);
                return;
        }
        at = divide(&screen, &body);
        if (page) {
                page->kind->draw(page, &body);
                y = page->cursor_y;
                x = page->cursor_x;
        }
        draw_around(ui, page, &screen, &at, &y, &x);
        if (ui->menu.open)
                menu_draw(ui, &body, &y, &x);
        draw_end(y, x, ui->again);
}
