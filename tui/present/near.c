/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which known names a mistyped word may have meant: few edits away, or the beginning of one. */
#include <string.h>

#include "core/base/buf.h"
#include "tui/present/command.h"

#include "core/base/buf.h"

enum { LONGEST = 40, FAR = 1000 };

static unsigned least(unsigned a, unsigned b, unsigned c)
{
        unsigned m = a < b ? a : b;

        return m < c ? m : c;
}

/* Edits between two words (insert, delete, replace, swap of neighbours), three rows of the table at a time. */
static unsigned distance(const char *a, const char *b)
{
        unsigned rows[3][LONGEST + 1], *before = rows[0], *last = rows[1], *now = rows[2], *spare;
        size_t a_len = strlen(a), b_len = strlen(b), i, j;

        if (a_len > LONGEST || b_len > LONGEST)
                return FAR;
        for (j = 0; j <= b_len; j++)
                last[j] = (unsigned)j;
        memcpy(before, last, sizeof rows[0]);
        for (i = 1; i <= a_len; i++) {
                now[0] = (unsigned)i;
                for (j = 1; j <= b_len; j++) {
                        now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                            before[j - 2] + 1 < now[j])
                                now[j] = before[j - 2] + 1;
                }
                spare = before;
                before = last;
                last = now;
                now = spare;
        }
        return last[b_len];
}

/* Longer words may have more mistakes; two letters may have one. */
void rv_near_add(struct rv_near *near, const char *name)
{
        size_t len = strlen(near->word), i;
        unsigned score = distance(near->word, name), at;

        if (len >= 2 && strncmp(name, near->word, len) == 0)
                score = 1;
        if (score > 1 + len / 5)
                return;
        for (i = 0; i < near->n; i++)
                if (strcmp(near->best[i], name) == 0)
                        return;
        for (at = near->n; at > 0 && near->score[at - 1] > score; at--)
                if (at < 3) {
                        near->best[at] = near->best[at - 1];
                        near->score[at] = near->score[at - 1];
                }
        if (at >= 3)
                return;
        near->best[at] = name;
        near->score[at] = score;
        near->n += near->n < 3;
}

bool rv_near_text(const struct rv_near *near, struct rv_buf *out)
{
        unsigned i;

        for (i = 0; i < near->n; i++) {
                if (i)
                        rv_buf_add_str(out, ", ");
                rv_buf_add_str(out, near->best[i]);
        }
        return near->n > 0;
}
