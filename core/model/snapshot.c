/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a snapshot. The block may be a cache file that somebody damaged: the directory is checked when it is opened,
 * and each reference into the heap when it is followed, so that opening 60,000 rows touches a few pages only. */
#include "core/model/snapshot.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/model/format.h"
#include "core/model/sink.h"
#include "core/model/stamp.h"

struct rv_snapshot {
        atomic_uint references;
        bool mapped;
        const unsigned char *block;
        size_t size;
        const struct rv_snap_header *header;
        const struct rv_snap_column *columns;
        struct rv_view view;
        struct rv_column *decl; /* n_columns, then the enums */
        struct rv_enum *enums;
};

struct rv_snapshot *rv_snapshot_ref(struct rv_snapshot *snapshot)
{
        atomic_fetch_add(&snapshot->references, 1);
        return snapshot;
}

void rv_snapshot_unref(struct rv_snapshot *snapshot)
{
        if (!snapshot || atomic_fetch_sub(&snapshot->references, 1) != 1)
                return;
        if (snapshot->mapped)
                munmap((void *)snapshot->block, snapshot->size);
        else
                free((void *)snapshot->block);
        free(snapshot->decl);
        free(snapshot->enums);
        free(snapshot);
}

void rv_snapshot_unrefp(struct rv_snapshot **snapshot)
{
        rv_snapshot_unref(*snapshot);
        *snapshot = NULL;
}

/* A piece of the heap, "" (and length 0) for none or for a reference that leads astray. */
static const char *heap_piece(const struct rv_snapshot *snapshot, uint32_t at, size_t *ret_len)
{
        const struct rv_snap_header *header = snapshot->header;
        const unsigned char *heap = snapshot->block + header->heap;
        uint32_t len;

        if (ret_len)
                *ret_len = 0;
        if (at == 0 || at % 4 || at > header->heap_size || header->heap_size - at < sizeof len + 1)
                return "";
        memcpy(&len, heap + at, sizeof len);
        if (len > header->heap_size - at - sizeof len - 1 || heap[at + sizeof len + len] != '\0')
                return "";
        if (ret_len)
                *ret_len = len;
        return (const char *)heap + at + sizeof len;
}

static const char *heap_string(const struct rv_snapshot *snapshot, uint32_t at)
{
        return at ? heap_piece(snapshot, at, NULL) : NULL;
}

static bool holds_numbers(uint32_t type)
{
        return type == RV_INT || type == RV_SIZE || type == RV_TIME || type == RV_DURATION || type == RV_BOOL ||
               type == RV_ENUM;
}

static bool in_block(const struct rv_snap_header *header, uint64_t at, uint64_t n, uint64_t size)
{
        uint64_t bytes;

        return at % 8 == 0 && at >= header->directory_end && !__builtin_mul_overflow(n, size, &bytes) &&
               at <= header->heap && bytes <= header->heap - at;
}

static uint64_t checksum(const unsigned char *block, const struct rv_snap_header *header)
{
        struct rv_snap_header copy = *header;

        copy.checksum = 0;
        return rv_hash(rv_hash(RV_HASH_START, &copy, sizeof copy), block + sizeof copy,
                       (size_t)header->directory_end - sizeof copy);
}

static uint64_t directory_size(const struct rv_snap_header *header)
{
        return sizeof *header + header->n_columns * sizeof(struct rv_snap_column) +
               (uint64_t)header->n_enums * sizeof(struct rv_snap_enum) +
               (uint64_t)header->n_warnings * sizeof(struct rv_snap_warning) +
               (uint64_t)header->n_stamps * sizeof(struct rv_snap_stamp);
}

