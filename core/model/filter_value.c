/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of the filter language, by the type of the column that they are compared with. Whatever has an order becomes
 * an interval of numbers, so that matching a row is one comparison. */
#include <string.h>

#include "core/base/fold.h"
#include "core/base/glob.h"
#include "core/base/time.h"
#include "core/model/filter.h"

enum { MINUTE = 60, DAY = 86400, DATE = 10, TO_MINUTE = 16, FINEST = 1000000000 };

static bool parse_int(const char *s, int64_t *ret)
{
        bool negative = *s == '-';
        int64_t value = 0;

        s += *s == '-' || *s == '+';
        if (!*s)
                return false;
        for (; *s; s++) {
                if (*s < '0' || *s > '9' || __builtin_mul_overflow(value, 10, &value) ||
                    __builtin_sub_overflow(value, *s - '0', &value)) /* downwards: INT64_MIN has no positive */
                        return false;
        }
        if (!negative && value == INT64_MIN)
                return false;
        *ret = negative ? value : -value;
        return true;
}

/* "10M", "1.5g", "512KiB", "4096": K M G T are binary, in either case. */
static bool parse_size(const char *s, int64_t *ret)
{
        static const char units[] = "kmgt";
        int64_t whole = 0, part = 0, scale = 1, unit = 1;
        const char *at = s, *known;

        for (; *at >= '0' && *at <= '9'; at++)
                if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, *at - '0', &whole))
                        return false;
        if (at == s)
                return false;
        if (*at == '.')
                for (at++; *at >= '0' && *at <= '9'; at++)
                        if (scale < FINEST) { /* further digits are less than a byte, or nearly */
                                part = part * 10 + (*at - '0');
                                scale *= 10;
                        }
        known = *at ? strchr(units, *at | 0x20) : NULL;
        if (known) {
                unit = INT64_C(1) << 10 * (known - units + 1);
                at++;
                at += strcmp(at, "iB") == 0 ? 2 : 0;
        }
        return !*at && !__builtin_mul_overflow(whole, unit, &whole) &&
               !__builtin_add_overflow(whole, part * (unit / scale) + part * (unit % scale) / scale, ret);
}

/* Words for people and digits for scripts. */
static bool parse_bool(const char *s, int64_t *ret)
{
        *ret = strcmp(s, "true") == 0 || strcmp(s, "yes") == 0 || strcmp(s, "1") == 0;
        return *ret || strcmp(s, "false") == 0 || strcmp(s, "no") == 0 || strcmp(s, "0") == 0;
}

/* A date is its whole day, a time without seconds its minute. */
static bool parse_date(struct filter_value *value)
{
        if (!rv_time_parse(value->text, value->size, &value->low))
                return false;
        value->high = value->low;
        if (value->size == DATE)
                value->high += DAY - 1;
        else if (value->size == TO_MINUTE || (value->size == TO_MINUTE + 1 && value->text[TO_MINUTE] == 'Z'))
                value->high += MINUTE - 1;
        return true;
}

/* A declaration does not say which way a time looks; the id does: what expires is asked about beforehand. */
static bool looks_ahead(const struct rv_column *column)
{
        return strncmp(column->id, "expires", 7) == 0;
}

/* A span measures from now: forward for what expires ("< 30d": due within, and not past), else back ("< 7d": an age
 * below). Both become an interval or a bound of absolute time. */
static bool apply_span(const struct filter_parser *parser, struct filter_test *test, int64_t span,
                       struct filter_value *value)
{
        static const enum filter_op turned[] = { [OP_LT] = OP_GT, [OP_LE] = OP_GE, [OP_GT] = OP_LT, [OP_GE] = OP_LE };
        bool within = test->op == OP_LT || test->op == OP_LE;

        if (test->op < OP_LT || test->op > OP_GE)
                return false;
        if (!looks_ahead(&parser->view->columns[test->column])) {
                if (__builtin_sub_overflow(parser->now, span, &value->low))
                        value->low = INT64_MIN;
                value->high = value->low;
                test->op = turned[test->op];
                return true;
        }
        if (__builtin_add_overflow(parser->now, span, &value->high))
                value->high = INT64_MAX;
        value->low = value->high;
        if (within) {
                value->low = parser->now;
                value->high -= test->op == OP_LT;
                test->op = OP_EQ;
        }
        return true;
}

/* The value as it was written, at its own place. */
static int bad_value(struct filter_parser *parser, const char *msgid, const char *hint)
{
        return filter_fail(parser, parser->token.at, msgid, hint, parser->token.text, NULL);
}

/* A date first: no date is a span, and no span a date. */
static int time_value(struct filter_parser *parser, struct filter_test *test, struct filter_value *value)
{
        int64_t span;

        if (parse_date(value))
                return RV_OK;
        if (!rv_span_parse(value->text, value->size, &span))
                return bad_value(parser, N_("the filter at character %1: %2 is no time"),
                                 N_("a time is a date (2026-11-23, 2026-11-23T17:34) or an age (90m, 7d, 2w, 1y)"));
        if (!apply_span(parser, test, span, value))
                return bad_value(parser, N_("the filter at character %1: %2 is a span, which has no single time"),
                                 N_("compare spans by <, <=, > or >="));
        return RV_OK;
}

/* Ids are exact: a misspelt one is an error here, not a filter that silently finds nothing. */
static bool enum_has(const struct rv_column *column, const char *id)
{
        uint32_t i;

        for (i = 0; i < column->n_enums; i++)
                if (strcmp(column->enums[i].id, id) == 0)
                        return true;
        return false;
}

