/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Views: typed tables that a plugin fills.
 * Ownership: declarations are const and stay the plugin's; what is put into a sink is copied; what a getter returns is
 * borrowed until fill returns. Ids are ASCII and stable, titles and help are msgids. */
#ifndef REEVE_VIEW_H
#define REEVE_VIEW_H

#include <reeve/err.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a cell is held, and what it means: sizes are bytes, times Unix seconds, durations seconds, an enum the index into
 * the column's `enums`, a ref the key of a row in the column's target view, a version [E:]V-R in RPM's order. */
enum rv_type {
        RV_TEXT = 1,
        RV_INT,
        RV_SIZE,
        RV_TIME,
        RV_DURATION,
        RV_VERSION,
        RV_BOOL,
        RV_ENUM,
        RV_LIST,
        RV_REF,
        RV_MSG
};

enum rv_role { RV_PLAIN, RV_GOOD, RV_INFO, RV_WARN, RV_BAD, RV_MUTED };
enum rv_shape { RV_SHAPE_LIST = 1, RV_SHAPE_TREE, RV_SHAPE_RECORD, RV_SHAPE_TEXT };
enum rv_arg_flag { RV_REQUIRED = 1, RV_REPEAT = 2, RV_POSITIONAL = 4 };

enum rv_column_flag {
        RV_KEY = 1,    /* names the row; exactly one column of a view */
        RV_MATCH = 2,  /* a row word may match it */
        RV_HIDDEN = 4, /* shown only when asked for by id */
        RV_COSTLY = 8, /* filled only when rv_wants() says so */
        /* Where all rows agree, a screen says the value once beside the view's title and has no column for it. */
        RV_COMMON = 16,
        /* Of a view that is drawn as a bar: how long a row's piece is, how much of it is in use (sizes both), and what
         * is said above it. One column of each at most, and the others only beside a length. */
        RV_LENGTH = 32,
        RV_FILLED = 64,
        RV_CAPTION = 128,
        /* Hexadecimal text, or a ref to it: a row word may be its last 8 digits or more, in either case, as of OpenPGP
         * keys. */
        RV_TAIL = 256,
        /* With RV_MATCH: it holds NAME-[EPOCH:]VERSION-RELEASE.ARCH, and NAME and NAME.ARCH match too. */
        RV_NEVRA = 512,
        /* The architecture, one column at most: a row word may match TEXT.ARCH, TEXT being that of a column with
           RV_MATCH. */
        RV_ARCH = 1024
};

enum rv_view_flag {
        RV_BY_KEY = 1,      /* the host puts the rows into the order of their keys; not for trees */
        RV_READS_IMAGE = 2, /* without it the host refuses --image: the root's rows would pass for the image's */
        /* With --slot the root is a copy of what a slot holds of os-release, package database and its keys, passwd and
         * group; without this flag the host refuses --slot, because nothing else is there. */
        RV_READS_SLOT = 4,
        RV_SHARED = 8 /* made of nothing but the files that rv_depends() names: root's answer may serve others */
};

struct rv_enum {
        const char *id, *title;
        uint32_t role, reserved;
};

struct rv_column {
        const char *id, *title, *help;
        const struct rv_enum *enums;
        const char *ref;                         /* "plugin/view" whose key the cell holds */
        uint32_t n_enums, type, flags, priority; /* priority 0 stays longest on a narrow screen */
        /* Id of an enum column of the view whose word the screen shows within the cells of this one, as a verdict
         * beside a name; that column is none of its own there until it is chosen. NULL: none. All else, as JSON, tables
         * and filters, keeps both. */
        const char *with;
};

/* An argument of a view or an action. */
struct rv_arg {
        const char *id, *title, *help;
        const struct rv_enum *enums;
        const char *ref;
        uint32_t n_enums, type, flags, reserved;
};

struct rv_query;
struct rv_sink;

/* Puts the rows of a view; returns 0 or a code. Runs in the plugin's lane, never in two threads at once. */
typedef int rv_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);

struct rv_view {
        const char *id, *title, *help;
        const struct rv_column *columns;
        const struct rv_arg *args;
        const char *record; /* id of the view of one row; its first argument takes the key. NULL: the row itself */
        const char *const *aliases; /* top-level words ("search"), NULL-ended, may be NULL */
        rv_fill *fill;
        uint32_t n_columns, n_args, shape, flags; /* flags: enum rv_view_flag */
        /* Ids of at most 4 views of the same plugin, NULL-ended, that a screen shows below the rows where these leave
         * room: one with a RV_LENGTH column and at most 128 rows as a bar, others as a label (first column shown) and a
         * text (second) in each line, with a blank line before each row of depth 0. May be NULL. */
        const char *const *below;
};

/* The nth value of a declared argument as text, NULL when it was not given. Enum and bool arguments arrive checked. */
const char *rv_arg(const struct rv_query *query, const char *id, size_t nth);

/* An option of the host: "image", "slot", "cacheonly", "refresh", "set:KEY"; "root", which is how messages name the
 * managed root ("/" for the running system; put it before a path below any other); while a view is filled also
 * "config:KEY", a declared setting of the plugin from the configuration of the root, checked as an argument of its type
 * is ("true" and "false" for a bool; a list is its items with commas between them). NULL when it was not given. */
const char *rv_option(const struct rv_query *query, const char *id);

/* An O_PATH descriptor of the managed root: borrowed, open every path below it with openat2(RESOLVE_IN_ROOT). */
int rv_root_fd(const struct rv_query *query);

/* Opens the directory for what the plugin keeps of this root between runs; nobody else can write it. of_root: root's,
 * for a user to read. The descriptor is the caller's; -1: there is none. Names in it begin with the plugin's id, but
 * for "repos", which is the packages'. */
int rv_cache_fd(const struct rv_query *query, int of_root);

/* Whether this costly column (an index into the view's columns) is shown, filtered, sorted by or asked for. */
int rv_wants(const struct rv_query *query, unsigned column);

/* Begins a row; depth is 0 except in a tree. Returns 0 or a code to return at once (RV_CANCELLED among them). */
int rv_row_begin(struct rv_sink *sink, unsigned depth) RV_CHECK;

/* Cells of the row begun last. A cell that is never put is null. Text is bytes: it may hold anything but is cut at 1
 * MiB. */
void rv_put_text(struct rv_sink *sink, unsigned column, const char *text, size_t len);
void rv_put_int(struct rv_sink *sink, unsigned column, int64_t value);
void rv_put_list(struct rv_sink *sink, unsigned column, const char *const *items, size_t n);
void rv_put_msg(struct rv_sink *sink, unsigned column, const char *msgid, ...) RV_SENTINEL;

/* Something was left out or is unreadable: shown beside the rows, and the exit status becomes partial (12). code says
 * why (RV_DAMAGED, RV_DENIED, ...); RV_OK is a remark that changes no status. With a reason that may be gone the next
 * time (RV_FAILED, RV_LOCKED, RV_NETWORK, ...) the rows are not cached. */
void rv_warn(struct rv_sink *sink, int code, const char *msgid, ...) RV_SENTINEL;

/* Names a file or directory that the rows depend on, before it is read; one that is absent counts too. The host stats
 * it again and serves the rows from its cache while nothing changed. dirfd may be rv_root_fd() or AT_FDCWD. A fill
 * that names none is never cached. */
int rv_depends(struct rv_sink *sink, int dirfd, const char *path) RV_CHECK;

/* The rows say something about time and go stale then; the earliest call counts. */
void rv_expires(struct rv_sink *sink, int64_t unix_time);

#ifdef __cplusplus
}
#endif

#endif
