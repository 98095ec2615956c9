/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The loop of line mode: read a line, do what it says, until `quit`, the end of input or a terminal that has gone. */
#include "tui/line/line.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "tui/line/page.h"
#include "tui/present/command.h"
#include "tui/present/say.h"
#include "tui/present/text.h"

enum { LINE_LIMIT = 64 * 1024, CLOSED = 141 };

struct shell {
        const struct rv_line *line;
        struct rv_pages pages;
        struct rv_buf out, input;
        size_t taken; /* bytes of input that were read as lines */
        bool quit, ended;
        int status;
};

/* On standard error, as in batch mode: a screen reader's user may send it elsewhere. */
static void complain(struct shell *shell, const struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        shell->status = err->code;
        rv_tr_error(err, &text);
        rv_say(&text);
}

/* Sends what has gathered; a terminal that cannot be written to ends the loop. */
static void send(struct shell *shell)
{
        int r = rv_write_all(STDOUT_FILENO, rv_buf_str(&shell->out), shell->out.size);

        rv_buf_clear(&shell->out);
        if (r == 0)
                return;
        shell->quit = true;
        shell->status = r == -EPIPE || r == -EIO ? CLOSED : RV_OUTPUT;
}

/* Reads until there is a whole line; the last one may lack its newline. NULL at the end of input. */
static char *read_line(struct shell *shell, struct rv_err *err)
{
        struct rv_buf *in = &shell->input;
        char piece[4096], *newline;
        ssize_t n;

        for (;;) {
                newline =
                        in->size > shell->taken ? memchr(in->data + shell->taken, '\n', in->size - shell->taken) : NULL;
                if (newline || (shell->ended && in->size > shell->taken)) {
                        char *line = in->data + shell->taken;

                        shell->taken = newline ? (size_t)(newline - in->data) + 1 : in->size;
                        if (newline)
                                *newline = '\0';
                        return line;
                }
                if (shell->ended)
                        return NULL;
                if (in->failed || in->size - shell->taken > LINE_LIMIT) {
                        (void)!rv_fail(err, RV_USAGE, N_("the line is too long"), NULL, NULL);
                        return NULL;
                }
                if (shell->taken) {
                        memmove(in->data, in->data + shell->taken, in->size - shell->taken);
                        rv_buf_truncate(in, in->size - shell->taken);
                        shell->taken = 0;
                }
                n = read(STDIN_FILENO, piece, sizeof piece);
                if (n > 0)
                        rv_buf_add(in, piece, (size_t)n);
                else if (n == 0 || errno != EINTR)
                        shell->ended = true;
        }
}

/* Wrapped at blanks: a word that the terminal breaks is read to its user as two. */
static void show_help(struct shell *shell)
{
        const char *text =
                _("a number opens that row; more (or an empty line) shows the next rows; back returns\n"
                  "where EXPR keeps rows that match, where alone all; sort [-]COLUMN; columns A,B,C; reload\n"
                  "PLUGIN VIEW, show PLUGIN ROW, status, jobs and every other command of reeve; quit\n"
                  "of the screen's keys / s c q do the same here; w is not needed, for each line is such a command\n");
        size_t left = strlen(text), next, line;

        while (left) {
                line = rv_text_wrap(text, left, rv_pages_width(&shell->pages), &next);
                rv_buf_add(&shell->out, text, line);
                rv_buf_add_char(&shell->out, '\n');
                text += next;
                left -= next;
        }
}

/* Row numbers only: a sign or a decimal point is somebody's search word. */
static int to_number(const char *word)
{
        char *end;
        long n = strtol(word, &end, 10);

        return *word && !*end && n > 0 && n < 100000000 ? (int)n : 0;
}

/* The rest of the line as it stands, or as the one word that it is in quotes, as behind --where; NULL: nothing. */
static const char *expression(const char **words, size_t n, const char *rest)
{
        if (n == 2 && words[0][0] != '/')
                return words[1];
        return *rest ? rest : NULL;
}

/* The words that only line mode knows, called as the options that do the same; find, /, s and c are what fingers know;
 * false when the word is none of them. */
