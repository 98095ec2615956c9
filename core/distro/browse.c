/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The browse file: texts and one table of rows, which hold where their texts begin. Texts are written as they come, so
 * that making the file takes little memory; those that many packages share, and those that the order needs, are
 * remembered and written once. */
#include "core/distro/browse.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/evr.h"
#include "core/base/hash.h"
#include "core/distro/mapped.h"

enum { TEXTS = 12, PACKAGES_MAX = 1000000 };
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

struct row {
        int64_t size, download, built_at;
        uint32_t text[TEXTS];
};

static const struct rv_mapped_form form = { .magic = "RVBROWS",
                                            .version = 1,
                                            .n = 1,
                                            .stride = { sizeof(struct row) },
                                            .what = N_("%1: is no list of packages") };

struct entry { /* a row while it is made: the order needs these texts */
        struct row row;
        uint32_t name, evr, arch; /* in `kept` */
        uint32_t pad;
};

struct rv_browse_writer {
        struct rv_mapped_writer file;
        struct rv_buf entries;
        struct rv_buf kept; /* texts that are remembered, each behind the four bytes of where it lies in the heap */
        uint32_t *seen;     /* where they are in `kept`, by hash; 0: free */
        size_t n_seen, room;
};

struct rv_browse {
        struct rv_mapped file;
};

struct rv_browse_writer *rv_browse_writer_new(int fd)
{
        struct rv_browse_writer *writer = calloc(1, sizeof *writer);

        if (!writer)
                return NULL;
        rv_mapped_begin(&writer->file, fd);
        rv_buf_add(&writer->kept, "\0\0\0\0", 5);
        return writer;
}

void rv_browse_writer_free(struct rv_browse_writer *writer)
{
        if (!writer)
                return;
        rv_mapped_writer_free(&writer->file);
        rv_buf_free(&writer->entries);
        rv_buf_free(&writer->kept);
        free(writer->seen);
        free(writer);
}

static const char *kept_text(const struct rv_browse_writer *writer, uint32_t at)
{
        return writer->kept.data + at + sizeof(uint32_t);
}

static size_t slot_of(const struct rv_browse_writer *writer, const uint32_t *seen, size_t room, const char *text,
                      size_t n)
{
        size_t at = (size_t)rv_hash(RV_HASH_START, text, n) & (room - 1);

        while (seen[at] && strcmp(kept_text(writer, seen[at]), text) != 0)
                at = (at + 1) & (room - 1);
        return at;
}

static bool grow_seen(struct rv_browse_writer *writer)
{
        size_t room = writer->room ? writer->room * 2 : 4096, i;
        uint32_t *seen;

        if (writer->n_seen * 2 < writer->room)
                return true;
        seen = calloc(room, sizeof *seen);
        if (!seen)
                return false;
        for (i = 0; i < writer->room; i++)
                if (writer->seen[i]) {
                        const char *text = kept_text(writer, writer->seen[i]);

                        seen[slot_of(writer, seen, room, text, strlen(text))] = writer->seen[i];
                }
        free(writer->seen);
        writer->seen = seen;
        writer->room = room;
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
        slot = slot_of(writer, writer->seen, writer->room, text, n);
        if (!writer->seen[slot]) {
                writer->seen[slot] = (uint32_t)writer->kept.size;
                writer->n_seen++;
                at = rv_mapped_put(&writer->file, text, n);
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
                if (writer->entries.size / sizeof entry >= PACKAGES_MAX || n >= RV_MAPPED_HEAP_MAX - writer->file.heap)
                        return rv_fail(err, RV_DAMAGED, N_("the repository has more packages than can be"), NULL, NULL);
                if (is_shared((unsigned)i)) {
                        if (!keep(writer, texts[i], n, &kept[i]))
                                return rv_fail_memory(err);
                        memcpy(&entry.row.text[i], writer->kept.data + kept[i], sizeof entry.row.text[i]);
                } else if (n) {
                        entry.row.text[i] = rv_mapped_put(&writer->file, texts[i], n);
                }
        }
        entry.name = kept[T_NAME];
        entry.evr = kept[T_EVR];
        entry.arch = kept[T_ARCH];
        rv_buf_add(&writer->entries, &entry, sizeof entry);
        return writer->entries.failed || writer->file.out.failed ? rv_fail_memory(err) : RV_OK;
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

int rv_browse_finish(struct rv_browse_writer *writer, const char *name, struct rv_err *err)
{
        struct entry *entries = (struct entry *)(void *)writer->entries.data;
        size_t n = writer->entries.size / sizeof *entries, i;

        if (n)
                qsort_r(entries, n, sizeof *entries, compare, writer);
        for (i = 0; i < n; i++)
                rv_mapped_rows(&writer->file, &form, 0, &entries[i].row, 1);
        return rv_mapped_finish(&writer->file, &form, name, err);
}

int rv_browse_open(int fd, const char *name, struct rv_browse **ret, struct rv_err *err)
{
        struct rv_browse *browse = calloc(1, sizeof *browse);
        int r = browse ? rv_mapped_open(fd, name, &form, &browse->file, err) : rv_fail_memory(err);

        if (r)
                free(browse);
        else
                *ret = browse;
        return r;
}

void rv_browse_close(struct rv_browse *browse)
{
        if (!browse)
                return;
        rv_mapped_close(&browse->file);
        free(browse);
}

size_t rv_browse_count(const struct rv_browse *browse)
{
        return browse->file.rows[0];
}

static const struct row *row_at(const struct rv_browse *browse, size_t i)
{
        return (const struct row *)browse->file.table[0] + i;
}

static const char *text(const struct rv_browse *browse, size_t i, unsigned which)
{
        return rv_mapped_text(&browse->file, row_at(browse, i)->text[which]);
}

void rv_browse_get(const struct rv_browse *browse, size_t i, struct rv_browse_package *ret)
{
        const struct row *row = row_at(browse, i);

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
        size_t low = 0, n = rv_browse_count(browse), high = n, middle;

        while (low < high) {
                middle = low + (high - low) / 2;
                if (strcmp(text(browse, middle, T_NAME), name) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < n && strcmp(text(browse, low, T_NAME), name) == 0 ? low : n;
}
