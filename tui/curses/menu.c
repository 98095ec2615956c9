/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A menu: moved in like a list, chosen from by Enter or the item's digit, left by q and Esc. */
#include "tui/curses/menu.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"

struct menu *menu_open(struct ui *ui, const char *title, void (*chosen)(struct menu *menu, void *user), void *user)
{
        menu_close(&ui->menu);
        ui->menu = (struct menu){ .open = true, .title = strdup(title), .chosen = chosen, .user = user };
        return &ui->menu;
}

/* Without memory the item is left out; there is nothing better to do on a screen. */
void menu_add(struct menu *menu, const char *text, bool marked)
{
        struct menu_item *items = reallocarray(menu->items, menu->n + 1, sizeof *items);

        if (!items)
                return;
        menu->items = items;
        items[menu->n].text = strdup(text);
        items[menu->n].marked = marked;
        if (items[menu->n].text)
                menu->n++;
}

void menu_close(struct menu *menu)
{
        size_t i;

        for (i = 0; i < menu->n; i++)
                free(menu->items[i].text);
        free(menu->items);
        free(menu->title);
        *menu = (struct menu){ 0 };
}

static void choose(struct ui *ui)
{
        struct menu menu = ui->menu;

        /* What is chosen may open another menu, so this one is out of the way first. */
        ui->menu = (struct menu){ 0 };
        if (menu.n)
                menu.chosen(&menu, menu.user);
        menu_close(&menu);
}

static void by_digit(struct ui *ui, size_t item)
{
        struct menu *menu = &ui->menu;

        if (item >= menu->n)
                return;
        menu->at = item;
        if (menu->marks)
                menu->items[item].marked = !menu->items[item].marked;
        else
                choose(ui);
}

/* A menu is moved in with the keys of a list. */
void menu_key(struct ui *ui, int key)
{
        struct menu *menu = &ui->menu;
        enum act act = key_act(key);

        if (menu->n == 0 || act == ACT_BACK || act == ACT_ESCAPE || act == ACT_STOP)
                menu_close(menu);
        else if (act == ACT_UP && menu->at > 0)
                menu->at--;
        else if (act == ACT_DOWN && menu->at + 1 < menu->n)
                menu->at++;
        else if (act == ACT_HOME || act == ACT_PAGE_UP)
                menu->at = 0;
        else if (act == ACT_END || act == ACT_PAGE_DOWN)
                menu->at = menu->n - 1;
        else if (act == ACT_SELECT && menu->marks)
                menu->items[menu->at].marked = !menu->items[menu->at].marked;
        else if (act == ACT_OPEN || (act == ACT_SELECT && !menu->marks))
                choose(ui);
        else if (act == ACT_TAB)
                by_digit(ui, (size_t)(key - '1'));
}

static void draw_item(struct ui *ui, const struct menu *menu, size_t i, const struct area *box, int y)
{
        const struct menu_item *item = &menu->items[i];
        char lead[5] = "    ";

        lead[0] = i == menu->at ? '>' : ' ';
        lead[1] = item->marked ? '*' : ' ';
        lead[2] = i < 9 ? (char)('1' + i) : ' ';
        draw_text(&ui->term, y, box->x + 1, box->w - 2, lead, STYLE_PLAIN);
        draw_text(&ui->term, y, box->x + 5, box->w - 6, item->text, STYLE_PLAIN);
        if (i == menu->at)
                draw_style(&ui->term, y, box->x + 1, box->w - 2, STYLE_CURSOR);
}

/* In the middle of the page, as large as its items need. */
void menu_draw(struct ui *ui, const struct area *screen, int *ret_y, int *ret_x)
{
        struct menu *menu = &ui->menu;
        struct area box = *screen;
        size_t i, rows, width = rv_text_width(menu->title, strlen(menu->title)) + 4;

        for (i = 0; i < menu->n; i++)
                if (rv_text_width(menu->items[i].text, strlen(menu->items[i].text)) + 8 > width)
                        width = rv_text_width(menu->items[i].text, strlen(menu->items[i].text)) + 8;
        rows = menu->n + 2;
        box.w = (int)width < screen->w ? (int)width : screen->w;
        box.h = (int)rows < screen->h ? (int)rows : screen->h;
        box.x = screen->x + (screen->w - box.w) / 2;
        box.y = screen->y + (screen->h - box.h) / 2;
        rows = box.h > 2 ? (size_t)(box.h - 2) : 1;
        if (menu->at < menu->top)
                menu->top = menu->at;
        if (menu->at >= menu->top + rows)
                menu->top = menu->at - rows + 1;
        draw_box(&ui->term, &box);
        draw_text(&ui->term, box.y, box.x + 2, box.w - 4, menu->title, STYLE_TITLE);
        for (i = menu->top; i < menu->n && i < menu->top + rows; i++)
                draw_item(ui, menu, i, &box, box.y + 1 + (int)(i - menu->top));
        *ret_y = box.y + 1 + (int)(menu->at - menu->top);
        *ret_x = box.x + 1;
}
