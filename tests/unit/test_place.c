/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-rpm */
/* Where the package database is looked for, in which order, and what each other thing in its place is called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#include "core/distro/rpm/place.h"
#include "place_fixture.h"

#define OLD "var/lib/rpm"
#define NEW "usr/lib/sysimage/rpm"
#define OSTREE "usr/share/rpm"
enum { PAGE = 512 };

static int setup(void **state)
{
        static const char *const directories[] = { "usr",  "usr/lib", "usr/lib/sysimage", NEW, "usr/share",
                                                   OSTREE, "var",     "var/lib",          OLD };
        const struct place *place;
        size_t i;

        if (place_setup(state))
                return -1;
        place = *state;
        for (i = 0; i < sizeof directories / sizeof *directories; i++)
                if (mkdirat(place->fd, directories[i], 0755))
                        return -1;
        return 0;
}

static void put(const struct place *place, const char *name, size_t size)
{
        char page[PAGE] = "SQLite format 3";

        place_write(place, name, page, size, 0644);
}

/* Nothing is left open, and nothing given, when it fails. */
static int look(const struct place *place, struct rv_place *ret, struct rv_err *err)
{
        unsigned before = place_descriptors();
        int rc;

        *ret = (struct rv_place){ .fd = -7, .wal_fd = -7 };
        if (err)
                rv_err_clear(err);
        rc = rv_place_find(place->fd, "/", NULL, ret, err);
        if (rc != RV_OK) {
                assert_int_equal(ret->fd, -7);
                assert_int_equal(place_descriptors(), before);
        }
        return rc;
}

static int code_of(const struct place *place, const char *says)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_place found;
        int rc = look(place, &found, &err);

        if (rc == RV_OK)
                rv_place_close(&found);
        else if (says)
                assert_true(place_says(&err, says) && err.hint.size > 0);
        return rc;
}

static void found_in(const struct place *place, const char *directory)
{
        struct rv_place found;

        assert_int_equal(look(place, &found, NULL), RV_OK);
        assert_string_equal(found.directory + 1, directory); /* named from the root */
        assert_true(found.fd >= 0);
        assert_int_equal(found.wal_fd, -1);
        rv_place_close(&found);
        assert_int_equal(found.fd, -1);
}

static void test_order(void **state)
{
        const struct place *place = *state;

        assert_int_equal(code_of(place, "there is no package database in this system"), RV_NOTFOUND);
        place_write(place, NEW "/Packages", "old", 3, 0644);
        put(place, OSTREE "/rpmdb.sqlite", PAGE);
        found_in(place, OSTREE); /* one that can be read, anywhere, before another format */
        put(place, OLD "/rpmdb.sqlite", PAGE);
        found_in(place, OLD);
        put(place, NEW "/rpmdb.sqlite", PAGE);
        found_in(place, NEW);
        put(place, NEW "/rpmdb.sqlite", 0);
        found_in(place, OLD); /* the other is told of */
        put(place, OLD "/rpmdb.sqlite", 0);
        put(place, OSTREE "/rpmdb.sqlite", 0);
        assert_int_equal(code_of(place, NEW "/rpmdb.sqlite: the package database is empty"), RV_DAMAGED);
}

/* As Azure Linux 4.0 has it: one directory is a link to the other, absolute in the root. */
static void test_links(void **state)
{
        const struct place *place = *state;

        put(place, NEW "/rpmdb.sqlite", PAGE);
        assert_int_equal(unlinkat(place->fd, OLD, AT_REMOVEDIR), 0);
        assert_int_equal(symlinkat("/" NEW, place->fd, OLD), 0);
        found_in(place, NEW);
        assert_int_equal(renameat(place->fd, NEW "/rpmdb.sqlite", place->fd, OSTREE "/rpmdb.sqlite"), 0);
        assert_int_equal(symlinkat("../../../share/rpm/rpmdb.sqlite", place->fd, NEW "/rpmdb.sqlite"), 0);
        found_in(place, NEW);
        assert_int_equal(unlinkat(place->fd, NEW "/rpmdb.sqlite", 0), 0);
        assert_int_equal(symlinkat("/nowhere", place->fd, NEW "/rpmdb.sqlite"), 0);
        found_in(place, OSTREE);
        assert_int_equal(unlinkat(place->fd, NEW "/rpmdb.sqlite", 0), 0);
        assert_int_equal(symlinkat("rpmdb.sqlite", place->fd, NEW "/rpmdb.sqlite"), 0); /* to itself */
        found_in(place, OSTREE);
        assert_int_equal(unlinkat(place->fd, OSTREE "/rpmdb.sqlite", 0), 0);
        assert_int_equal(code_of(place, NULL), RV_FAILED);
}

static void test_what_is_no_database(void **state)
{
        const struct place *place = *state;
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        static const char name[] = OLD "/rpmdb.sqlite";
        int fd;

        put(place, name, PAGE - 1);
        assert_int_equal(code_of(place, "is no package database"), RV_DAMAGED);
        put(place, name, PAGE);
        assert_int_equal(code_of(place, NULL), RV_OK);
        place_write(place, name, "SQLite format 4 and more", 24, 0644);
        assert_int_equal(code_of(place, "is no package database"), RV_DAMAGED);
        assert_int_equal(unlinkat(place->fd, name, 0), 0);
        assert_int_equal(mkdirat(place->fd, name, 0755), 0);
        assert_int_equal(code_of(place, "is not a file"), RV_DAMAGED);
        assert_int_equal(unlinkat(place->fd, name, AT_REMOVEDIR), 0);
        assert_int_equal(mkfifoat(place->fd, name, 0644), 0);
        assert_int_equal(code_of(place, "is not a file"), RV_DAMAGED); /* and at once */
        assert_int_equal(unlinkat(place->fd, name, 0), 0);
        (void)snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", place->fd, name);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
        assert_int_equal(code_of(place, "is not a file"), RV_DAMAGED);
        close(fd);
}

