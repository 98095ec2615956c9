/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* systemd-boot's choice. Sources: the Boot Loader Specification (sorting), systemd's Automatic Boot Assessment
 * (counters), the Boot Loader Interface (variables). */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/slots/disk/next.h"
#include "plugins/slots/disk/version.h"

/* Digits up to INT_MAX; false when there are none or too many. */
static bool number(const char **s, int *ret)
{
        char *end;

        if (**s < '0' || **s > '9')
                return false;
        errno = 0;
        long value = strtol(*s, &end, 10);
        if (errno || value > INT32_MAX)
                return false;
        *ret = (int)value;
        *s = end;
        return true;
}

void boot_counters(const char *name, const char *suffix, int *ret_left, int *ret_done)
{
        const char *s = strrchr(name, '+');
        int left, done = 0;

        *ret_left = -1;
        *ret_done = 0;
        if (!s)
                return;
        s++;
        if (!number(&s, &left))
                return;
        if (*s == '-') {
                s++;
                if (!number(&s, &done))
                        return;
        }
        /* Counters in the middle of a name are part of the name. */
        if (strcmp(s, suffix) != 0)
                return;
        *ret_left = left;
        *ret_done = done;
}

static int cmp(int a, int b)
{
        return (a > b) - (a < b);
}

int boot_entry_compare(const struct boot_entry *a, const struct boot_entry *b)
{
        int r = cmp(a->left == 0, b->left == 0);

        /* Entries without a sort key come after those with one. */
        if (!r)
                r = cmp(!*a->sort_key, !*b->sort_key);
        if (!r && *a->sort_key) {
                r = strcmp(a->sort_key, b->sort_key);
                if (!r)
                        r = strcmp(a->machine_id, b->machine_id);
                if (!r)
                        r = -boot_version_compare(a->version, b->version);
        }
        if (!r)
                r = -boot_version_compare(a->name, b->name);
        if (!r && a->left >= 0 && b->left >= 0) {
                r = -cmp(a->left, b->left);
                if (!r)
                        r = cmp(a->done, b->done);
        }
        return r;
}

static int compare_entries(const void *a, const void *b)
{
        return boot_entry_compare(a, b);
}

/* The first entry that a glob matches, -1 for none. The loader compares without regard to case. */
static int match(const struct boot_entry *entries, size_t n, const char *pattern)
{
        for (size_t i = 0; *pattern && i < n; i++)
                if (fnmatch(pattern, entries[i].name, FNM_CASEFOLD) == 0)
                        return (int)i;
        return -1;
}

struct decision {
        const struct boot_entry *entries;
        size_t n;
        const struct boot_choice *choice;
        int once, next; /* entries, -1 for none */
        const char *by; /* what set next: "LoaderEntryDefault", "loader.conf", NULL for the order */
};

static void decide(struct decision *decision)
{
        const struct boot_choice *choice = decision->choice;

        decision->once = match(decision->entries, decision->n, choice->once);
        decision->next = match(decision->entries, decision->n, choice->variable);
        decision->by = "LoaderEntryDefault";
        if (decision->next < 0) {
                decision->next = match(decision->entries, decision->n, choice->config);
                decision->by = "loader.conf";
        }
        if (decision->next < 0) {
                decision->next = decision->n ? 0 : -1;
                decision->by = NULL;
        }
}

/* The entry that starts a slot: of several the one that sorts first. -1 for none. */
static int entry_of(const struct decision *decision, int slot)
{
        for (size_t i = 0; i < decision->n; i++)
                if (decision->entries[i].slot == slot)
                        return (int)i;
        return -1;
}

