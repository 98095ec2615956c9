/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding and reading the configuration of a root, and handing a plugin its section. Nothing is kept: whoever needs a
 * value reads the files, which are stamped as everything else that an answer was made from. */
#include "core/model/config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/conf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/model/sink_private.h"
#include <reeve/plugin.h>

#define DIRECTORY "/etc/reeve"
static const char MAIN_FILE[] = DIRECTORY "/reeve.conf";
static const char MORE_FILES[] = DIRECTORY "/conf.d";
static const char OPTION[] = "config:";
enum { FILE_LIMIT = 64 * 1024, FILES_MAX = 64 };

/* One reading of files. */
struct reading {
        const struct rv_root *root; /* NULL: the caller's own file */
        rv_config_visit *visit;
        void *user;
        const char *file; /* as people know it */
};

static void visit_line(void *user, const struct rv_conf_line *line)
{
        RV_BUF_CLEANUP struct rv_buf place = { 0 };
        RV_ERR_CLEANUP struct rv_err wrong = { 0 };
        struct reading *reading = user;
        struct rv_config_entry entry = { .section = line->section, .key = line->key, .value = line->value };

        rv_buf_printf(&place, "%s:%u", reading->file, line->number);
        entry.place = rv_buf_str(&place);
        if (line->wrong) {
                (void)!rv_fail(&wrong, RV_PARTIAL, line->wrong, NULL, entry.place, NULL);
                entry.wrong = &wrong;
        }
        reading->visit(reading->user, &entry);
}

static void visit_unread(const struct reading *reading, const struct rv_err *why)
{
        const struct rv_config_entry entry = {
                .section = "", .key = "", .value = "", .place = reading->file, .wrong = why
        };

        reading->visit(reading->user, &entry);
}

/* Whoever can write configuration decides what root looks at. */
static int check_owner(const struct reading *reading, int fd, struct rv_err *err)
{
        struct stat st;

        if (!reading->root || reading->root->foreign || geteuid() != 0)
                return RV_OK;
        if (fstat(fd, &st) < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be looked at: %2"), reading->file);
        if (st.st_uid != 0)
                return rv_fail(err, RV_UNTRUSTED, N_("%1: is not owned by root, so root does not follow it"),
                               N_("have root own it: chown root %1"), reading->file, NULL);
        if (st.st_mode & (S_IWGRP | S_IWOTH))
                return rv_fail(err, RV_UNTRUSTED, N_("%1: can be written by others, so root does not follow it"),
                               N_("take the right to write away: chmod go-w %1"), reading->file, NULL);
        return RV_OK;
}

/* Opens a file or a directory below the root, or returns why not; RV_NOTFOUND says nothing. */
static int open_checked(const struct reading *reading, const char *path, int flags, int *ret, struct rv_err *err)
{
        RV_FD_CLEANUP int fd = -1;
        struct stat st;
        int r = rv_stat_in_root(reading->root->fd, path, &st);

        /* Looked at before it is opened, as every file is that may be a device. */
        if (r == 0 && !S_ISREG(st.st_mode) && !(flags & O_DIRECTORY))
                return rv_fail(err, RV_DAMAGED, N_("%1: is not a regular file"), NULL, reading->file, NULL);
        fd = r < 0 ? r : rv_open_in_root(reading->root->fd, path, O_RDONLY | flags);
        if (fd < 0)
                return rv_fail_errno(err, -fd, N_("%1: cannot be read: %2"), reading->file);
        r = check_owner(reading, fd, err);
        if (r)
                return r;
        *ret = fd;
        fd = -1;
        return RV_OK;
}

static void read_file(struct reading *reading, const char *path)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        RV_ERR_CLEANUP struct rv_err why = { 0 };
        RV_FD_CLEANUP int fd = -1;
        int r = open_checked(reading, path, 0, &fd, &why);

        if (!r)
                r = rv_file_read_fd(fd, reading->file, FILE_LIMIT, &text, &why);
        if (!r)
                rv_conf_parse(text.data, text.size, visit_line, reading);
        else if (r != RV_NOTFOUND)
                visit_unread(reading, &why);
}

/* Messages name the file as the administrator finds it, which below a foreign root is not what its system calls it. */
static const char *shown(const struct rv_root *root, const char *path, struct rv_arena *arena)
{
        RV_BUF_CLEANUP struct rv_buf name = { 0 };

        rv_buf_printf(&name, "%s%s", root->foreign ? root->path : "", path);
        return rv_arena_strdup(arena, rv_buf_str(&name));
}

static int by_name(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_conf(const char *name)
{
        size_t n = strlen(name);

        return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".conf") == 0;
}

/* The names in conf.d, in order; one more than are read, so that too many show. */
static int list(struct reading *reading, struct rv_arena *arena, const char *names[FILES_MAX + 1], size_t *ret_n,
                struct rv_err *err)
{
        RV_FD_CLEANUP int fd = -1;
        struct dirent *entry;
        DIR *dir;
        size_t n = 0;
        int r = open_checked(reading, MORE_FILES, O_DIRECTORY, &fd, err);

        if (r)
                return r;
        dir = fdopendir(fd);
        if (!dir)
                return rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), reading->file);
        fd = -1;
        while (!r && n <= FILES_MAX && (errno = 0, entry = readdir(dir)))
                if (is_conf(entry->d_name)) {
                        names[n] = rv_arena_strdup(arena, entry->d_name);
                        r = names[n++] ? RV_OK : rv_fail_memory(err);
                }
        if (!r && n <= FILES_MAX && errno)
                r = rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), reading->file);
        closedir(dir);
        if (r)
                return r;
        qsort(names, n, sizeof *names, by_name);
        *ret_n = n;
        return n <= FILES_MAX ? RV_OK
                              : rv_fail(err, RV_PARTIAL, N_("%1: holds too many files, so none of them is read"), NULL,
                                        reading->file, NULL);
}

