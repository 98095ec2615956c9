/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The views: slots, and the partitions of the disk that they lie on. */
#include "plugins/slots/slots.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "plugins/slots/disk/probe.h"
#include "plugins/slots/views.h"

static void put(struct rv_sink *sink, unsigned column, const char *text)
{
        if (text && *text)
                rv_put_text(sink, column, text, strlen(text));
}

void put_reason(struct rv_sink *sink, unsigned column, const struct reason *reason)
{
        const char *args[REASON_ARGS];

        /* The arguments end at the first NULL. */
        for (unsigned i = 0; i < REASON_ARGS; i++)
                args[i] = *reason->arg[i] ? reason->arg[i] : NULL;
        if (reason->msgid)
                rv_put_msg(sink, column, reason->msgid, args[0], args[1], args[2], args[3], NULL);
}

static uint64_t part_size(const struct picture *picture, const struct gpt_part *part)
{
        return picture_part(picture, part, "").size;
}

static int put_slot(const struct picture *picture, const struct slot *slot, struct rv_sink *sink)
{
        char device[512];

        int r = rv_row_begin(sink, 0);
        if (r)
                return r;
        picture_device(picture, slot->part, device, sizeof device);
        put(sink, SLOT_SLOT, slot->key);
        if (picture->layout.provider != PROVIDER_NONE)
                rv_put_int(sink, SLOT_PROVIDER, picture->layout.provider);
        put(sink, SLOT_DEVICE, device);
        put(sink, SLOT_VERSION_COLUMN, slot->version);
        if (slot->booted != UNKNOWN)
                rv_put_int(sink, SLOT_BOOTED, slot->booted == YES);
        if (slot->boots != BOOTS_UNKNOWN)
                rv_put_int(sink, SLOT_BOOTS, slot->boots);
        rv_put_int(sink, SLOT_HEALTH, slot->health);
        if (slot->priority >= 0)
                rv_put_int(sink, SLOT_PRIORITY, slot->priority);
        if (slot->tries >= 0)
                rv_put_int(sink, SLOT_TRIES, slot->tries);
        if (slot->successful != UNKNOWN)
                rv_put_int(sink, SLOT_SUCCESSFUL, slot->successful == YES);
        rv_put_int(sink, SLOT_SIZE, (int64_t)part_size(picture, slot->part));
        put(sink, SLOT_ROOTHASH, slot->roothash);
        rv_put_int(sink, SLOT_VERITY,
                   *slot->roothash || (slot->hash && !slot_empty(slot)) ? VERITY_UNCHECKED : VERITY_NONE);
        put_reason(sink, SLOT_REASON, &slot->reason);
        put(sink, SLOT_DISK, *picture->disk ? picture->disk : picture->name);
        if (slot->part->first < picture->gpt.n_sectors)
                rv_put_int(sink, SLOT_START, (int64_t)(slot->part->first * picture->gpt.sector));
        return 0;
}

/* What is wrong with a copy: a whole sentence for each, because an argument of a message is never translated. */
static const char *copy_text(unsigned copy, enum gpt_state state)
{
        if (copy == GPT_PRIMARY)
                return state == GPT_ABSENT
                               ? N_("%1: the primary copy of the partition table is missing; the backup was read")
                               : N_("%1: the primary copy of the partition table is damaged; the backup was read");
        if (state == GPT_BEYOND)
                return N_("%1: the disk ends before the backup copy of its partition table; the primary was read");
        return state == GPT_ABSENT ? N_("%1: the backup copy of the partition table is missing; the primary was read")
                                   : N_("%1: the backup copy of the partition table is damaged; the primary was read");
}

/* What an administrator should know about the table itself, beside every list made from it. */
static void warn_table(const struct picture *picture, struct rv_sink *sink)
{
        uint32_t a, b;

        for (unsigned i = 0; i < GPT_COPIES; i++)
                if (picture->gpt.copy[i].state != GPT_GOOD)
                        rv_warn(sink, RV_DAMAGED, copy_text(i, picture->gpt.copy[i].state), picture->name, NULL);
        if (gpt_differ(&picture->gpt))
                rv_warn(sink, RV_DAMAGED,
                        N_("%1: the two copies of the partition table differ; the primary was read, as a boot loader "
                           "does"),
                        picture->name, NULL);
        if (gpt_overlap(picture->copy, &a, &b)) {
                char one[12], two[12];
                (void)snprintf(one, sizeof one, "%" PRIu32, a);
                (void)snprintf(two, sizeof two, "%" PRIu32, b);
                rv_warn(sink, RV_DAMAGED, N_("%1: partitions %2 and %3 overlap"), picture->name, one, two, NULL);
        }
        const struct gpt_part *outside = gpt_outside(&picture->gpt, picture->copy);
        if (outside) {
                char one[12];
                (void)snprintf(one, sizeof one, "%" PRIu32, outside->index);
                rv_warn(sink, RV_DAMAGED, N_("%1: partition %2 lies beyond the end of the disk"), picture->name, one,
                        NULL);
        }
}

bool picture_told_none(const struct picture *picture, struct rv_sink *sink)
{
        if (!picture->none && picture->layout.n)
                return false;
        rv_warn(sink, RV_OK, picture->none ? picture->none : N_("%1: has no update slots"), picture->name, NULL);
        return true;
}

