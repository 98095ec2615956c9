/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RECORD: which files a distribution installed, with their hashes and sizes. CSV with RFC 4180 quoting ("Recording
 * installed projects" and "Binary distribution format" of packaging.python.org). Anybody who can write into the
 * environment can write it, so nothing in it is believed before it was checked.
 * Ownership: a reader borrows the text; what a row points to is borrowed until the next row. */
#ifndef SANDBOXES_RECORD_H
#define SANDBOXES_RECORD_H

#include "core/base/buf.h"
#include "core/distro/crypto/crypto.h"

enum { RECORD_PATH_MAX = 4096 };

struct record {
        const char *at, *end;
        size_t line;  /* of the row read last, from 1 */
        size_t lines; /* begun so far */
        struct rv_buf unquoted;
};

struct record_row {
        const char *path;
        size_t path_len;
        int hash;                /* enum rv_hash_kind; 0: none, or one that proves nothing (md5, sha1, unknown) */
        struct rv_digest digest; /* set with hash */
        int64_t size;            /* -1: not given */
};

enum record_next { RECORD_END, RECORD_ROW, RECORD_DAMAGED };

void record_start(struct record *record, const char *text, size_t n);
void record_free(struct record *record);
#define RECORD_CLEANUP __attribute__((cleanup(record_free)))

/* The next row. RECORD_DAMAGED: this one makes no sense (record->line says which) and the reader goes on behind it. */
enum record_next record_next(struct record *record, struct record_row *ret);

/* The file that a row names, relative to the environment: `site` (the directory that the paths are relative to, itself
 * relative to the environment: "lib/python3.11/site-packages") joined with path, `.` and `..` resolved by name. False
 * for what is absolute, empty, leaves the environment, is longer than RECORD_PATH_MAX, or holds a NUL. */
bool record_path(const char *site, const char *path, size_t n, struct rv_buf *out);

#endif
