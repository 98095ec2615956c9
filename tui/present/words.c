/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines as words and words as lines, in the shell's quoting without its expansions. */
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "tui/present/command.h"

struct splitter {
        const char *at;
        struct rv_buf word;
        char quote;
        bool in_word;
};

/* Takes one character or one escape into the word; false at the end of the word or line. */
static bool step(struct splitter *s)
{
        char c = *s->at;

        if (c == '\0')
                return false;
        if (s->quote) {
                if (c == s->quote)
                        s->quote = '\0';
                else if (c == '\\' && s->quote == '"' && strchr("\"\\$`", s->at[1]) && s->at[1])
                        rv_buf_add_char(&s->word, *++s->at);
                else
                        rv_buf_add_char(&s->word, c);
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                if (s->in_word)
                        return false;
        } else if (c == '\'' || c == '"') {
                s->quote = c;
                s->in_word = true;
        } else {
                if (c == '\\' && s->at[1])
                        c = *++s->at;
                rv_buf_add_char(&s->word, c);
                s->in_word = true;
        }
        s->at++;
        return true;
}

/* The next word into the arena, NULL at the end of the line or without memory (then *failed). */
static const char *next_word(struct splitter *s, struct rv_arena *arena, bool *failed)
{
        const char *word;

        rv_buf_clear(&s->word);
        s->in_word = false;
        while (step(s))
                continue;
        if (!s->in_word)
                return NULL;
        word = rv_arena_strndup(arena, rv_buf_str(&s->word), s->word.size);
        *failed = !word || s->word.failed;
        return word;
}

int rv_words_split(const char *line, struct rv_arena *arena, const char ***ret_words, size_t *ret_n, struct rv_err *err)
{
        /* A word takes at least one character and one blank. */
        size_t room = strlen(line) / 2 + 2, n = 0;
        const char **words = rv_arena_alloc(arena, room * sizeof *words), *word;
        struct splitter s = { .at = line };
        bool failed = false;

        if (!words)
                return rv_fail_memory(err);
        while ((word = next_word(&s, arena, &failed)))
                words[n++] = word;
        rv_buf_free(&s.word);
        if (failed)
                return rv_fail_memory(err);
        if (s.quote)
                return rv_fail(err, RV_USAGE, N_("the quote at the end of the line is not closed: %1"), NULL, line,
                               NULL);
        *ret_words = words;
        *ret_n = n;
        return RV_OK;
}

/* What no shell and no splitter gives a meaning to. A tilde has one only where a path may begin; in a version (1.0~rc1)
 * it is a character like others. */
static bool plain(const char *word, const char *at)
{
        const char c = *at;

        if (c == '~')
                return at > word && !strchr("=:", at[-1]);
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("_-+./:,=@%^", c);
}

/* The length of the word at `at`, its quotes and escapes included. */
static size_t word_length(const char *at)
{
        bool quoted = false;
        size_t n;

        for (n = 0; at[n] && (quoted || at[n] != ' '); n++)
                if (at[n] == '\'')
                        quoted = !quoted;
                else if (at[n] == '\\' && !quoted && at[n + 1])
                        n++;
        return n;
}

enum { UNBROKEN = 8 }; /* bytes that stay together: a character, or the quoting of a quote; and the end of a line */

/* One word that is longer than a line. A backslash joins lines outside quotes only, so a quote is closed before it. */
static size_t break_word(const char *word, size_t n, size_t used, size_t width, struct rv_buf *out)
{
        bool quoted = false;
        size_t i;

        for (i = 0; i < n; i++, used++) {
                if (used + UNBROKEN > width && ((unsigned char)word[i] & 0xc0) != 0x80 && word[i] != '\'') {
                        rv_buf_add_str(out, quoted ? "'\\\n'" : "\\\n");
                        used = quoted;
                }
                quoted ^= word[i] == '\'';
                rv_buf_add_char(out, word[i]);
                if (word[i] == '\\' && !quoted && i + 1 < n)
                        rv_buf_add_char(out, word[++i]);
        }
        return used;
}

void rv_words_fold(const char *line, size_t width, struct rv_buf *out)
{
        static const char indent[] = "    ";
        size_t used = 0, n;

        while (*line) {
                if (*line == ' ') {
                        line++;
                        continue;
                }
                n = word_length(line);
                if (used && (strncmp(line, "--", 2) == 0 || used + 1 + n + 2 > width)) {
                        rv_buf_add_str(out, " \\\n");
                        rv_buf_add_str(out, indent);
                        used = strlen(indent);
                } else if (used) {
                        rv_buf_add_char(out, ' ');
                        used++;
                }
                used = break_word(line, n, used, width, out);
                line += n;
        }
}

void rv_word_quote(const char *word, struct rv_buf *out)
{
        const char *at;

        for (at = word; *at && plain(word, at); at++)
                continue;
        if (*word && !*at) {
                rv_buf_add_str(out, word);
                return;
        }
        rv_buf_add_char(out, '\'');
        for (at = word; *at; at++)
                if (*at == '\'')
                        rv_buf_add_str(out, "'\\''");
                else
                        rv_buf_add_char(out, *at);
        rv_buf_add_char(out, '\'');
}
