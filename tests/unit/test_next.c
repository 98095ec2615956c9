/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: slots-disk */
/* Who boots next: every rule of both boot loaders is a line of a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plugins/slots/disk/next.h"

struct numbers {
        unsigned priority, tries, successful;
};

static uint64_t attributes(struct numbers n)
{
        return (uint64_t)n.priority << 48 | (uint64_t)n.tries << 52 | (uint64_t)n.successful << 56;
}

/* Two or three slots A, B, C with these attributes; what each must become. */
struct gptprio_case {
        struct numbers in[3];
        size_t n;
        int next;
        enum slot_boots boots[3];
        enum slot_health health[3];
};

static const struct gptprio_case gptprio_cases[] = {
        /* Both good: the higher priority. */
        { { { 2, 0, 1 }, { 1, 0, 1 } }, 2, 0, { BOOTS_NEXT, BOOTS_FALLBACK }, { HEALTH_GOOD, HEALTH_GOOD } },
        { { { 1, 0, 1 }, { 2, 0, 1 } }, 2, 1, { BOOTS_FALLBACK, BOOTS_NEXT }, { HEALTH_GOOD, HEALTH_GOOD } },
        /* An update on trial wins while it has tries, and loses without. */
        { { { 1, 0, 1 }, { 2, 1, 0 } }, 2, 1, { BOOTS_FALLBACK, BOOTS_NEXT }, { HEALTH_GOOD, HEALTH_TRYING } },
        { { { 1, 0, 1 }, { 2, 0, 0 } }, 2, 0, { BOOTS_NEXT, BOOTS_NEVER }, { HEALTH_GOOD, HEALTH_BAD } },
        /* Ties go to the first in the table. */
        { { { 3, 0, 1 }, { 3, 0, 1 } }, 2, 0, { BOOTS_NEXT, BOOTS_FALLBACK }, { HEALTH_GOOD, HEALTH_GOOD } },
        { { { 3, 0, 0 }, { 3, 2, 0 }, { 3, 0, 1 } },
          3,
          1,
          { BOOTS_NEVER, BOOTS_NEXT, BOOTS_FALLBACK },
          { HEALTH_BAD, HEALTH_TRYING, HEALTH_GOOD } },
        /* Priority 0 never boots, whatever else is set; all zero is no verdict. */
        { { { 0, 0, 1 }, { 1, 1, 0 } }, 2, 1, { BOOTS_NEVER, BOOTS_NEXT }, { HEALTH_GOOD, HEALTH_TRYING } },
        { { { 0, 3, 0 }, { 0, 0, 0 } }, 2, -1, { BOOTS_NEVER, BOOTS_NEVER }, { HEALTH_UNKNOWN, HEALTH_UNKNOWN } },
        { { { 1, 0, 0 }, { 2, 0, 0 } }, 2, -1, { BOOTS_NEVER, BOOTS_NEVER }, { HEALTH_BAD, HEALTH_BAD } },
        /* Successful with tries left is good, and the tries decide nothing. */
        { { { 15, 15, 1 }, { 14, 15, 0 } }, 2, 0, { BOOTS_NEXT, BOOTS_FALLBACK }, { HEALTH_GOOD, HEALTH_TRYING } },
};

static void test_gptprio(void **state)
{
        (void)state;
        for (size_t c = 0; c < sizeof gptprio_cases / sizeof *gptprio_cases; c++) {
                const struct gptprio_case *t = &gptprio_cases[c];
                struct gpt_part parts[3] = { 0 };
                struct slot slots[3] = { 0 };

                for (size_t i = 0; i < t->n; i++) {
                        parts[i].attrs = attributes(t->in[i]);
                        slots[i] = (struct slot){ .part = &parts[i], .health = HEALTH_UNKNOWN };
                        slots[i].key[0] = (char)('A' + i);
                }
                assert_int_equal(next_gptprio(slots, t->n), t->next);
                for (size_t i = 0; i < t->n; i++) {
                        assert_int_equal(slots[i].boots, t->boots[i]);
                        assert_int_equal(slots[i].health, t->health[i]);
                        assert_int_equal(slots[i].priority, t->in[i].priority);
                        assert_int_equal(slots[i].tries, t->in[i].tries);
                        assert_non_null(slots[i].reason.msgid);
                }
        }
}

