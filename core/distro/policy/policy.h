/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host's package manager was told: its main settings, its repositories, its variables, each with the file and
 * line that it comes from. Sources: dnf5.conf(5), dnf5.repo(5) and tdnf's documentation; the order of the files is that
 * of libdnf5.
 * Ownership: a policy owns all that it hands out. */
#ifndef REEVE_DISTRO_POLICY_POLICY_H
#define REEVE_DISTRO_POLICY_POLICY_H

#include "core/base/arena.h"
#include "core/base/buf.h"

enum rv_tool { RV_TOOL_NONE, RV_TOOL_DNF5, RV_TOOL_DNF, RV_TOOL_TDNF };

struct rv_setting {
        const char *section; /* "main", a repository's id, or in an override a pattern of ids */
        const char *key, *value;
        const char *file; /* below the root */
        unsigned line;
        bool override;
};

struct rv_variable {
        const char *name, *value;
        const char *file; /* "": found out, not told */
};

struct rv_policy_problem {
        const char *msgid; /* %1 is the place, %2 the cause where there is one */
        const char *place, *cause;
        int code;
};

struct rv_policy {
        enum rv_tool tool;
        struct rv_setting *settings; /* of what is said twice the later counts */
        size_t n_settings, room_settings;
        const char **repos; /* ids in the order in which they were found */
        size_t n_repos, room_repos;
        struct rv_variable *variables;
        size_t n_variables, room_variables;
        struct rv_policy_problem *problems;
        size_t n_problems, room_problems;
        struct rv_arena arena;
        bool starved;
};

/* Told of each file and directory before it is read, also of what is not there; other than 0 ends the reading. */
typedef int rv_policy_depends(void *user, int rootfd, const char *path);

/* Reads what lies below the root. What is wrong in it is among the problems, not an error. */
int rv_policy_read(int rootfd, const char *machine, rv_policy_depends *depends, void *user, struct rv_policy *ret,
                   struct rv_err *err) RV_CHECK;
void rv_policy_free(struct rv_policy *policy);
#define RV_POLICY_CLEANUP __attribute__((cleanup(rv_policy_free)))

/* The setting that counts: of an override that fits the repository, else its own, else the main one. repo NULL: main.
 * NULL: nobody said anything. */
const struct rv_setting *rv_policy_get(const struct rv_policy *policy, const char *repo, const char *key);
/* The same as a yes or no; what is neither is `otherwise`. */
bool rv_policy_bool(const struct rv_policy *policy, const char *repo, const char *key, bool otherwise);
/* A number of seconds ("6h", "never" is -1); what is none is `otherwise`. */
int64_t rv_policy_seconds(const struct rv_policy *policy, const char *repo, const char *key, int64_t otherwise);
int64_t rv_policy_number(const struct rv_policy *policy, const char *repo, const char *key, int64_t otherwise);
/* Appends a value with its variables expanded: $name, ${name}, ${name:-word}, ${name:+word}. An unknown one stays as it
 * is written. */
void rv_policy_expand(const struct rv_policy *policy, const char *value, struct rv_buf *out);
/* The nth word of a list (blanks, commas and newlines between them), variables expanded; false beyond the last. */
bool rv_policy_word(const struct rv_policy *policy, const struct rv_setting *setting, size_t nth, struct rv_buf *out);

#endif
