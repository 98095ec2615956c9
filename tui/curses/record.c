/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One row, a field a line. The cursor moves over the fields, and Enter follows those that refer to another row. */
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/utf8.h"
#include "core/model/snapshot.h"
#include "tui/curses/list.h"
#include "tui/curses/load.h"
#include "tui/present/command.h"
#include "tui/present/layout.h"
#include "tui/present/text.h"

enum { GUTTER = 3, LABEL_GAP = 2, LABEL_LIMIT = 24, ROWS_MOST = 100 };

struct field { /* a line of the picture; a wrapped value has several */
        char *label, *text;
        const char *ref; /* "plugin/view" of the declaration, NULL for none */
        char *key;       /* what it refers to */
        uint32_t role;
};

struct record {
        struct page page;
        struct place place;
        struct rv_snapshot *snapshot;
        size_t row; /* SIZE_MAX: there is none */
        struct field *fields;
        size_t n, room, at, top;
        int width, height, label_width;
        bool all_asked;
        struct rv_buf failure;
};

static struct record *record_of(const struct page *page)
{
        return (struct record *)page;
}

/* Width -1 has them made again at the next picture or key. */
static void clear_fields(struct record *record)
{
        while (record->n) {
                struct field *field = &record->fields[--record->n];

                free(field->label);
                free(field->text);
                free(field->key);
        }
        record->width = -1;
}

static void free_record(struct page *page)
{
        struct record *record = record_of(page);

        clear_fields(record);
        free(record->fields);
        rv_snapshot_unref(record->snapshot);
        rv_buf_free(&record->failure);
        place_free(&record->place);
        free(record);
}

static struct field *add_field(struct record *record, const char *label, const char *text, size_t n)
{
        struct field *fields;

        if (record->n == record->room) {
                fields = reallocarray(record->fields, record->room ? record->room * 2 : 32, sizeof *fields);
                if (!fields)
                        return NULL;
                record->fields = fields;
                record->room = record->room ? record->room * 2 : 32;
        }
        fields = &record->fields[record->n++];
        *fields = (struct field){ .label = strdup(label), .text = strndup(text, n) };
        return fields;
}

/* A value over as many lines as it takes; only the first has the label. */
static void add_value(struct record *record, const char *label, const char *text, unsigned width, uint32_t role,
                      const char *ref, const char *key)
{
        size_t n = strlen(text), next, len;
        bool first = true;

        do {
                struct field *field;

                len = n ? rv_text_wrap(text, n, width ? width : 1, &next) : (next = 0);
                field = add_field(record, first ? label : "", text, len);
                if (!field)
                        return;
                field->role = role;
                field->ref = ref;
                field->key = ref ? strdup(key) : NULL;
                first = false;
                text += next;
                n -= next;
        } while (n);
}

static const char *label_of(const struct rv_snapshot *snapshot, unsigned column)
{
        const struct rv_column *declared = &rv_snapshot_view(snapshot)->columns[column];

        return declared->title && *declared->title ? rv_tr(rv_snapshot_domain(snapshot), declared->title)
                                                   : declared->id;
}

/* Each item of a list that refers to rows is a line of its own, so that it can be followed. */
static void add_items(struct record *record, const struct rv_snapshot *snapshot, size_t row, unsigned column,
                      unsigned width)
{
        const char *label = label_of(snapshot, column), *item;
        size_t i, n = rv_cell_items(snapshot, row, column), len;

        for (i = 0; i < n; i++) {
                RV_BUF_CLEANUP struct rv_buf clean = { 0 };

                item = rv_cell_item(snapshot, row, column, i, &len);
                rv_sanitize(item, len, &clean);
                add_value(record, i ? "" : label, rv_buf_str(&clean), width, RV_PLAIN,
                          rv_snapshot_view(snapshot)->columns[column].ref, item);
        }
}

/* Unknown figures show "-", and those that are still coming "...". */
static void add_column(struct record *record, const struct rv_snapshot *snapshot, size_t row, unsigned column,
                       unsigned width)
{
        const struct rv_column *declared = &rv_snapshot_view(snapshot)->columns[column];
        struct rv_look look = record->page.ui->look;
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        size_t len;
        bool known = !rv_cell_null(snapshot, row, column);

        look.long_form = look.several_lines = true;
        if (declared->type == RV_LIST && declared->ref && known) {
                add_items(record, snapshot, row, column, width);
                return;
        }
        rv_show_cell(&look, snapshot, row, column, &shown);
        if (!rv_snapshot_filled(snapshot, column)) {
                rv_buf_clear(&shown.text);
                rv_buf_add_str(&shown.text, record->page.loading ? "..." : "-");
        }
        add_value(record, label_of(snapshot, column), rv_buf_str(&shown.text), width, shown.role,
                  declared->type == RV_REF && known ? declared->ref : NULL,
                  declared->type == RV_REF ? rv_cell_text(snapshot, row, column, &len) : "");
}

