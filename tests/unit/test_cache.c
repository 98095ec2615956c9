/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cache files: whose they may be, where they may lie, and that a wrong byte of them is never believed. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/time.h"
#include "core/model/cache.h"
#include "core/model/query.h"
#include "core/model/snapshot.h"
#include "model_fixture.h"
#include "place_fixture.h"

enum { NOBODY = 65534, MONTH = 30 * 24 * 3600, ROWS = 30 };

struct world {
        struct place *place;
        struct rv_root root;
        struct rv_query *query;
        struct rv_snapshot *snapshot;
        char name[256]; /* of the only file in the cache */
};

static struct rv_snapshot *make_snapshot(void)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("p", "p", &fixture_view, NULL);
        struct rv_snapshot *snapshot = NULL;
        bool cacheable;
        char key[32];
        int i;

        for (i = 0; i < ROWS; i++) {
                (void)snprintf(key, sizeof key, "row %d", i);
                fixture_row(sink, key, 0);
        }
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        return snapshot;
}

static int setup(void **state)
{
        struct world *world = calloc(1, sizeof *world);

        if (!world || place_setup((void **)&world->place) || rv_root_open("/", &world->root, NULL))
                return -1;
        world->query = rv_query_new(&world->root, NULL, 0);
        world->snapshot = make_snapshot();
        *state = world;
        return !world->query;
}

static int teardown(void **state)
{
        struct world *world = *state;

        rv_snapshot_unref(world->snapshot);
        rv_query_free(world->query);
        rv_root_close(&world->root);
        (void)place_teardown((void **)&world->place);
        free(world);
        return 0;
}

static bool hit(const struct world *world)
{
        struct rv_snapshot *got = rv_cache_get(world->place->fd, geteuid(), "p", "things", world->query);
        bool found = got != NULL;

        if (got)
                assert_int_equal(rv_snapshot_rows(got), ROWS);
        rv_snapshot_unref(got);
        return found;
}

