/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A view of a slot that never ends, as one on a dead network share. */
#include <fcntl.h>
#include <unistd.h>

#include <reeve/plugin.h>

static int fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        /* A file that says that it was reached. */
        int mark = openat(rv_root_fd(query), "mark", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

        (void)sink, (void)err;
        (void)close(mark);
        while (pause() < 0)
                continue;
        return RV_OK;
}

static const struct rv_column columns[] = { { .id = "id", .title = N_("Id"), .type = RV_TEXT, .flags = RV_KEY } };
static const struct rv_view views[] = { { .id = "hang",
                                          .title = N_("Hang"),
                                          .columns = columns,
                                          .n_columns = 1,
                                          .fill = fill,
                                          .shape = RV_SHAPE_LIST,
                                          .flags = RV_READS_SLOT } };

RV_PLUGIN = {
        .abi = RV_ABI, .size = RV_SIZES, .id = "hang", .title = N_("Hang"), .version = "1", .views = views, .n_views = 1
};
