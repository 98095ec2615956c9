/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* Headers as they should be, and bent in every place that a reader could trust. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/rpm_fixture.h"

static void reads_a_package(void **state)
{
        RV_BUF_CLEANUP struct rv_buf nevra = { 0 };
        struct rv_rpm_header header;
        struct rv_rpm_texts texts;
        uint8_t blob[8192];
        uint64_t value;
        size_t size = build_package(blob, "bash", "5.3");

        (void)state;
        assert_true(rv_rpm_open(blob, size, &header));
        assert_int_equal(header.region_entries, 8);
        assert_false(header.shadowed);
        assert_true(rv_rpm_nevra(&header, &nevra));
        assert_string_equal(rv_buf_str(&nevra), "bash-5.3-1.azl4.x86_64");
        assert_string_equal(rv_rpm_text(&header, RV_TAG_SUMMARY), "in C");
        assert_true(rv_rpm_int(&header, RV_TAG_SIZE, 0, &value));
        assert_int_equal(value, 4711);
        assert_true(rv_rpm_int(&header, RV_TAG_INSTALLTIME, 0, &value));
        assert_int_equal(value, 1700000000);
        assert_false(rv_rpm_int(&header, RV_TAG_SIZE, 1, &value));
        assert_false(rv_rpm_int(&header, RV_TAG_NAME, 0, &value));
        assert_int_equal(rv_rpm_count(&header, RV_TAG_BASENAMES), 3);
        rv_rpm_texts(&header, RV_TAG_BASENAMES, &texts);
        assert_string_equal(rv_rpm_next_text(&texts), "a");
        assert_string_equal(rv_rpm_next_text(&texts), "bc");
        assert_string_equal(rv_rpm_next_text(&texts), "def");
        assert_null(rv_rpm_next_text(&texts));
        assert_null(rv_rpm_text(&header, RV_TAG_VENDOR));
        assert_false(rv_rpm_is_key(&header));
}

static void epoch_is_part_of_the_name(void **state)
{
        RV_BUF_CLEANUP struct rv_buf nevra = { 0 };
        struct rv_rpm_header header;
        struct build b;
        uint8_t blob[8192];

        (void)state;
        build_begin(&b);
        build_text(&b, RV_TAG_NAME, "perl");
        build_text(&b, RV_TAG_VERSION, "5.40");
        build_text(&b, RV_TAG_RELEASE, "2");
        build_int(&b, RV_TAG_EPOCH, 4);
        build_region(&b);
        assert_true(rv_rpm_open(blob, build_blob(&b, blob), &header));
        assert_true(rv_rpm_nevra(&header, &nevra));
        assert_string_equal(rv_buf_str(&nevra), "perl-4:5.40-2");
}

/* What is cut anywhere is damaged, and never read beyond: each cut lies in memory of exactly its size. */
static void refuses_every_cut(void **state)
{
        struct rv_rpm_header header;
        uint8_t blob[8192];
        size_t size = build_package(blob, "bash", "5.3"), cut;

        (void)state;
        for (cut = 0; cut < size; cut++) {
                uint8_t *copy = malloc(cut ? cut : 1);

                assert_non_null(copy);
                memcpy(copy, blob, cut);
                assert_false(rv_rpm_open(copy, cut, &header));
                free(copy);
        }
        assert_false(rv_rpm_open(blob, size + 1, &header)); /* nor with something behind it */
}

/* Every byte set to rubbish: whatever is still accepted must be readable without leaving the blob. */
static void survives_every_bent_byte(void **state)
{
        static const uint8_t bent[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
        uint8_t blob[8192], *copy;
        size_t size = build_package(blob, "bash", "5.3"), at, i;
        struct rv_rpm_header header;

        (void)state;
        for (at = 0; at < size; at++)
                for (i = 0; i < sizeof bent; i++) {
                        RV_BUF_CLEANUP struct rv_buf nevra = { 0 };
                        struct rv_rpm_texts texts;
                        uint64_t value;

                        copy = malloc(size);
                        assert_non_null(copy);
                        memcpy(copy, blob, size);
                        copy[at] = bent[i];
                        if (rv_rpm_open(copy, size, &header)) {
                                (void)rv_rpm_nevra(&header, &nevra);
                                (void)rv_rpm_int(&header, RV_TAG_SIZE, 0, &value);
                                rv_rpm_texts(&header, RV_TAG_BASENAMES, &texts);
                                while (rv_rpm_next_text(&texts))
                                        assert_true(texts.left < 0x10000);
                        }
                        free(copy);
                }
}

/* An entry outside the region that renames the package is seen as what it is. */
static void sees_an_unsigned_name(void **state)
{
        struct rv_rpm_header header;
        struct build b;
        uint8_t blob[8192];

        (void)state;
        build_begin(&b);
        build_text(&b, RV_TAG_NAME, "signed");
        build_region(&b);
        build_text(&b, RV_TAG_NAME, "unsigned");
        assert_true(rv_rpm_open(blob, build_blob(&b, blob), &header));
        assert_true(header.shadowed);
        assert_string_equal(rv_rpm_text(&header, RV_TAG_NAME), "unsigned"); /* as rpm reads it */
}

/* What rpm adds at installation is no such word; a summary or a scriptlet is, signed beside it or not. */
static void sees_what_nobody_signed(void **state)
{
        static const struct {
                uint32_t is_signed, added;
                bool shadowed;
        } cases[] = {
                { RV_TAG_NAME, RV_TAG_INSTALLTIME, false },   { RV_TAG_NAME, RV_TAG_FILESTATES, false },
                { RV_TAG_SUMMARY, RV_TAG_SUMMARY, true },     { RV_TAG_NAME, RV_TAG_VENDOR, true },
                { RV_TAG_NAME, RV_TAG_PREUN, true },          { RV_TAG_NAME, RV_TAG_PREUNTRANS, true },
                { RV_TAG_PREFIXES, RV_TAG_BASENAMES, false }, { RV_TAG_BASENAMES, RV_TAG_BASENAMES, true },
                { RV_TAG_NAME, RV_TAG_RSAHEADER, false },
        };
        struct rv_rpm_header header;
        struct build b;
        uint8_t blob[8192];
        size_t i;

        (void)state;
        for (i = 0; i < sizeof cases / sizeof *cases; i++) {
                build_begin(&b);
                build_text(&b, cases[i].is_signed, "signed");
                build_region(&b);
                build_text(&b, cases[i].added, "added");
                assert_true(rv_rpm_open(blob, build_blob(&b, blob), &header));
                assert_int_equal(header.shadowed, cases[i].shadowed);
        }
}

static void region_may_not_reach_outside(void **state)
{
        struct rv_rpm_header header;
        struct build b;
        uint8_t blob[8192];

        (void)state;
        build_begin(&b);
        build_text(&b, RV_TAG_NAME, "signed");
        build_region(&b);
        build_text(&b, RV_TAG_VENDOR, "unsigned");
        put32(b.index + 16 + 8, b.size - 9); /* the signed name now points at the unsigned text */
        assert_false(rv_rpm_open(blob, build_blob(&b, blob), &header));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_a_package),
                cmocka_unit_test(epoch_is_part_of_the_name),
                cmocka_unit_test(refuses_every_cut),
                cmocka_unit_test(survives_every_bent_byte),
                cmocka_unit_test(sees_an_unsigned_name),
                cmocka_unit_test(sees_what_nobody_signed),
                cmocka_unit_test(region_may_not_reach_outside),
        };

        return cmocka_run_group_tests_name("rpm header", tests, NULL, NULL);
}
