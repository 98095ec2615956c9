/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin "packages": its declarations, in the order of the enums in packages.h. */
#include "plugins/packages/packages.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof *(array)))
#define ENUM(values) .enums = (values), .n_enums = COUNT(values)

static const struct rv_enum reasons[] = {
        { "user", N_("user"), RV_PLAIN, 0 },         { "dependency", N_("dependency"), RV_MUTED, 0 },
        { "weak", N_("weak"), RV_MUTED, 0 },         { "group", N_("group"), RV_PLAIN, 0 },
        { "external", N_("external"), RV_PLAIN, 0 }, { "unknown", N_("unknown"), RV_MUTED, 0 },
};

static const struct rv_enum severities[] = {
        { "critical", N_("critical"), RV_BAD, 0 },  { "important", N_("important"), RV_WARN, 0 },
        { "moderate", N_("moderate"), RV_WARN, 0 }, { "low", N_("low"), RV_INFO, 0 },
        { "security", N_("security"), RV_WARN, 0 }, { "none", N_("none"), RV_MUTED, 0 },
};

static const struct rv_enum file_kinds[] = {
        [KIND_FILE] = { "file", N_("file"), RV_PLAIN, 0 },
        [KIND_DIRECTORY] = { "directory", N_("directory"), RV_MUTED, 0 },
        [KIND_LINK] = { "link", N_("link"), RV_MUTED, 0 },
        [KIND_CONFIG] = { "config", N_("config"), RV_INFO, 0 },
        [KIND_DOC] = { "doc", N_("doc"), RV_MUTED, 0 },
        [KIND_LICENSE] = { "license", N_("license"), RV_MUTED, 0 },
        [KIND_GHOST] = { "ghost", N_("ghost"), RV_MUTED, 0 },
        [KIND_OTHER] = { "other", N_("other"), RV_PLAIN, 0 },
};

static const struct rv_enum dependency_kinds[] = {
        { "requires", N_("requires"), RV_PLAIN, 0 },       { "provides", N_("provides"), RV_PLAIN, 0 },
        { "conflicts", N_("conflicts"), RV_WARN, 0 },      { "obsoletes", N_("obsoletes"), RV_PLAIN, 0 },
        { "recommends", N_("recommends"), RV_MUTED, 0 },   { "suggests", N_("suggests"), RV_MUTED, 0 },
        { "supplements", N_("supplements"), RV_MUTED, 0 }, { "enhances", N_("enhances"), RV_MUTED, 0 },
};

static const struct rv_enum phases[] = {
        { "pretrans", N_("before the transaction"), RV_PLAIN, 0 },
        { "prein", N_("before installing"), RV_PLAIN, 0 },
        { "postin", N_("after installing"), RV_PLAIN, 0 },
        { "preun", N_("before removing"), RV_PLAIN, 0 },
        { "postun", N_("after removing"), RV_PLAIN, 0 },
        { "posttrans", N_("after the transaction"), RV_PLAIN, 0 },
        { "preuntrans", N_("before the transaction that removes"), RV_PLAIN, 0 },
        { "postuntrans", N_("after the transaction that removes"), RV_PLAIN, 0 },
        { "verify", N_("when verified"), RV_PLAIN, 0 },
};

