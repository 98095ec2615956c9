/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registry: which plugin libraries there are, and each one opened once, when it is first asked for. */
#include "core/model/registry.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/message.h"
#include "core/model/common.h"
#include "core/model/plugin.h"
#include "core/model/sink_private.h"

enum { PLUGINS_MAX = 256 };

struct entry {
        const char *id, *path;
        const struct rv_plugin *plugin;
        struct rv_err err; /* why it could not be opened */
        bool tried;
};

struct rv_registry {
        struct entry *entries; /* they grow until the directories are read, and stay where they are after */
        const char **names;
        size_t n;
        struct rv_arena arena;
        const char *unread; /* the directory that could not be read to its end, and why (errno) */
        int why;
        pthread_mutex_t lock; /* over the entries; opening a plugin runs none of its code */
};

static size_t position(const struct rv_registry *registry, const char *id)
{
        size_t i;

        for (i = 0; i < registry->n; i++)
                if (strcmp(registry->entries[i].id, id) == 0)
                        break;
        return i;
}

static struct entry *find(struct rv_registry *registry, const char *id)
{
        size_t at = position(registry, id);

        return at < registry->n ? &registry->entries[at] : NULL;
}

const char *rv_registry_path(const struct rv_registry *registry, const char *id)
{
        size_t at = position(registry, id);

        return at < registry->n ? registry->entries[at].path : NULL;
}

/* The id in "NAME.so"; false for any other file. */
static bool library_name(const char *file, char id[64])
{
        size_t n = strlen(file), i;

        if (n < 4 || n - 3 >= 64 || strcmp(file + n - 3, ".so") != 0)
                return false;
        for (i = 0; i < n - 3; i++)
                if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", file[i]))
                        return false;
        (void)snprintf(id, 64, "%.*s", (int)(n - 3), file);
        return true;
}

static void add(struct rv_registry *registry, const char *directory, const char *file)
{
        char id[64], path[PATH_MAX];
        int n = snprintf(path, sizeof path, "%s/%s", directory, file);
        struct entry entry = { 0 }, *entries;

        if (!library_name(file, id) || n <= 0 || (size_t)n >= sizeof path || registry->n == PLUGINS_MAX ||
            find(registry, id))
                return;
        entry.id = rv_arena_strdup(&registry->arena, id);
        entry.path = rv_arena_strdup(&registry->arena, path);
        entries = realloc(registry->entries, (registry->n + 1) * sizeof entry);
        if (entries)
                registry->entries = entries;
        if (entries && entry.id && entry.path)
                entries[registry->n++] = entry;
        else
                registry->why = ENOMEM;
}

/* No such directory is no plugins there; one that cannot be read must not look like that. */
static void scan(struct rv_registry *registry, const char *directory)
{
        DIR *dir = opendir(directory);
        int why = dir || errno == ENOENT ? 0 : errno;
        struct dirent *file;

        while (dir && (errno = 0, file = readdir(dir)))
                add(registry, directory, file->d_name);
        if (dir) {
                why = errno;
                closedir(dir);
        }
        if (why) {
                registry->why = why;
                registry->unread = rv_arena_strdup(&registry->arena, directory);
        }
}

int rv_registry_check(const struct rv_registry *registry, struct rv_err *err)
{
        if (!registry->why)
                return RV_OK;
        if (!registry->unread)
                return rv_fail_memory(err);
        return rv_fail_errno(err, registry->why, N_("%1: the plugins there cannot be listed: %2"), registry->unread);
}

/* The four of reeve first, in the order of the screen's tabs; then the others by name. */
static int tab_order(const void *a, const void *b)
{
        static const char *const first[] = { "packages", "sandboxes", "slots", "signatures" };
        const struct entry *x = a, *y = b;
        size_t i, n = sizeof first / sizeof *first, at_x = n, at_y = n;

        for (i = 0; i < n; i++) {
                at_x = strcmp(x->id, first[i]) == 0 ? i : at_x;
                at_y = strcmp(y->id, first[i]) == 0 ? i : at_y;
        }
        return at_x != at_y ? (at_x > at_y) - (at_x < at_y) : strcmp(x->id, y->id);
}

static void scan_extra(struct rv_registry *registry, const char *extra)
{
        char directory[PATH_MAX];
        size_t n;

        while (extra && *extra) {
                n = strcspn(extra, ":");
                if (n && n < sizeof directory) {
                        (void)snprintf(directory, sizeof directory, "%.*s", (int)n, extra);
                        scan(registry, directory);
                }
                extra += n + (extra[n] == ':');
        }
}

struct rv_registry *rv_registry_new(const char *directory, const char *extra)
{
        struct rv_registry *registry = calloc(1, sizeof *registry);
        size_t i;

        if (!registry)
                return NULL;
        pthread_mutex_init(&registry->lock, NULL);
        if (geteuid() != 0)
                scan_extra(registry, extra);
        scan(registry, directory ? directory : rv_paths_find()->plugins);
        registry->names = rv_arena_alloc(&registry->arena, (registry->n + 1) * sizeof *registry->names);
        if (!registry->names) {
                registry->why = ENOMEM;
                registry->n = 0;
        }
        if (registry->n)
                qsort(registry->entries, registry->n, sizeof *registry->entries, tab_order);
        for (i = 0; i < registry->n; i++)
                registry->names[i] = registry->entries[i].id;
        return registry;
}

void rv_registry_free(struct rv_registry *registry)
{
        size_t i;

        if (!registry)
                return;
        for (i = 0; i < registry->n; i++)
                rv_err_clear(&registry->entries[i].err);
        rv_arena_free(&registry->arena);
        pthread_mutex_destroy(&registry->lock);
        free(registry->entries);
        free(registry);
}

