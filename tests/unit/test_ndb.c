/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-rpm */
/* Reading ndb databases: whole, cut and bent at each byte, and changed between two rows. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/distro/rpm/db.h"
#include "core/model/sink.h"
#include "tests/unit/ndb_fixture.h"

static const struct rv_column columns[] = { { .id = "n", .title = "N", .type = RV_INT, .flags = RV_KEY } };
static const struct rv_view view = {
        .id = "v", .title = "V", .shape = RV_SHAPE_LIST, .columns = columns, .n_columns = 1
};

/* The database as a file below a root, and what is read of it. */
struct world {
        struct ndb_build build;
        char path[64];
        int root, fd;
        time_t saves;
        struct rv_rpmdb *db;
        struct rv_err err;
};

static int set_up(void **state)
{
        struct world *world = calloc(1, sizeof *world);

        assert_non_null(world);
        (void)snprintf(world->path, sizeof world->path, "/tmp/reeve-ndb-XXXXXX");
        assert_non_null(mkdtemp(world->path));
        world->root = open(world->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(mkdirat(world->root, "var", 0755), 0);
        assert_int_equal(mkdirat(world->root, "var/lib", 0755), 0);
        assert_int_equal(mkdirat(world->root, "var/lib/rpm", 0755), 0);
        world->fd = openat(world->root, "var/lib/rpm/Packages.db", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        assert_true(world->fd >= 0);
        ndb_begin(&world->build);
        *state = world;
        return 0;
}

static int tear_down(void **state)
{
        struct world *world = *state;

        rv_rpmdb_close(world->db);
        rv_err_clear(&world->err);
        (void)close(world->fd);
        (void)unlinkat(world->root, "var/lib/rpm/Packages.db", 0);
        (void)unlinkat(world->root, "var/lib/rpm", AT_REMOVEDIR);
        (void)unlinkat(world->root, "var/lib", AT_REMOVEDIR);
        (void)unlinkat(world->root, "var", AT_REMOVEDIR);
        (void)close(world->root);
        assert_int_equal(rmdir(world->path), 0);
        free(world);
        return 0;
}

/* Each time with another time that is long past: what is written within the clock's last tick counts as being written.
 */
static void save(struct world *world, size_t size)
{
        struct timespec times[2] = { { .tv_sec = ++world->saves }, { .tv_sec = world->saves } };

        assert_int_equal(ftruncate(world->fd, (off_t)size), 0);
        assert_int_equal(pwrite(world->fd, world->build.bytes, size, 0), size);
        assert_int_equal(futimens(world->fd, times), 0);
}

static void save_all(struct world *world)
{
        save(world, (size_t)world->build.blocks * 16);
}

static int open_all(struct world *world, struct rv_sink *sink)
{
        int r;

        rv_rpmdb_close(world->db);
        world->db = NULL;
        rv_err_clear(&world->err);
        r = rv_rpmdb_open(world->root, "/", sink, &world->db, &world->err);
        return r ? r : rv_rpmdb_all(world->db, &world->err);
}

/* The next row's number; 0 at the end. It must be sound, or have no bytes. */
static int64_t next(struct world *world, bool *ret_sound)
{
        struct rv_rpm_header header;
        struct rv_rpm_row row;

        assert_int_equal(rv_rpmdb_next(world->db, &row, &world->err), RV_OK);
        if (row.blob) {
                *ret_sound = rv_rpm_open(row.blob, row.size, &header);
                assert_true(*ret_sound || row.size == 0);
        }
        return row.blob ? row.hnum : 0;
}

static void expect_rows(struct world *world, const int64_t *numbers)
{
        bool sound;

        do {
                assert_int_equal(next(world, &sound), *numbers);
                assert_true(*numbers == 0 || sound);
        } while (*numbers++);
}

static void fill(struct world *world)
{
        ndb_put(&world->build, 1, "bash");
        ndb_put(&world->build, 2, "glibc");
        ndb_put(&world->build, 3, "rpm");
        save_all(world);
}

static void gives_rows_by_number_and_by_name(void **state)
{
        static const int64_t all[] = { 1, 2, 3, 0 }, one[] = { 2, 0 }, none[] = { 0 };
        struct world *world = *state;

        ndb_put(&world->build, 3, "rpm");
        ndb_put(&world->build, 1, "bash");
        ndb_put(&world->build, 2, "glibc");
        save_all(world);
        assert_int_equal(open_all(world, NULL), RV_OK);
        expect_rows(world, all);
        expect_rows(world, none); /* the end stays the end */
        assert_int_equal(rv_rpmdb_by_number(world->db, 2, &world->err), RV_OK);
        expect_rows(world, one);
        assert_int_equal(rv_rpmdb_by_number(world->db, 0, &world->err), RV_OK);
        expect_rows(world, none);
        assert_int_equal(rv_rpmdb_by_name(world->db, "glibc", &world->err), RV_OK);
        expect_rows(world, one);
        assert_int_equal(rv_rpmdb_by_name(world->db, "glib", &world->err), RV_OK);
        expect_rows(world, none);
        assert_int_equal(rv_rpmdb_all(world->db, &world->err), RV_OK);
        expect_rows(world, all);
}

/* Moved, erased and installed behind the reader's back, each with the blob wiped where it was. */
static void follows_a_writer(void **state)
{
        static const int64_t rest[] = { 3, 4, 0 };
        struct world *world = *state;
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("test", "reeve", &view, NULL);
        struct rv_snapshot *snapshot = NULL;
        bool sound, cacheable = true;
        const char *packed;
        size_t size;

        fill(world);
        assert_int_equal(open_all(world, sink), RV_OK);
        assert_int_equal(next(world, &sound), 1);
        ndb_delete(&world->build, 2);
        ndb_move(&world->build, 3);
        ndb_put(&world->build, 4, "late");
        save_all(world);
        expect_rows(world, rest);
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, &world->err), RV_OK);
        assert_int_equal(rv_snapshot_warnings(snapshot), 1);
        assert_int_equal(rv_snapshot_warning(snapshot, 0, &packed, &size), RV_LOCKED);
        assert_false(cacheable);
        rv_snapshot_unref(snapshot);
}

