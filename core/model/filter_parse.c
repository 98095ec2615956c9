/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of the filter language:
 *   or   = and { "or" and }
 *   and  = not { "and" not }
 *   not  = "not" not | "(" or ")" | column op value | column "in" "(" value { "," value } ")" | word
 * Descends by nesting only: a long chain is one node with many children. */
#include <string.h>

#include "core/base/glob.h"
#include "core/model/filter.h"
#include "core/model/rows.h"

static int parse_or(struct filter_parser *parser, struct filter_node **ret);

/* Keywords are lower case and lose their meaning in quotes. */
static bool is_keyword(const struct filter_token *token, const char *word)
{
        return token->kind == T_WORD && strcmp(token->text, word) == 0;
}

static const char sign_expected[] = N_("the filter at character %1: %2 is expected here");
static const char value_expected[] = N_("the filter at character %1: a value is expected here");

static bool is_reserved(const struct filter_token *token)
{
        return is_keyword(token, "and") || is_keyword(token, "or") || is_keyword(token, "not") ||
               is_keyword(token, "in");
}

static struct filter_node *new_node(struct filter_parser *parser, enum filter_kind kind)
{
        struct filter_node *node = rv_arena_alloc(&parser->filter->arena, sizeof *node);

        if (node)
                node->kind = kind;
        return node;
}

/* what: the sign or words that would have fitted, if the message names any; they are part of the language and are not
 * translated. */
static int unexpected(struct filter_parser *parser, const char *at, const char *msgid, const char *what)
{
        return filter_fail(parser, at, msgid,
                           N_("write conditions as column = value or as a word, joined by and, or, not; put text with "
                              "blanks or signs in quotes"),
                           what, NULL);
}

/* Ids only: titles depend on the reader's language, and a script must not. */
static int find_column(struct filter_parser *parser, const struct filter_token *name, unsigned *ret)
{
        RV_BUF_CLEANUP struct rv_buf ids = { 0 };
        unsigned i;

        for (i = 0; i < parser->view->n_columns && i < FILTER_COLUMNS; i++) {
                if (strcmp(parser->view->columns[i].id, name->text) == 0) {
                        *ret = i;
                        return RV_OK;
                }
        }
        rv_columns_near(parser->view, name->text, &ids);
        return filter_fail(parser, name->at, N_("the filter at character %1: there is no column %2"),
                           N_("choose from %3"), name->text, rv_buf_str(&ids));
}

/* Values of a list obey the same rules as a single one after =. */
static int parse_list(struct filter_parser *parser, struct filter_test *test)
{
        struct filter_value **end = &test->values;
        int r;

        if (parser->token.kind != T_OPEN)
                return unexpected(parser, parser->token.at, sign_expected, "(");
        do {
                r = filter_next(parser, true);
                if (r)
                        return r;
                if (parser->token.kind != T_WORD && parser->token.kind != T_QUOTED)
                        return unexpected(parser, parser->token.at, value_expected, NULL);
                r = filter_value(parser, test, end);
                if (!r)
                        r = filter_next(parser, true);
                if (r)
                        return r;
                end = &(*end)->next;
        } while (parser->token.kind == T_COMMA);
        if (parser->token.kind != T_CLOSE)
                return unexpected(parser, parser->token.at, sign_expected, ", or )");
        return filter_next(parser, false);
}

/* The current token is what follows the column's name: an operator, or "in". */
static int parse_test(struct filter_parser *parser, const struct filter_token *name, struct filter_node **ret)
{
        struct filter_node *node = new_node(parser, FILTER_TEST);
        bool in = parser->token.kind == T_WORD;
        struct filter_test *test;
        int r;

        if (!node)
                return rv_fail_memory(parser->err);
        test = &node->test;
        test->op = in ? OP_IN : parser->token.op;
        r = find_column(parser, name, &test->column);
        if (r)
                return r;
        test->type = parser->view->columns[test->column].type;
        parser->filter->reads[test->column / 64] |= UINT64_C(1) << test->column % 64;
        r = filter_next(parser, !in);
        if (r)
                return r;
        if (in) {
                r = parse_list(parser, test);
        } else {
                if (parser->token.kind != T_WORD && parser->token.kind != T_QUOTED)
                        return unexpected(parser, parser->token.at, value_expected, NULL);
                r = filter_value(parser, test, &test->values);
                if (!r)
                        r = filter_next(parser, false);
        }
        if (!r)
                r = filter_finish_test(parser, test);
        if (!r)
                *ret = node;
        return r;
}

