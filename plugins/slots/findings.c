/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What needs an administrator: a partition table whose copies disagree, slots that will not boot, a full ESP. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "plugins/slots/slots.h"

enum { CRITICAL, WARNING, INFO };
/* What needs an administrator may be a minute old; the list of slots is fresher. */
enum { ESP_FULL_PERCENT = 95, JOINED_SECONDS = 60 };

static void text(struct rv_sink *sink, unsigned column, const char *s)
{
        rv_put_text(sink, column, s, strlen(s));
}

/* Begins a finding; the caller puts its text. row may be NULL. */
static int begin(struct rv_sink *sink, const char *id, int severity, const char *view, const char *row)
{
        int r = rv_row_begin(sink, 0);

        if (r)
                return r;
        text(sink, RV_F_ID, id);
        rv_put_int(sink, RV_F_SEVERITY, severity);
        text(sink, RV_F_VIEW, view);
        if (row)
                text(sink, RV_F_ROW, row);
        return 0;
}

/* The slot that one copy of the table would boot, NULL for none. */
static const struct gpt_part *choice_of(const struct gpt_copy *copy)
{
        const struct gpt_part *parts[SLOTS_MAX] = { NULL };
        uint64_t attrs[SLOTS_MAX] = { 0 };
        size_t n = 0;

        for (size_t i = 0; i < copy->n_parts && n < SLOTS_MAX; i++)
                if (guid_is(&copy->parts[i].type, TYPE_USR)) {
                        attrs[n] = copy->parts[i].attrs;
                        parts[n++] = &copy->parts[i];
                }
        int next = next_gptprio_choice(attrs, n);
        return next < 0 ? NULL : parts[next];
}

static const char *label_of(const struct gpt_part *part)
{
        return part ? part->label : "-";
}

/* A table written again on a disk that was cut would keep what is gone, and may make the rest be taken for whole. */
static const struct gpt_part *first_cut(const struct picture *picture)
{
        for (size_t i = 0; i < picture->copy->n_parts; i++)
                if (gpt_cut(&picture->gpt, &picture->copy->parts[i]))
                        return &picture->copy->parts[i];
        return NULL;
}

static int table_differs(const struct picture *picture, struct rv_sink *sink)
{
        const struct gpt_part *primary = choice_of(&picture->gpt.copy[GPT_PRIMARY]);
        const struct gpt_part *backup = choice_of(&picture->gpt.copy[GPT_BACKUP]);

        int r = begin(sink, "gpt-differ", WARNING, "slots/disk", NULL);
        if (r)
                return r;
        if (picture->layout.provider == PROVIDER_FLATCAR && strcmp(label_of(primary), label_of(backup)) != 0)
                rv_put_msg(sink, RV_F_TEXT,
                           N_("The copies of the partition table differ: the primary says %1 boots next, the backup "
                              "says %2"),
                           label_of(primary), label_of(backup), NULL);
        else
                rv_put_msg(sink, RV_F_TEXT, N_("The copies of the partition table on %1 differ"), picture->name, NULL);
        if (first_cut(picture))
                return 0;
        rv_put_msg(sink, RV_F_HINT,
                   N_("A change was cut off, or written by a tool that forgets one copy. The primary counts while it "
                      "is intact; let fdisk write the table again (w) to make both alike"),
                   NULL);
        return 0;
}

/* As in the list's warnings: a whole sentence for each. */
static const char *copy_text(unsigned copy, enum gpt_state state)
{
        if (copy == GPT_PRIMARY)
                return state == GPT_ABSENT ? N_("The primary copy of the partition table on %1 is missing")
                                           : N_("The primary copy of the partition table on %1 is damaged");
        if (state == GPT_BEYOND)
                return N_("%1 ends before the backup copy of its partition table");
        return state == GPT_ABSENT ? N_("The backup copy of the partition table on %1 is missing")
                                   : N_("The backup copy of the partition table on %1 is damaged");
}

static int cut_finding(const struct picture *picture, struct rv_sink *sink)
{
        const struct gpt_part *part = first_cut(picture);
        char index[12];

        if (!part)
                return 0;
        (void)snprintf(index, sizeof index, "%" PRIu32, part->index);
        int r = begin(sink, "gpt-beyond", CRITICAL, "slots/disk", index);
        if (r)
                return r;
        rv_put_msg(sink, RV_F_TEXT, N_("Partition %1 lies beyond the end of %2, which was cut"), index, picture->name,
                   NULL);
        rv_put_msg(sink, RV_F_HINT,
                   N_("Leave the partition table as it is; copy the whole image again, or give the disk its full size "
                      "back"),
                   NULL);
        return 0;
}

