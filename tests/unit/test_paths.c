/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where reeve's parts lie, and whom root trusts to load from: owners and modes of the file and of every parent. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/paths.h"
#include "place_fixture.h"

enum { NOBODY = 65534, OTHER = 65533 };

struct world {
        struct place *place;
        char path[96];
};

/* Nothing here means anything without root: then every file is fine. */
static int setup(void **state)
{
        struct world *world = calloc(1, sizeof *world);

        if (!world || place_setup((void **)&world->place))
                return -1;
        (void)snprintf(world->path, sizeof world->path, "%s/a/b/lib.so", world->place->path);
        *state = world;
        if (mkdirat(world->place->fd, "a", 0755) || mkdirat(world->place->fd, "a/b", 0755))
                return -1;
        place_write(world->place, "a/b/lib.so", "", 0, 0644);
        return 0;
}

static int teardown(void **state)
{
        struct world *world = *state;

        (void)place_teardown((void **)&world->place);
        free(world);
        return 0;
}

static int trusted(const struct world *world, bool build_tree, uid_t owner, const char *names)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct rv_paths paths = { .build_tree = build_tree, .owner = owner };
        int rc = rv_paths_trusted(&paths, world->path, &err);

        if (rc == RV_UNTRUSTED && names) {
                assert_true(place_says(&err, names));
                assert_true(place_says(&err, world->path));
                assert_true(err.hint.size > 0);
        }
        return rc;
}

static void own(const struct world *world, const char *name, uid_t uid)
{
        assert_int_equal(fchownat(world->place->fd, name, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW), 0);
}

static void mode(const struct world *world, const char *name, mode_t bits)
{
        assert_int_equal(fchmodat(world->place->fd, name, bits, 0), 0);
}

static void test_installed(void **state)
{
        const struct world *world = *state;

        if (geteuid() != 0)
                skip();
        /* The test's directory lies in /tmp, which anybody can write: never from there, sticky or not. */
        assert_int_equal(trusted(world, false, 0, "/tmp"), RV_UNTRUSTED);
        assert_int_equal(rv_paths_trusted(&(struct rv_paths){ 0 }, "/", NULL), RV_OK);
        assert_int_equal(rv_paths_trusted(&(struct rv_paths){ 0 }, "/bin/sh", NULL), RV_OK);
        assert_int_equal(rv_paths_trusted(&(struct rv_paths){ 0 }, "/nonexistent/lib.so", NULL), RV_NOTFOUND);
}

static void test_build_tree(void **state)
{
        const struct world *world = *state;

        if (geteuid() != 0)
                skip();
        assert_int_equal(trusted(world, true, 0, NULL), RV_OK);
        /* The tree of the one who owns the program, and nobody else's in it. */
        own(world, "a", NOBODY);
        assert_int_equal(trusted(world, true, 0, "/a:"), RV_UNTRUSTED);
        assert_int_equal(trusted(world, true, NOBODY, NULL), RV_OK);
        own(world, "a/b/lib.so", OTHER);
        assert_int_equal(trusted(world, true, NOBODY, "lib.so: is not owned"), RV_UNTRUSTED);
        own(world, "a/b/lib.so", NOBODY);
        assert_int_equal(trusted(world, true, NOBODY, NULL), RV_OK);
        assert_int_equal(trusted(world, false, NOBODY, "lib.so: is not owned"), RV_UNTRUSTED);
        own(world, "a/b/lib.so", 0);
        own(world, "a", 0);
        /* Who can write a directory can put another file there; where it is sticky only the owner can. */
        mode(world, "a/b", 0775);
        assert_int_equal(trusted(world, true, 0, "/a/b: can be written"), RV_UNTRUSTED);
        mode(world, "a/b", 0757);
        assert_int_equal(trusted(world, true, 0, "/a/b: can be written"), RV_UNTRUSTED);
        mode(world, "a/b", 01777);
        assert_int_equal(trusted(world, true, 0, NULL), RV_OK);
        mode(world, "a/b", 0755);
        mode(world, "a", 0777);
        assert_int_equal(trusted(world, true, 0, "/a: can be written"), RV_UNTRUSTED);
        mode(world, "a", 0755);
        /* A sticky bit on the file itself means nothing. */
        mode(world, "a/b/lib.so", 01646);
        assert_int_equal(trusted(world, true, 0, "lib.so: can be written"), RV_UNTRUSTED);
        mode(world, "a/b/lib.so", 0664);
        assert_int_equal(trusted(world, true, 0, "lib.so: can be written"), RV_UNTRUSTED);
}

/* Looked at is what is loaded: the end of a link, and the directories there. */
static void test_links(void **state)
{
        struct world *world = *state;

        if (geteuid() != 0)
                skip();
        assert_int_equal(mkdirat(world->place->fd, "c", 0755), 0);
        mode(world, "c", 0777);
        place_write(world->place, "c/real.so", "", 0, 0644);
        assert_int_equal(unlinkat(world->place->fd, "a/b/lib.so", 0), 0);
        assert_int_equal(symlinkat("../../c/real.so", world->place->fd, "a/b/lib.so"), 0);
        assert_int_equal(trusted(world, true, 0, "/c: can be written"), RV_UNTRUSTED);
        mode(world, "c", 0755);
        assert_int_equal(trusted(world, true, 0, NULL), RV_OK);
        own(world, "c/real.so", NOBODY);
        assert_int_equal(trusted(world, true, 0, "real.so: is not owned"), RV_UNTRUSTED);
        assert_int_equal(unlinkat(world->place->fd, "c/real.so", 0), 0);
        assert_int_equal(trusted(world, true, 0, NULL), RV_NOTFOUND);
}

/* This program lies in a build tree, so its parts do; they are inside it, and none is empty. */
static void test_found(void **state)
{
        const struct rv_paths *paths = rv_paths_find();
        char tree[PATH_MAX], *end;
        const char *const inside[] = { paths->plugins, paths->backends, paths->helper, paths->locale, paths->cache };
        ssize_t n = readlink("/proc/self/exe", tree, sizeof tree - 1);
        size_t i;

        (void)state;
        assert_true(n > 0);
        tree[n] = '\0';
        end = strrchr(tree, '/');
        assert_non_null(end);
        *end = '\0';
        end = strrchr(tree, '/');
        assert_non_null(end);
        end[1] = '\0';
        assert_ptr_equal(rv_paths_find(), paths);
        assert_true(paths->build_tree);
        for (i = 0; i < sizeof inside / sizeof *inside; i++)
                assert_memory_equal(inside[i], tree, strlen(tree));
        assert_string_equal(paths->helper + strlen(tree), "bin/reeve-helper");
        assert_int_equal(access(paths->helper, X_OK), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_installed, setup, teardown),
                cmocka_unit_test_setup_teardown(test_build_tree, setup, teardown),
                cmocka_unit_test_setup_teardown(test_links, setup, teardown),
                cmocka_unit_test(test_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
