/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The view of what the machine does at its next start: which slot boots, why, what comes if that fails, and why the
 * others do not. */
#include <stdio.h>
#include <string.h>

#include "plugins/slots/slots.h"
#include "plugins/slots/views.h"

static int begin(struct rv_sink *sink, unsigned depth, const char *id, const char *slot)
{
        char key[SLOT_KEY + 8];
        int r = rv_row_begin(sink, depth);

        (void)snprintf(key, sizeof key, *slot ? "%s-%s" : "%s", id, slot);
        rv_put_text(sink, NEXT_ID, key, strlen(key));
        return r;
}

/* How long the choice holds. */
static void put_choice(const struct slot *slot, struct rv_sink *sink)
{
        if (slot->cut)
                rv_put_msg(sink, NEXT_TEXT, N_("%1, which cannot start"), slot->key, NULL);
        else if (slot_empty(slot))
                rv_put_msg(sink, NEXT_TEXT, N_("%1, which is empty: the boot will fail"), slot->key, NULL);
        else if (slot->boots == BOOTS_ONCE)
                rv_put_msg(sink, NEXT_TEXT, N_("%1, once"), slot->key, NULL);
        else if (slot->successful == YES)
                rv_put_msg(sink, NEXT_TEXT, N_("%1, for good"), slot->key, NULL);
        else if (slot->tries > 0)
                rv_put_msg(sink, NEXT_TEXT, N_("%1, on trial"), slot->key, NULL);
        else if (slot->tries == 0)
                rv_put_msg(sink, NEXT_TEXT, N_("%1, although it has no tries left"), slot->key, NULL);
        else
                rv_put_msg(sink, NEXT_TEXT, "%1", slot->key, NULL);
}

/* The slot that is tried after the chosen one: in the boot loader's own order. NULL: none can be. */
static const struct slot *after(const struct picture *picture, const struct slot *chosen)
{
        const struct slot *slots = picture->layout.slots, *best = NULL;

        if (chosen->boots == BOOTS_ONCE)
                return picture->next >= 0 ? &slots[picture->next] : NULL;
        for (size_t e = 0; picture->layout.provider == PROVIDER_ACL && e < picture->esp.n_entries; e++) {
                int at = picture->esp.entries[e].slot;
                if (at >= 0 && &slots[at] != chosen && slots[at].boots != BOOTS_NEVER && !slot_empty(&slots[at]) &&
                    !slots[at].cut)
                        return &slots[at];
        }
        for (size_t i = 0; picture->layout.provider == PROVIDER_FLATCAR && i < picture->layout.n; i++)
                if (slots[i].boots == BOOTS_FALLBACK && !slot_empty(&slots[i]) && !slots[i].cut &&
                    (!best || slots[i].priority > best->priority))
                        best = &slots[i];
        return best;
}

/* What a slot is to the one before it: a boot loader passes over one that is on trial, and stays with one that isn't.
 */
static void put_after(const struct slot *chosen, const struct slot *slot, struct rv_sink *sink)
{
        bool passes = chosen->boots == BOOTS_ONCE || (chosen->successful != YES && chosen->tries > 0);

        if (!slot)
                rv_put_msg(sink, NEXT_TEXT, N_("nothing else can boot"), NULL);
        else if (slot->boots == BOOTS_LAST)
                rv_put_msg(sink, NEXT_TEXT, N_("%1 is tried all the same, as the last entry"), slot->key, NULL);
        else if (!passes)
                rv_put_msg(sink, NEXT_TEXT, N_("%1 boots only when chosen in the boot menu"), slot->key, NULL);
        else if (slot->successful == YES)
                rv_put_msg(sink, NEXT_TEXT, N_("%1 boots: it is known to start"), slot->key, NULL);
        else
                rv_put_msg(sink, NEXT_TEXT, N_("%1 is tried"), slot->key, NULL);
}

static int put_others(const struct picture *picture, const struct slot *chosen, struct rv_sink *sink)
{
        int r = 0;

        for (size_t i = 0; !r && i < picture->layout.n; i++) {
                const struct slot *slot = &picture->layout.slots[i];
                if (slot == chosen)
                        continue;
                r = begin(sink, 0, "not", slot->key);
                rv_put_msg(sink, NEXT_WHAT, N_("WHY NOT %1"), slot->key, NULL);
                put_reason(sink, NEXT_TEXT, &slot->reason);
        }
        return r;
}

static int put_chosen(const struct picture *picture, const struct slot *chosen, struct rv_sink *sink)
{
        int r = begin(sink, 0, "next", "");

        rv_put_msg(sink, NEXT_WHAT, N_("NEXT BOOT"), NULL);
        put_choice(chosen, sink);
        if (!r) {
                r = begin(sink, 1, "because", "");
                rv_put_msg(sink, NEXT_WHAT, N_("because"), NULL);
                put_reason(sink, NEXT_TEXT, &chosen->reason);
        }
        if (!r) {
                r = begin(sink, 1, "fails", "");
                rv_put_msg(sink, NEXT_WHAT, N_("if %1 fails"), chosen->key, NULL);
                put_after(chosen, after(picture, chosen), sink);
        }
        return r;
}

int next_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        struct picture PICTURE_CLEANUP picture;
        const struct slot *chosen;

        int r = picture_open(query, sink, VIEW_SECONDS, &picture, err);
        if (r || picture_told_none(&picture, sink))
                return r;
        chosen = picture.next < 0 ? NULL : &picture.layout.slots[picture.next];
        for (size_t i = 0; i < picture.layout.n; i++)
                if (picture.layout.slots[i].boots == BOOTS_ONCE)
                        chosen = &picture.layout.slots[i];
        if (chosen) {
                r = put_chosen(&picture, chosen, sink);
        } else {
                r = begin(sink, 0, "next", "");
                rv_put_msg(sink, NEXT_WHAT, N_("NEXT BOOT"), NULL);
                rv_put_msg(sink, NEXT_TEXT,
                           picture.layout.provider == PROVIDER_OSGUARD ||
                                           (picture.layout.provider == PROVIDER_ACL && !picture.esp.readable)
                                   ? N_("unknown")
                                   : N_("none of the slots"),
                           NULL);
        }
        return r ? r : put_others(&picture, chosen, sink);
}