static int table_findings(const struct picture *picture, struct rv_sink *sink)
{
        static const char *const ids[] = { "gpt-primary", "gpt-backup" };
        uint32_t a, b;
        int r = cut_finding(picture, sink);

        for (unsigned i = 0; !r && i < GPT_COPIES; i++) {
                if (picture->gpt.copy[i].state == GPT_GOOD)
                        continue;
                r = begin(sink, ids[i], WARNING, "slots/disk", NULL);
                if (r)
                        return r;
                rv_put_msg(sink, RV_F_TEXT, copy_text(i, picture->gpt.copy[i].state), picture->name, NULL);
                if (!first_cut(picture))
                        rv_put_msg(sink, RV_F_HINT,
                                   N_("Let fdisk write the table again (w): it makes both copies from the good one"),
                                   NULL);
        }
        if (!r && gpt_differ(&picture->gpt))
                r = table_differs(picture, sink);
        if (!r && gpt_overlap(picture->copy, &a, &b)) {
                char one[12], two[12];
                (void)snprintf(one, sizeof one, "%" PRIu32, a);
                (void)snprintf(two, sizeof two, "%" PRIu32, b);
                r = begin(sink, "gpt-overlap", CRITICAL, "slots/disk", one);
                if (!r) {
                        rv_put_msg(sink, RV_F_TEXT, N_("Partitions %1 and %2 of %3 overlap"), one, two, picture->name,
                                   NULL);
                        rv_put_msg(sink, RV_F_HINT, N_("Write to neither before the table is right again"), NULL);
                }
        }
        return r;
}

/* That it boots next makes it urgent; else the disk's own finding is loud enough. */
static int cut_slot(const struct slot *slot, struct rv_sink *sink)
{
        char id[SLOT_KEY + 16];

        (void)snprintf(id, sizeof id, "cut:%s", slot->key);
        int r = begin(sink, id, slot->boots == BOOTS_NEXT ? CRITICAL : WARNING, "slots/slots", slot->key);
        if (r)
                return r;
        rv_put_msg(sink, RV_F_TEXT,
                   slot->boots == BOOTS_NEXT ? N_("Slot %1 boots next, and lies beyond the end of the disk")
                                             : N_("Slot %1 lies beyond the end of the disk"),
                   slot->key, NULL);
        return 0;
}

static int slot_finding(const struct picture *picture, const struct slot *slot, struct rv_sink *sink)
{
        char id[SLOT_KEY + 16], tries[12];
        const char *kind = NULL;
        int severity = WARNING;

        if (slot->cut)
                return cut_slot(slot, sink);
        if (slot->boots == BOOTS_NEXT && slot_empty(slot))
                kind = "next-empty", severity = CRITICAL;
        else if (slot->health == HEALTH_BAD)
                kind = "bad";
        else if (slot->health == HEALTH_TRYING)
                kind = "trying", severity = INFO;
        if (!kind)
                return 0;
        (void)snprintf(id, sizeof id, "%s:%s", kind, slot->key);
        (void)snprintf(tries, sizeof tries, "%d", slot->tries);
        int r = begin(sink, id, severity, "slots/slots", slot->key);
        if (r)
                return r;
        if (severity == CRITICAL)
                rv_put_msg(sink, RV_F_TEXT, N_("Slot %1 boots next, and is empty"), slot->key, NULL);
        else if (severity == INFO)
                rv_put_msg(sink, RV_F_TEXT,
                           NP_("%1 try left for slot %2, which is not marked successful yet",
                               "%1 tries left for slot %2, which is not marked successful yet"),
                           tries, slot->key, NULL);
        else
                rv_put_msg(sink, RV_F_TEXT, N_("Slot %1 used up its tries and was never marked successful"), slot->key,
                           NULL);
        if (severity == WARNING && picture->layout.provider == PROVIDER_FLATCAR)
                rv_put_msg(sink, RV_F_HINT,
                           N_("It failed to start, or the update service that marks a good slot is disabled"), NULL);
        else if (severity == WARNING)
                rv_put_msg(sink, RV_F_HINT, N_("boot-complete.target was never reached in it"), NULL);
        return 0;
}

