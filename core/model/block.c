/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making a snapshot's block of what a sink holds: the directory is laid out first, which also puts the declaration's
 * texts into the heap; then everything is copied to its place. */
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/time.h"
#include "core/model/format.h"
#include "core/model/sink_private.h"

enum { SETTLE_S = 2 }; /* an input younger than this may still change within its time stamp's grain */

struct plan {
        struct rv_snap_header header;
        uint64_t at;
};

static uint64_t place(struct plan *plan, uint64_t n, uint64_t size)
{
        uint64_t at = plan->at;

        plan->at += (n * size + 7) & ~UINT64_C(7);
        return at;
}

static void fill_column(struct rv_sink *sink, uint32_t i, struct plan *plan, struct rv_snap_column *out)
{
        const struct rv_column *column = &sink->view->columns[i];
        bool number = rv_type_is_number(column->type);

        *out = (struct rv_snap_column){ .id = rv_sink_heap_string(sink, column->id),
                                        .title = rv_sink_heap_string(sink, column->title),
                                        .help = rv_sink_heap_string(sink, column->help),
                                        .ref = rv_sink_heap_string(sink, column->ref),
                                        .with = rv_sink_heap_string(sink, column->with),
                                        .type = column->type,
                                        .flags = column->flags,
                                        .priority = column->priority,
                                        .n_enums = column->n_enums,
                                        .first_enum = plan->header.n_enums,
                                        .filled = sink->columns[i].filled };
        out->cells = place(plan, sink->rows, number ? sizeof(int64_t) : sizeof(uint32_t));
        if (number)
                out->nulls = place(plan, (sink->rows + 63) / 64, sizeof(uint64_t));
        plan->header.n_enums += column->n_enums;
}

static void fill_header(struct rv_sink *sink, struct plan *plan)
{
        const struct rv_view *view = sink->view;
        struct rv_snap_header *header = &plan->header;
        uint32_t i;

        *header = (struct rv_snap_header){ .magic = RV_SNAP_MAGIC,
                                           .version = RV_SNAP_VERSION,
                                           .order = RV_SNAP_ORDER,
                                           .made = rv_now(),
                                           .expires = sink->expires,
                                           .rows = (uint32_t)sink->rows,
                                           .n_columns = view->n_columns,
                                           .n_warnings = (uint32_t)sink->n_warnings,
                                           .n_stamps = (uint32_t)sink->n_stamps,
                                           .plugin = rv_sink_heap_string(sink, sink->plugin),
                                           .domain = rv_sink_heap_string(sink, sink->domain),
                                           .id = rv_sink_heap_string(sink, view->id),
                                           .title = rv_sink_heap_string(sink, view->title),
                                           .help = rv_sink_heap_string(sink, view->help),
                                           .record = rv_sink_heap_string(sink, view->record),
                                           .shape = view->shape,
                                           .flags = view->flags };
        for (i = 0; i < view->n_columns; i++)
                if (view->columns[i].flags & RV_KEY)
                        header->key = i;
}

static uint32_t count_enums(const struct rv_view *view)
{
        uint32_t i, n = 0;

        for (i = 0; i < view->n_columns; i++)
                n += view->columns[i].n_enums;
        return n;
}

static void copy_cells(const struct rv_sink *sink, const struct rv_snap_header *header,
                       const struct rv_snap_column *columns, unsigned char *block)
{
        size_t rows = sink->rows;
        uint32_t i;

        for (i = 0; rows && i < header->n_columns; i++) {
                const struct column *from = &sink->columns[i];

                if (from->numbers) {
                        memcpy(block + columns[i].cells, from->numbers, rows * sizeof *from->numbers);
                        memcpy(block + columns[i].nulls, from->nulls, (rows + 63) / 64 * sizeof *from->nulls);
                } else {
                        memcpy(block + columns[i].cells, from->references, rows * sizeof *from->references);
                }
        }
        if (header->depths)
                memcpy(block + header->depths, sink->depths, rows * sizeof *sink->depths);
        memcpy(block + header->heap, sink->heap.data, sink->heap.size);
}

