/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The socket of a job: who is heard, what is dropped, and what a caller learns when the helper is gone or stalls. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "core/run/control.h"
#include "place_fixture.h"

#define CANCEL "{\"verb\":\"cancel\"}\n"
#define ANSWER "{\"verb\":\"answer\",\"question\":\"k\\n\",\"answer\":\"a \\\"b\\\"\"}\n"

enum { NOBODY = 65534, LONG_MS = 20000 };

static int listen_there(const struct place *place)
{
        int fd = -1;

        assert_int_equal(rv_control_listen(place->fd, &fd, NULL), RV_OK);
        return fd;
}

static int connect_to(const struct place *place)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        (void)snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/socket", place->fd);
        assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
        return fd;
}

/* A caller of its own making, which has said `bytes` and may have gone. */
static int say(const struct place *place, const char *bytes, size_t n, bool go)
{
        int fd = connect_to(place);

        assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT), (ssize_t)n);
        if (go) {
                close(fd);
                return -1;
        }
        assert_int_equal(shutdown(fd, SHUT_WR), 0);
        return fd;
}

static void hears(int fd, const char *what)
{
        char line[128] = "";
        ssize_t n = read(fd, line, sizeof line - 1);

        assert_true(n >= 0);
        line[n] = '\0';
        assert_string_equal(line, what);
        close(fd);
}

static void test_calls_and_replies(void **state)
{
        const struct place *place = *state;
        int listening = listen_there(place), first, second;
        struct rv_call call;

        assert_false(rv_control_accept(listening, &call)); /* at once, with nobody there */
        assert_false(rv_control_accept(-1, &call));
        first = say(place, CANCEL, strlen(CANCEL), false);
        second = say(place, ANSWER, strlen(ANSWER), false);
        assert_true(rv_control_accept(listening, &call));
        assert_true(call.cancel);
        rv_control_reply(&call, RV_OK);
        hears(first, "{\"code\":\"ok\"}\n");
        assert_true(rv_control_accept(listening, &call));
        assert_false(call.cancel);
        assert_string_equal(rv_buf_str(&call.question), "k\n");
        assert_string_equal(rv_buf_str(&call.answer), "a \"b\"");
        rv_control_reply(&call, RV_NOTFOUND);
        hears(second, "{\"code\":\"notfound\"}\n");
        close(listening);
}

static void test_ill_formed_calls_are_dropped(void **state)
{
        static const char *const wrong[] = {
                "",
                "\n",
                "{}\n",
                "[]\n",
                "cancel\n",
                "{\"verb\":\"cancel\"}", /* no end of the line */
                "{\"verb\":\"cancel\"}x\n",
                "{\"verb\":\"cancel\",\"verb\":\"cancel\"}\n",
                "{\"verb\":\"cancel\",\"force\":true}\n",
                "{\"verb\":\"kill\"}\n",
                "{\"verb\":7}\n",
                "{\"verb\":\"answer\",\"question\":\"k\",\"answer\":7}\n",
                "{\"verb\":\"answer\",\"question\":\"k\\u0000\",\"answer\":\"a\"}\n",
                "{\"verb\":\"answer\",\"question\":\"k\xff\",\"answer\":\"a\"}\n",
        };
        const struct place *place = *state;
        int listening = listen_there(place), callers[4], good, i, n = sizeof wrong / sizeof *wrong;
        unsigned open_before = place_descriptors();
        struct rv_call call;
        int at;

        for (at = 0; at < n; at += 4) {
                for (i = 0; i < 4 && at + i < n; i++)
                        callers[i] = say(place, wrong[at + i], strlen(wrong[at + i]), false);
                good = say(place, CANCEL, strlen(CANCEL), false);
                assert_true(rv_control_accept(listening, &call)); /* the good one, and no other */
                rv_control_reply(&call, RV_OK);
                hears(good, "{\"code\":\"ok\"}\n");
                for (i = 0; i < 4 && at + i < n; i++)
                        hears(callers[i], "");
                assert_false(rv_control_accept(listening, &call));
        }
        assert_int_equal(place_descriptors(), open_before);
        close(listening);
}

