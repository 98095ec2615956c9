/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is said of the slot that boots next, and of the one that boots if it fails: as msgids, so that every answer is a
 * line of a test's table, also those that take a machine's own variables. */
#include "plugins/slots/disk/next.h"

#include "core/base/err.h"

const char *next_choice(const struct slot *slot)
{
        if (slot->cut)
                return N_("%1, which cannot start");
        if (slot_empty(slot))
                return N_("%1, which is empty: the boot will fail");
        if (slot->boots == BOOTS_ONCE)
                return N_("%1, once");
        if (slot->successful == YES)
                return N_("%1, for good");
        if (slot->tries > 0)
                return N_("%1, on trial");
        if (slot->tries == 0)
                return N_("%1, although it has no tries left");
        return "%1";
}

/* A boot loader passes over a slot that is on trial, and stays with one that isn't. */
const char *next_after(const struct slot *chosen, const struct slot *slot)
{
        const bool passes = chosen->boots == BOOTS_ONCE || (chosen->successful != YES && chosen->tries > 0);

        if (!slot)
                return N_("nothing else can boot");
        if (slot->boots == BOOTS_LAST)
                return N_("%1 is tried all the same, as the last entry");
        if (!passes)
                return N_("%1 boots only when chosen in the boot menu");
        return slot->successful == YES ? N_("%1 boots: it is known to start") : N_("%1 is tried");
}
