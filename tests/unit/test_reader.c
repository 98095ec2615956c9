/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* Readers: bounds at their last byte, parts of parts, sums that go round, and files that are cut while they are read.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/distro/reader.h"
#include "place_fixture.h"

static int code_of(const struct rv_reader *reader, uint64_t offset, size_t n)
{
        static char buf[64];

        return rv_read(reader, offset, buf, n, NULL);
}

/* What holds for ten bytes "0123456789", however they are reached. */
static void check_ten(const struct rv_reader *reader)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        char buf[16] = "";

        assert_int_equal(reader->size, 10);
        assert_int_equal(rv_read(reader, 0, buf, 10, NULL), RV_OK);
        assert_memory_equal(buf, "0123456789", 10);
        assert_int_equal(rv_read(reader, 9, buf, 1, NULL), RV_OK);
        assert_int_equal(buf[0], '9');
        assert_int_equal(code_of(reader, 10, 0), RV_OK);
        assert_int_equal(code_of(reader, 10, 1), RV_DAMAGED);
        assert_int_equal(code_of(reader, 11, 0), RV_DAMAGED);
        assert_int_equal(code_of(reader, 0, 11), RV_DAMAGED);
        assert_int_equal(code_of(reader, 9, 2), RV_DAMAGED);
        assert_int_equal(code_of(reader, 5, SIZE_MAX), RV_DAMAGED);
        assert_int_equal(code_of(reader, 5, SIZE_MAX - 4), RV_DAMAGED);
        assert_int_equal(code_of(reader, UINT64_MAX, 1), RV_DAMAGED);
        assert_int_equal(rv_read(reader, UINT64_MAX - 3, buf, 8, &err), RV_DAMAGED);
        assert_true(place_says(&err, "ten: ends early"));
}

static void test_memory_and_parts(void **state)
{
        const char bytes[] = "abc0123456789xyz";
        const struct rv_reader whole = rv_reader_memory(bytes, sizeof bytes - 1, "whole");
        const struct rv_reader inner = rv_reader_part(&whole, 2, 12, "inner");
        struct rv_reader part = rv_reader_memory(bytes + 3, 10, "ten");

        (void)state;
        check_ten(&part);
        part = rv_reader_part(&whole, 3, 10, "ten");
        check_ten(&part);
        part = rv_reader_part(&inner, 1, 10, "ten");
        check_ten(&part);
        /* A part is cut to what there is. */
        part = rv_reader_part(&whole, 13, UINT64_MAX, "cut");
        assert_int_equal(part.size, 3);
        assert_int_equal(code_of(&part, 2, 1), RV_OK);
        part = rv_reader_part(&whole, 16, 1, "cut");
        assert_int_equal(part.size, 0);
        part = rv_reader_part(&whole, UINT64_MAX, UINT64_MAX, "cut");
        assert_int_equal(part.size, 0);
        assert_int_equal(code_of(&part, 0, 1), RV_DAMAGED);
        part = rv_reader_part(&inner, 11, 5, "cut"); /* what the outer one has beyond the inner one is not its own */
        assert_int_equal(part.size, 1);
}

static void test_files(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place = *state;
        struct rv_reader file, part;
        char buf[16];
        int fd;

        place_write(place, "file", "0123456789", 10, 0600);
        fd = openat(place->fd, "file", O_RDWR | O_CLOEXEC);
        file = rv_reader_fd(fd, 10, "ten");
        check_ten(&file);
        part = rv_reader_part(&file, 4, 3, "part");
        assert_int_equal(rv_read(&part, 1, buf, 2, NULL), RV_OK);
        assert_memory_equal(buf, "56", 2);
        /* The file was larger when its size was taken. */
        assert_int_equal(ftruncate(fd, 6), 0);
        assert_int_equal(rv_read(&file, 4, buf, 4, &err), RV_DAMAGED);
        assert_true(place_says(&err, "ten: ends early"));
        assert_int_equal(code_of(&part, 0, 3), RV_DAMAGED);
        assert_int_equal(code_of(&file, 4, 2), RV_OK);
        close(fd);
        rv_err_clear(&err);
        assert_int_equal(rv_read(&file, 0, buf, 1, &err), RV_FAILED);
        assert_true(place_says(&err, strerror(EBADF)));
        /* A size that no file can have: its end is where offsets end. */
        file = rv_reader_fd(fd, UINT64_MAX, "endless");
        assert_int_equal(file.size, INT64_MAX);
}

static void test_numbers(void **state)
{
        static const uint8_t bytes[] = { 0xff, 0x01, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0xf8 };

        (void)state;
        assert_int_equal(rv_le16(bytes + 1), 0x8201);
        assert_int_equal(rv_le32(bytes + 1), 0x84838201);
        assert_true(rv_le64(bytes + 1) == 0xf887868584838201);
        assert_true(rv_le64(bytes) == 0x87868584838201ff);
        assert_int_equal(rv_be16(bytes + 1), 0x0182);
        assert_int_equal(rv_be32(bytes + 2), 0x82838485);
        assert_true(rv_be64(bytes) == 0xff01828384858687);
        assert_true(rv_be64(bytes + 1) == 0x01828384858687f8);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_memory_and_parts),
                cmocka_unit_test_setup_teardown(test_files, place_setup, place_teardown),
                cmocka_unit_test(test_numbers),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
