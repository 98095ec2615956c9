/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin's declaration: Python environments, their files and their packages. Nothing here runs. */
#include "plugins/sandboxes/views.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rv_enum kinds[] = {
        { .id = "pylock", .title = N_("locked"), .role = RV_PLAIN },
        { .id = "venv", .title = N_("venv"), .role = RV_PLAIN },
        { .id = "microvm", .title = N_("micro-VM"), .role = RV_PLAIN },
};

/* The last two are micro-VMs', which stand in the same list; ids are the contract, so they are declared at once. */
static const struct rv_enum states[] = {
        { .id = "ok", .title = N_("ok"), .role = RV_GOOD },
        { .id = "drifted", .title = N_("drifted"), .role = RV_WARN },
        { .id = "broken", .title = N_("broken"), .role = RV_BAD },
        { .id = "unknown", .title = N_("unknown"), .role = RV_MUTED },
        { .id = "running", .title = N_("running"), .role = RV_GOOD },
        { .id = "stopped", .title = N_("stopped"), .role = RV_MUTED },
};

/* "hashed" is no trust in anybody: whoever can write the files can write their hashes. Hence no green role. */
static const struct rv_enum trusts[] = {
        { .id = "signed", .title = N_("signed"), .role = RV_GOOD },
        { .id = "hashed", .title = N_("hashed"), .role = RV_INFO },
        { .id = "none", .title = N_("none"), .role = RV_MUTED },
};

/* No "unknown": what could not be checked is null, as everywhere. */
static const struct rv_enum file_states[] = {
        { .id = "ok", .title = N_("ok"), .role = RV_GOOD },
        { .id = "changed", .title = N_("changed"), .role = RV_BAD },
        { .id = "missing", .title = N_("missing"), .role = RV_BAD },
        { .id = "added", .title = N_("added"), .role = RV_WARN },
};

static const struct rv_column sandbox_columns[] = {
        [SANDBOX_ID] = { .id = "id", .title = N_("Name"), .type = RV_TEXT, .flags = RV_KEY },
        [SANDBOX_KIND] = { .id = "kind",
                           .title = N_("Kind"),
                           .help = N_("locked: made from a pylock.toml; venv: made by hand or by another program"),
                           .type = RV_ENUM,
                           .enums = kinds,
                           .n_enums = COUNT(kinds),
                           .priority = 5 },
        [SANDBOX_PATH] = { .id = "path", .title = N_("Path"), .type = RV_TEXT, .flags = RV_MATCH, .priority = 4 },
        [SANDBOX_STATE] = { .id = "state",
                            .title = N_("State"),
                            .help = N_("whether the files are those that were installed; unknown where files have no "
                                       "hash, may not be read, or are more than 256 MiB (`sandboxes files` reads all)"),
                            .type = RV_ENUM,
                            .enums = states,
                            .n_enums = COUNT(states),
                            .flags = RV_COSTLY,
                            .priority = 1 },
        [SANDBOX_PYTHON] = { .id = "python", .title = N_("Python"), .type = RV_VERSION, .priority = 2 },
        [SANDBOX_PACKAGES] = { .id = "packages", .title = N_("Packages"), .type = RV_INT, .priority = 3 },
        [SANDBOX_TRUST] = { .id = "trust",
                            .title = N_("Trust"),
                            .help = N_("hashed: every file has a hash that it can be checked against, which proves "
                                       "that it is whole and not who made it"),
                            .type = RV_ENUM,
                            .enums = trusts,
                            .n_enums = COUNT(trusts),
                            .priority = 2 },
        [SANDBOX_CREATED_AT] = { .id = "created_at", .title = N_("Created"), .type = RV_TIME, .priority = 6 },
        [SANDBOX_SIZE] = { .id = "size", .title = N_("Size"), .type = RV_SIZE, .flags = RV_COSTLY, .priority = 3 },
};

static const struct rv_column file_columns[] = {
        [FILES_PATH] = { .id = "path",
                         .title = N_("Path"),
                         .help = N_("relative to the environment"),
                         .type = RV_TEXT,
                         .flags = RV_KEY },
        [FILES_STATE] = { .id = "state",
                          .title = N_("State"),
                          .help = N_("against the hash that was recorded when it was installed; empty where there is "
                                     "none or the file may not be read"),
                          .type = RV_ENUM,
                          .enums = file_states,
                          .n_enums = COUNT(file_states),
                          .flags = RV_COSTLY,
                          .priority = 1 },
        [FILES_SIZE] = { .id = "size", .title = N_("Size"), .type = RV_SIZE, .priority = 2 },
        [FILES_PACKAGE] = { .id = "package",
                            .title = N_("Package"),
                            .type = RV_TEXT,
                            .flags = RV_HIDDEN,
                            .priority = 3 },
};

