/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON and JSON lines. Keys are column ids; texts are C, with the ids of messages beside them. */
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/model/load.h"
#include "core/run/wire.h"
#include "tui/batch/emit.h"
#include "tui/present/command.h"

enum { REPAIRED_NAMED = 10, HOST_NAME_LIMIT = 4096, PLURAL_MARK = '\004' };

/* The next value begins a line, so that a stream of rows stays readable and can be compared. */
static void new_line(struct rv_json *json, bool first)
{
        rv_buf_add_str(json->out, first ? "\n" : ",\n");
        json->filled &= ~(UINT64_C(1) << json->depth);
}

/* The ids, for a reader that renders the message in another language; of a plural the singular names it, as in gettext.
 */
static void add_message(struct rv_json *json, const struct rv_message *message)
{
        const char *mark = strchr(message->msgid, PLURAL_MARK);
        unsigned i;

        rv_json_begin(json, '{');
        rv_json_key(json, "domain");
        rv_json_str(json, message->domain);
        rv_json_key(json, "msgid");
        rv_json_text(json, message->msgid, mark ? (size_t)(mark - message->msgid) : strlen(message->msgid));
        rv_json_key(json, "args");
        rv_json_begin(json, '[');
        for (i = 0; i < message->n_args; i++)
                rv_json_str(json, message->args[i]);
        rv_json_end(json, ']');
        rv_json_end(json, '}');
}

static void add_list(struct rv_emitter *e, size_t row, unsigned column)
{
        const struct rv_snapshot *snapshot = e->result->snapshot;
        size_t n = rv_cell_items(snapshot, row, column), i, len;
        const char *item;

        rv_json_begin(&e->json, '[');
        for (i = 0; i < n; i++) {
                item = rv_cell_item(snapshot, row, column, i, &len);
                rv_json_text(&e->json, item, len);
        }
        rv_json_end(&e->json, ']');
}

/* The value itself; nulls and messages were taken care of by the caller. */
static void add_value(struct rv_emitter *e, size_t row, unsigned column)
{
        const struct rv_snapshot *snapshot = e->result->snapshot;
        const struct rv_column *declared = &rv_snapshot_view(snapshot)->columns[column];
        const char *text;
        size_t len;

        switch (declared->type) {
        case RV_TEXT:
        case RV_VERSION:
        case RV_REF:
                text = rv_cell_text(snapshot, row, column, &len);
                rv_json_text(&e->json, text, len);
                break;
        case RV_LIST:
                add_list(e, row, column);
                break;
        case RV_ENUM:
                rv_json_str(&e->json, declared->enums[rv_cell_int(snapshot, row, column)].id);
                break;
        case RV_BOOL:
                rv_json_bool(&e->json, rv_cell_int(snapshot, row, column) != 0);
                break;
        case RV_TIME:
                rv_json_time(&e->json, rv_cell_int(snapshot, row, column));
                break;
        default:
                rv_json_int(&e->json, rv_cell_int(snapshot, row, column));
                break;
        }
}

/* A message is its words under the column's id, and its ids under "ID_msg". */
static void add_message_cell(struct rv_emitter *e, size_t row, unsigned column)
{
        const struct rv_snapshot *snapshot = e->result->snapshot;
        struct rv_message message;

        if (!rv_cell_message(snapshot, row, column, &message)) {
                rv_json_null(&e->json);
                return;
        }
        rv_buf_clear(&e->scratch);
        rv_message_english(&message, &e->scratch);
        rv_json_text(&e->json, rv_buf_str(&e->scratch), e->scratch.size);
        rv_buf_clear(&e->scratch);
        rv_buf_printf(&e->scratch, "%s_msg", rv_snapshot_view(snapshot)->columns[column].id);
        rv_json_key(&e->json, rv_buf_str(&e->scratch));
        add_message(&e->json, &message);
        e->json.out->failed = e->json.out->failed || e->scratch.failed; /* a text left out is no answer */
}

