/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one emitter: rows of a snapshot as table, plain, json, ndjson, tsv or csv, in a stream.
 * Ownership: an emitter borrows all it is given and owns its scratch buffers. */
#ifndef REEVE_BATCH_EMIT_H
#define REEVE_BATCH_EMIT_H

#include "core/base/json.h"
#include "tui/batch/output.h"
#include "tui/present/layout.h"
#include "tui/present/settings.h"

struct rv_command;
struct rv_host;
struct rv_result;

struct rv_emitter;

struct rv_serializer {
        bool all_columns; /* hidden and costly ones too, unless columns were asked for */
        bool keyed;       /* the key too, even where it is hidden: a row of data has to say which it is */
        bool for_people;  /* texts in the reader's language, values rounded */
        void (*begin)(struct rv_emitter *e);
        void (*row)(struct rv_emitter *e, size_t row);
        void (*end)(struct rv_emitter *e);
        void (*record)(struct rv_emitter *e, size_t row); /* the whole output for one row */
};
const struct rv_serializer *rv_serializer(enum rv_format format);

struct rv_emitter {
        const struct rv_serializer *serializer;
        struct rv_output *output;
        const struct rv_host *host;
        const struct rv_result *result;
        struct rv_look look;
        const unsigned *columns; /* shown, in order */
        size_t n_columns, emitted;
        struct rv_json json;
        struct rv_layout layout;
        int below; /* table: the column whose text stands on lines of its own below its row; 0: none */
        struct rv_shown shown;
        struct rv_buf scratch;
        unsigned *chosen;         /* malloc'd: the columns when none were asked for */
        const char **keys;        /* malloc'd: the key of the last row at each depth of a tree */
        struct rv_buf repaired;   /* JSON: the first cells whose bytes were no UTF-8 */
        size_t n_repaired;        /* of such cells */
        const char *list;         /* JSON: the key of rows inside another document */
        const char *image, *slot; /* what was looked at instead of the root; NULL: the root itself. Borrowed */
};

/* Writes the whole result. Returns RV_OK, RV_PARTIAL when a warning says that something is missing, or RV_NOTFOUND when
 * that is something asked for by name. Whether it could be written is the output's to say. */
int rv_emit_rows(struct rv_emitter *e, struct rv_err *err) RV_CHECK;
int rv_emit_record(struct rv_emitter *e, size_t row, struct rv_err *err) RV_CHECK;
/* Sets an emitter up for a command, which it borrows from. */
void rv_emitter_init(struct rv_emitter *e, struct rv_output *output, const struct rv_host *host,
                     const struct rv_command *command, const struct rv_result *result);
void rv_emitter_free(struct rv_emitter *e);
#define RV_EMITTER_CLEANUP __attribute__((cleanup(rv_emitter_free)))

/* Shared by the serializers. */
extern const struct rv_serializer rv_emit_table, rv_emit_plain, rv_emit_json, rv_emit_ndjson, rv_emit_tsv, rv_emit_csv;
int rv_emit_table_layout(struct rv_emitter *e, struct rv_err *err) RV_CHECK;
/* Appends a cell as data: ids, integers, UTC; nothing for null. */
void rv_emit_raw(const struct rv_snapshot *snapshot, size_t row, unsigned column, struct rv_buf *out);
/* The key of a tree row's parent, NULL for a root; remembers the row's own key. Call it for each row in order. */
const char *rv_emit_parent(struct rv_emitter *e, size_t row);
/* Writes rows as the member `key` of a document that the caller has begun, and its member "warnings". */
int rv_emit_json_rows(struct rv_emitter *e, const char *key, struct rv_err *err) RV_CHECK;
void rv_emit_json_warnings(struct rv_emitter *e);
/* Writes an error as a JSON document. */
struct rv_where {
        const char *root;
        const char *image, *slot; /* NULL: not asked for */
};
void rv_emit_json_error(struct rv_output *output, const struct rv_where *where, const struct rv_err *err);

#endif
