/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a GPT: find it, check each copy's header, then its entries, and believe nothing before its checksum. */
#include "plugins/slots/disk/gpt.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/utf8.h"
#include "core/distro/reader.h"

enum { HEADER_MIN = 92, ENTRY_MIN = 128, LABEL_AT = 56, LABEL_UNITS = 36 };

static const char signature[8] = { 'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T' };

/* The label is UTF-16LE; what is no character becomes U+FFFD, so that labels are always valid UTF-8. */
static void read_label(const uint8_t *units, char ret[GPT_LABEL])
{
        size_t used = 0;

        for (unsigned i = 0; i < LABEL_UNITS; i++) {
                uint32_t c = rv_le16(units + 2 * i);
                if (!c)
                        break;
                if (c >= 0xd800 && c < 0xdc00 && i + 1 < LABEL_UNITS) {
                        uint32_t low = rv_le16(units + 2 * i + 2);
                        if (low >= 0xdc00 && low < 0xe000) {
                                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                                i++;
                        }
                }
                if (c >= 0xd800 && c < 0xe000)
                        c = 0xfffd;
                used += rv_utf8_encode(c, ret + used);
        }
        ret[used] = '\0';
}

static void read_entry(const uint8_t *entry, uint32_t index, struct gpt_part *ret)
{
        ret->index = index;
        memcpy(&ret->type, entry, sizeof ret->type);
        memcpy(&ret->uuid, entry + 16, sizeof ret->uuid);
        ret->first = rv_le64(entry + 32);
        ret->last = rv_le64(entry + 40);
        ret->attrs = rv_le64(entry + 48);
        read_label(entry + LABEL_AT, ret->label);
}

static int keep_entries(const uint8_t *bytes, struct gpt_copy *copy, struct rv_err *err)
{
        static const struct guid unused;
        size_t n = 0;

        for (uint32_t i = 0; i < copy->n_entries; i++)
                n += memcmp(bytes + (size_t)i * copy->entry_size, &unused, sizeof unused) != 0;
        copy->parts = calloc(n ? n : 1, sizeof *copy->parts);
        if (!copy->parts)
                return rv_fail_memory(err);
        for (uint32_t i = 0; i < copy->n_entries; i++) {
                const uint8_t *entry = bytes + (size_t)i * copy->entry_size;
                if (memcmp(entry, &unused, sizeof unused) != 0)
                        read_entry(entry, i + 1, &copy->parts[copy->n_parts++]);
        }
        return 0;
}

/* Reads the entries that a good header names. Only running out of memory is an error here. */
static int read_entries(const struct rv_reader *disk, unsigned sector, uint32_t crc, struct gpt_copy *copy,
                        struct rv_err *err)
{
        size_t size = (size_t)copy->n_entries * copy->entry_size;
        uint8_t *bytes = malloc(size);
        int r = 0;

        if (!bytes)
                return rv_fail_memory(err);
        if (rv_read(disk, copy->entries_lba * sector, bytes, size, NULL))
                copy->state = GPT_UNREADABLE;
        else if (rv_crc32(0, bytes, size) != crc)
                copy->state = GPT_BAD_ENTRIES;
        else
                r = keep_entries(bytes, copy, err);
        free(bytes);
        return r;
}

/* Whether a header with a good checksum also makes sense on this disk. */
static bool header_fits(const struct gpt_copy *copy, uint64_t my_lba, uint64_t n_sectors, unsigned sector)
{
        uint64_t bytes = (uint64_t)copy->n_entries * copy->entry_size;
        uint64_t sectors = (bytes + sector - 1) / sector;

        /* 5.3.2: an entry is 128 bytes times a power of two. */
        if (copy->entry_size < ENTRY_MIN || copy->entry_size > GPT_ENTRY_SIZE_MAX ||
            (copy->entry_size & (copy->entry_size - 1)))
                return false;
        if (!copy->n_entries || bytes > GPT_ENTRY_BYTES_MAX)
                return false;
        if (my_lba != copy->lba || copy->first_usable > copy->last_usable)
                return false;
        if (copy->entries_lba < 2 || copy->entries_lba >= n_sectors || sectors > n_sectors - copy->entries_lba)
                return false;
        /* Entries over the header itself would let a checksum cover what it is stored in. */
        return copy->lba < copy->entries_lba || copy->lba >= copy->entries_lba + sectors;
}

