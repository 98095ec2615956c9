/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Columns by number, in the order of their declarations in plugin.c. Ownership: none. */
#ifndef REEVE_SLOTS_VIEWS_H
#define REEVE_SLOTS_VIEWS_H

enum {
        SLOT_SLOT,
        SLOT_PROVIDER,
        SLOT_DEVICE,
        SLOT_VERSION_COLUMN,
        SLOT_BOOTED,
        SLOT_HEALTH,
        SLOT_BOOTS,
        SLOT_PRIORITY,
        SLOT_TRIES,
        SLOT_SUCCESSFUL,
        SLOT_SIZE,
        SLOT_ROOTHASH,
        SLOT_VERITY,
        SLOT_SIGNER,
        SLOT_INSTALLED_AT,
        SLOT_REASON,
        SLOT_START,
        SLOT_DISK
};

enum { VERITY_OK, VERITY_RECORDED, VERITY_SELF, VERITY_BAD, VERITY_UNCHECKED, VERITY_NONE };

enum { NEXT_ID, NEXT_WHAT, NEXT_TEXT };

enum {
        DISK_INDEX,
        DISK_LABEL,
        DISK_TYPE,
        DISK_PARTUUID,
        DISK_START,
        DISK_SIZE,
        DISK_CONTENT,
        DISK_USED,
        DISK_ATTRS,
        DISK_NOTE,
        DISK_CAPTION
};

#endif
