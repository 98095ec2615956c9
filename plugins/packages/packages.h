/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this plugin give each other: the fills, and the columns they put into (indexes into the
 * declarations in packages.c). */
#ifndef REEVE_PLUGINS_PACKAGES_H
#define REEVE_PLUGINS_PACKAGES_H

#include <reeve/plugin.h>

#include "core/distro/rpmwalk.h"

enum installed_column {
        I_NEVRA,
        I_NAME,
        I_VERSION,
        I_ARCH,
        I_SIZE,
        I_INSTALLED_AT,
        I_REASON,
        I_REPO,
        I_VERDICT,
        I_SIGNER_NAME,
        I_UPDATE,
        I_UPDATE_SEVERITY,
        I_HELD,
        I_SOURCE,
        I_VENDOR,
        I_LICENSE,
        I_SUMMARY,
        I_WHY
};
enum file_column { F_PATH, F_SIZE, F_MODE, F_OWNER, F_GROUP, F_DIGEST, F_KIND };
enum file_kind { KIND_FILE, KIND_DIRECTORY, KIND_LINK, KIND_CONFIG, KIND_DOC, KIND_LICENSE, KIND_GHOST, KIND_OTHER };
enum dependency_column { D_N, D_KIND, D_CAPABILITY, D_BY };
enum changelog_column { L_N, L_AT, L_AUTHOR, L_TEXT };
enum search_column { H_NEVRA, H_NAME, H_VERSION, H_STATE, H_REPO, H_SUMMARY };
enum provides_column { V_NEVRA, V_NAME, V_VERSION, V_STATE, V_REPO, V_CAPABILITY };
enum repo_column {
        R_ID,
        R_NAME,
        R_ENABLED,
        R_URL,
        R_PACKAGES,
        R_REFRESHED_AT,
        R_EXPIRES_AT,
        R_METADATA_TRUST,
        R_PACKAGE_TRUST,
        R_TIER,
        R_PRIORITY,
        R_ORIGIN
};
enum metadata_trust { METADATA_OK, METADATA_UNSIGNED, METADATA_NOKEY, METADATA_BAD, METADATA_OFF };
enum package_trust { PACKAGES_REQUIRED, PACKAGES_OFF };
enum available_column { A_NEVRA, A_NAME, A_VERSION, A_ARCH, A_REPO, A_STATE, A_SIZE, A_DOWNLOAD, A_SUMMARY };
enum update_column {
        U_NEVRA,
        U_NAME,
        U_INSTALLED_VERSION,
        U_VERSION,
        U_ARCH,
        U_REPO,
        U_SIZE,
        U_DOWNLOAD,
        U_ADVISORY,
        U_SEVERITY,
        U_SUMMARY
};
enum setting_column { T_KEY, T_VALUE, T_FROM, T_ORIGIN };
enum setting_from { FROM_MAIN, FROM_REPO, FROM_OVERRIDE };
enum script_column { S_N, S_PHASE, S_INTERPRETER, S_TEXT };

/* rpmds.h: RPMSENSE_*, of which kind the comparison with a dependency's version is. */
enum sense {
        SENSE_LESS = 2,
        SENSE_GREATER = 4,
        SENSE_EQUAL = 8,
        SENSE_RANGE = SENSE_LESS | SENSE_GREATER | SENSE_EQUAL,
        SENSE_RPMLIB = 1 << 24
};

int installed_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int info_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int search_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int provides_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int files_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int dependencies_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int changelog_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int scripts_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int repos_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int settings_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int available_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int updates_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int findings_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int changes_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int space_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);

/* Opens a walk on the package that the argument "package" names. */
int open_package(const struct rv_query *query, struct rv_sink *sink, struct rv_walk *ret, struct rv_err *err) RV_CHECK;
/* The first file of a package that a path or glob names; *ret_path is left empty when none is. */
int find_file(const struct rv_rpm_header *header, const char *pattern, struct rv_buf *ret_path,
              struct rv_err *err) RV_CHECK;

/* The directories that a header's files lie in, by the numbers that the files have. The names are the header's; the
 * list is the caller's, and is used again for the next header. */
struct directories {
        const char **names;
        size_t n, room;
};
#define DIRECTORIES_CLEANUP __attribute__((cleanup(free_directories)))
int read_directories(const struct rv_rpm_header *header, struct directories *directories, struct rv_err *err) RV_CHECK;
void free_directories(struct directories *directories);
/* The path of the ith file, whose last part is `base`. False: its directory is not in the list. */
bool path_of(const struct rv_rpm_header *header, const struct directories *directories, size_t i, const char *base,
             struct rv_buf *out);

/* Puts a text if there is one. */
void put_text(struct rv_sink *sink, unsigned column, const char *text);

#endif
