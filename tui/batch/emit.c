/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The loop over rows, and what all formats share. */
#include "tui/batch/emit.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/time.h"
#include "core/model/load.h"
#include "tui/present/command.h"

const struct rv_serializer *rv_serializer(enum rv_format format)
{
        static const struct rv_serializer *const all[] = {
                [RV_TABLE] = &rv_emit_table,   [RV_PLAIN_TEXT] = &rv_emit_plain, [RV_JSON] = &rv_emit_json,
                [RV_NDJSON] = &rv_emit_ndjson, [RV_TSV] = &rv_emit_tsv,          [RV_CSV] = &rv_emit_csv
        };

        return all[format];
}

/* A pipe gets whole moments, because nobody knows when its bytes are read. */
void rv_emitter_init(struct rv_emitter *e, struct rv_output *output, const struct rv_host *host,
                     const struct rv_command *command, const struct rv_result *result)
{
        const struct rv_settings *settings = &command->settings;

        *e = (struct rv_emitter){ .serializer = rv_serializer(settings->format),
                                  .output = output,
                                  .host = host,
                                  .result = result,
                                  .image = rv_command_option(command, "image"),
                                  .slot = rv_command_option(command, "slot"),
                                  .json = { .out = &output->buf } };
        e->look.now = rv_now();
        e->look.long_form = !output->terminal;
        e->look.ascii = settings->ascii || (output->terminal && !output->utf8);
}

void rv_emitter_free(struct rv_emitter *e)
{
        rv_layout_free(&e->layout);
        rv_shown_free(&e->shown);
        rv_buf_free(&e->scratch);
        rv_buf_free(&e->repaired);
        free(e->chosen);
        free(e->keys);
}

/* In front, where a reader of rows looks for it. */
static void add_key(struct rv_emitter *e, unsigned key)
{
        size_t i;

        for (i = 0; i < e->n_columns; i++)
                if (e->chosen[i] == key)
                        return;
        memmove(e->chosen + 1, e->chosen, e->n_columns * sizeof *e->chosen);
        e->chosen[0] = key;
        e->n_columns++;
}

/* What is shown when nobody said: all of it for programs and of one row, the view's own choice for people. */
static int choose_columns(struct rv_emitter *e, bool all, struct rv_err *err)
{
        const struct rv_view *view = rv_snapshot_view(e->result->snapshot);
        unsigned i;

        if (e->result->columns) {
                e->columns = e->result->columns;
                e->n_columns = e->result->n_columns;
                return RV_OK;
        }
        e->chosen = calloc(view->n_columns + 1, sizeof *e->chosen);
        if (!e->chosen)
                return rv_fail_memory(err);
        if (all) {
                for (i = 0; i < view->n_columns; i++)
                        e->chosen[i] = i;
                e->n_columns = view->n_columns;
        } else {
                e->n_columns = rv_layout_default(view, e->result->snapshot, e->chosen);
                if (e->serializer->keyed)
                        add_key(e, rv_snapshot_key(e->result->snapshot));
        }
        e->columns = e->chosen;
        return RV_OK;
}

/* Room for one key at each depth; only a tree pays for it. */
static int make_keys(struct rv_emitter *e, struct rv_err *err)
{
        const struct rv_snapshot *snapshot = e->result->snapshot;
        unsigned deepest = 0;
        size_t i;

        if (rv_snapshot_view(snapshot)->shape != RV_SHAPE_TREE)
                return RV_OK;
        for (i = 0; i < rv_snapshot_rows(snapshot); i++)
                if (rv_row_depth(snapshot, i) > deepest)
                        deepest = rv_row_depth(snapshot, i);
        e->keys = calloc(deepest + 1U, sizeof *e->keys);
        return e->keys ? RV_OK : rv_fail_memory(err);
}

static int prepare(struct rv_emitter *e, bool all, struct rv_err *err)
{
        int r = choose_columns(e, all, err);

        return r == RV_OK ? make_keys(e, err) : r;
}

