/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cutting a configuration file into lines. Nothing is unescaped, continued or included: what a line says can be seen by
 * looking at it alone and at the nearest [section] above. */
#include "core/base/conf.h"

#include <stdbool.h>
#include <string.h>

#include <reeve/err.h>

enum { NAME_MAX_LENGTH = 63 };

static bool is_blank(char c)
{
        return c == ' ' || c == '\t';
}

/* Without blanks around it; the end is cut off in place. */
static char *trim(char *from, char *end)
{
        while (from < end && is_blank(*from))
                from++;
        while (end > from && is_blank(end[-1]))
                end--;
        *end = '\0';
        return from;
}

static bool is_name(const char *s)
{
        size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-");

        return n && n <= NAME_MAX_LENGTH && !s[n];
}

/* A tab is the only control character that belongs into such a file. */
static bool is_text(const char *from, const char *end)
{
        for (; from < end; from++)
                if (((unsigned char)*from < 0x20 && *from != '\t') || *from == 0x7f)
                        return false;
        return true;
}

/* Whether a line that is no text was meant for a section: a bracket stands before any sign of a setting. */
static bool begins_section(const char *from, const char *end)
{
        while (from < end && *from != '[' && *from != '=')
                from++;
        return from < end && *from == '[';
}

/* Returns the name between the brackets, NULL for what is none. */
static char *section_name(char *line)
{
        char *end = line + strlen(line) - 1;

        if (*line != '[' || *end != ']')
                return NULL;
        line = trim(line + 1, end);
        return is_name(line) ? line : NULL;
}

/* Below a section that cannot be read nothing is taken: it would land in the one above. */
static const char *take_setting(char *text, struct rv_conf_line *line)
{
        char *equals = strchr(text, '=');

        if (!equals)
                return N_("%1: is neither [section] nor key = value");
        line->value = trim(equals + 1, equals + 1 + strlen(equals + 1));
        line->key = trim(text, equals);
        if (!is_name(line->key))
                return N_("%1: the key is no name");
        return *line->section ? NULL : N_("%1: stands below no [section]");
}

/* False for a line that sets nothing and is not wrong either. */
static bool take_line(char *text, char *end, struct rv_conf_line *line)
{
        if (end > text && end[-1] == '\r')
                end--;
        line->key = line->value = "";
        line->wrong = NULL;
        if (!is_text(text, end)) {
                if (begins_section(text, end))
                        line->section = "";
                line->wrong = N_("%1: holds control characters");
                return true;
        }
        text = trim(text, end);
        if (!*text || *text == '#')
                return false;
        if (*text != '[') {
                line->wrong = take_setting(text, line);
                return true;
        }
        line->section = section_name(text);
        if (line->section)
                return false;
        line->section = "";
        line->wrong = N_("%1: is no [section]");
        return true;
}

void rv_conf_parse(char *text, size_t size, rv_conf_visit *visit, void *user)
{
        struct rv_conf_line line = { .section = "" };
        char *at = text, *end = text + size, *next;

        for (; at < end; at = next + 1) {
                next = memchr(at, '\n', (size_t)(end - at));
                next = next ? next : end;
                line.number++;
                if (take_line(at, next, &line))
                        visit(user, &line);
        }
}
