/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan's identity is made of. Every piece goes in with its length, so two different plans cannot give the same
 * bytes; the order is that of the request and of the plugin's own calls. */
#include <string.h>

#include <reeve/plugin.h>

#include "core/base/err.h"
#include "core/model/query.h"
#include "core/model/snapshot.h"
#include "core/run/plan_private.h"
#include "core/run/wire.h"

static const char FORMAT[] = "reeve plan 1";

void rv_canonical_add(struct rv_buf *out, const void *bytes, size_t n)
{
        rv_buf_printf(out, "%zu:", n);
        rv_buf_add(out, bytes, n);
}

void rv_canonical_str(struct rv_buf *out, const char *s)
{
        if (s)
                rv_canonical_add(out, s, strlen(s));
        else
                rv_buf_add_char(out, '-');
}

/* Ended by a semicolon, which no number holds. */
static void add_number(struct rv_buf *out, int64_t value)
{
        rv_buf_printf(out, "%lld;", (long long)value);
}

/* The domain too: the same msgid of another plugin is another sentence. */
static void add_message(struct rv_buf *out, const struct rv_message *message)
{
        unsigned i;

        rv_canonical_str(out, message->domain);
        rv_canonical_str(out, message->msgid);
        for (i = 0; i < message->n_args; i++)
                rv_canonical_str(out, message->args[i]);
}

static void add_list(struct rv_buf *out, const struct rv_snapshot *snapshot, size_t row, unsigned column)
{
        size_t i, len, n = rv_cell_items(snapshot, row, column);
        const char *item;

        add_number(out, (int64_t)n);
        for (i = 0; i < n; i++) {
                item = rv_cell_item(snapshot, row, column, i, &len);
                rv_canonical_add(out, item, len);
        }
}

/* Null differs from empty and from zero, as it does on the screen. */
static void add_cell(struct rv_buf *out, const struct rv_snapshot *snapshot, size_t row, unsigned column)
{
        struct rv_message message;
        const char *text;
        size_t len;

        if (rv_cell_null(snapshot, row, column)) {
                rv_buf_add_char(out, '-');
                return;
        }
        switch (rv_snapshot_view(snapshot)->columns[column].type) {
        case RV_TEXT:
        case RV_VERSION:
        case RV_REF:
                text = rv_cell_text(snapshot, row, column, &len);
                rv_canonical_add(out, text, len);
                break;
        case RV_LIST:
                add_list(out, snapshot, row, column);
                break;
        case RV_MSG:
                if (rv_cell_message(snapshot, row, column, &message))
                        add_message(out, &message);
                break;
        default:
                add_number(out, rv_cell_int(snapshot, row, column));
        }
}

void rv_canonical_rows(struct rv_buf *out, const struct rv_snapshot *snapshot)
{
        const struct rv_view *view = rv_snapshot_view(snapshot);
        size_t row, n = rv_snapshot_rows(snapshot);
        unsigned column;

        add_number(out, view->n_columns);
        for (column = 0; column < view->n_columns; column++) {
                rv_canonical_str(out, view->columns[column].id);
                add_number(out, view->columns[column].type);
        }
        add_number(out, (int64_t)n);
        for (row = 0; row < n; row++) {
                add_number(out, rv_row_depth(snapshot, row));
                for (column = 0; column < view->n_columns; column++)
                        add_cell(out, snapshot, row, column);
        }
}

/* The root by device and inode: the same words on another root are another plan, whatever its path. */
static void add_requests(struct rv_buf *out, const struct rv_plan *plan)
{
        RV_BUF_CLEANUP struct rv_buf arguments = { 0 };
        const struct rv_root *root;
        size_t i;

        add_number(out, (int64_t)plan->n_requests);
        for (i = 0; i < plan->n_requests; i++) {
                rv_canonical_str(out, plan->requests[i]->action->id);
                rv_buf_clear(&arguments);
                rv_query_canonical(plan->requests[i]->query, rv_wire_carries, &arguments);
                out->failed |= arguments.failed;
                rv_canonical_add(out, rv_buf_str(&arguments), arguments.size);
                root = rv_query_root(plan->requests[i]->query);
                add_number(out, (int64_t)root->dev);
                add_number(out, (int64_t)root->ino);
        }
}

int rv_plan_identify(struct rv_plan *plan, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        size_t i;

        rv_canonical_str(&out, FORMAT);
        rv_canonical_str(&out, plan->plugin->id);
        add_requests(&out, plan);
        add_number(&out, (int64_t)plan->n_questions);
        for (i = 0; i < plan->n_questions; i++) {
                rv_canonical_str(&out, plan->questions[i].id);
                rv_canonical_str(&out, plan->questions[i].answer);
        }
        rv_canonical_rows(&out, plan->steps);
        rv_canonical_add(&out, rv_buf_str(&plan->states), plan->states.size);
        rv_canonical_str(&out, rv_plan_json(plan));
        if (out.failed)
                return rv_fail_memory(err);
        return rv_sha256_hex(rv_buf_str(&out), out.size, plan->id, err);
}
