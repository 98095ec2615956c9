/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening what is kept of the repositories, and bringing it up to date. The user's own copy counts, or root's where
 * that is newer. */

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "core/base/err.h"
#include "core/base/evr.h"
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/distro/refresh.h"
#include "plugins/packages/metadata.h"
#include "plugins/packages/packages.h"

static int depends(void *user, int rootfd, const char *path)
{
        return rv_depends(user, rootfd, path);
}

static int read_policy(const struct rv_query *query, struct rv_sink *sink, bool tell, struct rv_policy *ret,
                       struct rv_err *err)
{
        struct utsname machine;
        size_t i;
        int r = rv_policy_read(rv_root_fd(query), uname(&machine) == 0 ? machine.machine : "noarch", depends, sink, ret,
                               err);

        for (i = 0; !r && tell && i < ret->n_problems; i++)
                rv_warn(sink, ret->problems[i].code, ret->problems[i].msgid, ret->problems[i].place, NULL);
        return r;
}

int open_policy(const struct rv_query *query, struct rv_sink *sink, struct rv_policy *ret, struct rv_err *err)
{
        return read_policy(query, sink, true, ret, err);
}

/* The state is what changes: generations are never changed once it names them. */
static int depend_on_state(int cache_fd, const char *repo, struct rv_sink *sink)
{
        RV_BUF_CLEANUP struct rv_buf path = { 0 };
        char name[128];

        rv_store_name(repo, name);
        rv_buf_printf(&path, "repos/%s/state", name);
        return rv_depends(sink, cache_fd, rv_buf_str(&path));
}

static int open_kept(int cache_fd, const char *repo, struct rv_sink *sink, struct rv_store **ret,
                     struct rv_store_state *ret_state, struct rv_err *err)
{
        struct rv_store *store = NULL;
        int r;

        if (cache_fd < 0)
                return RV_NOTFOUND;
        r = sink ? depend_on_state(cache_fd, repo, sink) : RV_OK;
        if (!r)
                r = rv_store_open(cache_fd, repo, false, &store, err);
        if (!r)
                r = rv_store_load(store, ret_state, err);
        if (r)
                rv_store_close(store);
        else
                *ret = store;
        return r;
}

/* The newer of the caller's own and root's. */
static int open_newest(const struct rv_query *query, struct rv_sink *sink, const char *repo, struct rv_store **ret,
                       struct rv_store_state *ret_state, struct rv_err *err)
{
        struct rv_store_state own = { .refreshed_at = -1 }, shared = { .refreshed_at = -1 };
        struct rv_store *own_store = NULL, *shared_store = NULL;
        RV_FD_CLEANUP int own_fd = rv_cache_fd(query, false), shared_fd = rv_cache_fd(query, true);
        int r = open_kept(own_fd, repo, sink, &own_store, &own, err), other;

        other = open_kept(shared_fd, repo, sink, &shared_store, &shared, NULL);
        if (!other && (r || shared.refreshed_at > own.refreshed_at)) {
                rv_err_clear(err);
                rv_store_close(own_store);
                rv_store_state_free(&own);
                *ret = shared_store;
                *ret_state = shared;
                return RV_OK;
        }
        rv_store_close(shared_store);
        rv_store_state_free(&shared);
        if (r)
                return r;
        *ret = own_store;
        *ret_state = own;
        return RV_OK;
}

int metadata_state(const struct rv_query *query, struct rv_sink *sink, const char *repo, struct rv_store_state *ret,
                   struct rv_err *err)
{
        struct rv_store *store = NULL;
        int r = open_newest(query, sink, repo, &store, ret, err);

        rv_store_close(store);
        return r;
}

/* An error that does not end the view: its message, and what follows from it. */
static void warn_of(struct rv_sink *sink, const struct rv_err *err, const char *msgid, const char *repo)
{
        struct rv_message message;
        const char *arg[4] = { NULL };
        size_t i;

        if (rv_message_unpack(rv_buf_str(&err->message), err->message.size, &message)) {
                for (i = 0; i < message.n_args && i < 4; i++)
                        arg[i] = message.args[i];
                rv_warn(sink, err->code, message.msgid, arg[0], arg[1], arg[2], arg[3], NULL);
        }
        rv_warn(sink, RV_OK, msgid, repo, NULL);
}