static int depend(const struct reading *reading, struct rv_sink *sink, const char *path)
{
        return sink ? rv_depends(sink, reading->root->fd, path) : RV_OK;
}

static int read_more(struct reading *reading, struct rv_sink *sink, struct rv_arena *arena)
{
        RV_ERR_CLEANUP struct rv_err why = { 0 };
        const char *names[FILES_MAX + 1];
        char path[sizeof MORE_FILES + 256];
        size_t n = 0, i;
        int r;

        reading->file = shown(reading->root, MORE_FILES, arena);
        if (!reading->file)
                return RV_FAILED;
        r = list(reading, arena, names, &n, &why);
        if (r && r != RV_NOTFOUND)
                visit_unread(reading, &why);
        for (i = 0; !r && i < n; i++) {
                (void)snprintf(path, sizeof path, "%s/%s", MORE_FILES, names[i]);
                reading->file = shown(reading->root, path, arena);
                if (!reading->file || depend(reading, sink, path))
                        return RV_FAILED;
                read_file(reading, path);
        }
        return RV_OK;
}

int rv_config_read(const struct rv_root *root, struct rv_sink *sink, rv_config_visit *visit, void *user)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        struct reading reading = { .root = root, .visit = visit, .user = user };
        int r = depend(&reading, sink, MAIN_FILE);

        if (!r)
                r = depend(&reading, sink, MORE_FILES);
        reading.file = shown(root, MAIN_FILE, &arena);
        if (r || !reading.file)
                return RV_FAILED;
        read_file(&reading, MAIN_FILE);
        return read_more(&reading, sink, &arena);
}

void rv_config_read_file(const char *path, rv_config_visit *visit, void *user)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        RV_ERR_CLEANUP struct rv_err why = { 0 };
        struct reading reading = { .visit = visit, .user = user, .file = path };
        int r = rv_file_read(AT_FDCWD, path, FILE_LIMIT, &text, &why);

        if (!r)
                rv_conf_parse(text.data, text.size, visit_line, &reading);
        else if (r != RV_NOTFOUND)
                visit_unread(&reading, &why);
}

/* --- a plugin's section */

struct asking {
        const struct rv_plugin *plugin;
        struct rv_query *query;
        struct rv_sink *sink;
        struct rv_err *err;
        int result;
};

bool rv_config_option(const char *id)
{
        return strncmp(id, OPTION, sizeof OPTION - 1) == 0;
}

bool rv_config_bool(const char *value, bool *ret)
{
        const bool yes = strcmp(value, "yes") == 0 || strcmp(value, "true") == 0;

        if (!yes && strcmp(value, "no") != 0 && strcmp(value, "false") != 0)
                return false;
        *ret = yes;
        return true;
}

/* Plugins get what an argument of this type would be. */
static const char *canonical(const struct rv_arg *setting, const char *value)
{
        bool yes;

        if (setting->type != RV_BOOL || !rv_config_bool(value, &yes))
                return value;
        return yes ? "true" : "false";
}

static void warn(struct asking *asking, int code, const char *msgid, const char *place, const char *key,
                 const char *last)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };

        rv_message_packf(&packed, "reeve", msgid, place, key, last, NULL);
        rv_warn_packed(asking->sink, code, rv_buf_str(&packed), packed.size);
}

static int set(struct asking *asking, const struct rv_config_entry *entry)
{
        RV_BUF_CLEANUP struct rv_buf id = { 0 };
        const char *value;
        uint32_t i;

        for (i = 0; i < asking->plugin->n_settings; i++)
                if (strcmp(asking->plugin->settings[i].id, entry->key) == 0)
                        break;
        /* No status: a file may be meant for a newer plugin too. */
        if (i == asking->plugin->n_settings) {
                warn(asking, RV_OK, N_("%1: there is no setting %2 in [%3]"), entry->place, entry->key,
                     asking->plugin->id);
                return RV_OK;
        }
        value = canonical(&asking->plugin->settings[i], entry->value);
        if (!rv_arg_fits(&asking->plugin->settings[i], value)) {
                warn(asking, RV_PARTIAL, N_("%1: %2 cannot be %3; the line is ignored"), entry->place, entry->key,
                     entry->value);
                return RV_OK;
        }
        rv_buf_printf(&id, "%s%s", OPTION, entry->key);
        return rv_query_option(asking->query, rv_buf_str(&id), value, asking->err);
}

/* What could not be read at all may have been meant for this plugin. */
static void visit_own(void *user, const struct rv_config_entry *entry)
{
        struct asking *asking = user;

        if (asking->result || (*entry->section && strcmp(entry->section, asking->plugin->id) != 0))
                return;
        if (entry->wrong)
                rv_warn_packed(asking->sink, entry->wrong->code, rv_buf_str(&entry->wrong->message),
                               entry->wrong->message.size);
        else
                asking->result = set(asking, entry);
}

int rv_config_query(const struct rv_root *root, const struct rv_plugin *plugin, struct rv_query *query,
                    struct rv_sink *sink, struct rv_err *err)
{
        struct asking asking = { .plugin = plugin, .query = query, .sink = sink, .err = err };
        int r;

        if (!plugin->n_settings)
                return RV_OK;
        r = rv_config_read(root, sink, visit_own, &asking);
        return r ? rv_fail_memory(err) : asking.result;
}
