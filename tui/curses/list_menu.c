/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The menus of a list: what to sort by, which columns to show, what can be done with a row. */
#include <stdlib.h>
#include <string.h>

#include "tui/curses/list.h"
#include "tui/curses/menu.h"
#include "tui/present/command.h"
#include "tui/present/help.h"
#include "tui/present/text.h"
#include <reeve/plugin.h>

/* Whether the menus name this column: what has no title is for programs. */
static bool is_named(const struct rv_column *column)
{
        return column->title && *column->title;
}

static const char *name_of(const struct list *list, uint32_t column)
{
        const struct rv_column *declared = &list->view->columns[column];

        return is_named(declared) ? rv_tr(rv_plugin_domain(list->plugin), declared->title) : declared->id;
}

/* What is seen and has no mark says where: its word stands in a cell of another column. */
static void add_columns(struct list *list, struct menu *menu, const bool *marked, const unsigned *shown, size_t n)
{
        uint32_t i;
        size_t k;

        for (i = 0; i < list->view->n_columns; i++) {
                RV_BUF_CLEANUP struct rv_buf text = { 0 };

                for (k = 0; k < n && rv_with(list->view, shown[k]) != (int)i; k++)
                        ;
                if (marked[i] || k == n)
                        rv_buf_add_str(&text, name_of(list, i));
                else
                        /* Translators: in the menu of columns; both are headings, as in "Verdict (in Signed by)". */
                        rv_tr_format(&text, N_("%1 (in %2)"), name_of(list, i), name_of(list, shown[k]), NULL);
                menu_add(menu, rv_buf_str(&text), marked[i]);
        }
}

static void sort_chosen(struct menu *menu, void *user)
{
        list_sort(user, (unsigned)menu->at);
}

void list_sort_menu(struct list *list)
{
        bool marked[256] = { false };
        struct menu *menu;

        if (!list->view || list->view->n_columns > 256)
                return;
        if (list->order.n)
                marked[list->order.column[0]] = true;
        menu = menu_open(list->page.ui, _("Sort by"), sort_chosen, list);
        add_columns(list, menu, marked, NULL, 0);
        menu->at = list->order.n ? list->order.column[0] : 0;
}

/* Whether just these columns are shown already. */
static bool are_shown(const struct list *list, const unsigned *columns, size_t n)
{
        unsigned shown[256];
        size_t n_shown = list_columns(list, list->snapshot, shown), i, k, found = 0;

        for (i = 0; i < n; i++)
                for (k = 0; k < n_shown; k++)
                        found += columns[i] == shown[k];
        return n == n_shown && found == n;
}

/* Marks in the menu are the columns to show, in declared order. A choice that changes nothing keeps theirs. */
static void columns_chosen(struct menu *menu, void *user)
{
        struct list *list = user;
        unsigned *columns = calloc(menu->n ? menu->n : 1, sizeof *columns);
        size_t i, n = 0;

        for (i = 0; columns && i < menu->n; i++)
                if (menu->items[i].marked)
                        columns[n++] = (unsigned)i;
        if (are_shown(list, columns, n)) {
                free(columns);
                return;
        }
        if (n == 0) { /* nothing chosen: the view's own again */
                free(columns);
                columns = NULL;
        }
        free(list->columns);
        list->columns = columns;
        list->n_columns = n;
        list->laid_out = false;
        list->skip = 0;
        list_set(&list->page, &(struct list_wish){ 0 });
}

void list_columns_menu(struct list *list)
{
        bool marked[256] = { false };
        unsigned shown[256];
        struct menu *menu;
        size_t i, n;

        if (!list->view || list->view->n_columns > 256)
                return;
        n = list_columns(list, list->snapshot, shown);
        for (i = 0; i < n; i++)
                marked[shown[i]] = true;
        menu = menu_open(list->page.ui, _("Columns"), columns_chosen, list);
        menu->marks = true;
        add_columns(list, menu, marked, shown, n);
}

/* An action belongs to the view whose rows fill its first argument. */
static bool is_of(const struct list *list, const struct rv_action *action)
{
        return action->view && strcmp(action->view, list->place.view) == 0;
}

bool list_has_actions(const struct list *list)
{
        uint32_t i;

        for (i = 0; list->plugin && i < list->plugin->n_actions; i++)
                if (is_of(list, &list->plugin->actions[i]))
                        return true;
        return false;
}

/* The nth action of this list's view. */
static const struct rv_action *nth_action(const struct list *list, size_t n)
{
        uint32_t i;

        for (i = 0; list->plugin && i < list->plugin->n_actions; i++)
                if (is_of(list, &list->plugin->actions[i]) && n-- == 0)
                        return &list->plugin->actions[i];
        return NULL;
}

/* An action is planned, shown and run by the command line; the screen says with which words. */
static void action_chosen(struct menu *menu, void *user)
{
        struct list *list = user;
        const struct rv_action *action = nth_action(list, menu->at);
        char number[24];
        RV_BUF_CLEANUP struct rv_buf words = { 0 };
        size_t i;

        if (!action)
                return;
        rv_buf_printf(&words, "%s %s", list->place.plugin, action->id);
        if (list->picks.n == 0) {
                rv_buf_add_char(&words, ' ');
                rv_word_quote(list_key(list, list->at, number), &words);
        }
        for (i = 0; i < list->picks.n; i++) {
                rv_buf_add_char(&words, ' ');
                rv_word_quote(list->picks.keys[i], &words);
        }
        ui_say_command(list->page.ui, "$ ", rv_buf_str(&words), NULL);
}

void list_actions_menu(struct list *list)
{
        struct menu *menu;
        const struct rv_action *action;
        size_t i;

        if (!list_has_actions(list)) {
                ui_note(list->page.ui, STYLE_PLAIN, _("this row has no action"));
                return;
        }
        menu = menu_open(list->page.ui, _("Actions"), action_chosen, list);
        for (i = 0; (action = nth_action(list, i)) != NULL; i++)
                menu_add(menu, rv_tr(rv_plugin_domain(list->plugin), action->title), false);
}