/* A blob that was written before its slot, by an rpm that was killed then, is not there yet; one that was not wiped
 * after it is not there any more. */
static void a_cut_off_change_is_no_damage(void **state)
{
        static const int64_t all[] = { 1, 3, 0 };
        struct world *world = *state;
        uint8_t header[8192];

        fill(world);
        (void)ndb_blob(&world->build, 4, header, (uint32_t)build_package(header, "late", "1"));
        ndb_slot(&world->build, 2, 0, 0, 0);
        save_all(world);
        assert_int_equal(open_all(world, NULL), RV_OK);
        expect_rows(world, all);
}

/* Cut anywhere: an error in the slots, later each row with or without bytes. */
static void survives_every_cut(void **state)
{
        struct world *world = *state;
        size_t size;

        fill(world);
        for (size = 0; size < (size_t)world->build.blocks * 16; size++) {
                size_t n = 0, n_sound = 0;
                bool sound;

                save(world, size);
                if (size < 4096) {
                        assert_int_equal(open_all(world, NULL), RV_DAMAGED);
                        continue;
                }
                assert_int_equal(open_all(world, NULL), RV_OK);
                while (next(world, &sound))
                        n++, n_sound += sound;
                assert_int_equal(n, 3);
                assert_true(n_sound < 3);
        }
}

/* Any byte of a blob: its row has no bytes, the others are sound; of what is before: nothing is read that is not there.
 */
static void survives_every_bent_byte(void **state)
{
        struct world *world = *state;
        size_t at;

        fill(world);
        for (at = 0; at < (size_t)world->build.blocks * 16; at += at >= 128 && at < 4096 ? 16 : 1) {
                size_t n = 0, n_sound = 0;
                bool sound;
                int r;

                world->build.bytes[at] ^= 0x41;
                save_all(world);
                r = open_all(world, NULL);
                while (!r && next(world, &sound))
                        n++, n_sound += sound;
                assert_true(n <= 3 && n_sound <= 3);
                if (at >= 4096) {
                        assert_int_equal(n, 3);
                        assert_int_equal(n_sound, 2);
                }
                world->build.bytes[at] ^= 0x41;
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(gives_rows_by_number_and_by_name, set_up, tear_down),
                cmocka_unit_test_setup_teardown(follows_a_writer, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_cut_off_change_is_no_damage, set_up, tear_down),
                cmocka_unit_test_setup_teardown(survives_every_cut, set_up, tear_down),
                cmocka_unit_test_setup_teardown(survives_every_bent_byte, set_up, tear_down),
        };

        return cmocka_run_group_tests_name("ndb", tests, NULL, NULL);
}
