/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* What a host's package manager was told: in which order its files count, and where each setting comes from. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/distro/policy/policy.h"
#include "place_fixture.h"

static int note(void *user, int rootfd, const char *path)
{
        struct rv_buf *seen = user;

        (void)rootfd;
        rv_buf_printf(seen, "%s\n", path);
        return RV_OK;
}

/* With all the directories above it. */
static void put(const struct place *place, const char *path, const char *text)
{
        char part[PATH_MAX];
        size_t i;
        int fd;

        for (i = 1; path[i]; i++)
                if (path[i] == '/') {
                        (void)snprintf(part, sizeof part, "%.*s", (int)i, path);
                        (void)mkdirat(place->fd, part, 0755);
                }
        fd = openat(place->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        close(fd);
}

static struct rv_policy read_policy(const struct place *place, struct rv_buf *seen)
{
        struct rv_policy policy;

        rv_buf_clear(seen);
        assert_int_equal(rv_policy_read(place->fd, "x86_64", note, seen, &policy, NULL), RV_OK);
        return policy;
}

/* "value FILE:LINE", "-" for nothing. */
static void expect(const struct rv_policy *policy, const char *repo, const char *key, const char *want)
{
        const struct rv_setting *setting = rv_policy_get(policy, repo, key);
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        if (setting)
                rv_buf_printf(&text, "%s %s:%u", setting->value, setting->file, setting->line);
        assert_string_equal(setting ? rv_buf_str(&text) : "-", want);
}

/* Azure Linux 4.0 as it comes: the repository's gpgcheck=0 beats the distribution's pkg_gpgcheck=True. */
static void test_the_trap_of_azure_linux(void **state)
{
        const struct place *place = *state;
        RV_BUF_CLEANUP struct rv_buf seen = { 0 }, url = { 0 };

        put(place, "usr/share/dnf5/libdnf.conf.d/20-azurelinux-defaults.conf",
            "[main]\nbest=False\npkg_gpgcheck=True\nskip_if_unavailable=True\n");
        put(place, "etc/dnf/dnf.conf", "# see `man dnf.conf`\n[main]\n");
        put(place, "etc/os-release", "ID=azurelinux\nVERSION_ID=4.0\n");
        put(place, "etc/yum.repos.d/azurelinux.repo",
            "[azurelinux-base]\nname=Azure Linux $releasever - $basearch\n"
            "baseurl=https://example.org/$releasever_major/base/$basearch\nenabled=1\nrepo_gpgcheck=0\ngpgcheck=0\n"
            "metadata_expire=6h\n[azurelinux-extra]\nbaseurl=https://example.org/extra\nenabled=0\n");
        RV_POLICY_CLEANUP struct rv_policy policy = read_policy(place, &seen);
        assert_int_equal(policy.tool, RV_TOOL_DNF5);
        assert_int_equal(policy.n_repos, 2);
        assert_int_equal(policy.n_problems, 0);
        expect(&policy, NULL, "pkg_gpgcheck", "True /usr/share/dnf5/libdnf.conf.d/20-azurelinux-defaults.conf:3");
        expect(&policy, "azurelinux-base", "pkg_gpgcheck", "0 /etc/yum.repos.d/azurelinux.repo:6");
        assert_false(rv_policy_bool(&policy, "azurelinux-base", "pkg_gpgcheck", true));
        assert_true(rv_policy_bool(&policy, "azurelinux-extra", "pkg_gpgcheck", false));
        assert_false(rv_policy_bool(&policy, "azurelinux-extra", "enabled", true));
        assert_int_equal(rv_policy_seconds(&policy, "azurelinux-base", "metadata_expire", 0), 6 * 3600);
        assert_int_equal(rv_policy_seconds(&policy, "azurelinux-extra", "metadata_expire", 172800), 172800);
        assert_true(rv_policy_word(&policy, rv_policy_get(&policy, "azurelinux-base", "baseurl"), 0, &url));
        assert_string_equal(rv_buf_str(&url), "https://example.org/4/base/x86_64");
        assert_false(rv_policy_word(&policy, rv_policy_get(&policy, "azurelinux-base", "baseurl"), 1, &url));
        /* Also what is not there decides, so an answer rests on it. */
        assert_non_null(strstr(rv_buf_str(&seen), "/etc/dnf/libdnf5.conf.d\n"));
        assert_non_null(strstr(rv_buf_str(&seen), "/etc/dnf/repos.override.d\n"));
        assert_non_null(strstr(rv_buf_str(&seen), "/etc/yum.repos.d/azurelinux.repo\n"));
}

static void test_order(void **state)
{
        const struct place *place = *state;
        RV_BUF_CLEANUP struct rv_buf seen = { 0 };

        put(place, "usr/share/dnf5/libdnf.conf.d/10-a.conf", "[main]\na=masked\n");
        put(place, "etc/dnf/libdnf5.conf.d/10-a.conf", "[main]\nb=etc\n");
        put(place, "usr/share/dnf5/libdnf.conf.d/20-b.conf", "[main]\nb=later\nc=dropin\nd=dropin\n");
        put(place, "etc/dnf/libdnf5.conf.d/.hidden.conf", "[main]\na=hidden\n");
        put(place, "etc/dnf/libdnf5.conf.d/note.txt", "[main]\na=no conf\n");
        put(place, "etc/dnf/dnf.conf", "[main]\nc=file\n");
        put(place, "etc/yum.repos.d/b.repo", "[two]\nc=own\nc=again\n[three]\n");
        put(place, "etc/yum.repos.d/a.repo", "[one]\n");
        put(place, "usr/share/dnf5/repos.d/c.repo", "[two]\nd=other file\n[four]\n");
        put(place, "etc/dnf/repos.override.d/x.repo", "[t*]\nd=override\n[nobody]\nd=x\n");
        put(place, "usr/share/dnf5/repos.override.d/x.repo", "[*]\nd=masked\n");
        RV_POLICY_CLEANUP struct rv_policy policy = read_policy(place, &seen);
        expect(&policy, NULL, "a", "-");
        expect(&policy, NULL, "b", "later /usr/share/dnf5/libdnf.conf.d/20-b.conf:2");
        expect(&policy, "one", "c", "file /etc/dnf/dnf.conf:2");
        expect(&policy, "two", "c", "again /etc/yum.repos.d/b.repo:3");
        expect(&policy, "two", "d", "override /etc/dnf/repos.override.d/x.repo:2");
        expect(&policy, "one", "d", "dropin /usr/share/dnf5/libdnf.conf.d/20-b.conf:4");
        assert_int_equal(policy.n_repos, 4);
        assert_string_equal(policy.repos[0], "one");
        assert_string_equal(policy.repos[1], "two");
        assert_string_equal(policy.repos[3], "four");
        /* What only makes sense for one repository is nobody else's. */
        put(place, "etc/dnf/dnf.conf", "[main]\nbaseurl=https://example.org\nproxy=http://p\nexclude=a\n");
        RV_POLICY_CLEANUP struct rv_policy second = read_policy(place, &seen);
        expect(&second, "one", "baseurl", "-");
        expect(&second, "one", "proxy", "http://p /etc/dnf/dnf.conf:3");
        expect(&second, "one", "excludepkgs", "a /etc/dnf/dnf.conf:4");
}

static void test_other_tools(void **state)
{
        const struct place *place = *state;
        RV_BUF_CLEANUP struct rv_buf seen = { 0 };

        RV_POLICY_CLEANUP struct rv_policy none = read_policy(place, &seen);
        assert_int_equal(none.tool, RV_TOOL_NONE);
        put(place, "etc/yum.repos.d/a.repo", "[one]\nbaseurl=http://$mine/${other:-x$mine}\n");
        put(place, "etc/yum/vars/mine", "yum\nmore\n");
        RV_POLICY_CLEANUP struct rv_policy dnf = read_policy(place, &seen);
        assert_int_equal(dnf.tool, RV_TOOL_DNF);
        RV_BUF_CLEANUP struct rv_buf url = { 0 };
        rv_policy_expand(&dnf, rv_policy_get(&dnf, "one", "baseurl")->value, &url);
        assert_string_equal(rv_buf_str(&url), "http://yum/xyum");
        put(place, "etc/tdnf/tdnf.conf", "[main]\ngpgcheck=1\nrepodir=/etc/repos /etc/yum.repos.d\n");
        put(place, "etc/repos/z.repo", "[first]\n");
        RV_POLICY_CLEANUP struct rv_policy tdnf = read_policy(place, &seen);
        assert_int_equal(tdnf.tool, RV_TOOL_TDNF);
        expect(&tdnf, "one", "pkg_gpgcheck", "1 /etc/tdnf/tdnf.conf:2");
        assert_string_equal(tdnf.repos[0], "first");
}

static void test_hostile(void **state)
{
        const struct place *place = *state;
        RV_BUF_CLEANUP struct rv_buf seen = { 0 };
        char *large = malloc((2 << 20) + 1);
        size_t i;

        put(place, "etc/yum.repos.d/a.repo", "x\n[one]\nname=a\n");
        assert_int_equal(mkdirat(place->fd, "etc/yum.repos.d/dir.repo", 0755), 0);
        assert_int_equal(mkfifoat(place->fd, "etc/yum.repos.d/fifo.repo", 0644), 0);
        assert_int_equal(symlinkat("../../../../../../etc/passwd", place->fd, "etc/yum.repos.d/link.repo"), 0);
        assert_non_null(large);
        memset(large, '#', 2 << 20);
        large[2 << 20] = '\0';
        put(place, "etc/yum.repos.d/large.repo", large);
        RV_POLICY_CLEANUP struct rv_policy policy = read_policy(place, &seen);
        assert_int_equal(policy.n_repos, 1);
        assert_int_equal(policy.n_problems, 4);
        assert_string_equal(policy.problems[0].place, "/etc/yum.repos.d/a.repo:1");
        assert_string_equal(policy.problems[1].place, "/etc/yum.repos.d/dir.repo");
        assert_string_equal(policy.problems[2].place, "/etc/yum.repos.d/fifo.repo");
        assert_string_equal(policy.problems[3].place, "/etc/yum.repos.d/large.repo");
        assert_int_equal(policy.problems[3].code, RV_DAMAGED);
        /* A setting for each of many lines: bounded, and said. */
        for (i = 0; i < 2 << 20; i += 4)
                memcpy(large + i, "a=b\n", 4);
        memcpy(large, "[a]\n", 4);
        large[(1 << 20) - 8] = '\0';
        put(place, "etc/yum.repos.d/large.repo", large);
        RV_POLICY_CLEANUP struct rv_policy many = read_policy(place, &seen);
        assert_int_equal(many.n_settings, 65536);
        assert_int_equal(many.n_problems, 4);
        assert_string_equal(many.problems[3].place, "/etc/yum.repos.d/large.repo");
        free(large);
}

static int refuse(void *user, int rootfd, const char *path)
{
        (void)user, (void)rootfd, (void)path;
        return RV_CANCELLED;
}

static void test_cancelled(void **state)
{
        const struct place *place = *state;
        struct rv_policy policy;

        assert_int_equal(rv_policy_read(place->fd, "x86_64", refuse, NULL, &policy, NULL), RV_CANCELLED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_the_trap_of_azure_linux, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_order, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_other_tools, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_hostile, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_cancelled, place_setup, place_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
