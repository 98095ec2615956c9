/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the views of this plugin are filled from: one disk, looked at once for each fill.
 * Ownership: the picture owns what it opened; picture_close releases it. */
#ifndef REEVE_SLOTS_H
#define REEVE_SLOTS_H

#include <reeve/plugin.h>

#include "core/distro/reader.h"
#include "plugins/slots/disk/esp.h"
#include "plugins/slots/disk/host.h"
#include "plugins/slots/disk/layout.h"

struct picture {
        const char *none;     /* why there are no slots to show (a msgid); NULL: there is a disk */
        char name[256];       /* path of the image, or of the device */
        char disk[HOST_NAME]; /* kernel name of the device, "" for an image */
        int fd;
        bool device, running;    /* a block device; the one that this machine runs from */
        struct host_disk host;   /* of the running machine; empty for a foreign root */
        struct rv_reader reader; /* the whole disk */
        struct gpt gpt;
        const struct gpt_copy *copy;
        struct layout layout;
        struct esp esp;
        struct boot_choice choice;
        bool esp_damaged;
        int next; /* slot, -1: none */
};

/* Opens the image or the root's disk, reads both GPT copies, the ESP and the slots, decides who boots. Names what it
 * reads to the sink; what was read from a device goes stale after these seconds. No disk to look at is no error:
 * `none` says why. */
int picture_open(const struct rv_query *query, struct rv_sink *sink, unsigned seconds, struct picture *ret,
                 struct rv_err *err) RV_CHECK;
void picture_close(struct picture *picture);
#define PICTURE_CLEANUP __attribute__((cleanup(picture_close)))

/* The bytes of a partition. name is for errors and must outlive the reader. */
struct rv_reader picture_part(const struct picture *picture, const struct gpt_part *part, const char *name);
/* "/dev/nvme0n1p3" on a device, "disk.img#3" in an image. */
void picture_device(const struct picture *picture, const struct gpt_part *part, char *ret, size_t room);
/* Fills in the versions that can be read; warns of what can't. */
void picture_versions(struct picture *picture, const struct rv_query *query, struct rv_sink *sink);

/* Without slots: warns of the reason and is true. */
bool picture_told_none(const struct picture *picture, struct rv_sink *sink);
void put_reason(struct rv_sink *sink, unsigned column, const struct reason *reason);

enum { VIEW_SECONDS = 5 }; /* how old the views of a device may be */

rv_fill slots_fill, next_fill, disk_fill, slots_findings, slots_space;

#endif
