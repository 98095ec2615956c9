/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One line of text being typed. A filter is handed to its page at each key, a command when Enter ends it. */
#include "tui/curses/prompt.h"

#include <string.h>

#include "core/base/utf8.h"

enum { TEXT_LIMIT = 4096 };

static void set_text(struct prompt *prompt, const char *text)
{
        rv_buf_clear(&prompt->text);
        rv_buf_add_str(&prompt->text, text);
        prompt->at = prompt->text.size;
}

void prompt_open(struct ui *ui, char sign, const char *text)
{
        struct prompt *prompt = &ui->prompt;

        prompt->open = true;
        prompt->sign = sign;
        prompt->recall = prompt->n_history;
        rv_buf_clear(&prompt->before);
        rv_buf_add_str(&prompt->before, text);
        set_text(prompt, text);
}

void prompt_free(struct prompt *prompt)
{
        unsigned i;

        rv_buf_free(&prompt->text);
        rv_buf_free(&prompt->before);
        for (i = 0; i < prompt->n_history; i++)
                rv_buf_free(&prompt->history[i]);
}

/* The start of the character before a byte offset, and the end of the one behind it. */
static size_t before(const struct prompt *prompt, size_t at)
{
        const char *text = rv_buf_str(&prompt->text);

        while (at > 0 && ((unsigned char)text[--at] & 0xc0) == 0x80)
                ;
        return at;
}

static size_t behind(const struct prompt *prompt, size_t at)
{
        const char *text = rv_buf_str(&prompt->text);

        if (at < prompt->text.size)
                at++;
        while (at < prompt->text.size && ((unsigned char)text[at] & 0xc0) == 0x80)
                at++;
        return at;
}

/* Replaces the bytes from..to by n others and leaves the cursor behind them. */
static void replace(struct prompt *prompt, size_t from, size_t to, const char *bytes, size_t n)
{
        RV_BUF_CLEANUP struct rv_buf tail = { 0 };

        rv_buf_add(&tail, rv_buf_str(&prompt->text) + to, prompt->text.size - to);
        rv_buf_truncate(&prompt->text, from);
        rv_buf_add(&prompt->text, bytes, n);
        prompt->at = prompt->text.size;
        rv_buf_add(&prompt->text, rv_buf_str(&tail), tail.size);
}

static size_t word_start(const struct prompt *prompt)
{
        const char *text = rv_buf_str(&prompt->text);
        size_t at = prompt->at;

        while (at > 0 && text[at - 1] == ' ')
                at--;
        while (at > 0 && text[at - 1] != ' ')
                at--;
        return at;
}

/* Keys that change the text; false when the key is none of them. */
static bool edit(struct prompt *prompt, int key)
{
        char bytes[4];

        if (key == KEY_ERASE)
                replace(prompt, before(prompt, prompt->at), prompt->at, "", 0);
        else if (key == KEY_ERASE_NEXT)
                replace(prompt, prompt->at, behind(prompt, prompt->at), "", 0);
        else if (key == KEY_CTRL('u'))
                replace(prompt, 0, prompt->at, "", 0);
        else if (key == KEY_CTRL('k'))
                replace(prompt, prompt->at, prompt->text.size, "", 0);
        else if (key == KEY_CTRL('w'))
                replace(prompt, word_start(prompt), prompt->at, "", 0);
        else if (key < KEY_NOTHING && rv_char_printable((uint32_t)key) && prompt->text.size < TEXT_LIMIT)
                replace(prompt, prompt->at, prompt->at, bytes, rv_utf8_encode((uint32_t)key, bytes));
        else
                return false;
        return true;
}

/* Filters have no history: the one in force is edited. */
static void recall(struct prompt *prompt, int step)
{
        unsigned to = prompt->recall + (unsigned)step;

        if (prompt->sign != ':' || to > prompt->n_history)
                return;
        prompt->recall = to;
        set_text(prompt, to < prompt->n_history ? rv_buf_str(&prompt->history[to]) : "");
}

