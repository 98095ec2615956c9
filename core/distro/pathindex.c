/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The path index: texts, directories, entries, packages. Directories are sorted by their path and hold a run of entries
 * each, sorted by name; both searches are by halving. */
#include "core/distro/pathindex.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/glob.h"
#include "core/base/hash.h"
#include "core/distro/mapped.h"

enum { PATH_LIMIT = 4096, NAME_TABLE = 1 << 16 };
static const size_t FILES_MAX = 50000000;

struct directory {
        uint32_t path, first, n; /* offset in the heap; entries */
};

struct entry {
        uint32_t name, package; /* offset in the heap; number of the package */
};

enum { DIRECTORIES, ENTRIES, PACKAGES };
static const struct rv_mapped_form form = { .magic = "RVPATHS",
                                            .version = 1,
                                            .n = 3,
                                            .stride = { sizeof(struct directory), sizeof(struct entry),
                                                        sizeof(uint32_t) },
                                            .what = N_("%1: is no index of files") };

struct made { /* an entry while the index is made */
        uint32_t directory, name, package;
};

struct table {        /* texts in the heap by hash */
        uint32_t *at; /* number + 1 */
        size_t n, room;
};

struct rv_pathindex_writer {
        int fd;
        struct rv_buf heap, directories, entries, packages; /* packages: offsets in the heap */
        struct table known;                                 /* directories */
        uint32_t names[NAME_TABLE]; /* offsets of names seen last, by hash: most that come again come soon */
        uint32_t last;              /* directory of the file before */
};

struct rv_pathindex {
        struct rv_mapped file;
        const struct directory *directories;
        const struct entry *entries;
        const uint32_t *packages;
};

struct rv_pathindex_writer *rv_pathindex_writer_new(int fd)
{
        struct rv_pathindex_writer *writer = calloc(1, sizeof *writer);

        if (!writer)
                return NULL;
        writer->fd = fd;
        writer->last = UINT32_MAX;
        rv_buf_add_char(&writer->heap, '\0');
        return writer;
}

void rv_pathindex_writer_free(struct rv_pathindex_writer *writer)
{
        if (!writer)
                return;
        rv_buf_free(&writer->heap);
        rv_buf_free(&writer->directories);
        rv_buf_free(&writer->entries);
        rv_buf_free(&writer->packages);
        free(writer->known.at);
        free(writer);
}

static bool add_text(struct rv_pathindex_writer *writer, const char *text, size_t n, uint32_t *ret)
{
        if (n >= RV_MAPPED_HEAP_MAX - writer->heap.size)
                return false;
        *ret = (uint32_t)writer->heap.size;
        rv_buf_add(&writer->heap, text, n);
        rv_buf_add_char(&writer->heap, '\0');
        return !writer->heap.failed;
}

static bool is_text(const struct rv_pathindex_writer *writer, uint32_t at, const char *text, size_t n)
{
        const char *there = writer->heap.data + at;

        return strncmp(there, text, n) == 0 && there[n] == '\0';
}

static const struct directory *directory(const struct rv_pathindex_writer *writer, uint32_t i)
{
        return (const struct directory *)(const void *)writer->directories.data + i;
}

static size_t slot_of(const struct rv_pathindex_writer *writer, const struct table *table, const char *text, size_t n)
{
        size_t at = (size_t)rv_hash(RV_HASH_START, text, n) & (table->room - 1);

        while (table->at[at] && !is_text(writer, directory(writer, table->at[at] - 1)->path, text, n))
                at = (at + 1) & (table->room - 1);
        return at;
}

static bool grow(struct rv_pathindex_writer *writer)
{
        struct table larger = { .n = writer->known.n, .room = writer->known.room ? writer->known.room * 2 : 4096 };
        size_t i;

        if (writer->known.n * 2 < writer->known.room)
                return true;
        larger.at = calloc(larger.room, sizeof *larger.at);
        if (!larger.at)
                return false;
        for (i = 0; i < writer->known.n; i++) {
                const char *path = writer->heap.data + directory(writer, (uint32_t)i)->path;

                larger.at[slot_of(writer, &larger, path, strlen(path))] = (uint32_t)i + 1;
        }
        free(writer->known.at);
        writer->known = larger;
        return true;
}

/* Files of a directory come one after the other: mostly it is the one before. */
static bool take_directory(struct rv_pathindex_writer *writer, const char *path, size_t n, uint32_t *ret)
{
        struct directory made = { 0 };
        size_t slot;

        if (writer->last != UINT32_MAX && is_text(writer, directory(writer, writer->last)->path, path, n)) {
                *ret = writer->last;
                return true;
        }
        if (!grow(writer))
                return false;
        slot = slot_of(writer, &writer->known, path, n);
        if (!writer->known.at[slot]) {
                if (!add_text(writer, path, n, &made.path))
                        return false;
                rv_buf_add(&writer->directories, &made, sizeof made);
                if (writer->directories.failed)
                        return false;
                writer->known.at[slot] = (uint32_t)++writer->known.n;
        }
        *ret = writer->last = writer->known.at[slot] - 1;
        return true;
}

