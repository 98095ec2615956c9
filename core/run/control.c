/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One call a connection: a JSON line there, a JSON line back. The path goes through /proc/self/fd, because a socket's
 * name holds 108 bytes and a root may lie deeper than that. */
#include "core/run/control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"

enum { CALL_MAX = 64 << 10, BACKLOG = 8, CALL_MS = 200, REPLY_MS = 5000 };

/* The kernel resolves the link at bind and connect, to the directory that is open, whatever its name is now. */
static struct sockaddr_un address_of(int job_fd)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };

        (void)snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/socket", job_fd);
        return address;
}

/* For both directions: neither side is held up by one that stalls. */
static void limit_time(int fd, unsigned ms)
{
        struct timeval limit = { .tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000 };

        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

int rv_control_listen(int job_fd, int *ret_fd, struct rv_err *err)
{
        struct sockaddr_un address = address_of(job_fd);
        RV_FD_CLEANUP int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        /* Left by a helper that was killed; we hold the job's lock, so nobody listens there. */
        (void)unlinkat(job_fd, "socket", 0);
        if (fd < 0 || fchmod(fd, 0600) < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
            listen(fd, BACKLOG) < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be listened on: %2"), "socket");
        *ret_fd = fd;
        fd = -1;
        return RV_OK;
}

/* The directory's mode says the same; this holds even where a job's directory was copied with other modes. */
static bool may_call(int fd)
{
        struct ucred caller;
        socklen_t size = sizeof caller;

        return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &caller, &size) == 0 &&
               (caller.uid == 0 || caller.uid == geteuid());
}

/* Reads to the end of the line; the time limit of the socket bounds each wait. */
static bool read_line(int fd, struct rv_buf *out)
{
        ssize_t n;
        char *at;

        while (out->size < CALL_MAX) {
                at = rv_buf_reserve(out, 4096);
                n = at ? read(fd, at, 4096) : 0;
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return false;
                out->size += (size_t)n;
                if (at[n - 1] == '\n')
                        return true;
        }
        return false;
}

/* Strict, as requests are: what is not understood is dropped without an answer. */
static bool read_call(int fd, struct rv_call *ret)
{
        RV_BUF_CLEANUP struct rv_buf line = { 0 };
        const char *verb = "", *question = "", *answer = "";
        json_t *json;
        bool good;

        if (!read_line(fd, &line))
                return false;
        json = json_loadb(line.data, line.size, JSON_REJECT_DUPLICATES, NULL);
        good = json && json_unpack_ex(json, NULL, JSON_STRICT, "{s:s, s?s, s?s}", "verb", &verb, "question", &question,
                                      "answer", &answer) == 0;
        ret->cancel = strcmp(verb, "cancel") == 0;
        if (good && !ret->cancel) {
                good = strcmp(verb, "answer") == 0;
                rv_buf_add_str(&ret->question, question);
                rv_buf_add_str(&ret->answer, answer);
        }
        json_decref(json);
        return good && !ret->question.failed && !ret->answer.failed;
}

static void free_call(struct rv_call *call)
{
        rv_buf_free(&call->question);
        rv_buf_free(&call->answer);
        rv_close(&call->fd);
}

bool rv_control_accept(int fd, struct rv_call *ret)
{
        struct rv_call call;
        int client;

        for (;;) {
                client = fd < 0 ? -1 : accept4(fd, NULL, NULL, SOCK_CLOEXEC);
                if (client < 0)
                        return false;
                call = (struct rv_call){ .fd = client };
                limit_time(client, CALL_MS);
                if (may_call(client) && read_call(client, &call)) {
                        *ret = call;
                        return true;
                }
                free_call(&call);
        }
}

void rv_control_reply(struct rv_call *call, int code)
{
        char line[64];
        int n = snprintf(line, sizeof line, "{\"code\":\"%s\"}\n", rv_code_id(code));

        /* A caller that has gone is no matter: what it asked is done all the same. */
        (void)!send(call->fd, line, (size_t)n, MSG_NOSIGNAL);
        free_call(call);
}

static void write_call(const char *question, const char *answer, struct rv_buf *out)
{
        struct rv_json json = { .out = out };

        rv_json_begin(&json, '{');
        rv_json_key(&json, "verb");
        rv_json_str(&json, question ? "answer" : "cancel");
        if (question) {
                rv_json_key(&json, "question");
                rv_json_str(&json, question);
                rv_json_key(&json, "answer");
                rv_json_str(&json, answer);
        }
        rv_json_end(&json, '}');
        rv_buf_add_char(out, '\n');
}

static int read_reply(int fd, int *ret_code, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf line = { 0 };
        const char *id = NULL;
        json_t *json;
        int code = -1;

        if (!read_line(fd, &line))
                return rv_fail(err, RV_PARTIAL, N_("the job was asked, and has not answered yet"),
                               N_("reeve jobs shows what becomes of it"), NULL);
        json = json_loadb(line.data, line.size, 0, NULL);
        if (json && json_unpack(json, "{s:s}", "code", &id) == 0)
                code = rv_code_from_id(id);
        json_decref(json);
        *ret_code = code < 0 ? RV_INTERNAL : code;
        return RV_OK;
}

/* A call may wait in the socket's queue until the helper's next step; the limit is for that. */
int rv_control_call(int job_fd, const char *question, const char *answer, int *ret_code, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf line = { 0 };
        struct sockaddr_un address = address_of(job_fd);
        RV_FD_CLEANUP int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        write_call(question, answer, &line);
        if (line.failed)
                return rv_fail_memory(err);
        if (fd < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be made: %2"), "socket");
        limit_time(fd, REPLY_MS);
        if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
            send(fd, line.data, line.size, MSG_NOSIGNAL) != (ssize_t)line.size)
                return rv_fail(err, errno == EACCES || errno == EPERM ? RV_DENIED : RV_NOTFOUND,
                               N_("the job's helper does not listen"), N_("reeve jobs shows what became of it"), NULL);
        return read_reply(fd, ret_code, err);
}
