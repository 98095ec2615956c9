/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether an environment still is what was installed: the files that its RECORDs name against the files that are there.
 * Ownership: a check owns its lists; texts lie in the scan's arena.
 *
 * What counts: every file that a RECORD names, and every other file below site-packages. What does not: compiled files
 * in __pycache__, which Python writes as it likes, and the two files of its own that virtualenv (or uv) puts there. */
#ifndef SANDBOXES_CHECK_H
#define SANDBOXES_CHECK_H

#include "plugins/sandboxes/env.h"
#include "plugins/sandboxes/record.h"

enum file_state { FILE_OK, FILE_CHANGED, FILE_MISSING, FILE_ADDED, FILE_UNKNOWN };

struct file {
        const char *path;        /* relative to the environment */
        const struct dist *dist; /* whose RECORD names it; NULL: nobody's */
        const struct rv_digest *digest;
        int hash;                      /* enum rv_hash_kind, 0: none */
        bool exempt;                   /* RECORD and its signatures, which cannot list their own hash */
        bool seen;                     /* met on the way through the environment */
        bool regular;                  /* ... as a regular file; links are looked at through stat */
        int64_t recorded, size, mtime; /* size: -1 unknown */
};

struct check {
        struct scan *scan;
        const struct env *env;
        const struct dist_list *dists;
        struct file *files; /* by path, then distribution; one path may be several distributions' */
        size_t n, room;
        struct file *added; /* by path */
        size_t n_added, room_added;
        size_t unlisted;  /* distributions without a RECORD that can be read */
        size_t unhashed;  /* files without a hash that should have one, rows that make no sense */
        int64_t size;     /* of all regular files */
        int64_t compiled; /* of those in __pycache__ */
        struct hashing *hashing;
};

struct verdict {
        size_t changed, missing, added, unknown;
        int64_t since; /* newest change among them; 0: none has a time */
};

void check_start(struct check *check, struct scan *scan, const struct env *env, const struct dist_list *dists);
void check_free(struct check *check);
#define CHECK_CLEANUP __attribute__((cleanup(check_free)))

/* One more file at the end of a list that grows; NULL without memory. */
struct file *check_add(struct file **files, size_t *n, size_t *room);
/* For qsort: by path, then distribution. */
int check_by_path(const void *a, const void *b);
/* Whether Python compiled this: a .pyc in a directory __pycache__. */
bool check_is_compiled(const char *path);

/* Reads the RECORDs. */
int check_records(struct check *check, struct rv_err *err) RV_CHECK;
/* Whether every file of every distribution has a hash (and there is one at all). */
bool check_hashed(const struct check *check);
/* Goes through the environment: sizes, and what was added. */
int check_tree(struct check *check, struct rv_err *err) RV_CHECK;
/* The state of the path at files[first], and in *ret_next the first file of the next path. With `hash` contents are
 * read; else a file of the right size is FILE_UNKNOWN. RV_UNSUPPORTED: the back end `crypto` is not there. */
int check_file(struct check *check, size_t first, bool hash, size_t *ret_next, enum file_state *ret,
               struct rv_err *err) RV_CHECK;
/* Everything at once, reading at most `budget` bytes; what is beyond is unknown. */
int check_all(struct check *check, int64_t budget, struct verdict *ret, struct rv_err *err) RV_CHECK;

#endif
