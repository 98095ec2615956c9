/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading pages, turning them, and going back. */
#include "tui/line/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/time.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "tui/line/line.h"
#include "tui/present/text.h"

enum {
        USUAL_WIDTH = 79,
        LEAST_WIDTH = 10,
        GUTTER = 3,     /* behind the number: a blank, the state, a blank */
        MEASURED = 1000 /* rows that decide how wide columns are */
};

void rv_pages_init(struct rv_pages *pages, const struct rv_line *line, struct rv_buf *out)
{
        *pages = (struct rv_pages){ .line = line, .out = out };
}

static void page_free(struct rv_page *page)
{
        rv_layout_free(&page->layout);
        rv_result_free(&page->result);
        rv_command_free(&page->command);
        rv_arena_free(&page->arena);
        free(page);
}

void rv_pages_free(struct rv_pages *pages)
{
        while (pages->n)
                page_free(pages->stack[--pages->n]);
        rv_buf_free(&pages->said);
}

static struct rv_page *top(struct rv_pages *pages)
{
        return pages->n ? pages->stack[pages->n - 1] : NULL;
}

/* More, sort and find need something to work on. */
static int no_page(struct rv_err *err)
{
        return rv_fail(err, RV_USAGE, N_("no view is open"), N_("open one, as in: packages installed"), NULL);
}

/* The deepest page gives way when there are too many. */
static void put_on_top(struct rv_pages *pages, struct rv_page *page)
{
        if (pages->n == RV_PAGE_DEPTH) {
                page_free(pages->stack[0]);
                for (pages->n = 0; pages->n + 1 < RV_PAGE_DEPTH; pages->n++)
                        pages->stack[pages->n] = pages->stack[pages->n + 1];
        }
        pages->stack[pages->n++] = page;
}

/* Asked for anew at each page: an open session must not show yesterday's times as today's. */
static struct rv_look look_of(const struct rv_pages *pages)
{
        return (struct rv_look){ .now = rv_now(), .ascii = pages->line->ascii };
}

unsigned rv_pages_width(const struct rv_pages *pages)
{
        return pages->line->width ? pages->line->width : USUAL_WIDTH;
}

/* Numbers stand at the right of as many cells as the largest needs. */
static unsigned digits(size_t n)
{
        unsigned d = 1;

        while (n >= 10) {
                n /= 10;
                d++;
        }
        return d;
}

/* Says that there is more, and the word that shows it. */
static void add_left(struct rv_pages *pages, const struct rv_page *page)
{
        RV_BUF_CLEANUP struct rv_buf left = { 0 };
        size_t n = page->result.rows.n - page->next;

        if (!n)
                return;
        rv_buf_printf(&left, "%zu", n);
        rv_tr_format(pages->out, NP_("%1 row left: more", "%1 rows left: more"), rv_buf_str(&left), NULL);
        rv_buf_add_char(pages->out, '\n');
}

/* Made once for all pages of a view, from its first rows: columns that jump from page to page cannot be read. */
static int make_layout(struct rv_pages *pages, struct rv_page *page, struct rv_err *err)
{
        struct rv_look look = look_of(pages);
        unsigned gutter = digits(page->result.rows.n) + GUTTER;
        struct rv_layout_ask ask = { .snapshot = page->result.snapshot,
                                     .rows = &page->result.rows,
                                     .look = &look,
                                     .wanted = page->result.columns,
                                     .n_wanted = page->result.n_columns,
                                     .count = MEASURED };

        ask.width = rv_pages_width(pages) > gutter + LEAST_WIDTH ? rv_pages_width(pages) - gutter : LEAST_WIDTH;
        rv_layout_free(&page->layout);
        return rv_layout_make(&ask, &page->layout, err);
}

