/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The loader against plugins of every kind: what can be read is read whole, what cannot becomes an error and a finding,
 * and the rest goes on. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/message.h"
#include "core/model/load.h"
#include "core/model/registry.h"

static void free_registry(struct rv_registry **registry)
{
        rv_registry_free(*registry);
}

/* The code of opening one plugin of a directory. */
static int open_plugin(const char *directory, const char *id)
{
        __attribute__((cleanup(free_registry))) struct rv_registry *registry = rv_registry_new(directory, NULL);
        const struct rv_plugin *plugin = NULL;
        int rc;

        assert_non_null(registry);
        rc = rv_registry_plugin(registry, id, &plugin, NULL);
        assert_true((rc == RV_OK) == (plugin != NULL));
        return rc;
}

static void test_readable(void **state)
{
        static const char *const ids[] = { "good", "oversized", "undersized" };
        __attribute__((cleanup(free_registry))) struct rv_registry *registry = rv_registry_new(ABI_PLUGINS, NULL);
        size_t i;

        (void)state;
        for (i = 0; i < 3; i++) {
                const struct rv_plugin *plugin = NULL;
                const struct rv_view *view;

                assert_int_equal(rv_registry_plugin(registry, ids[i], &plugin, NULL), RV_OK);
                view = rv_plugin_view(plugin, "things");
                assert_non_null(view);
                assert_int_equal(view->n_columns, 2);
                assert_string_equal(view->columns[1].id, "state");
                assert_string_equal(view->columns[1].enums[1].id, "on");
                /* a role that an old plugin could not say is the plain one */
                assert_int_equal(view->columns[1].enums[1].role, i == 2 ? RV_PLAIN : RV_GOOD);
                assert_int_equal(plugin->n_actions, 1);
                /* settings came later than the first plugins */
                assert_int_equal(plugin->n_settings, i == 2 ? 0 : 1);
                /* and so did tallies */
                assert_int_equal(plugin->n_tallies, i == 2 ? 0 : 2);
                if (plugin->n_tallies)
                        assert_string_equal(plugin->tallies[1].where, "state = off");
        }
}

static void test_refused(void **state)
{
        static const struct {
                const char *id;
                int code;
        } cases[] = {
                { "smallest", RV_DAMAGED },     { "wrongabi", RV_UNSUPPORTED }, { "liar", RV_DAMAGED },
                { "wildstring", RV_DAMAGED },   { "wildarray", RV_DAMAGED },    { "wildsetting", RV_DAMAGED },
                { "wildtally", RV_DAMAGED },    { "badfilter", RV_DAMAGED },    { "nokey", RV_DAMAGED },
                { "nosymbol", RV_UNSUPPORTED }, { "badname", RV_DAMAGED },      { "absent", RV_NOTFOUND },
        };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof cases / sizeof *cases; i++)
                assert_int_equal(open_plugin(ABI_PLUGINS, cases[i].id), cases[i].code);
}

/* Whoever writes a plugin reads where its filter is wrong. */
static void test_wrong_filter_is_told(void **state)
{
        __attribute__((cleanup(free_registry))) struct rv_registry *registry = rv_registry_new(ABI_PLUGINS, NULL);
        const struct rv_plugin *plugin = NULL;
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        (void)state;
        assert_int_equal(rv_registry_plugin(registry, "badfilter", &plugin, &err), RV_DAMAGED);
        rv_message_plain(rv_buf_str(&err.message), err.message.size, &text);
        assert_non_null(strstr(rv_buf_str(&text), "state = onn: the filter at character 9"));
}

static void test_unknown_must_flag(void **state)
{
        __attribute__((cleanup(free_registry))) struct rv_registry *registry = rv_registry_new(ABI_PLUGINS, NULL);
        const struct rv_plugin *plugin = NULL;

        (void)state;
        assert_int_equal(rv_registry_plugin(registry, "mustflag", &plugin, NULL), RV_OK);
        assert_non_null(rv_plugin_action(plugin, "keep"));
        assert_null(rv_plugin_action(plugin, "tomorrow"));
}

/* --- a directory with rubbish in it */

struct rubbish {
        char path[64];
        int fd;
};

