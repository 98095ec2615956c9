/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searching a root for environments: breadth first, so that the bound on directories cuts off the deepest ones, through
 * no symbolic link, and into no environment once it is found. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/utf8.h"
#include "plugins/sandboxes/env.h"
#include "plugins/sandboxes/homes.h"

enum { MAX_DEPTH = 4, MAX_DIRECTORIES = 8192, MAX_ENVS = 1024 };

/* In the order in which they give out ids: reeve's own first. */
static const char SEARCH[] = "/var/lib/reeve/sandboxes, /opt, /srv, /usr/local";

/* What never holds an environment of its own, and much else. */
static const char *const skipped[] = { ".git",       "__pycache__",  "dist-packages",
                                       "lost+found", "node_modules", "site-packages" };

struct step { /* a directory still to be looked at */
        const char *path;
        unsigned depth;
        struct step *next;
};

struct finder {
        struct scan *scan;
        struct env_list *list;
        const char *top; /* the directory being searched; "": ids are whole paths */
        unsigned depth;  /* how far below it */
        struct step *first, **last;
        size_t directories;
};

static bool is_skipped(const char *name)
{
        size_t i;

        for (i = 0; i < sizeof skipped / sizeof *skipped; i++)
                if (strcmp(name, skipped[i]) == 0)
                        return true;
        return false;
}

static int queue(struct finder *finder, const char *path, unsigned depth, struct rv_err *err)
{
        struct step *step = path ? rv_arena_alloc(&finder->scan->arena, sizeof *step) : NULL;

        if (!step)
                return rv_fail_memory(err);
        *step = (struct step){ .path = path, .depth = depth };
        *finder->last = step;
        finder->last = &step->next;
        return RV_OK;
}

/* The part of a path that makes an id, safe to show and to type. */
static const char *escape(struct scan *scan, const char *s)
{
        static const char hex[] = "0123456789ABCDEF";
        size_t n = strlen(s), i, j, length;
        char *out = rv_arena_alloc(&scan->arena, n * 3 + 1);
        uint32_t c;
        char *to = out;

        if (!out)
                return NULL;
        for (i = 0; i < n; i += length ? length : 1) {
                length = rv_utf8_decode(s + i, n - i, &c);
                if (length && c != '%' && rv_char_printable(c)) {
                        memcpy(to, s + i, length);
                        to += length;
                        continue;
                }
                for (j = i; j < i + (length ? length : 1); j++) {
                        *to++ = '%';
                        *to++ = hex[(unsigned char)s[j] >> 4];
                        *to++ = hex[(unsigned char)s[j] & 15];
                }
        }
        return out;
}

/* The lists are short (MAX_ENVS), and the first who asks keeps the name. */
static bool is_taken(const struct env_list *list, const char *id)
{
        size_t i;

        for (i = 0; i < list->n; i++)
                if (strcmp(list->envs[i].id, id) == 0)
                        return true;
        return false;
}

/* "team/app" for /opt/team/app, and for /opt/team/app/venv too: there the directory's own name says nothing. */
static const char *short_id(struct finder *finder, const char *path)
{
        static const char *const plain[] = { "/.venv", "/venv", "/env" };
        const char *below = path + strlen(finder->top), *last = strrchr(path, '/');
        char *id;
        size_t i, n = strlen(below);

        if (!*finder->top)
                return NULL;
        for (i = 0; i < sizeof plain / sizeof *plain; i++)
                if (last > below && strcmp(last, plain[i]) == 0)
                        n = (size_t)(last - below);
        id = n ? rv_arena_strndup(&finder->scan->arena, below + 1, n - 1) : NULL;
        return id ? escape(finder->scan, id) : NULL;
}

static int add_env(struct finder *finder, const char *path, struct rv_err *err)
{
        struct env_list *list = finder->list;
        struct env *env = &list->envs[list->n];

        if (list->n == MAX_ENVS) {
                finder->scan->cut = true;
                return RV_OK;
        }
        *env = (struct env){ .path = path, .id = short_id(finder, path) };
        if (!env->id || is_taken(list, env->id))
                env->id = escape(finder->scan, path);
        if (!env->id)
                return rv_fail_memory(err);
        list->n++;
        return RV_OK;
}

