/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading through the cache: what is unchanged is not read again, what changed is, and a damaged cache is nothing. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/model/cache.h"
#include "core/model/load.h"
#include "model_fixture.h"

static unsigned calls;      /* of the fill below */
static unsigned busy;       /* so many of them find somebody writing, and warn */
static unsigned locked_out; /* so many of them fail of it */
static bool dear;           /* they take long */

/* One row a line of the file `input` below the root; the costly column only when it is wanted. */
static int fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf input = { 0 };
        char *line, *rest;
        int rc;

        calls++;
        if (dear)
                (void)nanosleep(&(struct timespec){ .tv_nsec = 300000000 }, NULL); /* a view that takes its time */
        if (calls <= locked_out)
                return rv_fail(err, RV_LOCKED, "%1: somebody writes", NULL, "input", NULL);
        if (calls <= busy)
                rv_warn(sink, RV_LOCKED, "%1: changed", "input", NULL);
        rc = rv_depends(sink, rv_root_fd(query), "input");
        if (!rc)
                rc = rv_file_read(rv_root_fd(query), "input", 4096, &input, err);
        for (line = rc ? NULL : strtok_r(input.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
                rc = rv_row_begin(sink, 0);
                if (rc)
                        break;
                rv_put_text(sink, F_KEY, line, strlen(line));
                if (rv_wants(query, F_COSTLY))
                        rv_put_text(sink, F_COSTLY, "dear", 4);
        }
        return rc;
}

static struct rv_view view;
static const struct rv_view *const own_views[] = { &view, NULL };

struct world {
        char root[64], cache[64];
        struct rv_host host;
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        (void)st;
        (void)type;
        (void)ftw;
        return remove(path);
}

/* Writes the input with a time long enough ago that it counts as settled. */
static void write_input(const struct world *world, const char *text, time_t mtime)
{
        const struct timespec times[2] = { { .tv_sec = mtime }, { .tv_sec = mtime } };

        assert_int_equal(rv_file_write(world->host.root.fd, "input", text, strlen(text), 0644, NULL), RV_OK);
        assert_int_equal(utimensat(world->host.root.fd, "input", times, 0), 0);
}

static int setup(void **state)
{
        struct world *world = calloc(1, sizeof *world);
        int fd;

        view = fixture_view;
        view.fill = fill;
        calls = busy = locked_out = 0;
        if (!world)
                return -1;
        (void)snprintf(world->root, sizeof world->root, "/tmp/reeve-load-XXXXXX");
        (void)snprintf(world->cache, sizeof world->cache, "/tmp/reeve-cache-XXXXXX");
        if (!mkdtemp(world->root) || !mkdtemp(world->cache) ||
            rv_host_open(world->root, "/nonexistent", &world->host, NULL))
                return -1;
        /* the tests' own cache, and a root descriptor that files can be written through */
        rv_close(&world->host.cache_fd);
        world->host.cache_fd = open(world->cache, O_DIRECTORY | O_CLOEXEC);
        fd = open(world->root, O_DIRECTORY | O_CLOEXEC);
        rv_close(&world->host.root.fd);
        world->host.root.fd = fd;
        world->host.own_views = own_views;
        *state = world;
        return fd < 0 || world->host.cache_fd < 0;
}

static int teardown(void **state)
{
        struct world *world = *state;

        rv_host_close(&world->host);
        (void)nftw(world->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
        (void)nftw(world->cache, remove_one, 8, FTW_DEPTH | FTW_PHYS);
        free(world);
        return 0;
}

static size_t load(struct world *world, const struct rv_ask *ask)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;

        assert_int_equal(rv_load(&world->host, ask, NULL, &snapshot, NULL), RV_OK);
        return rv_snapshot_rows(snapshot);
}

/* Change times cannot be set, so what was just written is waited for until it counts as settled. */
static void settle(struct world *world, const struct rv_ask *ask)
{
        unsigned before;
        int tries;

        for (tries = 0; tries < 80; tries++) {
                before = calls;
                (void)load(world, ask);
                if (calls == before)
                        return;
                usleep(100000);
        }
        fail_msg("the view was never served from the cache");
}

