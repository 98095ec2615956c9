/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: slots-disk */
/* Both copies of a GPT, built in memory: what is believed, what is refused, and how the copies are told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/distro/reader.h"
#include "plugins/slots/disk/gpt.h"

enum { SECTORS = 80, ENTRIES = 8, ENTRY = 128, PRIMARY_TABLE = 2 };

struct disk {
        uint8_t *bytes;
        size_t size;
        unsigned sector;
        uint64_t backup, backup_table; /* sectors */
};

static void put32(uint8_t *at, uint32_t value)
{
        for (unsigned i = 0; i < 4; i++)
                at[i] = (uint8_t)(value >> 8 * i);
}

static void put64(uint8_t *at, uint64_t value)
{
        put32(at, (uint32_t)value);
        put32(at + 4, (uint32_t)(value >> 32));
}

static uint8_t *header_of(const struct disk *disk, unsigned copy)
{
        return disk->bytes + (copy == GPT_PRIMARY ? 1 : disk->backup) * disk->sector;
}

static uint8_t *entries_of(const struct disk *disk, unsigned copy)
{
        return disk->bytes + (copy == GPT_PRIMARY ? PRIMARY_TABLE : disk->backup_table) * disk->sector;
}

static void seal_header(const struct disk *disk, unsigned copy)
{
        uint8_t *header = header_of(disk, copy);

        put32(header + 16, 0);
        put32(header + 16, rv_crc32(0, header, rv_le32(header + 12)));
}

static void seal(const struct disk *disk, unsigned copy)
{
        put32(header_of(disk, copy) + 88, rv_crc32(0, entries_of(disk, copy), (size_t)ENTRIES * ENTRY));
        seal_header(disk, copy);
}

static void put_part(const struct disk *disk, unsigned index, uint64_t first, uint64_t last, uint64_t attrs)
{
        for (unsigned copy = 0; copy < GPT_COPIES; copy++) {
                uint8_t *entry = entries_of(disk, copy) + (size_t)(index - 1) * ENTRY;
                memset(entry, (int)index, 32);
                put64(entry + 32, first);
                put64(entry + 40, last);
                put64(entry + 48, attrs);
                entry[56] = (uint8_t)('a' + index);
                seal(disk, copy);
        }
}

static struct disk make(unsigned sector)
{
        struct disk disk = { .sector = sector, .size = (size_t)SECTORS * sector, .backup = SECTORS - 1 };
        size_t table = ((size_t)ENTRIES * ENTRY + sector - 1) / sector;

        disk.bytes = calloc(1, disk.size);
        assert_non_null(disk.bytes);
        disk.backup_table = disk.backup - table;
        disk.bytes[510] = 0x55;
        disk.bytes[511] = 0xaa;
        disk.bytes[446 + 4] = 0xee;
        for (unsigned copy = 0; copy < GPT_COPIES; copy++) {
                uint8_t *header = header_of(&disk, copy);
                memcpy(header, "EFI PART", 8);
                put32(header + 8, 0x10000);
                put32(header + 12, 92);
                put64(header + 24, copy == GPT_PRIMARY ? 1 : disk.backup);
                put64(header + 32, copy == GPT_PRIMARY ? disk.backup : 1);
                put64(header + 40, PRIMARY_TABLE + table);
                put64(header + 48, disk.backup_table - 1);
                put64(header + 72, copy == GPT_PRIMARY ? PRIMARY_TABLE : disk.backup_table);
                put32(header + 80, ENTRIES);
                put32(header + 84, ENTRY);
        }
        put_part(&disk, 1, 20, 29, 0);
        put_part(&disk, 3, 30, 39, UINT64_C(2) << 48 | UINT64_C(1) << 56);
        return disk;
}

static int read_disk(const struct disk *disk, struct gpt *ret, struct rv_err *err)
{
        struct rv_reader reader = rv_reader_memory(disk->bytes, disk->size, "disk");

        return gpt_read(&reader, 0, ret, err);
}

static void test_good(void **state)
{
        static const unsigned sectors[] = { 512, 4096 };

        (void)state;
        for (unsigned i = 0; i < 2; i++) {
                struct disk disk = make(sectors[i]);
                struct gpt GPT_CLEANUP gpt = { .sector = 0 };

                assert_int_equal(read_disk(&disk, &gpt, NULL), 0);
                assert_int_equal(gpt.sector, sectors[i]);
                assert_int_equal(gpt.copy[GPT_PRIMARY].state, GPT_GOOD);
                assert_int_equal(gpt.copy[GPT_BACKUP].state, GPT_GOOD);
                assert_false(gpt_differ(&gpt));
                const struct gpt_copy *copy = gpt_used(&gpt);
                assert_int_equal(copy->n_parts, 2);
                const struct gpt_part *part = gpt_part(copy, 3);
                assert_non_null(part);
                assert_int_equal(part->first, 30);
                assert_int_equal(gpt_priority(part->attrs), 2);
                assert_true(gpt_successful(part->attrs));
                assert_string_equal(part->label, "d");
                assert_null(gpt_part(copy, 2));
                free(disk.bytes);
        }
}