/* Due, missing, or asked for: then the network is asked, unless nobody wants that. */
static bool is_due(const struct rv_query *query, const struct metadata *metadata, const struct metadata_repo *repo)
{
        const char *forced = rv_option(query, "refresh");

        return (forced && strcmp(forced, "false") != 0) || !*repo->state.generation ||
               rv_refresh_expires(&metadata->policy, repo->id, repo->state.refreshed_at) <= rv_now();
}

static int refresh(const struct rv_query *query, struct rv_sink *sink, const struct metadata *metadata,
                   const struct metadata_repo *repo, bool damaged, struct rv_err *err)
{
        RV_FD_CLEANUP int cache = rv_cache_fd(query, false);
        const struct rv_refresh ask = { .policy = &metadata->policy, .cache_fd = cache, .anew = damaged };
        RV_STORE_STATE_CLEANUP struct rv_store_state state = { 0 };
        RV_ERR_CLEANUP struct rv_err why = { 0 };
        int r;

        if (cache < 0)
                return rv_fail(err, RV_FAILED, N_("there is no place to keep metadata"), NULL, NULL);
        r = rv_refresh_repo(&ask, repo->id, &state, &why);
        if (!r || r == RV_CANCELLED)
                return r;
        if (*repo->state.generation) {
                warn_of(sink, &why, N_("%1: what was read before is shown"), repo->id);
                return RV_OK;
        }
        if (rv_policy_bool(&metadata->policy, repo->id, "skip_if_unavailable", false)) {
                warn_of(sink, &why, N_("%1: is left out, as skip_if_unavailable says"), repo->id);
                return RV_OK;
        }
        rv_err_move(err, &why);
        return r;
}

static void close_files(struct metadata_repo *repo)
{
        rv_browse_close(repo->browse);
        rv_advisories_close(repo->advisories);
        rv_pathindex_close(repo->paths);
        rv_store_state_free(&repo->state);
        *repo = (struct metadata_repo){ .id = repo->id, .priority = repo->priority };
}

static int open_files(struct rv_store *store, struct metadata_repo *repo, struct rv_err *err)
{
        RV_FD_CLEANUP int browse = rv_store_file(store, &repo->state, "browse");
        RV_FD_CLEANUP int advisories = rv_store_file(store, &repo->state, "advisories");
        RV_FD_CLEANUP int paths = rv_store_file(store, &repo->state, "paths");
        int r = rv_browse_open(browse, repo->id, &repo->browse, err);

        if (!r && advisories >= 0)
                r = rv_advisories_open(advisories, repo->id, &repo->advisories, err);
        if (!r && paths >= 0)
                r = rv_pathindex_open(paths, repo->id, &repo->paths, err);
        return r;
}

/* Opens what is kept of a repository, whole or not at all. */
static int open_whole(const struct rv_query *query, struct rv_sink *sink, struct metadata_repo *repo, bool *ret_damaged,
                      struct rv_err *err)
{
        struct rv_store *store = NULL;
        int r = open_newest(query, sink, repo->id, &store, &repo->state, err);

        *ret_damaged = r == RV_DAMAGED;
        if (!r) {
                r = open_files(store, repo, err);
                *ret_damaged = r != RV_OK;
        }
        rv_store_close(store);
        if (r)
                close_files(repo);
        return r;
}

/* What is kept and cannot be used is as good as nothing: it is a cache, and must not stand in the way of what does not
 * need it. */
static int open_repo(const struct rv_query *query, struct rv_sink *sink, bool fetch, const struct metadata *metadata,
                     struct metadata_repo *repo, struct rv_err *err)
{
        RV_ERR_CLEANUP struct rv_err none = { 0 };
        bool damaged;
        int r;

        (void)!open_whole(query, sink, repo, &damaged, &none);
        if (fetch && is_due(query, metadata, repo)) {
                r = refresh(query, sink, metadata, repo, damaged, err);
                if (r)
                        return r;
                close_files(repo);
                (void)!open_whole(query, NULL, repo, &damaged, &none);
        }
        if (*repo->state.generation)
                rv_expires(sink, rv_refresh_expires(&metadata->policy, repo->id, repo->state.refreshed_at));
        return RV_OK;
}

static int by_priority(const void *a, const void *b)
{
        const struct metadata_repo *one = a, *two = b;
        int r = (one->priority > two->priority) - (one->priority < two->priority);

        return r ? r : strcmp(one->id, two->id);
}

int metadata_open(const struct rv_query *query, struct rv_sink *sink, bool fetch, struct metadata *ret,
                  struct rv_err *err)
{
        const char *offline = rv_option(query, "cacheonly");
        const bool online = fetch && !(offline && strcmp(offline, "false") != 0);
        struct metadata metadata = { .n = 0 };
        size_t i, opened = 0;
        int r = read_policy(query, sink, fetch, &metadata.policy, err);

