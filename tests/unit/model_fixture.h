/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small declared view with every column type, and a snapshot filled from it, for the tests of the model. */
#ifndef REEVE_TESTS_MODEL_FIXTURE_H
#define REEVE_TESTS_MODEL_FIXTURE_H

#include <string.h>

#include "core/base/err.h"
#include "core/model/sink.h"

enum { F_KEY, F_TEXT, F_INT, F_SIZE, F_TIME, F_VERSION, F_BOOL, F_ENUM, F_LIST, F_MSG, F_COSTLY, F_COLUMNS };

static const struct rv_enum fixture_enums[] = { { "good", "Good", RV_GOOD, 0 }, { "bad", "Bad", RV_BAD, 0 } };
static const struct rv_column fixture_columns[F_COLUMNS] = {
        [F_KEY] = { .id = "key", .title = "Key", .type = RV_TEXT, .flags = RV_KEY },
        [F_TEXT] = { .id = "text", .title = "Text", .type = RV_TEXT, .flags = RV_MATCH, .help = "a help" },
        [F_INT] = { .id = "count", .title = "Count", .type = RV_INT },
        [F_SIZE] = { .id = "size", .title = "Size", .type = RV_SIZE },
        [F_TIME] = { .id = "made_at", .title = "Made", .type = RV_TIME },
        [F_VERSION] = { .id = "version", .title = "Version", .type = RV_VERSION },
        [F_BOOL] = { .id = "held", .title = "Held", .type = RV_BOOL },
        [F_ENUM] = { .id = "state", .title = "State", .enums = fixture_enums, .n_enums = 2, .type = RV_ENUM },
        [F_LIST] = { .id = "cves", .title = "CVEs", .type = RV_LIST },
        [F_MSG] = { .id = "why", .title = "Why", .type = RV_MSG },
        [F_COSTLY] = { .id = "verdict", .title = "Verdict", .type = RV_TEXT, .flags = RV_COSTLY },
};
static const struct rv_view fixture_view = { .id = "things",
                                             .title = "Things",
                                             .help = "Things of the fixture.",
                                             .columns = fixture_columns,
                                             .n_columns = F_COLUMNS,
                                             .shape = RV_SHAPE_LIST };

static inline void fixture_row(struct rv_sink *sink, const char *key, unsigned depth)
{
        if (rv_row_begin(sink, depth) == RV_OK)
                rv_put_text(sink, F_KEY, key, strlen(key));
}

#endif
