/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens of the filter language. A value is cut more generously than a word before an operator: 1.0~rc1 and
 * python3dist(x) are values without quotes. */
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/model/filter.h"

static bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* In characters, since that is what a reader counts; a byte that is no UTF-8 is one. */
static size_t position(const struct filter_parser *parser, const char *at)
{
        const char *s = parser->start;
        size_t n = 1, length;
        uint32_t c;

        for (; s < at; s += length ? length : 1, n++)
                length = rv_utf8_decode(s, (size_t)(at - s), &c);
        return n;
}

int filter_fail(struct filter_parser *parser, const char *at, const char *msgid, const char *hint, const char *two,
                const char *three)
{
        char text[24];

        (void)snprintf(text, sizeof text, "%zu", position(parser, at));
        return rv_fail(parser->err, RV_USAGE, msgid, hint, text, two, three, NULL);
}

/* Only the quote itself and a backslash can be escaped, so Windows paths and regular expressions stay as typed. */
static int quoted(struct filter_parser *parser)
{
        char quote = *parser->at++, *text, *to;

        text = to = rv_arena_alloc(&parser->filter->arena, strlen(parser->at) + 1);
        if (!text)
                return rv_fail_memory(parser->err);
        for (; *parser->at && *parser->at != quote; parser->at++) {
                if (*parser->at == '\\' && (parser->at[1] == quote || parser->at[1] == '\\'))
                        parser->at++;
                *to++ = *parser->at;
        }
        if (!*parser->at)
                return filter_fail(parser, parser->token.at, N_("the filter at character %1: the quote is not closed"),
                                   NULL, NULL, NULL);
        parser->at++;
        parser->token.kind = T_QUOTED;
        parser->token.text = text;
        parser->token.size = (size_t)(to - text);
        return RV_OK;
}

/* A lone exclamation mark belongs to the word; before an equals sign it is an operator. */
static size_t word_length(const char *s)
{
        size_t n;

        for (n = 0; s[n] && !is_blank(s[n]) && !strchr("(),=<>~\"'", s[n]); n++)
                if (s[n] == '!' && s[n + 1] == '=')
                        break;
        return n;
}

/* Parentheses within a value count as long as they are balanced; a comma parts the values of a list. */
static size_t value_length(const char *s)
{
        size_t n, open = 0;

        for (n = 0; s[n] && !is_blank(s[n]); n++) {
                if (s[n] == '(')
                        open++;
                if ((s[n] == ')' || s[n] == ',') && open == 0)
                        break;
                if (s[n] == ')')
                        open--;
        }
        return n;
}

/* Longer signs come first in the table, else <= would be read as < and =. */
static bool operator(struct filter_parser *parser)
{
        static const struct {
                const char *text;
                enum filter_op op;
        } known[] = { { "!=", OP_NE }, { "<=", OP_LE }, { ">=", OP_GE }, { "==", OP_EQ },
                      { "=", OP_EQ },  { "<", OP_LT },  { ">", OP_GT },  { "~", OP_HAS } };
        size_t i, n;

        for (i = 0; i < sizeof known / sizeof *known; i++) {
                n = strlen(known[i].text);
                if (strncmp(parser->at, known[i].text, n) == 0) {
                        parser->token.kind = T_OP;
                        parser->token.op = known[i].op;
                        parser->at += n;
                        return true;
                }
        }
        return false;
}

/* The three marks that always stand for themselves. */
static bool punctuation(struct filter_parser *parser)
{
        static const char marks[] = "(),";
        const char *mark = *parser->at ? strchr(marks, *parser->at) : NULL;

        if (!mark)
                return false;
        parser->token.kind = mark == marks ? T_OPEN : *mark == ')' ? T_CLOSE : T_COMMA;
        parser->at++;
        return true;
}

/* The text is NUL-ended, so looking one character ahead is always safe. */
int filter_next(struct filter_parser *parser, bool value)
{
        size_t n;

        while (is_blank(*parser->at))
                parser->at++;
        parser->token = (struct filter_token){ .kind = T_END, .at = parser->at };
        if (!*parser->at || punctuation(parser))
                return RV_OK;
        if (*parser->at == '"' || *parser->at == '\'')
                return quoted(parser);
        if (!value && operator(parser))
                return RV_OK;
        n = value ? value_length(parser->at) : word_length(parser->at);
        parser->token.kind = T_WORD;
        parser->token.text = rv_arena_strndup(&parser->filter->arena, parser->at, n);
        parser->token.size = n;
        parser->at += n;
        return parser->token.text ? RV_OK : rv_fail_memory(parser->err);
}