static int read_copy(const struct rv_reader *disk, unsigned sector, uint64_t lba, struct gpt_copy *ret,
                     struct rv_err *err)
{
        uint8_t header[4096];
        uint64_t n_sectors = disk->size / sector;

        *ret = (struct gpt_copy){ .lba = lba };
        if (lba >= n_sectors) {
                ret->state = GPT_BEYOND;
                return 0;
        }
        if (rv_read(disk, lba * sector, header, sector, NULL)) {
                ret->state = GPT_UNREADABLE;
                return 0;
        }
        if (memcmp(header, signature, sizeof signature) != 0) {
                ret->state = GPT_ABSENT;
                return 0;
        }
        uint32_t size = rv_le32(header + 12), crc = rv_le32(header + 16), entries_crc = rv_le32(header + 88);
        ret->other_lba = rv_le64(header + 32);
        ret->first_usable = rv_le64(header + 40);
        ret->last_usable = rv_le64(header + 48);
        memcpy(&ret->disk, header + 56, sizeof ret->disk);
        ret->entries_lba = rv_le64(header + 72);
        ret->n_entries = rv_le32(header + 80);
        ret->entry_size = rv_le32(header + 84);
        memset(header + 16, 0, 4); /* the checksum is made with its own field as zero */
        if (size < HEADER_MIN || size > sector || rv_crc32(0, header, size) != crc ||
            !header_fits(ret, rv_le64(header + 24), n_sectors, sector)) {
                ret->state = GPT_BAD_HEADER;
                return 0;
        }
        return read_entries(disk, sector, entries_crc, ret, err);
}

static bool signed_at(const struct rv_reader *disk, uint64_t offset)
{
        char bytes[sizeof signature];

        return rv_read(disk, offset, bytes, sizeof bytes, NULL) == 0 && memcmp(bytes, signature, sizeof bytes) == 0;
}

/* The sector size of an image is where its header is; the backup decides when the primary is gone. */
static unsigned find_sector(const struct rv_reader *disk)
{
        static const unsigned sizes[] = { 512, 4096 };

        for (unsigned i = 0; i < 2; i++)
                if (signed_at(disk, sizes[i]))
                        return sizes[i];
        for (unsigned i = 0; i < 2; i++)
                if (disk->size >= 2 * sizes[i] && signed_at(disk, (disk->size / sizes[i] - 1) * sizes[i]))
                        return sizes[i];
        return 512;
}

/* No copy is good: was there ever a GPT? */
static int refuse(const struct rv_reader *disk, const struct gpt *gpt, struct rv_err *err)
{
        uint8_t mbr[512];
        bool table = rv_read(disk, 0, mbr, sizeof mbr, NULL) == 0 && mbr[510] == 0x55 && mbr[511] == 0xaa;
        bool protective = false;

        for (unsigned i = 0; table && i < 4; i++)
                protective = protective || mbr[446 + 16 * i + 4] == 0xee;
        for (unsigned i = 0; i < GPT_COPIES; i++)
                protective = protective || (gpt->copy[i].state != GPT_ABSENT && gpt->copy[i].state != GPT_BEYOND);
        if (protective)
                return rv_fail(err, RV_DAMAGED, N_("%1: both copies of its partition table (GPT) are damaged"),
                               N_("Recover them with a partitioning tool, or write the image again; reeve changes "
                                  "nothing without a good copy"),
                               disk->name, NULL);
        if (table)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: has no GPT but an MBR: no update slots can be on it"),
                               N_("Name the disk that the system boots from with --image"), disk->name, NULL);
        return rv_fail(err, RV_UNSUPPORTED, N_("%1: has no partition table"),
                       N_("name a disk or a disk image, not a partition or a file system"), disk->name, NULL);
}

