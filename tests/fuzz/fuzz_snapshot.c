/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A cache file that somebody damaged: it is refused, or every cell, warning and stamp of it can be read. The bytes are
 * tried as they are and with size and checksum put right, since chance never finds those. */
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/model/format.h"
#include "core/model/rows.h"
#include "things.h"

static size_t touched; /* what was read, kept so that reading is not optimised away */

static void touch(const char *s, size_t n)
{
        touched += s && n ? (unsigned char)s[0] + (unsigned char)s[n - 1] + strlen(s) : n;
}

static void read_cell(const struct rv_snapshot *snapshot, size_t row, unsigned column)
{
        const struct rv_column *declared = &rv_snapshot_view(snapshot)->columns[column];
        struct rv_message message;
        const char *text;
        size_t i, n;
        int64_t number;

        touched += rv_cell_null(snapshot, row, column);
        switch (declared->type) {
        case RV_TEXT:
        case RV_VERSION:
        case RV_REF:
                text = rv_cell_text(snapshot, row, column, &n);
                touch(text, n);
                break;
        case RV_LIST:
                for (i = 0; i < rv_cell_items(snapshot, row, column) && i < 1000; i++) {
                        text = rv_cell_item(snapshot, row, column, i, &n);
                        touch(text, n);
                }
                break;
        case RV_MSG:
                if (rv_cell_message(snapshot, row, column, &message)) {
                        RV_BUF_CLEANUP struct rv_buf english = { 0 };

                        rv_message_english(&message, &english);
                        touched += english.size;
                }
                break;
        default:
                number = rv_cell_int(snapshot, row, column);
                if (declared->type == RV_ENUM && !rv_cell_null(snapshot, row, column))
                        touch(declared->enums[number].id, strlen(declared->enums[number].id));
                break;
        }
}

static void read_declaration(const struct rv_snapshot *snapshot)
{
        const struct rv_view *view = rv_snapshot_view(snapshot);
        size_t i, size;
        const char *packed;

        touched += strlen(rv_snapshot_plugin(snapshot)) + strlen(rv_snapshot_domain(snapshot)) + strlen(view->id);
        for (i = 0; i < view->n_columns; i++)
                touched += strlen(view->columns[i].id) + (size_t)rv_snapshot_column(snapshot, view->columns[i].id);
        for (i = 0; i < rv_snapshot_warnings(snapshot); i++) {
                RV_BUF_CLEANUP struct rv_buf text = { 0 };

                (void)rv_snapshot_warning(snapshot, i, &packed, &size);
                rv_message_plain(packed, size, &text);
                touched += text.size;
        }
}

static void read_all(const struct rv_snapshot *snapshot)
{
        const struct rv_view *view = rv_snapshot_view(snapshot);
        const struct rv_root root = { .fd = -1, .path = "/" };
        RV_ROWS_CLEANUP struct rv_rows rows = { 0 };
        struct rv_order order = { .n = 1 };
        size_t row;
        unsigned column;

        read_declaration(snapshot);
        touched += rv_snapshot_fresh(snapshot, &root, 0);
        for (row = 0; row < rv_snapshot_rows(snapshot) && row < 1000; row++) {
                touched += rv_row_depth(snapshot, row);
                for (column = 0; column < view->n_columns; column++)
                        read_cell(snapshot, row, column);
        }
        must(rv_rows_all(snapshot, &rows, NULL) == RV_OK);
        for (order.column[0] = 0; order.column[0] < view->n_columns; order.column[0]++)
                must(rv_rows_sort(&rows, snapshot, &order, NULL) == RV_OK);
        touched += rv_row_by_key(snapshot, "no such key");
}

static void try_block(const uint8_t *data, size_t size, int mend)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        struct rv_snap_header *header;
        uint8_t *block = malloc(size ? size : 1);

        must(block != NULL);
        memcpy(block, data, size);
        header = (struct rv_snap_header *)(void *)block;
        if (mend && size >= sizeof *header) {
                header->size = size;
                header->heap_size = header->heap <= size ? size - header->heap : 0;
                header->checksum = 0;
                if (header->directory_end >= sizeof *header && header->directory_end <= size)
                        header->checksum = rv_hash(RV_HASH_START, block, (size_t)header->directory_end);
        }
        if (rv_snapshot_open(block, size, false, &snapshot, &err) == RV_OK)
                read_all(snapshot);
        else
                free(block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size > 1 << 20)
                return 0;
        try_block(data, size, 0);
        try_block(data, size, 1);
        return 0;
}
