/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: slots-disk */
/* Finding the running system's disk, in trees that look like proc and sys of such machines. */
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

#include "core/base/file.h"
#include "plugins/slots/disk/host.h"

struct tree {
        char path[64];
        int fd;
};

static int setup(void **state)
{
        struct tree *tree = calloc(1, sizeof *tree);

        if (!tree)
                return -1;
        strcpy(tree->path, "/tmp/reeve-host.XXXXXX");
        if (!mkdtemp(tree->path))
                return -1;
        tree->fd = open(tree->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        *state = tree;
        return 0;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *where)
{
        (void)st, (void)kind, (void)where;
        return remove(path);
}

static int teardown(void **state)
{
        struct tree *tree = *state;

        (void)close(tree->fd);
        int r = nftw(tree->path, drop, 8, FTW_DEPTH | FTW_PHYS);
        free(tree);
        return r;
}

static void folders(const struct tree *tree, const char *path)
{
        char part[256];

        for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
                (void)snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
                (void)mkdirat(tree->fd, part, 0755);
        }
}

static void put(const struct tree *tree, const char *path, const void *bytes, size_t n)
{
        folders(tree, path);
        int fd = openat(tree->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        assert_true(fd >= 0);
        assert_int_equal(rv_write_all(fd, bytes, n), 0);
        assert_int_equal(close(fd), 0);
}

static void text(const struct tree *tree, const char *path, const char *s)
{
        put(tree, path, s, strlen(s));
}

static void link_to(const struct tree *tree, const char *path, const char *target)
{
        folders(tree, path);
        assert_int_equal(symlinkat(target, tree->fd, path), 0);
}

/* A disk with partitions 3 and 4, as sysfs shows it; /usr may lie on dm-verity over both. */
static void disk(const struct tree *tree)
{
        text(tree, "sys/devices/pci/nvme0n1/uevent", "MAJOR=259\nMINOR=0\nDEVNAME=nvme0n1\nDEVTYPE=disk\n");
        text(tree, "sys/devices/pci/nvme0n1/nvme0n1p3/uevent",
             "MAJOR=259\nMINOR=3\nDEVNAME=nvme0n1p3\nDEVTYPE=partition\nPARTN=3\nPARTNAME=USR-A\n");
        text(tree, "sys/devices/pci/nvme0n1/nvme0n1p4/uevent",
             "MAJOR=259\nMINOR=4\nDEVNAME=nvme0n1p4\nDEVTYPE=partition\nPARTN=4\nPARTNAME=HASH-A\n");
        link_to(tree, "sys/dev/block/259:3", "../../devices/pci/nvme0n1/nvme0n1p3");
        link_to(tree, "sys/class/block/nvme0n1", "../../devices/pci/nvme0n1");
}

static void verity(const struct tree *tree)
{
        text(tree, "sys/devices/virtual/block/dm-0/uevent", "MAJOR=254\nMINOR=0\nDEVNAME=dm-0\nDEVTYPE=disk\n");
        link_to(tree, "sys/devices/virtual/block/dm-0/slaves/nvme0n1p3", "../../../../pci/nvme0n1/nvme0n1p3");
        link_to(tree, "sys/devices/virtual/block/dm-0/slaves/nvme0n1p4", "../../../../pci/nvme0n1/nvme0n1p4");
        link_to(tree, "sys/dev/block/254:0", "../../devices/virtual/block/dm-0");
}

static void test_plain(void **state)
{
        const struct tree *tree = *state;
        struct host_disk found;

        disk(tree);
        text(tree, "proc/self/mountinfo",
             "20 1 0:20 / / rw - overlay overlay rw\n21 20 259:3 / /usr ro - ext4 /dev/x ro\n");
        host_find(tree->fd, &found);
        assert_string_equal(found.name, "nvme0n1");
        assert_int_equal(found.maj, 259);
        assert_int_equal(found.min, 0);
        assert_true(host_booted(&found, 3));
        assert_false(host_booted(&found, 4));
        assert_true(host_slot_names(tree->fd, &found));
        char name[8];
        host_block_name(tree->fd, 259, 3, name, sizeof name);
        assert_string_equal(name, "");
        char room[16];
        host_block_name(tree->fd, 259, 3, room, sizeof room);
        assert_string_equal(room, "nvme0n1p3");
        host_block_name(tree->fd, 1, 2, room, sizeof room);
        assert_string_equal(room, "");
}

static void test_verity(void **state)
{
        const struct tree *tree = *state;
        struct host_disk found;

        disk(tree);
        verity(tree);
        text(tree, "proc/self/mountinfo",
             "21 20 259:9 / / rw - ext4 /dev/y rw\n22 21 254:0 / /usr ro - erofs /dev/x ro\n");
        host_find(tree->fd, &found);
        assert_string_equal(found.name, "nvme0n1");
        assert_true(host_booted(&found, 3) && host_booted(&found, 4));
}

static void test_none(void **state)
{
        const struct tree *tree = *state;
        struct host_disk found;

        host_find(tree->fd, &found);
        assert_string_equal(found.name, "");
        assert_false(host_booted(&found, 0));
        assert_false(host_slot_names(tree->fd, &found));
        assert_false(host_variables(tree->fd));
        /* A container, a network root, rubbish, a device that sysfs does not know. */
        static const char *const mounts[] = { "20 1 0:20 / / rw - overlay overlay rw\n",
                                              "",
                                              "rubbish\n\n1 2\n",
                                              "20 1 99999999999:1 / / rw - x y z\n",
                                              "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n",
                                              "20 1 0:20 / / rw - btrfs /dev/none rw\n" };
        for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++) {
                text(tree, "proc/self/mountinfo", mounts[i]);
                host_find(tree->fd, &found);
                assert_string_equal(found.name, "");
        }
}

/* Device-mapper that is made of itself. */
static void test_circle(void **state)
{
        const struct tree *tree = *state;
        struct host_disk found;

        link_to(tree, "sys/devices/virtual/block/dm-1/slaves/dm-1", "../../dm-1");
        link_to(tree, "sys/dev/block/254:1", "../../devices/virtual/block/dm-1");
        text(tree, "proc/self/mountinfo", "22 21 254:1 / / ro - erofs /dev/x ro\n");
        host_find(tree->fd, &found);
        assert_string_equal(found.name, "");
}

static void test_variables(void **state)
{
        static const char once[] = "\x07\0\0\0v\0-\0008\0.\0e\0f\0i\0\0\0z\0";
        const struct tree *tree = *state;
        char value[8];

        put(tree, "sys/firmware/efi/efivars/LoaderEntryOneShot-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", once,
            sizeof once - 1);
        assert_true(host_variables(tree->fd));
        host_variable(tree->fd, "LoaderEntryDefault", value, sizeof value);
        assert_string_equal(value, "");
        host_variable(tree->fd, "LoaderEntryOneShot", value, sizeof value);
        /* Cut to the room, never beyond. */
        assert_string_equal(value, "v-8.");
        char room[32];
        host_variable(tree->fd, "LoaderEntryOneShot", room, sizeof room);
        assert_string_equal(room, "v-8.efi");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_plain, setup, teardown),
                cmocka_unit_test_setup_teardown(test_verity, setup, teardown),
                cmocka_unit_test_setup_teardown(test_none, setup, teardown),
                cmocka_unit_test_setup_teardown(test_circle, setup, teardown),
                cmocka_unit_test_setup_teardown(test_variables, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
