/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal: what is written is read back, while it grows, in pieces, after a tear, and in the middle. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/run/journal.h"

struct place {
        char path[64];
        int dir;
};

static int setup(void **state)
{
        struct place *place = calloc(1, sizeof *place);

        if (!place)
                return -1;
        (void)snprintf(place->path, sizeof place->path, "/tmp/reeve-journal-XXXXXX");
        if (!mkdtemp(place->path))
                return -1;
        place->dir = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        *state = place;
        return place->dir < 0;
}

static int teardown(void **state)
{
        struct place *place = *state;

        (void)unlinkat(place->dir, "events.jsonl", 0);
        close(place->dir);
        (void)rmdir(place->path);
        free(place);
        return 0;
}

static struct rv_journal open_journal(const struct place *place)
{
        struct rv_journal journal;

        assert_int_equal(rv_journal_open(place->dir, &journal, NULL), RV_OK);
        return journal;
}

static void add_step(struct rv_journal *journal, const char *step, uint64_t done)
{
        const struct rv_event event = { .type = RV_EVENT_STEP, .step = step, .done = done, .total = 100 };

        assert_int_equal(rv_journal_add(journal, &event, false, NULL), RV_OK);
}

static struct rv_events *open_events(const struct place *place, int64_t from)
{
        struct rv_events *events = NULL;

        assert_int_equal(rv_events_new(place->dir, from, &events, NULL), RV_OK);
        return events;
}

static size_t count(struct rv_events *events)
{
        struct rv_event event;
        bool more = true;
        size_t n = 0;

        for (; more; n += more)
                assert_int_equal(rv_events_next(events, &event, &more, NULL), RV_OK);
        return n;
}

static void test_every_field_comes_back(void **state)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };
        struct rv_journal journal = open_journal(*state);
        struct rv_event sent = { .type = RV_EVENT_QUESTION, .question = "key", .option = "--accept-key F00" }, got;
        struct rv_events *events;
        bool more;

        rv_message_packf(&packed, "reeve", "is %1 yours?", "a \"quoted\"\nline", NULL);
        sent.packed = packed.data;
        sent.packed_size = packed.size;
        assert_int_equal(rv_journal_add(&journal, &sent, true, NULL), RV_OK);
        sent = (struct rv_event){ .type = RV_EVENT_DONE,
                                  .code = RV_STALE,
                                  .packed = packed.data,
                                  .packed_size = packed.size,
                                  .hint = packed.data,
                                  .hint_size = packed.size };
        assert_int_equal(rv_journal_add(&journal, &sent, true, NULL), RV_OK);
        sent = (struct rv_event){ .type = RV_EVENT_LOG, .step = "post", .text = "esc \033[2J and \xff" };
        assert_int_equal(rv_journal_add(&journal, &sent, true, NULL), RV_OK);
        rv_journal_close(&journal);

        events = open_events(*state, 0);
        assert_int_equal(rv_events_next(events, &got, &more, NULL), RV_OK);
        assert_true(more && got.seq == 1 && got.type == RV_EVENT_QUESTION && got.at > 0);
        assert_string_equal(got.question, "key");
        assert_string_equal(got.option, "--accept-key F00");
        assert_int_equal(got.packed_size, packed.size);
        assert_memory_equal(got.packed, packed.data, packed.size);
        assert_int_equal(rv_events_next(events, &got, &more, NULL), RV_OK);
        assert_int_equal(got.code, RV_STALE);
        assert_memory_equal(got.hint, packed.data, packed.size);
        assert_int_equal(rv_events_next(events, &got, &more, NULL), RV_OK);
        assert_string_equal(got.text, "esc \033[2J and \xef\xbf\xbd"); /* the front end sanitises, JSON repairs */
        assert_null(got.packed);
        assert_int_equal(rv_events_next(events, &got, &more, NULL), RV_OK);
        assert_false(more);
        rv_events_free(events);
}

