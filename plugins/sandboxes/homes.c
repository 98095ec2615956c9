/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From /etc/passwd to ~/.venv and its like. A home is not searched, only looked at in these places: it may be large,
 * and what else lies in it is its user's own matter. */
#include "plugins/sandboxes/homes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"

enum { PASSWD_LIMIT = 4 << 20, MAX_HOMES = 4096, HOME_FIELD = 5 };
static const char PASSWD[] = "/etc/passwd";

/* An environment each, then directories that virtualenvwrapper, pipenv, poetry, pipx, uv and pyenv fill. */
static const char *const places[] = {
        ".venv",
        "venv",
        ".venvs",
        ".virtualenvs",
        ".local/share/virtualenvs",
        ".cache/pypoetry/virtualenvs",
        ".local/share/pipx/venvs",
        ".local/pipx/venvs",
        ".local/share/uv/tools",
        ".pyenv/versions",
};

/* 0 when every component of place below home is a directory and no link; else -errno. */
static int stat_place(struct scan *scan, const char *home, const char *place)
{
        const char *at = place;
        struct stat st;
        char *path;

        do {
                RV_FD_CLEANUP int fd = -1;

                at += strcspn(at + 1, "/") + 1;
                path = rv_arena_strndup(&scan->arena, place, (size_t)(at - place));
                path = path ? scan_join(scan, home, path) : NULL;
                if (!path)
                        return -ENOMEM;
                fd = rv_open_in_root(scan->root, path, O_PATH | O_NOFOLLOW);
                if (fd < 0)
                        return fd;
                if (fstat(fd, &st) < 0)
                        return -errno;
                if (!S_ISDIR(st.st_mode))
                        return -ENOTDIR;
        } while (*at);
        return 0;
}

/* A home that may not be entered is said once, not for each place. */
static int visit_home(struct scan *scan, const char *home, int (*visit)(void *user, const char *path, struct rv_err *),
                      void *user, struct rv_err *err)
{
        struct stat st;
        size_t i;
        char *path;
        int r, found = rv_stat_in_root(scan->root, home, &st);

        if (found == 0 && scan_visited(scan, (uint64_t)st.st_dev, (uint64_t)st.st_ino))
                return RV_OK;
        r = scan_depends(scan, home, err);
        for (i = 0; i < sizeof places / sizeof *places && !r && (i == 0 ? found == 0 : found != -EACCES); i++) {
                path = scan_join(scan, home, places[i]);
                r = path ? scan_depends(scan, path, err) : rv_fail_memory(err);
                if (r)
                        break;
                found = stat_place(scan, home, places[i]);
                if (found == 0)
                        r = visit(user, path, err);
        }
        if (!r && found == -ENOMEM)
                return rv_fail_memory(err);
        if (!r)
                scan_unreadable(scan, found, home);
        return r;
}

/* The home of one line of the file; NULL: none that is worth a look. */
static char *home_of(struct scan *scan, const char *line, size_t n)
{
        const char *end = line + n, *at = line, *stop;
        unsigned field;

        for (field = 0; field < HOME_FIELD && at; field++) {
                at = memchr(at, ':', (size_t)(end - at));
                at = at ? at + 1 : NULL;
        }
        if (!at || at == end || *at != '/')
                return NULL;
        stop = memchr(at, ':', (size_t)(end - at));
        stop = stop ? stop : end;
        while (stop > at && stop[-1] == '/')
                stop--;
        /* "/" is the home of those who have none. */
        return stop > at ? rv_arena_strndup(&scan->arena, at, (size_t)(stop - at)) : NULL;
}

int homes_visit(struct scan *scan, int (*visit)(void *user, const char *path, struct rv_err *err), void *user,
                struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        RV_ERR_CLEANUP struct rv_err why = { 0 };
        const char *at, *home;
        size_t n, homes = 0;
        int r = scan_depends(scan, PASSWD, err), read;

        if (r)
                return r;
        read = rv_file_read(scan->root, PASSWD, PASSWD_LIMIT, &text, &why);
        if (read) {
                scan_unread(scan, read, PASSWD);
                return RV_OK;
        }
        for (at = rv_buf_str(&text); *at && !r; at += n + (at[n] == '\n')) {
                n = strcspn(at, "\n");
                home = home_of(scan, at, n);
                if (!home)
                        continue;
                if (++homes > MAX_HOMES) {
                        scan->cut = true;
                        break;
                }
                r = visit_home(scan, home, visit, user, err);
        }
        return r;
}
