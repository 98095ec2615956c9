/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filling a sink: cells go into growing arrays, one a column; texts into one heap, where a value that was just put in
 * the same column is stored once. The first failure is kept and told when the next row begins. */
#include "core/model/sink.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/model/format.h"
#include "core/model/sink_private.h"
#include "core/model/stamp.h"

enum {
        TEXT_MAX = 1 << 20,
        LIST_MAX = 1 << 16,
        WARNINGS_MAX = 1000,
        STAMPS_MAX = 1 << 16,
        RECENT = 64 /* texts remembered a column, by hash */
};

/* The heap's first four bytes are unused, so that reference 0 is free to mean none. */
static uint32_t heap_add(struct rv_sink *sink, const void *bytes, size_t n)
{
        struct rv_buf *heap = &sink->heap;
        static const char zeros[4] = { 0 };
        uint32_t len = (uint32_t)n;
        size_t at;

        if (heap->size == 0)
                rv_buf_add(heap, zeros, sizeof zeros);
        at = heap->size;
        if (at + n > UINT32_MAX - 16)
                heap->failed = true;
        rv_buf_add(heap, &len, sizeof len);
        rv_buf_add(heap, bytes, n);
        rv_buf_add(heap, zeros, 1 + (4 - (n + 1) % 4) % 4);
        return heap->failed ? 0 : (uint32_t)at;
}

uint32_t rv_sink_heap_string(struct rv_sink *sink, const char *s)
{
        return s ? heap_add(sink, s, strlen(s)) : 0;
}

static uint32_t heap_shared(struct rv_sink *sink, struct column *column, const void *bytes, size_t n)
{
        uint32_t *recent = &column->recent[rv_hash(RV_HASH_START, bytes, n) % RECENT], len;
        const char *piece;

        if (*recent) {
                piece = sink->heap.data + *recent;
                memcpy(&len, piece, sizeof len);
                if (len == n && memcmp(piece + sizeof len, bytes, n) == 0)
                        return *recent;
        }
        *recent = heap_add(sink, bytes, n);
        return *recent;
}

/* How much of a text or list is kept. What is cut off is said once: a view of shortened texts is not the whole truth.
 */
static size_t keep(struct rv_sink *sink, size_t n, size_t most)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };

        if (n <= most)
                return n;
        if (!sink->cut) {
                rv_message_packf(&packed, "reeve", N_("a text or list is too long to be shown whole; it was cut"),
                                 NULL);
                rv_warn_packed(sink, RV_PARTIAL, rv_buf_str(&packed), packed.size);
        }
        sink->cut = true;
        return most;
}

struct rv_sink *rv_sink_new(const char *plugin, const char *domain, const struct rv_view *view,
                            const atomic_bool *cancel)
{
        struct rv_sink *sink = calloc(1, sizeof *sink);
        uint32_t i;

        if (!sink)
                return NULL;
        *sink = (struct rv_sink){ .plugin = plugin,
                                  .domain = domain,
                                  .row_domain = domain,
                                  .view = view,
                                  .cancel = cancel,
                                  .shift_at = UINT_MAX,
                                  .expires = INT64_MAX };
        sink->columns = calloc(view->n_columns, sizeof *sink->columns);
        if (!sink->columns) {
                free(sink);
                return NULL;
        }
        for (i = 0; i < view->n_columns; i++)
                sink->columns[i].filled = !(view->columns[i].flags & RV_COSTLY);
        return sink;
}

void rv_sink_free(struct rv_sink *sink)
{
        uint32_t i;

        if (!sink)
                return;
        for (i = 0; i < sink->view->n_columns; i++) {
                free(sink->columns[i].numbers);
                free(sink->columns[i].references);
                free(sink->columns[i].nulls);
        }
        free(sink->columns);
        free(sink->depths);
        free(sink->warnings);
        free(sink->stamps);
        rv_buf_free(&sink->heap);
        free(sink);
}

void rv_sink_freep(struct rv_sink **sink)
{
        rv_sink_free(*sink);
        *sink = NULL;
}

void rv_sink_joined(struct rv_sink *sink, const char *plugin, const char *domain, unsigned column)
{
        sink->row_plugin = plugin;
        sink->row_domain = domain;
        sink->shift_at = column;
}

void rv_sink_wanted(struct rv_sink *sink, const struct rv_query *query)
{
        uint32_t i;

        sink->root = rv_query_root(query);
        for (i = 0; i < sink->view->n_columns; i++)
                sink->columns[i].filled = !(sink->view->columns[i].flags & RV_COSTLY) || rv_query_wants(query, i);
}

size_t rv_sink_rows(const struct rv_sink *sink)
{
        return sink->rows;
}

bool rv_type_is_number(uint32_t type)
{
        return type == RV_INT || type == RV_SIZE || type == RV_TIME || type == RV_DURATION || type == RV_BOOL ||
               type == RV_ENUM;
}

static bool grow_array(void **array, size_t n, size_t size)
{
        void *grown = realloc(*array, n * size);

        if (grown)
                *array = grown;
        return grown != NULL;
}