/* A word reads every text column, which is how the loader knows what to fill. */
static int make_word(struct filter_parser *parser, const struct filter_token *token, struct filter_node **ret)
{
        struct filter_node *node = new_node(parser, FILTER_WORD);
        struct filter_value *word = rv_arena_alloc(&parser->filter->arena, sizeof *word);
        unsigned i, column;

        if (!node || !word)
                return rv_fail_memory(parser->err);
        word->text = token->text;
        word->size = token->size;
        word->glob = token->kind == T_WORD && rv_is_glob(token->text);
        node->word = word;
        for (i = 0; i < parser->filter->n_text_columns; i++) {
                column = parser->filter->text_columns[i];
                parser->filter->reads[column / 64] |= UINT64_C(1) << column % 64;
        }
        *ret = node;
        return RV_OK;
}

/* An open parenthesis is reported where it was opened: its missing partner has no place. */
static int parse_group(struct filter_parser *parser, struct filter_node **ret)
{
        const char *open = parser->token.at;
        int r = filter_next(parser, false);

        if (!r)
                r = parse_or(parser, ret);
        if (r)
                return r;
        if (parser->token.kind == T_END)
                return filter_fail(parser, open, N_("the filter at character %1: the parenthesis is not closed"), NULL,
                                   NULL, NULL);
        if (parser->token.kind != T_CLOSE)
                return unexpected(parser, parser->token.at, sign_expected, "and, or, )");
        return filter_next(parser, false);
}

/* Whether the first word is a column shows only in what follows it. */
static int parse_condition(struct filter_parser *parser, struct filter_node **ret)
{
        struct filter_token first = parser->token;
        int r;

        if (first.kind == T_OPEN)
                return parse_group(parser, ret);
        if ((first.kind != T_WORD && first.kind != T_QUOTED) || is_reserved(&first))
                return unexpected(parser, first.at, N_("the filter at character %1: a condition is expected here"),
                                  NULL);
        r = filter_next(parser, false);
        if (r)
                return r;
        if (first.kind == T_WORD && (parser->token.kind == T_OP || is_keyword(&parser->token, "in")))
                return parse_test(parser, &first, ret);
        return make_word(parser, &first, ret);
}

/* Every way of nesting passes here, so the one limit on depth is here too. */
static int parse_not(struct filter_parser *parser, struct filter_node **ret)
{
        struct filter_node *node;
        int r;

        if (parser->depth >= FILTER_DEPTH)
                return filter_fail(parser, parser->token.at, N_("the filter at character %1: it is nested too deeply"),
                                   NULL, NULL, NULL);
        parser->depth++;
        if (is_keyword(&parser->token, "not")) {
                node = new_node(parser, FILTER_NOT);
                r = node ? filter_next(parser, false) : rv_fail_memory(parser->err);
                if (!r)
                        r = parse_not(parser, &node->child);
                if (!r)
                        *ret = node;
        } else {
                r = parse_condition(parser, ret);
        }
        parser->depth--;
        return r;
}

static int parse_and(struct filter_parser *parser, struct filter_node **ret);

/* Operands of one level joined by a word; a single one stands for itself. */
static int parse_chain(struct filter_parser *parser, enum filter_kind kind, struct filter_node **ret)
{
        const char *join = kind == FILTER_OR ? "or" : "and";
        struct filter_node *first = NULL, **end = &first, *node;
        int r;

        for (;;) {
                r = kind == FILTER_OR ? parse_and(parser, end) : parse_not(parser, end);
                if (r)
                        return r;
                if (!is_keyword(&parser->token, join))
                        break;
                end = &(*end)->next;
                r = filter_next(parser, false);
                if (r)
                        return r;
        }
        *ret = first;
        if (!first->next)
                return RV_OK;
        node = new_node(parser, kind);
        if (!node)
                return rv_fail_memory(parser->err);
        node->child = first;
        *ret = node;
        return RV_OK;
}

static int parse_and(struct filter_parser *parser, struct filter_node **ret)
{
        return parse_chain(parser, FILTER_AND, ret);
}

static int parse_or(struct filter_parser *parser, struct filter_node **ret)
{
        return parse_chain(parser, FILTER_OR, ret);
}

int filter_compile_text(struct filter_parser *parser)
{
        int r = filter_next(parser, false);

        if (r)
                return r;
        if (parser->token.kind == T_END) { /* nothing is asked: every row fits */
                parser->filter->root = new_node(parser, FILTER_AND);
                return parser->filter->root ? RV_OK : rv_fail_memory(parser->err);
        }
        r = parse_or(parser, &parser->filter->root);
        if (!r && parser->token.kind != T_END)
                r = unexpected(parser, parser->token.at, sign_expected, "and, or");
        return r;
}
