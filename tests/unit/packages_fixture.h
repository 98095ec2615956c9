/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A package database of headers made by hand, of any size, for tests of what the plugin `packages` makes of them. */
#ifndef REEVE_TESTS_PACKAGES_FIXTURE_H
#define REEVE_TESTS_PACKAGES_FIXTURE_H

#include <sqlite3.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/distro/rpmheader.h"
#include "place_fixture.h"

enum { INT32 = 4, TEXT = 6, TEXTS = 8 };

/* A header of before the time of regions: entries, then their data. */
struct made {
        struct rv_buf index, data;
        uint32_t n;
};

static inline void add32(struct rv_buf *out, uint32_t value)
{
        const char bytes[4] = { (char)(value >> 24), (char)(value >> 16), (char)(value >> 8), (char)value };

        rv_buf_add(out, bytes, sizeof bytes);
}

static inline void add_entry(struct made *made, uint32_t tag, uint32_t type, uint32_t count, const void *bytes,
                             size_t size)
{
        while (type == INT32 && made->data.size % 4)
                rv_buf_add_char(&made->data, '\0');
        add32(&made->index, tag);
        add32(&made->index, type);
        add32(&made->index, (uint32_t)made->data.size);
        add32(&made->index, count);
        rv_buf_add(&made->data, bytes, size);
        made->n++;
}

static inline void begin(struct made *made, const char *name)
{
        *made = (struct made){ .n = 0 };
        add_entry(made, RV_TAG_NAME, TEXT, 1, name, strlen(name) + 1);
        add_entry(made, RV_TAG_VERSION, TEXT, 1, "1", 2);
        add_entry(made, RV_TAG_RELEASE, TEXT, 1, "1", 2);
        add_entry(made, RV_TAG_ARCH, TEXT, 1, "noarch", 7);
}

static inline void end(struct made *made, sqlite3 *db)
{
        RV_BUF_CLEANUP struct rv_buf blob = { 0 };
        sqlite3_stmt *put;

        add32(&blob, made->n);
        add32(&blob, (uint32_t)made->data.size);
        rv_buf_add(&blob, made->index.data, made->index.size);
        rv_buf_add(&blob, made->data.data, made->data.size);
        assert_int_equal(sqlite3_prepare_v2(db, "INSERT INTO Packages(blob) VALUES (?1)", -1, &put, NULL), SQLITE_OK);
        (void)sqlite3_bind_blob(put, 1, blob.data, (int)blob.size, SQLITE_TRANSIENT);
        assert_int_equal(sqlite3_step(put), SQLITE_DONE);
        (void)sqlite3_finalize(put);
        rv_buf_free(&made->index);
        rv_buf_free(&made->data);
}

static inline sqlite3 *open_database(const struct place *place)
{
        char path[128];
        sqlite3 *db;

        assert_int_equal(mkdirat(place->fd, "var", 0755) | mkdirat(place->fd, "var/lib", 0755) |
                                 mkdirat(place->fd, "var/lib/rpm", 0755),
                         0);
        (void)snprintf(path, sizeof path, "%s/var/lib/rpm/rpmdb.sqlite", place->path);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db,
                                      "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT "
                                      "NULL)",
                                      NULL, NULL, NULL),
                         SQLITE_OK);
        return db;
}

#endif