/* Where bytes were replaced, for the warning: "KEY (COLUMN), ...". */
static void note_repaired(struct rv_emitter *e, size_t row, unsigned column)
{
        const struct rv_snapshot *snapshot = e->result->snapshot;
        char number[24];

        if (e->n_repaired < REPAIRED_NAMED)
                rv_buf_printf(&e->repaired, "%s%s (%s)", e->n_repaired ? ", " : "", rv_row_key(snapshot, row, number),
                              rv_snapshot_view(snapshot)->columns[column].id);
        else if (e->n_repaired == REPAIRED_NAMED)
                rv_buf_add_str(&e->repaired, ", ...");
        e->n_repaired++;
}

/* Nulls are written, never left out: a reader need not ask whether a key is there. */
static void add_row(struct rv_emitter *e, size_t row)
{
        const struct rv_snapshot *snapshot = e->result->snapshot;
        const struct rv_view *view = rv_snapshot_view(snapshot);
        const char *parent;
        bool before;
        size_t i;

        rv_json_begin(&e->json, '{');
        for (i = 0; i < e->n_columns; i++) {
                rv_json_key(&e->json, view->columns[e->columns[i]].id);
                before = e->json.repaired;
                e->json.repaired = false;
                if (rv_cell_null(snapshot, row, e->columns[i]))
                        rv_json_null(&e->json);
                else if (view->columns[e->columns[i]].type == RV_MSG)
                        add_message_cell(e, row, e->columns[i]);
                else
                        add_value(e, row, e->columns[i]);
                if (e->json.repaired)
                        note_repaired(e, row, e->columns[i]);
                e->json.repaired |= before;
        }
        if (e->keys) {
                parent = rv_emit_parent(e, row);
                rv_json_key(&e->json, "depth");
                rv_json_int(&e->json, rv_row_depth(snapshot, row));
                rv_json_key(&e->json, "parent");
                rv_json_str(&e->json, parent);
        }
        rv_json_end(&e->json, '}');
}

/* The code says how bad it is; null is a remark that changes no status. */
static void add_warning(struct rv_json *json, int code, const struct rv_message *message)
{
        RV_BUF_CLEANUP struct rv_buf words = { 0 };

        rv_message_english(message, &words);
        rv_json_begin(json, '{');
        rv_json_key(json, "code");
        rv_json_str(json, code == RV_OK ? NULL : rv_code_id(code));
        rv_json_key(json, "message");
        rv_json_text(json, rv_buf_str(&words), words.size);
        rv_json_key(json, "message_msg");
        add_message(json, message);
        rv_json_end(json, '}');
}

/* Written last, because what had to be repaired shows only after the rows. Its own text does not count as repaired. */
void rv_emit_json_warnings(struct rv_emitter *e)
{
        const struct rv_message repaired = { .domain = "reeve",
                                             .msgid = e->n_repaired ? N_("invalid UTF-8 was replaced by U+FFFD in: %1")
                                                                    : N_("invalid UTF-8 was replaced by U+FFFD"),
                                             .args = { rv_buf_str(&e->repaired) },
                                             .n_args = e->n_repaired > 0 };
        const struct rv_snapshot *snapshot = e->result->snapshot;
        struct rv_message message;
        const char *packed;
        size_t n = rv_snapshot_warnings(snapshot), i, size;
        bool was_repaired = e->json.repaired;
        int code;

        rv_json_key(&e->json, "warnings");
        rv_json_begin(&e->json, '[');
        for (i = 0; i < n; i++) {
                code = rv_snapshot_warning(snapshot, i, &packed, &size);
                if (rv_message_unpack(packed, size, &message))
                        add_warning(&e->json, code, &message);
        }
        if (e->result->missing.code &&
            rv_message_unpack(e->result->missing.message.data, e->result->missing.message.size, &message))
                add_warning(&e->json, e->result->missing.code, &message);
        if (was_repaired)
                add_warning(&e->json, RV_OK, &repaired);
        rv_json_end(&e->json, ']');
}