static void explain_next(const struct decision *decision, const struct boot_entry *entry, struct slot *slot)
{
        char left[12];

        (void)snprintf(left, sizeof left, "%d", entry->left);
        if (slot_empty(slot))
                reason_set(&slot->reason, N_("%1 boots next, but the slot that it starts is empty: the boot will fail"),
                           entry->name, NULL);
        else if (decision->by)
                reason_set(&slot->reason, N_("%1 names %2 as the default"), decision->by, entry->name, NULL);
        else if (entry->left == 0)
                reason_set(&slot->reason, N_("no tries left, but no entry is better: %1 boots all the same"),
                           entry->name, NULL);
        else if (entry->left > 0)
                reason_set(&slot->reason,
                           NP_("on trial, %1 try left; %2 sorts first", "on trial, %1 tries left; %2 sorts first"),
                           left, entry->name, NULL);
        else if (decision->n == 1)
                reason_set(&slot->reason, N_("%1 is the only boot entry"), entry->name, NULL);
        else
                reason_set(&slot->reason, N_("%1 sorts first"), entry->name, NULL);
}

static void explain_other(const struct decision *decision, const struct boot_entry *entry, struct slot *slot)
{
        const struct boot_entry *next = &decision->entries[decision->next];

        if (slot->boots == BOOTS_LAST)
                reason_set(&slot->reason,
                           N_("no tries left: %1 sorts last, but still boots when nothing before it can"), entry->name,
                           NULL);
        else if (slot_empty(slot))
                reason_set(&slot->reason, N_("%1 starts it, but the slot is empty"), entry->name, NULL);
        else if (next->left > 0)
                reason_set(&slot->reason, N_("boots when the tries of %1 are used up without success; %2 comes then"),
                           next->name, entry->name, NULL);
        else if (decision->by)
                reason_set(&slot->reason, N_("%1 names %2 as the default; %3 boots when chosen in the boot menu"),
                           decision->by, next->name, entry->name, NULL);
        else
                reason_set(&slot->reason,
                           N_("%1 sorts behind %2; it boots when that one is gone, or chosen in the "
                              "boot menu"),
                           entry->name, next->name, NULL);
}

static enum slot_health judge(const struct slot *slot, const struct boot_entry *entry)
{
        if (slot_empty(slot))
                return HEALTH_EMPTY;
        if (!entry)
                return HEALTH_UNKNOWN;
        return entry->left < 0 ? HEALTH_GOOD : entry->left > 0 ? HEALTH_TRYING : HEALTH_BAD;
}

static void settle(const struct decision *decision, int index, struct slot *slot)
{
        int at = entry_of(decision, index);
        bool once = decision->once >= 0 && decision->entries[decision->once].slot == index;
        bool next = decision->next >= 0 && decision->entries[decision->next].slot == index;

        /* What was named counts for the slot before what merely sorts first among its entries. */
        if (next)
                at = decision->next;
        else if (once)
                at = decision->once;
        const struct boot_entry *entry = at < 0 ? NULL : &decision->entries[at];
        slot->tries = entry ? entry->left : -1;
        slot->successful = !entry ? UNKNOWN : entry->left < 0 ? YES : NO;
        slot->health = judge(slot, entry);
        if (!entry) {
                slot->boots = BOOTS_NEVER;
                reason_set(&slot->reason,
                           slot_empty(slot) ? N_("empty: nothing is installed here")
                                            : N_("no boot entry in EFI/Linux starts it"),
                           NULL);
        } else if (next) {
                slot->boots = BOOTS_NEXT;
                explain_next(decision, entry, slot);
        } else if (once) {
                slot->boots = BOOTS_ONCE;
                reason_set(&slot->reason, N_("LoaderEntryOneShot names %1: it boots once, then %2 again"), entry->name,
                           decision->entries[decision->next].name, NULL);
        } else {
                slot->boots = entry->left == 0 ? BOOTS_LAST : BOOTS_FALLBACK;
                explain_other(decision, entry, slot);
        }
}

int next_sdboot(struct slot *slots, size_t n, struct boot_entry *entries, size_t n_entries,
                const struct boot_choice *choice)
{
        struct decision decision = { .entries = entries, .n = n_entries, .choice = choice };

        qsort(entries, n_entries, sizeof *entries, compare_entries);
        decide(&decision);
        for (size_t i = 0; i < n; i++) {
                slots[i].priority = -1;
                settle(&decision, (int)i, &slots[i]);
        }
        return decision.next < 0 ? -1 : entries[decision.next].slot;
}