/* More than a call may be: cut off, not collected for ever. */
static void test_a_call_without_end(void **state)
{
        const struct place *place = *state;
        int listening = listen_there(place);
        struct rv_call call;
        size_t n = 100000;
        char *text = malloc(n);
        char c;
        int fd;

        assert_non_null(text);
        memset(text, ' ', n);
        fd = say(place, text, n, false);
        free(text);
        assert_false(rv_control_accept(listening, &call));
        assert_true(read(fd, &c, 1) <= 0);
        close(fd);
        close(listening);
}

/* One that says nothing holds the helper up for the length of its limit, once. */
static void test_a_caller_that_stalls(void **state)
{
        const struct place *place = *state;
        int listening = listen_there(place), good;
        int fd = connect_to(place);
        struct rv_call call;

        good = say(place, CANCEL, strlen(CANCEL), false);
        assert_true(rv_control_accept(listening, &call));
        assert_true(call.cancel);
        rv_control_reply(&call, RV_OK);
        hears(good, "{\"code\":\"ok\"}\n");
        hears(fd, ""); /* dropped */
        close(listening);
}

/* What a caller that did not wait has asked is done all the same, and its going is no signal to the helper. */
static void test_a_caller_that_has_gone(void **state)
{
        const struct place *place = *state;
        int listening = listen_there(place);
        struct rv_call call;

        (void)say(place, CANCEL, strlen(CANCEL), true);
        assert_true(rv_control_accept(listening, &call));
        assert_true(call.cancel);
        rv_control_reply(&call, RV_OK);
        close(listening);
}

struct asked {
        const struct place *place;
        const char *question, *answer;
        int rc, code;
};

static void *ask(void *argument)
{
        struct asked *asked = argument;

        asked->rc = rv_control_call(asked->place->fd, asked->question, asked->answer, &asked->code, NULL);
        return NULL;
}

static void await(int listening)
{
        struct pollfd fd = { .fd = listening, .events = POLLIN };

        assert_int_equal(poll(&fd, 1, LONG_MS), 1);
}

static void test_the_helpers_word_comes_back(void **state)
{
        const struct place *place = *state;
        int listening = listen_there(place);
        static const int codes[] = { RV_OK, RV_NOTFOUND, RV_INCOMPLETE };
        struct asked asked = { .place = place, .question = "k\"", .answer = "\xc3\xa4\n" };
        struct rv_call call;
        pthread_t thread;
        size_t i;

        for (i = 0; i < sizeof codes / sizeof *codes; i++) {
                asked.code = -9;
                assert_int_equal(pthread_create(&thread, NULL, ask, &asked), 0);
                await(listening);
                assert_true(rv_control_accept(listening, &call));
                assert_string_equal(rv_buf_str(&call.question), "k\"");
                assert_string_equal(rv_buf_str(&call.answer), "\xc3\xa4\n");
                rv_control_reply(&call, codes[i]);
                assert_int_equal(pthread_join(thread, NULL), 0);
                assert_int_equal(asked.rc, RV_OK);
                assert_int_equal(asked.code, codes[i]);
        }
        /* A helper of another version, with a word that we do not know. */
        assert_int_equal(pthread_create(&thread, NULL, ask, &asked), 0);
        await(listening);
        assert_true(rv_control_accept(listening, &call));
        assert_int_equal(send(call.fd, "{\"code\":\"later\"}\n", 17, MSG_NOSIGNAL), 17);
        rv_control_reply(&call, RV_OK);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(asked.rc, RV_OK);
        assert_int_equal(asked.code, RV_INTERNAL);
        close(listening);
}

