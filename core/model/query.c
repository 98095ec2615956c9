/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Queries: values of declared arguments, checked when they come in, so that a plugin never sees a word that does not
 * fit its declaration. */
#include "core/model/query.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/time.h"

enum { VALUES_MAX = 65536, VALUE_LENGTH_MAX = 65536, OPTIONS_MAX = 256 };

struct value {
        const char *id, *text;
};

struct rv_query {
        const struct rv_root *root;
        const struct rv_arg *args;
        struct value *values, *options;
        size_t n_args, n_values, n_options, values_capacity, options_capacity;
        uint64_t wanted[4]; /* bit per column: 256 columns, which the registry sees to */
        struct rv_arena arena;
};

static int root_failed(const char *path, int number, struct rv_err *err)
{
        if (number == ENOENT)
                return rv_fail(err, RV_NOTFOUND, N_("%1: there is no such directory"),
                               N_("--root names the directory that holds a system; without it / is looked at"), path,
                               NULL);
        if (number == ENOTDIR)
                return rv_fail(err, RV_USAGE, N_("%1: is not a directory, so it cannot be a root"),
                               N_("a disk image is named by --image"), path, NULL);
        return rv_fail_errno(err, number, N_("%1: cannot be opened as a root: %2"), path);
}

int rv_root_open(const char *path, struct rv_root *ret, struct rv_err *err)
{
        struct stat st;
        int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                return root_failed(path, errno, err);
        /* By its ".", because a directory that may not be searched can be opened this way: then nothing in it could be
         * seen, and each view would have to tell that from a system that is empty. */
        if (fstatat(fd, ".", &st, 0) < 0) {
                rv_close(&fd);
                return root_failed(path, errno, err);
        }
        *ret = (struct rv_root){ .fd = fd,
                                 .path = path,
                                 .foreign = strcmp(path, "/") != 0,
                                 .dev = (uint64_t)st.st_dev,
                                 .ino = (uint64_t)st.st_ino };
        return RV_OK;
}

void rv_root_close(struct rv_root *root)
{
        rv_close(&root->fd);
}

struct rv_query *rv_query_new(const struct rv_root *root, const struct rv_arg *args, size_t n_args)
{
        struct rv_query *query = calloc(1, sizeof *query);

        if (query)
                *query = (struct rv_query){ .root = root, .args = args, .n_args = n_args };
        return query;
}

void rv_query_free(struct rv_query *query)
{
        if (!query)
                return;
        free(query->values);
        free(query->options);
        rv_arena_free(&query->arena);
        free(query);
}

void rv_query_freep(struct rv_query **query)
{
        rv_query_free(*query);
        *query = NULL;
}

static const struct rv_arg *find_arg(const struct rv_query *query, const char *id)
{
        size_t i;

        for (i = 0; i < query->n_args; i++)
                if (strcmp(query->args[i].id, id) == 0)
                        return &query->args[i];
        return NULL;
}

/* It has to fit what a plugin makes of it, a number of 64 bits, with its unit of 1024, 1024^2 or 1024^3. */
static bool is_integer(const char *s, bool with_unit)
{
        static const char units[] = "kmg";
        const char *at = s + (*s == '-'), *unit;
        int64_t number;
        char *end;

        if (*at < '0' || *at > '9')
                return false;
        errno = 0;
        number = strtoll(s, &end, 10);
        if (errno)
                return false;
        unit = with_unit && *end ? strchr(units, *end | 0x20) : NULL;
        if (unit && __builtin_mul_overflow(number, INT64_C(1) << 10 * (unit - units + 1), &number))
                return false;
        return end[unit != NULL] == '\0';
}

static bool is_enum(const struct rv_arg *arg, const char *value)
{
        uint32_t i;

        for (i = 0; i < arg->n_enums; i++)
                if (strcmp(arg->enums[i].id, value) == 0)
                        return true;
        return false;
}

bool rv_arg_fits(const struct rv_arg *arg, const char *value)
{
        int64_t number;

        switch (arg->type) {
        case RV_INT:
        case RV_SIZE:
                return is_integer(value, arg->type == RV_SIZE);
        case RV_TIME:
                return rv_time_parse(value, strlen(value), &number);
        case RV_DURATION:
                return rv_span_parse(value, strlen(value), &number) || is_integer(value, false);
        case RV_BOOL:
                return strcmp(value, "true") == 0 || strcmp(value, "false") == 0;
        case RV_ENUM:
                return is_enum(arg, value);
        default:
                return true;
        }
}

static int add_value(struct rv_query *query, struct value **list, size_t *n, size_t *capacity, size_t limit,
                     const char *id, const char *text, struct rv_err *err)
{
        struct value *grown;
        size_t wanted;

        if (*n == *capacity) {
                wanted = *capacity ? *capacity * 2 : 8;
                grown = wanted <= limit ? realloc(*list, wanted * sizeof **list) : NULL;
                if (!grown)
                        return rv_fail_memory(err);
                *list = grown;
                *capacity = wanted;
        }
        (*list)[*n] = (struct value){ rv_arena_strdup(&query->arena, id), rv_arena_strdup(&query->arena, text) };
        if (!(*list)[*n].id || !(*list)[*n].text)
                return rv_fail_memory(err);
        (*n)++;
        return RV_OK;
}

static int list_enums(const struct rv_arg *arg, const char *value, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf known = { 0 };
        uint32_t i;

        for (i = 0; i < arg->n_enums; i++) {
                rv_buf_add_str(&known, i ? ", " : "");
                rv_buf_add_str(&known, arg->enums[i].id);
        }
        return rv_fail(err, RV_USAGE, N_("%1: %2 is none of its values"), N_("the values are %3"), arg->id, value,
                       rv_buf_str(&known), NULL);
}