/* A table that forgets: what collides is written again, which costs some bytes and no time. */
static bool take_name(struct rv_pathindex_writer *writer, const char *name, size_t n, uint32_t *ret)
{
        size_t slot = (size_t)rv_hash(RV_HASH_START, name, n) & (NAME_TABLE - 1);

        if (!writer->names[slot] || !is_text(writer, writer->names[slot], name, n))
                if (!add_text(writer, name, n, &writer->names[slot]))
                        return false;
        *ret = writer->names[slot];
        return true;
}

int rv_pathindex_package(struct rv_pathindex_writer *writer, const char *nevra, struct rv_err *err)
{
        uint32_t at;

        if (!add_text(writer, nevra, strlen(nevra), &at))
                return rv_fail_memory(err);
        rv_buf_add(&writer->packages, &at, sizeof at);
        return writer->packages.failed ? rv_fail_memory(err) : RV_OK;
}

int rv_pathindex_file(struct rv_pathindex_writer *writer, const char *path, size_t n, struct rv_err *err)
{
        struct made made = { .package = (uint32_t)(writer->packages.size / sizeof(uint32_t)) };
        size_t slash = n;

        while (n > 1 && path[n - 1] == '/')
                n--;
        for (slash = n; slash && path[slash - 1] != '/'; slash--)
                ;
        if (n == 1 && *path == '/' && made.package) /* nobody asks who has the root */
                return RV_OK;
        if (!made.package || n < 2 || n > PATH_LIMIT || *path != '/' || memchr(path, '\0', n))
                return rv_fail(err, RV_DAMAGED, N_("the list of files names something that is no path"), NULL, NULL);
        if (writer->entries.size / sizeof made >= FILES_MAX)
                return rv_fail(err, RV_DAMAGED, N_("the list of files has more of them than can be"), NULL, NULL);
        made.package--;
        if (!take_directory(writer, path, slash, &made.directory) ||
            !take_name(writer, path + slash, n - slash, &made.name))
                return rv_fail_memory(err);
        rv_buf_add(&writer->entries, &made, sizeof made);
        return writer->entries.failed ? rv_fail_memory(err) : RV_OK;
}

struct order { /* of directories by path: the position that each gets */
        const struct rv_pathindex_writer *writer;
        uint32_t *position;
};

static int by_path(const void *a, const void *b, void *user)
{
        const struct rv_pathindex_writer *writer = user;
        uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;

        return strcmp(writer->heap.data + directory(writer, one)->path,
                      writer->heap.data + directory(writer, two)->path);
}

static int by_place(const void *a, const void *b, void *user)
{
        const struct made *one = a, *two = b;
        const struct order *order = user;
        uint32_t x = order->position[one->directory], y = order->position[two->directory];
        int r = (x > y) - (x < y);

        if (!r && one->name != two->name)
                r = strcmp(order->writer->heap.data + one->name, order->writer->heap.data + two->name);
        return r ? r : (one->package > two->package) - (one->package < two->package);
}

/* Directories in their order with the run of entries that each has, then the entries. */
static void put_sorted(struct rv_mapped_writer *file, const struct rv_pathindex_writer *writer, const uint32_t *sorted)
{
        const struct made *made = (const struct made *)(const void *)writer->entries.data;
        uint32_t n = (uint32_t)(writer->entries.size / sizeof *made), i, at = 0;

        for (i = 0; i < writer->known.n; i++) {
                struct directory one = { .path = directory(writer, sorted[i])->path, .first = at };

                while (at < n && made[at].directory == sorted[i])
                        at++;
                one.n = at - one.first;
                rv_mapped_rows(file, &form, DIRECTORIES, &one, 1);
        }
        for (i = 0; i < n; i++) {
                const struct entry entry = { .name = made[i].name, .package = made[i].package };

                rv_mapped_rows(file, &form, ENTRIES, &entry, 1);
        }
}

static int write_out(struct rv_pathindex_writer *writer, const uint32_t *sorted, const char *name, struct rv_err *err)
{
        struct rv_mapped_writer file;
        int r;

        rv_mapped_begin(&file, writer->fd);
        /* The heap as it is: its first text is "", as in every mapped file, and its last byte comes by itself. */
        if (writer->heap.size > 1)
                (void)rv_mapped_put(&file, writer->heap.data + 1, writer->heap.size - 2);
        put_sorted(&file, writer, sorted);
        if (writer->packages.size)
                rv_mapped_rows(&file, &form, PACKAGES, writer->packages.data, writer->packages.size / sizeof(uint32_t));
        r = rv_mapped_finish(&file, &form, name, err);
        rv_mapped_writer_free(&file);
        return r;
}

