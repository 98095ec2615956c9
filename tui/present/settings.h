/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a command is, and the settings that hold for every command of a shell or script.
 * Ownership: texts are borrowed from the words they were read from. */
#ifndef REEVE_PRESENT_SETTINGS_H
#define REEVE_PRESENT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <reeve/err.h>

enum rv_verb {
        RV_DO_NOTHING, /* no words: the front end decides */
        RV_DO_VIEW,    /* plugin, view, words */
        RV_DO_ACTION,  /* plugin, action, words */
        RV_DO_SHOW,    /* show PLUGIN[/VIEW] ROW */
        RV_DO_UI,
        RV_DO_DO, /* do 'ACTION ...' ...: words */
        RV_DO_CVE,
        RV_DO_PLUGINS,
        RV_DO_VIEWS,
        RV_DO_ACTIONS,
        RV_DO_JOBS, /* words: verb and id */
        RV_DO_SHELL,
        RV_DO_SCRIPT,
        RV_DO_COMPLETE,
        RV_DO_HELP,
        RV_DO_VERSION
};

enum rv_format { RV_TABLE, RV_PLAIN_TEXT, RV_JSON, RV_NDJSON, RV_TSV, RV_CSV };
enum rv_color { RV_COLOR_AUTO, RV_COLOR_ALWAYS, RV_COLOR_NEVER };

struct rv_settings { /* options of the host, the same for every command of a shell */
        const char *root;
        enum rv_format format;
        enum rv_color color;
        bool ascii, quiet, verbose;
        bool dry_run, check, yes, man;
        const char *plan; /* --plan ID */
        int64_t wait;     /* seconds */
};

/* The settings when nothing is said: root "/", table, automatic colour. */
void rv_settings_init(struct rv_settings *ret);
/* Only the options that must be known before there is a registry: --root, --format, colour; never fails. */
void rv_settings_scan(const char *const *words, size_t n, struct rv_settings *ret);
#endif
