/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The repositories that the host's package manager knows, and what it was told of each: every setting with the file and
 * line that it comes from. */
#include <stdio.h>
#include <string.h>

#include "core/distro/refresh.h"
#include "plugins/packages/metadata.h"
#include "plugins/packages/packages.h"

static void put_origin(struct rv_sink *sink, unsigned column, const struct rv_setting *setting)
{
        RV_BUF_CLEANUP struct rv_buf place = { 0 };

        rv_buf_printf(&place, "%s:%u", setting->file, setting->line);
        put_text(sink, column, rv_buf_str(&place));
}

static void put_expanded(const struct rv_policy *policy, struct rv_sink *sink, unsigned column, const char *repo,
                         const char *key)
{
        const struct rv_setting *setting = rv_policy_get(policy, repo, key);
        RV_BUF_CLEANUP struct rv_buf value = { 0 };

        if (!setting)
                return;
        rv_policy_expand(policy, setting->value, &value);
        put_text(sink, column, rv_buf_str(&value));
}

/* The first of the places that the metadata may come from. */
static const char *source_of(const struct rv_policy *policy, const char *repo)
{
        static const char *const keys[] = { "metalink", "mirrorlist", "baseurl" };
        size_t i;

        for (i = 0; i < sizeof keys / sizeof *keys; i++)
                if (rv_policy_get(policy, repo, keys[i]))
                        return keys[i];
        return NULL;
}

/* What was read of it, without asking anybody. */
static void put_state(const struct rv_query *query, const struct rv_policy *policy, const char *repo,
                      struct rv_sink *sink)
{
        RV_STORE_STATE_CLEANUP struct rv_store_state state = { 0 };
        int64_t expires;

        if (metadata_state(query, sink, repo, &state, NULL))
                return;
        if (state.packages >= 0)
                rv_put_int(sink, R_PACKAGES, state.packages);
        rv_put_int(sink, R_REFRESHED_AT, state.refreshed_at);
        expires = rv_refresh_expires(policy, repo, state.refreshed_at);
        if (expires < INT64_MAX)
                rv_put_int(sink, R_EXPIRES_AT, expires);
}

static int put_repo(const struct rv_query *query, const struct rv_policy *policy, const char *repo,
                    struct rv_sink *sink)
{
        const char *source = source_of(policy, repo);
        const struct rv_setting *first = NULL;
        RV_BUF_CLEANUP struct rv_buf url = { 0 };
        int r = rv_row_begin(sink, 0);
        size_t i;

        if (r)
                return r;
        put_text(sink, R_ID, repo);
        put_expanded(policy, sink, R_NAME, repo, "name");
        rv_put_int(sink, R_ENABLED, rv_policy_bool(policy, repo, "enabled", true));
        if (source && rv_policy_word(policy, rv_policy_get(policy, repo, source), 0, &url))
                put_text(sink, R_URL, rv_buf_str(&url));
        /* What the metadata's signature is worth is known when it is read; that nobody asks for one is known now. */
        if (!rv_policy_bool(policy, repo, "repo_gpgcheck", false))
                rv_put_int(sink, R_METADATA_TRUST, METADATA_OFF);
        rv_put_int(sink, R_PACKAGE_TRUST,
                   rv_policy_bool(policy, repo, "pkg_gpgcheck", policy->tool == RV_TOOL_TDNF) ? PACKAGES_REQUIRED
                                                                                              : PACKAGES_OFF);
        rv_put_int(sink, R_PRIORITY,
                   rv_policy_number(policy, repo, "priority", policy->tool == RV_TOOL_TDNF ? 50 : 99));
        for (i = 0; i < policy->n_settings && !first; i++)
                if (!policy->settings[i].override && strcmp(policy->settings[i].section, repo) == 0)
                        first = &policy->settings[i];
        if (first)
                put_origin(sink, R_ORIGIN, first);
        put_state(query, policy, repo, sink);
        return RV_OK;
}

int repos_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_POLICY_CLEANUP struct rv_policy policy = { 0 };
        int r = open_policy(query, sink, &policy, err);
        size_t i;

        if (!r && policy.tool == RV_TOOL_NONE)
                rv_warn(sink, RV_OK, N_("this root has neither dnf nor tdnf configured"), NULL);
        for (i = 0; !r && i < policy.n_repos; i++)
                r = put_repo(query, &policy, policy.repos[i], sink);
        return r;
}

static bool is_repo(const struct rv_policy *policy, const char *id)
{
        size_t i;

        for (i = 0; i < policy->n_repos; i++)
                if (strcmp(policy->repos[i], id) == 0)
                        return true;
        return false;
}

/* Whoever may read the file knows it; a screen, a log or a cache should not. */
static bool is_secret(const char *key)
{
        return strcmp(key, "password") == 0 || strcmp(key, "proxy_password") == 0;
}

static int put_setting(const struct rv_policy *policy, const struct rv_setting *setting, struct rv_sink *sink)
{
        RV_BUF_CLEANUP struct rv_buf value = { 0 };
        int r = rv_row_begin(sink, 0);

        if (r)
                return r;
        if (is_secret(setting->key))
                rv_buf_add_str(&value, "***");
        else
                rv_policy_expand(policy, setting->value, &value);
        put_text(sink, T_KEY, setting->key);
        put_text(sink, T_VALUE, rv_buf_str(&value));
        rv_put_int(sink, T_FROM,
                   setting->override                       ? FROM_OVERRIDE
                   : strcmp(setting->section, "main") == 0 ? FROM_MAIN
                                                           : FROM_REPO);
        put_origin(sink, T_ORIGIN, setting);
        return RV_OK;
}

/* Each setting once: the one that counts. */
int settings_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_POLICY_CLEANUP struct rv_policy policy = { 0 };
        const char *repo = rv_arg(query, "repo", 0);
        int r = open_policy(query, sink, &policy, err);
        size_t i;

        if (!r && !is_repo(&policy, repo))
                return rv_fail(err, RV_NOTFOUND, N_("%1: there is no such repository"),
                               N_("reeve packages repos lists them"), repo, NULL);
        for (i = 0; !r && i < policy.n_settings; i++)
                if (rv_policy_get(&policy, repo, policy.settings[i].key) == &policy.settings[i])
                        r = put_setting(&policy, &policy.settings[i], sink);
        return r;
}
