/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Help, made from what it is about: the key table, the declaration of the view that is shown, its warnings. */
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/utf8.h"
#include "core/model/snapshot.h"
#include "tui/curses/ui.h"
#include "tui/present/command.h"
#include "tui/present/help.h"
#include "tui/present/text.h"
#include <reeve/plugin.h>

enum { KEY_WIDTH = 14, FILTER_WIDTH = 28 };

/* As wide as the screen is now; another width wraps it again. */
static unsigned help_width(void)
{
        struct area body;

        ui_body(&body);
        return body.w > 2 ? (unsigned)(body.w - 2) : 1;
}

static void add_pair(struct rv_buf *out, const char *left, unsigned width, const char *right)
{
        rv_buf_add_str(out, "  ");
        if (rv_text_width(left, strlen(left)) < width)
                rv_text_pad(left, strlen(left), width, false, out);
        else
                rv_buf_add_str(out, left);
        rv_buf_add_str(out, rv_text_width(left, strlen(left)) < width ? " " : "  ");
        rv_buf_add_str(out, right ? right : "");
        rv_buf_add_char(out, '\n');
}

static void add_keys(struct rv_buf *out)
{
        size_t i;

        rv_buf_add_str(out, _("KEYS"));
        rv_buf_add_char(out, '\n');
        for (i = 0; i < key_table_size; i++)
                add_pair(out, _(key_table[i].shown), KEY_WIDTH, _(key_table[i].help));
}

/* Examples teach the filter language faster than its grammar does. */
static void add_filter(struct rv_buf *out)
{
        rv_buf_add_str(out, _("FILTER"));
        rv_buf_add_char(out, '\n');
        add_pair(out, "openssl", FILTER_WIDTH, _("a word: any text column contains it"));
        add_pair(out, "name ~ ssl and size > 10M", FILTER_WIDTH,
                 _("contains; sizes in K, M, G; and, or, not, parentheses"));
        add_pair(out, "name = python3*", FILTER_WIDTH, _("a glob; quotes switch globs off"));
        add_pair(out, "installed_at < 7d", FILTER_WIDTH, _("younger than seven days"));
        add_pair(out, "version >= 3.0", FILTER_WIDTH, _("in the order of RPM's versions"));
        add_pair(out, "reason in (user, group)", FILTER_WIDTH, _("one of several"));
        add_pair(out, "verdict = null", FILTER_WIDTH, _("nothing is known"));
}

static void add_view(struct rv_buf *out, struct page *page)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct rv_plugin *plugin = NULL;
        const struct place *place;
        const struct rv_view *view = page ? page_view(page, &place) : NULL;

        if (!view)
                return;
        (void)ui_view(page->ui, place->plugin, place->view, &plugin, &err);
        rv_help_view(place->plugin, plugin, view, help_width(), out);
        rv_buf_add_char(out, '\n');
}

/* Warnings come first: "? shows them" is what the status line promises. */
static void add_warnings(struct rv_buf *out, const struct rv_snapshot *snapshot)
{
        size_t i, n = snapshot ? rv_snapshot_warnings(snapshot) : 0, size;
        const char *packed;

        if (n == 0)
                return;
        rv_buf_add_str(out, _("WARNINGS"));
        rv_buf_add_char(out, '\n');
        for (i = 0; i < n; i++) {
                (void)rv_snapshot_warning(snapshot, i, &packed, &size);
                rv_buf_add_str(out, "  ");
                rv_tr_packed(packed, size, out);
                rv_buf_add_char(out, '\n');
        }
        rv_buf_add_char(out, '\n');
}

struct page *help_page_on(struct ui *ui, const struct rv_command *command)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        if (command->action)
                rv_help_action(command->plugin, command->action, help_width(), &out);
        else if (command->view)
                rv_help_view(command->plugin_id, command->plugin, command->view, help_width(), &out);
        else
                rv_help_plugin(command->plugin, help_width(), &out);
        return out.failed ? NULL : text_page(ui, rv_buf_steal(&out));
}

struct page *help_page(struct ui *ui)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };
        struct page *page = ui_page(ui);

        add_warnings(&out, page ? page_snapshot(page) : NULL);
        add_keys(&out);
        rv_buf_add_char(&out, '\n');
        add_view(&out, page);
        add_filter(&out);
        return out.failed ? NULL : text_page(ui, rv_buf_steal(&out));
}