static void add_row(struct record *record, size_t row, int width)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_RECORD_CLEANUP struct rv_record shown = { 0 };
        size_t i;

        if (rv_record_make(record->snapshot, row, NULL, 0, true, &shown, &err))
                return;
        record->label_width = shown.label_width < LABEL_LIMIT ? (int)shown.label_width : LABEL_LIMIT;
        width -= GUTTER + record->label_width + LABEL_GAP;
        for (i = 0; i < shown.n; i++)
                add_column(record, record->snapshot, row, shown.columns[i], width > 0 ? (unsigned)width : 1);
}

/* How many rows follow each other: a view that is a record has as many as its word names. */
static size_t rows_of(const struct record *record)
{
        if (record->place.row || rv_snapshot_view(record->snapshot)->shape != RV_SHAPE_RECORD)
                return 1;
        return rv_snapshot_rows(record->snapshot) - record->row;
}

/* Makes the lines for a width. */
static void make_fields(struct record *record, int width)
{
        size_t n, i;

        clear_fields(record);
        record->width = width;
        if (!record->snapshot || record->row == SIZE_MAX)
                return;
        n = rows_of(record);
        for (i = 0; i < n && i < ROWS_MOST; i++) {
                if (i)
                        (void)add_field(record, "", "", 0);
                add_row(record, record->row + i, width);
        }
        if (i < n)
                (void)add_field(record, "", "...", 3);
}

static void draw_field(struct record *record, size_t i, const struct area *area, int y, bool cursor)
{
        const struct tty *term = &record->page.ui->term;
        const struct field *field = &record->fields[i];
        int x = area->x + GUTTER, value = x + record->label_width + LABEL_GAP, end = area->x + area->w;

        if (cursor)
                draw_text(term, y, area->x, 1, ">", STYLE_PLAIN);
        draw_text(term, y, x, record->label_width, field->label, STYLE_MUTED);
        draw_text(term, y, value, end - value, field->text, (enum style)field->role);
        if (cursor)
                draw_style(term, y, area->x, GUTTER + record->label_width, STYLE_CURSOR);
}

static void draw_record(struct page *page, const struct area *area)
{
        struct record *record = record_of(page);
        size_t h = area->h > 0 ? (size_t)area->h : 1;
        int i;

        if (record->width != area->w)
                make_fields(record, area->w);
        record->height = area->h;
        page->cursor_y = area->y;
        page->cursor_x = area->x;
        if (record->n == 0) {
                draw_text(&page->ui->term, area->y, area->x + 1, area->w - 1,
                          page->loading          ? page_loading(page)
                          : record->failure.size ? rv_buf_str(&record->failure)
                                                 : _("there is no such row any more"),
                          STYLE_PLAIN);
                return;
        }
        if (record->at >= record->n)
                record->at = record->n - 1;
        if (record->at < record->top)
                record->top = record->at;
        if (record->at >= record->top + h)
                record->top = record->at - h + 1;
        for (i = 0; i < area->h && record->top + (size_t)i < record->n; i++)
                draw_field(record, record->top + (size_t)i, area, area->y + i, record->top + (size_t)i == record->at);
        page->cursor_y = area->y + (int)(record->at - record->top);
}

void record_draw_row(struct ui *ui, const struct rv_snapshot *snapshot, size_t row, const struct area *area)
{
        struct record record = { .page = { .ui = ui }, .row = row };
        size_t i;

        /* Only borrowed: the fields are made and drawn before this returns. */
        record.snapshot = rv_snapshot_ref((struct rv_snapshot *)(uintptr_t)snapshot);
        make_fields(&record, area->w);
        for (i = 0; i < record.n && (int)i < area->h; i++)
                draw_field(&record, i, area, area->y + (int)i, false);
        clear_fields(&record);
        free(record.fields);
        rv_snapshot_unref(record.snapshot);
}

static void load_record(struct record *record, bool all, bool reload);

static void move(struct record *record, enum act act)
{
        size_t page = record->height > 1 ? (size_t)record->height : 1, last = record->n ? record->n - 1 : 0;

        if (act == ACT_UP)
                record->at -= record->at > 0;
        else if (act == ACT_DOWN)
                record->at += record->at < last;
        else if (act == ACT_PAGE_UP)
                record->at = record->at > page ? record->at - page : 0;
        else if (act == ACT_PAGE_DOWN)
                record->at = last - record->at > page ? record->at + page : last;
        else
                record->at = act == ACT_HOME ? 0 : last;
}

