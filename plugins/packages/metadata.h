/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The enabled repositories with what is kept of them, refreshed where that is due.
 * Ownership: metadata owns all that it opened. */
#ifndef REEVE_PLUGINS_PACKAGES_METADATA_H
#define REEVE_PLUGINS_PACKAGES_METADATA_H

#include "core/distro/advisories.h"
#include "core/distro/browse.h"
#include "core/distro/pathindex.h"
#include "core/distro/policy/policy.h"
#include "core/distro/store.h"

struct rv_query;
struct rv_sink;
struct rv_walk;

/* What a package of a repository is to the installed ones. */
enum available_state { STATE_AVAILABLE, STATE_INSTALLED, STATE_UPDATE, STATE_DOWNGRADE };
/* Behind the severities of advisories. */
enum update_severity { SEVERITY_SECURITY = 4, SEVERITY_NONE };

struct metadata_repo {
        const char *id;
        int64_t priority;
        struct rv_store_state state; /* of none: generation "" */
        struct rv_browse *browse;
        struct rv_advisories *advisories; /* NULL: it has none */
        struct rv_pathindex *paths;       /* NULL: it has no list of files */
};

struct metadata {
        struct rv_policy policy;
        struct metadata_repo *repos; /* the best priority first */
        size_t n;
};

/* Reads the policy and warns of what is wrong in its files. */
int open_policy(const struct rv_query *query, struct rv_sink *sink, struct rv_policy *ret, struct rv_err *err) RV_CHECK;
/* Opens what is kept of each enabled repository. fetch: what is missing or due is refreshed first, unless the caller
 * wants no network. What cannot be had is a warning where the repository may be skipped, or where something older is
 * there; else the error. RV_NODATA: nothing at all is there, and nobody may fetch it. Without fetch nobody is asked and
 * nothing said: what there is, is there. */
int metadata_open(const struct rv_query *query, struct rv_sink *sink, bool fetch, struct metadata *ret,
                  struct rv_err *err) RV_CHECK;
/* The newest package of that name and architecture in any repository; false: there is none. */
bool metadata_newest(const struct metadata *metadata, const char *name, const char *arch, struct rv_browse_package *ret,
                     const struct metadata_repo **ret_repo);
/* The severity of the advisory that brings this version, the worst of several, as an index into the enum of the
 * columns; -1: none does. *ret_id (may be NULL) is borrowed from the metadata. */
int metadata_severity(const struct metadata_repo *repo, const struct rv_browse_package *package, const char **ret_id);
void metadata_close(struct metadata *metadata);
#define METADATA_CLEANUP __attribute__((cleanup(metadata_close)))
/* What is kept of one repository, as new as it can be had without the network; RV_NOTFOUND. */
int metadata_state(const struct rv_query *query, struct rv_sink *sink, const char *repo, struct rv_store_state *ret,
                   struct rv_err *err) RV_CHECK;

/* An installed package: what of it decides whether another one is an update. Sorted by name, then by architecture. */
struct installed_one {
        char *name, *arch, *evr;
};
struct installed_list {
        struct installed_one *at;
        size_t n, room;
};
/* Adds the package that a walk stands at, unless it is damaged; the list must be sorted before it is asked. */
int installed_add(struct installed_list *list, const struct rv_walk *walk, struct rv_err *err) RV_CHECK;
void installed_sort(struct installed_list *list);
int installed_open(const struct rv_query *query, struct rv_sink *sink, struct installed_list *ret,
                   struct rv_err *err) RV_CHECK;
void installed_close(struct installed_list *list);
#define INSTALLED_CLEANUP __attribute__((cleanup(installed_close)))
/* The newest version of that name and architecture; NULL: it is not installed. *ret_same: this very version is there.
 */
const char *installed_newest(const struct installed_list *list, const char *name, const char *arch, const char *evr,
                             bool *ret_same);
/* Of this one. */
enum available_state installed_state(const struct installed_list *list, const struct rv_browse_package *package);

/* Calls for each package of the repositories, once for those that several have: the one with the best priority. Other
 * than 0 ends it and is returned. */
typedef int metadata_visit(void *user, const struct metadata_repo *repo, const struct rv_browse_package *package);
int metadata_each(const struct metadata *metadata, metadata_visit *visit, void *user) RV_CHECK;

#endif