int slots_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        struct picture PICTURE_CLEANUP picture;

        int r = picture_open(query, sink, VIEW_SECONDS, &picture, err);
        if (r || picture_told_none(&picture, sink))
                return r;
        warn_table(&picture, sink);
        if (picture.layout.provider == PROVIDER_ACL && !picture.running)
                rv_warn(sink, RV_OK,
                        N_("what the machine's firmware variables choose (LoaderEntryOneShot, LoaderEntryDefault) "
                           "can't "
                           "be known here"),
                        NULL);
        picture_versions(&picture, query, sink);
        for (size_t i = 0; !r && i < picture.layout.n; i++)
                r = put_slot(&picture, &picture.layout.slots[i], sink);
        return r;
}

static void put_slot_caption(const struct slot *slot, struct rv_sink *sink)
{
        if (slot->booted == YES)
                rv_put_msg(sink, DISK_CAPTION, N_("%1 running"), slot->key, NULL);
        else if (slot->health == HEALTH_TRYING)
                rv_put_msg(sink, DISK_CAPTION, N_("%1 trying"), slot->key, NULL);
        else if (slot->health == HEALTH_BAD)
                rv_put_msg(sink, DISK_CAPTION, N_("%1 bad"), slot->key, NULL);
        else if (slot_empty(slot))
                rv_put_msg(sink, DISK_CAPTION, N_("%1 empty"), slot->key, NULL);
        else
                rv_put_msg(sink, DISK_CAPTION, "%1", slot->key, NULL);
}

/* What stands above a partition where the disk is drawn: "A running", "ESP", else its own label. */
static void put_caption(const struct picture *picture, const struct gpt_part *part, struct rv_sink *sink)
{
        const struct layout *layout = &picture->layout;

        if (part == layout->esp) {
                rv_put_msg(sink, DISK_CAPTION, "ESP", NULL);
                return;
        }
        for (size_t i = 0; i < layout->n; i++) {
                if (layout->slots[i].part == part) {
                        put_slot_caption(&layout->slots[i], sink);
                        return;
                }
                if (layout->slots[i].hash == part) {
                        rv_put_msg(sink, DISK_CAPTION, N_("hash"), NULL);
                        return;
                }
        }
        if (*part->label)
                rv_put_msg(sink, DISK_CAPTION, "%1", part->label, NULL);
}

/* What a partition is to the slots, in words. */
static void put_note(const struct picture *picture, const struct gpt_part *part, struct rv_sink *sink)
{
        const struct layout *layout = &picture->layout;

        if (part == layout->esp)
                rv_put_msg(sink, DISK_NOTE, N_("EFI system partition"), NULL);
        for (size_t i = 0; i < layout->n; i++) {
                if (layout->slots[i].part == part)
                        rv_put_msg(sink, DISK_NOTE,
                                   layout->slots[i].booted == YES ? N_("slot %1, running") : N_("slot %1"),
                                   layout->slots[i].key, NULL);
                if (layout->slots[i].hash == part)
                        rv_put_msg(sink, DISK_NOTE, N_("hash tree of slot %1"), layout->slots[i].key, NULL);
        }
}

static int put_part(const struct picture *picture, const struct gpt_part *part, struct rv_sink *sink)
{
        char uuid[GUID_TEXT], type[GUID_TEXT], attrs[20], index[12];
        struct rv_reader reader = picture_part(picture, part, picture->name);
        const char *content = probe_content(&reader);
        uint64_t used;

        int r = rv_row_begin(sink, 0);
        if (r)
                return r;
        (void)snprintf(index, sizeof index, "%" PRIu32, part->index);
        (void)snprintf(attrs, sizeof attrs, "%016" PRIx64, part->attrs);
        guid_text(&part->uuid, uuid);
        guid_text(&part->type, type);
        put(sink, DISK_INDEX, index);
        put(sink, DISK_LABEL, part->label);
        put(sink, DISK_TYPE, guid_type_id(&part->type) ? guid_type_id(&part->type) : type);
        put(sink, DISK_PARTUUID, uuid);
        if (part->first < picture->gpt.n_sectors)
                rv_put_int(sink, DISK_START, (int64_t)(part->first * picture->gpt.sector));
        rv_put_int(sink, DISK_SIZE, (int64_t)reader.size);
        put(sink, DISK_CONTENT, content);
        if (part == picture->layout.esp && picture->esp.readable)
                rv_put_int(sink, DISK_USED, (int64_t)(picture->esp.size - picture->esp.unused));
        else if (probe_used(&reader, content, &used))
                rv_put_int(sink, DISK_USED, (int64_t)used);
        put(sink, DISK_ATTRS, attrs);
        put_caption(picture, part, sink);
        put_note(picture, part, sink);
        return 0;
}

int disk_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        struct picture PICTURE_CLEANUP picture;

        int r = picture_open(query, sink, VIEW_SECONDS, &picture, err);
        if (r)
                return r;
        if (picture.none) {
                rv_warn(sink, RV_OK, picture.none, picture.name, NULL);
                return 0;
        }
        warn_table(&picture, sink);
        for (size_t i = 0; !r && i < picture.copy->n_parts; i++)
                r = put_part(&picture, &picture.copy->parts[i], sink);
        return r;
}