static int look(struct finder *finder, const struct step *step, struct rv_err *err)
{
        const struct dir_entry *config;
        struct dir dir;
        size_t i;
        int r;

        /* Said once; the rest of the queue is let run dry. */
        if (finder->directories++ == MAX_DIRECTORIES)
                finder->scan->cut = true;
        if (finder->directories > MAX_DIRECTORIES)
                return RV_OK;
        r = scan_depends(finder->scan, step->path, err);
        if (r)
                return r;
        r = scan_dir(finder->scan, step->path, false, &dir);
        if (r < 0) {
                scan_unreadable(finder->scan, r, step->path);
                return RV_OK;
        }
        /* A directory mounted a second time, perhaps inside itself. */
        if (scan_visited(finder->scan, dir.dev, dir.ino))
                return RV_OK;
        /* Python follows a link here, so it may be one; a directory of that name is none. */
        config = dir_find(&dir, "pyvenv.cfg");
        if (config && (S_ISREG(config->mode) || S_ISLNK(config->mode)))
                return add_env(finder, step->path, err);
        for (i = 0; i < dir.n && step->depth < finder->depth && !r; i++)
                if (S_ISDIR(dir.entries[i].mode) && !is_skipped(dir.entries[i].name))
                        r = queue(finder, scan_join(finder->scan, step->path, dir.entries[i].name), step->depth + 1,
                                  err);
        return r;
}

static int by_path(const void *a, const void *b)
{
        return strcmp(((const struct env *)a)->path, ((const struct env *)b)->path);
}

/* Searches one directory. Found nearest first, shown by path within it. */
static int search(struct finder *finder, const char *directory, struct rv_err *err)
{
        size_t before = finder->list->n;
        int r;

        finder->first = NULL;
        finder->last = &finder->first;
        r = queue(finder, directory, 0, err);
        for (; finder->first && !r; finder->first = finder->first->next)
                r = look(finder, finder->first, err);
        qsort(finder->list->envs + before, finder->list->n - before, sizeof *finder->list->envs, by_path);
        return r;
}

static int search_home(void *user, const char *path, struct rv_err *err)
{
        struct finder *finder = user;

        return search(finder, path, err);
}

/* The configured directories. One that is no absolute path could only be meant from a working directory. */
static int search_listed(struct finder *finder, const char *list, struct rv_err *err)
{
        size_t n, end;
        char *path;
        int r = RV_OK;

        finder->depth = MAX_DEPTH;
        for (; *list && !r; list += n + (list[n] == ',')) {
                list += strspn(list, " \t");
                n = strcspn(list, ",");
                for (end = n;
                     end && (list[end - 1] == ' ' || list[end - 1] == '\t' || (end > 1 && list[end - 1] == '/'));)
                        end--;
                path = rv_arena_strndup(&finder->scan->arena, list, end);
                if (!path)
                        return rv_fail_memory(err);
                if (*path == '/') {
                        finder->top = path[1] ? path : "";
                        r = search(finder, path, err);
                } else if (*path) {
                        rv_warn(finder->scan->sink, RV_PARTIAL,
                                N_("[sandboxes] directories: %1 is no absolute path, so it is not searched"), path,
                                NULL);
                }
        }
        return r;
}

/* On request: by the option of the command, else by the root's configuration. */
static bool wants_homes(const struct rv_query *query)
{
        const char *said = rv_arg(query, "homes", 0);

        said = said ? said : rv_option(query, "config:homes");
        return said && strcmp(said, "true") == 0;
}

int env_find(struct scan *scan, struct env_list *ret, struct rv_err *err)
{
        const char *list = rv_option(scan->query, "config:directories");
        struct finder finder = { .scan = scan, .list = ret };
        int r;

        *ret = (struct env_list){ .envs = rv_arena_alloc(&scan->arena, MAX_ENVS * sizeof *ret->envs) };
        if (!ret->envs)
                return rv_fail_memory(err);
        r = search_listed(&finder, list ? list : SEARCH, err);
        if (r || !wants_homes(scan->query))
                return r;
        finder.top = "";
        finder.depth = 1;
        return homes_visit(scan, search_home, &finder, err);
}

int env_named(struct scan *scan, const char *name, struct env *ret, struct rv_err *err)
{
        struct env_list list;
        size_t i;
        int r = env_find(scan, &list, err);

        if (r)
                return r;
        for (i = 0; i < list.n; i++)
                if (strcmp(list.envs[i].id, name) == 0 || strcmp(list.envs[i].path, name) == 0)
                        break;
        if (i == list.n)
                return rv_fail(err, RV_NOTFOUND, N_("%1: there is no such environment"),
                               N_("`reeve sandboxes` lists them"), name, NULL);
        *ret = list.envs[i];
        return env_read(scan, ret, err);
}
