/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lists of what there is: `plugins`, `views`, `actions`.
 * Ownership: declarations are the registry's; a made snapshot is the caller's. */
#ifndef REEVE_PRESENT_CATALOGUE_H
#define REEVE_PRESENT_CATALOGUE_H

#include "tui/present/settings.h"

struct rv_action;
struct rv_plugin;
struct rv_registry;
struct rv_snapshot;
struct rv_view;

/* What is met on the way; a result other than RV_OK ends it. */
struct rv_visitor {
        int (*plugin)(void *user, const struct rv_plugin *plugin);
        int (*broken)(void *user, const char *id, const struct rv_err *err); /* one that cannot be opened */
        int (*view)(void *user, const struct rv_plugin *plugin, const struct rv_view *view); /* plugin NULL: reeve's */
        int (*action)(void *user, const struct rv_plugin *plugin, const struct rv_action *action);
        void *user;
};

/* verb: RV_DO_PLUGINS, RV_DO_VIEWS or RV_DO_ACTIONS, in all of these. Opens every plugin, and runs code of none. */
int rv_catalogue_walk(struct rv_registry *registry, enum rv_verb verb, const struct rv_visitor *visitor);
/* The same as the table that it is on a screen, and its declaration. */
int rv_catalogue(struct rv_registry *registry, enum rv_verb verb, struct rv_snapshot **ret,
                 struct rv_err *err) RV_CHECK;
const struct rv_view *rv_catalogue_view(enum rv_verb verb);

#endif
