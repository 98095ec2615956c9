/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both strings are walked together: separators first (a tilde sorts before the end, the others before what follows),
 * then runs of digits by value and runs of letters by ASCII. */
#include "plugins/slots/disk/version.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Not <ctype.h>: the order must not hang on the locale. */
static bool digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool letter(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int order(bool a, bool b)
{
        return (int)a - (int)b;
}

static const char *skip_foreign(const char *s)
{
        while (*s && !digit(*s) && !letter(*s) && !strchr("~-^.", *s))
                s++;
        return s;
}

/* Takes a separator off both; the one that has it alone is older. */
static int take(const char **a, const char **b, char separator)
{
        bool in_a = **a == separator, in_b = **b == separator;

        if (in_a != in_b)
                return order(in_b, in_a);
        *a += in_a;
        *b += in_b;
        return 0;
}

static int take_number(const char **a, const char **b)
{
        size_t n_a, n_b;

        /* A number is newer than letters or a separator. */
        if (digit(**a) != digit(**b))
                return order(digit(**a), digit(**b));
        *a += strspn(*a, "0");
        *b += strspn(*b, "0");
        n_a = strspn(*a, "0123456789");
        n_b = strspn(*b, "0123456789");
        int r = n_a != n_b ? order(n_a > n_b, n_a < n_b) : strncmp(*a, *b, n_a);
        *a += n_a;
        *b += n_b;
        return r;
}

static int take_letters(const char **a, const char **b)
{
        size_t n_a = 0, n_b = 0;

        while (letter((*a)[n_a]))
                n_a++;
        while (letter((*b)[n_b]))
                n_b++;
        int r = strncmp(*a, *b, n_a < n_b ? n_a : n_b);
        if (!r)
                r = order(n_a > n_b, n_a < n_b);
        *a += n_a;
        *b += n_b;
        return r;
}

int boot_version_compare(const char *a, const char *b)
{
        int r = 0;

        a = a ? a : "";
        b = b ? b : "";
        while (!r) {
                a = skip_foreign(a);
                b = skip_foreign(b);
                r = take(&a, &b, '~');
                if (!r && (!*a || !*b))
                        return order(*a, *b);
                for (const char *separator = "-^."; !r && *separator; separator++)
                        r = take(&a, &b, *separator);
                if (!r)
                        r = digit(*a) || digit(*b) ? take_number(&a, &b) : take_letters(&a, &b);
        }
        return r;
}