/* The name of the system that is looked at: a foreign root has its own, or none; of an image it is not known. */
static void add_host(struct rv_json *json, const struct rv_host *host, bool elsewhere)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf file = { 0 };
        char name[256] = "";

        rv_json_key(json, "host");
        if (elsewhere)
                rv_json_null(json);
        else if (!host->root.foreign && gethostname(name, sizeof name - 1) == 0 && name[0])
                rv_json_str(json, name);
        else if (host->root.foreign &&
                 rv_file_read(host->root.fd, "etc/hostname", HOST_NAME_LIMIT, &file, &err) == RV_OK &&
                 strcspn(rv_buf_str(&file), "\n") > 0)
                rv_json_text(json, rv_buf_str(&file), strcspn(rv_buf_str(&file), "\n"));
        else
                rv_json_null(json);
}

/* As it lies, not as it was typed: whoever reads the document need not stand where it was asked for. */
static void add_root(struct rv_json *json, const struct rv_root *root)
{
        RV_BUF_CLEANUP struct rv_buf path = { 0 };

        rv_json_key(json, "root");
        if (rv_wire_root(root, &path, NULL) == RV_OK)
                rv_json_text(json, rv_buf_str(&path), path.size);
        else
                rv_json_str(json, root->path);
        json->out->failed = json->out->failed || path.failed;
}

/* The members that every document begins with. */
static void head(struct rv_emitter *e)
{
        const struct rv_snapshot *snapshot = e->result->snapshot;
        RV_BUF_CLEANUP struct rv_buf name = { 0 };
        struct rv_json *json = &e->json;

        rv_buf_printf(&name, "%s/%s", rv_snapshot_plugin(snapshot), rv_snapshot_view(snapshot)->id);
        rv_json_key(json, "reeve");
        rv_json_int(json, 1);
        rv_json_key(json, "view");
        rv_json_str(json, rv_buf_str(&name));
        json->out->failed = json->out->failed || name.failed;
        add_host(json, e->host, e->image || e->slot);
        add_root(json, &e->host->root);
        if (e->image) {
                rv_json_key(json, "image");
                rv_json_text(json, e->image, strlen(e->image));
        }
        if (e->slot) {
                rv_json_key(json, "slot");
                rv_json_text(json, e->slot, strlen(e->slot));
        }
        rv_json_key(json, "generated");
        /* A cached snapshot too is the answer of this moment: what it was made from was found unchanged just now. */
        rv_json_time(json, rv_now());
}

static void json_begin(struct rv_emitter *e)
{
        rv_json_begin(&e->json, '{');
        head(e);
        rv_json_key(&e->json, "rows");
        rv_json_begin(&e->json, '[');
}

static void json_row(struct rv_emitter *e, size_t row)
{
        new_line(&e->json, e->emitted == 0);
        add_row(e, row);
}

static void end_rows(struct rv_emitter *e)
{
        if (e->emitted)
                rv_buf_add_char(e->json.out, '\n');
        rv_json_end(&e->json, ']');
}

/* A text view is also one text, so that nobody has to join its rows. */
static void add_text(struct rv_emitter *e)
{
        const struct rv_snapshot *snapshot = e->result->snapshot;
        const struct rv_view *view = rv_snapshot_view(snapshot);
        int column = rv_snapshot_column(snapshot, "text");
        const char *text;
        size_t i, len;

        if (view->shape != RV_SHAPE_TEXT || column < 0 || view->columns[column].type != RV_TEXT)
                return;
        rv_buf_clear(&e->scratch);
        for (i = 0; i < e->result->rows.n; i++) {
                text = rv_cell_text(snapshot, e->result->rows.at[i], (unsigned)column, &len);
                rv_buf_add(&e->scratch, text, len);
                if (len && text[len - 1] != '\n')
                        rv_buf_add_char(&e->scratch, '\n');
        }
        rv_json_key(&e->json, "text");
        rv_json_text(&e->json, rv_buf_str(&e->scratch), e->scratch.size);
}

static void json_end(struct rv_emitter *e)
{
        end_rows(e);
        add_text(e);
        rv_emit_json_warnings(e);
        rv_json_end(&e->json, '}');
        rv_buf_add_char(e->json.out, '\n');
}

