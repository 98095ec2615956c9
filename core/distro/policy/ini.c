/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cutting dnf's files into settings. Other than reeve's own form a value may go on in lines that begin with a blank,
 * names may hold anything, and comments begin with # or ;. */
#include "core/distro/policy/ini.h"

#include <stdbool.h>
#include <string.h>

#include <reeve/err.h>

struct reading {
        rv_ini_visit *visit;
        void *user;
        struct rv_ini_line line; /* the setting that may still go on */
        char *end;               /* of its value */
        bool open;
};

static bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\r';
}

static char *trim(char *from, char *end)
{
        while (from < end && is_blank(*from))
                from++;
        while (end > from && is_blank(end[-1]))
                end--;
        *end = '\0';
        return from;
}

/* A NUL would hide what follows it from everybody who looks at the value. */
static bool is_text(const char *from, const char *end)
{
        for (; from < end; from++)
                if (((unsigned char)*from < 0x20 && !is_blank(*from)) || *from == 0x7f)
                        return false;
        return true;
}

static void finish(struct reading *reading)
{
        if (!reading->open)
                return;
        *reading->end = '\0';
        reading->open = false;
        reading->visit(reading->user, &reading->line);
}

static void tell(struct reading *reading, unsigned number, const char *wrong)
{
        struct rv_ini_line line = { .section = reading->line.section, .key = "", .value = "", .number = number };

        line.wrong = wrong;
        reading->visit(reading->user, &line);
}

/* The value moves together: what lies between its lines is dropped. */
static void go_on(struct reading *reading, char *from)
{
        size_t n = strlen(from);

        *reading->end++ = '\n';
        memmove(reading->end, from, n);
        reading->end += n;
}

static void begin_section(struct reading *reading, char *text, unsigned number)
{
        char *end = strchr(text, ']');

        finish(reading);
        reading->line.section = "";
        if (end)
                text = trim(text + 1, end);
        if (!end || !*text) {
                tell(reading, number, N_("%1: is no [section]"));
                return;
        }
        reading->line.section = text;
        tell(reading, number, NULL);
}

static void begin_setting(struct reading *reading, char *text, unsigned number)
{
        char *equals = strchr(text, '=');

        finish(reading);
        if (!equals || !*reading->line.section) {
                tell(reading, number,
                     equals ? N_("%1: stands below no [section]") : N_("%1: is neither [section] nor key = value"));
                return;
        }
        reading->line.value = trim(equals + 1, equals + 1 + strlen(equals + 1));
        reading->line.key = trim(text, equals);
        reading->line.number = number;
        reading->line.wrong = NULL;
        reading->end = (char *)reading->line.value + strlen(reading->line.value);
        reading->open = *reading->line.key;
        if (!reading->open)
                tell(reading, number, N_("%1: is neither [section] nor key = value"));
}

static void take_line(struct reading *reading, char *at, char *end, unsigned number)
{
        bool continues = at < end && is_blank(*at);
        char *text;

        if (!is_text(at, end)) {
                finish(reading);
                *end = '\0';
                tell(reading, number, N_("%1: holds control characters"));
                return;
        }
        text = trim(at, end);
        if (!*text || *text == '#' || *text == ';')
                return;
        if (continues && reading->open)
                go_on(reading, text);
        else if (*text == '[')
                begin_section(reading, text, number);
        else
                begin_setting(reading, text, number);
}

void rv_ini_parse(char *text, size_t size, rv_ini_visit *visit, void *user)
{
        struct reading reading = { .visit = visit, .user = user, .line = { .section = "" } };
        char *at, *end = text + size, *next;
        unsigned number = 0;

        for (at = text; at < end; at = next + 1) {
                next = memchr(at, '\n', (size_t)(end - at));
                next = next ? next : end;
                take_line(&reading, at, next, ++number);
        }
        finish(&reading);
}