static void test_nobody_listens(void **state)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        const struct place *place = *state;
        unsigned open_before = place_descriptors();
        int code = -9, listening;

        assert_int_equal(rv_control_call(place->fd, NULL, NULL, &code, &err), RV_NOTFOUND);
        place_write(place, "socket", "", 0, 0600);
        assert_int_equal(rv_control_call(place->fd, NULL, NULL, &code, &err), RV_NOTFOUND);
        listening = listen_there(place); /* in the place of what lay there */
        close(listening);
        assert_int_equal(rv_control_call(place->fd, NULL, NULL, &code, &err), RV_NOTFOUND); /* left by a dead one */
        assert_true(err.hint.size > 0);
        assert_int_equal(code, -9);
        assert_int_equal(place_descriptors(), open_before);
}

/* It dies with the call in its hands: said as not known, never as done. */
static void test_the_helper_dies_before_its_word(void **state)
{
        const struct place *place = *state;
        int listening = listen_there(place);
        struct asked asked = { .place = place, .code = -9 };
        pthread_t thread;

        assert_int_equal(pthread_create(&thread, NULL, ask, &asked), 0);
        await(listening);
        close(listening);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_true(asked.rc == RV_PARTIAL || asked.rc == RV_NOTFOUND);
        assert_int_equal(asked.code, -9);
}

/* Closed to others by its mode; where a copy lost that, the kernel's word on who calls decides. */
static void test_strangers(void **state)
{
        const struct place *place = *state;
        int listening = listen_there(place), status = -1, fd;
        struct rv_call call;
        struct stat st;
        pid_t pid;
        char c;

        assert_int_equal(fstatat(place->fd, "socket", &st, AT_SYMLINK_NOFOLLOW), 0);
        assert_int_equal(st.st_mode & 0777 & ~0600u, 0);
        if (geteuid() != 0) {
                close(listening);
                skip();
        }
        assert_int_equal(fchmod(place->fd, 0755), 0);
        pid = fork();
        if (pid == 0) {
                if (setuid(NOBODY) < 0)
                        _exit(1);
                _exit(rv_control_call(place->fd, NULL, NULL, &status, NULL) == RV_DENIED ? 0 : 2);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        assert_int_equal(fchmodat(place->fd, "socket", 0777, 0), 0);
        pid = fork();
        if (pid == 0) {
                if (setuid(NOBODY) < 0)
                        _exit(1);
                fd = connect_to(place);
                (void)!send(fd, CANCEL, strlen(CANCEL), MSG_NOSIGNAL); /* it may be shut out by now */
                _exit(read(fd, &c, 1) <= 0 ? 0 : 3);
        }
        await(listening);
        assert_false(rv_control_accept(listening, &call));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        close(listening);
}

/* The name of a socket holds 108 bytes; a job's directory may lie deeper. */
static void test_a_deep_directory(void **state)
{
        const struct place *place = *state;
        struct place deep = { .fd = place->fd };
        char name[101];
        int i, fd, listening, caller;
        struct rv_call call;

        memset(name, 'd', sizeof name - 1);
        name[sizeof name - 1] = '\0';
        for (i = 0; i < 4; i++) {
                assert_int_equal(mkdirat(deep.fd, name, 0700), 0);
                fd = openat(deep.fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                if (deep.fd != place->fd)
                        close(deep.fd);
                deep.fd = fd;
        }
        listening = listen_there(&deep);
        caller = say(&deep, CANCEL, strlen(CANCEL), false);
        assert_true(rv_control_accept(listening, &call));
        rv_control_reply(&call, RV_OK);
        hears(caller, "{\"code\":\"ok\"}\n");
        close(listening);
        close(deep.fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_calls_and_replies, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_ill_formed_calls_are_dropped, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_a_call_without_end, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_a_caller_that_stalls, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_a_caller_that_has_gone, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_the_helpers_word_comes_back, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_nobody_listens, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_the_helper_dies_before_its_word, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_strangers, place_setup, place_teardown),
                cmocka_unit_test_setup_teardown(test_a_deep_directory, place_setup, place_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