static const struct rv_ask plain = { .plugin = "reeve", .view = "things" };

/* The mode of the only file in the cache. */
static mode_t cached_mode(const struct world *world)
{
        DIR *dir = fdopendir(openat(world->host.cache_fd, ".", O_DIRECTORY | O_CLOEXEC));
        struct dirent *file;
        struct stat st = { 0 };

        assert_non_null(dir);
        while ((file = readdir(dir)))
                if (file->d_name[0] != '.')
                        assert_int_equal(fstatat(dirfd(dir), file->d_name, &st, 0), 0);
        closedir(dir);
        return st.st_mode & 07777;
}

/* The cached files become another user's. */
static void change_owner(const struct world *world, uid_t owner)
{
        DIR *dir = fdopendir(openat(world->host.cache_fd, ".", O_DIRECTORY | O_CLOEXEC));
        struct dirent *file;

        assert_non_null(dir);
        while ((file = readdir(dir)))
                if (file->d_name[0] != '.')
                        assert_int_equal(fchownat(dirfd(dir), file->d_name, owner, owner, 0), 0);
        closedir(dir);
}

/* What root leaves for others: only a view that says so, and only of the running system. */
static void test_shared_by_root(void **state)
{
        struct world *world = *state;
        struct rv_ask again = plain;

        if (geteuid() != 0)
                skip();
        view.flags = RV_SHARED;
        world->host.root.foreign = false;
        assert_int_equal(chmod(world->root, 0755), 0);
        write_input(world, "a\n", 1000);
        settle(world, &plain);
        assert_int_equal(cached_mode(world), 0644);
        again.reload = true;
        view.flags = 0;
        (void)load(world, &again);
        assert_int_equal(cached_mode(world), 0600);
        view.flags = RV_SHARED;
        (void)load(world, &again);
        assert_int_equal(cached_mode(world), 0644);
        world->host.root.foreign = true;
        (void)load(world, &again);
        assert_int_equal(cached_mode(world), 0600);
}

/* And only what they can read themselves, whether it is there or not. */
static void test_public(void **state)
{
        struct world *world = *state;
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        static const struct {
                mode_t root, input; /* 0: absent */
                bool public;
        } cases[] = {
                { 0755, 0644, true },  { 0711, 0444, true },  { 0755, 0600, false }, { 0755, 0640, false },
                { 0755, 0604, false }, { 0700, 0644, false }, { 0750, 0644, false }, { 0744, 0644, false },
                { 0711, 0, true },     { 0700, 0, false },
        };
        size_t i;

        write_input(world, "a\n", 1000);
        assert_int_equal(rv_load(&world->host, &plain, NULL, &snapshot, NULL), RV_OK);
        for (i = 0; i < sizeof cases / sizeof *cases; i++) {
                if (cases[i].input)
                        assert_int_equal(fchmodat(world->host.root.fd, "input", cases[i].input, 0), 0);
                else
                        (void)unlinkat(world->host.root.fd, "input", 0);
                assert_int_equal(chmod(world->root, cases[i].root), 0);
                assert_int_equal(rv_snapshot_public(snapshot, &world->host.root), cases[i].public);
        }
        assert_int_equal(chmod(world->root, 0755), 0);
        assert_int_equal(symlinkat("/proc/self/mem", world->host.root.fd, "input"), 0);
        assert_false(rv_snapshot_public(snapshot, &world->host.root));
        assert_int_equal(unlinkat(world->host.root.fd, "input", 0), 0);
        assert_int_equal(symlinkat("input", world->host.root.fd, "input"), 0);
        assert_false(rv_snapshot_public(snapshot, &world->host.root));
}

/* Loads as another user, who has no cache but root's; returns whether it served. */
static bool serves(struct world *world, size_t rows)
{
        unsigned before = calls;
        int own = world->host.cache_fd;

        world->host.shared_fd = own;
        world->host.cache_fd = -1;
        assert_int_equal(seteuid(65533), 0);
        assert_int_equal(load(world, &plain), rows);
        assert_int_equal(seteuid(0), 0);
        world->host.cache_fd = own;
        world->host.shared_fd = -1;
        return calls == before;
}

