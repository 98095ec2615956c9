/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who boots next and why, for the two boot loaders of A/B hosts: decided from values alone, so that every case is a
 * line of a test's table. Ownership: slots are the caller's, changed in place; all else is borrowed. */
#ifndef REEVE_SLOTS_NEXT_H
#define REEVE_SLOTS_NEXT_H

#include "plugins/slots/disk/slot.h"

/* Flatcar's GRUB (gptprio.next): of the slots with tries left or marked successful the one of the highest priority; the
 * first in the table wins a tie, priority 0 never boots. slots are in the order of the partition table, with `part` and
 * (for an empty one) `health` set; sets priority, tries, successful, boots, health and reason. Returns the index of the
 * next one, -1 when nothing boots. */
int next_gptprio(struct slot *slots, size_t n);
/* The choice alone, from raw attributes: what one GPT copy would boot. */
int next_gptprio_choice(const uint64_t *attrs, size_t n);

enum { BOOT_ENTRY_NAME = 256, BOOT_ENTRIES_MAX = 256, BOOT_KEY = 128 };

/* An entry of systemd-boot's menu: a unified kernel image in EFI/Linux, or a file in loader/entries. */
struct boot_entry {
        char name[BOOT_ENTRY_NAME];                                       /* file name */
        char sort_key[BOOT_KEY], machine_id[BOOT_KEY], version[BOOT_KEY]; /* "" for none */
        int left, done;                                                   /* boot counters; left -1: not counted */
        char roothash[ROOTHASH], usr[GUID_TEXT]; /* of its command line: hash, PARTUUID of /usr; "" for none */
        uint64_t size;
        int slot; /* index of what it starts, -1 for no slot */
};

/* What overrides the order. Each is a glob over file names in small letters, "" for none; known says whether the
 * machine's variables could be read at all (they can't for an image). */
struct boot_choice {
        char once[BOOT_ENTRY_NAME], variable[BOOT_ENTRY_NAME], config[BOOT_ENTRY_NAME];
        bool known;
};

/* Splits the counters off a file name: "+LEFT" or "+LEFT-DONE" before the suffix. Without them left is -1. */
void boot_counters(const char *name, const char *suffix, int *ret_left, int *ret_done);
/* systemd-boot's order: entries without tries last, then sort-key, machine-id, version (newest first), name. */
int boot_entry_compare(const struct boot_entry *a, const struct boot_entry *b);
/* Sorts the entries and sets tries, successful, boots, health and reason of each slot; as next_gptprio otherwise. */
int next_sdboot(struct slot *slots, size_t n, struct boot_entry *entries, size_t n_entries,
                const struct boot_choice *choice);

/* Msgids whose %1 is the slot's key: how long the choice of the slot that boots next holds; and what the slot that
 * comes after it is to it (NULL: there is none). */
const char *next_choice(const struct slot *slot);
const char *next_after(const struct slot *chosen, const struct slot *slot);

#endif
