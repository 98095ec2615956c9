/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading: question to query, cache or plugin. */
#include "core/model/load.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/time.h"
#include "core/model/cache.h"
#include "core/model/common.h"
#include "core/model/config.h"
#include "core/model/sink_private.h"
#include "core/model/stamp.h"

static const char OWN[] = "reeve";
enum {
        MOST_TOLD = 20, /* files that -v names of a view */
        TRIES = 4,      /* more, 10 ms to 80 ms apart, of a view whose source is being written to */
        DEAR_US = 250000
};

/* A question with its declarations found. */
struct question {
        const struct rv_plugin *plugin; /* NULL: reeve's own view */
        const char *id, *domain;        /* of the plugin */
        const struct rv_view *view;
        rv_fill *fill; /* NULL: joined over all plugins */
        bool common;
        const struct rv_root *root; /* of the host, or the inside of a slot */
        struct rv_query *query;
};

int rv_host_open(const char *root, const char *plugin_directory, struct rv_host *ret, struct rv_err *err)
{
        struct rv_host host = { .cache_fd = -1, .shared_fd = -1 };
        int rc = rv_root_open(root, &host.root, err);

        if (rc)
                return rc;
        host.registry = rv_registry_new(plugin_directory, getenv("REEVE_PLUGIN_PATH"));
        rc = host.registry ? rv_registry_check(host.registry, err) : rv_fail_memory(err);
        if (rc) {
                rv_host_close(&host);
                return rc;
        }
        host.cache_fd = rv_cache_open(&host.root);
        host.shared_fd = rv_cache_open_shared(&host.root);
        *ret = host;
        return RV_OK;
}

void rv_host_close(struct rv_host *host)
{
        rv_registry_free(host->registry);
        rv_root_close(&host->root);
        rv_close(&host->cache_fd);
        rv_close(&host->shared_fd);
        host->registry = NULL;
}

static int no_view(const struct rv_plugin *plugin, const char *id, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf known = { 0 };
        uint32_t i;

        for (i = 0; plugin && i < plugin->n_views; i++) {
                rv_buf_add_str(&known, i ? ", " : "");
                rv_buf_add_str(&known, plugin->views[i].id);
        }
        return rv_fail(err, RV_USAGE, N_("%1 has no view %2"), plugin ? N_("there are %3") : NULL,
                       plugin ? plugin->id : OWN, id, rv_buf_str(&known), NULL);
}

static int find_own(const struct rv_host *host, const char *id, struct question *question, struct rv_err *err)
{
        size_t i;

        question->id = question->domain = OWN;
        for (i = 0; host->own_views && host->own_views[i]; i++)
                if (strcmp(host->own_views[i]->id, id) == 0)
                        question->view = host->own_views[i];
        if (question->view)
                question->fill = question->view->fill;
        else
                question->view = rv_common_view(id);
        return question->view ? RV_OK : no_view(NULL, id, err);
}

static int find_view(const struct rv_host *host, const struct rv_ask *ask, struct question *question,
                     struct rv_err *err)
{
        int rc;

        if (strcmp(ask->plugin, OWN) == 0)
                return find_own(host, ask->view, question, err);
        rc = rv_registry_plugin(host->registry, ask->plugin, &question->plugin, err);
        if (rc)
                return rc;
        question->id = question->plugin->id;
        question->domain = question->plugin->domain ? question->plugin->domain : question->plugin->id;
        question->view = rv_plugin_view(question->plugin, ask->view);
        if (!question->view)
                return no_view(question->plugin, ask->view, err);
        question->fill = question->view->fill;
        if (!question->fill) {
                question->common = true;
                question->fill = rv_common_fill(question->plugin, ask->view);
        }
        return RV_OK;
}

static int want_columns(const struct rv_ask *ask, const struct question *question, struct rv_err *err)
{
        size_t i;
        uint32_t c;

        for (i = 0; i < ask->n_columns; i++) {
                for (c = 0; c < question->view->n_columns; c++)
                        if (strcmp(question->view->columns[c].id, ask->columns[i]) == 0)
                                break;
                if (c == question->view->n_columns)
                        return rv_fail(err, RV_USAGE, N_("%1/%2 has no column %3"), N_("reeve help %1 %2 lists them"),
                                       question->id, question->view->id, ask->columns[i], NULL);
                rv_query_want(question->query, c);
        }
        for (c = 0; ask->all_columns && c < question->view->n_columns; c++)
                rv_query_want(question->query, c);
        return RV_OK;
}