int gpt_read(const struct rv_reader *disk, unsigned sector, struct gpt *ret, struct rv_err *err)
{
        struct gpt gpt = { .sector = sector ? sector : find_sector(disk) };

        if (gpt.sector != 512 && gpt.sector != 4096)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: its sectors are neither 512 nor 4096 bytes"), NULL,
                               disk->name, NULL);
        gpt.n_sectors = disk->size / gpt.sector;
        int r = read_copy(disk, gpt.sector, 1, &gpt.copy[GPT_PRIMARY], err);
        if (!r) {
                const struct gpt_copy *primary = &gpt.copy[GPT_PRIMARY];
                uint64_t lba = gpt.n_sectors ? gpt.n_sectors - 1 : 0;
                /* A good primary says where its backup is; a disk that grew has it before the last sector. */
                if (primary->state == GPT_GOOD && primary->other_lba > 1)
                        lba = primary->other_lba;
                r = read_copy(disk, gpt.sector, lba, &gpt.copy[GPT_BACKUP], err);
        }
        if (!r && !gpt_used(&gpt))
                r = refuse(disk, &gpt, err);
        if (r) {
                gpt_free(&gpt);
                return r;
        }
        *ret = gpt;
        return 0;
}

void gpt_free(struct gpt *gpt)
{
        for (unsigned i = 0; i < GPT_COPIES; i++) {
                free(gpt->copy[i].parts);
                gpt->copy[i].parts = NULL;
                gpt->copy[i].n_parts = 0;
        }
}

const struct gpt_copy *gpt_used(const struct gpt *gpt)
{
        for (unsigned i = 0; i < GPT_COPIES; i++)
                if (gpt->copy[i].state == GPT_GOOD && gpt->copy[i].parts)
                        return &gpt->copy[i];
        return NULL;
}

static bool same_part(const struct gpt_part *a, const struct gpt_part *b)
{
        return a->index == b->index && guid_equal(&a->type, &b->type) && guid_equal(&a->uuid, &b->uuid) &&
               a->first == b->first && a->last == b->last && a->attrs == b->attrs && strcmp(a->label, b->label) == 0;
}

bool gpt_differ(const struct gpt *gpt)
{
        const struct gpt_copy *a = &gpt->copy[GPT_PRIMARY], *b = &gpt->copy[GPT_BACKUP];

        if (a->state != GPT_GOOD || b->state != GPT_GOOD)
                return false;
        if (!guid_equal(&a->disk, &b->disk) || a->n_parts != b->n_parts)
                return true;
        for (size_t i = 0; i < a->n_parts; i++)
                if (!same_part(&a->parts[i], &b->parts[i]))
                        return true;
        return false;
}

static int by_first(const void *a, const void *b)
{
        const struct gpt_part *x = *(const struct gpt_part *const *)a, *y = *(const struct gpt_part *const *)b;

        return (x->first > y->first) - (x->first < y->first);
}

bool gpt_overlap(const struct gpt_copy *copy, uint32_t *ret_a, uint32_t *ret_b)
{
        const struct gpt_part **order = calloc(copy->n_parts ? copy->n_parts : 1, sizeof(struct gpt_part *));
        bool found = false;

        if (!order)
                return false;
        for (size_t i = 0; i < copy->n_parts; i++)
                order[i] = &copy->parts[i];
        qsort(order, copy->n_parts, sizeof(struct gpt_part *), by_first);
        /* Sorted by start, the one that reaches farthest is the only one the next can collide with. */
        for (size_t i = 1, widest = 0; i < copy->n_parts && !found; i++) {
                if (order[i]->first <= order[widest]->last) {
                        *ret_a = order[widest]->index;
                        *ret_b = order[i]->index;
                        found = true;
                } else if (order[i]->last > order[widest]->last) {
                        widest = i;
                }
        }
        free(order);
        return found;
}

const struct gpt_part *gpt_outside(const struct gpt *gpt, const struct gpt_copy *copy)
{
        for (size_t i = 0; i < copy->n_parts; i++)
                if (copy->parts[i].first > copy->parts[i].last || copy->parts[i].last >= gpt->n_sectors)
                        return &copy->parts[i];
        return NULL;
}

bool gpt_cut(const struct gpt *gpt, const struct gpt_part *part)
{
        return part->first <= part->last && part->last >= gpt->n_sectors;
}

const struct gpt_part *gpt_part(const struct gpt_copy *copy, uint32_t index)
{
        for (size_t i = 0; i < copy->n_parts; i++)
                if (copy->parts[i].index == index)
                        return &copy->parts[i];
        return NULL;
}
