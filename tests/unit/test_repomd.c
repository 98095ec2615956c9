/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-rpmmd */
/* repomd.xml as its writers make it, and as nobody honest would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/distro/rpmmd/rpmmd.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<repomd xmlns=\"http://linux.duke.edu/metadata/repo\">\n"
#define SUM "<checksum type=\"sha256\">" A64 "</checksum>"
#define FILE_WITH(href) HEAD "<data type=\"primary\">" SUM "<location href=\"" href "\"/></data></repomd>"

static int parse(const char *text)
{
        struct rv_repomd repomd;
        int r = rv_repomd_parse(text, strlen(text), "repomd.xml", &repomd, NULL);

        if (r == RV_OK)
                rv_repomd_free(&repomd);
        return r;
}

static void test_whole(void **state)
{
        static const char text[] =
                HEAD "<revision>1749069429</revision>\n<tags><content>binary</content></tags>\n"
                     "<data type=\"primary\">\n" SUM "<open-checksum type=\"sha512\">" A64 A64 "</open-checksum>\n"
                     "<location href=\"repodata/p+q~1.xml.zst\"/><timestamp>1749069429.25</timestamp>\n"
                     "<size>45430</size><open-size>443411</open-size></data>\n"
                     "<data type=\"group\">" SUM "<location href=\"repodata/comps.xml\"/></data></repomd>\n";
        RV_REPOMD_CLEANUP struct rv_repomd repomd = { 0 };
        const struct rv_repomd_file *file;

        (void)state;
        assert_int_equal(rv_repomd_parse(text, strlen(text), "repomd.xml", &repomd, NULL), RV_OK);
        assert_string_equal(repomd.revision, "1749069429");
        assert_int_equal(repomd.n, 2);
        assert_int_equal(repomd.timestamp, 1749069429);
        file = rv_repomd_file(&repomd, "primary");
        assert_non_null(file);
        assert_string_equal(file->href, "repodata/p+q~1.xml.zst");
        assert_int_equal(file->checksum.kind, RV_CHECKSUM_SHA256);
        assert_string_equal(file->checksum.hex, A64);
        assert_int_equal(file->open.kind, RV_CHECKSUM_SHA512);
        assert_int_equal(file->size, 45430);
        assert_int_equal(file->open_size, 443411);
        assert_int_equal(rv_repomd_file(&repomd, "group")->size, -1);
        assert_null(rv_repomd_file(&repomd, "filelists"));
}

static void test_refused(void **state)
{
        static const char *const texts[] = {
                "",
                "<",
                "nothing",
                "<repo/>",
                HEAD,                                                                 /* cut */
                HEAD "<data>" SUM "<location href=\"a\"/></data></repomd>",           /* no type */
                HEAD "<data type=\"primary\">" SUM "</data></repomd>",                /* no location */
                HEAD "<data type=\"primary\"><location href=\"a\"/></data></repomd>", /* no checksum */
                HEAD "<data type=\"primary\"><checksum type=\"sha256\">" A64 "a</checksum></data></repomd>",
                HEAD "<data type=\"primary\"><checksum type=\"crc\">" A64 "</checksum></data></repomd>",
                HEAD "<data type=\"primary\"><checksum>" A64 "</checksum></data></repomd>",
                HEAD "<data type=\"primary\"><size>-1</size></data></repomd>",
                HEAD "<data type=\"primary\"><size>99999999999999999999</size></data></repomd>",
                HEAD "<data type=\"primary\"><timestamp>soon</timestamp></data></repomd>",
                HEAD "<data type=\"primary\" xml:base=\"http://elsewhere.example/\">" SUM
                     "<location href=\"a\"/></data></repomd>",
                "<!DOCTYPE repomd [<!ENTITY a \"b\">]><repomd>&a;</repomd>",
                "<!DOCTYPE repomd SYSTEM \"file:///etc/passwd\"><repomd/>",
                HEAD "<a><b><c><d><e><f><g><h><i><j><k><l><m><n><o><p>",
                FILE_WITH(""),
                FILE_WITH("/etc/passwd"),
                FILE_WITH("../a"),
                FILE_WITH("a/../../b"),
                FILE_WITH("a/.."),
                FILE_WITH("a//b"),
                FILE_WITH("a/"),
                FILE_WITH("./a"),
                FILE_WITH("http://elsewhere.example/a"),
                FILE_WITH("a%2f..%2fb"),
                FILE_WITH("a?b"),
                FILE_WITH("a#b"),
                FILE_WITH("a\\b"),
                FILE_WITH("a b"),
                FILE_WITH("a&#10;b"),
                FILE_WITH("&#xe4;"),
        };
        size_t i;

        (void)state;
        assert_int_equal(parse(FILE_WITH("a")), RV_OK);
        assert_int_equal(parse(FILE_WITH("a/..b/c..d/...")), RV_OK);
        for (i = 0; i < sizeof texts / sizeof *texts; i++)
                if (parse(texts[i]) != RV_DAMAGED)
                        fail_msg("%zu: %s", i, texts[i]);
}

static void test_without_end(void **state)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        size_t i;

        (void)state;
        rv_buf_add_str(&text, HEAD "<revision>");
        for (i = 0; i < 2000; i++)
                rv_buf_add_str(&text, "1");
        assert_int_equal(parse(rv_buf_str(&text)), RV_DAMAGED);
        rv_buf_clear(&text);
        rv_buf_add_str(&text, HEAD);
        for (i = 0; i <= RV_REPOMD_FILES; i++)
                rv_buf_add_str(&text, "<data type=\"primary\">" SUM "<location href=\"a\"/></data>");
        rv_buf_add_str(&text, "</repomd>");
        assert_int_equal(parse(rv_buf_str(&text)), RV_DAMAGED);
        while (text.size <= RV_REPOMD_LIMIT)
                rv_buf_add_str(&text, "                                                                ");
        assert_int_equal(parse(rv_buf_str(&text)), RV_DAMAGED);
        rv_buf_clear(&text);
        rv_buf_add_str(&text, HEAD "<data type=\"primary\" ");
        for (i = 0; i < 40; i++)
                rv_buf_printf(&text, "a%zu=\"\" ", i);
        rv_buf_add_str(&text, "/></repomd>");
        assert_int_equal(parse(rv_buf_str(&text)), RV_DAMAGED);
}

/* Every cut, and every byte that is another one: read or refused, never more. */
static void test_mutations(void **state)
{
        const char *whole = FILE_WITH("repodata/a.xml");
        size_t n = strlen(whole), i;
        char *text = strdup(whole);

        (void)state;
        assert_non_null(text);
        for (i = 0; i < n; i++) {
                struct rv_repomd repomd;
                int r = rv_repomd_parse(text, i, "cut", &repomd, NULL);

                assert_int_equal(r, RV_DAMAGED);
                text[i] = (char)(text[i] ^ 0x15);
                r = rv_repomd_parse(text, n, "changed", &repomd, NULL);
                if (r == RV_OK)
                        rv_repomd_free(&repomd);
                else
                        assert_int_equal(r, RV_DAMAGED);
                text[i] = whole[i];
        }
        free(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_whole),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_without_end),
                cmocka_unit_test(test_mutations),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
