/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may be given to dlopen(): real libraries whole; cut at each place, of other machines, and rubbish are refused.
 */
#include <elf.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/library.h"
#include "place_fixture.h"

struct world {
        struct place *place;
        struct rv_buf library; /* this program's own libreeve */
        char path[96];
};

static int find_library(struct dl_phdr_info *info, size_t size, void *user)
{
        (void)size;
        if (!info->dlpi_name || !strstr(info->dlpi_name, "/libreeve.so"))
                return 0;
        return rv_file_read(AT_FDCWD, info->dlpi_name, 64 << 20, user, NULL) == RV_OK ? 1 : -1;
}

static int setup(void **state)
{
        struct world *world = calloc(1, sizeof *world);

        if (!world || place_setup((void **)&world->place))
                return -1;
        (void)snprintf(world->path, sizeof world->path, "%s/lib.so", world->place->path);
        *state = world;
        return dl_iterate_phdr(find_library, &world->library) == 1 ? 0 : -1;
}

static int teardown(void **state)
{
        struct world *world = *state;

        (void)place_teardown((void **)&world->place);
        rv_buf_free(&world->library);
        free(world);
        return 0;
}

static int code_of(const struct world *world, const void *bytes, size_t n)
{
        place_write(world->place, "lib.so", bytes, n, 0644);
        return rv_library_check(world->path, NULL);
}

/* The last byte that a segment needs. */
static size_t needed(const struct world *world)
{
        const ElfW(Ehdr) *elf = (const void *)world->library.data;
        const ElfW(Phdr) *headers = (const void *)(world->library.data + elf->e_phoff);
        size_t end = 0;
        int i;

        for (i = 0; i < elf->e_phnum; i++)
                if (headers[i].p_type == PT_LOAD && headers[i].p_offset + headers[i].p_filesz > end)
                        end = headers[i].p_offset + headers[i].p_filesz;
        return end;
}

static void test_cut_libraries(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct world *world = *state;
        const char *bytes = world->library.data;
        size_t end = needed(world), n;

        assert_int_equal(code_of(world, bytes, world->library.size), RV_OK);
        /* What is behind the segments (names of sections) the loader never maps. */
        assert_int_equal(code_of(world, bytes, end), RV_OK);
        assert_int_equal(code_of(world, bytes, end - 1), RV_DAMAGED);
        assert_int_equal(rv_library_check(world->path, &err), RV_DAMAGED);
        assert_true(place_says(&err, world->path));
        assert_true(place_says(&err, "cut short"));
        assert_true(err.hint.size > 0);
        for (n = 0; n < sizeof(ElfW(Ehdr)); n += 7)
                assert_int_equal(code_of(world, bytes, n), RV_UNSUPPORTED);
        for (n = sizeof(ElfW(Ehdr)); n < end; n += end / 50)
                assert_int_equal(code_of(world, bytes, n), RV_DAMAGED);
}

static void test_no_libraries(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct world *world = *state;
        const struct place *place = world->place;
        unsigned open_before = place_descriptors();

        assert_int_equal(rv_library_check(world->path, &err), RV_UNSUPPORTED);
        assert_int_equal(code_of(world, "#!/bin/sh\n", 10), RV_UNSUPPORTED);
        assert_int_equal(unlinkat(place->fd, "lib.so", 0), 0);
        assert_int_equal(mkfifoat(place->fd, "lib.so", 0600), 0);
        assert_int_equal(rv_library_check(world->path, NULL), RV_UNSUPPORTED); /* and at once */
        assert_int_equal(unlinkat(place->fd, "lib.so", 0), 0);
        assert_int_equal(mkdirat(place->fd, "lib.so", 0700), 0);
        assert_int_equal(rv_library_check(world->path, NULL), RV_UNSUPPORTED);
        assert_int_equal(unlinkat(place->fd, "lib.so", AT_REMOVEDIR), 0);
        assert_int_equal(symlinkat("lib.so", place->fd, "lib.so"), 0);
        assert_int_equal(rv_library_check(world->path, NULL), RV_UNSUPPORTED);
        assert_int_equal(place_descriptors(), open_before);
}

