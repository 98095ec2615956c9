/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin: one const object per shared library, without init function or constructor.
 * Ownership: the object and all it points to are const and live as long as the library is loaded. The host reads
 * min(its size, the plugin's size) of each struct and takes the rest as zero, so structs only grow at their end. */
#ifndef REEVE_PLUGIN_H
#define REEVE_PLUGIN_H

#include <reeve/action.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RV_ABI 1

enum rv_kind {
        RV_K_PLUGIN,
        RV_K_VIEW,
        RV_K_COLUMN,
        RV_K_ENUM,
        RV_K_ARG,
        RV_K_ACTION,
        RV_K_TALLY,
        RV_K_COUNT,
        RV_K_MAX = 16
};

enum rv_tally_flag { RV_NO_ROWS = 1 /* the title alone, without a number, when no row fits; else nothing */ };

/* A figure of the plugin's line in the Overview: how many rows of one of its views fit a filter. It stands before the
 * title ("31 updates"), which NP_() gives both forms. None is shown for 0, except by the first tally; "-" stands for a
 * number that is not known, because no row has a value in a column that the filter reads. With `column` the title is a
 * text instead, where %1 is that cell of the first row that fits (its key when the cell is null). */
struct rv_tally {
        const char *title;
        const char *view;     /* id; a view without required arguments */
        const char *where;    /* a filter as in --where; NULL: all rows */
        const char *column;   /* id; NULL: a number is shown */
        uint32_t role, flags; /* flags: enum rv_tally_flag; one >= RV_MUST that is unknown leaves the tally out */
};

struct rv_plugin {
        uint32_t abi, reserved;
        uint16_t size[RV_K_MAX]; /* array strides by rv_kind; 0: a kind the plugin does not know */
        const char *id, *title, *help, *version;
        const char *domain, *lane; /* gettext domain; lane NULL: its own */
        const struct rv_view *views;
        const struct rv_action *actions;
        rv_fill *findings, *changes, *space; /* the common views; each may be NULL */
        uint32_t n_views, n_actions;
        const struct rv_arg *settings; /* what the section [id] of reeve.conf may say; see rv_option() */
        uint32_t n_settings, reserved_too;
        const struct rv_tally *tallies; /* what the Overview counts, in order; none: all rows of the first view */
        uint32_t n_tallies, reserved_three;
};

/* Columns of the common views. Findings: severity is 0 critical, 1 warning, 2 info; text and hint are messages; view is
 * "plugin/view" and row its key; for a finding about several rows, where is a filter that lists them there, and row
 * stays null. The host adds the column `plugin`. */
enum { RV_F_ID, RV_F_SEVERITY, RV_F_TEXT, RV_F_HINT, RV_F_VIEW, RV_F_ROW, RV_F_SINCE, RV_F_WHERE };
/* Changes: what is a message; result is 0 done, 1 failed, 2 interrupted; view, row and where say, as those of a
 * finding, where what was changed is listed. */
enum {
        RV_C_ID,
        RV_C_AT,
        RV_C_WHAT,
        RV_C_BEFORE,
        RV_C_AFTER,
        RV_C_WHO,
        RV_C_RESULT,
        RV_C_JOB,
        RV_C_VIEW,
        RV_C_ROW,
        RV_C_WHERE
};
/* Space: what is a message; size and freeable are bytes. */
enum { RV_S_ID, RV_S_WHAT, RV_S_PATH, RV_S_SIZE, RV_S_FREEABLE };

#define RV_SIZES                                                                                                    \
        {                                                                                                           \
                sizeof(struct rv_plugin), sizeof(struct rv_view), sizeof(struct rv_column), sizeof(struct rv_enum), \
                        sizeof(struct rv_arg), sizeof(struct rv_action), sizeof(struct rv_tally)                    \
        }
#define RV_PLUGIN __attribute__((visibility("default"))) const struct rv_plugin rv_plugin

#ifdef __cplusplus
}
#endif

#endif