static bool own_word(struct shell *shell, const char **words, size_t n, const char *rest, struct rv_err *err)
{
        struct rv_pages *pages = &shell->pages;
        int number = n == 1 ? to_number(words[0]) : 0;

        if (number)
                (void)!rv_pages_open(pages, (size_t)number, err);
        else if (strcmp(words[0], "more") == 0)
                rv_pages_more(pages);
        else if (strcmp(words[0], "back") == 0)
                (void)!rv_pages_back(pages, err);
        else if (words[0][0] == '/' || strcmp(words[0], "where") == 0 || strcmp(words[0], "find") == 0)
                (void)!rv_pages_change(pages, RV_CHANGE_WHERE, expression(words, n, rest), err);
        else if ((strcmp(words[0], "sort") == 0 || strcmp(words[0], "s") == 0) && n <= 2)
                (void)!rv_pages_change(pages, RV_CHANGE_SORT, n == 2 ? words[1] : NULL, err);
        else if ((strcmp(words[0], "columns") == 0 || strcmp(words[0], "c") == 0) && n <= 2)
                (void)!rv_pages_change(pages, RV_CHANGE_COLUMNS, n == 2 ? words[1] : NULL, err);
        else if (strcmp(words[0], "reload") == 0)
                (void)!rv_pages_change(pages, RV_CHANGE_RELOAD, NULL, err);
        else if (strcmp(words[0], "help") == 0 && n == 1)
                show_help(shell);
        else if (strcmp(words[0], "quit") == 0 || strcmp(words[0], "exit") == 0 || strcmp(words[0], "q") == 0)
                shell->quit = true;
        else
                return false;
        return true;
}

/* A view becomes a page; everything else is batch mode's. */
static void command(struct shell *shell, const char **words, size_t n, struct rv_err *err)
{
        if (strcmp(words[0], "shell") == 0 || strcmp(words[0], "ui") == 0) {
                (void)!rv_fail(err, RV_USAGE, N_("%1: this is line mode already"), NULL, words[0], NULL);
                return;
        }
        if (rv_pages_is_view(&shell->pages, words, n)) {
                (void)!rv_pages_push(&shell->pages, words, n, err);
                return;
        }
        send(shell);
        shell->status = shell->line->run(shell->line->user, words, n);
        if (shell->status == CLOSED || shell->status == RV_OUTPUT)
                shell->quit = true;
}

/* The key that helps on the screen. */
static void help(struct shell *shell, const char **words, size_t n, struct rv_err *err)
{
        words[0] = "help";
        if (!own_word(shell, words, n, "", err))
                command(shell, words, n, err);
}

/* The status is the line's, so that a script on standard input ends with its last one. */
static void handle(struct shell *shell, const char *text)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        const char **words, *rest = text + strcspn(text, " \t");
        size_t n;

        shell->status = RV_OK;
        if (rv_words_split(text, &arena, &words, &n, &err) == RV_OK) {
                rest += strspn(rest, " \t");
                if (n == 0)
                        rv_pages_more(&shell->pages);
                else if (strcmp(words[0], "?") == 0)
                        help(shell, words, n, &err);
                else if (words[0][0] != '#' && !own_word(shell, words, n, words[0][0] == '/' ? text + 1 : rest, &err))
                        command(shell, words, n, &err);
        }
        if (shell->pages.status)
                shell->status = shell->pages.status;
        shell->pages.status = RV_OK;
        send(shell);
        if (err.code)
                complain(shell, &err);
}

static void welcome(struct shell *shell)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };

        rv_buf_add_str(&shell->out, _("reeve in line mode: help lists the words, quit leaves\n"));
        if (rv_pages_push(&shell->pages, shell->line->first, shell->line->n_first, &err) != RV_OK)
                complain(shell, &err);
}

/* Blanks at the end go: a line pasted with its carriage return is the same line. */
int rv_line_main(const struct rv_line *line)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct shell shell = { .line = line };
        char *text, *end;

        rv_pages_init(&shell.pages, line, &shell.out);
        if (line->terminal)
                welcome(&shell);
        while (!shell.quit) {
                if (line->terminal)
                        rv_buf_add_str(&shell.out, "reeve> ");
                send(&shell);
                text = shell.quit ? NULL : read_line(&shell, &err);
                if (err.code)
                        complain(&shell, &err);
                if (!text)
                        break;
                text += strspn(text, " \t");
                end = text + strlen(text);
                while (end > text && isspace((unsigned char)end[-1]))
                        *--end = '\0';
                handle(&shell, text);
        }
        if (line->terminal && shell.ended)
                (void)!rv_write_all(STDOUT_FILENO, "\n", 1);
        rv_pages_free(&shell.pages);
        rv_buf_free(&shell.out);
        rv_buf_free(&shell.input);
        return line->terminal && shell.status != RV_OUTPUT ? RV_OK : shell.status;
}
