/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Matching without recursion: after a mismatch only the last star is tried one character further, which is enough, so
 * that no pattern takes exponential time. */
#include "core/base/glob.h"

#include <string.h>

#include "core/base/fold.h"
#include "core/base/utf8.h"

/* A text and how far it was taken; with fold, characters come without their case. */
struct cursor {
        const char *s;
        size_t n, at;
        bool fold;
};

bool rv_is_glob(const char *text)
{
        return strpbrk(text, "*?[") != NULL;
}

/* The next character; a byte that is no UTF-8 counts as one of its own, beyond all characters. */
static uint32_t take(struct cursor *c)
{
        uint32_t value;
        size_t length = rv_utf8_decode(c->s + c->at, c->n - c->at, &value);

        if (!length) {
                value = 0x110000 + (unsigned char)c->s[c->at];
                length = 1;
        }
        c->at += length;
        return c->fold ? rv_fold(value) : value;
}

static bool at_char(const struct cursor *c, char wanted)
{
        return c->at < c->n && c->s[c->at] == wanted;
}

/* A backslash at the very end stands for itself. */
static uint32_t take_escaped(struct cursor *pattern)
{
        if (at_char(pattern, '\\') && pattern->at + 1 < pattern->n)
                pattern->at++;
        return take(pattern);
}

/* The set after "["; false when it is not closed. A ] that comes first is a member. */
static bool match_set(struct cursor *pattern, uint32_t c, bool *ret_matched)
{
        struct cursor set = *pattern;
        bool negated = at_char(&set, '!') || at_char(&set, '^'), first = true, matched = false;
        uint32_t low, high;

        set.at += negated;
        for (; set.at < set.n; first = false) {
                if (at_char(&set, ']') && !first) {
                        pattern->at = set.at + 1;
                        *ret_matched = matched != negated;
                        return true;
                }
                low = high = take_escaped(&set);
                if (at_char(&set, '-') && set.at + 1 < set.n && set.s[set.at + 1] != ']') {
                        set.at++;
                        high = take_escaped(&set);
                }
                matched = matched || (c >= low && c <= high);
        }
        return false;
}

/* One element of the pattern, no star, against one character. */
static bool match_one(struct cursor *pattern, uint32_t c)
{
        bool matched;

        if (at_char(pattern, '?')) {
                pattern->at++;
                return true;
        }
        if (at_char(pattern, '[')) {
                pattern->at++;
                if (match_set(pattern, c, &matched))
                        return matched;
                return c == '[';
        }
        return take_escaped(pattern) == c;
}

bool rv_glob(const char *pattern, const char *s, size_t n, bool fold)
{
        struct cursor p = { pattern, strlen(pattern), 0, fold }, text = { s, n, 0, fold };
        struct cursor star = { 0 }, resume = { 0 }; /* after the last star, and where in the text it gave up */

        for (;;) {
                if (at_char(&p, '*')) {
                        p.at++;
                        star = p;
                        resume = text;
                        continue;
                }
                if (text.at == text.n) {
                        if (p.at == p.n)
                                return true;
                } else if (p.at < p.n && match_one(&p, take(&text))) {
                        continue;
                }
                if (!star.s || resume.at >= resume.n)
                        return false;
                (void)take(&resume);
                text = resume;
                p = star;
        }
}