static void copy_directory(const struct rv_sink *sink, const struct plan *plan, const struct rv_snap_column *columns,
                           const struct rv_snap_enum *enums, unsigned char *block)
{
        const struct rv_snap_header *header = &plan->header;
        unsigned char *at = block + sizeof *header;
        struct rv_snap_header *out = (struct rv_snap_header *)block;

        *out = *header;
        memcpy(at, columns, header->n_columns * sizeof *columns);
        at += header->n_columns * sizeof *columns;
        memcpy(at, enums, header->n_enums * sizeof *enums);
        at += header->n_enums * sizeof *enums;
        if (sink->n_warnings)
                memcpy(at, sink->warnings, sink->n_warnings * sizeof *sink->warnings);
        at += sink->n_warnings * sizeof *sink->warnings;
        if (sink->n_stamps)
                memcpy(at, sink->stamps, sink->n_stamps * sizeof *sink->stamps);
        out->checksum = rv_hash(RV_HASH_START, block, (size_t)header->directory_end);
}

static int make_block(struct rv_sink *sink, struct rv_snap_column *columns, struct rv_snap_enum *enums,
                      unsigned char **ret, size_t *ret_size, struct rv_err *err)
{
        struct plan plan = { 0 };
        const struct rv_view *view = sink->view;
        unsigned char *block;
        uint32_t i, e, n = 0;

        fill_header(sink, &plan);
        plan.at = sizeof plan.header + view->n_columns * sizeof *columns + count_enums(view) * sizeof *enums +
                  sink->n_warnings * sizeof *sink->warnings + sink->n_stamps * sizeof *sink->stamps;
        plan.header.directory_end = plan.at;
        for (i = 0; i < view->n_columns; i++) {
                fill_column(sink, i, &plan, &columns[i]);
                for (e = 0; e < view->columns[i].n_enums; e++)
                        enums[n++] =
                                (struct rv_snap_enum){ .id = rv_sink_heap_string(sink, view->columns[i].enums[e].id),
                                                       .title = rv_sink_heap_string(sink,
                                                                                    view->columns[i].enums[e].title),
                                                       .role = view->columns[i].enums[e].role };
        }
        if (sink->deep)
                plan.header.depths = place(&plan, sink->rows, sizeof *sink->depths);
        if (sink->failed || sink->heap.failed)
                return rv_fail_memory(err);
        plan.header.heap = plan.at;
        plan.header.heap_size = sink->heap.size;
        plan.header.size = plan.at + sink->heap.size;
        block = calloc(1, (size_t)plan.header.size);
        if (!block)
                return rv_fail_memory(err);
        copy_cells(sink, &plan.header, columns, block);
        copy_directory(sink, &plan, columns, enums, block);
        *ret = block;
        *ret_size = (size_t)plan.header.size;
        return RV_OK;
}

/* Whether nothing that was read is so young that a change in the same tick of the clock would go unseen. */
static bool settled(const struct rv_sink *sink)
{
        int64_t limit = rv_now() - SETTLE_S;
        size_t i;

        for (i = 0; i < sink->n_stamps; i++)
                if (sink->stamps[i].mtime_ns / 1000000000 >= limit || sink->stamps[i].ctime_ns / 1000000000 >= limit)
                        return false;
        return sink->n_stamps > 0 && !sink->uncacheable;
}

int rv_sink_finish(struct rv_sink *sink, struct rv_snapshot **ret, bool *ret_cacheable, struct rv_err *err)
{
        struct rv_snap_column *columns = calloc(sink->view->n_columns, sizeof *columns);
        struct rv_snap_enum *enums = calloc((size_t)count_enums(sink->view) + 1, sizeof *enums);
        unsigned char *block = NULL;
        size_t size = 0;
        int rc;

        if (sink->view->flags & RV_BY_KEY && !sink->failed && !sink->heap.failed)
                sink->failed = !rv_sink_by_key(sink);
        rc = columns && enums ? make_block(sink, columns, enums, &block, &size, err) : rv_fail_memory(err);
        free(columns);
        free(enums);
        if (rc)
                return rc;
        rc = rv_snapshot_open(block, size, false, ret, err);
        if (rc)
                free(block);
        else
                *ret_cacheable = settled(sink);
        return rc;
}
