/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RPM's version order (rpm's docs/man "rpm-version"): strings are walked segment by segment, numbers beat letters, a
 * tilde sorts before everything, a caret after the plain version and before a longer one. */
#include "core/base/evr.h"

#include <stdbool.h>
#include <string.h>

struct text {
        const char *at, *end;
};

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool begins(const struct text *t, char c)
{
        return t->at < t->end && *t->at == c;
}

/* Separators only part segments; how many there are does not count. */
static void skip_separators(struct text *t)
{
        while (t->at < t->end && !is_digit(*t->at) && !is_letter(*t->at) && *t->at != '~' && *t->at != '^')
                t->at++;
}

/* The longest run of one kind of characters; the caller has seen to it that separators are gone. */
static struct text take(struct text *t, bool (*kind)(char))
{
        struct text segment = { t->at, t->at };

        while (t->at < t->end && kind(*t->at))
                t->at++;
        segment.end = t->at;
        return segment;
}

static size_t length(const struct text *t)
{
        return (size_t)(t->end - t->at);
}

/* As strcmp does, for texts without an end mark: a prefix comes first. */
static int compare_bytes(const struct text *a, const struct text *b)
{
        size_t n = length(a) < length(b) ? length(a) : length(b);
        int order = memcmp(a->at, b->at, n);

        return order ? order : (length(a) > length(b)) - (length(a) < length(b));
}

/* Of any length, so without turning them into numbers: without leading zeros the longer one is larger. */
static int compare_numbers(struct text a, struct text b)
{
        while (begins(&a, '0'))
                a.at++;
        while (begins(&b, '0'))
                b.at++;
        if (length(&a) != length(&b))
                return length(&a) < length(&b) ? -1 : 1;
        return compare_bytes(&a, &b);
}

/* The next segments, both of the first one's kind; where the second has none of that kind, the number is newer. */
static int compare_segments(struct text *a, struct text *b)
{
        bool numeric = is_digit(*a->at);
        struct text one = take(a, numeric ? is_digit : is_letter);
        struct text two = take(b, numeric ? is_digit : is_letter);

        if (two.at == two.end)
                return numeric ? 1 : -1;
        return numeric ? compare_numbers(one, two) : compare_bytes(&one, &two);
}

/* The loop follows rpmvercmp() rule by rule; their order decides (a tilde is looked at before a caret, both before the
 * end of either text). */
int rv_vercmp(const char *a, size_t a_len, const char *b, size_t b_len)
{
        struct text one = { a, a + a_len }, two = { b, b + b_len };
        bool ended_one, ended_two;
        int order;

        if (a_len == b_len && memcmp(a, b, a_len) == 0)
                return 0;
        for (;;) {
                skip_separators(&one);
                skip_separators(&two);
                ended_one = one.at == one.end;
                ended_two = two.at == two.end;
                if (begins(&one, '~') || begins(&two, '~')) {
                        if (!begins(&one, '~'))
                                return 1;
                        if (!begins(&two, '~'))
                                return -1;
                        one.at++;
                        two.at++;
                        continue;
                }
                if (begins(&one, '^') || begins(&two, '^')) {
                        if (ended_one || ended_two)
                                return ended_one ? -1 : 1;
                        if (!begins(&one, '^'))
                                return 1;
                        if (!begins(&two, '^'))
                                return -1;
                        one.at++;
                        two.at++;
                        continue;
                }
                if (ended_one || ended_two)
                        return (int)ended_two - (int)ended_one;
                order = compare_segments(&one, &two);
                if (order)
                        return order;
        }
}

/* Parts of [E:]V[-R]; a release that is missing has a NULL start. */
struct evr {
        struct text epoch, version, release;
};

/* The epoch ends at a colon that only digits precede, the release begins after the last dash, as in librpm's own
 * parser. */
static struct evr split(const char *s, size_t n)
{
        static const char zero[] = "0";
        struct evr evr = { .version = { s, s + n } };
        struct text rest = { s, s + n };
        struct text digits = take(&rest, is_digit);
        const char *dash;

        evr.epoch = (struct text){ zero, zero + 1 };
        if (begins(&rest, ':')) {
                if (length(&digits))
                        evr.epoch = digits;
                evr.version.at = rest.at + 1;
        }
        dash = memrchr(evr.version.at, '-', length(&evr.version));
        if (dash) {
                evr.release = (struct text){ dash + 1, evr.version.end };
                evr.version.end = dash;
        }
        return evr;
}

int rv_evrcmp(const char *a, size_t a_len, const char *b, size_t b_len)
{
        struct evr one = split(a, a_len), two = split(b, b_len);
        int order = compare_numbers(one.epoch, two.epoch);

        if (!order)
                order = rv_vercmp(one.version.at, length(&one.version), two.version.at, length(&two.version));
        if (!order && one.release.at && two.release.at)
                order = rv_vercmp(one.release.at, length(&one.release), two.release.at, length(&two.release));
        return order;
}