static int make_rubbish(void **state)
{
        static struct rubbish rubbish;
        RV_BUF_CLEANUP struct rv_buf good = { 0 };
        int fd;

        (void)snprintf(rubbish.path, sizeof rubbish.path, "/tmp/reeve-abi-XXXXXX");
        if (!mkdtemp(rubbish.path))
                return -1;
        rubbish.fd = open(rubbish.path, O_DIRECTORY | O_CLOEXEC);
        if (rubbish.fd < 0 || rv_file_read(AT_FDCWD, ABI_PLUGINS "/good.so", 1 << 24, &good, NULL))
                return -1;
        if (rv_file_write(rubbish.fd, "good.so", good.data, good.size, 0755, NULL) ||
            rv_file_write(rubbish.fd, "half.so", good.data, good.size / 2, 0755, NULL) ||
            rv_file_write(rubbish.fd, "stub.so", good.data, 100, 0755, NULL) ||
            rv_file_write(rubbish.fd, "text.so", "hello", 5, 0755, NULL) ||
            rv_file_write(rubbish.fd, "empty.so", "", 0, 0755, NULL) ||
            rv_file_write(rubbish.fd, "README", "hello", 5, 0644, NULL) || mkdirat(rubbish.fd, "folder.so", 0755) ||
            symlinkat("/nowhere", rubbish.fd, "dangling.so"))
                return -1;
        fd = mkfifoat(rubbish.fd, "fifo.so", 0644);
        *state = &rubbish;
        return fd;
}

static int remove_rubbish(void **state)
{
        static const char *const files[] = { "good.so",  "half.so", "stub.so",     "text.so",
                                             "empty.so", "README",  "dangling.so", "fifo.so" };
        struct rubbish *rubbish = *state;
        size_t i;

        for (i = 0; i < sizeof files / sizeof *files; i++)
                (void)unlinkat(rubbish->fd, files[i], 0);
        (void)unlinkat(rubbish->fd, "folder.so", AT_REMOVEDIR);
        close(rubbish->fd);
        return rmdir(rubbish->path);
}

static void test_rubbish(void **state)
{
        static const char *const bad[] = { "half", "stub", "text", "empty", "folder", "dangling", "fifo" };
        const struct rubbish *rubbish = *state;
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *findings = NULL;
        const struct rv_ask ask = { .plugin = "reeve", .view = "findings" };
        struct rv_host host;
        size_t i;

        for (i = 0; i < sizeof bad / sizeof *bad; i++)
                assert_int_not_equal(open_plugin(rubbish->path, bad[i]), RV_OK);
        assert_int_equal(rv_host_open("/", rubbish->path, &host, NULL), RV_OK);
        assert_int_equal(rv_load(&host, &ask, NULL, &findings, NULL), RV_OK);
        /* one finding each for what cannot be loaded, none for the file that is no library's name; text and hint say
         * something */
        assert_int_equal(rv_snapshot_rows(findings), sizeof bad / sizeof *bad);
        for (i = 0; i < rv_snapshot_rows(findings); i++) {
                assert_false(rv_cell_null(findings, i, 3));
                assert_false(rv_cell_null(findings, i, 2));
        }
        rv_host_close(&host);
}

static void test_root_wants_closed_files(void **state)
{
        const struct rubbish *rubbish = *state;

        if (geteuid() != 0)
                skip();
        /* /tmp is sticky and the file is root's: what decides is that this program lies in a build tree */
        assert_int_equal(fchmodat(rubbish->fd, "good.so", 0777, 0), 0);
        assert_int_equal(open_plugin(rubbish->path, "good"), RV_UNTRUSTED);
        assert_int_equal(fchmodat(rubbish->fd, "good.so", 0755, 0), 0);
        assert_int_equal(fchownat(rubbish->fd, "good.so", 12345, 12345, 0), 0);
        assert_int_equal(open_plugin(rubbish->path, "good"), RV_UNTRUSTED);
        assert_int_equal(fchownat(rubbish->fd, "good.so", 0, 0, 0), 0);
        assert_int_equal(fchmod(rubbish->fd, 0777), 0);
        assert_int_equal(open_plugin(rubbish->path, "good"), RV_UNTRUSTED);
        assert_int_equal(fchmod(rubbish->fd, 0700), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_readable),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_wrong_filter_is_told),
                cmocka_unit_test(test_unknown_must_flag),
                cmocka_unit_test(test_rubbish),
                cmocka_unit_test(test_root_wants_closed_files),
        };

        return cmocka_run_group_tests(tests, make_rubbish, remove_rubbish);
}
