/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which lines the Overview has: what needs the reader first, then each subsystem in a line, space, and what happened
 * lately. */
#include <stdlib.h>
#include <string.h>

#include "core/model/rows.h"
#include "tui/curses/overview.h"
#include "tui/present/text.h"

enum { LATELY = 5, LEAST_SEVERE = 2, WHERE_BACK = 16, TEXT_AT = 3, TEXT_LINES = 3, LEAST_LINES = 6, HINT = 2 };

/* Below three times its width there is no room for the columns at the right. */
int overview_where(int width)
{
        return width > 3 * WHERE_BACK ? width - WHERE_BACK : width;
}

static void add_text(const struct overview *overview, const struct overview_line *line, struct rv_buf *out)
{
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        const struct rv_buf *failure = &overview->parts[line->part].failure;
        int column = line->snapshot ? rv_snapshot_column(line->snapshot, "text") : -1;

        if (column >= 0) {
                rv_show_cell(&overview->page.ui->look, line->snapshot, line->row, (unsigned)column, &shown);
                rv_buf_add(out, rv_buf_str(&shown.text), shown.text.size);
        } else {
                rv_buf_add(out, rv_buf_str(failure), failure->size);
        }
}

bool overview_wrapped(const struct overview *overview, const struct overview_line *line, unsigned nth,
                      struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        int width = overview_where(overview->width) - TEXT_AT - 1;
        size_t from = 0, next, len;

        add_text(overview, line, &text);
        while (from < text.size) {
                len = rv_text_wrap(rv_buf_str(&text) + from, text.size - from, width > 1 ? (unsigned)width : 1, &next);
                if (nth-- == 0) {
                        rv_buf_add(out, rv_buf_str(&text) + from, len);
                        return true;
                }
                from += next;
        }
        return false;
}

bool overview_selectable(const struct overview_line *line)
{
        return line->kind == LINE_FINDING || line->kind == LINE_REST || line->kind == LINE_SUMMARY ||
               line->kind == LINE_CHANGE;
}

const char *overview_text(const struct rv_snapshot *snapshot, size_t row, const char *id)
{
        int column = rv_snapshot_column(snapshot, id);
        size_t len;

        return column < 0 ? "" : rv_cell_text(snapshot, row, (unsigned)column, &len);
}

void overview_hint(const struct overview *overview, struct rv_buf *out)
{
        const struct overview_line *line = overview->at < overview->n ? &overview->lines[overview->at] : NULL;
        RV_SHOWN_CLEANUP struct rv_shown shown = { 0 };
        int column;

        if (!line || line->kind != LINE_FINDING || !line->snapshot)
                return;
        column = rv_snapshot_column(line->snapshot, "hint");
        if (column < 0 || rv_cell_null(line->snapshot, line->row, (unsigned)column))
                return;
        rv_show_cell(&overview->page.ui->look, line->snapshot, line->row, (unsigned)column, &shown);
        rv_buf_printf(out, "%s: %s", _("What to do"), rv_buf_str(&shown.text));
}

/* Cells from a cached snapshot of an older plugin may be missing. */
int64_t overview_number(const struct rv_snapshot *snapshot, size_t row, const char *id, int64_t otherwise)
{
        int column = rv_snapshot_column(snapshot, id);

        if (column < 0 || rv_cell_null(snapshot, row, (unsigned)column))
                return otherwise;
        return rv_cell_int(snapshot, row, (unsigned)column);
}

static struct overview_line *add(struct overview *overview, enum line_kind kind)
{
        struct overview_line *lines;

        if (overview->n == overview->room) {
                overview->room = overview->room ? overview->room * 2 : 64;
                lines = reallocarray(overview->lines, overview->room, sizeof *lines);
                if (!lines) {
                        overview->room = overview->n;
                        return NULL;
                }
                overview->lines = lines;
        }
        lines = &overview->lines[overview->n++];
        *lines = (struct overview_line){ .kind = kind };
        return lines;
}

static void add_row(struct overview *overview, enum line_kind kind, size_t part, const struct rv_snapshot *snapshot,
                    size_t row)
{
        struct overview_line *line = add(overview, kind);

        if (!line)
                return;
        line->part = part;
        line->snapshot = snapshot;
        line->row = row;
}

/* A finding is said in full: what does not fit on its line goes on below it. */
static void add_finding(struct overview *overview, size_t part, const struct rv_snapshot *snapshot, size_t row)
{
        struct overview_line line = { .kind = LINE_FINDING, .part = part, .snapshot = snapshot, .row = row }, *more;
        unsigned nth;

        add_row(overview, LINE_FINDING, part, snapshot, row);
        for (nth = 1; nth < TEXT_LINES; nth++) {
                RV_BUF_CLEANUP struct rv_buf text = { 0 };

                if (!overview_wrapped(overview, &line, nth, &text))
                        return;
                more = add(overview, LINE_MORE);
                if (!more)
                        return;
                *more = line;
                more->kind = LINE_MORE;
                more->nth = nth;
        }
}

static void add_heading(struct overview *overview, const char *text)
{
        struct overview_line *line;

        if (overview->n)
                (void)add(overview, LINE_BLANK);
        line = add(overview, LINE_HEADING);
        if (line)
                line->heading = text;
}

static size_t rows_of(const struct rv_snapshot *snapshot)
{
        return snapshot ? rv_snapshot_rows(snapshot) : 0;
}

