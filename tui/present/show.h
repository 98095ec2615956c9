/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cells as people read them: sizes, times, ages, enums with their role, everything from outside sanitised.
 * Ownership: a shown cell owns its text buffer, which is cleared and used again by the next call; free it once. */
#ifndef REEVE_PRESENT_SHOW_H
#define REEVE_PRESENT_SHOW_H

#include <reeve/view.h>

#include "core/base/buf.h"

struct rv_snapshot;

struct rv_look {            /* how values are put into words; the same for a whole screen or table */
        int64_t now;        /* Unix seconds: what times are short against */
        bool long_form;     /* times as "2026-11-23 17:34", durations with two units (records, tables on a pipe) */
        bool ascii;         /* the terminal shows ASCII only */
        bool several_lines; /* newlines stay (records, text views) */
};

struct rv_shown { /* one laid-out cell */
        struct rv_buf text;
        unsigned width; /* terminal cells */
        uint32_t role;  /* enum rv_role */
        bool null;      /* nothing is known; the text is "-" */
};
void rv_shown_free(struct rv_shown *shown);
#define RV_SHOWN_CLEANUP __attribute__((cleanup(rv_shown_free)))

void rv_show_cell(const struct rv_look *look, const struct rv_snapshot *snapshot, size_t row, unsigned column,
                  struct rv_shown *ret);
/* Whether values of this column stand at the right: numbers, sizes, durations. */
bool rv_show_right(const struct rv_column *column);

/* Appends "1.1 M", "271 K", "512 B", "0". Units are binary. */
void rv_show_size(int64_t bytes, struct rv_buf *out);
/* Appends "17:34" today, "12 Oct" within ten months, "2024-10-12" beyond; the long form is "2026-11-23 17:34". Local.
 */
void rv_show_time(const struct rv_look *look, int64_t unix_time, struct rv_buf *out);
/* Appends "45 s", "12 min", "9 h", "2 d", "3 y"; the long form has a second unit ("3 min 20 s"). */
void rv_show_span(int64_t seconds, bool long_form, struct rv_buf *out);
/* Appends a count with its digits grouped: "2,514". */
void rv_show_count(int64_t n, struct rv_buf *out);
/* Appends [E:]V-R without an epoch of 0. */
void rv_show_version(const char *version, size_t n, struct rv_buf *out);

/* Whether all rows have the same value in a RV_COMMON column; of many rows that is not asked. */
bool rv_show_common(const struct rv_snapshot *snapshot, unsigned column);

/* The sign of a role, so that nothing is said by colour alone: '!' bad, '+' warning, '-' info and muted, else ' '. */
char rv_role_sign(uint32_t role);
/* The worst role (bad, then warning, else plain) among the enum cells of a row: the state in the gutter. */
uint32_t rv_row_role(const struct rv_snapshot *snapshot, size_t row);

#endif