/* Each byte of a header and of used entries is covered by a check. */
static void test_every_byte_counts(void **state)
{
        (void)state;
        for (unsigned which = 0; which < GPT_COPIES; which++)
                for (unsigned i = 0; i < 92 + 3 * ENTRY; i++) {
                        struct disk disk = make(512);
                        struct gpt GPT_CLEANUP gpt = { .sector = 0 };
                        uint8_t *byte = i < 92 ? header_of(&disk, which) + i : entries_of(&disk, which) + i - 92;
                        *byte ^= 0x10;
                        assert_int_equal(read_disk(&disk, &gpt, NULL), 0);
                        assert_int_not_equal(gpt.copy[which].state, GPT_GOOD);
                        assert_int_equal(gpt.copy[!which].state, GPT_GOOD);
                        assert_ptr_equal(gpt_used(&gpt), &gpt.copy[!which]);
                        assert_false(gpt_differ(&gpt));
                        free(disk.bytes);
                }
}

/* Headers with right checksums whose numbers can't be true. */
static void test_lies(void **state)
{
        static const struct {
                unsigned at, size;
                uint64_t value;
        } lies[] = {
                { 12, 4, 91 },         { 12, 4, 513 },
                { 24, 8, 2 },          { 40, 8, UINT64_MAX },
                { 72, 8, 0 },          { 72, 8, 1 },
                { 72, 8, SECTORS },    { 72, 8, SECTORS - 2 },
                { 72, 8, UINT64_MAX }, { 72, 8, UINT64_MAX / 512 },
                { 80, 4, 0 },          { 80, 4, UINT32_MAX },
                { 80, 4, 8193 },       { 84, 4, 0 },
                { 84, 4, 64 },         { 84, 4, 192 },
                { 84, 4, 8192 },       { 84, 4, UINT32_MAX },
                { 84, 4, 1u << 31 },
        };

        (void)state;
        for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
                struct disk disk = make(512);
                struct gpt GPT_CLEANUP gpt = { .sector = 0 };
                uint8_t *header = header_of(&disk, GPT_PRIMARY);
                if (lies[i].size == 8)
                        put64(header + lies[i].at, lies[i].value);
                else
                        put32(header + lies[i].at, (uint32_t)lies[i].value);
                put32(header + 16, 0);
                put32(header + 16, rv_crc32(0, header, lies[i].at == 12 ? 92 : rv_le32(header + 12)));
                assert_int_equal(read_disk(&disk, &gpt, NULL), 0);
                assert_int_not_equal(gpt.copy[GPT_PRIMARY].state, GPT_GOOD);
                assert_ptr_equal(gpt_used(&gpt), &gpt.copy[GPT_BACKUP]);
                free(disk.bytes);
        }
}

static void test_differ(void **state)
{
        struct disk disk = make(512);
        struct gpt GPT_CLEANUP gpt = { .sector = 0 };

        (void)state;
        entries_of(&disk, GPT_BACKUP)[2 * ENTRY + 54] ^= 0x10;
        seal(&disk, GPT_BACKUP);
        assert_int_equal(read_disk(&disk, &gpt, NULL), 0);
        assert_true(gpt_differ(&gpt));
        assert_ptr_equal(gpt_used(&gpt), &gpt.copy[GPT_PRIMARY]);
        free(disk.bytes);
}

static void expect_overlap(uint64_t first, uint64_t last, uint32_t a, uint32_t b)
{
        struct disk disk = make(512);
        struct gpt GPT_CLEANUP gpt = { .sector = 0 };
        uint32_t one = 0, two = 0;

        put_part(&disk, 2, first, last, 0);
        assert_int_equal(read_disk(&disk, &gpt, NULL), 0);
        assert_int_equal(gpt_overlap(gpt_used(&gpt), &one, &two), a != 0);
        assert_int_equal(one, a);
        assert_int_equal(two, b);
        free(disk.bytes);
}

static void test_overlap(void **state)
{
        (void)state;
        expect_overlap(40, 49, 0, 0);
        expect_overlap(29, 29, 1, 2);
        expect_overlap(39, 45, 3, 2);
        expect_overlap(10, 50, 2, 1);
        expect_overlap(5, 19, 0, 0);
}