/* The document of one row has the same head and warnings as that of many. */
static void json_record(struct rv_emitter *e, size_t row)
{
        rv_json_begin(&e->json, '{');
        head(e);
        rv_json_key(&e->json, "record");
        add_row(e, row);
        rv_emit_json_warnings(e);
        rv_json_end(&e->json, '}');
        rv_buf_add_char(e->json.out, '\n');
}

/* A stream of rows has no head: each line stands for itself. */
static void ndjson_begin(struct rv_emitter *e)
{
        (void)e;
}

static void ndjson_row(struct rv_emitter *e, size_t row)
{
        add_row(e, row);
        rv_buf_add_char(e->json.out, '\n');
}

/* The last line says that it is the last. */
static void ndjson_end(struct rv_emitter *e)
{
        rv_json_begin(&e->json, '{');
        rv_json_key(&e->json, "end");
        rv_json_bool(&e->json, true);
        rv_json_key(&e->json, "rows");
        rv_json_int(&e->json, (int64_t)e->emitted);
        rv_emit_json_warnings(e);
        rv_json_end(&e->json, '}');
        rv_buf_add_char(e->json.out, '\n');
}

static void ndjson_record(struct rv_emitter *e, size_t row)
{
        ndjson_row(e, row);
        e->emitted = 1;
        ndjson_end(e);
}

static void list_begin(struct rv_emitter *e)
{
        rv_json_key(&e->json, e->list);
        rv_json_begin(&e->json, '[');
}

int rv_emit_json_rows(struct rv_emitter *e, const char *key, struct rv_err *err)
{
        static const struct rv_serializer list = {
                .all_columns = true, .begin = list_begin, .row = json_row, .end = end_rows
        };

        e->serializer = &list;
        e->list = key;
        return rv_emit_rows(e, err);
}

const struct rv_serializer rv_emit_json = {
        .all_columns = true, .begin = json_begin, .row = json_row, .end = json_end, .record = json_record
};
const struct rv_serializer rv_emit_ndjson = {
        .all_columns = true, .begin = ndjson_begin, .row = ndjson_row, .end = ndjson_end, .record = ndjson_record
};

static void add_packed(struct rv_json *json, const char *key, const struct rv_buf *packed)
{
        RV_BUF_CLEANUP struct rv_buf words = { 0 };

        rv_json_key(json, key);
        if (packed->size) {
                rv_message_plain(packed->data, packed->size, &words);
                rv_json_text(json, rv_buf_str(&words), words.size);
        } else {
                rv_json_null(json);
        }
}

/* The root as it lies, when it is there. */
static void add_where(struct rv_json *json, const struct rv_where *where)
{
        char *path = realpath(where->root, NULL);

        rv_json_key(json, "root");
        rv_json_str(json, path ? path : where->root);
        free(path);
        if (where->image) {
                rv_json_key(json, "image");
                rv_json_str(json, where->image);
        }
        if (where->slot) {
                rv_json_key(json, "slot");
                rv_json_str(json, where->slot);
        }
}

/* The shape is fixed; causes are listed from the nearest to the first. */
void rv_emit_json_error(struct rv_output *output, const struct rv_where *where, const struct rv_err *err)
{
        struct rv_json json = { .out = &output->buf };
        const struct rv_err *cause;

        rv_json_begin(&json, '{');
        rv_json_key(&json, "reeve");
        rv_json_int(&json, 1);
        rv_json_key(&json, "error");
        rv_json_begin(&json, '{');
        rv_json_key(&json, "code");
        rv_json_str(&json, rv_code_id(err->code));
        add_packed(&json, "message", &err->message);
        add_packed(&json, "hint", &err->hint);
        rv_json_key(&json, "cause");
        rv_json_begin(&json, '[');
        for (cause = err->cause; cause; cause = cause->cause) {
                rv_json_begin(&json, '{');
                rv_json_key(&json, "code");
                rv_json_str(&json, rv_code_id(cause->code));
                add_packed(&json, "message", &cause->message);
                rv_json_end(&json, '}');
        }
        rv_json_end(&json, ']');
        add_where(&json, where);
        rv_json_end(&json, '}');
        rv_json_end(&json, '}');
        rv_buf_add_char(&output->buf, '\n');
}
