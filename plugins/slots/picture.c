/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening the disk and putting together what its parts say. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/time.h"
#include "plugins/slots/disk/probe.h"
#include "plugins/slots/slots.h"

static bool own_root(const struct rv_query *query)
{
        struct stat mine, root;

        return fstat(rv_root_fd(query), &mine) == 0 && stat("/", &root) == 0 && mine.st_dev == root.st_dev &&
               mine.st_ino == root.st_ino;
}

static const char NAME_A_DISK[] = N_("give --image a file or a device such as /dev/sda");

static int open_failed(int number, const char *path, struct rv_err *err)
{
        if (number == ENOENT || number == ENOTDIR)
                return rv_fail(err, RV_NOTFOUND, N_("%1: there is no such file or device"), NAME_A_DISK, path, NULL);
        return rv_fail_errno(err, number, N_("%1: cannot be opened: %2"), path);
}

static int check_kind(const struct stat *st, const char *path, struct rv_err *err)
{
        if (S_ISREG(st->st_mode) || S_ISBLK(st->st_mode))
                return 0;
        return rv_fail(err, RV_USAGE, N_("%1: is neither a disk image nor a block device"), NAME_A_DISK, path, NULL);
}

static int take_size(struct picture *picture, const struct stat *st, unsigned *ret_sector, struct rv_err *err)
{
        uint64_t size = (uint64_t)st->st_size;
        int sector = 0;

        if (picture->device && (ioctl(picture->fd, BLKGETSIZE64, &size) || ioctl(picture->fd, BLKSSZGET, &sector)))
                return rv_fail_errno(err, errno, N_("%1: its size cannot be read: %2"), picture->name);
        if (size == 0)
                return rv_fail(err, RV_DAMAGED, N_("%1: is empty (0 bytes)"),
                               N_("Write the image again, or attach the device to one"), picture->name, NULL);
        *ret_sector = (unsigned)sector;
        picture->reader = rv_reader_fd(picture->fd, size, picture->name);
        return 0;
}

/* Opens the named image as the caller's ordinary path. What is no file or disk is refused before it is opened. */
static int open_image(const struct rv_query *query, struct rv_sink *sink, const char *path, struct picture *picture,
                      unsigned *ret_sector, struct rv_err *err)
{
        struct stat st;

        if (snprintf(picture->name, sizeof picture->name, "%s", path) >= (int)sizeof picture->name)
                return rv_fail(err, RV_USAGE, N_("%1: is too long a path"), NULL, path, NULL);
        if (stat(path, &st))
                return open_failed(errno, path, err);
        int r = check_kind(&st, path, err);
        if (r)
                return r;
        picture->device = S_ISBLK(st.st_mode);
        r = rv_depends(sink, AT_FDCWD, path);
        if (r)
                return r;
        picture->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        if (picture->fd < 0 || fstat(picture->fd, &st))
                return open_failed(errno, path, err);
        r = check_kind(&st, path, err);
        if (r)
                return r;
        picture->device = S_ISBLK(st.st_mode);
        if (picture->device && own_root(query)) {
                /* Partitions are named after the kernel's name of the disk, whatever link was given. */
                host_block_name(rv_root_fd(query), major(st.st_rdev), minor(st.st_rdev), picture->disk,
                                sizeof picture->disk);
                host_find(rv_root_fd(query), &picture->host);
                picture->running = *picture->host.name && major(st.st_rdev) == picture->host.maj &&
                                   minor(st.st_rdev) == picture->host.min;
        }
        return take_size(picture, &st, ret_sector, err);
}

