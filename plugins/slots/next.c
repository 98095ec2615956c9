/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The view of what the machine does at its next start: which slot boots, why, what comes if that fails, and why the
 * others do not. */
#include <stdio.h>
#include <string.h>

#include "plugins/slots/disk/next.h"
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
        const struct slot *second = after(picture, chosen);
        int r = begin(sink, 0, "next", "");

        rv_put_msg(sink, NEXT_WHAT, N_("NEXT BOOT"), NULL);
        rv_put_msg(sink, NEXT_TEXT, next_choice(chosen), chosen->key, NULL);
        if (!r) {
                r = begin(sink, 1, "because", "");
                rv_put_msg(sink, NEXT_WHAT, N_("because"), NULL);
                put_reason(sink, NEXT_TEXT, &chosen->reason);
        }
        if (!r) {
                r = begin(sink, 1, "fails", "");
                rv_put_msg(sink, NEXT_WHAT, N_("if %1 fails"), chosen->key, NULL);
                rv_put_msg(sink, NEXT_TEXT, next_after(chosen, second), second ? second->key : NULL, NULL);
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
