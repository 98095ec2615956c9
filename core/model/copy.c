/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copying a snapshot's rows into a sink, for joined views: the cells keep their domains, and what the rows rest on goes
 * with them. */
#include "core/model/sink_private.h"
#include "core/model/stamp.h"

static void copy_cell(struct rv_sink *sink, const struct rv_snapshot *from, size_t row, unsigned column)
{
        const char *bytes;
        size_t n;

        if (rv_cell_null(from, row, column))
                return;
        if (rv_type_is_number(rv_snapshot_view(from)->columns[column].type)) {
                rv_put_int(sink, column, rv_cell_int(from, row, column));
        } else if (rv_snapshot_view(from)->columns[column].type == RV_MSG) {
                bytes = rv_cell_packed(from, row, column, &n);
                rv_put_packed(sink, column, bytes, n);
        } else {
                bytes = rv_cell_text(from, row, column, &n);
                rv_put_text(sink, column, bytes, n);
        }
}

int rv_sink_copy_row(struct rv_sink *sink, const struct rv_snapshot *from, size_t row)
{
        unsigned column;
        int rc = rv_row_begin(sink, rv_row_depth(from, row));

        for (column = 0; !rc && column < sink->view->n_columns; column++)
                copy_cell(sink, from, row, column);
        return rc;
}

int rv_sink_copy_rest(struct rv_sink *sink, const struct rv_snapshot *from)
{
        struct rv_snap_stamp stamp;
        const char *packed, *path;
        size_t i, n;
        int rc, code;

        for (i = 0; i < rv_snapshot_warnings(from); i++) {
                code = rv_snapshot_warning(from, i, &packed, &n);
                rv_warn_packed(sink, code, packed, n);
        }
        for (i = 0; i < rv_snapshot_stamps(from); i++) {
                path = rv_snapshot_stamp(from, i, &stamp);
                rc = rv_sink_stamp(sink, path, &stamp);
                if (rc)
                        return rc;
        }
        rv_expires(sink, rv_snapshot_expires(from));
        return RV_OK;
}
