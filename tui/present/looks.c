/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking the looks from configuration, and saying which lines are for nobody. */
#include "tui/present/looks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/model/config.h"
#include "tui/present/options.h"

static const char SECTION[] = "looks";

static const struct rv_look looks[] = {
        { "color", N_("auto, always or never") },
        { "ascii", N_("yes: only ASCII characters") },
};

const struct rv_look *rv_looks(size_t *ret_n)
{
        *ret_n = sizeof looks / sizeof *looks;
        return looks;
}

const char *rv_looks_about(void)
{
        return N_("Lines `key = value` below a [section], `#` before a comment, in /etc/reeve/reeve.conf and then in "
                  "/etc/reeve/conf.d/*.conf of the system that is looked at; `reeve help PLUGIN` lists a plugin's "
                  "settings. How things look is set in [looks] of the running system, and by each user in "
                  "~/.config/reeve/reeve.conf:");
}

struct reading {
        const struct rv_looks_reader *reader;
        struct rv_settings *settings;
        bool other; /* below a root that is not the running system's */
        bool own;   /* in the user's own file */
};

static void warn(const struct reading *reading, const char *msgid, const struct rv_config_entry *entry,
                 const char *what, const char *value)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };

        rv_message_packf(&packed, "reeve", msgid, entry->place, what, value, NULL);
        reading->reader->warn(reading->reader->user, rv_buf_str(&packed), packed.size);
}

static void take(const struct reading *reading, const struct rv_config_entry *entry)
{
        RV_ERR_CLEANUP struct rv_err ignored = { 0 };
        bool taken;

        if (strcmp(entry->key, "color") == 0) {
                taken = rv_option_apply(rv_option_by_name("color", 5), entry->value, reading->settings, NULL,
                                        &ignored) == RV_OK;
        } else if (strcmp(entry->key, "ascii") == 0) {
                taken = rv_config_bool(entry->value, &reading->settings->ascii);
        } else {
                warn(reading, N_("%1: there is no setting %2 in [%3]"), entry, entry->key, SECTION);
                return;
        }
        if (!taken)
                warn(reading, N_("%1: %2 cannot be %3; the line is ignored"), entry, entry->key, entry->value);
}

static bool is_of_plugin(const struct rv_looks_reader *reader, const char *section)
{
        size_t i;

        for (i = 0; i < reader->n_sections; i++)
                if (strcmp(reader->sections[i], section) == 0)
                        return true;
        return false;
}

static void visit(void *user, const struct rv_config_entry *entry)
{
        const struct reading *reading = user;
        bool looks_section = strcmp(entry->section, SECTION) == 0;

        /* Of its own section a plugin warns itself, where it is used. */
        if (*entry->section && !looks_section && !reading->own && is_of_plugin(reading->reader, entry->section))
                return;
        /* Nor is it the looks' to say that another system's file cannot be read: who needs it does. */
        if (!*entry->section && reading->other)
                return;
        if (entry->wrong)
                reading->reader->warn(reading->reader->user, rv_buf_str(&entry->wrong->message),
                                      entry->wrong->message.size);
        else if (looks_section && !reading->other)
                take(reading, entry);
        else if (looks_section)
                return;
        else if (reading->own)
                warn(reading, N_("%1: [%2] is set in /etc/reeve/reeve.conf only; the line is ignored"), entry,
                     entry->section, NULL);
        else
                warn(reading, N_("%1: there is no plugin %2 that the line could be for"), entry, entry->section, NULL);
}

void rv_looks_read(const struct rv_looks_reader *reader, struct rv_settings *settings)
{
        struct reading reading = { .reader = reader, .settings = settings };
        static const struct rv_config_entry nothing = { .place = "/etc/reeve" };

        if (rv_config_read(reader->root, NULL, visit, &reading))
                warn(&reading, N_("%1: cannot be read: out of memory"), &nothing, NULL, NULL);
        reading.other = true;
        if (reader->other && rv_config_read(reader->other, NULL, visit, &reading))
                warn(&reading, N_("%1: cannot be read: out of memory"), &nothing, NULL, NULL);
        reading.other = false;
        reading.own = true;
        if (reader->own)
                rv_config_read_file(reader->own, visit, &reading);
}

bool rv_looks_own(char *path, size_t room)
{
        const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
        bool of_config = config && *config == '/';
        int n;

        if (geteuid() == 0 || (!of_config && (!home || *home != '/')))
                return false;
        n = snprintf(path, room, "%s%s/reeve/reeve.conf", of_config ? config : home, of_config ? "" : "/.config");
        return n > 0 && (size_t)n < room;
}
