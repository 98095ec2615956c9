/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registry of plugins: finds their libraries, opens one when it is asked for, checks it, and hands out its
 * declarations in the host's own struct sizes.
 * Ownership: the registry owns every plugin and lives as long as the program; what it hands out is borrowed. Used from
 * one thread until start-up is over, guarded by a lock after. */
#ifndef REEVE_MODEL_REGISTRY_H
#define REEVE_MODEL_REGISTRY_H

#include <reeve/plugin.h>
#include <stdbool.h>

struct rv_registry;
struct rv_sink;

/* Directories are searched in order; the first library of a name wins. extra (REEVE_PLUGIN_PATH, may be NULL) is
 * ignored with euid 0. */
struct rv_registry *rv_registry_new(const char *directory, const char *extra);
/* Whether every directory could be read to its end; the error names the one that could not. */
int rv_registry_check(const struct rv_registry *registry, struct rv_err *err) RV_CHECK;
void rv_registry_free(struct rv_registry *registry);

/* Names of the plugin libraries that are there (ids; nothing is opened). */
size_t rv_registry_names(struct rv_registry *registry, const char *const **ret_names);
/* Opens a plugin. RV_NOTFOUND: no such library; RV_UNSUPPORTED: it cannot be loaded (the hint says why); RV_UNTRUSTED:
 * owner or mode of it or a parent. */
int rv_registry_plugin(struct rv_registry *registry, const char *id, const struct rv_plugin **ret,
                       struct rv_err *err) RV_CHECK;
/* The file that a plugin's library is; NULL for an unknown id. */
const char *rv_registry_path(const struct rv_registry *registry, const char *id);
/* A view or action of an opened plugin by id; NULL for none. Ids of the common views are found too, with every plugin.
 */
const struct rv_view *rv_plugin_view(const struct rv_plugin *plugin, const char *id);
/* Whether it has required arguments: it is about something, and has no rows without it. */
bool rv_view_needs_words(const struct rv_view *view);
const struct rv_action *rv_plugin_action(const struct rv_plugin *plugin, const char *id);
/* The view or action of an opened plugin that has this alias; exactly one of the two is set. False: none has. */
bool rv_plugin_alias(const struct rv_plugin *plugin, const char *word, const struct rv_view **ret_view,
                     const struct rv_action **ret_action);
/* The plugin and view or action that has this top-level alias ("search"); opens plugins until one has it. Exactly one
 * of the two results is set. RV_NOTFOUND. */
int rv_registry_alias(struct rv_registry *registry, const char *word, const struct rv_plugin **ret_plugin,
                      const struct rv_view **ret_view, const struct rv_action **ret_action,
                      struct rv_err *err) RV_CHECK;
/* Puts a finding for each library that could not be loaded (columns of the common view). */
void rv_registry_findings(struct rv_registry *registry, struct rv_sink *sink);

/* The common views, joined over all plugins: "findings", "changes", "space"; their plugin id is "reeve". */
const struct rv_view *rv_common_view(const char *id);

#endif
