/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding and reading what the host's package manager reads, in its order. dnf5, dnf 4 and tdnf look at different
 * files: the one that the host has decides. */
#include "core/distro/policy/policy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/distro/osrelease.h"
#include "core/distro/policy/ini.h"

enum {
        FILE_LIMIT = 1 << 20, /* bytes */
        FILES_MAX = 512,
        SETTINGS_MAX = 65536,
        REPOS_MAX = 4096,
        PROBLEMS_MAX = 256,
        VARIABLE_LIMIT = 4096
};

struct reading {
        struct rv_policy *policy;
        int rootfd;
        rv_policy_depends *depends;
        void *user;
        const char *file;
        bool override, full;
        int r; /* what a dependency answered */
};

static void *copy(struct reading *reading, const char *s)
{
        char *made = rv_arena_strdup(&reading->policy->arena, s);

        reading->policy->starved = reading->policy->starved || !made;
        return made;
}

/* Room for one more at the end of an array; NULL: there is none, and the policy is starved. */
static void *grow(struct rv_policy *policy, void *array, size_t n, size_t *room, size_t size)
{
        size_t more = *room ? *room * 2 : 32;
        void *made;

        if (n < *room)
                return array;
        made = reallocarray(array, more, size);
        if (!made) {
                policy->starved = true;
                return NULL;
        }
        *room = more;
        return made;
}

#define GROW(policy, what, made)                                                                                    \
        ((made) = grow(policy, (policy)->what, (policy)->n_##what, &(policy)->room_##what, sizeof *(policy)->what), \
         (made) ? ((policy)->what = (made), true) : false)

static void problem(struct reading *reading, int code, const char *msgid, const char *place, const char *cause)
{
        struct rv_policy *policy = reading->policy;
        void *made;

        if (policy->n_problems < PROBLEMS_MAX && GROW(policy, problems, made))
                policy->problems[policy->n_problems++] =
                        (struct rv_policy_problem){ msgid, copy(reading, place), cause ? copy(reading, cause) : NULL,
                                                    code };
}

/* A limit that no honest configuration comes near. */
static bool is_full(struct reading *reading, bool full)
{
        if (full && !reading->full)
                problem(reading, RV_PARTIAL, N_("%1: there are too many settings; the rest was not read"),
                        reading->file, NULL);
        reading->full = reading->full || full;
        return full;
}

/* Repositories keep their names' spelling; two files may speak of the same one. */
static void add_repo(struct reading *reading, const char *id)
{
        struct rv_policy *policy = reading->policy;
        void *made;
        size_t i;

        if (strcmp(id, "main") == 0)
                return;
        for (i = 0; i < policy->n_repos; i++)
                if (strcmp(policy->repos[i], id) == 0)
                        return;
        if (!is_full(reading, policy->n_repos == REPOS_MAX) && GROW(policy, repos, made))
                policy->repos[policy->n_repos++] = copy(reading, id);
}

/* dnf's older names of the same settings. */
static const char *canonical(const char *key)
{
        static const char *const names[][2] = {
                { "gpgcheck", "pkg_gpgcheck" },
                { "exclude", "excludepkgs" },
                { "repodir", "reposdir" },
        };
        size_t i;

        for (i = 0; i < sizeof names / sizeof *names; i++)
                if (strcmp(key, names[i][0]) == 0)
                        return names[i][1];
        return key;
}

static void visit(void *user, const struct rv_ini_line *line)
{
        struct reading *reading = user;
        struct rv_policy *policy = reading->policy;
        RV_BUF_CLEANUP struct rv_buf place = { 0 };
        void *made;

        if (line->wrong) {
                rv_buf_printf(&place, "%s:%u", reading->file, line->number);
                problem(reading, RV_PARTIAL, line->wrong, rv_buf_str(&place), NULL);
                return;
        }
        if (!*line->key) {
                if (!reading->override)
                        add_repo(reading, line->section);
                return;
        }
        if (!is_full(reading, policy->n_settings == SETTINGS_MAX) && GROW(policy, settings, made))
                policy->settings[policy->n_settings++] =
                        (struct rv_setting){ .section = copy(reading, line->section),
                                             .key = copy(reading, canonical(line->key)),
                                             .value = copy(reading, line->value),
                                             .file = reading->file,
                                             .line = line->number,
                                             .override = reading->override };
}

/* A file that is not there says nothing; one that cannot be read is a problem. */
static bool slurp(struct reading *reading, const char *path, size_t limit, struct rv_buf *out)
{
        RV_ERR_CLEANUP struct rv_err why = { 0 };
        struct stat st;
        int r;

        if (reading->r == RV_OK)
                reading->r = reading->depends(reading->user, reading->rootfd, path);
        if (reading->r != RV_OK)
                return false;
        r = rv_stat_in_root(reading->rootfd, path, &st);
        if (r == -ENOENT || r == -ENOTDIR)
                return false;
        if (r == 0 && !S_ISREG(st.st_mode)) {
                problem(reading, RV_DAMAGED, N_("%1: is not a regular file"), path, NULL);
                return false;
        }
        r = rv_file_read(reading->rootfd, path, limit, out, &why);
        if (r == RV_OK)
                return true;
        problem(reading, r, r == RV_DENIED ? N_("%1: may not be read") : N_("%1: cannot be read"), path, NULL);
        return false;
}

static void read_file(struct reading *reading, const char *path, bool override)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        if (!slurp(reading, path, FILE_LIMIT, &text))
                return;
        reading->file = copy(reading, path);
        reading->override = override;
        if (reading->file)
                rv_ini_parse(text.data, text.size, visit, reading);
}

