/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edit distance (one row of Levenshtein's table); an id that contains the word counts as near. */
#include "core/base/nearest.h"

#include <string.h>

enum { LONGEST = 63 };

static unsigned least(unsigned a, unsigned b, unsigned c)
{
        unsigned ab = a < b ? a : b;

        return ab < c ? ab : c;
}

/* Longer ids than the row holds are compared by their beginnings; no declared id is that long. */
static unsigned distance(const char *a, const char *b)
{
        unsigned row[LONGEST + 1], before, above, i, j;
        unsigned n = (unsigned)strnlen(a, LONGEST), m = (unsigned)strnlen(b, LONGEST);

        if (n > 1 && (strstr(b, a) || strstr(a, b)))
                return 1;
        for (j = 0; j <= m; j++)
                row[j] = j;
        for (i = 1; i <= n; i++) {
                before = row[0];
                row[0] = i;
                for (j = 1; j <= m; j++) {
                        above = row[j];
                        row[j] = least(above + 1, row[j - 1] + 1, before + (a[i - 1] != b[j - 1]));
                        before = above;
                }
        }
        return row[m];
}

/* Kept sorted by insertion; of equally near ones the first offered stays first. */
void rv_nearest_offer(struct rv_nearest *nearest, const char *id)
{
        unsigned d = distance(nearest->word, id), i;

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

void rv_nearest_write(const struct rv_nearest *nearest, struct rv_buf *out)
{
        unsigned i;

        for (i = 0; i < nearest->n; i++) {
                if (i)
                        rv_buf_add_str(out, ", ");
                rv_buf_add_str(out, nearest->id[i]);
        }
}