static int same_version(const struct picture *picture, struct rv_sink *sink)
{
        const struct slot *slots = picture->layout.slots;

        for (size_t i = 0; i < picture->layout.n; i++)
                for (size_t j = i + 1; j < picture->layout.n; j++) {
                        if (!*slots[i].version || strcmp(slots[i].version, slots[j].version) != 0)
                                continue;
                        int r = begin(sink, "same-version", INFO, "slots/slots", slots[j].key);
                        if (r)
                                return r;
                        rv_put_msg(sink, RV_F_TEXT, N_("Slots %1 and %2 hold the same version %3"), slots[i].key,
                                   slots[j].key, slots[i].version, NULL);
                        rv_put_msg(sink, RV_F_HINT, N_("Going back to the other slot would change nothing"), NULL);
                        return 0;
                }
        return 0;
}

static int nothing_boots(const struct picture *picture, struct rv_sink *sink)
{
        const struct layout *layout = &picture->layout;

        if (picture->next >= 0 || layout->slots[0].boots == BOOTS_UNKNOWN)
                return 0;
        int r = begin(sink, "nothing-boots", CRITICAL, "slots/slots", NULL);
        if (r)
                return r;
        if (layout->provider == PROVIDER_ACL && picture->esp.n_entries) {
                rv_put_msg(sink, RV_F_TEXT, N_("%1 boots next, and starts none of the slots"),
                           picture->esp.entries[0].name, NULL);
                rv_put_msg(sink, RV_F_HINT, N_("Look at EFI/Linux and loader.conf on the EFI system partition"), NULL);
        } else {
                rv_put_msg(sink, RV_F_TEXT, N_("No slot of %1 boots"), picture->name, NULL);
                rv_put_msg(sink, RV_F_HINT,
                           layout->provider == PROVIDER_ACL
                                   ? N_("There is no boot entry on the EFI system partition; install an image again")
                                   : N_("Every slot has priority 0, or no tries left; choose one in the boot menu and "
                                        "mark it good"),
                           NULL);
        }
        return 0;
}

static int esp_findings(const struct picture *picture, struct rv_sink *sink)
{
        const struct esp *esp = &picture->esp;
        char percent[8];

        if (picture->esp_damaged) {
                int r = begin(sink, "esp-damaged", CRITICAL, "slots/disk", NULL);
                if (!r)
                        rv_put_msg(sink, RV_F_TEXT, N_("The EFI system partition of %1 can't be read"), picture->name,
                                   NULL);
                return r;
        }
        if (!esp->readable || !esp->size || (esp->size - esp->unused) / 100 * 100 < esp->size / 100 * ESP_FULL_PERCENT)
                return 0;
        (void)snprintf(percent, sizeof percent, "%u", (unsigned)((esp->size - esp->unused) * 100 / esp->size));
        int r = begin(sink, "esp-full", WARNING, "slots/disk", NULL);
        if (r)
                return r;
        rv_put_msg(sink, RV_F_TEXT, N_("The EFI system partition of %1 is %2 %% full"), picture->name, percent, NULL);
        rv_put_msg(sink, RV_F_HINT, N_("The next update may not find room for its kernel"), NULL);
        return 0;
}

int slots_findings(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        struct picture PICTURE_CLEANUP picture;

        int r = picture_open(query, sink, JOINED_SECONDS, &picture, err);
        if (r || picture.none || !picture.layout.n)
                return r;
        picture_versions(&picture, query, sink);
        r = table_findings(&picture, sink);
        for (size_t i = 0; !r && i < picture.layout.n; i++)
                r = slot_finding(&picture, &picture.layout.slots[i], sink);
        if (!r)
                r = same_version(&picture, sink);
        if (!r)
                r = nothing_boots(&picture, sink);
        return r ? r : esp_findings(&picture, sink);
}

int slots_space(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        struct picture PICTURE_CLEANUP picture;
        char device[512];

        int r = picture_open(query, sink, JOINED_SECONDS, &picture, err);
        if (r || picture.none || !picture.layout.n || !picture.esp.readable)
                return r;
        r = rv_row_begin(sink, 0);
        if (r)
                return r;
        picture_device(&picture, picture.layout.esp, device, sizeof device);
        text(sink, RV_S_ID, "esp");
        rv_put_msg(sink, RV_S_WHAT, N_("kernels and boot loader on the EFI system partition"), NULL);
        text(sink, RV_S_PATH, device);
        rv_put_int(sink, RV_S_SIZE, (int64_t)(picture.esp.size - picture.esp.unused));
        return 0;
}