int rv_query_add(struct rv_query *query, const char *id, const char *value, struct rv_err *err)
{
        const struct rv_arg *arg = find_arg(query, id);

        if (!arg)
                return rv_fail(err, RV_USAGE, N_("there is no option --%1 here"), N_("reeve help lists the options"),
                               id, NULL);
        if (strlen(value) > VALUE_LENGTH_MAX)
                return rv_fail(err, RV_USAGE, N_("%1: the value is too long"), NULL, id, NULL);
        if (!(arg->flags & RV_REPEAT) && rv_arg(query, id, 0))
                return rv_fail(err, RV_USAGE, N_("%1: was given twice"), NULL, id, NULL);
        if (!rv_arg_fits(arg, value))
                return arg->type == RV_ENUM
                               ? list_enums(arg, value, err)
                               : rv_fail(err, RV_USAGE, N_("%1: %2 is no value for it"), NULL, id, value, NULL);
        return add_value(query, &query->values, &query->n_values, &query->values_capacity, VALUES_MAX, arg->id, value,
                         err);
}

int rv_query_words(struct rv_query *query, const char *const *words, size_t n, size_t *ret_used, struct rv_err *err)
{
        size_t used = 0, i;
        int rc;

        for (i = 0; i < query->n_args && used < n; i++) {
                const struct rv_arg *arg = &query->args[i];

                if (!(arg->flags & RV_POSITIONAL) || rv_arg(query, arg->id, 0))
                        continue;
                do {
                        rc = rv_query_add(query, arg->id, words[used], err);
                        if (rc)
                                return rc;
                        used++;
                } while (used < n && arg->flags & RV_REPEAT);
        }
        *ret_used = used;
        return RV_OK;
}

void rv_arg_word(const struct rv_arg *arg, struct rv_buf *out)
{
        const bool positional = arg->flags & RV_POSITIONAL;
        const char *at;

        rv_buf_add_str(out, positional ? "" : "--");
        for (at = arg->id; *at; at++)
                rv_buf_add_char(out, positional && *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at);
}

/* "PACKAGE is missing" would read as if it were not installed. */
int rv_query_complete(const struct rv_query *query, const char *plugin, const char *called, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf word = { 0 };
        size_t i;

        for (i = 0; i < query->n_args; i++) {
                const struct rv_arg *arg = &query->args[i];

                if (!(arg->flags & RV_REQUIRED) || rv_arg(query, arg->id, 0))
                        continue;
                rv_arg_word(arg, &word);
                return rv_fail(err, RV_USAGE, N_("the argument %1 is needed"),
                               N_("`reeve help %2 %3` shows the whole call"), rv_buf_str(&word), plugin, called, NULL);
        }
        return RV_OK;
}

int rv_query_option(struct rv_query *query, const char *id, const char *value, struct rv_err *err)
{
        size_t i;

        for (i = 0; i < query->n_options; i++)
                if (strcmp(query->options[i].id, id) == 0) {
                        query->options[i] = query->options[--query->n_options];
                        break;
                }
        if (!value)
                return RV_OK;
        return add_value(query, &query->options, &query->n_options, &query->options_capacity, OPTIONS_MAX, id, value,
                         err);
}

void rv_query_want(struct rv_query *query, unsigned column)
{
        if (column < 256)
                query->wanted[column / 64] |= UINT64_C(1) << (column % 64);
}

bool rv_query_wants(const struct rv_query *query, unsigned column)
{
        return column < 256 && query->wanted[column / 64] >> (column % 64) & 1;
}

static int by_id(const void *a, const void *b)
{
        const struct value *x = a, *y = b;

        return strcmp(x->id, y->id);
}

static void add_string(struct rv_buf *out, const char *s)
{
        rv_buf_printf(out, "%zu:", strlen(s));
        rv_buf_add_str(out, s);
}

void rv_query_canonical(const struct rv_query *query, bool (*counts)(const char *option), struct rv_buf *out)
{
        size_t i, nth;
        const char *value;

        for (i = 0; i < query->n_args; i++)
                for (nth = 0; (value = rv_arg(query, query->args[i].id, nth)); nth++) {
                        add_string(out, query->args[i].id);
                        add_string(out, value);
                }
        rv_buf_add_char(out, ';');
        if (query->n_options)
                qsort(query->options, query->n_options, sizeof *query->options, by_id);
        for (i = 0; i < query->n_options; i++) {
                if (counts && !counts(query->options[i].id))
                        continue;
                add_string(out, query->options[i].id);
                add_string(out, query->options[i].text);
        }
}

bool rv_query_has_args(const struct rv_query *query)
{
        return query->n_values > 0;
}

const struct rv_root *rv_query_root(const struct rv_query *query)
{
        return query->root;
}

const char *rv_arg(const struct rv_query *query, const char *id, size_t nth)
{
        size_t i;

        for (i = 0; i < query->n_values; i++)
                if (strcmp(query->values[i].id, id) == 0 && nth-- == 0)
                        return query->values[i].text;
        return NULL;
}

const char *rv_option(const struct rv_query *query, const char *id)
{
        size_t i;

        if (strcmp(id, "root") == 0)
                return query->root->path;
        for (i = 0; i < query->n_options; i++)
                if (strcmp(query->options[i].id, id) == 0)
                        return query->options[i].text;
        return NULL;
}

int rv_root_fd(const struct rv_query *query)
{
        return query->root->fd;
}

int rv_wants(const struct rv_query *query, unsigned column)
{
        return rv_query_wants(query, column);
}
