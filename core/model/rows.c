/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Row sets as such, and finding a row by its key. */
#include "core/model/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"

void rv_rows_free(struct rv_rows *rows)
{
        free(rows->at);
        *rows = (struct rv_rows){ 0 };
}

/* Never an empty allocation: NULL would look like no memory. */
int rv_rows_all(const struct rv_snapshot *snapshot, struct rv_rows *ret, struct rv_err *err)
{
        struct rv_rows rows = { .n = rv_snapshot_rows(snapshot) };
        size_t i;

        rows.at = calloc(rows.n ? rows.n : 1, sizeof *rows.at);
        if (!rows.at)
                return rv_fail_memory(err);
        for (i = 0; i < rows.n; i++)
                rows.at[i] = (uint32_t)i;
        *ret = rows;
        return RV_OK;
}

const char *rv_row_word(const struct rv_snapshot *snapshot, size_t row, unsigned column, char number[24],
                        size_t *ret_len)
{
        const struct rv_column *declared = &rv_snapshot_view(snapshot)->columns[column];
        const char *text;

        if (rv_cell_null(snapshot, row, column))
                return NULL;
        switch (declared->type) {
        case RV_TEXT:
        case RV_VERSION:
        case RV_REF:
                return rv_cell_text(snapshot, row, column, ret_len);
        case RV_ENUM:
                text = declared->enums[rv_cell_int(snapshot, row, column)].id;
                *ret_len = strlen(text);
                return text;
        case RV_LIST:
        case RV_MSG:
                return NULL;
        default:
                *ret_len = (size_t)snprintf(number, 24, "%lld", (long long)rv_cell_int(snapshot, row, column));
                return number;
        }
}

const char *rv_row_key(const struct rv_snapshot *snapshot, size_t row, char number[24])
{
        size_t len;
        const char *key = rv_row_word(snapshot, row, rv_snapshot_key(snapshot), number, &len);

        return key ? key : "";
}

size_t rv_row_by_key(const struct rv_snapshot *snapshot, const char *key)
{
        size_t rows = rv_snapshot_rows(snapshot), wanted = strlen(key), row, n;
        unsigned column = rv_snapshot_key(snapshot);
        const char *text;
        char number[24];

        for (row = 0; row < rows; row++) {
                text = rv_row_word(snapshot, row, column, number, &n);
                if (text && n == wanted && memcmp(text, key, n) == 0)
                        return row;
        }
        return SIZE_MAX;
}
