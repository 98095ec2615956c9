/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both copies of a GUID partition table, each judged on its own (UEFI 2.10, section 5.3). Libraries show the one copy
 * that they believe; whether both say the same is what an administrator must know before the next update.
 * Ownership: a table owns its partitions; gpt_free releases them. Nothing is ever written. */
#ifndef REEVE_SLOTS_GPT_H
#define REEVE_SLOTS_GPT_H

#include <reeve/err.h>

#include "plugins/slots/disk/guid.h"

struct rv_reader;

/* Limits: 8,192 entries of 128 bytes are more than any tool writes, and bound what a lying header costs. */
enum { GPT_LABEL = 36 * 4 + 1, GPT_ENTRY_BYTES_MAX = 1 << 20, GPT_ENTRY_SIZE_MAX = 4096 };

struct gpt_part {
        uint32_t index; /* from 1, as tools number them */
        struct guid type, uuid;
        uint64_t first, last; /* sectors, both inclusive */
        uint64_t attrs;
        char label[GPT_LABEL]; /* UTF-8; unpaired surrogates become U+FFFD */
};

/* Attribute bits of gptprio, as Flatcar's boot loader and update_engine use them. */
static inline unsigned gpt_priority(uint64_t attrs)
{
        return (unsigned)(attrs >> 48 & 15);
}
static inline unsigned gpt_tries(uint64_t attrs)
{
        return (unsigned)(attrs >> 52 & 15);
}
static inline bool gpt_successful(uint64_t attrs)
{
        return attrs >> 56 & 1;
}

enum gpt_state {
        GPT_GOOD,
        GPT_ABSENT,      /* no signature where it should be */
        GPT_BEYOND,      /* the disk ends before it: an image that was cut, a disk that shrank */
        GPT_BAD_HEADER,  /* checksum or a field out of bounds */
        GPT_BAD_ENTRIES, /* the header is fine, its entries are not what it checksummed */
        GPT_UNREADABLE
};

struct gpt_copy {
        enum gpt_state state;
        uint64_t lba, other_lba; /* where it is, where it says the other one is */
        uint64_t first_usable, last_usable, entries_lba;
        uint32_t n_entries, entry_size;
        struct guid disk;
        struct gpt_part *parts; /* used entries in order; only when GPT_GOOD */
        size_t n_parts;
};

enum { GPT_PRIMARY, GPT_BACKUP, GPT_COPIES };

struct gpt {
        struct gpt_copy copy[GPT_COPIES];
        unsigned sector;    /* bytes: 512 or 4096 */
        uint64_t n_sectors; /* of the disk */
};

/* Reads both copies. sector is the device's own, or 0 for an image: then it is found by looking for the header.
 * RV_UNSUPPORTED: there is no GPT (another partition table, or none); RV_DAMAGED: there is, and no copy of it is good.
 * With one good copy the result is 0. */
int gpt_read(const struct rv_reader *disk, unsigned sector, struct gpt *ret, struct rv_err *err) RV_CHECK;
void gpt_free(struct gpt *gpt);
#define GPT_CLEANUP __attribute__((cleanup(gpt_free)))

/* The copy to believe: the primary while it is good, as firmware and boot loaders do. */
const struct gpt_copy *gpt_used(const struct gpt *gpt);
/* Whether both copies are good and say something different about the disk or a partition. */
bool gpt_differ(const struct gpt *gpt);
/* The first two partitions of a copy that overlap, by index; false when none do. */
bool gpt_overlap(const struct gpt_copy *copy, uint32_t *ret_a, uint32_t *ret_b);
/* The first partition that lies outside the disk or is empty (its end before its start); NULL for none. */
const struct gpt_part *gpt_outside(const struct gpt *gpt, const struct gpt_copy *copy);
/* Whether a partition that makes sense ends after the disk does: the image or the disk was cut. */
bool gpt_cut(const struct gpt *gpt, const struct gpt_part *part);
const struct gpt_part *gpt_part(const struct gpt_copy *copy, uint32_t index);

#endif
