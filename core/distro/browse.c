/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The browse file: a header, one heap of texts, rows of fixed size. A row holds where its texts begin. Native byte
 * order: it is a cache of this host. Texts are written as they come, so that making the file takes little memory; those
 * that many packages share, and those that the order needs, are remembered and written once. */
#include "core/distro/browse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/evr.h"
#include "core/base/file.h"
#include "core/base/hash.h"

enum { TEXTS = 12, PACKAGES_MAX = 1000000, VERSION = 1, PIECE = 256 << 10 };
enum {
        T_NAME,
        T_EVR,
        T_ARCH,
        T_SUMMARY,
        T_DESCRIPTION,
        T_SOURCE,
        T_VENDOR,
        T_LICENSE,
        T_GROUP,
        T_URL,
        T_LOCATION,
        T_SUM
};
static const size_t HEAP_MAX = (size_t)1 << 30;
static const char MAGIC[8] = "RVBROWSE";

struct header {
        char magic[8];
        uint32_t version, n;
        uint64_t heap;     /* bytes */
        uint32_t crc, pad; /* of the header with a crc of 0 */
};

struct row {
        int64_t size, download, built_at;
        uint32_t text[TEXTS];
};

struct entry { /* a row while it is made: the order needs these texts */
        struct row row;
        uint32_t name, evr, arch; /* in `kept` */
        uint32_t pad;
};

struct rv_browse_writer {
        int fd;
        struct rv_buf entries;
        struct rv_buf out;  /* the end of the heap, not written yet */
        uint64_t heap;      /* bytes of it so far */
        struct rv_buf kept; /* texts that are remembered, each behind the four bytes of where it lies in the heap */
        uint32_t *seen;     /* where they are in `kept`, by hash; 0: free */
        size_t n_seen, room;
        int number; /* errno of a write that failed */
};

struct rv_browse {
        const char *bytes;
        size_t size;
        const struct row *rows;
        size_t n;
        const char *heap;
        size_t heap_size;
};

static void flush(struct rv_browse_writer *writer)
{
        int r = writer->number ? 0 : rv_write_all(writer->fd, writer->out.data, writer->out.size);

        if (r)
                writer->number = -r;
        rv_buf_clear(&writer->out);
}

/* Puts a text at the end of the heap and returns where it is. */
static uint32_t put(struct rv_browse_writer *writer, const char *text, size_t n)
{
        uint64_t at = writer->heap;

        rv_buf_add(&writer->out, text, n + 1);
        writer->heap += n + 1;
        if (writer->out.size >= PIECE)
                flush(writer);
        return (uint32_t)at;
}

struct rv_browse_writer *rv_browse_writer_new(int fd)
{
        struct rv_browse_writer *writer = calloc(1, sizeof *writer);
        const struct header none = { .version = 0 };

        if (!writer)
                return NULL;
        writer->fd = fd;
        rv_buf_add(&writer->out, &none, sizeof none);
        (void)put(writer, "", 0); /* offset 0 is "" */
        rv_buf_add(&writer->kept, "\0\0\0\0", 5);
        return writer;
}

void rv_browse_writer_free(struct rv_browse_writer *writer)
{
        if (!writer)
                return;
        rv_buf_free(&writer->entries);
        rv_buf_free(&writer->out);
        rv_buf_free(&writer->kept);
        free(writer->seen);
        free(writer);
}

static const char *kept_text(const struct rv_browse_writer *writer, uint32_t at)
{
        return writer->kept.data + at + sizeof(uint32_t);
}

static size_t slot_of(const struct rv_browse_writer *writer, const char *text, size_t n)
{
        size_t at = (size_t)rv_hash(RV_HASH_START, text, n) & (writer->room - 1);

        while (writer->seen[at] && strcmp(kept_text(writer, writer->seen[at]), text) != 0)
                at = (at + 1) & (writer->room - 1);
        return at;
}

static bool grow_seen(struct rv_browse_writer *writer)
{
        struct rv_browse_writer larger = *writer;
        size_t i;

        if (writer->n_seen * 2 < writer->room)
                return true;
        larger.room = writer->room ? writer->room * 2 : 4096;
        larger.seen = calloc(larger.room, sizeof *larger.seen);
        if (!larger.seen)
                return false;
        for (i = 0; i < writer->room; i++)
                if (writer->seen[i]) {
                        const char *text = kept_text(writer, writer->seen[i]);

                        larger.seen[slot_of(&larger, text, strlen(text))] = writer->seen[i];
                }
        free(writer->seen);
        *writer = larger;
        return true;
}