        metadata.repos = r ? NULL : calloc(metadata.policy.n_repos + 1, sizeof *metadata.repos);
        if (!r && !metadata.repos)
                r = rv_fail_memory(err);
        for (i = 0; !r && i < metadata.policy.n_repos; i++)
                if (rv_policy_bool(&metadata.policy, metadata.policy.repos[i], "enabled", true))
                        metadata.repos[metadata.n++] = (struct metadata_repo){
                                .id = metadata.policy.repos[i],
                                .priority = rv_policy_number(&metadata.policy, metadata.policy.repos[i], "priority", 99)
                        };
        if (!r)
                qsort(metadata.repos, metadata.n, sizeof *metadata.repos, by_priority);
        for (i = 0; !r && i < metadata.n; i++) {
                r = open_repo(query, sink, online, &metadata, &metadata.repos[i], err);
                opened += metadata.repos[i].browse != NULL;
                if (!r && !metadata.repos[i].browse && fetch && !online)
                        rv_warn(sink, RV_NODATA, N_("%1: its metadata was never read"), metadata.repos[i].id, NULL);
        }
        if (!r && metadata.n && !opened && fetch && !online)
                r = rv_fail(err, RV_NODATA, N_("no repository's metadata is there"),
                            N_("ask again without --cacheonly, where there is a network"), NULL);
        if (r)
                metadata_close(&metadata);
        else
                *ret = metadata;
        return r;
}

void metadata_close(struct metadata *metadata)
{
        size_t i;

        for (i = 0; i < metadata->n; i++)
                close_files(&metadata->repos[i]);
        free(metadata->repos);
        rv_policy_free(&metadata->policy);
        *metadata = (struct metadata){ 0 };
}

bool metadata_newest(const struct metadata *metadata, const char *name, const char *arch, struct rv_browse_package *ret,
                     const struct metadata_repo **ret_repo)
{
        struct rv_browse_package other;
        bool any = false;
        size_t i, at;

        for (i = 0; i < metadata->n; i++) {
                const struct rv_browse *browse = metadata->repos[i].browse;

                if (!browse)
                        continue;
                for (at = rv_browse_find(browse, name); at < rv_browse_count(browse); at++) {
                        rv_browse_get(browse, at, &other);
                        if (strcmp(other.name, name) != 0)
                                break;
                        if (strcmp(other.arch, arch) != 0 ||
                            (any && rv_evrcmp(other.evr, strlen(other.evr), ret->evr, strlen(ret->evr)) <= 0))
                                continue;
                        *ret = other;
                        *ret_repo = &metadata->repos[i];
                        any = true;
                }
        }
        return any;
}

/* A security advisory without a severity is worth saying all the same; another one without is not. */
static int severity_of(const struct rv_advisory *advisory)
{
        if (advisory->severity != RV_SEVERITY_UNKNOWN)
                return (int)advisory->severity;
        return advisory->type == RV_ADVISORY_SECURITY ? SEVERITY_SECURITY : SEVERITY_NONE;
}

int metadata_severity(const struct metadata_repo *repo, const struct rv_browse_package *package, const char **ret_id)
{
        const struct rv_advisories *advisories = repo->advisories;
        struct rv_advisory_package one;
        struct rv_advisory found;
        int worst = -1;
        size_t i;

        for (i = advisories ? rv_advisories_find(advisories, package->name) : 0;
             advisories && i < rv_advisories_packages(advisories); i++) {
                rv_advisories_package_at(advisories, i, &one);
                if (strcmp(one.name, package->name) != 0)
                        break;
                if (strcmp(one.evr, package->evr) != 0 || strcmp(one.arch, package->arch) != 0)
                        continue;
                rv_advisories_get(advisories, one.advisory, &found);
                if (worst >= 0 && severity_of(&found) >= worst)
                        continue;
                worst = severity_of(&found);
                if (ret_id)
                        *ret_id = found.id;
        }
        return worst;
}

/* The same package in a repository that comes before this one is the one that counts. */
static bool is_elsewhere(const struct metadata *metadata, size_t repo, const struct rv_browse_package *package)
{
        struct rv_browse_package other;
        size_t i, at;

        for (i = 0; i < repo; i++) {
                const struct rv_browse *browse = metadata->repos[i].browse;

                if (!browse)
                        continue;
                for (at = rv_browse_find(browse, package->name); at < rv_browse_count(browse); at++) {
                        rv_browse_get(browse, at, &other);
                        if (strcmp(other.name, package->name) != 0)
                                break;
                        if (strcmp(other.evr, package->evr) == 0 && strcmp(other.arch, package->arch) == 0)
                                return true;
                }
        }
        return false;
}