/* Whether a finding passes the filter. Each part is filtered by its own declaration: it may come from the cache of an
 * older version. One that is no row, because a part cannot be read, passes none. */
static bool fits(const struct overview *overview, size_t part, const struct rv_snapshot *snapshot, size_t row)
{
        const struct rv_filter *fitting = overview->parts[part].fitting;

        return !overview->compiled || (snapshot && fitting && rv_filter_match(fitting, snapshot, row));
}

static void fit_filters(struct overview *overview, bool fit)
{
        size_t part;

        for (part = 1; part < overview->page.ui->n_tabs; part++) {
                struct overview_part *at = &overview->parts[part];

                rv_filter_free(at->fitting);
                at->fitting = NULL;
                if (fit && overview->compiled && at->findings &&
                    rv_filter_compile(rv_buf_str(&overview->filter), rv_snapshot_view(at->findings),
                                      overview->page.ui->look.now, &at->fitting, NULL))
                        at->fitting = NULL;
        }
}

/* Lines that findings may take so that what follows them is on the screen too, and below it a line of what to do. */
static size_t room_for_findings(const struct overview *overview, int height)
{
        size_t parts = overview->page.ui->n_tabs, part, others = parts + overview->n_spaces + 4 + HINT, h;
        bool changes = false;

        for (part = 1; part < parts; part++)
                changes = changes || rows_of(overview->parts[part].changes);
        others += changes ? 3 : 0;
        h = height > 0 ? (size_t)height : 0;
        return h > others + LEAST_LINES ? h - others : LEAST_LINES;
}

/* Adds a finding that passes the filter, or counts it once there is no room. */
static void add_or_count(struct overview *overview, size_t part, const struct rv_snapshot *snapshot, size_t row,
                         size_t room, size_t *rest)
{
        overview->n_findings++;
        if (!fits(overview, part, snapshot, row))
                return;
        if (overview->n == 0)
                add_heading(overview, _("NEEDS YOU"));
        if (*rest || overview->n >= room)
                (*rest)++;
        else
                add_finding(overview, part, snapshot, row);
}

/* Two plugins that read the same thing fail with the same words. */
static bool told_before(const struct overview *overview, size_t part)
{
        size_t i;

        for (i = 1; i < part; i++)
                if (overview->parts[i].failed &&
                    strcmp(rv_buf_str(&overview->parts[i].failure), rv_buf_str(&overview->parts[part].failure)) == 0)
                        return true;
        return false;
}

static void add_findings(struct overview *overview, int height)
{
        size_t parts = overview->page.ui->n_tabs, part, row, room = room_for_findings(overview, height), rest = 0;
        int64_t severity;

        fit_filters(overview, true);
        for (part = 1; part < parts; part++)
                if (overview->parts[part].failed && !told_before(overview, part))
                        add_or_count(overview, part, NULL, 0, room, &rest);
        for (severity = 0; severity <= LEAST_SEVERE; severity++)
                for (part = 1; part < parts; part++)
                        for (row = 0; row < rows_of(overview->parts[part].findings); row++)
                                if (overview_number(overview->parts[part].findings, row, "severity", LEAST_SEVERE) ==
                                    severity)
                                        add_or_count(overview, part, overview->parts[part].findings, row, room, &rest);
        if (rest && add(overview, LINE_REST))
                overview->lines[overview->n - 1].count = rest;
        fit_filters(overview, false);
}

/* The newest changes of all plugins, by picking the newest again and again: there are few places. */
static void add_changes(struct overview *overview)
{
        size_t parts = overview->page.ui->n_tabs, part, row, best_part = 0, best_row = 0, places;
        size_t last_part = 0, last_row = 0;
        int64_t last = INT64_MAX, at, best;

        for (places = 0; places < LATELY; places++) {
                best = INT64_MIN;
                for (part = 1; part < parts; part++)
                        for (row = 0; row < rows_of(overview->parts[part].changes); row++) {
                                at = overview_number(overview->parts[part].changes, row, "at", INT64_MIN);
                                /* Of equal times the one that stands first. */
                                if (at > last || at <= best ||
                                    (at == last && (part < last_part || (part == last_part && row <= last_row))))
                                        continue;
                                best = at;
                                best_part = part;
                                best_row = row;
                        }
                if (best == INT64_MIN)
                        return;
                if (places == 0)
                        add_heading(overview, _("LATELY"));
                add_row(overview, LINE_CHANGE, best_part, overview->parts[best_part].changes, best_row);
                last = best;
                last_part = best_part;
                last_row = best_row;
        }
}

/* Made again from whatever is there at the moment; parts arrive in any order. */
void overview_arrange(struct overview *overview)
{
        size_t i, was = overview->at;
        struct area body;

        ui_body(&body);
        overview->width = body.w;
        overview->n = overview->n_findings = 0;
        add_findings(overview, body.h);
        if (overview->n)
                (void)add(overview, LINE_BLANK);
        for (i = 1; i < overview->page.ui->n_tabs; i++)
                add_row(overview, LINE_SUMMARY, i, NULL, 0);
        if (overview->n_spaces)
                (void)add(overview, LINE_BLANK);
        for (i = 0; i < overview->n_spaces; i++)
                add_row(overview, LINE_SPACE, 0, NULL, i);
        add_changes(overview);
        overview->at = was < overview->n ? was : 0;
        for (i = 0; i < overview->n && !overview_selectable(&overview->lines[overview->at]); i++)
                overview->at = (overview->at + 1) % overview->n;
}
