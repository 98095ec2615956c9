/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: slots-disk */
/* Sections of PE images: exact sizes, names of eight bytes, tables that lead outside, and every byte wrong or missing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/distro/reader.h"
#include "pe_fixture.h"
#include "place_fixture.h"
#include "plugins/slots/disk/pe.h"

enum { LIMIT = 4096 };

static const struct pe_section sections[] = {
        { ".text", "code", 4 },      { ".osrel", "ID=x\n", 5 },  { ".cmdline", "usrhash=1 quiet", 15 },
        { ".cmdline", "second", 6 }, { "12345678", "eight", 5 }, { ".large", NULL, 0 }
};
enum { N_SECTIONS = sizeof sections / sizeof *sections };

static int section(const struct rv_buf *image, const char *name, struct rv_buf *ret, struct rv_err *err)
{
        const struct rv_reader file = rv_reader_memory(rv_buf_str(image), image->size, "x.efi");

        return pe_section(&file, name, LIMIT, ret, err);
}

static int code_of(const struct rv_buf *image, const char *name)
{
        RV_BUF_CLEANUP struct rv_buf got = { 0 };

        return section(image, name, &got, NULL);
}

static void test_sections(void **state)
{
        RV_BUF_CLEANUP struct rv_buf image = { 0 }, got = { 0 };
        RV_ERR_CLEANUP struct rv_err err = { 0 };

        (void)state;
        pe_make(&image, sections, N_SECTIONS);
        assert_int_equal(section(&image, ".osrel", &got, NULL), RV_OK);
        assert_string_equal(got.data, "ID=x\n"); /* the virtual size: none of the padding */
        /* Appends; of two with a name the first counts. */
        assert_int_equal(section(&image, ".cmdline", &got, NULL), RV_OK);
        assert_string_equal(got.data, "ID=x\nusrhash=1 quiet");
        assert_int_equal(got.size, 20);
        assert_int_equal(code_of(&image, "12345678"), RV_OK);
        assert_int_equal(code_of(&image, ".large"), RV_OK);
        assert_int_equal(section(&image, ".osre", &got, &err), RV_NOTFOUND);
        assert_int_equal(section(&image, ".osrelx", &got, &err), RV_NOTFOUND);
        assert_true(place_says(&err, "x.efi: has no section .osrelx"));
        assert_int_equal(code_of(&image, ".OSREL"), RV_NOTFOUND);
        assert_int_equal(got.size, 20);
}

static void test_sizes(void **state)
{
        RV_BUF_CLEANUP struct rv_buf image = { 0 }, got = { 0 };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const size_t entry = PE_TABLE + PE_SECTION; /* of .osrel */

        (void)state;
        pe_make(&image, sections, N_SECTIONS);
        /* A virtual size of nothing, or beyond what the file has, is the raw one. */
        pe_put(&image, entry + 8, 0, 4);
        assert_int_equal(section(&image, ".osrel", &got, NULL), RV_OK);
        assert_int_equal(got.size, PE_ALIGN);
        rv_buf_clear(&got);
        pe_put(&image, entry + 8, UINT32_MAX, 4);
        assert_int_equal(section(&image, ".osrel", &got, NULL), RV_OK);
        assert_int_equal(got.size, PE_ALIGN);
        rv_buf_clear(&got);
        /* The limit is exact, and looked at before memory is asked for. */
        pe_put(&image, entry + 8, LIMIT + 1, 4);
        pe_put(&image, entry + 16, UINT32_MAX, 4);
        assert_int_equal(section(&image, ".osrel", &got, &err), RV_DAMAGED);
        assert_true(place_says(&err, "its section .osrel is too large"));
        pe_put(&image, entry + 8, LIMIT, 4);
        pe_put(&image, entry + 20, 0, 4);
        while (image.size < LIMIT)
                rv_buf_add_char(&image, '\0');
        assert_int_equal(section(&image, ".osrel", &got, NULL), RV_OK);
        assert_int_equal(got.size, LIMIT);
        /* Outside of the file, by a little and by all. */
        pe_put(&image, entry + 20, (uint32_t)(image.size - LIMIT + 1), 4);
        assert_int_equal(code_of(&image, ".osrel"), RV_DAMAGED);
        pe_put(&image, entry + 20, UINT32_MAX, 4);
        assert_int_equal(code_of(&image, ".osrel"), RV_DAMAGED);
        assert_int_equal(got.size, LIMIT); /* nothing half read */
}

static void test_headers(void **state)
{
        RV_BUF_CLEANUP struct rv_buf image = { 0 };

        (void)state;
        pe_make(&image, sections, N_SECTIONS);
        image.data[0] = 'N';
        assert_int_equal(code_of(&image, ".osrel"), RV_UNSUPPORTED);
        image.data[0] = 'M';
        image.data[PE_AT + 2] = 1;
        assert_int_equal(code_of(&image, ".osrel"), RV_UNSUPPORTED);
        image.data[PE_AT + 2] = 0;
        pe_put(&image, 0x3c, UINT32_MAX, 4);
        assert_int_equal(code_of(&image, ".osrel"), RV_UNSUPPORTED);
        pe_put(&image, 0x3c, (uint32_t)image.size - 23, 4);
        assert_int_equal(code_of(&image, ".osrel"), RV_UNSUPPORTED);
        pe_put(&image, 0x3c, PE_AT, 4);
        pe_put(&image, PE_AT + 6, 256, 2); /* as many as are allowed, but not there */
        assert_int_equal(code_of(&image, ".none"), RV_DAMAGED);
        pe_put(&image, PE_AT + 6, 257, 2);
        assert_int_equal(code_of(&image, ".osrel"), RV_DAMAGED);
        pe_put(&image, PE_AT + 6, 0, 2);
        assert_int_equal(code_of(&image, ".osrel"), RV_NOTFOUND);
        pe_put(&image, PE_AT + 6, N_SECTIONS, 2);
        pe_put(&image, PE_AT + 20, UINT16_MAX, 2);
        assert_int_equal(code_of(&image, ".osrel"), RV_DAMAGED);
}

/* Cut anywhere, and each byte of its headers wrong: an error or another text, never a byte from outside. */
static void test_every_byte(void **state)
{
        RV_BUF_CLEANUP struct rv_buf image = { 0 };
        struct rv_buf got = { 0 };
        size_t n, whole;
        char *exact;
        unsigned bit;

        (void)state;
        pe_make(&image, sections, 3);
        whole = image.size;
        for (n = 0; n < whole; n++) {
                exact = malloc(n ? n : 1); /* of that size, so that a sanitizer sees what reads on */
                assert_non_null(exact);
                memcpy(exact, image.data, n);
                const struct rv_reader file = rv_reader_memory(exact, n, "cut");
                if (n + PE_ALIGN < whole - 15)
                        assert_int_not_equal(pe_section(&file, ".cmdline", LIMIT, &got, NULL), RV_OK);
                else
                        (void)!pe_section(&file, ".cmdline", LIMIT, &got, NULL);
                rv_buf_free(&got);
                free(exact);
        }
        for (n = 0; n < PE_TABLE + 3 * PE_SECTION; n++)
                for (bit = 0; bit < 8; bit++) {
                        image.data[n] = (char)(image.data[n] ^ 1 << bit);
                        if (section(&image, ".cmdline", &got, NULL) == RV_OK)
                                assert_true(got.size <= LIMIT);
                        rv_buf_free(&got);
                        image.data[n] = (char)(image.data[n] ^ 1 << bit);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sections),
                cmocka_unit_test(test_sizes),
                cmocka_unit_test(test_headers),
                cmocka_unit_test(test_every_byte),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