/* An image is named from the working directory; the cache outlives that. */
static int add_option(const struct question *question, const char *id, const char *value, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf path = { 0 };
        char directory[PATH_MAX];

        if (strcmp(id, "image") != 0 || value[0] == '/' || !getcwd(directory, sizeof directory))
                return rv_query_option(question->query, id, value, err);
        rv_buf_printf(&path, "%s/%s", directory, value);
        return rv_query_option(question->query, id, rv_buf_str(&path), err);
}

static int fill_query(const struct rv_host *host, const struct rv_ask *ask, struct question *question, size_t *ret_used,
                      struct rv_err *err)
{
        size_t i, used = 0;
        int rc = RV_OK;

        for (i = 0; !rc && host->options[i] && host->options[i + 1]; i += 2)
                rc = add_option(question, host->options[i], host->options[i + 1], err);
        for (i = 0; !rc && i + 1 < ask->n_named; i += 2)
                rc = rv_query_add(question->query, ask->named[i], ask->named[i + 1], err);
        if (!rc)
                rc = rv_query_words(question->query, ask->words, ask->n_words, &used, err);
        if (!rc)
                rc = rv_query_complete(question->query, question->id, question->view->id, err);
        if (!rc)
                rc = want_columns(ask, question, err);
        if (!rc && ret_used)
                *ret_used = used;
        return rc;
}

const char *rv_host_option(const struct rv_host *host, const char *id)
{
        size_t i;

        for (i = 0; host->options[i] && host->options[i + 1]; i += 2)
                if (strcmp(host->options[i], id) == 0)
                        return host->options[i + 1];
        return NULL;
}

/* An answer about the root would pass for one about the image or the slot. Of a joined view each part decides, and of a
 * plugin's part the join has. */
static int refuse_elsewhere(const struct rv_host *host, const struct question *question, struct rv_err *err)
{
        const bool joined = !question->plugin && !question->fill, part = question->common;
        const char *slot = rv_host_option(host, "slot");

        if (slot && ((!joined && !part && !(question->view->flags & RV_READS_SLOT)) || !host->enter))
                return rv_fail(err, RV_UNSUPPORTED, N_("%1/%2: cannot look inside a slot"),
                               question->view->flags & RV_READS_IMAGE
                                       ? N_("leave out --slot: it looks at the disk that the slots are on")
                                       : N_("mount the slot and name it with --root"),
                               question->id, question->view->id, NULL);
        if (!slot && question->plugin && !part && !(question->view->flags & RV_READS_IMAGE) &&
            rv_host_option(host, "image"))
                return rv_fail(err, RV_UNSUPPORTED, N_("%1/%2: cannot look inside an image"),
                               N_("mount the image and name it with --root, or a slot of it with --slot"), question->id,
                               question->view->id, NULL);
        return RV_OK;
}

static int prepare(struct rv_host *host, const struct rv_ask *ask, struct question *question, size_t *ret_used,
                   struct rv_err *err)
{
        const char *slot = rv_host_option(host, "slot");
        int rc = find_view(host, ask, question, err);

        question->root = &host->root;
        if (!rc)
                rc = refuse_elsewhere(host, question, err);
        if (!rc && slot)
                rc = host->enter(host, ask, slot, &question->root, err);
        if (rc)
                return rc;
        question->query = rv_query_new(question->root, question->view->args, question->view->n_args);
        return question->query ? fill_query(host, ask, question, ret_used, err) : rv_fail_memory(err);
}

static bool has_wanted(const struct rv_snapshot *snapshot, const struct question *question)
{
        uint32_t i;

        if (rv_snapshot_view(snapshot)->n_columns != question->view->n_columns)
                return false;
        for (i = 0; i < question->view->n_columns; i++)
                if (rv_query_wants(question->query, i) && !rv_snapshot_filled(snapshot, i))
                        return false;
        return true;
}

/* Root's answer serves others where its view says that it rests on files alone, and those are everybody's. */
static bool is_shared(const struct question *question, const struct rv_snapshot *snapshot)
{
        return geteuid() == 0 && !question->root->foreign && question->view->flags & RV_SHARED &&
               rv_snapshot_public(snapshot, question->root);
}

static struct rv_snapshot *get_own(const struct rv_host *host, const struct question *question)
{
        return rv_cache_get(host->cache_fd, geteuid(), question->id, question->view->id, question->query);
}

