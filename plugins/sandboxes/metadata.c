/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the few headers of METADATA that are shown. Folded lines (starting with a blank) continue a header that is
 * not among them, or a summary, whose first line is enough. */
#include "plugins/sandboxes/metadata.h"

#include <string.h>
#include <strings.h>

/* Headers are without case, as in e-mail; the first one counts, so what was taken is left alone. */
static bool take(struct rv_arena *arena, const char *line, size_t n, const char *header, const char **ret)
{
        size_t length = strlen(header);

        if (*ret || n <= length || line[length] != ':' || strncasecmp(line, header, length) != 0)
                return true;
        line += length + 1;
        n -= length + 1;
        while (n && (*line == ' ' || *line == '\t')) {
                line++;
                n--;
        }
        while (n && (line[n - 1] == ' ' || line[n - 1] == '\t' || line[n - 1] == '\r'))
                n--;
        *ret = rv_arena_strndup(arena, line, n);
        return *ret != NULL;
}

bool metadata_parse(const char *text, size_t n, struct rv_arena *arena, struct metadata *ret)
{
        const char *end = text + n, *eol;
        struct metadata found = { 0 };
        size_t length;

        for (; text < end; text = eol + 1) {
                eol = memchr(text, '\n', (size_t)(end - text));
                if (!eol)
                        eol = end;
                length = (size_t)(eol - text);
                if (!length || (length == 1 && *text == '\r'))
                        break;
                if (!take(arena, text, length, "Name", &found.name) ||
                    !take(arena, text, length, "Version", &found.version) ||
                    !take(arena, text, length, "Summary", &found.summary) ||
                    !take(arena, text, length, "License-Expression", &found.license))
                        return false;
        }
        *ret = found;
        return true;
}

/* The dash that ends the name is the first: in a file's name the other dashes of a name are underscores. */
bool metadata_from_name(const char *directory, struct rv_arena *arena, struct metadata *ret)
{
        const char *suffix = strrchr(directory, '.'), *dash;
        size_t n = suffix ? (size_t)(suffix - directory) : strlen(directory);
        struct metadata found = { 0 };

        dash = memchr(directory, '-', n);
        found.name = rv_arena_strndup(arena, directory, dash ? (size_t)(dash - directory) : n);
        if (dash)
                found.version = rv_arena_strndup(arena, dash + 1, n - (size_t)(dash + 1 - directory));
        if (!found.name || (dash && !found.version))
                return false;
        *ret = found;
        return true;
}
