/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The columns that a word which names none may have meant. Ids only: titles depend on the reader's language, and a
 * script must not. */
#include <reeve/view.h>

#include "core/base/nearest.h"
#include "core/model/rows.h"

void rv_columns_near(const struct rv_view *view, const char *word, struct rv_buf *out)
{
        struct rv_nearest nearest = { .word = word };
        uint32_t i;

        for (i = 0; word && i < view->n_columns; i++)
                rv_nearest_offer(&nearest, view->columns[i].id);
        if (word && rv_nearest_write(&nearest, out))
                return;
        for (i = 0; i < view->n_columns; i++) {
                rv_buf_add_str(out, i ? ", " : "");
                rv_buf_add_str(out, view->columns[i].id);
        }
}
