/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which setting counts, and what it says: yes or no, a number, a time, a list, with variables expanded. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/glob.h"
#include "core/distro/policy/policy.h"

enum { EXPANSIONS = 32 }; /* of a variable within a default of a variable */

static const struct rv_setting *last(const struct rv_policy *policy, const char *repo, const char *key, bool override)
{
        size_t i = policy->n_settings;

        while (i-- > 0) {
                const struct rv_setting *setting = &policy->settings[i];

                if (setting->override != override || strcmp(setting->key, key) != 0)
                        continue;
                if (override ? rv_glob(setting->section, repo, strlen(repo), false)
                             : strcmp(setting->section, repo) == 0)
                        return setting;
        }
        return NULL;
}

/* What only makes sense for one repository is not inherited. */
static bool inherited(const char *key)
{
        static const char *const own[] = { "name",   "enabled", "baseurl",  "mirrorlist", "metalink",
                                           "gpgkey", "cost",    "priority", "type",       "mediaid" };
        size_t i;

        for (i = 0; i < sizeof own / sizeof *own; i++)
                if (strcmp(key, own[i]) == 0)
                        return false;
        return true;
}

const struct rv_setting *rv_policy_get(const struct rv_policy *policy, const char *repo, const char *key)
{
        const struct rv_setting *found = repo ? last(policy, repo, key, true) : NULL;

        if (!found && repo)
                found = last(policy, repo, key, false);
        if (!found && (!repo || inherited(key)))
                found = last(policy, "main", key, false);
        return found;
}

bool rv_policy_bool(const struct rv_policy *policy, const char *repo, const char *key, bool otherwise)
{
        static const char *const words[][2] = { { "0", "1" }, { "no", "yes" }, { "false", "true" }, { "off", "on" } };
        const struct rv_setting *setting = rv_policy_get(policy, repo, key);
        size_t i;

        for (i = 0; setting && i < sizeof words / sizeof *words; i++) {
                if (strcasecmp(setting->value, words[i][0]) == 0)
                        return false;
                if (strcasecmp(setting->value, words[i][1]) == 0)
                        return true;
        }
        return otherwise;
}

/* Digits and what follows them; false without digits or with too many. */
static bool number(const char *text, int64_t *ret, const char **ret_rest)
{
        char *end;
        long long value;

        if (!isdigit((unsigned char)*text))
                return false;
        errno = 0;
        value = strtoll(text, &end, 10);
        *ret = value;
        *ret_rest = end;
        return errno == 0;
}

int64_t rv_policy_number(const struct rv_policy *policy, const char *repo, const char *key, int64_t otherwise)
{
        const struct rv_setting *setting = rv_policy_get(policy, repo, key);
        const char *rest;
        int64_t value;

        return setting && number(setting->value, &value, &rest) && !*rest ? value : otherwise;
}

int64_t rv_policy_seconds(const struct rv_policy *policy, const char *repo, const char *key, int64_t otherwise)
{
        static const struct {
                char unit;
                int64_t seconds;
        } units[] = { { '\0', 1 }, { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
        const struct rv_setting *setting = rv_policy_get(policy, repo, key);
        const char *rest;
        int64_t value;
        size_t i;

        if (!setting)
                return otherwise;
        if (strcasecmp(setting->value, "never") == 0 || strcmp(setting->value, "-1") == 0)
                return -1;
        if (!number(setting->value, &value, &rest) || (*rest && rest[1]))
                return otherwise;
        for (i = 0; i < sizeof units / sizeof *units; i++)
                if (tolower((unsigned char)*rest) == units[i].unit && value <= INT64_MAX / units[i].seconds)
                        return value * units[i].seconds;
        return otherwise;
}

static const char *variable(const struct rv_policy *policy, const char *name, size_t n)
{
        size_t i = policy->n_variables;

        while (i-- > 0)
                if (strlen(policy->variables[i].name) == n && memcmp(policy->variables[i].name, name, n) == 0)
                        return policy->variables[i].value;
        return NULL;
}

static size_t name_length(const char *s, const char *end)
{
        const char *at = s;

        while (at < end && (isalnum((unsigned char)*at) || *at == '_'))
                at++;
        return (size_t)(at - s);
}

/* The brace that closes the one before s; NULL: none does. */
static const char *closing(const char *s, const char *end)
{
        int depth = 1;

        for (; s < end; s++) {
                if (*s == '{' && s[-1] == '$')
                        depth++;
                else if (*s == '}' && --depth == 0)
                        return s;
        }
        return NULL;
}

static void expand(const struct rv_policy *policy, const char *s, const char *end, int depth, struct rv_buf *out);

/* Behind "${". Returns what follows, or NULL for what is no reference. */
static const char *expand_braces(const struct rv_policy *policy, const char *s, const char *end, int depth,
                                 struct rv_buf *out)
{
        const char *close = closing(s, end), *word, *value;
        size_t n = name_length(s, end);

        if (!close || !n)
                return NULL;
        value = variable(policy, s, n);
        word = s + n;
        if (word == close) {
                if (!value)
                        return NULL;
                rv_buf_add_str(out, value);
        } else if (word[0] == ':' && (word[1] == '-' || word[1] == '+')) {
                bool given = value && *value;

                if (given && word[1] == '-')
                        rv_buf_add_str(out, value);
                else if (given == (word[1] == '+'))
                        expand(policy, word + 2, close, depth + 1, out);
        } else {
                return NULL;
        }
        return close + 1;
}

static void expand(const struct rv_policy *policy, const char *s, const char *end, int depth, struct rv_buf *out)
{
        const char *next, *value;
        size_t n;

        while (s < end) {
                next = NULL;
                if (*s == '$' && s + 1 < end && depth < EXPANSIONS) {
                        n = name_length(s + 1, end);
                        value = n ? variable(policy, s + 1, n) : NULL;
                        if (value) {
                                rv_buf_add_str(out, value);
                                next = s + 1 + n;
                        } else if (s[1] == '{') {
                                next = expand_braces(policy, s + 2, end, depth, out);
                        }
                }
                if (!next) {
                        rv_buf_add_char(out, *s);
                        next = s + 1;
                }
                s = next;
        }
}

void rv_policy_expand(const struct rv_policy *policy, const char *value, struct rv_buf *out)
{
        expand(policy, value, value + strlen(value), 0, out);
}

bool rv_policy_word(const struct rv_policy *policy, const struct rv_setting *setting, size_t nth, struct rv_buf *out)
{
        static const char between[] = " \t\r\n,";
        const char *at = setting->value;
        size_t n;

        for (;; nth--, at += n) {
                at += strspn(at, between);
                n = strcspn(at, between);
                if (!n)
                        return false;
                if (nth == 0)
                        break;
        }
        rv_buf_clear(out);
        expand(policy, at, at + n, 0, out);
        return true;
}