/* Number, sign, columns: the sign says what a colour would. */
static void add_rows(struct rv_pages *pages, const struct rv_page *page, size_t from, size_t to)
{
        struct rv_look look = look_of(pages);
        unsigned wide = digits(page->result.rows.n);
        size_t i, row;

        rv_text_pad("", 0, wide + GUTTER, false, pages->out);
        rv_layout_headings(&page->layout, pages->out);
        rv_buf_add_char(pages->out, '\n');
        for (i = from; i < to; i++) {
                row = page->result.rows.at[i];
                rv_buf_printf(pages->out, "%*zu %c ", (int)wide, i + 1,
                              rv_role_sign(rv_row_role(page->result.snapshot, row)));
                rv_layout_row(&page->layout, &look, page->result.snapshot, row, pages->out);
                rv_buf_add_char(pages->out, '\n');
        }
}

/* Below the rows, where the eye is after reading them. Record after record of one list would say the same again. */
static void add_warnings(struct rv_pages *pages, const struct rv_result *result, bool record)
{
        const struct rv_snapshot *snapshot = result->snapshot;
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        size_t n = rv_snapshot_warnings(snapshot), i, size;
        const char *packed;

        pages->status = rv_result_status(result);
        for (i = 0; i < n && !pages->line->settings->quiet; i++) {
                (void)!rv_snapshot_warning(snapshot, i, &packed, &size);
                rv_buf_add_str(&text, "! ");
                rv_tr_packed(packed, size, &text);
                rv_buf_add_char(&text, '\n');
        }
        if (!record || strcmp(rv_buf_str(&text), rv_buf_str(&pages->said)) != 0)
                rv_buf_add(pages->out, rv_buf_str(&text), text.size);
        if (text.size) {
                rv_buf_clear(&pages->said);
                rv_buf_add(&pages->said, rv_buf_str(&text), text.size);
        }
        if (result->missing.code) {
                rv_buf_add_str(pages->out, "! ");
                rv_tr_packed(result->missing.message.data, result->missing.message.size, pages->out);
                rv_buf_add_char(pages->out, '\n');
        }
}

/* What a record leads to: refs, and a finding's view and row. */
static void find_refs(struct rv_page *page, size_t row)
{
        const struct rv_view *view = rv_snapshot_view(page->result.snapshot);
        unsigned i;

        for (i = 0, page->n_refs = 0; i < view->n_columns && page->n_refs < RV_PAGE_REFS; i++)
                if (!rv_cell_null(page->result.snapshot, row, i) &&
                    ((view->columns[i].ref && view->columns[i].type == RV_REF) ||
                     (strcmp(rv_snapshot_plugin(page->result.snapshot), "reeve") == 0 &&
                      strcmp(view->columns[i].id, "view") == 0)))
                        page->refs[page->n_refs++] = i;
}

/* Below the lines of the record stand the places it leads to, each with its number. */
static void add_record(struct rv_pages *pages, struct rv_page *page)
{
        RV_RECORD_CLEANUP struct rv_record record = { 0 };
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        const struct rv_snapshot *snapshot = page->result.snapshot;
        const struct rv_view *view = rv_snapshot_view(snapshot);
        struct rv_look look = look_of(pages);
        size_t row = page->result.rows.at[0];
        unsigned i;

        if (rv_record_make(snapshot, row, NULL, 0, false, &record, NULL) != RV_OK)
                return;
        rv_record_text(&record, &look, snapshot, row, rv_pages_width(pages), pages->out);
        find_refs(page, row);
        for (i = 0; i < page->n_refs; i++) {
                rv_show_cell(&look, snapshot, row, page->refs[i], &shown);
                rv_buf_printf(pages->out, "%u   %s %s\n", i + 1,
                              view->columns[page->refs[i]].ref ? view->columns[page->refs[i]].ref : "->",
                              rv_buf_str(&shown.text));
        }
}

/* Shows a page from its beginning. */
static int show(struct rv_pages *pages, struct rv_page *page, struct rv_err *err)
{
        size_t n = page->result.rows.n;
        int r = make_layout(pages, page, err);

        if (r != RV_OK)
                return r;

        page->is_record = page->is_record || (page->command.view->shape == RV_SHAPE_RECORD && n == 1);
        if (page->is_record && n) {
                add_record(pages, page);
        } else if (n == 0) {
                rv_buf_printf(pages->out, "%s\n", _("no rows"));
        } else {
                page->next = n < RV_PAGE_ROWS ? n : RV_PAGE_ROWS;
                add_rows(pages, page, 0, page->next);
                add_left(pages, page);
        }
        add_warnings(pages, &page->result, page->is_record);
        return RV_OK;
}

