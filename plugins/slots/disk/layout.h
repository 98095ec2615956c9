/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which partitions are slots, and whose layout it is. Sources: the disk layouts of Flatcar and Azure Container Linux,
 * and OS Guard's systemd-repart definitions. Ownership: slots borrow the partitions of the copy. */
#ifndef REEVE_SLOTS_LAYOUT_H
#define REEVE_SLOTS_LAYOUT_H

#include "plugins/slots/disk/slot.h"

struct esp;

struct layout {
        enum slot_provider provider;
        struct slot slots[SLOTS_MAX];
        size_t n;
        const struct gpt_part *esp; /* NULL for none */
};

/* Fills in keys and partitions; a disk without slots has n = 0 and PROVIDER_NONE. */
void layout_find(const struct gpt_copy *copy, struct layout *ret);
/* Flatcar and Azure Container Linux share partition types: without hash partitions the kernels on the ESP decide. */
void layout_settle(struct layout *layout, const struct esp *esp);
/* The slot with this letter ('a'), or whose partition has this PARTUUID ("" for none); -1. */
int layout_slot(const struct layout *layout, char letter, const char *partuuid);

#endif
