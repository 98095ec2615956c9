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

/* What no shell and no splitter gives a meaning to. */
static bool plain(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("_-+./:,=@%^", c);
}

void rv_word_quote(const char *word, struct rv_buf *out)
{
        const char *at;

        for (at = word; *at && plain(*at); at++)
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