/* Puts a field of that size there, in the machine's own order. */
static void put(char *at, size_t size, uint64_t value)
{
        const uint16_t half = (uint16_t)value;
        const uint32_t word = (uint32_t)value;

        if (size == 1)
                *at = (char)value;
        else if (size == sizeof half)
                memcpy(at, &half, sizeof half);
        else if (size == sizeof word)
                memcpy(at, &word, sizeof word);
        else
                memcpy(at, &value, sizeof value);
}

#define FIELD(type, name) offsetof(type, name), sizeof(((const type *)NULL)->name)
#define IDENT(i) offsetof(ElfW(Ehdr), e_ident) + (i), 1

static void test_headers_that_lie(void **state)
{
        const struct world *world = *state;
        RV_BUF_CLEANUP struct rv_buf copy = { 0 };
        const size_t size = world->library.size;
        const ElfW(Ehdr) elf = *(const ElfW(Ehdr) *)(const void *)world->library.data;
        const ElfW(Phdr) *header = (const void *)(world->library.data + elf.e_phoff);
        size_t load = elf.e_phoff, i;

        for (; header->p_type != PT_LOAD || !header->p_offset; header++)
                load += sizeof *header;
        const struct {
                bool segment;
                size_t at, size;
                uint64_t value;
                int code;
        } lies[] = {
                { false, FIELD(ElfW(Ehdr), e_type), ET_EXEC, RV_UNSUPPORTED },
                { false, FIELD(ElfW(Ehdr), e_type), ET_REL, RV_UNSUPPORTED },
                { false, FIELD(ElfW(Ehdr), e_machine), elf.e_machine + 1u, RV_UNSUPPORTED },
                { false, IDENT(0), 0, RV_UNSUPPORTED },
                { false, IDENT(EI_CLASS), elf.e_ident[EI_CLASS] ^ 3u, RV_UNSUPPORTED },
                { false, IDENT(EI_DATA), elf.e_ident[EI_DATA] ^ 3u, RV_UNSUPPORTED },
                { false, FIELD(ElfW(Ehdr), e_phentsize), elf.e_phentsize - 1u, RV_UNSUPPORTED },
                { false, FIELD(ElfW(Ehdr), e_phentsize), 0, RV_UNSUPPORTED },
                { false, FIELD(ElfW(Ehdr), e_phnum), 0, RV_UNSUPPORTED },
                { false, FIELD(ElfW(Ehdr), e_phnum), 65, RV_UNSUPPORTED },
                { false, FIELD(ElfW(Ehdr), e_phnum), UINT16_MAX, RV_UNSUPPORTED },
                { false, FIELD(ElfW(Ehdr), e_phoff), size, RV_DAMAGED },
                { false, FIELD(ElfW(Ehdr), e_phoff), size - 1, RV_DAMAGED },
                { false, FIELD(ElfW(Ehdr), e_phoff), INT64_MAX, RV_DAMAGED },
                { false, FIELD(ElfW(Ehdr), e_phoff), UINT64_MAX, RV_DAMAGED },
                /* Sums that go round are no way past the check. */
                { true, FIELD(ElfW(Phdr), p_offset), UINT64_MAX, RV_DAMAGED },
                { true, FIELD(ElfW(Phdr), p_filesz), UINT64_MAX, RV_DAMAGED },
                { true, FIELD(ElfW(Phdr), p_filesz), UINT64_MAX - header->p_offset + 1, RV_DAMAGED },
                { true, FIELD(ElfW(Phdr), p_filesz), size - header->p_offset + 1, RV_DAMAGED },
                { true, FIELD(ElfW(Phdr), p_filesz), size - header->p_offset, RV_OK },
        };

        for (i = 0; i < sizeof lies / sizeof *lies; i++) {
                rv_buf_clear(&copy);
                rv_buf_add(&copy, world->library.data, size);
                put(copy.data + lies[i].at + (lies[i].segment ? load : 0), lies[i].size, lies[i].value);
                if (code_of(world, copy.data, copy.size) != lies[i].code)
                        fail_msg("lie %zu", i);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_cut_libraries, setup, teardown),
                cmocka_unit_test_setup_teardown(test_no_libraries, setup, teardown),
                cmocka_unit_test_setup_teardown(test_headers_that_lie, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
