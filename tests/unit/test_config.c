/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration below a root: which files count, in which order, and which do not. */
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
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/model/config.h"

struct world {
        char path[64];
        struct rv_root root;
        struct rv_buf out; /* what was visited */
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        (void)st;
        (void)type;
        (void)ftw;
        return remove(path);
}

static int setup(void **state)
{
        struct world *world = calloc(1, sizeof *world);

        if (!world)
                return -1;
        (void)snprintf(world->path, sizeof world->path, "/tmp/reeve-config-XXXXXX");
        if (!mkdtemp(world->path))
                return -1;
        world->root = (struct rv_root){ .fd = open(world->path, O_DIRECTORY | O_CLOEXEC), .path = "/" };
        *state = world;
        return world->root.fd < 0 || mkdirat(world->root.fd, "etc", 0755) ||
               mkdirat(world->root.fd, "etc/reeve", 0755) || mkdirat(world->root.fd, "etc/reeve/conf.d", 0755);
}

static int teardown(void **state)
{
        struct world *world = *state;

        rv_root_close(&world->root);
        (void)nftw(world->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
        rv_buf_free(&world->out);
        free(world);
        return 0;
}

static void put(const struct world *world, const char *path, const char *text)
{
        int fd = openat(world->root.fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

        assert_true(fd >= 0);
        assert_int_equal(rv_write_all(fd, text, strlen(text)), 0);
        assert_int_equal(close(fd), 0);
}

/* "place value|" of each sound line, "place !code|" of the rest. */
static void visit(void *user, const struct rv_config_entry *entry)
{
        struct world *world = user;
        const char *name = strrchr(entry->place, '/') + 1;

        if (entry->wrong)
                rv_buf_printf(&world->out, "%s !%s|", name, rv_code_id(entry->wrong->code));
        else
                rv_buf_printf(&world->out, "%s %s|", name, entry->value);
}

static void expect(struct world *world, const char *visited)
{
        rv_buf_clear(&world->out);
        assert_int_equal(rv_config_read(&world->root, NULL, visit, world), RV_OK);
        assert_string_equal(rv_buf_str(&world->out), visited);
}

static void test_order(void **state)
{
        struct world *world = *state;

        expect(world, "");
        put(world, "etc/reeve/conf.d/20.conf", "[a]\nk=3\n");
        put(world, "etc/reeve/conf.d/10.conf", "[a]\nk=2\nrubbish\n");
        put(world, "etc/reeve/conf.d/.hidden.conf", "[a]\nk=4\n");
        put(world, "etc/reeve/conf.d/10.conf.rpmsave", "[a]\nk=5\n");
        put(world, "etc/reeve/conf.d/.conf", "[a]\nk=6\n");
        put(world, "etc/reeve/reeve.conf", "[a]\nk=1\n");
        expect(world, "reeve.conf:2 1|10.conf:2 2|10.conf:3 !partial|20.conf:2 3|");
}

static void test_no_directory(void **state)
{
        struct world *world = *state;

        assert_int_equal(unlinkat(world->root.fd, "etc/reeve/conf.d", AT_REMOVEDIR), 0);
        expect(world, "");
        put(world, "etc/reeve/conf.d", "[a]\nk=1\n");
        put(world, "etc/reeve/reeve.conf", "[a]\nk=1\n");
        expect(world, "reeve.conf:2 1|");
}

/* What is no file, and what is too much, is said and not read. */
static void test_hostile(void **state)
{
        struct world *world = *state;
        char *large = calloc(1, 70000), name[64];
        int i;

        assert_non_null(large);
        memset(large, '#', 69999);
        assert_int_equal(mkfifoat(world->root.fd, "etc/reeve/reeve.conf", 0644), 0);
        put(world, "etc/reeve/conf.d/large.conf", large);
        assert_int_equal(mkdirat(world->root.fd, "etc/reeve/conf.d/folder.conf", 0755), 0);
        assert_int_equal(symlinkat("/etc/reeve/conf.d/real", world->root.fd, "etc/reeve/conf.d/link.conf"), 0);
        put(world, "etc/reeve/conf.d/real", "[a]\nk=inside\n");
        assert_int_equal(symlinkat("nowhere", world->root.fd, "etc/reeve/conf.d/gone.conf"), 0);
        expect(world, "reeve.conf !damaged|folder.conf !damaged|large.conf !damaged|link.conf:2 inside|");
        free(large);
        for (i = 0; i < 70; i++) {
                (void)snprintf(name, sizeof name, "etc/reeve/conf.d/%d.conf", i);
                put(world, name, "[a]\nk=1\n");
        }
        expect(world, "reeve.conf !damaged|conf.d !partial|");
}

/* Only root's own word counts for root, but in a foreign root files are data whoever owns them. */
static void test_owner(void **state)
{
        struct world *world = *state;

        if (geteuid() != 0)
                skip();
        put(world, "etc/reeve/reeve.conf", "[a]\nk=1\n");
        put(world, "etc/reeve/conf.d/a.conf", "[a]\nk=2\n");
        assert_int_equal(fchownat(world->root.fd, "etc/reeve/reeve.conf", 65534, 65534, 0), 0);
        assert_int_equal(fchmodat(world->root.fd, "etc/reeve/conf.d/a.conf", 0664, 0), 0);
        expect(world, "reeve.conf !untrusted|a.conf !untrusted|");
        assert_int_equal(fchmodat(world->root.fd, "etc/reeve/conf.d", 0777, 0), 0);
        expect(world, "reeve.conf !untrusted|conf.d !untrusted|");
        world->root.foreign = true;
        expect(world, "reeve.conf:2 1|a.conf:2 2|");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_order, setup, teardown),
                cmocka_unit_test_setup_teardown(test_no_directory, setup, teardown),
                cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
                cmocka_unit_test_setup_teardown(test_owner, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