static bool grow_column(struct column *column, uint32_t type, size_t capacity)
{
        if (rv_type_is_number(type))
                return grow_array((void **)&column->numbers, capacity, sizeof *column->numbers) &&
                       grow_array((void **)&column->nulls, capacity / 64, sizeof *column->nulls);
        return grow_array((void **)&column->references, capacity, sizeof *column->references);
}

static bool grow_rows(struct rv_sink *sink)
{
        size_t capacity = sink->capacity ? sink->capacity * 2 : 256;
        uint32_t i;

        if (sink->capacity >= UINT32_MAX / 4)
                return false;
        for (i = 0; i < sink->view->n_columns; i++)
                if (!grow_column(&sink->columns[i], sink->view->columns[i].type, capacity))
                        return false;
        if (!grow_array((void **)&sink->depths, capacity, sizeof *sink->depths))
                return false;
        sink->capacity = capacity;
        return true;
}

int rv_row_begin(struct rv_sink *sink, unsigned depth)
{
        size_t row = sink->rows;
        uint32_t i;

        if (sink->cancel && atomic_load_explicit(sink->cancel, memory_order_relaxed))
                return RV_CANCELLED;
        if (sink->failed || sink->heap.failed || (row == sink->capacity && !grow_rows(sink))) {
                sink->failed = true;
                return RV_FAILED;
        }
        for (i = 0; i < sink->view->n_columns; i++) {
                struct column *column = &sink->columns[i];

                if (rv_type_is_number(sink->view->columns[i].type)) {
                        column->numbers[row] = 0;
                        if (row % 64 == 0)
                                column->nulls[row / 64] = ~UINT64_C(0);
                } else {
                        column->references[row] = 0;
                }
        }
        sink->depths[row] = (uint16_t)(depth < UINT16_MAX ? depth : UINT16_MAX);
        sink->deep |= depth > 0;
        sink->rows++;
        if (sink->shift_at != UINT_MAX && sink->row_plugin) {
                struct column *column = &sink->columns[sink->shift_at];

                column->references[row] = heap_shared(sink, column, sink->row_plugin, strlen(sink->row_plugin));
        }
        return RV_OK;
}

/* The column that a plugin means, NULL when there is no row or no such column of this kind. */
static struct column *target(struct rv_sink *sink, unsigned column, bool number, uint32_t *ret_type)
{
        if (column >= sink->shift_at)
                column++;
        if (sink->rows == 0 || column >= sink->view->n_columns)
                return NULL;
        *ret_type = sink->view->columns[column].type;
        return rv_type_is_number(*ret_type) == number ? &sink->columns[column] : NULL;
}

/* Ids of a common view carry their plugin's, so that they stay unique when the views are joined. */
static void put_joined_key(struct rv_sink *sink, const char *text, size_t len)
{
        RV_BUF_CLEANUP struct rv_buf id = { 0 };

        rv_buf_printf(&id, "%s/", sink->row_plugin);
        rv_buf_add(&id, text, keep(sink, len, TEXT_MAX));
        sink->failed |= id.failed;
        sink->columns[0].references[sink->rows - 1] = heap_add(sink, rv_buf_str(&id), id.size);
}

void rv_put_text(struct rv_sink *sink, unsigned column, const char *text, size_t len)
{
        uint32_t type;
        struct column *to = target(sink, column, false, &type);

        if (!to || !text || (type != RV_TEXT && type != RV_VERSION && type != RV_REF))
                return;
        if (column == 0 && sink->shift_at != UINT_MAX)
                put_joined_key(sink, text, len);
        else
                to->references[sink->rows - 1] = heap_shared(sink, to, text, keep(sink, len, TEXT_MAX));
}

void rv_put_int(struct rv_sink *sink, unsigned column, int64_t value)
{
        uint32_t type;
        struct column *to = target(sink, column, true, &type);
        size_t row = sink->rows - 1;

        if (!to)
                return;
        to->numbers[row] = type == RV_BOOL ? value != 0 : value;
        to->nulls[row / 64] &= ~(UINT64_C(1) << (row % 64));
}

void rv_put_list(struct rv_sink *sink, unsigned column, const char *const *items, size_t n)
{
        RV_BUF_CLEANUP struct rv_buf list = { 0 };
        uint32_t type, at;
        struct column *to = target(sink, column, false, &type);
        size_t i, len;

        if (!to || type != RV_LIST)
                return;
        n = keep(sink, n, LIST_MAX);
        for (i = 0; i < n; i++) {
                len = strlen(items[i]);
                at = heap_shared(sink, to, items[i], keep(sink, len, TEXT_MAX));
                rv_buf_add(&list, &at, sizeof at);
        }
        sink->failed |= list.failed;
        to->references[sink->rows - 1] = heap_add(sink, rv_buf_str(&list), list.size);
}

void rv_put_packed(struct rv_sink *sink, unsigned column, const char *packed, size_t size)
{
        uint32_t type;
        struct column *to = target(sink, column, false, &type);

        if (to && type == RV_MSG && size)
                to->references[sink->rows - 1] = heap_shared(sink, to, packed, size);
}