/* A command for another root or in a data format is batch mode's, not a page. */
bool rv_pages_is_view(const struct rv_pages *pages, const char *const *words, size_t n)
{
        RV_COMMAND_CLEANUP struct rv_command command = { 0 };
        RV_ERR_CLEANUP struct rv_err err = { 0 };

        return rv_command_parse(pages->line->host->registry, pages->line->settings, words, n, &command, &err) ==
                       RV_OK &&
               command.verb == RV_DO_VIEW && command.settings.format == RV_TABLE &&
               strcmp(command.settings.root, pages->line->settings->root) == 0;
}

/* The words are copied first: the line they came from is gone with the next one. */
static struct rv_page *page_new(struct rv_pages *pages, const char *const *words, size_t n, struct rv_err *err)
{
        struct rv_page *page = calloc(1, sizeof *page);
        const char **copies;
        size_t i;
        int r, log = -1;

        if (!page) {
                (void)!rv_fail_memory(err);
                return NULL;
        }
        copies = rv_arena_alloc(&page->arena, (n + 1) * sizeof *copies);
        for (i = 0; copies && i < n; i++) {
                copies[i] = rv_arena_strdup(&page->arena, words[i]);
                if (!copies[i])
                        copies = NULL;
        }
        r = copies ? rv_command_parse(pages->line->host->registry, pages->line->settings, copies, n, &page->command,
                                      err)
                   : rv_fail_memory(err);
        if (r == RV_OK && page->command.settings.verbose)
                log = rv_log_to(STDERR_FILENO);
        if (r == RV_OK)
                r = rv_command_load(pages->line->host, &page->command, false, &page->result, err);
        if (page->command.settings.verbose)
                (void)rv_log_to(log);
        if (r == RV_OK)
                return page;
        page_free(page);
        return NULL;
}

int rv_pages_push(struct rv_pages *pages, const char *const *words, size_t n, struct rv_err *err)
{
        struct rv_page *page = page_new(pages, words, n, err);

        if (!page)
                return err->code;
        put_on_top(pages, page);
        return show(pages, page, err);
}

void rv_pages_more(struct rv_pages *pages)
{
        struct rv_page *page = top(pages);
        size_t from, n;

        if (!page || page->is_record || page->next >= page->result.rows.n)
                return;
        from = page->next;
        n = page->result.rows.n;
        page->next = n - from < RV_PAGE_ROWS ? n : from + RV_PAGE_ROWS;
        add_rows(pages, page, from, page->next);
        add_left(pages, page);
}

/* A page of one row of the page below, which shares its snapshot. */
static int push_record(struct rv_pages *pages, const struct rv_page *from, size_t row, struct rv_err *err)
{
        struct rv_page *page = calloc(1, sizeof *page);
        uint32_t *at = malloc(sizeof *at);

        if (!page || !at) {
                free(page);
                free(at);
                return rv_fail_memory(err);
        }
        *at = (uint32_t)row;
        page->is_record = true;
        page->command = (struct rv_command){ .plugin_id = from->command.plugin_id,
                                             .plugin = from->command.plugin,
                                             .view = from->command.view };
        page->result =
                (struct rv_result){ .snapshot = rv_snapshot_ref(from->result.snapshot), .rows = { .at = at, .n = 1 } };
        put_on_top(pages, page);
        return show(pages, page, err);
}