static void test_a_reader_follows_a_writer(void **state)
{
        struct rv_journal journal = open_journal(*state);
        struct rv_events *events = open_events(*state, 0);
        const struct place *place = *state;
        struct stat st;
        int fd;

        assert_int_equal(count(events), 0);
        add_step(&journal, "a", 1);
        assert_int_equal(count(events), 1);
        add_step(&journal, "b", 2);
        add_step(&journal, "c", 3);
        /* Half of a line, as a reader may catch it: nothing yet, and no damage. */
        fd = openat(place->dir, "events.jsonl", O_RDWR | O_CLOEXEC);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(count(events), 2);
        assert_int_equal(write(journal.fd, "{\"v\":1,", 7), 7);
        assert_int_equal(count(events), 0);
        assert_int_equal(ftruncate(fd, st.st_size), 0);
        add_step(&journal, "d", 4);
        assert_int_equal(count(events), 1);
        close(fd);
        rv_events_free(events);
        rv_journal_close(&journal);
}

static void test_many_and_long_lines(void **state)
{
        struct rv_journal journal = open_journal(*state);
        struct rv_event event = { .type = RV_EVENT_LOG };
        struct rv_events *events;
        char *text = malloc(RV_JOURNAL_TEXT_MAX + 1000);
        int i;

        assert_non_null(text);
        memset(text, '\1', RV_JOURNAL_TEXT_MAX + 999); /* the longest form in JSON: six bytes each */
        text[RV_JOURNAL_TEXT_MAX + 999] = '\0';
        event.text = text;
        for (i = 0; i < 5; i++)
                assert_int_equal(rv_journal_add(&journal, &event, false, NULL), RV_OK);
        for (i = 0; i < 3000; i++)
                add_step(&journal, "step", (uint64_t)i);
        events = open_events(*state, 0);
        assert_int_equal(count(events), 3005);
        rv_events_free(events);
        events = open_events(*state, 1000000);
        assert_in_range(count(events), 2000, 3004);
        rv_events_free(events);
        rv_journal_close(&journal);
        free(text);
}

static void test_writing_goes_on_behind_a_tear(void **state)
{
        const struct place *place = *state;
        struct rv_journal journal = open_journal(place);
        struct rv_events *events;

        add_step(&journal, "a", 1);
        assert_int_equal(write(journal.fd, "{\"v\":1,\"seq\":2,\"boo", 19), 19);
        rv_journal_close(&journal);
        journal = open_journal(place);
        assert_int_equal(journal.seq, 1);
        add_step(&journal, "b", 2);
        assert_int_equal(journal.seq, 2);
        events = open_events(place, 0);
        assert_int_equal(count(events), 2);
        rv_events_free(events);
        rv_journal_close(&journal);
}

static void test_damage_is_not_written_behind(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place = *state;
        struct rv_journal journal = open_journal(place);

        add_step(&journal, "a", 1);
        assert_int_equal(write(journal.fd, "rubbish\n", 8), 8);
        add_step(&journal, "b", 2);
        rv_journal_close(&journal);
        assert_int_equal(rv_journal_open(place->dir, &journal, &err), RV_DAMAGED);
}

/* A file that may not grow stands for a full disk: the kernel writes what fits. */
static void test_a_line_that_did_not_fit_is_taken_back(void **state)
{
        const struct rv_event event = { .type = RV_EVENT_STEP, .step = "second", .total = 100 };
        const struct place *place = *state;
        struct rv_journal journal = open_journal(place);
        struct rv_events *events = open_events(place, 0);
        struct rlimit before, small;
        struct stat st;

        add_step(&journal, "first", 1);
        assert_int_equal(count(events), 1);
        assert_int_equal(fstat(journal.fd, &st) | getrlimit(RLIMIT_FSIZE, &before), 0);
        small = (struct rlimit){ (rlim_t)st.st_size + 20, before.rlim_max };
        (void)signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        assert_int_not_equal(rv_journal_add(&journal, &event, true, NULL), RV_OK);
        assert_int_equal(count(events), 0);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        add_step(&journal, "third", 3);
        add_step(&journal, "fourth", 4);
        assert_int_equal(count(events), 2);
        rv_events_free(events);
        events = open_events(place, 0);
        assert_int_equal(count(events), 3);
        rv_events_free(events);
        rv_journal_close(&journal);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_every_field_comes_back, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_reader_follows_a_writer, setup, teardown),
                cmocka_unit_test_setup_teardown(test_many_and_long_lines, setup, teardown),
                cmocka_unit_test_setup_teardown(test_writing_goes_on_behind_a_tear, setup, teardown),
                cmocka_unit_test_setup_teardown(test_damage_is_not_written_behind, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_line_that_did_not_fit_is_taken_back, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