int metadata_each(const struct metadata *metadata, metadata_visit *call, void *user)
{
        struct rv_browse_package package;
        size_t i, at;
        int r = RV_OK;

        for (i = 0; !r && i < metadata->n; i++) {
                const struct rv_browse *browse = metadata->repos[i].browse;

                for (at = 0; !r && browse && at < rv_browse_count(browse); at++) {
                        rv_browse_get(browse, at, &package);
                        if (!is_elsewhere(metadata, i, &package))
                                r = call(user, &metadata->repos[i], &package);
                }
        }
        return r;
}

int installed_add(struct installed_list *list, const struct rv_walk *walk, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf evr = { 0 };
        const char *name = rv_walk_name(walk), *arch = walk->sound ? rv_rpm_text(&walk->header, RV_TAG_ARCH) : NULL;
        struct installed_one one;

        if (!walk->sound || !name || !arch || !rv_rpm_evr(&walk->header, &evr))
                return RV_OK;
        if (list->n == list->room) {
                size_t room = list->room ? list->room * 2 : 1024;
                void *more = reallocarray(list->at, room, sizeof *list->at);

                if (!more)
                        return rv_fail_memory(err);
                list->at = more;
                list->room = room;
        }
        one = (struct installed_one){ strdup(name), strdup(arch), strdup(rv_buf_str(&evr)) };
        list->at[list->n++] = one;
        return one.name && one.arch && one.evr ? RV_OK : rv_fail_memory(err);
}

static int compare(const char *name, const char *arch, const struct installed_one *one)
{
        int r = strcmp(name, one->name);

        return r ? r : strcmp(arch, one->arch);
}

static int by_name(const void *a, const void *b)
{
        const struct installed_one *one = a;

        return compare(one->name, one->arch, b);
}

void installed_sort(struct installed_list *list)
{
        if (list->n)
                qsort(list->at, list->n, sizeof *list->at, by_name);
}

int installed_open(const struct rv_query *query, struct rv_sink *sink, struct installed_list *ret, struct rv_err *err)
{
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        struct installed_list list = { 0 };
        RV_ERR_CLEANUP struct rv_err none = { 0 };
        int r = rv_walk_open(query, sink, false, &walk, &none);

        if (r == RV_NOTFOUND) /* an empty root has packages to install all the same */
                return RV_OK;
        if (r) {
                rv_err_move(err, &none);
                return r;
        }
        while (!r && !(r = rv_walk_next(&walk, err)) && walk.row.blob)
                r = installed_add(&list, &walk, err);
        if (r) {
                installed_close(&list);
                return r;
        }
        installed_sort(&list);
        *ret = list;
        return RV_OK;
}

void installed_close(struct installed_list *list)
{
        while (list->n) {
                list->n--;
                free(list->at[list->n].name);
                free(list->at[list->n].arch);
                free(list->at[list->n].evr);
        }
        free(list->at);
        *list = (struct installed_list){ 0 };
}

const char *installed_newest(const struct installed_list *list, const char *name, const char *arch, const char *evr,
                             bool *ret_same)
{
        size_t low = 0, high = list->n, middle;
        const char *best = NULL;

        *ret_same = false;
        while (low < high) {
                middle = low + (high - low) / 2;
                if (compare(name, arch, &list->at[middle]) > 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        for (; low < list->n && compare(name, arch, &list->at[low]) == 0; low++) {
                const char *there = list->at[low].evr;
                int r = rv_evrcmp(there, strlen(there), evr, strlen(evr));

                *ret_same = *ret_same || r == 0;
                if (!best || rv_evrcmp(there, strlen(there), best, strlen(best)) > 0)
                        best = there;
        }
        return best;
}

enum available_state installed_state(const struct installed_list *installed, const struct rv_browse_package *package)
{
        bool same;
        const char *there = installed_newest(installed, package->name, package->arch, package->evr, &same);

        if (!there)
                return STATE_AVAILABLE;
        if (same)
                return STATE_INSTALLED;
        return rv_evrcmp(package->evr, strlen(package->evr), there, strlen(there)) > 0 ? STATE_UPDATE : STATE_DOWNGRADE;
}
