/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations of the common views. */
#include "core/model/common.h"

#include <string.h>

static const struct rv_enum severities[] = { { "critical", N_("critical"), RV_BAD, 0 },
                                             { "warning", N_("warning"), RV_WARN, 0 },
                                             { "info", N_("info"), RV_INFO, 0 } };
static const struct rv_enum results[] = { { "done", N_("done"), RV_GOOD, 0 },
                                          { "failed", N_("failed"), RV_BAD, 0 },
                                          { "interrupted", N_("cut off"), RV_BAD, 0 } };

static const struct rv_column findings[] = {
        { .id = "id", .title = N_("Finding"), .type = RV_TEXT, .flags = RV_KEY | RV_HIDDEN, .priority = 6 },
        { .id = "severity",
          .title = N_("Severity"),
          .enums = severities,
          .n_enums = 3,
          .type = RV_ENUM,
          .priority = 1 },
        { .id = "plugin", .title = N_("Where"), .type = RV_TEXT, .flags = RV_MATCH, .priority = 2 },
        { .id = "text", .title = N_("Needs you"), .type = RV_MSG },
        { .id = "hint", .title = N_("What to do"), .type = RV_MSG, .priority = 7 },
        { .id = "view", .title = N_("View"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 8 },
        { .id = "row", .title = N_("Row"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 9 },
        { .id = "since", .title = N_("Since"), .type = RV_TIME, .priority = 4 },
        { .id = "where", .title = N_("Filter"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 10 },
};

static const struct rv_column changes[] = {
        { .id = "id", .title = N_("Change"), .type = RV_TEXT, .flags = RV_KEY | RV_HIDDEN, .priority = 8 },
        { .id = "at", .title = N_("When"), .type = RV_TIME },
        { .id = "plugin", .title = N_("Where"), .type = RV_TEXT, .flags = RV_MATCH, .priority = 3 },
        { .id = "what", .title = N_("What happened"), .type = RV_MSG },
        { .id = "before", .title = N_("Before"), .type = RV_TEXT, .priority = 6 },
        { .id = "after", .title = N_("After"), .type = RV_TEXT, .priority = 5 },
        { .id = "who", .title = N_("By"), .type = RV_TEXT, .priority = 4 },
        { .id = "result", .title = N_("Result"), .enums = results, .n_enums = 3, .type = RV_ENUM, .priority = 1 },
        { .id = "job", .title = N_("Job"), .ref = "reeve/jobs", .type = RV_REF, .priority = 7 },
        { .id = "view", .title = N_("View"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 9 },
        { .id = "row", .title = N_("Row"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 10 },
        { .id = "where", .title = N_("Filter"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 11 },
};

static const struct rv_column space[] = {
        { .id = "id", .title = N_("Item"), .type = RV_TEXT, .flags = RV_KEY | RV_HIDDEN, .priority = 6 },
        { .id = "plugin", .title = N_("Where"), .type = RV_TEXT, .flags = RV_MATCH, .priority = 3 },
        { .id = "what", .title = N_("What it is"), .type = RV_MSG },
        { .id = "path", .title = N_("Path"), .type = RV_TEXT, .priority = 4 },
        { .id = "size", .title = N_("Size"), .type = RV_SIZE, .priority = 1 },
        { .id = "freeable", .title = N_("Can be freed"), .type = RV_SIZE, .priority = 2 },
};

static const struct rv_view views[] = {
        { .id = "findings",
          .title = N_("Findings"),
          .help = N_("What needs attention on this system, the worst first."),
          .columns = findings,
          .n_columns = sizeof findings / sizeof *findings,
          .shape = RV_SHAPE_LIST },
        { .id = "changes",
          .title = N_("Changes"),
          .help = N_("What happened to this system, when, and by whom."),
          .columns = changes,
          .n_columns = sizeof changes / sizeof *changes,
          .shape = RV_SHAPE_LIST },
        { .id = "space",
          .title = N_("Space"),
          .help = N_("What takes how much room, and what of it can be freed."),
          .columns = space,
          .n_columns = sizeof space / sizeof *space,
          .shape = RV_SHAPE_LIST },
};

const struct rv_view *rv_common_view(const char *id)
{
        size_t i;

        for (i = 0; i < sizeof views / sizeof *views; i++)
                if (strcmp(views[i].id, id) == 0)
                        return &views[i];
        return NULL;
}

rv_fill *rv_common_fill(const struct rv_plugin *plugin, const char *view)
{
        if (strcmp(view, "findings") == 0)
                return plugin->findings;
        if (strcmp(view, "changes") == 0)
                return plugin->changes;
        return strcmp(view, "space") == 0 ? plugin->space : NULL;
}

unsigned rv_common_plugin_column(const char *view)
{
        if (strcmp(view, "space") == 0)
                return RV_SPACE_PLUGIN;
        return strcmp(view, "findings") == 0 ? RV_FINDINGS_PLUGIN : RV_CHANGES_PLUGIN;
}

int64_t rv_common_rank(const char *view, const struct rv_snapshot *snapshot, size_t row)
{
        enum { SEVERITY = 1, AT = 1, SIZE = 4, FREEABLE = 5 };
        int64_t freeable;

        if (strcmp(view, "findings") == 0)
                return rv_cell_int(snapshot, row, SEVERITY);
        if (strcmp(view, "changes") == 0)
                return -rv_cell_int(snapshot, row, AT);
        freeable = rv_cell_int(snapshot, row, FREEABLE);
        return freeable > 0 ? -INT64_MAX / 2 - freeable / 2 : -rv_cell_int(snapshot, row, SIZE) / 2;
}