/* A user is served what root left while it is fresh, and nothing that anybody else could have put there. */
static void test_served_to_others(void **state)
{
        struct world *world = *state;

        if (geteuid() != 0)
                skip();
        view.flags = RV_SHARED;
        world->host.root.foreign = false;
        assert_int_equal(chmod(world->root, 0755), 0);
        assert_int_equal(chmod(world->cache, 0755), 0);
        write_input(world, "a\n", 1000);
        settle(world, &plain);
        assert_true(serves(world, 1));
        change_owner(world, 65534);
        assert_false(serves(world, 1));
        change_owner(world, 0);
        assert_true(serves(world, 1));
        write_input(world, "a\nb\n", 2000);
        assert_false(serves(world, 2));
}

static void test_cached_until_changed(void **state)
{
        struct world *world = *state;
        unsigned before;

        write_input(world, "a\nb\n", 1000);
        assert_int_equal(load(world, &plain), 2);
        settle(world, &plain);
        before = calls;
        assert_int_equal(load(world, &plain), 2);
        assert_int_equal(calls, before);
        write_input(world, "a\nb\nc\n", 1000);
        assert_int_equal(load(world, &plain), 3);
        assert_int_equal(calls, before + 1);
}

static void test_costly_columns(void **state)
{
        static const char *const verdict[] = { "verdict" };
        static const struct rv_ask costly = { .plugin = "reeve", .view = "things", .columns = verdict, .n_columns = 1 };
        struct world *world = *state;
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *with = NULL;
        unsigned before;

        write_input(world, "a\n", 1000);
        settle(world, &plain);
        before = calls;
        assert_int_equal(rv_load(&world->host, &costly, NULL, &with, NULL), RV_OK);
        assert_int_equal(calls, before + 1);
        assert_string_equal(rv_cell_text(with, 0, F_COSTLY, NULL), "dear");
        settle(world, &costly);
        before = calls;
        (void)load(world, &plain); /* what has more than was asked for serves too */
        assert_int_equal(calls, before);
}

static void test_damaged_cache(void **state)
{
        struct world *world = *state;
        struct rv_snapshot *stale;
        unsigned before;
        struct dirent *file;
        DIR *cache;

        write_input(world, "a\n", 1000);
        settle(world, &plain);
        stale = rv_load_stale(&world->host, &plain);
        assert_non_null(stale);
        rv_snapshot_unref(stale);
        cache = opendir(world->cache);
        assert_non_null(cache);
        while ((file = readdir(cache)))
                if (file->d_name[0] != '.')
                        assert_int_equal(rv_file_write(world->host.cache_fd, file->d_name, "rubbish", 7, 0600, NULL),
                                         RV_OK);
        closedir(cache);
        before = calls;
        assert_int_equal(load(world, &plain), 1);
        assert_int_equal(calls, before + 1);
}

/* Flips a bit of the last cell's bytes, and of the boot that the file says it was written in. */
static void age_cache(const struct world *world, bool also_damage)
{
        RV_BUF_CLEANUP struct rv_buf file = { 0 };
        DIR *cache = opendir(world->cache);
        struct dirent *entry;

        assert_non_null(cache);
        while ((entry = readdir(cache))) {
                if (entry->d_name[0] == '.')
                        continue;
                rv_buf_clear(&file);
                assert_int_equal(rv_file_read(world->host.cache_fd, entry->d_name, 1 << 20, &file, NULL), RV_OK);
                file.data[file.size - 16] ^= 1;
                if (also_damage)
                        file.data[file.size - 24] ^= 1;
                assert_int_equal(rv_file_write(world->host.cache_fd, entry->d_name, file.data, file.size, 0600, NULL),
                                 RV_OK);
        }
        closedir(cache);
}