static const struct rv_column installed_columns[] = {
        [I_NEVRA] = { .id = "nevra", .title = N_("Package"), .type = RV_TEXT, .flags = RV_KEY | RV_HIDDEN },
        [I_NAME] = { .id = "name", .title = N_("Name"), .type = RV_TEXT, .flags = RV_MATCH },
        [I_VERSION] = { .id = "version", .title = N_("Version"), .type = RV_VERSION, .priority = 1 },
        [I_ARCH] = { .id = "arch",
                     .title = N_("Architecture"),
                     .type = RV_TEXT,
                     .flags = RV_HIDDEN | RV_ARCH,
                     .priority = 6 },
        [I_SIZE] = { .id = "size", .title = N_("Size"), .type = RV_SIZE, .priority = 3 },
        [I_INSTALLED_AT] = { .id = "installed_at",
                             .title = N_("Installed"),
                             .type = RV_TIME,
                             .flags = RV_HIDDEN,
                             .priority = 6 },
        [I_REASON] = { .id = "reason",
                       .title = N_("Reason"),
                       .help = N_("why it is here: asked for by the user, or needed by something else"),
                       .type = RV_ENUM,
                       ENUM(reasons),
                       .flags = RV_HIDDEN,
                       .priority = 7 },
        [I_REPO] = { .id = "repo", .title = N_("Repository"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 7 },
        [I_VERDICT] = { .id = "verdict",
                        .title = N_("Verdict"),
                        .help = N_("whether a valid key signed what is installed"),
                        .type = RV_ENUM,
                        .enums = rv_verdict_values,
                        .n_enums = 8,
                        .flags = RV_COSTLY,
                        .priority = 2 },
        [I_SIGNER_NAME] = { .id = "signer_name",
                            .title = N_("Signed by"),
                            .help = N_("the owner of the key that signed it, when the key is known"),
                            .type = RV_TEXT,
                            .flags = RV_COSTLY,
                            .priority = 2,
                            .with = "verdict" },
        [I_UPDATE] = { .id = "update",
                       .title = N_("Update"),
                       .type = RV_VERSION,
                       .priority = 2,
                       .with = "update_severity" },
        [I_UPDATE_SEVERITY] = { .id = "update_severity",
                                .title = N_("Severity"),
                                .type = RV_ENUM,
                                ENUM(severities),
                                .priority = 5 },
        [I_HELD] = { .id = "held", .title = N_("Held"), .type = RV_BOOL, .flags = RV_HIDDEN, .priority = 8 },
        [I_SOURCE] = { .id = "source", .title = N_("Source"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 9 },
        [I_VENDOR] = { .id = "vendor", .title = N_("Vendor"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 9 },
        [I_LICENSE] = { .id = "license", .title = N_("License"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 9 },
        [I_SUMMARY] = { .id = "summary", .title = N_("Summary"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 9 },
        [I_WHY] = { .id = "why",
                    .title = N_("Why"),
                    .help = N_("why the verdict is bad or damaged"),
                    .type = RV_ENUM,
                    ENUM(rv_reason_values),
                    .flags = RV_HIDDEN | RV_COSTLY,
                    .priority = 9 },
};

static const struct rv_column file_columns[] = {
        [F_PATH] = { .id = "path", .title = N_("Path"), .type = RV_TEXT, .flags = RV_KEY },
        [F_SIZE] = { .id = "size", .title = N_("Size"), .type = RV_SIZE, .priority = 1 },
        [F_MODE] = { .id = "mode", .title = N_("Mode"), .type = RV_TEXT, .priority = 3 },
        [F_OWNER] = { .id = "owner", .title = N_("Owner"), .type = RV_TEXT, .priority = 4 },
        [F_GROUP] = { .id = "group", .title = N_("Group"), .type = RV_TEXT, .priority = 5 },
        [F_DIGEST] = { .id = "digest", .title = N_("Digest"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 6 },
        [F_KIND] = { .id = "kind", .title = N_("Kind"), .type = RV_ENUM, ENUM(file_kinds), .priority = 2 },
};

static const struct rv_column dependency_columns[] = {
        [D_N] = { .id = "n", .title = N_("Number"), .type = RV_INT, .flags = RV_KEY | RV_HIDDEN },
        [D_KIND] = { .id = "kind", .title = N_("Kind"), .type = RV_ENUM, ENUM(dependency_kinds), .priority = 1 },
        [D_CAPABILITY] = { .id = "capability", .title = N_("Capability"), .type = RV_TEXT },
        [D_BY] = { .id = "by",
                   .title = N_("Provided by"),
                   .type = RV_REF,
                   .ref = "packages/installed",
                   .flags = RV_COSTLY,
                   .priority = 2 },
};

static const struct rv_column changelog_columns[] = {
        [L_N] = { .id = "n", .title = N_("Number"), .type = RV_INT, .flags = RV_KEY | RV_HIDDEN },
        [L_AT] = { .id = "at", .title = N_("Date"), .type = RV_TIME },
        [L_AUTHOR] = { .id = "author", .title = N_("Author"), .type = RV_TEXT, .priority = 2 },
        [L_TEXT] = { .id = "text", .title = N_("Text"), .type = RV_TEXT, .priority = 1 },
};

static const struct rv_column script_columns[] = {
        [S_N] = { .id = "n", .title = N_("Number"), .type = RV_INT, .flags = RV_KEY | RV_HIDDEN },
        [S_PHASE] = { .id = "phase", .title = N_("Phase"), .type = RV_ENUM, ENUM(phases) },
        [S_INTERPRETER] = { .id = "interpreter", .title = N_("Interpreter"), .type = RV_TEXT, .priority = 2 },
        [S_TEXT] = { .id = "text", .title = N_("Text"), .type = RV_TEXT, .priority = 1 },
};

static const struct rv_enum metadata_trusts[] = {
        { "ok", N_("ok"), RV_GOOD, 0 },        { "unsigned", N_("unsigned"), RV_WARN, 0 },
        { "nokey", N_("no key"), RV_WARN, 0 }, { "bad", N_("bad"), RV_BAD, 0 },
        { "off", N_("off"), RV_WARN, 0 },
};
static const struct rv_enum package_trusts[] = {
        { "required", N_("required"), RV_GOOD, 0 },
        { "off", N_("off"), RV_WARN, 0 },
};
static const struct rv_enum setting_froms[] = {
        { "main", N_("main"), RV_PLAIN, 0 },
        { "repo", N_("repository"), RV_PLAIN, 0 },
        { "override", N_("override"), RV_INFO, 0 },
};

static const struct rv_column repo_columns[] = {
        [R_ID] = { .id = "id", .title = N_("Repository"), .type = RV_TEXT, .flags = RV_KEY },
        [R_NAME] = { .id = "name", .title = N_("Name"), .type = RV_TEXT, .flags = RV_MATCH, .priority = 5 },
        [R_ENABLED] = { .id = "enabled", .title = N_("Enabled"), .type = RV_BOOL, .priority = 1 },
        [R_URL] = { .id = "url",
                    .title = N_("URL"),
                    .help = N_("the first place that its metadata may come from"),
                    .type = RV_TEXT,
                    .priority = 4 },
        [R_PACKAGES] = { .id = "packages", .title = N_("Packages"), .type = RV_INT, .priority = 2 },
        [R_REFRESHED_AT] = { .id = "refreshed_at",
                             .title = N_("Refreshed"),
                             .help = N_("when its metadata was read last"),
                             .type = RV_TIME,
                             .priority = 3 },
        [R_EXPIRES_AT] = { .id = "expires_at", .title = N_("Expires"), .type = RV_TIME, .priority = 6 },
        [R_METADATA_TRUST] = { .id = "metadata_trust",
                               .title = N_("Metadata"),
                               .help = N_("whether a valid key signed its metadata; off: nobody asks"),
                               .type = RV_ENUM,
                               ENUM(metadata_trusts),
                               .priority = 2 },
        [R_PACKAGE_TRUST] = { .id = "package_trust",
                              .title = N_("Signatures"),
                              .help = N_("whether its packages must be signed by a valid key"),
                              .type = RV_ENUM,
                              ENUM(package_trusts),
                              .priority = 1 },
        [R_TIER] = { .id = "tier", .title = N_("Tier"), .type = RV_TEXT, .priority = 7 },
        [R_PRIORITY] = { .id = "priority", .title = N_("Priority"), .type = RV_INT, .priority = 7 },
        [R_ORIGIN] = { .id = "origin",
                       .title = N_("Origin"),
                       .help = N_("the file and line that describe it"),
                       .type = RV_TEXT,
                       .priority = 3 },
};

static const struct rv_column setting_columns[] = {
        [T_KEY] = { .id = "key", .title = N_("Setting"), .type = RV_TEXT, .flags = RV_KEY },
        [T_VALUE] = { .id = "value", .title = N_("Value"), .type = RV_TEXT, .priority = 1 },
        [T_FROM] = { .id = "from",
                     .title = N_("From"),
                     .help = N_("the main settings, the repository's own, or an override"),
                     .type = RV_ENUM,
                     ENUM(setting_froms),
                     .priority = 2 },
        [T_ORIGIN] = { .id = "origin", .title = N_("Origin"), .type = RV_TEXT, .priority = 1 },
};

static const struct rv_enum available_states[] = {
        { "available", N_("available"), RV_PLAIN, 0 },
        { "installed", N_("installed"), RV_GOOD, 0 },
        { "update", N_("newer"), RV_INFO, 0 },
        { "downgrade", N_("older"), RV_MUTED, 0 },
};

static const struct rv_column available_columns[] = {
        [A_NEVRA] = { .id = "nevra", .title = N_("Package"), .type = RV_TEXT, .flags = RV_KEY | RV_HIDDEN },
        [A_NAME] = { .id = "name", .title = N_("Name"), .type = RV_TEXT, .flags = RV_MATCH },
        [A_VERSION] = { .id = "version", .title = N_("Version"), .type = RV_VERSION, .priority = 1 },
        [A_ARCH] = { .id = "arch",
                     .title = N_("Architecture"),
                     .type = RV_TEXT,
                     .flags = RV_HIDDEN | RV_ARCH,
                     .priority = 6 },
        [A_REPO] = { .id = "repo", .title = N_("Repository"), .type = RV_TEXT, .priority = 3 },
        [A_STATE] = { .id = "state",
                      .title = N_("State"),
                      .help = N_("whether it, or another version of it, is installed"),
                      .type = RV_ENUM,
                      ENUM(available_states),
                      .priority = 2 },
        [A_SIZE] = { .id = "size", .title = N_("Size"), .type = RV_SIZE, .flags = RV_HIDDEN, .priority = 6 },
        [A_DOWNLOAD] = { .id = "download", .title = N_("Fetch"), .type = RV_SIZE, .priority = 4 },
        [A_SUMMARY] = { .id = "summary", .title = N_("Summary"), .type = RV_TEXT, .priority = 5 },
};

static const struct rv_column update_columns[] = {
        [U_NEVRA] = { .id = "nevra", .title = N_("Package"), .type = RV_TEXT, .flags = RV_KEY | RV_HIDDEN },
        [U_NAME] = { .id = "name", .title = N_("Name"), .type = RV_TEXT, .flags = RV_MATCH },
        [U_INSTALLED_VERSION] = { .id = "installed_version",
                                  .title = N_("Installed"),
                                  .type = RV_VERSION,
                                  .priority = 2 },
        [U_VERSION] = { .id = "version", .title = N_("Update"), .type = RV_VERSION, .priority = 1, .with = "severity" },
        [U_ARCH] = { .id = "arch",
                     .title = N_("Architecture"),
                     .type = RV_TEXT,
                     .flags = RV_HIDDEN | RV_ARCH,
                     .priority = 6 },
        [U_REPO] = { .id = "repo", .title = N_("Repository"), .type = RV_TEXT, .priority = 4 },
        [U_SIZE] = { .id = "size", .title = N_("Size"), .type = RV_SIZE, .flags = RV_HIDDEN, .priority = 6 },
        [U_DOWNLOAD] = { .id = "download", .title = N_("Fetch"), .type = RV_SIZE, .priority = 3 },
        [U_ADVISORY] = { .id = "advisory", .title = N_("Advisory"), .type = RV_TEXT, .priority = 4 },
        [U_SEVERITY] = { .id = "severity", .title = N_("Severity"), .type = RV_ENUM, ENUM(severities), .priority = 2 },
        [U_SUMMARY] = { .id = "summary", .title = N_("Summary"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 6 },
};

static const struct rv_arg repo_arg[] = {
        { .id = "repo",
          .title = N_("REPOSITORY"),
          .help = N_("the id of a repository"),
          .ref = "packages/repos",
          .type = RV_REF,
          .flags = RV_REQUIRED | RV_POSITIONAL },
};

static const struct rv_arg package_arg[] = {
        { .id = "package",
          .title = N_("PACKAGE"),
          .help = N_("a name, NAME.ARCH, or the whole key of an installed package"),
          .ref = "packages/installed",
          .type = RV_REF,
          .flags = RV_REQUIRED | RV_POSITIONAL },
};

/* No ref: these are asked by their words, and are no part of what a package's own row leads to. */
static const struct rv_arg info_arg[] = {
        { .id = "package",
          .title = N_("PACKAGE"),
          .help = N_("a name, NAME.ARCH, or the whole key of an installed package, also with * and ?"),
          .type = RV_TEXT,
          .flags = RV_REQUIRED | RV_POSITIONAL | RV_REPEAT },
};
static const struct rv_arg search_arg[] = {
        { .id = "term",
          .title = N_("TERM"),
          .help = N_("what the name or the summary contains; of several all"),
          .type = RV_TEXT,
          .flags = RV_REQUIRED | RV_POSITIONAL | RV_REPEAT },
};
static const struct rv_arg provides_arg[] = {
        { .id = "capability",
          .title = N_("CAPABILITY"),
          .help = N_(
                  "a capability, also with a version as in 'bash >= 5', or the path of a file; both also with * and ?"),
          .type = RV_TEXT,
          .flags = RV_REQUIRED | RV_POSITIONAL },
};

static const struct rv_column search_columns[] = {
        [H_NEVRA] = { .id = "nevra", .title = N_("Package"), .type = RV_TEXT, .flags = RV_KEY | RV_HIDDEN },
        [H_NAME] = { .id = "name", .title = N_("Name"), .type = RV_TEXT, .flags = RV_MATCH },
        [H_VERSION] = { .id = "version", .title = N_("Version"), .type = RV_VERSION, .priority = 2 },
        [H_STATE] = { .id = "state",
                      .title = N_("State"),
                      .help = N_("whether it, or another version of it, is installed"),
                      .type = RV_ENUM,
                      ENUM(available_states),
                      .priority = 3 },
        [H_REPO] = { .id = "repo", .title = N_("Repository"), .type = RV_TEXT, .priority = 4 },
        [H_SUMMARY] = { .id = "summary", .title = N_("Summary"), .type = RV_TEXT, .priority = 1 },
};
static const struct rv_column provides_columns[] = {
        [V_NEVRA] = { .id = "nevra", .title = N_("Package"), .type = RV_TEXT, .flags = RV_KEY | RV_HIDDEN },
        [V_NAME] = { .id = "name", .title = N_("Name"), .type = RV_TEXT, .flags = RV_MATCH },
        [V_VERSION] = { .id = "version", .title = N_("Version"), .type = RV_VERSION, .priority = 2 },
        [V_STATE] = { .id = "state",
                      .title = N_("State"),
                      .help = N_("whether it, or another version of it, is installed"),
                      .type = RV_ENUM,
                      ENUM(available_states),
                      .priority = 3 },
        [V_REPO] = { .id = "repo", .title = N_("Repository"), .type = RV_TEXT, .priority = 4 },
        [V_CAPABILITY] = { .id = "capability", .title = N_("Capability"), .type = RV_TEXT, .priority = 1 },
};

static const char *const list_aliases[] = { "list", NULL }, *const info_aliases[] = { "info", NULL },
                         *const search_aliases[] = { "search", NULL },
                         *const provides_aliases[] = { "provides", "whatprovides", NULL };

#define VIEW_OF_ONE(ID, TITLE, HELP, COLUMNS, FILL)                                                              \
        {                                                                                                        \
                .id = (ID), .title = (TITLE), .help = (HELP), .columns = (COLUMNS), .n_columns = COUNT(COLUMNS), \
                .args = package_arg, .n_args = COUNT(package_arg), .fill = (FILL), .shape = RV_SHAPE_LIST,       \
                .flags = RV_READS_SLOT                                                                           \
        }

static const struct rv_view views[] = {
        { .id = "installed",
          .title = N_("Installed"),
          .help = N_("the packages that are installed, and who signed them"),
          .columns = installed_columns,
          .n_columns = COUNT(installed_columns),
          .aliases = list_aliases,
          .fill = installed_fill,
          .shape = RV_SHAPE_LIST,
          .flags = RV_BY_KEY | RV_READS_SLOT | RV_SHARED },
        VIEW_OF_ONE("files", N_("Files"), N_("the files of a package"), file_columns, files_fill),
        VIEW_OF_ONE("dependencies", N_("Dependencies"), N_("what a package requires, provides and rules out"),
                    dependency_columns, dependencies_fill),
        VIEW_OF_ONE("changelog", N_("Changelog"), N_("what its packagers changed"), changelog_columns, changelog_fill),
        VIEW_OF_ONE("scripts", N_("Scripts"), N_("what runs when it is installed or removed"), script_columns,
                    scripts_fill),
        { .id = "info",
          .title = N_("Package"),
          .help = N_("all that is known of an installed package"),
          .columns = installed_columns,
          .n_columns = COUNT(installed_columns),
          .args = info_arg,
          .n_args = COUNT(info_arg),
          .aliases = info_aliases,
          .fill = info_fill,
          .shape = RV_SHAPE_RECORD,
          .flags = RV_READS_SLOT },
        { .id = "search",
          .title = N_("Search"),
          .help = N_("the packages, installed or kept of the repositories, whose name or summary contains a text"),
          .columns = search_columns,
          .n_columns = COUNT(search_columns),
          .args = search_arg,
          .n_args = COUNT(search_arg),
          .aliases = search_aliases,
          .fill = search_fill,
          .shape = RV_SHAPE_LIST,
          .flags = RV_BY_KEY | RV_READS_SLOT },
        { .id = "provides",
          .title = N_("Provides"),
          .help = N_("the packages that have a capability or a file; of the repositories files only"),
          .columns = provides_columns,
          .n_columns = COUNT(provides_columns),
          .args = provides_arg,
          .n_args = COUNT(provides_arg),
          .aliases = provides_aliases,
          .fill = provides_fill,
          .shape = RV_SHAPE_LIST,
          .flags = RV_BY_KEY | RV_READS_SLOT },
        { .id = "updates",
          .title = N_("Updates"),
          .help = N_("what is newer in the repositories than what is installed"),
          .columns = update_columns,
          .n_columns = COUNT(update_columns),
          .fill = updates_fill,
          .shape = RV_SHAPE_LIST,
          .flags = RV_BY_KEY },
        { .id = "available",
          .title = N_("Available"),
          .help = N_("the packages that the enabled repositories have"),
          .columns = available_columns,
          .n_columns = COUNT(available_columns),
          .fill = available_fill,
          .shape = RV_SHAPE_LIST,
          .flags = RV_BY_KEY },
        { .id = "repos",
          .title = N_("Repos"),
          .help = N_("the repositories that packages come from, and how far each is trusted"),
          .columns = repo_columns,
          .n_columns = COUNT(repo_columns),
          .fill = repos_fill,
          .shape = RV_SHAPE_LIST },
        { .id = "settings",
          .title = N_("Settings"),
          .help = N_("the settings of a repository that count, each with the file and line that it comes from"),
          .columns = setting_columns,
          .n_columns = COUNT(setting_columns),
          .args = repo_arg,
          .n_args = COUNT(repo_arg),
          .fill = settings_fill,
          .shape = RV_SHAPE_LIST,
          .flags = RV_BY_KEY },
};

static const struct rv_tally tallies[] = {
        { .title = N_("installed"), .view = "installed" },
        { .title = NP_("update", "updates"), .view = "installed", .where = "update != null" },
        { .title = N_("security"),
          .view = "installed",
          .where = "update_severity in (critical, important, moderate, low, security)",
          .role = RV_WARN },
        { .title = N_("damaged"), .view = "installed", .where = "verdict = damaged", .role = RV_BAD },
};

RV_PLUGIN = {
        .abi = RV_ABI,
        .size = RV_SIZES,
        .id = "packages",
        .title = N_("Packages"),
        .help = N_("the installed RPM packages"),
        .version = "0.1.0",
        .domain = "reeve",
        .lane = "rpm",
        .views = views,
        .n_views = COUNT(views),
        .findings = findings_fill,
        .changes = changes_fill,
        .space = space_fill,
        .tallies = tallies,
        .n_tallies = COUNT(tallies),
};