void rv_put_msg(struct rv_sink *sink, unsigned column, const char *msgid, ...)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };
        va_list args;

        va_start(args, msgid);
        rv_message_pack(&packed, sink->row_domain, msgid, args);
        va_end(args);
        sink->failed |= packed.failed;
        rv_put_packed(sink, column, rv_buf_str(&packed), packed.size);
}

/* Two plugins that read the same thing warn of it once. */
static bool warned(const struct rv_sink *sink, const char *packed, size_t size)
{
        const char *piece;
        uint32_t len;
        size_t i;

        for (i = 0; i < sink->n_warnings; i++) {
                piece = sink->heap.data + sink->warnings[i].message;
                memcpy(&len, piece, sizeof len);
                if (len == size && memcmp(piece + sizeof len, packed, size) == 0)
                        return true;
        }
        return false;
}

/* Whether what a warning says lies in the files themselves, which are watched, and not in the moment: a read that
 * failed may succeed the next time, though no file has changed. */
static bool lasts(int code)
{
        return code == RV_OK || code == RV_NOTFOUND || code == RV_DENIED || code == RV_UNTRUSTED ||
               code == RV_DAMAGED || code == RV_UNSUPPORTED || code == RV_PARTIAL || code == RV_NODATA;
}

void rv_warn_packed(struct rv_sink *sink, int code, const char *packed, size_t size)
{
        if (!lasts(code))
                sink->uncacheable = true;
        if (sink->n_warnings >= WARNINGS_MAX || sink->heap.failed || warned(sink, packed, size))
                return;
        if (!grow_array((void **)&sink->warnings, sink->n_warnings + 1, sizeof *sink->warnings)) {
                sink->failed = true;
                return;
        }
        sink->warnings[sink->n_warnings++] =
                (struct rv_snap_warning){ .message = heap_add(sink, packed, size), .code = code };
}

int rv_sink_unsure(const struct rv_sink *sink, struct rv_err *err)
{
        const char *piece;
        uint32_t len;
        size_t i;

        for (i = 0; i < sink->n_warnings; i++) {
                if (!rv_code_hides(sink->warnings[i].code))
                        continue;
                piece = sink->heap.data + sink->warnings[i].message;
                memcpy(&len, piece, sizeof len);
                return rv_fail_unsure(err, sink->warnings[i].code, piece + sizeof len, len);
        }
        return err->code;
}

void rv_warn(struct rv_sink *sink, int code, const char *msgid, ...)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };
        va_list args;

        va_start(args, msgid);
        rv_message_pack(&packed, sink->row_domain, msgid, args);
        va_end(args);
        sink->failed |= packed.failed;
        rv_warn_packed(sink, code, rv_buf_str(&packed), packed.size);
}

/* The directory of a stamp that is relative to neither the root nor the working directory, as an absolute path. */
static bool absolute_path(int dirfd, const char *path, char out[PATH_MAX])
{
        char link[64], directory[PATH_MAX];
        ssize_t n;

        if (path[0] == '/')
                return snprintf(out, PATH_MAX, "%s", path) < PATH_MAX;
        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
        n = readlink(dirfd == AT_FDCWD ? "/proc/self/cwd" : link, directory, sizeof directory - 1);
        if (n <= 0)
                return false;
        directory[n] = '\0';
        return snprintf(out, PATH_MAX, "%s/%s", directory, path) < PATH_MAX;
}

int rv_sink_stamp(struct rv_sink *sink, const char *path, const struct rv_snap_stamp *stamp)
{
        if (sink->n_stamps == STAMPS_MAX) {
                sink->uncacheable = true;
                return RV_OK;
        }
        if (sink->n_stamps == sink->stamps_capacity) {
                size_t capacity = sink->stamps_capacity ? sink->stamps_capacity * 2 : 8;

                if (!grow_array((void **)&sink->stamps, capacity, sizeof *sink->stamps)) {
                        sink->failed = true;
                        return RV_FAILED;
                }
                sink->stamps_capacity = capacity;
        }
        sink->stamps[sink->n_stamps] = *stamp;
        sink->stamps[sink->n_stamps++].path = rv_sink_heap_string(sink, path);
        return RV_OK;
}

int rv_depends(struct rv_sink *sink, int dirfd, const char *path)
{
        char absolute[PATH_MAX];
        struct rv_snap_stamp stamp = { .absolute = !sink->root || dirfd != sink->root->fd };

        if (stamp.absolute) {
                if (!absolute_path(dirfd, path, absolute)) {
                        sink->uncacheable = true;
                        return RV_OK;
                }
                path = absolute;
        }
        rv_stamp_take(sink->root ? sink->root->fd : AT_FDCWD, path, &stamp);
        return rv_sink_stamp(sink, path, &stamp);
}

void rv_expires(struct rv_sink *sink, int64_t unix_time)
{
        if (unix_time < sink->expires)
                sink->expires = unix_time;
}