struct names {
        struct {
                char *name;
                const char *directory;
        } at[FILES_MAX];
        size_t n;
};

static void free_names(struct names *names)
{
        while (names->n)
                free(names->at[--names->n].name);
}

static bool ends_in(const char *name, const char *suffix)
{
        size_t n = strlen(name), m = strlen(suffix);

        return name[0] != '.' && n > m && strcmp(name + n - m, suffix) == 0;
}

/* The names in a directory that end so. One that was found in an earlier directory masks it there. */
static void list(struct reading *reading, const char *directory, const char *suffix, bool masks, struct names *names)
{
        struct dirent *entry;
        DIR *dir;
        size_t i;
        int fd;

        if (reading->r == RV_OK)
                reading->r = reading->depends(reading->user, reading->rootfd, directory);
        if (reading->r != RV_OK)
                return;
        fd = rv_open_in_root(reading->rootfd, directory, O_RDONLY | O_DIRECTORY);
        if (fd < 0) {
                if (fd != -ENOENT && fd != -ENOTDIR)
                        problem(reading, fd == -EACCES ? RV_DENIED : RV_FAILED, N_("%1: cannot be read"), directory,
                                NULL);
                return;
        }
        dir = fdopendir(fd);
        if (!dir) {
                rv_close(&fd);
                reading->policy->starved = true;
                return;
        }
        while (errno = 0, (entry = readdir(dir))) {
                if (!ends_in(entry->d_name, suffix))
                        continue;
                for (i = 0; masks && i < names->n && strcmp(names->at[i].name, entry->d_name) != 0; i++)
                        ;
                if (masks && i < names->n)
                        continue;
                if (names->n == FILES_MAX) {
                        problem(reading, RV_PARTIAL, N_("%1: holds too many files; the rest was not read"), directory,
                                NULL);
                        break;
                }
                names->at[names->n].name = strdup(entry->d_name);
                names->at[names->n].directory = directory;
                if (!names->at[names->n].name) {
                        reading->policy->starved = true;
                        break;
                }
                names->n++;
        }
        if (!entry && errno)
                problem(reading, RV_FAILED, N_("%1: cannot be read"), directory, NULL);
        closedir(dir);
}

