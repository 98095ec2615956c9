/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps of a plan as JSON, for the request that a job keeps: what was asked stays readable after the view that
 * showed it has changed. */
#include <string.h>

#include "core/model/snapshot.h"
#include "core/run/message_json.h"
#include "core/run/plan_private.h"

/* A cell hands a message out in pieces; packed again it takes the one way to JSON. */
static void write_message(const struct rv_snapshot *snapshot, size_t row, unsigned column, struct rv_json *json)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };
        struct rv_message message;
        unsigned i;

        if (rv_cell_message(snapshot, row, column, &message)) {
                rv_message_packf(&packed, message.domain, message.msgid, NULL);
                for (i = 0; i < message.n_args; i++)
                        rv_buf_add(&packed, message.args[i], strlen(message.args[i]) + 1);
        }
        rv_message_json(rv_buf_str(&packed), packed.size, json);
}

static void write_list(const struct rv_snapshot *snapshot, size_t row, unsigned column, struct rv_json *json)
{
        size_t i, len, n = rv_cell_items(snapshot, row, column);
        const char *item;

        rv_json_begin(json, '[');
        for (i = 0; i < n; i++) {
                item = rv_cell_item(snapshot, row, column, i, &len);
                rv_json_text(json, item, len);
        }
        rv_json_end(json, ']');
}

/* As the front ends write JSON, so that the steps of a job read like those of its plan. */
static void write_cell(const struct rv_snapshot *snapshot, size_t row, unsigned column, struct rv_json *json)
{
        const struct rv_column *declared = &rv_snapshot_view(snapshot)->columns[column];
        const char *text;
        size_t len;

        if (rv_cell_null(snapshot, row, column)) {
                rv_json_null(json);
                return;
        }
        switch (declared->type) {
        case RV_TEXT:
        case RV_VERSION:
        case RV_REF:
                text = rv_cell_text(snapshot, row, column, &len);
                rv_json_text(json, text, len);
                break;
        case RV_LIST:
                write_list(snapshot, row, column, json);
                break;
        case RV_MSG:
                write_message(snapshot, row, column, json);
                break;
        case RV_BOOL:
                rv_json_bool(json, rv_cell_int(snapshot, row, column) != 0);
                break;
        case RV_TIME:
                rv_json_time(json, rv_cell_int(snapshot, row, column));
                break;
        case RV_ENUM:
                rv_json_str(json, declared->enums[rv_cell_int(snapshot, row, column)].id);
                break;
        default:
                rv_json_int(json, rv_cell_int(snapshot, row, column));
        }
}

void rv_steps_json(const struct rv_snapshot *snapshot, struct rv_json *json)
{
        const struct rv_view *view = rv_snapshot_view(snapshot);
        size_t row;
        unsigned column;

        rv_json_begin(json, '[');
        for (row = 0; row < rv_snapshot_rows(snapshot); row++) {
                rv_json_begin(json, '{');
                for (column = 0; column < view->n_columns; column++) {
                        rv_json_key(json, view->columns[column].id);
                        write_cell(snapshot, row, column, json);
                }
                rv_json_end(json, '}');
        }
        rv_json_end(json, ']');
}