/* Where a text that others may have too is in `kept`; 0 is "". False: no memory. */
static bool keep(struct rv_browse_writer *writer, const char *text, size_t n, uint32_t *ret)
{
        uint32_t at;
        size_t slot;

        *ret = 0;
        if (!n)
                return true;
        if (!grow_seen(writer))
                return false;
        slot = slot_of(writer, text, n);
        if (!writer->seen[slot]) {
                writer->seen[slot] = (uint32_t)writer->kept.size;
                writer->n_seen++;
                at = put(writer, text, n);
                rv_buf_add(&writer->kept, &at, sizeof at);
                rv_buf_add(&writer->kept, text, n + 1);
        }
        *ret = writer->seen[slot];
        return !writer->kept.failed;
}

static bool is_shared(unsigned which)
{
        return which != T_SUMMARY && which != T_DESCRIPTION && which != T_LOCATION && which != T_SUM;
}

int rv_browse_add(struct rv_browse_writer *writer, const struct rv_browse_package *package, struct rv_err *err)
{
        const char *const texts[TEXTS] = { [T_NAME] = package->name,
                                           [T_EVR] = package->evr,
                                           [T_ARCH] = package->arch,
                                           [T_SUMMARY] = package->summary,
                                           [T_DESCRIPTION] = package->description,
                                           [T_SOURCE] = package->source,
                                           [T_VENDOR] = package->vendor,
                                           [T_LICENSE] = package->license,
                                           [T_GROUP] = package->group,
                                           [T_URL] = package->url,
                                           [T_LOCATION] = package->location,
                                           [T_SUM] = package->checksum };
        struct entry entry = {
                .row = { .size = package->size, .download = package->download, .built_at = package->built_at }
        };
        uint32_t kept[TEXTS] = { 0 };
        size_t i, n;

        for (i = 0; i < TEXTS; i++) {
                n = texts[i] ? strlen(texts[i]) : 0;
                if (writer->entries.size / sizeof entry >= PACKAGES_MAX || n >= HEAP_MAX - writer->heap)
                        return rv_fail(err, RV_DAMAGED, N_("the repository has more packages than can be"), NULL, NULL);
                if (is_shared((unsigned)i)) {
                        if (!keep(writer, texts[i], n, &kept[i]))
                                return rv_fail_memory(err);
                        memcpy(&entry.row.text[i], writer->kept.data + kept[i], sizeof entry.row.text[i]);
                } else if (n) {
                        entry.row.text[i] = put(writer, texts[i], n);
                }
        }
        entry.name = kept[T_NAME];
        entry.evr = kept[T_EVR];
        entry.arch = kept[T_ARCH];
        rv_buf_add(&writer->entries, &entry, sizeof entry);
        return writer->entries.failed || writer->out.failed ? rv_fail_memory(err) : RV_OK;
}

static int compare(const void *a, const void *b, void *user)
{
        const struct entry *one = a, *two = b;
        const struct rv_browse_writer *writer = user;
        const char *x = kept_text(writer, one->evr), *y = kept_text(writer, two->evr);
        int r = strcmp(kept_text(writer, one->name), kept_text(writer, two->name));

        if (!r)
                r = rv_evrcmp(y, strlen(y), x, strlen(x));
        return r ? r : strcmp(kept_text(writer, one->arch), kept_text(writer, two->arch));
}

/* Against accidents. Whoever can write the file can make a checksum too, so offsets are checked as they are followed.
 */
static uint32_t sum(const struct header *header)
{
        struct header plain = *header;

        plain.crc = 0;
        return rv_crc32(0, &plain, sizeof plain);
}

/* Rows lie at a multiple of their alignment. */
static size_t rows_at(uint64_t heap)
{
        return (sizeof(struct header) + (size_t)heap + 7) & ~(size_t)7;
}

