/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The layout of a snapshot's block, shared by what makes one (sink.c) and what reads one (snapshot.c).
 * header, then the directory (columns, enums, warnings, stamps), then the cells, then the heap. All numbers in the
 * host's byte order; offsets count from the block's start, heap references from the heap's start; 0 is "none". A heap
 * piece is a u32 length, its bytes, and a NUL; pieces start at multiples of 4. */
#ifndef REEVE_MODEL_FORMAT_H
#define REEVE_MODEL_FORMAT_H

#include <stdint.h>

#define RV_SNAP_MAGIC "RVSNAP\n"
enum { RV_SNAP_VERSION = 2, RV_SNAP_ORDER = 0x01020304, RV_SNAP_COLUMNS_MAX = 256 };

struct rv_snap_header {
        char magic[8];
        uint32_t version, order;
        uint64_t size, checksum; /* FNV-1a over header (this field zero) and directory */
        uint64_t directory_end, heap, heap_size;
        int64_t made, expires;
        uint32_t rows, n_columns, n_enums, n_warnings, n_stamps, key;
        uint32_t plugin, domain, id, title, help, record; /* heap */
        uint32_t shape, flags;
        uint64_t depths; /* u16 per row, 0: all are 0 */
};

struct rv_snap_column {
        uint32_t id, title, help, ref; /* heap */
        uint32_t type, flags, priority, n_enums;
        uint32_t first_enum, filled;
        uint32_t with, reserved; /* heap */
        uint64_t cells;          /* i64 per row, or u32 heap references per row */
        uint64_t nulls;          /* bit per row, for i64 cells only */
};

struct rv_snap_enum {
        uint32_t id, title, role, reserved;
};

struct rv_snap_warning {
        uint32_t message; /* heap */
        int32_t code;
};

struct rv_snap_stamp {
        uint32_t path;     /* heap */
        uint32_t absolute; /* 0: below the managed root */
        uint64_t exists, dev, ino, size;
        int64_t mtime_ns, ctime_ns;
};

#endif
