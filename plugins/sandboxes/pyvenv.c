/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading pyvenv.cfg. Where a key stands twice, CPython takes the first `home` (getpath.py decides the interpreter) and
 * the last of all else (site.py goes through all lines). */
#include "plugins/sandboxes/pyvenv.h"

#include <string.h>
#include <strings.h>

struct slice {
        const char *s;
        size_t n;
};

/* ASCII's part of what Python's strip() takes away. */
static bool is_blank(char c)
{
        return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct slice strip(const char *s, size_t n)
{
        while (n && is_blank(s[n - 1]))
                n--;
        while (n && is_blank(*s)) {
                s++;
                n--;
        }
        return (struct slice){ s, n };
}

static bool is(struct slice slice, const char *word)
{
        return slice.n == strlen(word) && strncasecmp(slice.s, word, slice.n) == 0;
}

/* "3.11.2.final.0", as virtualenv writes version_info, without what follows the third number. */
static struct slice numbers_only(struct slice value)
{
        unsigned dots = 0;
        size_t i;

        for (i = 0; i < value.n; i++)
                if (value.s[i] == '.' ? ++dots == 3 : value.s[i] < '0' || value.s[i] > '9')
                        break;
        while (i && value.s[i - 1] == '.')
                i--;
        return (struct slice){ value.s, i };
}

static bool keep(struct rv_arena *arena, struct slice value, const char **ret)
{
        *ret = rv_arena_strndup(arena, value.s, value.n);
        return *ret != NULL;
}

/* The keys that matter here; all others are as legal. */
static bool take(struct slice key, struct slice value, struct rv_arena *arena, struct pyvenv *ret)
{
        if (is(key, "home"))
                return ret->home || keep(arena, value, &ret->home);
        if (is(key, "version"))
                return keep(arena, value, &ret->version);
        if (is(key, "version_info"))
                return ret->version || keep(arena, numbers_only(value), &ret->version);
        if (is(key, "include-system-site-packages"))
                ret->system_site = is(value, "true");
        else if (is(key, "virtualenv") || is(key, "uv"))
                ret->virtualenv = true;
        return true;
}

bool pyvenv_parse(const char *text, size_t n, struct rv_arena *arena, struct pyvenv *ret)
{
        struct pyvenv found = { 0 };
        const char *end = text + n, *eol, *equals;

        for (; text < end; text = eol + 1) {
                for (eol = text; eol < end && *eol != '\n' && *eol != '\r'; eol++)
                        ;
                equals = memchr(text, '=', (size_t)(eol - text));
                if (equals && !take(strip(text, (size_t)(equals - text)), strip(equals + 1, (size_t)(eol - equals - 1)),
                                    arena, &found))
                        return false;
        }
        *ret = found;
        return true;
}
