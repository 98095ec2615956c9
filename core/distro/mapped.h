/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cache files that are mapped and read in place: a header, one heap of texts, and up to four tables of rows of fixed
 * size. Native byte order: they are of this host. What is in them is checked as it is followed: whoever can write the
 * file can make its checksum.
 * Ownership: a mapped file owns its mapping; a writer borrows the descriptor. */
#ifndef REEVE_DISTRO_MAPPED_H
#define REEVE_DISTRO_MAPPED_H

#include "core/base/buf.h"

enum { RV_MAPPED_TABLES = 4 };

struct rv_mapped_form { /* what a kind of file is */
        char magic[8];
        uint32_t version, n; /* n: tables */
        size_t stride[RV_MAPPED_TABLES];
        const char *what; /* msgid: "%1: is no list of packages" */
};

struct rv_mapped {
        const char *bytes, *heap;
        size_t size, heap_size;
        const void *table[RV_MAPPED_TABLES]; /* aligned to 8 bytes */
        uint32_t rows[RV_MAPPED_TABLES];
};

/* Maps a file that a writer finished. RV_DAMAGED: it is none of this form, or not whole. fd may be closed afterwards.
 */
int rv_mapped_open(int fd, const char *name, const struct rv_mapped_form *form, struct rv_mapped *ret,
                   struct rv_err *err) RV_CHECK;
void rv_mapped_close(struct rv_mapped *mapped);
/* The text at an offset of the heap; it ends within the heap. "" beyond it. */
const char *rv_mapped_text(const struct rv_mapped *mapped, uint32_t at);

struct rv_mapped_writer {
        int fd, number;    /* number: errno of a write that failed */
        uint64_t heap, at; /* bytes of the heap; and of what has been put behind it */
        uint32_t rows[RV_MAPPED_TABLES];
        struct rv_buf out;
};

enum { RV_MAPPED_HEAP_MAX = 1 << 30 };

/* Writes to fd from offset 0, an empty file: first the texts, then the tables in order. */
void rv_mapped_begin(struct rv_mapped_writer *writer, int fd);
/* Puts a text at the end of the heap and returns where it is; the first is "" at 0. The caller keeps the heap within
 * RV_MAPPED_HEAP_MAX. */
uint32_t rv_mapped_put(struct rv_mapped_writer *writer, const char *text, size_t n);
/* Puts n rows behind those that the table has; no text may come any more. */
void rv_mapped_rows(struct rv_mapped_writer *writer, const struct rv_mapped_form *form, unsigned table,
                    const void *rows, size_t n);
/* The header comes last: without it the file is none. */
int rv_mapped_finish(struct rv_mapped_writer *writer, const struct rv_mapped_form *form, const char *name,
                     struct rv_err *err) RV_CHECK;
void rv_mapped_writer_free(struct rv_mapped_writer *writer);

#endif