static bool header_sound(const unsigned char *block, size_t size)
{
        const struct rv_snap_header *header = (const struct rv_snap_header *)block;

        if (size < sizeof *header || memcmp(header->magic, RV_SNAP_MAGIC, sizeof header->magic) != 0 ||
            header->version != RV_SNAP_VERSION || header->order != RV_SNAP_ORDER || header->size != size)
                return false;
        if (header->n_columns == 0 || header->n_columns > RV_SNAP_COLUMNS_MAX || header->key >= header->n_columns ||
            directory_size(header) != header->directory_end || header->directory_end > size)
                return false;
        if (header->heap < header->directory_end || header->heap > size || header->heap_size != size - header->heap ||
            header->heap % 8)
                return false;
        return header->checksum == checksum(block, header) &&
               (!header->depths || in_block(header, header->depths, header->rows, sizeof(uint16_t)));
}

static bool column_sound(const struct rv_snap_header *header, const struct rv_snap_column *column)
{
        if (column->type < RV_TEXT || column->type > RV_MSG || column->first_enum > header->n_enums ||
            column->n_enums > header->n_enums - column->first_enum)
                return false;
        if (holds_numbers(column->type))
                return in_block(header, column->cells, header->rows, sizeof(int64_t)) &&
                       in_block(header, column->nulls, (header->rows + UINT64_C(63)) / 64, sizeof(uint64_t));
        return in_block(header, column->cells, header->rows, sizeof(uint32_t));
}

static const struct rv_snap_enum *snap_enums(const struct rv_snapshot *snapshot)
{
        return (const struct rv_snap_enum *)(snapshot->columns + snapshot->header->n_columns);
}

static const struct rv_snap_warning *snap_warnings(const struct rv_snapshot *snapshot)
{
        return (const struct rv_snap_warning *)(snap_enums(snapshot) + snapshot->header->n_enums);
}

static const struct rv_snap_stamp *snap_stamps(const struct rv_snapshot *snapshot)
{
        return (const struct rv_snap_stamp *)(snap_warnings(snapshot) + snapshot->header->n_warnings);
}

static void declare_enums(struct rv_snapshot *snapshot)
{
        const struct rv_snap_enum *enums = snap_enums(snapshot);
        uint32_t i;

        for (i = 0; i < snapshot->header->n_enums; i++)
                snapshot->enums[i] = (struct rv_enum){ .id = heap_piece(snapshot, enums[i].id, NULL),
                                                       .title = heap_piece(snapshot, enums[i].title, NULL),
                                                       .role = enums[i].role };
}

static void declare_columns(struct rv_snapshot *snapshot)
{
        uint32_t i;

        for (i = 0; i < snapshot->header->n_columns; i++) {
                const struct rv_snap_column *column = &snapshot->columns[i];

                snapshot->decl[i] = (struct rv_column){ .id = heap_piece(snapshot, column->id, NULL),
                                                        .title = heap_piece(snapshot, column->title, NULL),
                                                        .help = heap_string(snapshot, column->help),
                                                        .ref = heap_string(snapshot, column->ref),
                                                        .with = heap_string(snapshot, column->with),
                                                        .enums = snapshot->enums + column->first_enum,
                                                        .n_enums = column->n_enums,
                                                        .type = column->type,
                                                        .flags = column->flags,
                                                        .priority = column->priority };
        }
}

static void declare_view(struct rv_snapshot *snapshot)
{
        const struct rv_snap_header *header = snapshot->header;

        declare_enums(snapshot);
        declare_columns(snapshot);
        snapshot->view = (struct rv_view){ .id = heap_piece(snapshot, header->id, NULL),
                                           .title = heap_piece(snapshot, header->title, NULL),
                                           .help = heap_string(snapshot, header->help),
                                           .record = heap_string(snapshot, header->record),
                                           .columns = snapshot->decl,
                                           .n_columns = header->n_columns,
                                           .shape = header->shape,
                                           .flags = header->flags };
}

static bool directory_sound(const struct rv_snapshot *snapshot)
{
        uint32_t i;

        for (i = 0; i < snapshot->header->n_columns; i++)
                if (!column_sound(snapshot->header, &snapshot->columns[i]))
                        return false;
        return true;
}

