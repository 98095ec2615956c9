/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gptprio.next, and its choice in words. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plugins/slots/disk/next.h"

void reason_set(struct reason *reason, const char *msgid, ...)
{
        const char *arg;
        va_list args;

        *reason = (struct reason){ .msgid = msgid };
        va_start(args, msgid);
        for (unsigned i = 0; i < REASON_ARGS && (arg = va_arg(args, const char *)); i++)
                (void)snprintf(reason->arg[i], sizeof reason->arg[i], "%s", arg);
        va_end(args);
}

static bool eligible(uint64_t attrs)
{
        return gpt_priority(attrs) > 0 && (gpt_tries(attrs) > 0 || gpt_successful(attrs));
}

int next_gptprio_choice(const uint64_t *attrs, size_t n)
{
        unsigned best = 0;
        int next = -1;

        for (size_t i = 0; i < n; i++)
                if (eligible(attrs[i]) && gpt_priority(attrs[i]) > best) {
                        best = gpt_priority(attrs[i]);
                        next = (int)i;
                }
        return next;
}

struct numbers {
        char priority[12], tries[12], other[12];
};

static struct numbers numbers_of(const struct slot *slot, const struct slot *other)
{
        struct numbers ret;

        (void)snprintf(ret.priority, sizeof ret.priority, "%d", slot->priority);
        (void)snprintf(ret.tries, sizeof ret.tries, "%d", slot->tries);
        (void)snprintf(ret.other, sizeof ret.other, "%d", other ? other->priority : 0);
        return ret;
}

/* The slot of the same priority that stands behind the next one, NULL for none. */
static const struct slot *tied(const struct slot *slots, size_t n, size_t next)
{
        for (size_t i = next + 1; i < n; i++)
                if (slots[i].priority == slots[next].priority && eligible(slots[i].part->attrs))
                        return &slots[i];
        return NULL;
}

static void explain_next(const struct slot *slots, size_t n, struct slot *next)
{
        const struct slot *tie = tied(slots, n, (size_t)(next - slots));
        struct numbers number = numbers_of(next, NULL);

        if (slot_empty(next))
                reason_set(&next->reason,
                           N_("its attributes make it boot next (priority %1), but it is empty: the boot will fail"),
                           number.priority, NULL);
        else if (tie && next->successful == YES)
                reason_set(&next->reason,
                           N_("marked successful; it has priority %1 like %2, and stands first in the partition table"),
                           number.priority, tie->key, NULL);
        else if (tie)
                reason_set(&next->reason,
                           NP_("on trial, %1 try left; it has priority %2 like %3, and stands first in the partition "
                               "table",
                               "on trial, %1 tries left; it has priority %2 like %3, and stands first in the "
                               "partition table"),
                           number.tries, number.priority, tie->key, NULL);
        else if (next->successful == YES)
                reason_set(&next->reason, N_("marked successful, and priority %1 is the highest"), number.priority,
                           NULL);
        else
                reason_set(&next->reason,
                           NP_("on trial, %1 try left, and priority %2 is the highest",
                               "on trial, %1 tries left, and priority %2 is the highest"),
                           number.tries, number.priority, NULL);
}

static void explain_fallback(const struct slot *next, struct slot *slot)
{
        struct numbers number = numbers_of(slot, next);
        bool tie = slot->priority == next->priority;

        if (slot_empty(slot))
                reason_set(&slot->reason, N_("eligible by its attributes (priority %1), but it is empty"),
                           number.priority, NULL);
        else if (next->successful == YES && tie)
                reason_set(&slot->reason,
                           N_("priority %1 like %2, which stands before it; while that one is marked successful, it "
                              "boots only when chosen in the boot menu"),
                           number.priority, next->key, NULL);
        else if (next->successful == YES)
                reason_set(&slot->reason,
                           N_("priority %1 is below the %2 of %3; while that one is marked successful, it boots only "
                              "when chosen in the boot menu"),
                           number.priority, number.other, next->key, NULL);
        else
                reason_set(&slot->reason, N_("boots when the tries of %1 are used up without success; priority %2"),
                           next->key, number.priority, NULL);
}

static void explain_never(struct slot *slot)
{
        if (slot_empty(slot))
                reason_set(&slot->reason, N_("empty: nothing is installed here"), NULL);
        else if (slot->priority == 0)
                reason_set(&slot->reason, N_("priority 0: the boot loader passes over it"), NULL);
        else
                reason_set(&slot->reason, N_("no tries left, and never marked successful"), NULL);
}

static enum slot_health judge(const struct slot *slot)
{
        if (slot_empty(slot))
                return HEALTH_EMPTY;
        if (slot->successful == YES)
                return HEALTH_GOOD;
        if (slot->tries > 0)
                return slot->priority > 0 ? HEALTH_TRYING : HEALTH_UNKNOWN;
        /* An update that is being written has all three at zero: that is no verdict. */
        return slot->priority > 0 ? HEALTH_BAD : HEALTH_UNKNOWN;
}

int next_gptprio(struct slot *slots, size_t n)
{
        uint64_t attrs[SLOTS_MAX] = { 0 };

        if (n > SLOTS_MAX)
                n = SLOTS_MAX;
        for (size_t i = 0; i < n; i++) {
                attrs[i] = slots[i].part->attrs;
                slots[i].priority = (int)gpt_priority(attrs[i]);
                slots[i].tries = (int)gpt_tries(attrs[i]);
                slots[i].successful = gpt_successful(attrs[i]) ? YES : NO;
                slots[i].health = judge(&slots[i]);
        }
        int next = next_gptprio_choice(attrs, n);
        for (size_t i = 0; i < n; i++) {
                slots[i].boots = (int)i == next ? BOOTS_NEXT : eligible(attrs[i]) ? BOOTS_FALLBACK : BOOTS_NEVER;
                if (slots[i].boots == BOOTS_NEXT)
                        explain_next(slots, n, &slots[i]);
                else if (slots[i].boots == BOOTS_FALLBACK)
                        explain_fallback(&slots[next], &slots[i]);
                else
                        explain_never(&slots[i]);
        }
        return next;
}