static void test_cache_of_an_earlier_boot(void **state)
{
        struct world *world = *state;
        unsigned before;

        write_input(world, "a\n", 1000);
        settle(world, &plain);
        age_cache(world, false);
        before = calls;
        assert_int_equal(load(world, &plain), 1);
        assert_int_equal(calls, before); /* whole, so it serves */
        age_cache(world, true);          /* this boot's again, and damaged */
        age_cache(world, false);         /* an earlier one's: found by its checksum */
        before = calls;
        assert_int_equal(load(world, &plain), 1);
        assert_int_equal(calls, before + 1);
}

static void test_errors(void **state)
{
        struct world *world = *state;
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        static const char *const unknown[] = { "nothing" };
        struct rv_ask ask = plain;
        atomic_bool cancel = true;

        assert_int_equal(rv_load(&world->host, &plain, NULL, &snapshot, &err), RV_NOTFOUND); /* no input */
        ask.view = "nothing";
        assert_int_equal(rv_load(&world->host, &ask, NULL, &snapshot, NULL), RV_USAGE);
        ask = plain;
        ask.columns = unknown;
        ask.n_columns = 1;
        assert_int_equal(rv_load(&world->host, &ask, NULL, &snapshot, NULL), RV_USAGE);
        ask = plain;
        ask.plugin = "nobody";
        assert_int_equal(rv_load(&world->host, &ask, NULL, &snapshot, NULL), RV_NOTFOUND);
        write_input(world, "a\n", 1000);
        ask = plain;
        ask.cancel = &cancel;
        assert_int_equal(rv_load(&world->host, &ask, NULL, &snapshot, NULL), RV_CANCELLED);
        ask = plain;
        ask.cached_only = true;
        assert_int_equal(rv_load(&world->host, &ask, NULL, &snapshot, NULL), RV_NODATA);
        assert_null(snapshot);
}

/* What was read while somebody wrote is read again; when that does not help, the warning or the error stays. */
static void test_read_again_after_a_writer(void **state)
{
        struct world *world = *state;
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_snapshot *snapshot = NULL;

        write_input(world, "a\nb\n", 1000);
        busy = locked_out = 2;
        assert_int_equal(rv_load(&world->host, &plain, NULL, &snapshot, &err), RV_OK);
        assert_int_equal(calls, 3);
        assert_int_equal(rv_snapshot_rows(snapshot), 2);
        assert_int_equal(rv_snapshot_warnings(snapshot), 0);
        assert_int_equal(err.code, RV_OK);
        rv_snapshot_unref(snapshot);
        calls = locked_out = 0, busy = 1000;
        assert_int_equal(rv_load(&world->host, &plain, NULL, &snapshot, &err), RV_OK);
        assert_int_equal(calls, 5);
        assert_int_equal(rv_snapshot_rows(snapshot), 2);
        assert_int_equal(rv_snapshot_warnings(snapshot), 1);
        rv_snapshot_unref(snapshot);
        calls = 0, locked_out = 1000;
        assert_int_equal(rv_load(&world->host, &plain, NULL, &snapshot, &err), RV_LOCKED);
        assert_int_equal(calls, 5);
        assert_null(err.cause);
        rv_err_clear(&err);
        calls = locked_out = 0, busy = 1000, dear = true;
        assert_int_equal(rv_load(&world->host, &plain, NULL, &snapshot, &err), RV_OK);
        dear = false;
        assert_int_equal(calls, 2);
        assert_int_equal(rv_snapshot_warnings(snapshot), 1);
        rv_snapshot_unref(snapshot);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_shared_by_root, setup, teardown),
                cmocka_unit_test_setup_teardown(test_public, setup, teardown),
                cmocka_unit_test_setup_teardown(test_served_to_others, setup, teardown),
                cmocka_unit_test_setup_teardown(test_cached_until_changed, setup, teardown),
                cmocka_unit_test_setup_teardown(test_costly_columns, setup, teardown),
                cmocka_unit_test_setup_teardown(test_damaged_cache, setup, teardown),
                cmocka_unit_test_setup_teardown(test_cache_of_an_earlier_boot, setup, teardown),
                cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
                cmocka_unit_test_setup_teardown(test_read_again_after_a_writer, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