static int enum_value(struct filter_parser *parser, const struct filter_test *test, const struct filter_value *value)
{
        const struct rv_column *column = &parser->view->columns[test->column];
        RV_BUF_CLEANUP struct rv_buf ids = { 0 };
        uint32_t i;

        if (value->glob || test->op == OP_HAS || enum_has(column, value->text))
                return RV_OK;
        for (i = 0; i < column->n_enums; i++) {
                rv_buf_add_str(&ids, i ? ", " : "");
                rv_buf_add_str(&ids, column->enums[i].id);
        }
        return filter_fail(parser, parser->token.at, N_("the filter at character %1: %2 is no value of this column"),
                           N_("its values are: %3"), value->text, rv_buf_str(&ids));
}

/* A single number is an interval of one. */
static int number_value(struct filter_parser *parser, const struct filter_test *test, struct filter_value *value)
{
        bool good;

        switch (test->type) {
        case RV_INT:
                if (!parse_int(value->text, &value->low))
                        return bad_value(parser, N_("the filter at character %1: %2 is no whole number"), NULL);
                break;
        case RV_SIZE:
                if (!parse_size(value->text, &value->low))
                        return bad_value(parser, N_("the filter at character %1: %2 is no size"),
                                         N_("a size is a number of bytes, or one with K, M, G or T: 10M"));
                break;
        case RV_BOOL:
                if (!parse_bool(value->text, &value->low))
                        return bad_value(parser, N_("the filter at character %1: %2 is neither true nor false"), NULL);
                break;
        default:
                good = parse_int(value->text, &value->low) || rv_span_parse(value->text, value->size, &value->low);
                if (!good)
                        return bad_value(parser, N_("the filter at character %1: %2 is no duration"),
                                         N_("a duration is a number of seconds, or one with s, m, h, d, w or y: 90m"));
                break;
        }
        value->high = value->low;
        return RV_OK;
}

/* What has no meaning is refused, rather than being false for every row. */
static bool operator_fits(const struct filter_test *test, const struct filter_value *value)
{
        bool ordered = test->op >= OP_LT && test->op <= OP_GE;

        if (value->null)
                return !ordered && test->op != OP_HAS;
        switch (test->type) {
        case RV_LIST:
                return !ordered;
        case RV_BOOL:
                return !ordered && test->op != OP_HAS;
        case RV_INT:
        case RV_SIZE:
        case RV_TIME:
        case RV_DURATION:
                return test->op != OP_HAS;
        default:
                return true;
        }
}

/* A quoted null is a text, and a quoted star a star. */
int filter_value(struct filter_parser *parser, struct filter_test *test, struct filter_value **ret)
{
        const struct filter_token *token = &parser->token;
        struct filter_value *value = rv_arena_alloc(&parser->filter->arena, sizeof *value);
        int r = RV_OK;

        if (!value)
                return rv_fail_memory(parser->err);
        value->text = token->text;
        value->size = token->size;
        value->null = token->kind == T_WORD && strcmp(token->text, "null") == 0;
        value->glob = token->kind == T_WORD && (test->op == OP_EQ || test->op == OP_NE || test->op == OP_IN) &&
                      rv_is_glob(token->text);
        if (!operator_fits(test, value))
                return bad_value(parser, N_("the filter at character %1: this comparison does not fit the column"),
                                 N_("lists, true and false, and null have no order; only texts contain something (~)"));
        if (value->null) {
                *ret = value;
                return RV_OK;
        }
        if (test->type == RV_TIME)
                r = time_value(parser, test, value);
        else if (test->type == RV_ENUM)
                r = enum_value(parser, test, value);
        else if (test->type == RV_INT || test->type == RV_SIZE || test->type == RV_DURATION || test->type == RV_BOOL)
                r = number_value(parser, test, value);
        if (!r)
                *ret = value;
        return r;
}

/* Any of the values; null is no id. */
static bool enum_equals(const struct filter_test *test, const char *id)
{
        const struct filter_value *value;

        for (value = test->values; value; value = value->next)
                if (!value->null &&
                    (value->glob ? rv_glob(value->text, id, strlen(id), false) : strcmp(value->text, id) == 0))
                        return true;
        return false;
}

/* For <, > and the like, places in the declaration are compared: declarations go from the gravest to the mildest. */
static bool enum_passes(const struct rv_column *column, const struct filter_test *test, uint32_t i)
{
        const char *id = column->enums[i].id;
        uint32_t at = 0;

        switch (test->op) {
        case OP_EQ:
        case OP_IN:
                return enum_equals(test, id);
        case OP_NE:
                return !enum_equals(test, id);
        case OP_HAS:
                return rv_fold_contains(id, strlen(id), test->values->text, test->values->size);
        default:
                while (at < column->n_enums && strcmp(column->enums[at].id, test->values->text) != 0)
                        at++;
                break;
        }
        return test->op == OP_LT ? i < at : test->op == OP_LE ? i <= at : test->op == OP_GT ? i > at : i >= at;
}

/* One byte more than there are enums, so that an empty declaration is no empty allocation. */
int filter_finish_test(struct filter_parser *parser, struct filter_test *test)
{
        const struct rv_column *column = &parser->view->columns[test->column];
        bool *set;
        uint32_t i;

        if (test->type != RV_ENUM)
                return RV_OK;
        set = rv_arena_alloc(&parser->filter->arena, (size_t)column->n_enums + 1);
        if (!set)
                return rv_fail_memory(parser->err);
        for (i = 0; i < column->n_enums; i++)
                set[i] = enum_passes(column, test, i);
        test->set = set;
        test->n_set = column->n_enums;
        return RV_OK;
}