static void follow(struct record *record)
{
        const struct field *field = record->at < record->n ? &record->fields[record->at] : NULL;

        if (!field || !field->ref || !field->key || !ui_open_ref(record->page.ui, field->ref, field->key, ""))
                ui_note(record->page.ui, STYLE_PLAIN, _("this field leads nowhere"));
}

static bool act_record(struct page *page, enum act act)
{
        struct record *record = record_of(page);
        struct area area;

        if (record->width < 0) {
                ui_body(&area);
                make_fields(record, area.w);
        }
        switch (act) {
        case ACT_UP:
        case ACT_DOWN:
        case ACT_PAGE_UP:
        case ACT_PAGE_DOWN:
        case ACT_HOME:
        case ACT_END:
                move(record, act);
                return true;
        case ACT_OPEN:
                follow(record);
                return true;
        case ACT_RELOAD:
                load_record(record, true, true);
                return true;
        default:
                return false;
        }
}

static uint64_t can_record(const struct page *page)
{
        const struct record *record = record_of(page);

        return record->at < record->n && record->fields[record->at].ref ? ACT_BIT(ACT_OPEN) : 0;
}

static void command_record(const struct page *page, struct rv_buf *out)
{
        const struct place *place = &record_of(page)->place;

        if (place->row)
                rv_buf_printf(out, "show %s/%s ", place->plugin, place->view);
        else
                rv_buf_printf(out, "%s %s ", place->plugin, place->view);
        rv_word_quote(place->row ? place->row : place->word ? place->word : "", out);
}

static bool is_bare(const struct page *page)
{
        return !record_of(page)->snapshot && !record_of(page)->failure.size;
}

static void again_record(struct page *page)
{
        load_record(record_of(page), true, false);
}

static const struct page_kind record_kind = { .free = free_record,
                                              .draw = draw_record,
                                              .act = act_record,
                                              .can = can_record,
                                              .command = command_record,
                                              .bare = is_bare,
                                              .again = again_record };

/* The row is found by its key: rows move from load to load. */
static void take(struct record *record, struct rv_snapshot *take_snapshot)
{
        rv_snapshot_unref(record->snapshot);
        record->snapshot = take_snapshot;
        clear_fields(record);
        if (record->place.row)
                record->row = rv_row_by_key(take_snapshot, record->place.row);
        else
                record->row = rv_snapshot_rows(take_snapshot) ? 0 : SIZE_MAX;
}

static bool is_whole(const struct rv_snapshot *snapshot)
{
        unsigned i;

        for (i = 0; i < rv_snapshot_view(snapshot)->n_columns; i++)
                if (!rv_snapshot_filled(snapshot, i))
                        return false;
        return true;
}

/* The record shows every column, so what the list did not need is asked for now. What is shown whole stays until that
 * has come: its fields must not turn into dots and back. */
static void loaded(struct page *page, int tag, struct rv_snapshot *take_snapshot, const struct rv_err *err)
{
        struct record *record = record_of(page);

        (void)tag;
        if (!take_snapshot) {
                clear_fields(record); /* what was to come is unknown now */
                rv_buf_clear(&record->failure);
                if (err)
                        rv_tr_packed(rv_buf_str(&err->message), err->message.size, &record->failure);
                return;
        }
        if (record->all_asked || is_whole(take_snapshot)) {
                take(record, take_snapshot);
                return;
        }
        if (record->snapshot && is_whole(record->snapshot))
                rv_snapshot_unref(take_snapshot);
        else
                take(record, take_snapshot);
        load_record(record, true, false);
}

static void load_record(struct record *record, bool all, bool reload)
{
        const struct load_ask ask = { .plugin = record->place.plugin,
                                      .view = record->place.view,
                                      .word = record->place.word,
                                      .all_columns = all,
                                      .reload = reload,
                                      .done = loaded };

        record->all_asked = all;
        load_start(&record->page, &ask);
}

/* A list that led here has the row already, so the record opens at once. */
struct page *record_page(struct ui *ui, const struct place *place)
{
        const struct load_ask ask = { .plugin = place->plugin, .view = place->view, .word = place->word };
        struct record *record = calloc(1, sizeof *record);
        struct rv_snapshot *stale;

        if (!record)
                return NULL;
        record->page = (struct page){ .kind = &record_kind, .ui = ui };
        record->place = place_of(place->plugin, place->view, place->word, place->row);
        record->row = SIZE_MAX;
        record->width = -1;
        stale = ui_loaded(ui, place);
        if (!stale)
                stale = load_stale(&record->page, &ask);
        if (stale)
                take(record, stale);
        load_record(record, false, false);
        return &record->page;
}