/* Of two that are as good the user's own; *ret_own is that one even where it cannot be used. */
static struct rv_snapshot *get_usable(const struct rv_host *host, const struct question *question,
                                      struct rv_snapshot **ret_own)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *shared = NULL;
        int64_t now = rv_now();

        *ret_own = get_own(host, question);
        if (*ret_own && has_wanted(*ret_own, question) && rv_snapshot_fresh(*ret_own, question->root, now))
                return rv_snapshot_ref(*ret_own);
        shared = rv_cache_get(host->shared_fd, 0, question->id, question->view->id, question->query);
        if (shared && has_wanted(shared, question) && rv_snapshot_fresh(shared, question->root, now))
                return rv_snapshot_ref(shared);
        return NULL;
}

/* A refill keeps the costly columns that the cached snapshot had, so that two questions do not evict each other. */
static void want_as_before(const struct rv_snapshot *snapshot, const struct question *question)
{
        uint32_t i;

        if (rv_snapshot_view(snapshot)->n_columns != question->view->n_columns)
                return;
        for (i = 0; i < question->view->n_columns; i++)
                if (question->view->columns[i].flags & RV_COSTLY && rv_snapshot_filled(snapshot, i))
                        rv_query_want(question->query, i);
}

static int call_fill(const struct rv_host *host, const struct question *question, struct rv_sink *sink,
                     struct rv_err *err)
{
        const char *before = err->domain;
        const char *library = question->plugin ? rv_registry_path(host->registry, question->id) : NULL;
        struct rv_snap_stamp stamp = { .absolute = 1 };
        int rc;

        rv_sink_wanted(sink, question->query);
        if (question->common)
                rv_sink_joined(sink, question->id, question->domain, rv_common_plugin_column(question->view->id));
        if (library)
                rv_stamp_take(AT_FDCWD, library, &stamp);
        rc = question->plugin ? rv_config_query(question->root, question->plugin, question->query, sink, err) : RV_OK;
        err->domain = question->domain;
        if (!rc)
                rc = question->fill(question->query, sink, err);
        err->domain = before;
        /* A plugin that was replaced may declare and find other things; a view that rests on nothing is not cached. */
        if (!rc && library && sink->n_stamps)
                rc = rv_sink_stamp(sink, library, &stamp);
        if (rc && !err->code)
                rc = rc == RV_CANCELLED ? rv_fail(err, rc, N_("stopped"), NULL, NULL)
                                        : rv_fail(err, rc, N_("%1/%2: could not be read"), NULL, question->id,
                                                  question->view->id, NULL);
        return rc == RV_NOTFOUND ? rv_sink_unsure(sink, err) : rc;
}

/* Whether the plugin found somebody writing what it read: what it says of that may be of two states. */
static bool disturbed(const struct rv_sink *sink, int rc)
{
        size_t i;

        for (i = 0; i < sink->n_warnings; i++)
                if (sink->warnings[i].code == RV_LOCKED)
                        return true;
        return rc == RV_LOCKED;
}

static int make_once(struct rv_host *host, const struct rv_ask *ask, const struct question *question,
                     struct rv_snapshot **ret, bool *ret_disturbed, struct rv_err *err)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new(question->id, question->domain, question->view, ask->cancel);
        bool cacheable = false;
        int rc;

        if (!sink)
                return rv_fail_memory(err);
        if (question->fill) {
                rc = call_fill(host, question, sink, err);
        } else {
                rv_sink_wanted(sink, question->query);
                rc = rv_join(host, ask, sink);
                if (rc && !err->code)
                        rc = rv_fail(err, rc, rc == RV_CANCELLED ? N_("stopped") : N_("out of memory"), NULL, NULL);
        }
        *ret_disturbed = disturbed(sink, rc);
        if (!rc)
                rc = rv_sink_finish(sink, ret, &cacheable, err);
        /* Joined views are not cached again: their parts are. Answers about one row would pile up. */
        if (!rc && cacheable && question->fill && !rv_query_has_args(question->query))
                rv_cache_put(host->cache_fd, question->id, question->view->id, question->query, *ret,
                             is_shared(question, *ret));
        return rc;
}

