/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A view with a column of each type and a snapshot of a few rows, for the targets that need one. */
#ifndef REEVE_TEST_THINGS_H
#define REEVE_TEST_THINGS_H

#include <string.h>

#include "core/model/sink.h"
#include "fuzz.h"

static const struct rv_enum thing_enums[] = {
        { "critical", "Critical", RV_BAD, 0 },
        { "important", "Important", RV_WARN, 0 },
        { "low", "Low", RV_MUTED, 0 },
};
static const struct rv_column thing_columns[] = {
        { .id = "nevra", .title = "NEVRA", .type = RV_TEXT, .flags = RV_KEY },
        { .id = "name", .title = "Name", .type = RV_TEXT, .flags = RV_MATCH },
        { .id = "version", .title = "Version", .type = RV_VERSION },
        { .id = "reason", .title = "Reason", .type = RV_REF, .ref = "packages/installed" },
        { .id = "size", .title = "Size", .type = RV_SIZE },
        { .id = "count", .title = "Count", .type = RV_INT },
        { .id = "installed_at", .title = "Installed", .type = RV_TIME },
        { .id = "expires_at", .title = "Expires", .type = RV_TIME },
        { .id = "age", .title = "Age", .type = RV_DURATION },
        { .id = "held", .title = "Held", .type = RV_BOOL },
        { .id = "severity", .title = "Severity", .type = RV_ENUM, .enums = thing_enums, .n_enums = 3 },
        { .id = "cves", .title = "CVEs", .type = RV_LIST },
        { .id = "text", .title = "Text", .type = RV_MSG },
        { .id = "x", .title = "X", .type = RV_TEXT, .flags = RV_COSTLY },
};
static const struct rv_view things_view = { .id = "things",
                                            .title = "Things",
                                            .shape = RV_SHAPE_TREE,
                                            .columns = thing_columns,
                                            .n_columns = sizeof thing_columns / sizeof *thing_columns };

static inline void put_thing(struct rv_sink *sink, const char *text, int64_t number)
{
        const char *const items[] = { text, "CVE-2026-1" };
        uint32_t column;

        must(rv_row_begin(sink, number > 0) == RV_OK);
        for (column = 0; column < things_view.n_columns; column++) {
                if (column && (number + column) % 5 == 0)
                        continue; /* null */
                if (thing_columns[column].type == RV_LIST)
                        rv_put_list(sink, column, items, number % 3 == 0 ? 2 : 0);
                else if (thing_columns[column].type == RV_MSG)
                        rv_put_msg(sink, column, NP_("%1 thing of %2", "%1 things of %2"), "2", text, NULL);
                else if (thing_columns[column].type == RV_TEXT || thing_columns[column].type == RV_VERSION ||
                         thing_columns[column].type == RV_REF)
                        rv_put_text(sink, column, text, strlen(text));
                else
                        rv_put_int(sink, column, number);
        }
}

static inline struct rv_snapshot *make_things(void)
{
        static const char hostile[] = "\x1b[0m\xff", foreign[] = "gr\xc3\xb6\xc3\x9f\x65r";
        static const char *const texts[] = { "bash", "python3", "1:3.3.2-1.azl4", foreign, hostile, "" };
        struct rv_sink *sink = rv_sink_new("test", "reeve", &things_view, NULL);
        struct rv_snapshot *snapshot = NULL;
        bool cacheable;
        size_t i;

        must(sink != NULL);
        for (i = 0; i < sizeof texts / sizeof *texts; i++)
                put_thing(sink, texts[i], (int64_t)i);
        rv_warn(sink, RV_DAMAGED, "%1: is cut", "row", NULL);
        must(rv_depends(sink, -100, "/etc/os-release") == RV_OK);
        must(rv_sink_finish(sink, &snapshot, &cacheable, NULL) == RV_OK);
        rv_sink_free(sink);
        return snapshot;
}

#endif