static void test_other_formats(void **state)
{
        static const struct {
                const char *name, *bytes;
                size_t n;
                int code;
                const char *says;
        } others[] = {
                { OLD "/Packages", "\0\0\0\0\0\0\0\0\0\0\0\0\x61\x15\x06\0", 16, RV_UNSUPPORTED, "BerkeleyDB" },
                { OLD "/Packages", "\0\0\0\0\0\0\0\0\0\0\0\0\0\x06\x15\x61", 16, RV_UNSUPPORTED, "BerkeleyDB" },
                { NEW "/Packages", "\0\0\0\0\0\0\0\0\0\0\0\0\x62\x31\x05\0", 16, RV_UNSUPPORTED, "BerkeleyDB" },
                { OSTREE "/Packages.db", "RpmP", 4, RV_DAMAGED, "or its beginning is destroyed" },
                { OSTREE "/Packages.db", "PmpR", 4, RV_DAMAGED, "is no package database" },
                { OLD "/Packages", "\0\0\0\0\0\0\0\0\0\0\0\0\x61\x15", 14, RV_DAMAGED, "is no package database" },
                { OLD "/Packages", "", 0, RV_DAMAGED, "is no package database" },
        };
        const struct place *place = *state;
        size_t i;

        for (i = 0; i < sizeof others / sizeof *others; i++) {
                place_write(place, others[i].name, others[i].bytes, others[i].n, 0644);
                assert_int_equal(code_of(place, others[i].says), others[i].code);
                assert_int_equal(unlinkat(place->fd, others[i].name, 0), 0);
        }
}

/* As if written a while ago: of what was written in this moment nothing can be said. */
static void settle(const struct place *place, const char *path)
{
        const struct timespec times[2] = { { .tv_sec = 900 }, { .tv_sec = 900 } };

        assert_int_equal(utimensat(place->fd, path, times, 0), 0);
}

static void test_log_and_journal(void **state)
{
        const struct place *place = *state;
        struct rv_place found;

        put(place, OLD "/rpmdb.sqlite", PAGE);
        settle(place, OLD "/rpmdb.sqlite");
        place_write(place, OLD "/rpmdb.sqlite-wal", "", 0, 0644);
        place_write(place, OLD "/rpmdb.sqlite-journal", "", 0, 0644);
        assert_int_equal(look(place, &found, NULL), RV_OK);
        assert_true(found.wal_fd == -1 && !found.journal && !found.wal_denied); /* empty ones say nothing */
        rv_place_close(&found);
        place_write(place, OLD "/rpmdb.sqlite-wal", "log", 3, 0644);
        place_write(place, OLD "/rpmdb.sqlite-journal", "j", 1, 0644);
        assert_int_equal(look(place, &found, NULL), RV_OK);
        assert_true(found.wal_fd >= 0 && found.journal && !found.wal_denied);
        assert_true(rv_place_unchanged(&found));
        place_write(place, OLD "/rpmdb.sqlite-wal", "longer", 6, 0644);
        assert_false(rv_place_unchanged(&found));
        rv_place_close(&found);
        assert_int_equal(unlinkat(place->fd, OLD "/rpmdb.sqlite-wal", 0), 0);
        assert_int_equal(mkfifoat(place->fd, OLD "/rpmdb.sqlite-wal", 0644), 0);
        assert_int_equal(look(place, &found, NULL), RV_OK);
        assert_true(found.wal_fd == -1 && !found.wal_denied);
        rv_place_close(&found);
        /* A log that is there and cannot be opened, for whatever reason, is one whose changes are missing. */
        assert_int_equal(unlinkat(place->fd, OLD "/rpmdb.sqlite-wal", 0), 0);
        assert_int_equal(symlinkat("rpmdb.sqlite-wal", place->fd, OLD "/rpmdb.sqlite-wal"), 0);
        assert_int_equal(look(place, &found, NULL), RV_OK);
        assert_true(found.wal_fd == -1 && found.wal_denied);
        rv_place_close(&found);
}

static void test_changes_are_seen(void **state)
{
        const struct place *place = *state;
        const struct timespec times[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000, .tv_nsec = 1 } };
        struct rv_place found;
        bool seen = false;
        int tries;

        /* Written a moment ago it may still change without a sign. On a busy machine the moment is over before it is
         * looked at. */
        for (tries = 0; tries < 100 && !seen; tries++) {
                put(place, OLD "/rpmdb.sqlite", PAGE);
                assert_int_equal(look(place, &found, NULL), RV_OK);
                seen = !rv_place_unchanged(&found);
                rv_place_close(&found);
        }
        assert_true(seen);
        settle(place, OLD "/rpmdb.sqlite");
        assert_int_equal(look(place, &found, NULL), RV_OK);
        assert_true(rv_place_unchanged(&found));
        assert_int_equal(utimensat(place->fd, OLD "/rpmdb.sqlite", times, 0), 0);
        assert_false(rv_place_unchanged(&found));
        rv_place_close(&found);
        assert_int_equal(look(place, &found, NULL), RV_OK);
        /* Another file under its name: what was opened is still the same. */
        put(place, OLD "/new", PAGE - 1);
        assert_int_equal(renameat(place->fd, OLD "/new", place->fd, OLD "/rpmdb.sqlite"), 0);
        assert_true(rv_place_unchanged(&found));
        rv_place_close(&found);
        assert_false(rv_place_unchanged(&found)); /* closed: nothing can be said */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_order, setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_links, setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_what_is_no_database, setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_other_formats, setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_log_and_journal, setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_changes_are_seen, setup, place_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
