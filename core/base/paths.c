/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding the build tree or the installed places, and the rule of whom root trusts to load from. */
#include "core/base/paths.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "core/base/err.h"

enum { LEVELS_UP = 4 }; /* from a program in a build tree to the tree's top */

static bool exists(const char *directory, const char *name)
{
        char path[PATH_MAX];
        int n = snprintf(path, sizeof path, "%s/%s", directory, name);

        return n > 0 && (size_t)n < sizeof path && access(path, F_OK) == 0;
}

/* Cuts the last component off; false when only the root is left. */
static bool up(char *path)
{
        char *slash = strrchr(path, '/');

        if (!slash || slash == path)
                return false;
        *slash = '\0';
        return true;
}

static bool find_build_tree(char *directory)
{
        int level;

        for (level = 0; level < LEVELS_UP && up(directory); level++)
                if (exists(directory, "CMakeCache.txt") && exists(directory, "lib"))
                        return true;
        return false;
}

static void set_path(char out[PATH_MAX], const char *directory, const char *name)
{
        if (snprintf(out, PATH_MAX, "%s%s", directory, name) >= PATH_MAX)
                out[0] = '\0';
}

static struct rv_paths found;

static void find(void)
{
        struct rv_paths *ret = &found;
        char exe[PATH_MAX];
        struct stat st;
        ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

        if (n > 0) {
                exe[n] = '\0';
                if (stat("/proc/self/exe", &st) == 0)
                        ret->owner = st.st_uid;
                ret->build_tree = find_build_tree(exe);
        }
        if (ret->build_tree) {
                set_path(ret->plugins, exe, "/lib/reeve/plugins");
                set_path(ret->backends, exe, "/lib/reeve");
                set_path(ret->helper, exe, "/bin/reeve-helper");
                set_path(ret->locale, exe, "/share/locale");
                set_path(ret->cache, exe, "/cache");
        } else {
                set_path(ret->plugins, RV_PLUGIN_DIR, "");
                set_path(ret->backends, RV_BACKEND_DIR, "");
                set_path(ret->helper, RV_HELPER, "");
                set_path(ret->locale, RV_LOCALE_DIR, "");
                set_path(ret->cache, "/var/cache", "");
        }
}

const struct rv_paths *rv_paths_find(void)
{
        static pthread_once_t once = PTHREAD_ONCE_INIT;

        (void)pthread_once(&once, find);
        return &found;
}

static bool owner_trusted(const struct rv_paths *paths, uid_t uid)
{
        return uid == 0 || (paths->build_tree && uid == paths->owner);
}

int rv_paths_trusted(const struct rv_paths *paths, const char *path, struct rv_err *err)
{
        char at[PATH_MAX];
        struct stat st;
        bool is_file = true;

        if (geteuid() != 0)
                return RV_OK;
        if (!realpath(path, at))
                return rv_fail_errno(err, errno, N_("%1: cannot be looked at: %2"), path);
        for (;;) {
                if (lstat(at, &st) < 0)
                        return rv_fail_errno(err, errno, N_("%1: cannot be looked at: %2"), at);
                if (!owner_trusted(paths, st.st_uid))
                        return rv_fail(err, RV_UNTRUSTED, N_("%1: is not owned by root, so root does not load %2"),
                                       N_("have root own it, or run the command as the user that it belongs to"), at,
                                       path, NULL);
                if (st.st_mode & (S_IWGRP | S_IWOTH) && (is_file || !paths->build_tree || !(st.st_mode & S_ISVTX)))
                        return rv_fail(err, RV_UNTRUSTED, N_("%1: can be written by others, so root does not load %2"),
                                       N_("take the right to write away: chmod go-w %1"), at, path, NULL);
                is_file = false;
                if (at[1] == '\0')
                        return RV_OK;
                if (!up(at))
                        at[1] = '\0';
        }
}