static void test_gptprio_reasons(void **state)
{
        struct gpt_part parts[2] = { 0 };
        struct slot slots[2] = { { .key = "A", .part = &parts[0] }, { .key = "B", .part = &parts[1] } };

        (void)state;
        parts[0].attrs = attributes((struct numbers){ 1, 0, 1 });
        parts[1].attrs = attributes((struct numbers){ 2, 1, 0 });
        slots[0].health = slots[1].health = HEALTH_UNKNOWN;
        assert_int_equal(next_gptprio(slots, 2), 1);
        /* The number that chooses the plural comes first. */
        assert_string_equal(slots[1].reason.arg[0], "1");
        assert_string_equal(slots[1].reason.arg[1], "2");
        assert_non_null(strchr(slots[1].reason.msgid, '\004'));
        assert_string_equal(slots[0].reason.arg[0], "B");
        /* The attributes decide what boots, even when nothing is there; the reason says so. */
        slots[1].health = HEALTH_EMPTY;
        assert_int_equal(next_gptprio(slots, 2), 1);
        assert_int_equal(slots[1].health, HEALTH_EMPTY);
        assert_non_null(strstr(slots[1].reason.msgid, "empty"));
}

static void test_counters(void **state)
{
        static const struct {
                const char *name;
                int left, done;
        } cases[] = {
                { "vmlinuz-8-azlb1+3-0.efi", 3, 0 },
                { "vmlinuz-8-azlb1+0-3.efi", 0, 3 },
                { "vmlinuz-8-azlb1+2.efi", 2, 0 },
                { "vmlinuz-8-azlb1.efi", -1, 0 },
                { "a+1+2-1.efi", 2, 1 },
                { "a+3.efi.staged", -1, 0 },
                { "a+x.efi", -1, 0 },
                { "a+.efi", -1, 0 },
                { "a+3-.efi", -1, 0 },
                { "a+99999999999.efi", -1, 0 },
                { "a+-3.efi", -1, 0 },
                { "a+3-1b.efi", -1, 0 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                int left, done;
                boot_counters(cases[i].name, ".efi", &left, &done);
                assert_int_equal(left, cases[i].left);
                assert_int_equal(done, cases[i].done);
        }
}

/* Slots A and B, and entries "name version slot". */
struct sdboot_case {
        struct {
                const char *name, *version;
                int slot;
        } entry[3];
        const char *once, *variable, *config;
        int next;
        enum slot_boots boots[2];
        enum slot_health health[2];
};

static const struct sdboot_case sdboot_cases[] = {
        /* The newest version first; its counter says that it is on trial. */
        { { { "v-7-azla0.efi", "1", 0 }, { "v-8-azlb0+3.efi", "2", 1 } },
          "",
          "",
          "",
          1,
          { BOOTS_FALLBACK, BOOTS_NEXT },
          { HEALTH_GOOD, HEALTH_TRYING } },
        /* No tries left: last, and still there. */
        { { { "v-7-azla0.efi", "1", 0 }, { "v-8-azlb0+0-3.efi", "2", 1 } },
          "",
          "",
          "",
          0,
          { BOOTS_NEXT, BOOTS_LAST },
          { HEALTH_GOOD, HEALTH_BAD } },
        /* Versions are compared before names. */
        { { { "v-9-azla0.efi", "1.9", 0 }, { "v-8-azlb0.efi", "1.10", 1 } },
          "",
          "",
          "",
          1,
          { BOOTS_FALLBACK, BOOTS_NEXT },
          { HEALTH_GOOD, HEALTH_GOOD } },
        /* Equal versions: the name decides, by number. */
        { { { "v-99-azla0.efi", "1", 0 }, { "v-100-azlb0.efi", "1", 1 } },
          "",
          "",
          "",
          1,
          { BOOTS_FALLBACK, BOOTS_NEXT },
          { HEALTH_GOOD, HEALTH_GOOD } },
        /* Everything out of tries: the first of the last ones boots all the same. */
        { { { "v-7-azla0+0-3.efi", "1", 0 }, { "v-8-azlb0+0-3.efi", "2", 1 } },
          "",
          "",
          "",
          1,
          { BOOTS_LAST, BOOTS_NEXT },
          { HEALTH_BAD, HEALTH_BAD } },
        /* A variable beats the configuration, which beats the order; one-shot is for once. */
        { { { "v-7-azla0.efi", "1", 0 }, { "v-8-azlb0.efi", "2", 1 } },
          "",
          "",
          "v-7-*",
          0,
          { BOOTS_NEXT, BOOTS_FALLBACK },
          { HEALTH_GOOD, HEALTH_GOOD } },
        { { { "v-7-azla0.efi", "1", 0 }, { "v-8-azlb0.efi", "2", 1 } },
          "",
          "v-8-azlb0.efi",
          "v-7-*",
          1,
          { BOOTS_FALLBACK, BOOTS_NEXT },
          { HEALTH_GOOD, HEALTH_GOOD } },
        { { { "v-7-azla0.efi", "1", 0 }, { "v-8-azlb0.efi", "2", 1 } },
          "V-7-AZLA0.EFI",
          "",
          "",
          1,
          { BOOTS_ONCE, BOOTS_NEXT },
          { HEALTH_GOOD, HEALTH_GOOD } },
        /* A variable that names nothing changes nothing. */
        { { { "v-7-azla0.efi", "1", 0 }, { "v-8-azlb0.efi", "2", 1 } },
          "gone.efi",
          "gone.efi",
          "gone*",
          1,
          { BOOTS_FALLBACK, BOOTS_NEXT },
          { HEALTH_GOOD, HEALTH_GOOD } },
        /* A slot without an entry; an entry without a slot that comes first. */
        { { { "v-7-azla0.efi", "1", 0 } },
          "",
          "",
          "",
          0,
          { BOOTS_NEXT, BOOTS_NEVER },
          { HEALTH_GOOD, HEALTH_UNKNOWN } },
        { { { "v-7-azla0.efi", "1", 0 }, { "rescue.efi", "9", -1 } },
          "",
          "",
          "",
          -1,
          { BOOTS_FALLBACK, BOOTS_NEVER },
          { HEALTH_GOOD, HEALTH_UNKNOWN } },
        { { { NULL, NULL, 0 } }, "", "", "", -1, { BOOTS_NEVER, BOOTS_NEVER }, { HEALTH_UNKNOWN, HEALTH_UNKNOWN } },
        /* Two entries of one slot: the better one speaks for it. */
        { { { "v-7-azla0+0-3.efi", "1", 0 }, { "v-7-azla1.efi", "1", 0 }, { "v-8-azlb0.efi", "2", 1 } },
          "",
          "",
          "",
          1,
          { BOOTS_FALLBACK, BOOTS_NEXT },
          { HEALTH_GOOD, HEALTH_GOOD } },
};

static size_t make_entries(const struct sdboot_case *t, struct boot_entry *entries)
{
        size_t n = 0;

        for (; n < 3 && t->entry[n].name; n++) {
                entries[n] = (struct boot_entry){ .slot = t->entry[n].slot, .sort_key = "azurecontainerlinux" };
                strncpy(entries[n].name, t->entry[n].name, sizeof entries[n].name - 1);
                strncpy(entries[n].version, t->entry[n].version, sizeof entries[n].version - 1);
                boot_counters(entries[n].name, ".efi", &entries[n].left, &entries[n].done);
        }
        return n;
}

static void test_sdboot(void **state)
{
        (void)state;
        for (size_t c = 0; c < sizeof sdboot_cases / sizeof *sdboot_cases; c++) {
                const struct sdboot_case *t = &sdboot_cases[c];
                struct slot slots[2] = { { .key = "A", .health = HEALTH_UNKNOWN },
                                         { .key = "B", .health = HEALTH_UNKNOWN } };
                struct boot_entry entries[3];
                struct boot_choice choice = { .known = true };

                strncpy(choice.once, t->once, sizeof choice.once - 1);
                strncpy(choice.variable, t->variable, sizeof choice.variable - 1);
                strncpy(choice.config, t->config, sizeof choice.config - 1);
                assert_int_equal(next_sdboot(slots, 2, entries, make_entries(t, entries), &choice), t->next);
                for (size_t i = 0; i < 2; i++) {
                        assert_int_equal(slots[i].boots, t->boots[i]);
                        assert_int_equal(slots[i].health, t->health[i]);
                        assert_int_equal(slots[i].priority, -1);
                        assert_non_null(slots[i].reason.msgid);
                }
        }
}

static void test_order(void **state)
{
        struct boot_entry a = { .name = "a.efi", .left = -1 }, b = { .name = "b.efi", .left = -1 };

        (void)state;
        /* A name that sorts higher comes first; a sort key beats none; no tries left goes last. */
        assert_true(boot_entry_compare(&b, &a) < 0);
        strcpy(a.sort_key, "zzz");
        assert_true(boot_entry_compare(&a, &b) < 0);
        a.left = 0;
        assert_true(boot_entry_compare(&a, &b) > 0);
        /* Otherwise the same: more tries left first, then fewer done. */
        struct boot_entry more = { .name = "x", .left = 3, .done = 1 }, less = { .name = "x", .left = 2, .done = 0 };
        assert_true(boot_entry_compare(&more, &less) < 0);
        less.left = 3;
        assert_true(boot_entry_compare(&more, &less) > 0);
}

/* What is worst about the choice is said. */
static void test_choice_said(void **state)
{
        static const struct {
                struct slot slot;
                const char *said;
        } cases[] = {
                { { .cut = true, .successful = YES }, "%1, which cannot start" },
                { { .health = HEALTH_EMPTY, .boots = BOOTS_ONCE }, "%1, which is empty: the boot will fail" },
                { { .boots = BOOTS_ONCE, .successful = YES }, "%1, once" },
                { { .successful = YES, .tries = 0 }, "%1, for good" },
                { { .successful = NO, .tries = 2 }, "%1, on trial" },
                { { .successful = NO, .tries = 0 }, "%1, although it has no tries left" },
                { { .successful = UNKNOWN, .tries = -1 }, "%1" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
                assert_string_equal(next_choice(&cases[i].slot), cases[i].said);
}

/* Only what is on trial, or boots once, is passed over by itself. */
static void test_after_said(void **state)
{
        static const struct {
                struct slot chosen, slot;
                const char *said;
        } cases[] = {
                { { .boots = BOOTS_ONCE, .successful = YES },
                  { .boots = BOOTS_NEXT, .successful = YES },
                  "%1 boots: it is known to start" },
                { { .successful = NO, .tries = 1 }, { .successful = YES }, "%1 boots: it is known to start" },
                { { .successful = NO, .tries = 1 }, { .successful = NO, .tries = 1 }, "%1 is tried" },
                { { .successful = YES }, { .successful = YES }, "%1 boots only when chosen in the boot menu" },
                { { .successful = NO, .tries = 0 },
                  { .successful = YES },
                  "%1 boots only when chosen in the boot menu" },
                { { .successful = YES }, { .boots = BOOTS_LAST }, "%1 is tried all the same, as the last entry" },
        };

        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
                assert_string_equal(next_after(&cases[i].chosen, &cases[i].slot), cases[i].said);
        assert_string_equal(next_after(&cases[0].chosen, NULL), "nothing else can boot");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_gptprio),    cmocka_unit_test(test_gptprio_reasons),
                cmocka_unit_test(test_counters),   cmocka_unit_test(test_sdboot),
                cmocka_unit_test(test_order),      cmocka_unit_test(test_choice_said),
                cmocka_unit_test(test_after_said),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