static void move(struct prompt *prompt, int key)
{
        if (key == KEY_ARROW_LEFT || key == KEY_CTRL('b'))
                prompt->at = before(prompt, prompt->at);
        else if (key == KEY_ARROW_RIGHT || key == KEY_CTRL('f'))
                prompt->at = behind(prompt, prompt->at);
        else if (key == KEY_TO_HOME || key == KEY_CTRL('a'))
                prompt->at = 0;
        else if (key == KEY_TO_END || key == KEY_CTRL('e'))
                prompt->at = prompt->text.size;
        else if (key == KEY_ARROW_UP || key == KEY_CTRL('p'))
                recall(prompt, -1);
        else if (key == KEY_ARROW_DOWN || key == KEY_CTRL('n'))
                recall(prompt, 1);
}

static void remember(struct prompt *prompt)
{
        const unsigned room = sizeof prompt->history / sizeof prompt->history[0];

        if (prompt->text.size == 0)
                return;
        if (prompt->n_history == room) {
                rv_buf_free(&prompt->history[0]);
                memmove(&prompt->history[0], &prompt->history[1], (room - 1) * sizeof prompt->history[0]);
                prompt->history[room - 1] = (struct rv_buf){ 0 };
                prompt->n_history--;
        }
        rv_buf_add_str(&prompt->history[prompt->n_history++], rv_buf_str(&prompt->text));
}

static bool find(struct ui *ui, const char *text, bool final)
{
        struct page *page = ui_page(ui);

        return !page || !page->kind->find || page->kind->find(page, text, final);
}

/* A wrong filter stays to be mended: rows that another one chose would pass for those that were asked for. */
static void accept(struct ui *ui)
{
        struct prompt *prompt = &ui->prompt;

        if (prompt->sign == '/') {
                prompt->open = !find(ui, rv_buf_str(&prompt->text), true);
                return;
        }
        prompt->open = false;
        remember(prompt);
        command_run(ui, rv_buf_str(&prompt->text));
}

/* Leaving a filter puts back the one that was in force. */
static void leave(struct ui *ui)
{
        ui->prompt.open = false;
        if (ui->prompt.sign == '/')
                (void)find(ui, rv_buf_str(&ui->prompt.before), true);
}

void prompt_key(struct ui *ui, int key)
{
        struct prompt *prompt = &ui->prompt;

        if (key == KEY_RETURN) {
                accept(ui);
        } else if (key == KEY_ESCAPE || key == KEY_CTRL('c') || (key == KEY_ERASE && prompt->text.size == 0)) {
                leave(ui);
        } else if (key == KEY_TABULATOR && prompt->sign == ':') {
                command_complete(ui, prompt);
        } else if (edit(prompt, key)) {
                if (prompt->sign == '/')
                        (void)find(ui, rv_buf_str(&prompt->text), false);
        } else {
                move(prompt, key);
        }
}

/* One cell behind the text is kept for the cursor. */
void prompt_draw(struct ui *ui, const struct area *line, int *ret_x)
{
        struct prompt *prompt = &ui->prompt;
        const char *text = rv_buf_str(&prompt->text);
        char sign[3] = { prompt->sign, prompt->sign == '/' ? ' ' : '\0' };
        int lead = (int)strlen(sign), room = line->w - lead - 1;
        size_t from = 0;

        /* What stands before the cursor is scrolled away until the cursor is in sight. */
        while (from < prompt->at && (int)rv_text_width(text + from, prompt->at - from) > room)
                from = behind(prompt, from);
        draw_text(&ui->term, line->y, line->x, line->w, sign, STYLE_PLAIN);
        draw_text(&ui->term, line->y, line->x + lead, line->w - lead, text + from, STYLE_PLAIN);
        *ret_x = line->x + lead + (int)rv_text_width(text + from, prompt->at - from);
}