static int open_running(const struct rv_query *query, struct rv_sink *sink, struct picture *picture,
                        unsigned *ret_sector, struct rv_err *err)
{
        int rootfd = rv_root_fd(query);
        struct stat st;

        if (!own_root(query)) {
                picture->none = N_("this root has no update slots of its own; name its disk or image with --image");
                return rv_depends(sink, rootfd, "/");
        }
        picture->device = true;
        host_find(rootfd, &picture->host);
        if (!*picture->host.name) {
                picture->none = N_("this root has no update slots: it does not lie on a disk that can be found");
                return rv_depends(sink, rootfd, "/dev");
        }
        picture->running = true;
        (void)snprintf(picture->name, sizeof picture->name, "/dev/%s", picture->host.name);
        (void)snprintf(picture->disk, sizeof picture->disk, "%s", picture->host.name);
        int r = rv_depends(sink, rootfd, picture->name);
        if (r)
                return r;
        picture->fd = rv_open_in_root(rootfd, picture->name, O_RDONLY | O_NONBLOCK);
        if (picture->fd < 0) {
                int number = -picture->fd;
                picture->fd = -1;
                /* Without rights the kernel still tells the partitions' names: most machines have no slots. */
                if ((number == EACCES || number == EPERM) && !host_slot_names(rootfd, &picture->host)) {
                        picture->none = N_("this root has no update slots");
                        return 0;
                }
                return rv_fail_errno(err, number, N_("%1: cannot be opened: %2"), picture->name);
        }
        if (fstat(picture->fd, &st) || !S_ISBLK(st.st_mode))
                return rv_fail(err, RV_FAILED, N_("%1: is no block device"), NULL, picture->name, NULL);
        return take_size(picture, &st, ret_sector, err);
}

struct rv_reader picture_part(const struct picture *picture, const struct gpt_part *part, const char *name)
{
        uint64_t sectors = part->last < part->first ? 0 : part->last - part->first + 1;

        /* A sector number beyond the disk must not wrap around into it. */
        if (part->first >= picture->gpt.n_sectors)
                return rv_reader_part(&picture->reader, picture->reader.size, 0, name);
        if (sectors > picture->gpt.n_sectors)
                sectors = picture->gpt.n_sectors;
        return rv_reader_part(&picture->reader, part->first * picture->gpt.sector, sectors * picture->gpt.sector, name);
}

void picture_device(const struct picture *picture, const struct gpt_part *part, char *ret, size_t room)
{
        size_t n = strlen(picture->disk);
        bool digit = n && picture->disk[n - 1] >= '0' && picture->disk[n - 1] <= '9';

        if (n)
                (void)snprintf(ret, room, "/dev/%s%s%u", picture->disk, digit ? "p" : "", part->index);
        else
                (void)snprintf(ret, room, "%s#%u", picture->name, part->index);
}

static void read_esp(struct picture *picture, struct rv_sink *sink)
{
        if (!picture->layout.esp)
                return;
        struct rv_reader part = picture_part(picture, picture->layout.esp, picture->name);
        if (esp_read(&part, &picture->esp, NULL)) {
                picture->esp_damaged = true;
                rv_warn(sink, RV_DAMAGED, N_("%1: its EFI system partition can't be read: no readable FAT file system"),
                        picture->name, NULL);
        }
}

/* Which slot each boot entry starts, and what of the machine overrides their order. */
static void read_choice(const struct rv_query *query, struct picture *picture)
{
        for (size_t i = 0; i < picture->esp.n_entries; i++) {
                struct boot_entry *entry = &picture->esp.entries[i];
                entry->slot = layout_slot(&picture->layout, esp_letter(entry->name), entry->usr);
        }
        (void)snprintf(picture->choice.config, sizeof picture->choice.config, "%s", picture->esp.config_default);
        if (!picture->running || !host_variables(rv_root_fd(query)))
                return;
        picture->choice.known = true;
        host_variable(rv_root_fd(query), "LoaderEntryOneShot", picture->choice.once, sizeof picture->choice.once);
        host_variable(rv_root_fd(query), "LoaderEntryDefault", picture->choice.variable,
                      sizeof picture->choice.variable);
        if (*picture->choice.variable == '@')
                *picture->choice.variable = '\0';
}

static void decide(struct picture *picture)
{
        struct layout *layout = &picture->layout;

        if (layout->provider == PROVIDER_FLATCAR) {
                picture->next = next_gptprio(layout->slots, layout->n);
        } else if (layout->provider == PROVIDER_ACL && picture->esp.readable) {
                picture->next = next_sdboot(layout->slots, layout->n, picture->esp.entries, picture->esp.n_entries,
                                            &picture->choice);
        } else {
                picture->next = -1;
                for (size_t i = 0; i < layout->n; i++)
                        reason_set(&layout->slots[i].reason,
                                   layout->provider == PROVIDER_ACL
                                           ? N_("unknown: the boot entries on the EFI system partition can't be read")
                                           : N_("unknown: how this layout chooses is not known to reeve"),
                                   NULL);
        }
}