static void test_outside(void **state)
{
        static const uint64_t ends[][2] = {
                { 40, SECTORS }, { UINT64_MAX, UINT64_MAX }, { 45, 40 }, { 40, UINT64_MAX }
        };

        (void)state;
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
                struct disk disk = make(512);
                struct gpt GPT_CLEANUP gpt = { .sector = 0 };
                put_part(&disk, 5, ends[i][0], ends[i][1], 0);
                assert_int_equal(read_disk(&disk, &gpt, NULL), 0);
                assert_non_null(gpt_outside(&gpt, gpt_used(&gpt)));
                assert_int_equal(gpt_outside(&gpt, gpt_used(&gpt))->index, 5);
                free(disk.bytes);
        }
}

static void test_none(void **state)
{
        struct disk disk = make(512);
        struct gpt gpt;

        (void)state;
        /* Both copies spoilt: there was a GPT. */
        header_of(&disk, GPT_PRIMARY)[0] = header_of(&disk, GPT_BACKUP)[0] = 0;
        assert_int_equal(read_disk(&disk, &gpt, NULL), RV_DAMAGED);
        /* Without the protective MBR's mark it is another kind of table, or none. */
        disk.bytes[446 + 4] = 0x83;
        struct rv_err RV_ERR_CLEANUP err = { 0 };
        assert_int_equal(read_disk(&disk, &gpt, &err), RV_UNSUPPORTED);
        assert_true(err.hint.size > 0);
        disk.bytes[511] = 0;
        assert_int_equal(read_disk(&disk, &gpt, NULL), RV_UNSUPPORTED);
        for (size_t size = 0; size < 3000; size += 100) {
                disk.size = size;
                assert_int_equal(read_disk(&disk, &gpt, NULL), RV_UNSUPPORTED);
        }
        free(disk.bytes);
}

static void test_cut_and_grown(void **state)
{
        struct disk disk = make(512);
        struct gpt GPT_CLEANUP cut = { .sector = 0 }, GPT_CLEANUP grown = { .sector = 0 };

        (void)state;
        disk.size -= 512;
        assert_int_equal(read_disk(&disk, &cut, NULL), 0);
        assert_int_equal(cut.copy[GPT_BACKUP].state, GPT_BEYOND);
        /* A disk that grew has its backup where the primary says, not at the end. */
        disk.bytes = realloc(disk.bytes, (size_t)2 * SECTORS * 512);
        assert_non_null(disk.bytes);
        disk.size = (size_t)2 * SECTORS * 512;
        memset(disk.bytes + (size_t)SECTORS * 512, 0, (size_t)SECTORS * 512);
        assert_int_equal(read_disk(&disk, &grown, NULL), 0);
        assert_int_equal(grown.copy[GPT_BACKUP].state, GPT_GOOD);
        free(disk.bytes);
}

static void test_labels(void **state)
{
        struct disk disk = make(512);
        struct gpt GPT_CLEANUP gpt = { .sector = 0 };
        uint8_t *label = entries_of(&disk, GPT_PRIMARY) + 56;

        (void)state;
        /* U+1F600 as a pair, a lone surrogate, U+00E9; no NUL until the end. */
        memcpy(label, "\x3d\xd8\x00\xde\x00\xdc\xe9\x00", 8);
        memset(label + 8, 'x', 64);
        seal(&disk, GPT_PRIMARY);
        assert_int_equal(read_disk(&disk, &gpt, NULL), 0);
        const char *text = gpt_used(&gpt)->parts[0].label;
        assert_memory_equal(text, "\xf0\x9f\x98\x80\xef\xbf\xbd\xc3\xa9", 9);
        assert_int_equal(strlen(text), 9 + 32 * 3);
        free(disk.bytes);
}

static void test_guids(void **state)
{
        static const struct guid usr = { { 0xf4, 0xf5, 0xfb, 0x5d, 0x48, 0x28, 0xac, 0x4b, 0xaa, 0x5e, 0x0d, 0x9a, 0x20,
                                           0xb7, 0x45, 0xa6 } };
        char text[GUID_TEXT];

        (void)state;
        guid_text(&usr, text);
        assert_string_equal(text, TYPE_USR);
        assert_true(guid_is(&usr, "5DFBF5F4-2848-4BAC-AA5E-0D9A20B745A6"));
        assert_string_equal(guid_type_id(&usr), "coreos-usr");
        assert_false(guid_zero(&usr));
        assert_true(guid_zero(&(struct guid){ { 0 } }));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_good),   cmocka_unit_test(test_every_byte_counts), cmocka_unit_test(test_lies),
                cmocka_unit_test(test_differ), cmocka_unit_test(test_overlap),           cmocka_unit_test(test_outside),
                cmocka_unit_test(test_none),   cmocka_unit_test(test_cut_and_grown),     cmocka_unit_test(test_labels),
                cmocka_unit_test(test_guids),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
