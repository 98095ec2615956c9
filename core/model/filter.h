/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the filter language share: tokens, the compiled tree, and the parser's state.
 * Ownership: everything lies in the filter's arena. Private to core/model/filter*.c. */
#ifndef REEVE_MODEL_FILTER_H
#define REEVE_MODEL_FILTER_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/rows.h"

enum { FILTER_LENGTH = 4096, FILTER_DEPTH = 64, FILTER_COLUMNS = 256 };

enum filter_op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_HAS, OP_IN };

struct filter_value {
        struct filter_value *next;
        const char *text;
        size_t size;
        int64_t low, high; /* numbers, sizes, times, durations, bools: what it covers, both ends included */
        bool null, glob;
};

/* column op value, or column in (value, ...). An enum's test is worked out beforehand, for each index. */
struct filter_test {
        unsigned column;
        uint32_t type;
        enum filter_op op;
        struct filter_value *values;
        const bool *set;
        uint32_t n_set;
};

enum filter_kind { FILTER_AND, FILTER_OR, FILTER_NOT, FILTER_TEST, FILTER_WORD };

/* AND and OR have any number of children (none: AND is true). */
struct filter_node {
        enum filter_kind kind;
        struct filter_node *child, *next;
        struct filter_test test;   /* TEST */
        struct filter_value *word; /* WORD */
};

struct rv_filter {
        struct rv_arena arena;
        struct filter_node *root;
        unsigned text_columns[FILTER_COLUMNS]; /* what a bare word looks at */
        unsigned n_text_columns;
        uint64_t reads[FILTER_COLUMNS / 64];
};

enum filter_token_kind { T_END, T_OPEN, T_CLOSE, T_COMMA, T_OP, T_WORD, T_QUOTED };

struct filter_token {
        enum filter_token_kind kind;
        enum filter_op op;
        const char *at;   /* where it starts in the filter's text */
        const char *text; /* a word's own bytes, without quotes */
        size_t size;
};

struct filter_parser {
        struct rv_filter *filter;
        const char *start, *at; /* the text, and what is left of it */
        const struct rv_view *view;
        int64_t now;
        unsigned depth;
        struct filter_token token;
        struct rv_err *err;
};

/* The next token becomes parser->token; where a value is expected, operators and balanced parentheses are part of it.
 */
int filter_next(struct filter_parser *parser, bool value) RV_CHECK;
/* Fills in the value of the current token (T_WORD or T_QUOTED) for the test's column and operator; a span may change
 * the operator. */
int filter_value(struct filter_parser *parser, struct filter_test *test, struct filter_value **ret) RV_CHECK;
/* Works out an enum's test for each index; the other types need nothing. */
int filter_finish_test(struct filter_parser *parser, struct filter_test *test) RV_CHECK;
/* RV_USAGE. %1 is the position of `at` (characters, from 1), %2.. are the others. */
int filter_fail(struct filter_parser *parser, const char *at, const char *msgid, const char *hint, const char *two,
                const char *three) RV_CHECK;
int filter_compile_text(struct filter_parser *parser) RV_CHECK;

#endif
