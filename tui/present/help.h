/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Help, from the same declarations that parse the words: for the command line, line mode and the screen's search.
 * Ownership: text is appended to the caller's buffer, translated, one line of at most `width` cells where it can be. */
#ifndef REEVE_PRESENT_HELP_H
#define REEVE_PRESENT_HELP_H

struct rv_action;
struct rv_buf;
struct rv_plugin;
struct rv_registry;
struct rv_verb_word;
struct rv_view;

/* The forms, verbs, options and plugins. */
void rv_help_overview(struct rv_registry *registry, unsigned width, struct rv_buf *out);
void rv_help_plugin(const struct rv_plugin *plugin, unsigned width, struct rv_buf *out);
/* plugin_id is "reeve" and plugin NULL for the common views. */
void rv_help_view(const char *plugin_id, const struct rv_plugin *plugin, const struct rv_view *view, unsigned width,
                  struct rv_buf *out);
/* A verb's own page; view: what it lists, NULL for none. */
void rv_help_verb(const struct rv_verb_word *verb, const struct rv_view *view, unsigned width, struct rv_buf *out);
void rv_help_action(const struct rv_plugin *plugin, const struct rv_action *action, unsigned width, struct rv_buf *out);
/* The text domain that a plugin's texts are in; NULL plugin: reeve's. */
const char *rv_plugin_domain(const struct rv_plugin *plugin);

#endif
