/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a sink looks like inside, and the calls that only joining views needs.
 * Ownership: the sink's arrays are its own. */
#ifndef REEVE_MODEL_SINK_PRIVATE_H
#define REEVE_MODEL_SINK_PRIVATE_H

#include "core/base/buf.h"
#include "core/model/format.h"
#include "core/model/sink.h"

struct column {
        int64_t *numbers;     /* number types */
        uint64_t *nulls;      /* number types: a bit a row */
        uint32_t *references; /* all others */
        uint32_t recent[64];  /* heap pieces put lately, by hash */
        bool filled;
};

struct rv_sink {
        const char *plugin, *domain;
        const char *row_plugin, *row_domain; /* of the rows put now */
        const struct rv_view *view;
        const struct rv_root *root;
        const atomic_bool *cancel;
        struct column *columns;
        uint16_t *depths;
        size_t rows, capacity;
        unsigned shift_at; /* columns from here on are one further right */
        bool deep, failed, uncacheable, cut;
        struct rv_buf heap;
        struct rv_snap_warning *warnings;
        struct rv_snap_stamp *stamps;
        size_t n_warnings, n_stamps, stamps_capacity;
        int64_t expires;
};

/* Orders the rows by their keys (RV_BY_KEY); false without memory. */
bool rv_sink_by_key(struct rv_sink *sink) RV_CHECK;
bool rv_type_is_number(uint32_t type);
/* Puts a text into the heap; 0 for NULL or without memory (which the sink remembers). */
uint32_t rv_sink_heap_string(struct rv_sink *sink, const char *s);
void rv_warn_packed(struct rv_sink *sink, int code, const char *packed, size_t size);
/* After an error of absence: stays it unless a warning tells of something that was not read. Returns the error's code.
 */
int rv_sink_unsure(const struct rv_sink *sink, struct rv_err *err) RV_CHECK;
/* Copies a stamp taken earlier. */
int rv_sink_stamp(struct rv_sink *sink, const char *path, const struct rv_snap_stamp *stamp) RV_CHECK;
/* Copies one row of a snapshot with the same columns; and its warnings, stamps and expiry. */
int rv_sink_copy_row(struct rv_sink *sink, const struct rv_snapshot *from, size_t row) RV_CHECK;
int rv_sink_copy_rest(struct rv_sink *sink, const struct rv_snapshot *from) RV_CHECK;

#endif