size_t rv_registry_names(struct rv_registry *registry, const char *const **ret_names)
{
        *ret_names = registry->names;
        return registry->n;
}

static void list_names(const struct rv_registry *registry, struct rv_buf *out)
{
        size_t i;

        for (i = 0; i < registry->n; i++) {
                rv_buf_add_str(out, i ? ", " : "");
                rv_buf_add_str(out, registry->names[i]);
        }
}

static void try_open(struct rv_registry *registry, struct entry *entry)
{
        if (entry->tried)
                return;
        entry->tried = true;
        if (rv_plugin_open(rv_paths_find(), entry->path, entry->id, &registry->arena, &entry->plugin, &entry->err))
                entry->plugin = NULL;
}

/* Says again why a plugin could not be opened: the kept error is copied, as others may ask for it too. */
static int retell(const struct entry *entry, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf message = { 0 };
        RV_BUF_CLEANUP struct rv_buf hint = { 0 };

        if (!err)
                return entry->err.code;
        rv_buf_add(&message, entry->err.message.data, entry->err.message.size);
        rv_buf_add(&hint, rv_buf_str(&entry->err.hint), entry->err.hint.size);
        rv_err_clear(err);
        err->code = entry->err.code;
        err->message = message;
        err->hint = hint;
        message = hint = (struct rv_buf){ 0 };
        return err->code;
}

int rv_registry_plugin(struct rv_registry *registry, const char *id, const struct rv_plugin **ret, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf known = { 0 };
        struct entry *entry;
        int rc = RV_OK;

        pthread_mutex_lock(&registry->lock);
        entry = find(registry, id);
        if (entry)
                try_open(registry, entry);
        pthread_mutex_unlock(&registry->lock);
        if (!entry) {
                list_names(registry, &known);
                rc = known.size ? rv_fail(err, RV_NOTFOUND, N_("there is no plugin %1"), N_("there are %2"), id,
                                          rv_buf_str(&known), NULL)
                                : rv_fail(err, RV_NOTFOUND, N_("there is no plugin %1"),
                                          N_("none is installed: install reeve again"), id, NULL);
        } else if (!entry->plugin) {
                rc = retell(entry, err);
        } else {
                *ret = entry->plugin;
        }
        return rc;
}

const struct rv_view *rv_plugin_view(const struct rv_plugin *plugin, const char *id)
{
        uint32_t i;

        for (i = 0; i < plugin->n_views; i++)
                if (strcmp(plugin->views[i].id, id) == 0)
                        return &plugin->views[i];
        return rv_common_fill(plugin, id) ? rv_common_view(id) : NULL;
}

bool rv_view_needs_words(const struct rv_view *view)
{
        uint32_t i;

        for (i = 0; i < view->n_args; i++)
                if (view->args[i].flags & RV_REQUIRED)
                        return true;
        return false;
}

const struct rv_action *rv_plugin_action(const struct rv_plugin *plugin, const char *id)
{
        uint32_t i;

        for (i = 0; i < plugin->n_actions; i++)
                if (strcmp(plugin->actions[i].id, id) == 0)
                        return &plugin->actions[i];
        return NULL;
}

static bool has_alias(const char *const *aliases, const char *word)
{
        for (; aliases && *aliases; aliases++)
                if (strcmp(*aliases, word) == 0)
                        return true;
        return false;
}

bool rv_plugin_alias(const struct rv_plugin *plugin, const char *word, const struct rv_view **ret_view,
                     const struct rv_action **ret_action)
{
        uint32_t i;

        for (i = 0; i < plugin->n_views; i++)
                if (has_alias(plugin->views[i].aliases, word)) {
                        *ret_view = &plugin->views[i];
                        *ret_action = NULL;
                        return true;
                }
        for (i = 0; i < plugin->n_actions; i++)
                if (has_alias(plugin->actions[i].aliases, word)) {
                        *ret_action = &plugin->actions[i];
                        *ret_view = NULL;
                        return true;
                }
        return false;
}

int rv_registry_alias(struct rv_registry *registry, const char *word, const struct rv_plugin **ret_plugin,
                      const struct rv_view **ret_view, const struct rv_action **ret_action, struct rv_err *err)
{
        size_t i;

        for (i = 0; i < registry->n; i++) {
                const struct rv_plugin *plugin = NULL;

                if (rv_registry_plugin(registry, registry->names[i], &plugin, NULL) == RV_OK && plugin &&
                    rv_plugin_alias(plugin, word, ret_view, ret_action)) {
                        *ret_plugin = plugin;
                        return RV_OK;
                }
        }
        return rv_fail(err, RV_NOTFOUND, N_("there is no command %1"), N_("reeve help lists the commands"), word, NULL);
}

void rv_registry_findings(struct rv_registry *registry, struct rv_sink *sink)
{
        size_t i;

        for (i = 0; i < registry->n; i++) {
                RV_ERR_CLEANUP struct rv_err err = { 0 };
                const struct rv_plugin *plugin;

                if (rv_registry_plugin(registry, registry->names[i], &plugin, &err) == RV_OK)
                        continue;
                rv_sink_joined(sink, registry->names[i], "reeve", RV_FINDINGS_PLUGIN);
                if (rv_row_begin(sink, 0))
                        return;
                rv_put_text(sink, RV_F_ID, "plugin", strlen("plugin"));
                rv_put_int(sink, RV_F_SEVERITY, 1);
                rv_put_packed(sink, RV_F_TEXT, rv_buf_str(&err.message), err.message.size);
                rv_put_packed(sink, RV_F_HINT, rv_buf_str(&err.hint), err.hint.size);
        }
}
