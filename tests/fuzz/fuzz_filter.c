/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any expression: it is refused with a position, or it is compiled, and then every row can be asked. The same bytes are
 * tried as a sort order and as a row word. */
#include "core/base/err.h"
#include "core/model/rows.h"
#include "things.h"

enum { NOW = 1795392000 };

static void filter(const char *text, const struct rv_snapshot *snapshot)
{
        RV_FILTER_CLEANUP struct rv_filter *compiled = NULL;
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_ROWS_CLEANUP struct rv_rows rows = { 0 };
        int r = rv_filter_compile(text, rv_snapshot_view(snapshot), NOW, &compiled, &err);

        if (r) {
                must(r == RV_USAGE && err.message.size > 0 && !compiled);
                return;
        }
        must(rv_rows_all(snapshot, &rows, NULL) == RV_OK);
        rv_rows_filter(&rows, snapshot, compiled);
        must(rows.n <= rv_snapshot_rows(snapshot));
}

static void order(const char *text, const struct rv_snapshot *snapshot)
{
        RV_ROWS_CLEANUP struct rv_rows rows = { 0 };
        struct rv_order parsed;
        size_t i, sum = 0;

        must(rv_rows_all(snapshot, &rows, NULL) == RV_OK);
        if (rv_order_parse(text, rv_snapshot_view(snapshot), &parsed, NULL) != RV_OK)
                return;
        must(rv_rows_sort(&rows, snapshot, &parsed, NULL) == RV_OK);
        for (i = 0; i < rows.n; i++)
                sum += rows.at[i];
        must(sum == rows.n * (rows.n - 1) / 2);
}

static void pick(const char *text, const struct rv_snapshot *snapshot)
{
        RV_ROWS_CLEANUP struct rv_rows rows = { 0 };
        int r;

        must(rv_rows_all(snapshot, &rows, NULL) == RV_OK);
        r = rv_rows_pick(&rows, snapshot, NULL, &text, 1, NULL);
        must(r == RV_NOTFOUND || (r == RV_OK && rows.n > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct rv_snapshot *snapshot;
        char text[5000];

        if (!snapshot)
                snapshot = make_things();
        if (size >= sizeof text)
                return 0;
        memcpy(text, data, size);
        text[size] = '\0';
        filter(text, snapshot);
        order(text, snapshot);
        pick(text, snapshot);
        return 0;
}