int rv_snapshot_open(void *take_block, size_t size, bool mapped, struct rv_snapshot **ret, struct rv_err *err)
{
        const struct rv_snap_header *header = take_block;
        struct rv_snapshot *snapshot;

        if ((uintptr_t)take_block % sizeof(uint64_t) || !header_sound(take_block, size))
                return rv_fail(err, RV_DAMAGED, N_("not a snapshot of this version of reeve, or a damaged one"), NULL,
                               NULL);
        snapshot = calloc(1, sizeof *snapshot);
        if (!snapshot)
                return rv_fail_memory(err);
        *snapshot = (struct rv_snapshot){ .references = 1,
                                          .mapped = mapped,
                                          .block = take_block,
                                          .size = size,
                                          .header = header,
                                          .columns = (const struct rv_snap_column *)(header + 1) };
        snapshot->decl = calloc(header->n_columns, sizeof *snapshot->decl);
        snapshot->enums = calloc((size_t)header->n_enums + 1, sizeof *snapshot->enums);
        if (!snapshot->decl || !snapshot->enums || !directory_sound(snapshot)) {
                bool memory = snapshot->decl && snapshot->enums;

                free(snapshot->decl);
                free(snapshot->enums);
                free(snapshot);
                return memory ? rv_fail(err, RV_DAMAGED, N_("the directory of the snapshot is damaged"), NULL, NULL)
                              : rv_fail_memory(err);
        }
        declare_view(snapshot);
        *ret = snapshot;
        return RV_OK;
}

const void *rv_snapshot_block(const struct rv_snapshot *snapshot, size_t *ret_size)
{
        *ret_size = snapshot->size;
        return snapshot->block;
}

const struct rv_view *rv_snapshot_view(const struct rv_snapshot *snapshot)
{
        return &snapshot->view;
}

const char *rv_snapshot_plugin(const struct rv_snapshot *snapshot)
{
        return heap_piece(snapshot, snapshot->header->plugin, NULL);
}

const char *rv_snapshot_domain(const struct rv_snapshot *snapshot)
{
        return heap_piece(snapshot, snapshot->header->domain, NULL);
}

int rv_snapshot_column(const struct rv_snapshot *snapshot, const char *id)
{
        uint32_t i;

        for (i = 0; i < snapshot->header->n_columns; i++)
                if (strcmp(snapshot->decl[i].id, id) == 0)
                        return (int)i;
        return -1;
}

unsigned rv_snapshot_key(const struct rv_snapshot *snapshot)
{
        return snapshot->header->key;
}

bool rv_snapshot_filled(const struct rv_snapshot *snapshot, unsigned column)
{
        return snapshot->columns[column].filled;
}

size_t rv_snapshot_rows(const struct rv_snapshot *snapshot)
{
        return snapshot->header->rows;
}

unsigned rv_row_depth(const struct rv_snapshot *snapshot, size_t row)
{
        const uint16_t *depths = (const uint16_t *)(snapshot->block + snapshot->header->depths);

        return snapshot->header->depths ? depths[row] : 0;
}

static uint32_t reference(const struct rv_snapshot *snapshot, size_t row, unsigned column)
{
        return ((const uint32_t *)(snapshot->block + snapshot->columns[column].cells))[row];
}

static bool number_null(const struct rv_snapshot *snapshot, size_t row, unsigned column)
{
        const uint64_t *nulls = (const uint64_t *)(snapshot->block + snapshot->columns[column].nulls);

        return nulls[row / 64] >> (row % 64) & 1;
}

bool rv_cell_null(const struct rv_snapshot *snapshot, size_t row, unsigned column)
{
        if (!holds_numbers(snapshot->columns[column].type))
                return reference(snapshot, row, column) == 0;
        if (number_null(snapshot, row, column))
                return true;
        /* An enum value that a damaged file puts out of range is as good as unknown. */
        return snapshot->columns[column].type == RV_ENUM &&
               (uint64_t)((const int64_t *)(snapshot->block + snapshot->columns[column].cells))[row] >=
                       snapshot->columns[column].n_enums;
}

