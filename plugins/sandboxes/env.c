/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an environment says about itself: its configuration, its interpreter, where its packages are, and which
 * distributions those are. */
#include "plugins/sandboxes/env.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/file.h"

enum { CONFIG_LIMIT = 64 * 1024, MAX_SITES = 16 };

static bool starts(const char *s, const char *with)
{
        return strncmp(s, with, strlen(with)) == 0;
}

/* "pylock.toml" or "pylock.NAME.toml" without a dot in NAME (PEP 751). */
static bool is_lock(const char *name)
{
        const char *middle = name + sizeof "pylock" - 1;

        if (!starts(name, "pylock.") || !scan_ends(name, ".toml"))
                return false;
        return strcmp(middle, ".toml") == 0 || (middle[1] != '.' && strchr(middle + 1, '.') == strrchr(middle, '.'));
}

/* Named to the host whether it is there or not: a lock that appears changes the answer. */
static int is_beside(struct scan *scan, const char *path, bool *ret, struct rv_err *err)
{
        struct stat st;
        int r = scan_depends(scan, path, err);

        *ret = *ret || (!r && scan_stat(scan, path, &st) == 0);
        return r;
}

/* A lock or a receipt lies in the environment, or beside it: a lock of its name, or the project's only one where the
 * environment has one of the names that stand for "the project's". */
static int read_kind(struct scan *scan, struct env *env, const struct dir *inside, struct rv_err *err)
{
        const char *base = strrchr(env->path, '/') + 1;
        int parent = (int)(base - env->path), r;
        RV_BUF_CLEANUP struct rv_buf lock = { 0 };
        bool found = false;
        size_t i;

        for (i = 0; i < inside->n; i++)
                found = found || is_lock(inside->entries[i].name) ||
                        strcmp(inside->entries[i].name, "receipt.json") == 0;
        rv_buf_printf(&lock, "%.*spylock.%s.toml", parent, env->path, base);
        r = is_beside(scan, rv_buf_str(&lock), &found, err);
        if (!r && (strcmp(base, ".venv") == 0 || strcmp(base, "venv") == 0 || strcmp(base, "env") == 0)) {
                rv_buf_clear(&lock);
                rv_buf_printf(&lock, "%.*spylock.toml", parent, env->path);
                r = is_beside(scan, rv_buf_str(&lock), &found, err);
        }
        env->kind = found ? ENV_PYLOCK : ENV_VENV;
        return r;
}

static int exists(struct scan *scan, const char *path, bool *ret, struct rv_err *err)
{
        struct stat st;
        int r = path ? scan_depends(scan, path, err) : rv_fail_memory(err);

        if (r)
                return r;
        /* What may not be looked at is taken to be there: a missing right is no missing interpreter. */
        r = scan_stat(scan, path, &st);
        *ret = r ? r != -ENOENT : S_ISREG(st.st_mode);
        return RV_OK;
}

/* The interpreter in `home` under one of its usual names. */
static int find_home(struct scan *scan, struct env *env, struct rv_err *err)
{
        static const char *const names[] = { "python3", "python", "pypy3" };
        const char *version = env->config.version ? env->config.version : "", *dot = strchr(version, '.');
        char own[32];
        bool there = false;
        size_t i;
        int r, major_minor;

        /* "python3.11" first: that is the name an upgrade of the system takes away. */
        major_minor = dot ? (int)(strcspn(dot + 1, ".") + (size_t)(dot - version) + 1) : 0;
        (void)snprintf(own, sizeof own, "python%.*s", major_minor > 16 ? 16 : major_minor, version);
        r = exists(scan, scan_join(scan, env->config.home, own), &there, err);
        for (i = 0; i < sizeof names / sizeof *names && !r && !there; i++)
                r = exists(scan, scan_join(scan, env->config.home, names[i]), &there, err);
        if (!r && !there) {
                env->missing = scan_join(scan, env->config.home, own);
                r = env->missing ? RV_OK : rv_fail_memory(err);
        }
        return r;
}

/* Both must be there: the environment's own name for the interpreter, and the directory where that one lives (a copied
 * interpreter still takes its library from there). */
static int read_interpreter(struct scan *scan, struct env *env, struct rv_err *err)
{
        char *own = scan_join(scan, env->path, "bin/python");
        bool there = false;
        int r = exists(scan, own, &there, err);

        if (!r && !there) {
                own = scan_join(scan, env->path, "bin/python3");
                r = exists(scan, own, &there, err);
        }
        if (r)
                return r;
        if (!there)
                env->missing = own;
        else if (env->config.home && *env->config.home)
                return find_home(scan, env, err);
        return RV_OK;
}

/* A pyvenv.cfg that cannot be read leaves the environment in the list, with what can be known without it. */
static int read_config(struct scan *scan, struct env *env, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        RV_ERR_CLEANUP struct rv_err why = { 0 };
        char *path = scan_join(scan, env->path, "pyvenv.cfg");
        struct stat st;
        int r = path ? scan_depends(scan, path, err) : rv_fail_memory(err);

        if (r)
                return r;
        if (scan_stat(scan, path, &st) == 0)
                env->created_at = st.st_mtime;
        r = rv_file_read(scan->root, path, CONFIG_LIMIT, &text, &why);
        if (r)
                scan_unread(scan, r, path);
        else if (!pyvenv_parse(rv_buf_str(&text), text.size, &scan->arena, &env->config))
                return rv_fail_memory(err);
        return RV_OK;
}

