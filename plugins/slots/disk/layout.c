/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recognises slots by the GUIDs that are the same on every installation, then by type and label. */
#include "plugins/slots/disk/layout.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "plugins/slots/disk/esp.h"

/* "USR-A" with prefix "USR-" is "A"; NULL when the label is no such name. */
static const char *suffix_of(const char *label, const char *prefix)
{
        size_t n = strlen(prefix);

        return strncasecmp(label, prefix, n) == 0 && label[n] && !label[n + 1] ? label + n : NULL;
}

static void set_key(struct layout *layout, struct slot *slot)
{
        const struct gpt_part *part = slot->part;
        const char *letter = suffix_of(part->label, "USR-");

        if (guid_is(&part->uuid, PART_USR_A))
                letter = "A";
        else if (guid_is(&part->uuid, PART_USR_B))
                letter = "B";
        if (letter)
                (void)snprintf(slot->key, sizeof slot->key, "%c", *letter >= 'a' ? *letter - 32 : *letter);
        else if (*part->label)
                (void)snprintf(slot->key, sizeof slot->key, "%s", part->label);
        /* Keys name one row: a second USR-A, or a slot without a name, gets its partition number. */
        for (struct slot *other = layout->slots; other < slot; other++)
                if (strcmp(other->key, slot->key) == 0 || !*slot->key) {
                        size_t n = strlen(slot->key);
                        (void)snprintf(slot->key + n, sizeof slot->key - n, "#%u", part->index);
                        break;
                }
        if (!*slot->key)
                (void)snprintf(slot->key, sizeof slot->key, "#%u", part->index);
}

static void add(struct layout *layout, const struct gpt_part *part)
{
        if (layout->n == SLOTS_MAX)
                return;
        struct slot *slot = &layout->slots[layout->n++];
        *slot = (struct slot){ .part = part,
                               .priority = -1,
                               .tries = -1,
                               .successful = UNKNOWN,
                               .booted = UNKNOWN,
                               .boots = BOOTS_UNKNOWN,
                               .health = HEALTH_UNKNOWN };
        set_key(layout, slot);
}

static const struct gpt_part *find_hash(const struct gpt_copy *copy, const struct slot *slot, const char *prefix)
{
        char letter[2] = { slot->key[0], '\0' };
        const char *fixed = *letter == 'A' ? PART_HASH_A : *letter == 'B' ? PART_HASH_B : "";

        if (slot->key[1])
                return NULL;
        for (size_t i = 0; i < copy->n_parts; i++) {
                const char *label = suffix_of(copy->parts[i].label, prefix);
                if (guid_is(&copy->parts[i].uuid, fixed) || (label && strcasecmp(label, letter) == 0))
                        return &copy->parts[i];
        }
        return NULL;
}

void layout_find(const struct gpt_copy *copy, struct layout *ret)
{
        const char *hashes = "HASH-";

        *ret = (struct layout){ .provider = PROVIDER_NONE };
        for (size_t i = 0; i < copy->n_parts; i++) {
                const struct gpt_part *part = &copy->parts[i];
                if (guid_is(&part->type, TYPE_USR))
                        add(ret, part);
                if (guid_is(&part->type, TYPE_ESP) && !ret->esp)
                        ret->esp = part;
        }
        if (ret->n)
                ret->provider = PROVIDER_FLATCAR;
        /* OS Guard's slots have an ordinary type and only their labels to tell. Two of them, or it is chance. */
        if (!ret->n) {
                for (size_t i = 0; i < copy->n_parts; i++)
                        if (suffix_of(copy->parts[i].label, "usr-"))
                                add(ret, &copy->parts[i]);
                ret->provider = ret->n >= 2 ? PROVIDER_OSGUARD : PROVIDER_NONE;
                ret->n = ret->n >= 2 ? ret->n : 0;
                hashes = "usr-hash-";
        }
        for (size_t i = 0; i < ret->n; i++) {
                ret->slots[i].hash = find_hash(copy, &ret->slots[i], hashes);
                if (ret->slots[i].hash && ret->provider == PROVIDER_FLATCAR)
                        ret->provider = PROVIDER_ACL;
        }
}

void layout_settle(struct layout *layout, const struct esp *esp)
{
        bool kernels = esp->flatcar_kernel[0] || esp->flatcar_kernel[1], azl = false;

        for (size_t i = 0; i < esp->n_entries; i++)
                azl = azl || esp_letter(esp->entries[i].name);
        if (layout->provider == PROVIDER_FLATCAR && azl && !kernels)
                layout->provider = PROVIDER_ACL;
}

int layout_slot(const struct layout *layout, char letter, const char *partuuid)
{
        for (size_t i = 0; i < layout->n; i++)
                if (*partuuid && guid_is(&layout->slots[i].part->uuid, partuuid))
                        return (int)i;
        for (size_t i = 0; letter && i < layout->n; i++)
                if ((layout->slots[i].key[0] | 32) == letter && !layout->slots[i].key[1])
                        return (int)i;
        return -1;
}