int64_t rv_cell_int(const struct rv_snapshot *snapshot, size_t row, unsigned column)
{
        if (!holds_numbers(snapshot->columns[column].type) || rv_cell_null(snapshot, row, column))
                return 0;
        return ((const int64_t *)(snapshot->block + snapshot->columns[column].cells))[row];
}

const char *rv_cell_text(const struct rv_snapshot *snapshot, size_t row, unsigned column, size_t *ret_len)
{
        uint32_t type = snapshot->columns[column].type;

        if (type != RV_TEXT && type != RV_VERSION && type != RV_REF) {
                if (ret_len)
                        *ret_len = 0;
                return "";
        }
        return heap_piece(snapshot, reference(snapshot, row, column), ret_len);
}

/* A list is a heap piece of u32 references to its items' pieces. */
size_t rv_cell_items(const struct rv_snapshot *snapshot, size_t row, unsigned column)
{
        size_t len = 0;

        if (snapshot->columns[column].type == RV_LIST)
                (void)heap_piece(snapshot, reference(snapshot, row, column), &len);
        return len / sizeof(uint32_t);
}

const char *rv_cell_item(const struct rv_snapshot *snapshot, size_t row, unsigned column, size_t i, size_t *ret_len)
{
        size_t len;
        const char *items = heap_piece(snapshot, reference(snapshot, row, column), &len);
        uint32_t at = 0;

        if (i < len / sizeof at)
                memcpy(&at, items + i * sizeof at, sizeof at);
        return heap_piece(snapshot, at, ret_len);
}

const char *rv_cell_packed(const struct rv_snapshot *snapshot, size_t row, unsigned column, size_t *ret_size)
{
        *ret_size = 0;
        return snapshot->columns[column].type == RV_MSG
                       ? heap_piece(snapshot, reference(snapshot, row, column), ret_size)
                       : "";
}

bool rv_cell_message(const struct rv_snapshot *snapshot, size_t row, unsigned column, struct rv_message *ret)
{
        size_t size;
        const char *packed = rv_cell_packed(snapshot, row, column, &size);

        return size && rv_message_unpack(packed, size, ret);
}

size_t rv_snapshot_warnings(const struct rv_snapshot *snapshot)
{
        return snapshot->header->n_warnings;
}

int rv_snapshot_warning(const struct rv_snapshot *snapshot, size_t i, const char **ret_packed, size_t *ret_size)
{
        const struct rv_snap_warning *warning = snap_warnings(snapshot) + i;

        *ret_packed = heap_piece(snapshot, warning->message, ret_size);
        return warning->code;
}

int64_t rv_snapshot_made(const struct rv_snapshot *snapshot)
{
        return snapshot->header->made;
}

int64_t rv_snapshot_expires(const struct rv_snapshot *snapshot)
{
        return snapshot->header->expires;
}

size_t rv_snapshot_stamps(const struct rv_snapshot *snapshot)
{
        return snapshot->header->n_stamps;
}

const char *rv_snapshot_stamp(const struct rv_snapshot *snapshot, size_t i, struct rv_snap_stamp *ret)
{
        *ret = snap_stamps(snapshot)[i];
        return heap_piece(snapshot, ret->path, NULL);
}

bool rv_snapshot_fresh(const struct rv_snapshot *snapshot, const struct rv_root *root, int64_t now)
{
        struct rv_snap_stamp was, is;
        const char *path;
        size_t i;

        if (now >= rv_snapshot_expires(snapshot) || now < rv_snapshot_made(snapshot))
                return false;
        for (i = 0; i < rv_snapshot_stamps(snapshot); i++) {
                path = rv_snapshot_stamp(snapshot, i, &was);
                is = was;
                rv_stamp_take(root->fd, path, &is);
                if (memcmp(&is, &was, sizeof is) != 0)
                        return false;
        }
        return true;
}
