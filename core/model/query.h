/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of a plugin: the root, the values of declared arguments, options of the host, the columns wanted.
 * Ownership: a query owns copies of all its texts; the root descriptor too. */
#ifndef REEVE_MODEL_QUERY_H
#define REEVE_MODEL_QUERY_H

#include <stdbool.h>

#include <reeve/view.h>

struct rv_buf;

struct rv_root {          /* the managed system; opened once, shared by all queries, outlives them */
        int fd;           /* O_PATH */
        const char *path; /* as the user wrote it; "/" for the running system */
        bool foreign;     /* not "/" */
        uint64_t dev, ino;
};
int rv_root_open(const char *path, struct rv_root *ret, struct rv_err *err) RV_CHECK;
void rv_root_close(struct rv_root *root);

struct rv_query;
/* args: the declared arguments of the view or action (n of them); they stay borrowed. */
struct rv_query *rv_query_new(const struct rv_root *root, const struct rv_arg *args, size_t n_args);
void rv_query_free(struct rv_query *query);
void rv_query_freep(struct rv_query **query);
#define RV_QUERY_CLEANUP __attribute__((cleanup(rv_query_freep)))

/* Whether a value is one of the declared type. */
bool rv_arg_fits(const struct rv_arg *arg, const char *value);
/* Adds a value after checking it against the declared type (enum ids, bools, integers, sizes, times). RV_USAGE: unknown
 * argument, a value that does not fit, or a second one for an argument that may not repeat. */
int rv_query_add(struct rv_query *query, const char *id, const char *value, struct rv_err *err) RV_CHECK;
/* Fills positional arguments in order from words; *ret_used is how many words were taken. A repeating argument takes
 * all that follow. */
int rv_query_words(struct rv_query *query, const char *const *words, size_t n, size_t *ret_used,
                   struct rv_err *err) RV_CHECK;
/* Appends what stands for an argument in a call: "PACKAGE", or "--id". */
void rv_arg_word(const struct rv_arg *arg, struct rv_buf *out);
/* RV_USAGE names a required argument that has no value. plugin and called (a view or an action) are what was called:
 * the hint leads to their help. */
int rv_query_complete(const struct rv_query *query, const char *plugin, const char *called,
                      struct rv_err *err) RV_CHECK;
/* Options of the host ("image", "set:KEY", "config:KEY"); a NULL value removes it. */
int rv_query_option(struct rv_query *query, const char *id, const char *value, struct rv_err *err) RV_CHECK;
/* Asks for a costly column. */
void rv_query_want(struct rv_query *query, unsigned column);
bool rv_query_wants(const struct rv_query *query, unsigned column);
/* Everything that decides the rows but the root and the columns, as canonical bytes (cache name, plan identity).
 * `counts` says which options are among it; NULL: all. */
void rv_query_canonical(const struct rv_query *query, bool (*counts)(const char *option), struct rv_buf *out);
/* Whether any argument was given; options of the host do not count. */
bool rv_query_has_args(const struct rv_query *query);
const struct rv_root *rv_query_root(const struct rv_query *query);

#endif
