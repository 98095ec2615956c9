/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which known ids a mistyped word may have meant: few edits away, or the beginning of one. What is further off is no
 * help, so it is not offered. */
#include "core/base/nearest.h"

#include <string.h>

enum { LONGEST = 40, FAR = 1000 };

static unsigned least(unsigned a, unsigned b, unsigned c)
{
        unsigned ab = a < b ? a : b;

        return ab < c ? ab : c;
}

/* Edits between two words (insert, delete, replace, swap of neighbours), three rows of the table at a time. */
static unsigned distance(const char *a, size_t a_len, const char *b)
{
        unsigned rows[3][LONGEST + 1], *before = rows[0], *last = rows[1], *now = rows[2], *spare;
        size_t b_len = strlen(b), i, j;

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

/* Longer words may have more mistakes; one letter has none. */
static unsigned allowed(size_t len)
{
        if (len < 2)
                return 0;
        return len < 6 ? 1 : len < 11 ? 2 : 3;
}

/* Kept sorted by insertion; of equally near ones the first offered stays first. */
void rv_nearest_offer(struct rv_nearest *nearest, const char *id)
{
        size_t len = strlen(nearest->word);
        unsigned d = distance(nearest->word, len, id), i;

        if (len >= 2 && strncmp(id, nearest->word, len) == 0)
                d = 1;
        if (d > allowed(len))
                return;
        for (i = 0; i < nearest->n; i++)
                if (strcmp(nearest->id[i], id) == 0)
                        return;
        if (nearest->n < RV_NEAREST)
                i = nearest->n++;
        else if (d < nearest->distance[RV_NEAREST - 1])
                i = RV_NEAREST - 1;
        else
                return;
        for (; i > 0 && d < nearest->distance[i - 1]; i--) {
                nearest->id[i] = nearest->id[i - 1];
                nearest->distance[i] = nearest->distance[i - 1];
        }
        nearest->id[i] = id;
        nearest->distance[i] = d;
}

bool rv_nearest_write(const struct rv_nearest *nearest, struct rv_buf *out)
{
        unsigned i;

        for (i = 0; i < nearest->n; i++) {
                if (i)
                        rv_buf_add_str(out, ", ");
                rv_buf_add_str(out, nearest->id[i]);
        }
        return nearest->n > 0;
}
