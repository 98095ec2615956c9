/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The browse file: a header, rows of fixed size, one heap of texts. A row holds where its texts begin; each text is in
 * the heap once. Native byte order: it is a cache of this host. */
#include "core/distro/browse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/evr.h"
#include "core/base/file.h"
#include "core/base/hash.h"

enum { TEXTS = 12, PACKAGES_MAX = 1000000, VERSION = 1 };
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

struct rv_browse_writer {
        struct rv_buf rows, heap;
        uint32_t *seen; /* offsets of texts + 1, by hash */
        size_t n_seen, room;
};

struct rv_browse {
        const char *bytes;
        size_t size;
        const struct row *rows;
        size_t n;
        const char *heap;
        size_t heap_size;
};

struct rv_browse_writer *rv_browse_writer_new(void)
{
        struct rv_browse_writer *writer = calloc(1, sizeof *writer);

        if (!writer)
                return NULL;
        rv_buf_add_char(&writer->heap, '\0'); /* offset 0 is "" */
        return writer;
}

void rv_browse_writer_free(struct rv_browse_writer *writer)
{
        if (!writer)
                return;
        rv_buf_free(&writer->rows);
        rv_buf_free(&writer->heap);
        free(writer->seen);
        free(writer);
}

static size_t slot_of(const struct rv_browse_writer *writer, const char *text, size_t n)
{
        size_t at = (size_t)rv_hash(RV_HASH_START, text, n) & (writer->room - 1);

        while (writer->seen[at] && strcmp(writer->heap.data + writer->seen[at] - 1, text) != 0)
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
                        const char *text = writer->heap.data + writer->seen[i] - 1;

                        larger.seen[slot_of(&larger, text, strlen(text))] = writer->seen[i];
                }
        free(writer->seen);
        *writer = larger;
        return true;
}

/* Where the text lies in the heap, into which it is put unless it is there. */
static bool intern(struct rv_browse_writer *writer, const char *text, uint32_t *ret)
{
        size_t n = text ? strlen(text) : 0, at;

        *ret = 0;
        if (!n)
                return true;
        if (!grow_seen(writer))
                return false;
        at = slot_of(writer, text, n);
        if (!writer->seen[at]) {
                if (n >= HEAP_MAX - writer->heap.size)
                        return false;
                writer->seen[at] = (uint32_t)writer->heap.size + 1;
                writer->n_seen++;
                rv_buf_add(&writer->heap, text, n + 1);
        }
        *ret = writer->seen[at] - 1;
        return !writer->heap.failed;
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
        struct row row = { .size = package->size, .download = package->download, .built_at = package->built_at };
        size_t i;

        if (writer->rows.size / sizeof row >= PACKAGES_MAX || writer->heap.size >= HEAP_MAX)
                return rv_fail(err, RV_DAMAGED, N_("the repository has more packages than can be"), NULL, NULL);
        for (i = 0; i < TEXTS; i++)
                if (!intern(writer, texts[i], &row.text[i]))
                        return rv_fail_memory(err);
        rv_buf_add(&writer->rows, &row, sizeof row);
        return writer->rows.failed ? rv_fail_memory(err) : RV_OK;
}

static int compare(const void *a, const void *b, void *user)
{
        const struct row *one = a, *two = b;
        const char *heap = user, *x, *y;
        int r = strcmp(heap + one->text[T_NAME], heap + two->text[T_NAME]);

        x = heap + one->text[T_EVR];
        y = heap + two->text[T_EVR];
        if (!r)
                r = rv_evrcmp(y, strlen(y), x, strlen(x));
        return r ? r : strcmp(heap + one->text[T_ARCH], heap + two->text[T_ARCH]);
}

/* Against accidents. Whoever can write the file can make a checksum too, so offsets are checked as they are followed.
 */
static uint32_t sum(const struct header *header)
{
        struct header plain = *header;

        plain.crc = 0;
        return rv_crc32(0, &plain, sizeof plain);
}

int rv_browse_finish(struct rv_browse_writer *writer, int fd, const char *name, struct rv_err *err)
{
        struct header header = { .version = VERSION, .heap = writer->heap.size };
        int r;

        if (writer->rows.failed || writer->heap.failed)
                return rv_fail_memory(err);
        memcpy(header.magic, MAGIC, sizeof MAGIC);
        header.n = (uint32_t)(writer->rows.size / sizeof(struct row));
        if (header.n)
                qsort_r(writer->rows.data, header.n, sizeof(struct row), compare, writer->heap.data);
        header.crc = sum(&header);
        r = rv_write_all(fd, &header, sizeof header);
        if (!r)
                r = rv_write_all(fd, rv_buf_str(&writer->rows), writer->rows.size);
        if (!r)
                r = rv_write_all(fd, writer->heap.data, writer->heap.size);
        return r ? rv_fail_errno(err, -r, N_("%1: cannot be written: %2"), name) : RV_OK;
}

static bool is_sound(const struct rv_browse *browse)
{
        struct header header;

        if (browse->size < sizeof header)
                return false;
        memcpy(&header, browse->bytes, sizeof header);
        return memcmp(header.magic, MAGIC, sizeof MAGIC) == 0 && header.version == VERSION &&
               header.crc == sum(&header) && header.n <= PACKAGES_MAX && header.heap > 0 && header.heap <= HEAP_MAX &&
               browse->size == sizeof header + header.n * sizeof(struct row) + header.heap &&
               browse->bytes[browse->size - 1] == '\0';
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
        browse->rows = (const struct row *)(const void *)(browse->bytes + sizeof header);
        browse->heap = browse->bytes + sizeof header + browse->n * sizeof(struct row);
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
