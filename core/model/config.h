/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration: etc/reeve/reeve.conf below a root, then etc/reeve/conf.d/NAME.conf by name; of two lines the later
 * counts. What is wrong is visited with the rest, so that each reader warns of what concerns it; it never ends the
 * reading. Ownership: an entry is borrowed, and gone when the visit returns. */
#ifndef REEVE_MODEL_CONFIG_H
#define REEVE_MODEL_CONFIG_H

#include "core/model/query.h"

struct rv_plugin;
struct rv_sink;

struct rv_config_entry {
        const char *section, *key, *value; /* "" for all where a file could not be read or a line makes no sense */
        const char *place;                 /* "/etc/reeve/reeve.conf:3", or the file where it could not be read */
        const struct rv_err *wrong;        /* NULL: a sound line */
};
typedef void rv_config_visit(void *user, const struct rv_config_entry *entry);

/* Visits all lines. sink (may be NULL) is told of each file before it is read. With euid 0 the running system's own
 * files count only where root owns them and nobody else can write them; a foreign root's are data like the rest of it.
 * A file that is not there says nothing. */
int rv_config_read(const struct rv_root *root, struct rv_sink *sink, rv_config_visit *visit, void *user) RV_CHECK;
/* The same of a single file of the caller's own. */
void rv_config_read_file(const char *path, rv_config_visit *visit, void *user);

/* Gives a query what the root's configuration says in the plugin's section, as options "config:KEY", checked against
 * the plugin's declared settings; what is wrong there becomes a warning. */
int rv_config_query(const struct rv_root *root, const struct rv_plugin *plugin, struct rv_query *query,
                    struct rv_sink *sink, struct rv_err *err) RV_CHECK;
/* Reads a yes or no as people write it: yes, no, true, false. False: it is neither. */
bool rv_config_bool(const char *value, bool *ret);
/* Whether an option of a query came from configuration. */
bool rv_config_option(const char *id);

#endif
