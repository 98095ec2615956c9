/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The running machine: which disk its system lies on, which partitions of it /usr was started from, and what the
 * firmware's variables say. All of it is read below a root descriptor, from proc and sys.
 * Ownership: plain values. */
#ifndef REEVE_SLOTS_HOST_H
#define REEVE_SLOTS_HOST_H

#include "core/base/buf.h"

enum { HOST_NAME = 64, HOST_PARTS = 8 };

struct host_disk {
        char name[HOST_NAME];       /* kernel name of the whole disk ("nvme0n1"); "" when the system lies on no disk */
        unsigned maj, min;          /* of the whole disk */
        unsigned parts[HOST_PARTS]; /* partition numbers below /usr (or /): data and hash tree */
        unsigned n_parts;
};

/* The kernel's name of a block device, "" when sysfs does not know it. */
void host_block_name(int rootfd, unsigned maj, unsigned min, char *ret, size_t room);
/* Finds the disk below /usr, else below /. A system without one (a container, a network root) leaves name empty. */
void host_find(int rootfd, struct host_disk *ret);
bool host_booted(const struct host_disk *disk, unsigned partition);
/* Whether the kernel names a partition of this disk like a slot ("USR-A", "usr-a"): readable without rights. */
bool host_slot_names(int rootfd, const struct host_disk *disk);

/* Whether the machine has UEFI variables at all (started by BIOS it has none). */
bool host_variables(int rootfd);
/* A variable of the Boot Loader Interface ("LoaderEntryOneShot") as UTF-8, "" when it is not set. */
void host_variable(int rootfd, const char *name, char *ret, size_t room);

#endif
