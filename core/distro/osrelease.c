/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line at a time: KEY=value in the little part of shell quoting that os-release(5) allows. */
#include "core/distro/osrelease.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"

/* Appends a value without its quotes; false when they do not end. */
static bool unquote(const char *s, size_t n, struct rv_buf *out)
{
        char quote = n && (*s == '"' || *s == '\'') ? *s : '\0';
        size_t i = quote != '\0';

        for (; i < n; i++) {
                if (quote ? s[i] == quote : s[i] == ' ' || s[i] == '\t' || s[i] == ';')
                        return true;
                /* Single quotes take everything literally; double ones only these four escapes. */
                if (s[i] == '\\' && quote != '\'' && i + 1 < n && (!quote || strchr("\"\\$`", s[i + 1])))
                        i++;
                rv_buf_add_char(out, s[i]);
        }
        return !quote;
}

bool rv_osrelease_get(const char *text, size_t size, const char *key, struct rv_buf *out)
{
        size_t length = strlen(key), before = out->size;
        const char *end = text + size;
        bool found = false;

        for (const char *line = text; line < end;) {
                const char *newline = memchr(line, '\n', (size_t)(end - line));
                const char *stop = newline ? newline : end;
                while (line < stop && (*line == ' ' || *line == '\t'))
                        line++;
                size_t n = (size_t)(stop - line);
                if (n && line[n - 1] == '\r')
                        n--;
                if (n > length && memcmp(line, key, length) == 0 && line[length] == '=') {
                        rv_buf_truncate(out, before);
                        found = unquote(line + length + 1, n - length - 1, out);
                        if (!found)
                                rv_buf_truncate(out, before);
                }
                line = stop + 1;
        }
        return found && out->size > before;
}

int rv_osrelease_read(int rootfd, struct rv_buf *ret, struct rv_err *err)
{
        struct rv_err RV_ERR_CLEANUP first = { 0 };

        int r = rv_file_read(rootfd, "etc/os-release", RV_OSRELEASE_LIMIT, ret, &first);
        if (r == RV_NOTFOUND)
                return rv_file_read(rootfd, "usr/lib/os-release", RV_OSRELEASE_LIMIT, ret, err);
        if (r && err)
                rv_err_move(err, &first);
        return r;
}
