/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cleaning the environment. Libraries look there for what to load (OPENSSL_CONF names an engine, GCONV_PATH a
 * converter, TERMINFO and LOCPATH files to parse), and glibc lets only set-user-id programs refuse, which sudo does not
 * make us. */
#include "core/base/environ.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

/* Names are kept exactly, LC_* by its beginning. */
static bool name_kept(const char *name, size_t n)
{
        static const char *const kept[] = { "LANG",    "LANGUAGE", "TZ",       "TERM",    "COLORTERM",
                                            "COLUMNS", "LINES",    "NO_COLOR", "ESCDELAY" };
        size_t i;

        if (n > 3 && strncmp(name, "LC_", 3) == 0)
                return true;
        for (i = 0; i < sizeof kept / sizeof *kept; i++)
                if (strlen(kept[i]) == n && strncmp(name, kept[i], n) == 0)
                        return true;
        return false;
}

bool rv_environ_keeps(const char *entry)
{
        const char *value = strchr(entry, '=');

        if (!value || !name_kept(entry, (size_t)(value - entry)))
                return false;
        value++;
        /* "Europe/Berlin" is a name below the system's directory; ":path", "/path" and "../path" are the caller's. */
        if (strncmp(entry, "TZ=", 3) == 0)
                return *value != ':' && *value != '/' && !strstr(value, "..");
        return !strchr(value, '/');
}

bool rv_environ_distrust(void)
{
        char **kept, **from;
        size_t n = 0;
        bool done;

        if (geteuid() != 0)
                return true;
        while (environ && environ[n])
                n++;
        kept = calloc(n + 1, sizeof *kept);
        done = kept != NULL;
        from = environ;
        for (n = 0; kept && from && *from; from++)
                if (rv_environ_keeps(*from))
                        kept[n++] = *from;
        /* The strings stay where the kernel put them; only the list is new. */
        (void)clearenv();
        while (kept && n > 0)
                done = putenv(kept[--n]) == 0 && done;
        done = setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1) == 0 && done;
        free(kept);
        return done;
}