int rv_pathindex_finish(struct rv_pathindex_writer *writer, const char *name, struct rv_err *err)
{
        size_t n = writer->known.n, i;
        uint32_t *sorted = calloc(n ? 2 * n : 1, sizeof *sorted);
        struct order order = { .writer = writer };
        int r;

        if (!sorted)
                return rv_fail_memory(err);
        order.position = sorted + n;
        for (i = 0; i < n; i++)
                sorted[i] = (uint32_t)i;
        qsort_r(sorted, n, sizeof *sorted, by_path, writer);
        for (i = 0; i < n; i++)
                order.position[sorted[i]] = (uint32_t)i;
        if (writer->entries.size)
                qsort_r(writer->entries.data, writer->entries.size / sizeof(struct made), sizeof(struct made), by_place,
                        &order);
        r = write_out(writer, sorted, name, err);
        free(sorted);
        return r;
}

int rv_pathindex_open(int fd, const char *name, struct rv_pathindex **ret, struct rv_err *err)
{
        struct rv_pathindex *index = calloc(1, sizeof *index);
        int r = index ? rv_mapped_open(fd, name, &form, &index->file, err) : rv_fail_memory(err);

        if (r) {
                free(index);
                return r;
        }
        index->directories = index->file.table[DIRECTORIES];
        index->entries = index->file.table[ENTRIES];
        index->packages = index->file.table[PACKAGES];
        *ret = index;
        return RV_OK;
}

void rv_pathindex_close(struct rv_pathindex *index)
{
        if (!index)
                return;
        rv_mapped_close(&index->file);
        free(index);
}

size_t rv_pathindex_files(const struct rv_pathindex *index)
{
        return index->file.rows[ENTRIES];
}

static const char *text(const struct rv_pathindex *index, uint32_t at)
{
        return rv_mapped_text(&index->file, at);
}

static int tell(const struct rv_pathindex *index, const struct directory *directory, uint32_t at,
                rv_pathindex_found *found, void *user)
{
        uint32_t package = index->entries[at].package;

        return found(user, text(index, directory->path), text(index, index->entries[at].name),
                     package < index->file.rows[PACKAGES] ? text(index, index->packages[package]) : "");
}

/* The entries of a directory, within the file whatever it says. */
static uint32_t end_of(const struct rv_pathindex *index, const struct directory *directory)
{
        if (directory->first > index->file.rows[ENTRIES])
                return directory->first;
        return directory->n < index->file.rows[ENTRIES] - directory->first ? directory->first + directory->n
                                                                           : index->file.rows[ENTRIES];
}

/* An exact path, whose directory has n bytes. */
static int find_path(const struct rv_pathindex *index, const char *path, size_t n, rv_pathindex_found *found,
                     void *user)
{
        uint32_t low = 0, high = index->file.rows[DIRECTORIES], middle, end;
        const struct directory *directory;
        int r = 0;

        while (low < high) {
                const char *there;

                middle = low + (high - low) / 2;
                there = text(index, index->directories[middle].path);
                r = strncmp(there, path, n);
                if (r < 0 || (r == 0 && strlen(there) < n))
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low == index->file.rows[DIRECTORIES])
                return 0;
        directory = &index->directories[low];
        if (strlen(text(index, directory->path)) != n || strncmp(text(index, directory->path), path, n) != 0)
                return 0;
        end = end_of(index, directory);
        for (low = directory->first, high = end; low < high;) {
                middle = low + (high - low) / 2;
                if (strcmp(text(index, index->entries[middle].name), path + n) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        for (r = 0; !r && low < end && strcmp(text(index, index->entries[low].name), path + n) == 0; low++)
                r = tell(index, directory, low, found, user);
        return r;
}

/* Every directory is looked at; only of those that may hold a fitting name also the entries. */
static int find_pattern(const struct rv_pathindex *index, const char *pattern, rv_pathindex_found *found, void *user)
{
        bool anywhere = !strchr(pattern, '/');
        uint32_t i, at, end;
        char path[2 * PATH_LIMIT];
        int r = 0;

        for (i = 0; !r && i < index->file.rows[DIRECTORIES]; i++) {
                const struct directory *directory = &index->directories[i];
                const char *where = text(index, directory->path);
                size_t n = strlen(where);

                if (n >= PATH_LIMIT)
                        continue;
                memcpy(path, where, n + 1);
                end = end_of(index, directory);
                for (at = directory->first; !r && at < end; at++) {
                        const char *name = text(index, index->entries[at].name);
                        size_t length = strlen(name);

                        if (length >= PATH_LIMIT)
                                continue;
                        memcpy(path + n, name, length + 1);
                        if (anywhere ? rv_glob(pattern, name, length, false)
                                     : rv_glob(pattern, path, n + length, false))
                                r = tell(index, directory, at, found, user);
                }
        }
        return r;
}

int rv_pathindex_find(const struct rv_pathindex *index, const char *path, rv_pathindex_found *found, void *user)
{
        const char *slash = strrchr(path, '/');

        if (rv_is_glob(path) || !slash)
                return find_pattern(index, path, found, user);
        return find_path(index, path, (size_t)(slash + 1 - path), found, user);
}
