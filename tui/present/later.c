/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An administrator's fingers know these words. Where a plugin has one as an alias it never comes here. */
#include "tui/present/later.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <reeve/err.h>

static const char *const changing[] = { "install",     "remove",      "update",     "upgrade", "downgrade", "reinstall",
                                        "swap",        "distro-sync", "autoremove", "mark",    "hold",      "unhold",
                                        "versionlock", "download",    "makecache",  "clean",   "group" };
static const char *const metadata[] = { "repoquery", "repolist", "check-update", "advisory", "updateinfo" };
static const char *const looking[] = { "check", "needs-restarting" };

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static bool among(const char *word, const char *const *words, size_t n)
{
        size_t i;

        for (i = 0; i < n; i++)
                if (strcmp(words[i], word) == 0)
                        return true;
        return false;
}

int rv_later(const char *word, struct rv_err *err)
{
        if (among(word, changing, LENGTH(changing)))
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: nothing that is installed can do that"),
                               N_("reeve actions lists what can be done here"), word, NULL);
        if (among(word, metadata, LENGTH(metadata)))
                return rv_fail(err, RV_NODATA, N_("%1: no metadata of repositories has been read"),
                               N_("what is installed is known: reeve list, reeve search, reeve provides"), word, NULL);
        if (among(word, looking, LENGTH(looking)))
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: nothing that is installed looks for that"),
                               N_("reeve status lists what was found"), word, NULL);
        if (strcmp(word, "history") == 0)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: the transactions of rpm's tools are not read"),
                               N_("reeve changes lists what is known to have changed"), word, NULL);
        return RV_OK;
}