static int by_name(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Directories of files; together: sorted over all of them and the first directory masks the later ones, else one after
 * the other. */
static void read_directories(struct reading *reading, const char *const *directories, const char *suffix, bool together,
                             bool override)
{
        struct names *names = calloc(1, sizeof *names);
        char path[2 * PATH_MAX];
        size_t i, k;

        if (!names) {
                reading->policy->starved = true;
                return;
        }
        for (i = 0; directories[i]; i++) {
                list(reading, directories[i], suffix, together, names);
                if (together && directories[i + 1])
                        continue;
                qsort(names->at, names->n, sizeof *names->at, by_name);
                for (k = 0; k < names->n; k++) {
                        (void)snprintf(path, sizeof path, "%s/%s", names->at[k].directory, names->at[k].name);
                        read_file(reading, path, override);
                }
                free_names(names);
        }
        free(names);
}

static bool there(struct reading *reading, const char *path)
{
        struct stat st;

        if (reading->r == RV_OK)
                reading->r = reading->depends(reading->user, reading->rootfd, path);
        return rv_stat_in_root(reading->rootfd, path, &st) == 0;
}

static enum rv_tool find_tool(struct reading *reading)
{
        if (there(reading, "/usr/bin/dnf5") || there(reading, "/usr/share/dnf5"))
                return RV_TOOL_DNF5;
        if (there(reading, "/etc/tdnf/tdnf.conf"))
                return RV_TOOL_TDNF;
        if (there(reading, "/etc/dnf") || there(reading, "/etc/yum.repos.d"))
                return RV_TOOL_DNF;
        return RV_TOOL_NONE;
}

static void read_main(struct reading *reading)
{
        static const char *const dropins[] = { "/etc/dnf/libdnf5.conf.d", "/usr/share/dnf5/libdnf.conf.d", NULL };

        if (reading->policy->tool == RV_TOOL_DNF5)
                read_directories(reading, dropins, ".conf", true, false);
        read_file(reading, reading->policy->tool == RV_TOOL_TDNF ? "/etc/tdnf/tdnf.conf" : "/etc/dnf/dnf.conf", false);
}

static void add_variable(struct reading *reading, const char *name, const char *value, const char *file)
{
        struct rv_policy *policy = reading->policy;
        void *made;

        if (GROW(policy, variables, made))
                policy->variables[policy->n_variables++] =
                        (struct rv_variable){ copy(reading, name), copy(reading, value), copy(reading, file) };
}

/* A file for each variable; its first line is the value. */
static void read_variables(struct reading *reading, const char *directory)
{
        struct names *names = calloc(1, sizeof *names);
        char path[2 * PATH_MAX];
        size_t i;

        if (!names) {
                reading->policy->starved = true;
                return;
        }
        list(reading, directory, "", false, names);
        for (i = 0; i < names->n; i++) {
                RV_BUF_CLEANUP struct rv_buf text = { 0 };

                (void)snprintf(path, sizeof path, "%s/%s", directory, names->at[i].name);
                if (!slurp(reading, path, VARIABLE_LIMIT, &text))
                        continue;
                rv_buf_truncate(&text, strcspn(rv_buf_str(&text), "\r\n"));
                add_variable(reading, names->at[i].name, rv_buf_str(&text), path);
        }
        free_names(names);
        free(names);
}

/* RPM's name of the architecture that packages are chosen for, from the kernel's name of the machine. */
static const char *basearch(const char *machine)
{
        static const char *const bases[][2] = { { "i386", "i386" },    { "i486", "i386" },     { "i586", "i386" },
                                                { "i686", "i386" },    { "armv7l", "armhfp" }, { "amd64", "x86_64" },
                                                { "arm64", "aarch64" } };
        size_t i;

        for (i = 0; i < sizeof bases / sizeof *bases; i++)
                if (strcmp(machine, bases[i][0]) == 0)
                        return bases[i][1];
        return machine;
}

static void find_variables(struct reading *reading, const char *machine)
{
        RV_BUF_CLEANUP struct rv_buf release = { 0 }, version = { 0 };
        size_t dot;

        add_variable(reading, "arch", machine, "");
        add_variable(reading, "basearch", basearch(machine), "");
        if (reading->r == RV_OK)
                reading->r = reading->depends(reading->user, reading->rootfd, "/etc/os-release");
        if (rv_osrelease_read(reading->rootfd, &release, NULL) == RV_OK &&
            rv_osrelease_get(rv_buf_str(&release), release.size, "VERSION_ID", &version)) {
                add_variable(reading, "releasever", rv_buf_str(&version), "");
                dot = strcspn(rv_buf_str(&version), ".");
                add_variable(reading, "releasever_minor", dot < version.size ? rv_buf_str(&version) + dot + 1 : "", "");
                rv_buf_truncate(&version, dot);
                add_variable(reading, "releasever_major", rv_buf_str(&version), "");
        }
        if (reading->policy->tool == RV_TOOL_DNF5)
                read_variables(reading, "/usr/share/dnf5/vars.d");
        if (reading->policy->tool == RV_TOOL_DNF)
                read_variables(reading, "/etc/yum/vars");
        read_variables(reading, reading->policy->tool == RV_TOOL_TDNF ? "/etc/tdnf/vars" : "/etc/dnf/vars");
}

/* Where repositories are described; the main settings may name other places. */
static void read_repos(struct reading *reading)
{
        static const char *const dnf5[] = { "/etc/yum.repos.d", "/etc/distro.repos.d", "/usr/share/dnf5/repos.d",
                                            NULL };
        static const char *const dnf4[] = { "/etc/yum.repos.d", "/etc/yum/repos.d", "/etc/distro.repos.d", NULL };
        static const char *const tdnf[] = { "/etc/yum.repos.d", NULL };
        static const char *const overrides[] = { "/etc/dnf/repos.override.d", "/usr/share/dnf5/repos.override.d",
                                                 NULL };
        const struct rv_policy *policy = reading->policy;
        const struct rv_setting *named = rv_policy_get(policy, NULL, "reposdir");
        RV_BUF_CLEANUP struct rv_buf word = { 0 };
        size_t i;

        for (i = 0; named && rv_policy_word(policy, named, i, &word); i++) {
                const char *const one[] = { copy(reading, rv_buf_str(&word)), NULL };

                read_directories(reading, one, ".repo", false, false);
        }
        if (!named)
                read_directories(reading,
                                 policy->tool == RV_TOOL_DNF5  ? dnf5
                                 : policy->tool == RV_TOOL_DNF ? dnf4
                                                               : tdnf,
                                 ".repo", false, false);
        if (policy->tool == RV_TOOL_DNF5)
                read_directories(reading, overrides, ".repo", true, true);
}

int rv_policy_read(int rootfd, const char *machine, rv_policy_depends *depends, void *user, struct rv_policy *ret,
                   struct rv_err *err)
{
        struct rv_policy policy = { 0 };
        struct reading reading = { .policy = &policy, .rootfd = rootfd, .depends = depends, .user = user };
        int r;

        policy.tool = find_tool(&reading);
        read_main(&reading);
        find_variables(&reading, machine);
        read_repos(&reading);
        r = policy.starved ? rv_fail_memory(err) : reading.r;
        if (r == RV_OK)
                *ret = policy;
        else
                rv_policy_free(&policy);
        return r;
}

void rv_policy_free(struct rv_policy *policy)
{
        free(policy->settings);
        free(policy->repos);
        free(policy->variables);
        free(policy->problems);
        rv_arena_free(&policy->arena);
        *policy = (struct rv_policy){ 0 };
}