static void read_slots(struct picture *picture)
{
        struct layout *layout = &picture->layout;

        for (size_t i = 0; i < layout->n; i++) {
                struct slot *slot = &layout->slots[i];
                struct rv_reader part = picture_part(picture, slot->part, picture->name);
                slot->content = probe_content(&part);
                /* systemd-sysupdate calls a free slot `_empty`, whatever is left in it. Of one that the disk ends
                 * before nobody can tell. */
                if (strcmp(slot->part->label, "_empty") == 0 ||
                    (slot->content && !strcmp(slot->content, "empty") && !gpt_cut(&picture->gpt, slot->part)))
                        slot->health = HEALTH_EMPTY;
                /* A foreign image boots elsewhere, if at all; here it does not run. */
                slot->booted = picture->running && host_booted(&picture->host, slot->part->index) ? YES : NO;
        }
}

/* Whatever the boot loader would choose: what is not there does not start. A free slot has nothing to lose. */
static void judge_cut(struct picture *picture)
{
        for (size_t i = 0; i < picture->layout.n; i++) {
                struct slot *slot = &picture->layout.slots[i];
                char index[12];
                if (!gpt_cut(&picture->gpt, slot->part) || slot_empty(slot))
                        continue;
                slot->health = HEALTH_BAD;
                slot->cut = true;
                (void)snprintf(index, sizeof index, "%u", slot->part->index);
                reason_set(&slot->reason, N_("its partition %1 lies beyond the end of the disk: it cannot start"),
                           index, NULL);
        }
}

static void read_hashes(struct picture *picture)
{
        struct layout *layout = &picture->layout;

        for (size_t i = 0; i < layout->n; i++) {
                struct slot *slot = &layout->slots[i];
                const char *from = "";
                if (layout->provider == PROVIDER_FLATCAR && (slot->key[0] == 'A' || slot->key[0] == 'B') &&
                    !slot->key[1])
                        from = picture->esp.flatcar_hash[slot->key[0] - 'A'];
                /* Entries are sorted by now: the first one of a slot is what starts it. */
                for (size_t e = 0; layout->provider != PROVIDER_FLATCAR && !*from && e < picture->esp.n_entries; e++)
                        if (picture->esp.entries[e].slot == (int)i)
                                from = picture->esp.entries[e].roothash;
                (void)snprintf(slot->roothash, sizeof slot->roothash, "%s", from);
        }
}

int picture_open(const struct rv_query *query, struct rv_sink *sink, unsigned seconds, struct picture *ret,
                 struct rv_err *err)
{
        const char *image = rv_option(query, "image");
        unsigned sector = 0;

        *ret = (struct picture){ .fd = -1, .next = -1 };
        int r = image ? open_image(query, sink, image, ret, &sector, err)
                      : open_running(query, sink, ret, &sector, err);
        if (!r && !ret->none)
                r = gpt_read(&ret->reader, sector, &ret->gpt, err);
        /* A machine whose own disk has no GPT is an ordinary one; an image was named on purpose. */
        if (r == RV_UNSUPPORTED && !image) {
                ret->none = N_("this root has no update slots: its disk has no GPT");
                rv_err_clear(err);
                r = 0;
        }
        if (r || ret->none) {
                if (r)
                        picture_close(ret);
                return r;
        }
        ret->copy = gpt_used(&ret->gpt);
        layout_find(ret->copy, &ret->layout);
        read_esp(ret, sink);
        layout_settle(&ret->layout, &ret->esp);
        read_choice(query, ret);
        read_slots(ret);
        decide(ret);
        judge_cut(ret);
        read_hashes(ret);
        /* What is on a disk changes without any time stamp. */
        if (ret->device)
                rv_expires(sink, rv_now() + seconds);
        return 0;
}

void picture_close(struct picture *picture)
{
        esp_free(&picture->esp);
        gpt_free(&picture->gpt);
        rv_close(&picture->fd);
}
