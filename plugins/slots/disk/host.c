/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a mount to the disk below it: mountinfo gives a device, sysfs the devices that it is made of. */
#include "plugins/slots/disk/host.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/utf8.h"
#include "core/distro/reader.h"

enum { DEPTH_MAX = 5, FILE_MAX = 1 << 20, SMALL_MAX = 4096 };

static bool read_small(int rootfd, const char *path, struct rv_buf *ret)
{
        rv_buf_clear(ret);
        int RV_FD_CLEANUP fd = rv_open_in_root(rootfd, path, O_RDONLY);
        if (fd < 0)
                return false;
        /* Files of proc and sys say that they are empty: read until the end. */
        for (;;) {
                char *at = rv_buf_reserve(ret, SMALL_MAX);
                ssize_t n = at && ret->size < FILE_MAX ? read(fd, at, SMALL_MAX) : -1;
                if (n < 0)
                        return false;
                at[n] = '\0';
                if (n == 0)
                        return true;
                ret->size += (size_t)n;
        }
}

/* The value of a KEY=value line. */
static bool uevent(const struct rv_buf *text, const char *key, char *ret, size_t room)
{
        size_t length = strlen(key);

        for (const char *line = rv_buf_str(text); *line; line += strcspn(line, "\n"), line += *line == '\n')
                if (strncmp(line, key, length) == 0 && line[length] == '=') {
                        line += length + 1;
                        int n = (int)strcspn(line, "\n");
                        return snprintf(ret, room, "%.*s", n, line) < (int)room;
                }
        return false;
}

/* The device of the last mount on a directory: "ID PARENT MAJ:MIN ROOT DIR ... - TYPE SOURCE OPTIONS". */
static bool mount_device(int rootfd, const struct rv_buf *mounts, const char *directory, unsigned *ret_maj,
                         unsigned *ret_min)
{
        bool found = false;

        for (const char *line = rv_buf_str(mounts); *line; line += strcspn(line, "\n"), line += *line == '\n') {
                char where[256], source[256] = "";
                unsigned maj, min;
                if (sscanf(line, "%*u %*u %u:%u %*s %255s", &maj, &min, where) != 3 || strcmp(where, directory) != 0)
                        continue;
                const char *dash = strstr(line, " - ");
                struct stat st;
                /* btrfs and the like have a device number of no device; what was mounted is named. */
                if (maj == 0 && dash && sscanf(dash, " - %*s %255s", source) == 1 && strncmp(source, "/dev/", 5) == 0 &&
                    rv_stat_in_root(rootfd, source, &st) == 0 && S_ISBLK(st.st_mode)) {
                        maj = major(st.st_rdev);
                        min = minor(st.st_rdev);
                }
                *ret_maj = maj;
                *ret_min = min;
                found = maj != 0;
        }
        return found;
}

/* A leaf: a partition of a disk, or a whole disk. */
static void add_leaf(int rootfd, const char *device, struct host_disk *ret)
{
        struct rv_buf RV_BUF_CLEANUP text = { 0 };
        char path[512], kind[32] = "", number[16] = "";

        (void)snprintf(path, sizeof path, "%s/uevent", device);
        if (!read_small(rootfd, path, &text) || !uevent(&text, "DEVTYPE", kind, sizeof kind))
                return;
        bool partition = strcmp(kind, "partition") == 0;
        if (partition)
                (void)uevent(&text, "PARTN", number, sizeof number);
        /* A partition's directory lies in that of its disk. */
        (void)snprintf(path, sizeof path, "%s/%suevent", device, partition ? "../" : "");
        char name[HOST_NAME], major_text[16], minor_text[16];
        if (!read_small(rootfd, path, &text) || !uevent(&text, "DEVNAME", name, sizeof name) ||
            !uevent(&text, "MAJOR", major_text, sizeof major_text) ||
            !uevent(&text, "MINOR", minor_text, sizeof minor_text))
                return;
        /* Slots lie on one disk; the first one found counts. */
        if (*ret->name && strcmp(ret->name, name) != 0)
                return;
        (void)snprintf(ret->name, sizeof ret->name, "%s", name);
        ret->maj = (unsigned)strtoul(major_text, NULL, 10);
        ret->min = (unsigned)strtoul(minor_text, NULL, 10);
        if (*number && ret->n_parts < HOST_PARTS)
                ret->parts[ret->n_parts++] = (unsigned)strtoul(number, NULL, 10);
}