/* One after the other, with an empty line between. */
static int emit_records(struct rv_emitter *e)
{
        const struct rv_rows *rows = &e->result->rows;
        size_t i;

        for (i = 0; i < rows->n && rv_output_pump(e->output); i++) {
                rv_buf_add_str(&e->output->buf, i ? "\n" : "");
                e->serializer->record(e, rows->at[i]);
        }
        return rv_result_status(e->result);
}

/* Pumping at each row keeps memory flat and stops at the first piece that nobody takes. */
int rv_emit_rows(struct rv_emitter *e, struct rv_err *err)
{
        const struct rv_rows *rows = &e->result->rows;
        bool records = rv_snapshot_view(e->result->snapshot)->shape == RV_SHAPE_RECORD;
        int r = prepare(e, e->serializer->all_columns || records, err);
        size_t i;

        if (r == RV_OK && records && e->serializer->for_people)
                return emit_records(e);
        /* Only a table needs to see all rows before the first is written. */
        if (r == RV_OK && e->serializer == &rv_emit_table)
                r = rv_emit_table_layout(e, err);
        if (r != RV_OK)
                return r;
        e->serializer->begin(e);
        for (i = 0; i < rows->n && rv_output_pump(e->output); i++) {
                e->serializer->row(e, rows->at[i]);
                e->emitted++;
        }
        e->serializer->end(e);
        return rv_result_status(e->result);
}

int rv_emit_record(struct rv_emitter *e, size_t row, struct rv_err *err)
{
        int r = prepare(e, true, err);

        if (r != RV_OK)
                return r;
        e->serializer->record(e, row);
        return rv_result_status(e->result);
}

const char *rv_emit_parent(struct rv_emitter *e, size_t row)
{
        const struct rv_snapshot *snapshot = e->result->snapshot;
        unsigned depth = rv_row_depth(snapshot, row);
        size_t len;

        e->keys[depth] = rv_cell_text(snapshot, row, rv_snapshot_key(snapshot), &len);
        return depth ? e->keys[depth - 1] : NULL;
}

/* Lists have no escape of their own in plain formats: whoever needs items with commas in them takes JSON. */
static void raw_list(const struct rv_snapshot *snapshot, size_t row, unsigned column, struct rv_buf *out)
{
        size_t n = rv_cell_items(snapshot, row, column), i, len;
        const char *item;

        for (i = 0; i < n; i++) {
                if (i)
                        rv_buf_add_char(out, ',');
                item = rv_cell_item(snapshot, row, column, i, &len);
                rv_buf_add(out, item, len);
        }
}

/* A message cell in C: programs get the same words in every language. */
static void raw_message(const struct rv_snapshot *snapshot, size_t row, unsigned column, struct rv_buf *out)
{
        struct rv_message message;

        if (rv_cell_message(snapshot, row, column, &message))
                rv_message_english(&message, out);
}

/* Nothing is rounded, translated or sanitised: this is data. */
void rv_emit_raw(const struct rv_snapshot *snapshot, size_t row, unsigned column, struct rv_buf *out)
{
        const struct rv_column *declared = &rv_snapshot_view(snapshot)->columns[column];
        const char *text;
        size_t len;

        if (rv_cell_null(snapshot, row, column))
                return;
        switch (declared->type) {
        case RV_TEXT:
        case RV_VERSION:
        case RV_REF:
                text = rv_cell_text(snapshot, row, column, &len);
                rv_buf_add(out, text, len);
                break;
        case RV_LIST:
                raw_list(snapshot, row, column, out);
                break;
        case RV_MSG:
                raw_message(snapshot, row, column, out);
                break;
        case RV_ENUM:
                rv_buf_add_str(out, declared->enums[rv_cell_int(snapshot, row, column)].id);
                break;
        case RV_BOOL:
                rv_buf_add_str(out, rv_cell_int(snapshot, row, column) ? "true" : "false");
                break;
        case RV_TIME:
                (void)rv_time_rfc3339(rv_cell_int(snapshot, row, column), out);
                break;
        default:
                rv_buf_printf(out, "%lld", (long long)rv_cell_int(snapshot, row, column));
                break;
        }
}
