/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way through an environment: every file that is there is either somebody's, or Python's and its installer's own,
 * or it was added. Links are met, never followed. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "plugins/sandboxes/check.h"

enum { MAX_DIRECTORIES = 100000 };

/* Where the files of this path start, or would: a path may be several distributions'. */
static size_t first_of(const struct check *check, const char *path)
{
        size_t low = 0, high = check->n, middle;

        while (low < high) {
                middle = low + (high - low) / 2;
                if (strcmp(check->files[middle].path, path) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* Notes the file for all who own it; false when nobody does. */
static bool see(struct check *check, const char *path, const struct dir_entry *entry)
{
        size_t i = first_of(check, path), first = i;

        for (; i < check->n && strcmp(check->files[i].path, path) == 0; i++) {
                check->files[i].seen = true;
                check->files[i].regular = S_ISREG(entry->mode);
                check->files[i].size = entry->size;
                check->files[i].mtime = entry->mtime;
        }
        return i > first;
}

/* Only what lies where Python imports from can be "added"; the two files of virtualenv's own are its by name alone, as
 * nothing records them. */
static bool is_below_site(const struct env *env, const char *path)
{
        size_t i, n;

        for (i = 0; i < env->n_sites; i++) {
                n = strlen(env->sites[i]);
                if (strncmp(path, env->sites[i], n) != 0 || path[n] != '/')
                        continue;
                return !env->config.virtualenv ||
                       (strcmp(path + n, "/_virtualenv.py") != 0 && strcmp(path + n, "/_virtualenv.pth") != 0);
        }
        return false;
}

/* Links count as files: they are not followed, and one that nobody owns may hide anything. */
static int meet_file(struct check *check, const char *whole, const struct dir_entry *entry, struct rv_err *err)
{
        const char *path = whole + strlen(check->env->path) + 1;
        struct file *file;

        if (S_ISREG(entry->mode))
                check->size += entry->size;
        if (check_is_compiled(path)) {
                check->compiled += entry->size;
                return RV_OK;
        }
        /* The verdict rests on this file's content, so the host watches it. */
        if (see(check, path, entry))
                return scan_depends(check->scan, whole, err);
        if (!is_below_site(check->env, path))
                return RV_OK;
        file = check_add(&check->added, &check->n_added, &check->room_added);
        if (!file)
                return rv_fail_memory(err);
        *file = (struct file){ .path = path, .seen = true, .size = entry->size, .mtime = entry->mtime };
        return RV_OK;
}

/* The path is below the environment and so has a slash. */
static bool is_cache(const char *path)
{
        return strcmp(strrchr(path, '/'), "/__pycache__") == 0;
}

struct step { /* a directory still to be gone through */
        const char *path;
        struct step *next;
};

static int meet_directory(struct check *check, const char *path, struct step ***last, struct rv_err *err)
{
        struct scan *scan = check->scan;
        struct step *step;
        struct dir dir;
        char *inside;
        size_t i;
        /* A directory of compiled files changes whenever something is imported, and decides nothing. */
        int r = is_cache(path) ? RV_OK : scan_depends(scan, path, err);

        if (r)
                return r;
        r = scan_dir(scan, path, true, &dir);
        if (r < 0 || scan_visited(scan, dir.dev, dir.ino)) {
                if (r < 0)
                        scan_unreadable(scan, r, path);
                return RV_OK;
        }
        for (i = 0, r = RV_OK; i < dir.n && !r; i++) {
                inside = scan_join(scan, path, dir.entries[i].name);
                step = rv_arena_alloc(&scan->arena, sizeof *step);
                if (!inside || !step)
                        return rv_fail_memory(err);
                if (!S_ISDIR(dir.entries[i].mode)) {
                        r = meet_file(check, inside, &dir.entries[i], err);
                        continue;
                }
                step->path = inside;
                **last = step;
                *last = &step->next;
        }
        return r;
}

int check_tree(struct check *check, struct rv_err *err)
{
        struct step first = { .path = check->env->path }, *step, **last = &first.next;
        size_t directories = 0;
        int r = RV_OK;

        scan_forget(check->scan);
        for (step = &first; step && !r; step = step->next) {
                if (++directories > MAX_DIRECTORIES) {
                        check->scan->cut = true;
                        break;
                }
                r = meet_directory(check, step->path, &last, err);
        }
        if (check->n_added)
                qsort(check->added, check->n_added, sizeof *check->added, check_by_path);
        return r;
}
