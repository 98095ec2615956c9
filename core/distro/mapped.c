/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mapped cache files. Everything is written in one pass from the front, so that making a large one takes no memory. */
#include "core/distro/mapped.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/hash.h"

enum { PIECE = 256 << 10 };

struct header {
        char magic[8];
        uint32_t version, crc; /* of the header with a crc of 0 */
        uint64_t heap;
        uint32_t rows[RV_MAPPED_TABLES];
};

static uint32_t sum(const struct header *header)
{
        struct header plain = *header;

        plain.crc = 0;
        return rv_crc32(0, &plain, sizeof plain);
}

static uint64_t aligned(uint64_t size)
{
        return (size + 7) & ~(uint64_t)7;
}

/* Where the tables begin; *ret_size is the size of the whole file. No sum here can overflow: heap and rows are bounded
 * by 2^30 and 2^32, strides by what a struct is. */
static void places(const struct header *header, const struct rv_mapped_form *form, uint64_t *table, uint64_t *ret_size)
{
        uint64_t at = sizeof *header + header->heap;
        uint32_t i;

        for (i = 0; i < form->n; i++) {
                at = aligned(at);
                table[i] = at;
                at += (uint64_t)header->rows[i] * form->stride[i];
        }
        *ret_size = at;
}

static bool is_sound(struct rv_mapped *mapped, const struct rv_mapped_form *form)
{
        uint64_t table[RV_MAPPED_TABLES] = { 0 }, size;
        struct header header;
        uint32_t i;

        memcpy(&header, mapped->bytes, sizeof header);
        if (memcmp(header.magic, form->magic, sizeof header.magic) != 0 || header.version != form->version ||
            header.crc != sum(&header) || header.heap == 0 || header.heap > RV_MAPPED_HEAP_MAX)
                return false;
        places(&header, form, table, &size);
        if (size != mapped->size || mapped->bytes[sizeof header + header.heap - 1])
                return false;
        mapped->heap = mapped->bytes + sizeof header;
        mapped->heap_size = (size_t)header.heap;
        for (i = 0; i < form->n; i++) {
                mapped->table[i] = mapped->bytes + table[i];
                mapped->rows[i] = header.rows[i];
        }
        return true;
}

int rv_mapped_open(int fd, const char *name, const struct rv_mapped_form *form, struct rv_mapped *ret,
                   struct rv_err *err)
{
        struct rv_mapped mapped = { 0 };
        struct stat st;
        void *bytes;

        if (fstat(fd, &st) < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be looked at: %2"), name);
        if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(struct header))
                return rv_fail(err, RV_DAMAGED, form->what, NULL, name, NULL);
        mapped.size = (size_t)st.st_size;
        bytes = mmap(NULL, mapped.size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED)
                return rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), name);
        mapped.bytes = bytes;
        if (!is_sound(&mapped, form)) {
                rv_mapped_close(&mapped);
                return rv_fail(err, RV_DAMAGED, form->what, NULL, name, NULL);
        }
        *ret = mapped;
        return RV_OK;
}

void rv_mapped_close(struct rv_mapped *mapped)
{
        if (mapped->bytes)
                (void)munmap((void *)(uintptr_t)mapped->bytes, mapped->size);
        *mapped = (struct rv_mapped){ 0 };
}

const char *rv_mapped_text(const struct rv_mapped *mapped, uint32_t at)
{
        return at < mapped->heap_size ? mapped->heap + at : "";
}

static void flush(struct rv_mapped_writer *writer)
{
        int r = writer->number ? 0 : rv_write_all(writer->fd, writer->out.data, writer->out.size);

        if (r)
                writer->number = -r;
        rv_buf_clear(&writer->out);
}

static void put_bytes(struct rv_mapped_writer *writer, const void *bytes, size_t n)
{
        rv_buf_add(&writer->out, bytes, n);
        if (writer->out.size >= PIECE)
                flush(writer);
}

void rv_mapped_begin(struct rv_mapped_writer *writer, int fd)
{
        const struct header none = { .version = 0 };

        *writer = (struct rv_mapped_writer){ .fd = fd };
        put_bytes(writer, &none, sizeof none);
        (void)rv_mapped_put(writer, "", 0);
}

uint32_t rv_mapped_put(struct rv_mapped_writer *writer, const char *text, size_t n)
{
        uint64_t at = writer->heap;

        put_bytes(writer, text, n);
        put_bytes(writer, "", 1);
        writer->heap += n + 1;
        return (uint32_t)at;
}

/* The first rows of a table come at a multiple of eight. */
static void align(struct rv_mapped_writer *writer)
{
        uint64_t at = sizeof(struct header) + writer->heap + writer->at;

        put_bytes(writer, "\0\0\0\0\0\0\0", (size_t)(aligned(at) - at));
        writer->at += aligned(at) - at;
}

void rv_mapped_rows(struct rv_mapped_writer *writer, const struct rv_mapped_form *form, unsigned table,
                    const void *rows, size_t n)
{
        if (!writer->rows[table])
                align(writer);
        put_bytes(writer, rows, n * form->stride[table]);
        writer->at += n * form->stride[table];
        writer->rows[table] += (uint32_t)n;
}

int rv_mapped_finish(struct rv_mapped_writer *writer, const struct rv_mapped_form *form, const char *name,
                     struct rv_err *err)
{
        struct header header = { .version = form->version, .heap = writer->heap };
        uint64_t table[RV_MAPPED_TABLES], size;

        memcpy(header.magic, form->magic, sizeof header.magic);
        memcpy(header.rows, writer->rows, sizeof header.rows);
        header.crc = sum(&header);
        places(&header, form, table, &size);
        /* Tables without rows at the end have their place all the same. */
        while (sizeof header + writer->heap + writer->at < size && !writer->out.failed) {
                put_bytes(writer, "", 1);
                writer->at++;
        }
        if (writer->out.failed)
                return rv_fail_memory(err);
        flush(writer);
        if (!writer->number && pwrite(writer->fd, &header, sizeof header, 0) != (ssize_t)sizeof header)
                writer->number = errno;
        return writer->number ? rv_fail_errno(err, writer->number, N_("%1: cannot be written: %2"), name) : RV_OK;
}

void rv_mapped_writer_free(struct rv_mapped_writer *writer)
{
        rv_buf_free(&writer->out);
}