static const struct rv_column package_columns[] = {
        [PACKAGES_NAME] = { .id = "name", .title = N_("Name"), .type = RV_TEXT, .flags = RV_KEY },
        [PACKAGES_VERSION] = { .id = "version", .title = N_("Version"), .type = RV_TEXT, .priority = 1 },
        [PACKAGES_INSTALLER] = { .id = "installer", .title = N_("Installer"), .type = RV_TEXT, .priority = 5 },
        [PACKAGES_REQUESTED] = { .id = "requested",
                                 .title = N_("Requested"),
                                 .help = N_("asked for by name, not brought in by another package"),
                                 .type = RV_BOOL,
                                 .priority = 6 },
        [PACKAGES_TRUST] = { .id = "trust",
                             .title = N_("Trust"),
                             .type = RV_ENUM,
                             .enums = trusts,
                             .n_enums = COUNT(trusts),
                             .priority = 2 },
        [PACKAGES_FILES] = { .id = "files", .title = N_("Files"), .type = RV_INT, .priority = 4 },
        [PACKAGES_SIZE] = { .id = "size",
                            .title = N_("Size"),
                            .help = N_("as recorded when it was installed"),
                            .type = RV_SIZE,
                            .priority = 3 },
        [PACKAGES_LICENSE] = { .id = "license", .title = N_("License"), .type = RV_TEXT, .priority = 7 },
        [PACKAGES_SUMMARY] = { .id = "summary", .title = N_("Summary"), .type = RV_TEXT, .priority = 8 },
};

/* Users' own environments are theirs: nobody looks at them unless it was said. */
#define HOMES                                                                                                      \
        {                                                                                                          \
                .id = "homes", .title = N_("Homes"),                                                               \
                .help = N_("look into users' home directories too, at ~/.venv and where tools keep environments"), \
                .type = RV_BOOL                                                                                    \
        }

static const struct rv_arg of_list[] = { HOMES };

static const struct rv_arg settings[] = {
        { .id = "directories",
          .title = N_("Directories"),
          .help = N_("the directories that are searched, with commas between them, instead of "
                     "/var/lib/reeve/sandboxes, /opt, /srv, /usr/local"),
          .type = RV_LIST },
        HOMES,
};

/* What both views of one environment take. */
static const struct rv_arg of_sandbox[] = {
        { .id = "id",
          .title = N_("Environment"),
          .help = N_("its name or its path"),
          .ref = "sandboxes/sandboxes",
          .type = RV_REF,
          .flags = RV_REQUIRED | RV_POSITIONAL },
        HOMES,
};

static const struct rv_view views[] = {
        { .id = "sandboxes",
          .title = N_("Environments"),
          .help = N_("Python environments below /var/lib/reeve/sandboxes, /opt, /srv and /usr/local, or where "
                     "reeve.conf says"),
          .columns = sandbox_columns,
          .n_columns = COUNT(sandbox_columns),
          .args = of_list,
          .n_args = COUNT(of_list),
          .shape = RV_SHAPE_LIST,
          .fill = fill_sandboxes },
        { .id = "files",
          .title = N_("Files"),
          .help = N_("the files of one environment, and whether they are what was installed"),
          .columns = file_columns,
          .n_columns = COUNT(file_columns),
          .args = of_sandbox,
          .n_args = COUNT(of_sandbox),
          .shape = RV_SHAPE_LIST,
          .fill = fill_files },
        { .id = "packages",
          .title = N_("Packages"),
          .help = N_("the Python packages of one environment"),
          .columns = package_columns,
          .n_columns = COUNT(package_columns),
          .args = of_sandbox,
          .n_args = COUNT(of_sandbox),
          .shape = RV_SHAPE_LIST,
          .fill = fill_packages },
};

static const struct rv_tally tallies[] = {
        { .title = NP_("environment", "environments"), .view = "sandboxes" },
        { .title = N_("drifted"), .view = "sandboxes", .where = "state = drifted", .role = RV_WARN },
        { .title = N_("broken"), .view = "sandboxes", .where = "state = broken", .role = RV_BAD },
};

RV_PLUGIN = {
        .abi = RV_ABI,
        .size = RV_SIZES,
        .id = "sandboxes",
        .title = N_("Sandboxes"),
        .help = N_("isolated environments: what they hold, and whether it is what was installed"),
        .version = "0.1.0",
        .domain = "reeve",
        .views = views,
        .n_views = COUNT(views),
        .findings = fill_findings,
        .space = fill_space,
        .settings = settings,
        .n_settings = COUNT(settings),
        .tallies = tallies,
        .n_tallies = COUNT(tallies),
};
