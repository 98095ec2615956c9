/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-distro */
/* What is kept of repositories: whole generations, one at a time, and nothing of another user's. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/distro/store.h"
#include "place_fixture.h"

#define ONE "00112233445566778899aabbccddeeff"
#define TWO "ffeeddccbbaa99887766554433221100"

static struct rv_store *open_store(const struct place *place, const char *repo)
{
        struct rv_store *store = NULL;

        assert_int_equal(rv_store_open(place->fd, repo, true, &store, NULL), RV_OK);
        return store;
}

static void put(struct rv_store *store, const char *generation, const char *text)
{
        RV_STORE_STATE_CLEANUP struct rv_store_state state = { .timestamp = 5, .refreshed_at = 7, .packages = -1 };
        int fd = -1;

        assert_int_equal(rv_store_begin(store, generation, &fd, NULL), RV_OK);
        assert_int_equal(rv_file_write(fd, "browse", text, strlen(text), 0644, NULL), RV_OK);
        close(fd);
        memcpy(state.generation, generation, RV_GENERATION);
        rv_buf_add_str(&state.url, "https://example.org/a b");
        rv_buf_add_str(&state.etag, "\"x\ngeneration = " TWO "\"");
        assert_int_equal(rv_store_commit(store, &state, NULL), RV_OK);
}

static void expect(struct rv_store *store, const char *generation, const char *text)
{
        RV_STORE_STATE_CLEANUP struct rv_store_state state = { 0 };
        char bytes[32] = "";
        int fd;

        assert_int_equal(rv_store_load(store, &state, NULL), RV_OK);
        assert_string_equal(state.generation, generation);
        assert_string_equal(rv_buf_str(&state.url), "https://example.org/a b");
        assert_string_equal(rv_buf_str(&state.revision), "");
        assert_int_equal(state.timestamp, 5);
        assert_int_equal(state.refreshed_at, 7);
        assert_int_equal(state.packages, -1);
        fd = rv_store_file(store, &state, "browse");
        assert_true(fd >= 0);
        assert_true(read(fd, bytes, sizeof bytes - 1) >= 0);
        assert_string_equal(bytes, text);
        close(fd);
        assert_int_equal(rv_store_file(store, &state, "paths"), -1);
}

static void test_generations(void **state)
{
        const struct place *place = *state;
        struct rv_store *store = open_store(place, "azl-base"), *reader = NULL;
        RV_STORE_STATE_CLEANUP struct rv_store_state first = { 0 };
        struct stat st;
        int fd;

        assert_int_equal(rv_store_load(store, &first, NULL), RV_NOTFOUND);
        put(store, ONE, "one");
        expect(store, ONE, "one");
        assert_int_equal(rv_store_open(place->fd, "azl-base", false, &reader, NULL), RV_OK);
        assert_int_equal(rv_store_load(reader, &first, NULL), RV_OK);
        fd = rv_store_file(reader, &first, "browse");
        /* One that was begun and not finished is not seen, and does not hinder the next. */
        assert_int_equal(rv_store_begin(store, TWO, &(int){ -1 }, NULL), RV_OK);
        expect(reader, ONE, "one");
        put(store, TWO, "two");
        expect(reader, TWO, "two");
        assert_int_not_equal(fstatat(place->fd, "repos/azl-base/" ONE, &st, 0), 0);
        /* Whoever had opened the old one still reads it. */
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_size, 3);
        close(fd);
        assert_int_equal(rv_store_file(reader, &first, "browse"), -1);
        rv_store_close(reader);
        rv_store_close(store);
}

static void test_locked(void **state)
{
        struct rv_store *store = open_store(*state, "a"), *other = NULL;
        const struct place *place = *state;

        assert_int_equal(rv_store_open(place->fd, "a", true, &other, NULL), RV_LOCKED);
        rv_store_close(open_store(place, "b"));
        rv_store_close(store);
        rv_store_close(open_store(place, "a"));
        assert_int_equal(rv_store_open(place->fd, "none", false, &other, NULL), RV_NOTFOUND);
}

static void test_names(void **state)
{
        static const char *const odd[] = { "", "..", ".a", "-a", "a/b", "../../etc", "a b", "\xc3\xa4", "a\nb" };
        char name[128], other[128], large[300];
        size_t i;

        (void)state;
        rv_store_name("azurelinux-base_1.0", name);
        assert_string_equal(name, "azurelinux-base_1.0");
        memset(large, 'a', sizeof large - 1);
        large[sizeof large - 1] = '\0';
        rv_store_name(large, other);
        for (i = 0; i < sizeof odd / sizeof *odd; i++) {
                rv_store_name(odd[i], name);
                assert_int_equal(*name, '+');
                assert_null(strchr(name, '/'));
                assert_string_not_equal(name, other);
                strcpy(other, name);
        }
}

static void test_hostile(void **state)
{
        static const char *const states[] = { "",
                                              "[repo]\n",
                                              "[repo]\ngeneration = ../../../../../../../../etc/xx\n",
                                              "[repo]\ngeneration = 0\n",
                                              "generation = " ONE "\n",
                                              "\x00\x01" };
        const struct place *place = *state;
        struct rv_store *store = open_store(place, "a"), *other = NULL;
        struct rv_store_state got = { 0 };
        size_t i;

        for (i = 0; i < sizeof states / sizeof *states; i++) {
                int fd = openat(place->fd, "repos/a/state", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

                assert_int_equal(write(fd, states[i], strlen(states[i])), (ssize_t)strlen(states[i]));
                close(fd);
                assert_int_equal(rv_store_load(store, &got, NULL), RV_DAMAGED);
        }
        rv_store_close(store);
        assert_int_equal(symlinkat("a", place->fd, "repos/link"), 0);
        assert_int_not_equal(rv_store_open(place->fd, "link", false, &other, NULL), RV_OK);
        assert_int_equal(mkdirat(place->fd, "repos/open", 0755), 0);
        assert_int_equal(fchmodat(place->fd, "repos/open", 0777, 0), 0);
        assert_int_equal(rv_store_open(place->fd, "open", false, &other, NULL), RV_DENIED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_generations, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_locked, place_setup, place_teardown),
                cmocka_unit_test(test_names),
                cmocka_unit_test_setup_teardown(test_hostile, place_setup, place_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