/* Goes down through device-mapper and the like to what they are made of. */
static void descend(int rootfd, const char *device, unsigned depth, struct host_disk *ret)
{
        char path[512];
        unsigned below = 0;

        (void)snprintf(path, sizeof path, "%s/slaves", device);
        int fd = rv_open_in_root(rootfd, path, O_RDONLY | O_DIRECTORY);
        DIR *directory = fd < 0 ? NULL : fdopendir(fd);
        if (fd >= 0 && !directory)
                (void)close(fd);
        for (struct dirent *entry; directory && depth < DEPTH_MAX && (entry = readdir(directory));) {
                if (entry->d_name[0] == '.' ||
                    snprintf(path, sizeof path, "%s/slaves/%s", device, entry->d_name) >= (int)sizeof path)
                        continue;
                below++;
                descend(rootfd, path, depth + 1, ret);
        }
        if (directory)
                (void)closedir(directory);
        if (!below)
                add_leaf(rootfd, device, ret);
}

void host_block_name(int rootfd, unsigned maj, unsigned min, char *ret, size_t room)
{
        struct rv_buf RV_BUF_CLEANUP text = { 0 };
        char path[64];

        *ret = '\0';
        (void)snprintf(path, sizeof path, "sys/dev/block/%u:%u/uevent", maj, min);
        if (read_small(rootfd, path, &text) && !uevent(&text, "DEVNAME", ret, room))
                *ret = '\0';
}

void host_find(int rootfd, struct host_disk *ret)
{
        struct rv_buf RV_BUF_CLEANUP mounts = { 0 };
        unsigned maj, min;
        char device[64];

        *ret = (struct host_disk){ .n_parts = 0 };
        if (!read_small(rootfd, "proc/self/mountinfo", &mounts))
                return;
        if (!mount_device(rootfd, &mounts, "/usr", &maj, &min) && !mount_device(rootfd, &mounts, "/", &maj, &min))
                return;
        (void)snprintf(device, sizeof device, "sys/dev/block/%u:%u", maj, min);
        descend(rootfd, device, 0, ret);
}

bool host_booted(const struct host_disk *disk, unsigned partition)
{
        for (unsigned i = 0; i < disk->n_parts; i++)
                if (disk->parts[i] == partition)
                        return true;
        return false;
}

bool host_slot_names(int rootfd, const struct host_disk *disk)
{
        struct rv_buf RV_BUF_CLEANUP text = { 0 };
        char path[512], name[128];
        bool found = false;

        (void)snprintf(path, sizeof path, "sys/class/block/%s", disk->name);
        int fd = rv_open_in_root(rootfd, path, O_RDONLY | O_DIRECTORY);
        DIR *directory = fd < 0 ? NULL : fdopendir(fd);
        if (!directory) {
                if (fd >= 0)
                        (void)close(fd);
                return false;
        }
        for (struct dirent *entry; !found && (entry = readdir(directory));) {
                if (strncmp(entry->d_name, disk->name, strlen(disk->name)) != 0 ||
                    snprintf(path, sizeof path, "sys/class/block/%s/%s/uevent", disk->name, entry->d_name) >=
                            (int)sizeof path)
                        continue;
                found = read_small(rootfd, path, &text) && uevent(&text, "PARTNAME", name, sizeof name) &&
                        strncasecmp(name, "usr-", 4) == 0;
        }
        (void)closedir(directory);
        return found;
}

bool host_variables(int rootfd)
{
        struct stat st;

        return rv_stat_in_root(rootfd, "sys/firmware/efi/efivars", &st) == 0 && S_ISDIR(st.st_mode);
}

void host_variable(int rootfd, const char *name, char *ret, size_t room)
{
        struct rv_buf RV_BUF_CLEANUP bytes = { 0 };
        char path[256];
        size_t used = 0;

        *ret = '\0';
        (void)snprintf(path, sizeof path, "sys/firmware/efi/efivars/%s-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", name);
        /* Four bytes of attributes, then UTF-16. */
        if (!read_small(rootfd, path, &bytes) || bytes.size < 4)
                return;
        for (size_t i = 4; i + 1 < bytes.size && used + 4 < room; i += 2) {
                uint32_t c = rv_le16(bytes.data + i);
                if (!c)
                        break;
                used += rv_utf8_encode(c >= 0xd800 && c < 0xe000 ? 0xfffd : c, ret + used);
        }
        ret[used] = '\0';
}