static int64_t now_us(void)
{
        struct timespec now = { 0 };

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Most writers are done in a moment; what is still of two states after some tries is given, with its warning. A view
 * that takes long to read is read once more only, unless the reader said how long to wait. */
static int make(struct rv_host *host, const struct rv_ask *ask, const struct question *question,
                struct rv_snapshot **ret, struct rv_err *err)
{
        struct timespec pause = { .tv_nsec = 10000000 };
        struct rv_snapshot *snapshot = NULL;
        const int64_t until = now_us() + (int64_t)ask->wait_s * 1000000;
        unsigned i, tries = TRIES;
        bool again = false;
        int64_t begun;
        int rc;

        for (i = 0;; i++) {
                begun = now_us();
                rc = make_once(host, ask, question, &snapshot, &again, err);
                tries = now_us() - begun > DEAR_US ? 1 : tries;
                if (!again || !question->fill || (i >= tries && now_us() >= until) ||
                    (ask->cancel && atomic_load(ask->cancel)))
                        break;
                rv_snapshot_unref(snapshot);
                snapshot = NULL;
                rv_err_clear(err);
                (void)nanosleep(&pause, NULL);
                pause.tv_nsec = i < TRIES ? pause.tv_nsec * 2 : pause.tv_nsec;
        }
        if (!rc)
                *ret = snapshot;
        return rc;
}

int rv_load_own(struct rv_host *host, const struct rv_ask *ask, struct rv_snapshot **ret, struct rv_err *err)
{
        struct question question = { 0 };
        int rc = prepare(host, ask, &question, NULL, err);

        question.fill = host->own ? rv_common_fill(host->own, ask->view) : NULL;
        question.common = true;
        if (!rc && question.fill)
                rc = make(host, ask, &question, ret, err);
        rv_query_free(question.query);
        return rc;
}

/* What -v says: how much, from where, and how long it took. */
static void tell(const struct question *question, const struct rv_snapshot *snapshot, bool cached, int64_t begun)
{
        const char *id = question->id, *view = question->view->id, *path;
        size_t i, n = rv_snapshot_stamps(snapshot);
        struct rv_snap_stamp stamp;
        int64_t took = now_us() - begun;

        rv_log("load", "%s/%s: %zu rows %s in %lld.%03lld ms", id, view, rv_snapshot_rows(snapshot),
               cached ? "from the cache" : "read anew", (long long)(took / 1000), (long long)(took % 1000));
        for (i = 0; i < n && i < MOST_TOLD; i++) {
                path = rv_snapshot_stamp(snapshot, i, &stamp);
                path += stamp.absolute ? 0 : strspn(path, "/");
                rv_log("load", "%s/%s: rests on %s%s%s%s", id, view, stamp.absolute ? "" : question->root->path,
                       stamp.absolute || strcmp(question->root->path, "/") == 0 ? "" : "/", path,
                       stamp.exists ? "" : ", which is not there");
        }
        if (i < n)
                rv_log("load", "%s/%s: rests on %zu more", id, view, n - i);
}

int rv_load(struct rv_host *host, const struct rv_ask *ask, size_t *ret_used, struct rv_snapshot **ret,
            struct rv_err *err)
{
        RV_ERR_CLEANUP struct rv_err ignored = { 0 };
        struct question question = { 0 };
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *own = NULL, *usable = NULL;
        int64_t begun = rv_log_is_on() ? now_us() : 0;
        bool from_cache = false;
        int rc;

        err = err ? err : &ignored;
        rc = prepare(host, ask, &question, ret_used, err);
        if (!rc && question.fill)
                usable = get_usable(host, &question, &own);
        if (usable && !ask->reload) {
                *ret = rv_snapshot_ref(usable);
                from_cache = true;
        } else if (!rc && ask->cached_only) {
                rc = rv_fail(err, RV_NODATA, N_("%1/%2 is not in the cache"), NULL, question.id, question.view->id,
                             NULL);
        } else if (!rc) {
                if (own)
                        want_as_before(own, &question);
                rc = make(host, ask, &question, ret, err);
        }
        if (!rc && begun)
                tell(&question, *ret, from_cache, begun);
        rv_query_free(question.query);
        return rc;
}

struct rv_snapshot *rv_load_stale(struct rv_host *host, const struct rv_ask *ask)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct question question = { 0 };
        struct rv_snapshot *cached = NULL;

        /* Entering a slot takes its time, and what comes of it is never in the cache. */
        if (!rv_host_option(host, "slot") && prepare(host, ask, &question, NULL, &err) == RV_OK && question.fill)
                cached = get_own(host, &question);
        if (cached && rv_snapshot_view(cached)->n_columns != question.view->n_columns) {
                rv_snapshot_unref(cached);
                cached = NULL;
        }
        rv_query_free(question.query);
        return cached;
}