/* Puts it into the cache and learns the file's name. */
static void put(struct world *world)
{
        int copy;
        DIR *dir;
        const struct dirent *entry;

        rv_cache_put(world->place->fd, "p", "things", world->query, world->snapshot, false);
        copy = openat(world->place->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        dir = fdopendir(copy);
        assert_non_null(dir);
        while ((entry = readdir(dir)))
                if (entry->d_name[0] != '.')
                        (void)snprintf(world->name, sizeof world->name, "%s", entry->d_name);
        closedir(dir);
}

static bool is_there(const struct world *world)
{
        struct stat st;

        return fstatat(world->place->fd, world->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void test_whose_it_is(void **state)
{
        struct world *world = *state;
        struct stat st;

        assert_false(hit(world));
        put(world);
        assert_memory_equal(world->name, "p.things.", 9);
        assert_int_equal(fstatat(world->place->fd, world->name, &st, 0), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        assert_true(hit(world));
        assert_null(rv_cache_get(-1, geteuid(), "p", "things", world->query));
        rv_cache_put(-1, "p", "things", world->query, world->snapshot, false);
        assert_null(rv_cache_get(world->place->fd, geteuid(), "p", "thing", world->query));
        assert_null(rv_cache_get(world->place->fd, geteuid(), "q", "things", world->query));
        /* Who else could have written it decides; it is left where it is. */
        assert_int_equal(fchmodat(world->place->fd, world->name, 0620, 0), 0);
        assert_false(hit(world));
        assert_int_equal(fchmodat(world->place->fd, world->name, 0602, 0), 0);
        assert_false(hit(world));
        assert_int_equal(fchmodat(world->place->fd, world->name, 0644, 0), 0);
        assert_true(hit(world));
        if (geteuid() == 0) {
                assert_int_equal(fchownat(world->place->fd, world->name, NOBODY, 0, 0), 0);
                assert_false(hit(world));
                assert_int_equal(fchownat(world->place->fd, world->name, 0, 0, 0), 0);
        }
        assert_true(is_there(world));
        assert_int_equal(renameat(world->place->fd, world->name, world->place->fd, "moved"), 0);
        assert_int_equal(symlinkat("moved", world->place->fd, world->name), 0);
        assert_false(hit(world));
        assert_int_equal(unlinkat(world->place->fd, world->name, 0), 0);
        assert_int_equal(mkfifoat(world->place->fd, world->name, 0600), 0);
        assert_false(hit(world)); /* at once */
        put(world);               /* takes the place of whatever lies there */
        assert_true(hit(world));
}

/* Written aside and renamed: a file that a reader has mapped stays as it is. */
static void test_a_mapped_one_stays(void **state)
{
        struct world *world = *state;
        struct rv_snapshot *mapped;
        size_t n, i, len;
        char key[32];

        put(world);
        mapped = rv_cache_get(world->place->fd, geteuid(), "p", "things", world->query);
        assert_non_null(mapped);
        put(world);
        assert_int_equal(unlinkat(world->place->fd, world->name, 0), 0);
        n = rv_snapshot_rows(mapped);
        for (i = 0; i < n; i++) {
                (void)snprintf(key, sizeof key, "row %zu", i);
                assert_string_equal(rv_cell_text(mapped, i, F_KEY, &len), key);
        }
        rv_snapshot_unref(mapped);
}

/* Every byte wrong, as a file that was written in an earlier boot; every cut; bytes behind the end. */
static void test_damage(void **state)
{
        struct world *world = *state;
        RV_BUF_CLEANUP struct rv_buf bytes = { 0 };
        size_t i, n;

        put(world);
        assert_int_equal(rv_file_read(world->place->fd, world->name, 1 << 20, &bytes, NULL), RV_OK);
        n = bytes.size;
        bytes.data[n - 16] ^= 1; /* the boot: another one, so that all is held against the checksum */
        place_write(world->place, world->name, bytes.data, n, 0600);
        assert_true(hit(world));
        for (i = 0; i < n; i++) {
                if (i >= n - 16 && i < n - 8)
                        continue;
                bytes.data[i] ^= 4;
                place_write(world->place, world->name, bytes.data, n, 0600);
                if (hit(world) || is_there(world))
                        fail_msg("byte %zu of %zu", i, n);
                bytes.data[i] ^= 4;
        }
        for (i = 0; i < n; i += i < n - 40 ? 37 : 1) {
                place_write(world->place, world->name, bytes.data, i, 0600);
                assert_false(hit(world));
        }
        rv_buf_add_str(&bytes, "more....");
        place_write(world->place, world->name, bytes.data, bytes.size, 0600);
        assert_false(hit(world));
}

/* A kernel that does not say which boot this is leaves zeros, which are nobody's boot. */
static void test_no_boot_is_no_boot(void **state)
{
        struct world *world = *state;
        RV_BUF_CLEANUP struct rv_buf bytes = { 0 };

        put(world);
        assert_int_equal(rv_file_read(world->place->fd, world->name, 1 << 20, &bytes, NULL), RV_OK);
        memset(bytes.data + bytes.size - 16, 0, 8);
        bytes.data[bytes.size - 40] ^= 1; /* in the heap, which only the checksum guards */
        place_write(world->place, world->name, bytes.data, bytes.size, 0600);
        assert_false(hit(world));
}

/* --- the directories */

static int open_as_user(const char *home, const struct rv_root *root)
{
        bool was_root = geteuid() == 0;
        int fd;

        assert_int_equal(setenv("XDG_CACHE_HOME", home, 1), 0);
        if (was_root)
                assert_int_equal(seteuid(NOBODY), 0);
        fd = rv_cache_open(root);
        if (was_root)
                assert_int_equal(seteuid(0), 0);
        return fd;
}

static void make_own(const struct place *place, const char *name)
{
        assert_int_equal(mkdirat(place->fd, name, 0700), 0);
        if (geteuid() == 0)
                assert_int_equal(fchownat(place->fd, name, NOBODY, (gid_t)-1, 0), 0);
}

static void test_directories_of_a_user(void **state)
{
        const struct world *world = *state;
        const struct place *place = world->place;
        struct rv_root foreign = world->root, old = world->root;
        const struct timespec past[2] = { { .tv_sec = rv_now() - MONTH - 60 }, { .tv_sec = rv_now() - MONTH - 60 } };
        char home[96];
        struct stat st;
        int fd;

        assert_int_equal(fchmod(place->fd, 0755), 0);
        make_own(place, "cache");
        (void)snprintf(home, sizeof home, "%s/cache", place->path);
        fd = open_as_user(home, &world->root);
        assert_true(fd >= 0);
        close(fd);
        assert_int_equal(fstatat(place->fd, "cache/reeve/host", &st, AT_SYMLINK_NOFOLLOW), 0);
        assert_int_equal(st.st_mode & 0777, 0700);
        /* Another root has a place of its own; one not looked at for a month is forgotten when a new one is met. */
        old.foreign = foreign.foreign = true;
        old.ino = 1;
        foreign.ino = 2;
        fd = open_as_user(home, &old);
        assert_true(fd >= 0);
        close(fd);
        place_write(place, "cache/reeve/root-x", "kept", 4, 0600);
        (void)snprintf(home, sizeof home, "cache/reeve/root-%llx-1", (unsigned long long)old.dev);
        assert_int_equal(utimensat(place->fd, home, past, 0), 0);
        (void)snprintf(home, sizeof home, "%s/cache", place->path);
        fd = open_as_user(home, &foreign);
        assert_true(fd >= 0);
        close(fd);
        (void)snprintf(home, sizeof home, "cache/reeve/root-%llx-1", (unsigned long long)old.dev);
        assert_int_equal(fstatat(place->fd, home, &st, 0), -1);
        assert_int_equal(fstatat(place->fd, "cache/reeve/root-x", &st, 0), 0);
        assert_int_equal(fstatat(place->fd, "cache/reeve/host", &st, 0), 0);
}

static void test_directories_that_are_not_ours(void **state)
{
        const struct world *world = *state;
        const struct place *place = world->place;
        unsigned open_before;
        char home[96];

        assert_int_equal(fchmod(place->fd, 0755), 0);
        make_own(place, "cache");
        make_own(place, "elsewhere");
        (void)snprintf(home, sizeof home, "%s/cache", place->path);
        open_before = place_descriptors();
        assert_int_equal(symlinkat("../elsewhere", place->fd, "cache/reeve"), 0);
        assert_int_equal(open_as_user(home, &world->root), -1);
        assert_int_equal(unlinkat(place->fd, "cache/reeve", 0), 0);
        make_own(place, "cache/reeve");
        assert_int_equal(fchmodat(place->fd, "cache/reeve", 0777, 0), 0);
        assert_int_equal(open_as_user(home, &world->root), -1);
        assert_int_equal(fchmodat(place->fd, "cache/reeve", 0700, 0), 0);
        make_own(place, "cache/reeve/host");
        assert_int_equal(fchmodat(place->fd, "cache/reeve/host", 0770, 0), 0);
        assert_int_equal(open_as_user(home, &world->root), -1);
        if (geteuid() == 0) {
                assert_int_equal(fchmodat(place->fd, "cache/reeve/host", 0755, 0), 0);
                assert_int_equal(fchownat(place->fd, "cache/reeve/host", 0, 0, 0), 0);
                assert_int_equal(open_as_user(home, &world->root), -1);
        }
        assert_int_equal(setenv("HOME", "relative", 1), 0);
        assert_int_equal(open_as_user("relative", &world->root), -1);
        assert_int_equal(place_descriptors(), open_before);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_whose_it_is, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_mapped_one_stays, setup, teardown),
                cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
                cmocka_unit_test_setup_teardown(test_no_boot_is_no_boot, setup, teardown),
                cmocka_unit_test_setup_teardown(test_directories_of_a_user, setup, teardown),
                cmocka_unit_test_setup_teardown(test_directories_that_are_not_ours, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