int rv_browse_finish(struct rv_browse_writer *writer, const char *name, struct rv_err *err)
{
        struct header header = { .version = VERSION, .heap = writer->heap };
        struct entry *entries = (struct entry *)(void *)writer->entries.data;
        size_t i;

        memcpy(header.magic, MAGIC, sizeof MAGIC);
        header.n = (uint32_t)(writer->entries.size / sizeof *entries);
        header.crc = sum(&header);
        if (header.n)
                qsort_r(entries, header.n, sizeof *entries, compare, writer);
        rv_buf_add(&writer->out, "\0\0\0\0\0\0\0", rows_at(header.heap) - sizeof header - (size_t)header.heap);
        for (i = 0; i < header.n && !writer->out.failed; i++) {
                rv_buf_add(&writer->out, &entries[i].row, sizeof entries[i].row);
                if (writer->out.size >= PIECE)
                        flush(writer);
        }
        if (writer->out.failed)
                return rv_fail_memory(err);
        flush(writer);
        /* The header comes last: without it the file is none. */
        if (!writer->number && pwrite(writer->fd, &header, sizeof header, 0) != (ssize_t)sizeof header)
                writer->number = errno;
        return writer->number ? rv_fail_errno(err, writer->number, N_("%1: cannot be written: %2"), name) : RV_OK;
}

static bool is_sound(const struct rv_browse *browse)
{
        struct header header;

        if (browse->size < sizeof header)
                return false;
        memcpy(&header, browse->bytes, sizeof header);
        return memcmp(header.magic, MAGIC, sizeof MAGIC) == 0 && header.version == VERSION &&
               header.crc == sum(&header) && header.n <= PACKAGES_MAX && header.heap > 0 && header.heap <= HEAP_MAX &&
               browse->size == rows_at(header.heap) + header.n * sizeof(struct row) &&
               browse->bytes[sizeof header + header.heap - 1] == '\0';
}

int rv_browse_open(int fd, const char *name, struct rv_browse **ret, struct rv_err *err)
{
        struct rv_browse *browse;
        struct header header;
        struct stat st;
        void *bytes;

        if (fstat(fd, &st) < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be looked at: %2"), name);
        if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof header)
                return rv_fail(err, RV_DAMAGED, N_("%1: is no list of packages"), NULL, name, NULL);
        browse = calloc(1, sizeof *browse);
        if (!browse)
                return rv_fail_memory(err);
        browse->size = (size_t)st.st_size;
        bytes = mmap(NULL, browse->size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED) {
                free(browse);
                return rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), name);
        }
        browse->bytes = bytes;
        if (!is_sound(browse)) {
                rv_browse_close(browse);
                return rv_fail(err, RV_DAMAGED, N_("%1: is no list of packages"), NULL, name, NULL);
        }
        memcpy(&header, bytes, sizeof header);
        browse->n = header.n;
        browse->rows = (const struct row *)(const void *)(browse->bytes + rows_at(header.heap));
        browse->heap = browse->bytes + sizeof header;
        browse->heap_size = (size_t)header.heap;
        *ret = browse;
        return RV_OK;
}

void rv_browse_close(struct rv_browse *browse)
{
        if (!browse)
                return;
        (void)munmap((void *)(uintptr_t)browse->bytes, browse->size);
        free(browse);
}

size_t rv_browse_count(const struct rv_browse *browse)
{
        return browse->n;
}

/* The heap ends with a NUL, so every text that begins in it ends in it. */
static const char *text(const struct rv_browse *browse, size_t i, unsigned which)
{
        uint32_t at = browse->rows[i].text[which];

        return at < browse->heap_size ? browse->heap + at : "";
}

void rv_browse_get(const struct rv_browse *browse, size_t i, struct rv_browse_package *ret)
{
        const struct row *row = &browse->rows[i];

        *ret = (struct rv_browse_package){ .name = text(browse, i, T_NAME),
                                           .evr = text(browse, i, T_EVR),
                                           .arch = text(browse, i, T_ARCH),
                                           .summary = text(browse, i, T_SUMMARY),
                                           .description = text(browse, i, T_DESCRIPTION),
                                           .source = text(browse, i, T_SOURCE),
                                           .vendor = text(browse, i, T_VENDOR),
                                           .license = text(browse, i, T_LICENSE),
                                           .group = text(browse, i, T_GROUP),
                                           .url = text(browse, i, T_URL),
                                           .location = text(browse, i, T_LOCATION),
                                           .checksum = text(browse, i, T_SUM),
                                           .size = row->size,
                                           .download = row->download,
                                           .built_at = row->built_at };
}

size_t rv_browse_find(const struct rv_browse *browse, const char *name)
{
        size_t low = 0, high = browse->n, middle;

        while (low < high) {
                middle = low + (high - low) / 2;
                if (strcmp(text(browse, middle, T_NAME), name) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < browse->n && strcmp(text(browse, low, T_NAME), name) == 0 ? low : browse->n;
}