/* The row comes behind `--`, so that a key may begin with a dash. */
static int follow(struct rv_pages *pages, struct rv_page *page, unsigned column, struct rv_err *err)
{
        const struct rv_snapshot *snapshot = page->result.snapshot;
        const struct rv_column *declared = &rv_snapshot_view(snapshot)->columns[column];
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        const char *words[4], *target = declared->ref, *key, *only = NULL;
        size_t row = page->result.rows.at[0], len, n = 2;
        int where = rv_snapshot_column(snapshot, "row"), filter = rv_snapshot_column(snapshot, "where");
        char *slash;

        key = rv_cell_text(snapshot, row, column, &len);
        if (declared->type != RV_REF || !target) { /* a finding names the view here, the row or a filter beside it */
                target = key;
                key = where >= 0 && !rv_cell_null(snapshot, row, (unsigned)where)
                              ? rv_cell_text(snapshot, row, (unsigned)where, &len)
                              : NULL;
                if (filter >= 0 && !rv_cell_null(snapshot, row, (unsigned)filter))
                        only = rv_cell_text(snapshot, row, (unsigned)filter, &len);
        }
        words[0] = rv_arena_strdup(&arena, target);
        slash = words[0] ? strchr(words[0], '/') : NULL;
        if (!slash)
                return rv_fail(err, RV_NOTFOUND, N_("%1: leads nowhere"), NULL, target, NULL);
        *slash = '\0';
        words[1] = slash + 1;
        if (only || key) {
                words[n++] = only ? "--where" : "--";
                words[n++] = only ? only : key;
        }
        if (strcmp(words[0], "reeve") == 0) /* the common views are words of their own */
                return rv_pages_push(pages, words + 1, n - 1, err);
        return rv_pages_push(pages, words, n, err);
}

static const struct rv_view *record_view(const struct rv_page *page)
{
        return page->command.view->record && page->command.plugin
                       ? rv_plugin_view(page->command.plugin, page->command.view->record)
                       : NULL;
}

/* On a record the numbers are those of its refs, on a list those of its rows. */
int rv_pages_open(struct rv_pages *pages, size_t number, struct rv_err *err)
{
        struct rv_page *page = top(pages);
        const struct rv_view *record;
        const char *words[4];
        char text[24];
        size_t row;

        if (!page)
                return no_page(err);
        if (number > (page->is_record ? page->n_refs : page->result.rows.n)) {
                (void)snprintf(text, sizeof text, "%zu", number);
                return rv_fail(err, RV_NOTFOUND, N_("there is no row %1 here"), NULL, text, NULL);
        }
        if (page->is_record)
                return follow(pages, page, page->refs[number - 1], err);
        row = page->result.rows.at[number - 1];
        record = record_view(page);
        if (!record)
                return push_record(pages, page, row, err);
        words[0] = page->command.plugin_id;
        words[1] = record->id;
        words[2] = "--";
        words[3] = rv_row_key(page->result.snapshot, row, text);
        return rv_pages_push(pages, words, 4, err);
}

/* The page below is shown as it was, from its first row. */
int rv_pages_back(struct rv_pages *pages, struct rv_err *err)
{
        if (pages->n < 2)
                return rv_fail(err, RV_USAGE, N_("there is nothing to go back to"), NULL, NULL);
        page_free(pages->stack[--pages->n]);
        return show(pages, pages->stack[pages->n - 1], err);
}

/* Loaded before anything is given up: a wrong filter leaves the page as it was. */
int rv_pages_change(struct rv_pages *pages, enum rv_change change, const char *value, struct rv_err *err)
{
        struct rv_page *page = top(pages);
        struct rv_result result = { 0 };
        struct rv_command before;
        int r;

        if (!page || page->is_record)
                return no_page(err);
        before = page->command;
        if (value) {
                value = rv_arena_strdup(&page->arena, value);
                if (!value)
                        return rv_fail_memory(err);
        }
        if (change == RV_CHANGE_WHERE)
                page->command.where = value;
        else if (change == RV_CHANGE_SORT)
                page->command.sort = value;
        else if (change == RV_CHANGE_COLUMNS)
                page->command.columns = value;
        page->command.reload = change == RV_CHANGE_RELOAD;
        r = rv_command_load(pages->line->host, &page->command, false, &result, err);
        page->command.reload = false;
        if (r != RV_OK) {
                page->command.where = before.where;
                page->command.sort = before.sort;
                page->command.columns = before.columns;
                return r;
        }
        rv_result_free(&page->result);
        page->result = result;
        return show(pages, page, err);
}