/* lib/python3.11/site-packages and its like below one of lib and lib64. */
static int add_sites(struct scan *scan, struct env *env, const char *lib, const char **sites, struct rv_err *err)
{
        char *path = scan_join(scan, env->path, lib), *site, *whole;
        struct stat st;
        struct dir dir;
        size_t i;
        int r = path ? scan_depends(scan, path, err) : rv_fail_memory(err);

        if (r)
                return r;
        r = scan_dir(scan, path, false, &dir);
        if (r < 0) {
                scan_unreadable(scan, r, path);
                return RV_OK;
        }
        for (i = 0; i < dir.n && env->n_sites < MAX_SITES; i++) {
                if (!S_ISDIR(dir.entries[i].mode) ||
                    !(starts(dir.entries[i].name, "python") || starts(dir.entries[i].name, "pypy")))
                        continue;
                site = scan_join(scan, lib, dir.entries[i].name);
                site = site ? scan_join(scan, site, "site-packages") : NULL;
                whole = site ? scan_join(scan, env->path, site) : NULL;
                if (!whole)
                        return rv_fail_memory(err);
                r = scan_stat(scan, whole, &st);
                if (r == -EACCES)
                        scan_unreadable(scan, r, whole);
                if (r == 0 && S_ISDIR(st.st_mode))
                        sites[env->n_sites++] = site;
        }
        return RV_OK;
}

int env_read(struct scan *scan, struct env *env, struct rv_err *err)
{
        const char **sites = rv_arena_alloc(&scan->arena, MAX_SITES * sizeof *sites);
        const struct dir_entry *lib64;
        struct dir inside = { 0 };
        int r;

        if (!sites)
                return rv_fail_memory(err);
        /* The search has named this directory to the host already. */
        r = scan_dir(scan, env->path, false, &inside);
        if (r < 0)
                scan_unreadable(scan, r, env->path);
        r = read_config(scan, env, err);
        if (!r)
                r = read_kind(scan, env, &inside, err);
        if (!r)
                r = read_interpreter(scan, env, err);
        /* A lib64 that is a link names the same files twice. */
        lib64 = dir_find(&inside, "lib64");
        env->lib64_is_lib = lib64 && S_ISLNK(lib64->mode);
        env->sites = sites;
        if (!r)
                r = add_sites(scan, env, "lib", sites, err);
        if (!r && lib64 && S_ISDIR(lib64->mode))
                r = add_sites(scan, env, "lib64", sites, err);
        return r;
}

/* A link named like a distribution is none: what it leads to may lie outside the environment. */
static bool is_dist(const struct dir_entry *entry, const char *site, struct dist *ret)
{
        *ret = (struct dist){ .site = site,
                              .directory = entry->name,
                              .egg = scan_ends(entry->name, ".egg-info"),
                              .is_file = S_ISREG(entry->mode) };
        if (S_ISDIR(entry->mode))
                return ret->egg || scan_ends(entry->name, ".dist-info");
        return ret->egg && ret->is_file;
}

/* All directories are read before the list is made: it is as long as their entries at most. */
static int read_sites(struct scan *scan, const struct env *env, struct dir *dirs, size_t *ret_entries,
                      struct rv_err *err)
{
        char *path;
        size_t i;
        int r;

        for (i = 0; i < env->n_sites; i++) {
                path = scan_join(scan, env->path, env->sites[i]);
                r = path ? scan_depends(scan, path, err) : rv_fail_memory(err);
                if (r)
                        return r;
                r = scan_dir(scan, path, false, &dirs[i]);
                if (r < 0)
                        scan_unreadable(scan, r, path);
                *ret_entries += dirs[i].n;
        }
        return RV_OK;
}

int env_dists(struct scan *scan, const struct env *env, struct dist_list *ret, struct rv_err *err)
{
        struct dir dirs[MAX_SITES] = { 0 };
        size_t i, j, entries = 0;
        int r = read_sites(scan, env, dirs, &entries, err);

        if (r)
                return r;
        *ret = (struct dist_list){ .dists = rv_arena_alloc(&scan->arena, (entries + 1) * sizeof *ret->dists) };
        if (!ret->dists)
                return rv_fail_memory(err);
        for (i = 0; i < env->n_sites; i++)
                for (j = 0; j < dirs[i].n; j++)
                        ret->n += is_dist(&dirs[i].entries[j], env->sites[i], &ret->dists[ret->n]);
        return RV_OK;
}

char *dist_file(struct scan *scan, const struct env *env, const struct dist *dist, const char *name)
{
        char *path = scan_join(scan, env->path, dist->site);

        path = path ? scan_join(scan, path, dist->directory) : NULL;
        return path && !dist->is_file ? scan_join(scan, path, name) : path;
}
