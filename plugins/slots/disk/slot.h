/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A slot as everybody in this plugin sees it: where it is, what boots it, and why.
 * Ownership: plain values; texts that came from the disk are bytes from outside. */
#ifndef REEVE_SLOTS_SLOT_H
#define REEVE_SLOTS_SLOT_H

#include "plugins/slots/disk/gpt.h"

enum slot_provider { PROVIDER_FLATCAR, PROVIDER_ACL, PROVIDER_OSGUARD, PROVIDER_COUNT, PROVIDER_NONE = PROVIDER_COUNT };
enum slot_boots {
        BOOTS_NEXT,
        BOOTS_ONCE,
        BOOTS_FALLBACK,
        BOOTS_LAST,
        BOOTS_NEVER,
        BOOTS_COUNT,
        BOOTS_UNKNOWN = BOOTS_COUNT
};
enum slot_health { HEALTH_GOOD, HEALTH_TRYING, HEALTH_BAD, HEALTH_EMPTY, HEALTH_UNKNOWN, HEALTH_COUNT };
enum slot_tristate { NO, YES, UNKNOWN };

enum {
        SLOT_KEY = GPT_LABEL + 12,
        SLOT_VERSION = 128,
        ROOTHASH = 64 + 1,
        REASON_ARGS = 4,
        REASON_ARG = 160,
        SLOTS_MAX = 64
};

/* A message: a msgid and up to four arguments ("" ends them). */
struct reason {
        const char *msgid;
        char arg[REASON_ARGS][REASON_ARG];
};

struct slot {
        char key[SLOT_KEY];
        const struct gpt_part *part, *hash; /* hash: the partition of its hash tree, NULL for none; both borrowed */
        const char *content;                /* file system id, "empty", NULL for unknown */
        char version[SLOT_VERSION];         /* "" for unknown */
        char roothash[ROOTHASH];            /* "" for unknown */
        int priority, tries;                /* -1: the boot loader of this layout has none */
        enum slot_tristate successful, booted;
        enum slot_boots boots;
        enum slot_health health;
        bool cut; /* the disk ends before the slot does, and it is not empty */
        struct reason reason;
};

/* Replaces a reason; the arguments are const char *, ended by NULL, cut at REASON_ARG. */
void reason_set(struct reason *reason, const char *msgid, ...) RV_SENTINEL;
static inline bool slot_empty(const struct slot *slot)
{
        return slot->health == HEALTH_EMPTY;
}

#endif
