/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fetching with libcurl's multi interface: one loop, no threads. A request goes from mirror to mirror and, when all
 * have failed, once more through them at the end, when whatever hindered them may be over. */
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/time.h"
#include "core/distro/net/net.h"

enum { PARALLEL = 6, HEADER_LIMIT = 256, REDIRECTS = 5, WAIT_MS = 100, BACK_OFF_MS = 200, BACK_OFF_MAX_MS = 5000 };

struct transfer {
        struct rv_net_request *request;
        CURL *easy;
        struct curl_slist *headers;
        size_t mirror;   /* that is asked, or comes next */
        unsigned round;  /* how often all were asked */
        int64_t due;     /* monotonic ms from which it may start */
        uint64_t start;  /* bytes that were there before this try */
        bool begun;      /* the first byte of this try has come */
        int write_error; /* errno of a write that failed */
        bool too_large;
        char why[CURL_ERROR_SIZE];
};

struct session {
        CURLM *multi;
        struct transfer *transfers;
        size_t n, running, left;
        const atomic_bool *cancel;
        rv_net_progress *progress;
        void *user;
};

static const struct rv_net_options nothing;

static long status_of(CURL *easy)
{
        long status = 0;

        (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        return status;
}

/* A server that does not go on where the file ended sends it from the start. */
static bool begin_body(struct transfer *transfer)
{
        struct rv_net_request *request = transfer->request;

        transfer->begun = true;
        if (transfer->start == 0 || status_of(transfer->easy) == 206 || strncmp(request->url, "file:", 5) == 0)
                return true;
        transfer->start = request->size = 0;
        if (ftruncate(request->fd, 0) == 0)
                return true;
        transfer->write_error = errno;
        return false;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *user)
{
        struct transfer *transfer = user;
        struct rv_net_request *request = transfer->request;
        size_t left = size * n;
        ssize_t put;

        if (!transfer->begun && !begin_body(transfer))
                return 0;
        if (left > request->limit || request->size > request->limit - left) {
                transfer->too_large = true;
                return 0;
        }
        for (; left; left -= (size_t)put) {
                put = pwrite(request->fd, bytes, left, (off_t)request->size);
                if (put < 0 && errno == EINTR)
                        put = 0;
                if (put < 0) {
                        transfer->write_error = errno;
                        return 0;
                }
                bytes += put;
                request->size += (uint64_t)put;
        }
        return size * n;
}

static void take_header(const char *line, size_t n, const char *name, struct rv_buf *out)
{
        size_t length = strlen(name);

        if (n <= length || strncasecmp(line, name, length) != 0)
                return;
        line += length;
        n -= length;
        while (n && (*line == ' ' || *line == '\t'))
                line++, n--;
        while (n && (unsigned char)line[n - 1] <= ' ')
                n--;
        rv_buf_clear(out);
        if (n <= HEADER_LIMIT)
                rv_buf_add(out, line, n);
}

/* Each answer on the way (redirects) begins anew. */
static size_t on_header(char *line, size_t size, size_t n, void *user)
{
        struct rv_net_request *request = ((struct transfer *)user)->request;

        if (size * n > 5 && strncmp(line, "HTTP/", 5) == 0) {
                rv_buf_clear(&request->new_etag);
                rv_buf_clear(&request->new_modified);
        }
        take_header(line, size * n, "etag:", &request->new_etag);
        take_header(line, size * n, "last-modified:", &request->new_modified);
        return size * n;
}

bool rv_net_url_sound(const char *url)
{
        static const char *const schemes[] = { "https://", "http://", "file:///" };
        const char *at, *host = NULL;
        size_t i;

        for (i = 0; i < sizeof schemes / sizeof *schemes && !host; i++)
                if (strncmp(url, schemes[i], strlen(schemes[i])) == 0)
                        host = url + strlen(schemes[i]);
        for (at = url; *at; at++)
                if ((unsigned char)*at <= ' ' || *at == 0x7f)
                        return false;
        return host && *host && !memchr(host, '@', strcspn(host, "/?#"));
}

static bool set_conditions(struct transfer *transfer)
{
        const struct rv_net_request *request = transfer->request;
        const char *const values[][2] = { { "If-None-Match: ", request->etag },
                                          { "If-Modified-Since: ", request->modified } };
        struct curl_slist *more;
        size_t i;

        curl_slist_free_all(transfer->headers);
        transfer->headers = NULL;
        for (i = 0; i < 2 && transfer->start == 0; i++) {
                RV_BUF_CLEANUP struct rv_buf line = { 0 };

                if (!values[i][1] || !*values[i][1] || strpbrk(values[i][1], "\r\n"))
                        continue;
                rv_buf_printf(&line, "%s%s", values[i][0], values[i][1]);
                more = curl_slist_append(transfer->headers, rv_buf_str(&line));
                if (!more)
                        return false;
                transfer->headers = more;
        }
        return curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK;
}

#define SET(option, value) (r = r == CURLE_OK ? curl_easy_setopt(easy, (option), (value)) : r)

/* libcurl of different ages knows one of two ways to name protocols. */
static CURLcode set_protocols(CURL *easy, const char *url)
{
        bool https = strncmp(url, "https:", 6) == 0, file = strncmp(url, "file:", 5) == 0;
        CURLcode r = CURLE_OK;

#if LIBCURL_VERSION_NUM >= 0x075500
        SET(CURLOPT_PROTOCOLS_STR, file ? "file" : https ? "https" : "http,https");
        SET(CURLOPT_REDIR_PROTOCOLS_STR, https || file ? "https" : "http,https");
#else
        SET(CURLOPT_PROTOCOLS, (long)(file    ? CURLPROTO_FILE
                                      : https ? CURLPROTO_HTTPS
                                              : CURLPROTO_HTTP | CURLPROTO_HTTPS));
        SET(CURLOPT_REDIR_PROTOCOLS, (long)(https || file ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
        return r;
}

static long or_else(unsigned value, long otherwise)
{
        return value ? (long)value : otherwise;
}

/* Credentials stay with the host of the URL: libcurl drops them at a redirect to another. */
static CURLcode set_credentials(CURL *easy, const struct rv_net_options *options)
{
        CURLcode r = CURLE_OK;

        SET(CURLOPT_UNRESTRICTED_AUTH, 0L);
        SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
        if (options->bearer) {
                SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
                SET(CURLOPT_XOAUTH2_BEARER, options->bearer);
        } else if (options->user) {
                SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
                SET(CURLOPT_USERNAME, options->user);
                SET(CURLOPT_PASSWORD, options->password ? options->password : "");
        }
        SET(CURLOPT_PROXY, options->proxy ? options->proxy : "");
        if (options->proxy_user) {
                SET(CURLOPT_PROXYUSERNAME, options->proxy_user);
                SET(CURLOPT_PROXYPASSWORD, options->proxy_password ? options->proxy_password : "");
        }
        SET(CURLOPT_SSL_VERIFYPEER, options->insecure ? 0L : 1L);
        SET(CURLOPT_SSL_VERIFYHOST, options->insecure ? 0L : 2L);
        if (options->ca_file)
                SET(CURLOPT_CAINFO, options->ca_file);
        if (options->client_cert)
                SET(CURLOPT_SSLCERT, options->client_cert);
        if (options->client_key)
                SET(CURLOPT_SSLKEY, options->client_key);
        return r;
}

static CURLcode set_up(struct transfer *transfer)
{
        struct rv_net_request *request = transfer->request;
        const struct rv_net_options *options = request->options ? request->options : &nothing;
        CURL *easy = transfer->easy;
        CURLcode r = set_protocols(easy, request->url);

        SET(CURLOPT_URL, request->url);
        SET(CURLOPT_PRIVATE, transfer);
        SET(CURLOPT_ERRORBUFFER, transfer->why);
        SET(CURLOPT_NOSIGNAL, 1L);
        SET(CURLOPT_FOLLOWLOCATION, 1L);
        SET(CURLOPT_MAXREDIRS, (long)REDIRECTS);
        SET(CURLOPT_FAILONERROR, 1L);
        SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
        SET(CURLOPT_PIPEWAIT, 1L);
        SET(CURLOPT_USERAGENT, "reeve");
        SET(CURLOPT_CONNECTTIMEOUT, or_else(options->connect_seconds, 30));
        SET(CURLOPT_LOW_SPEED_LIMIT, or_else(options->min_rate, 1000));
        SET(CURLOPT_LOW_SPEED_TIME, or_else(options->stall_seconds, 30));
        SET(CURLOPT_TIMEOUT, or_else(options->total_seconds, 3600));
        SET(CURLOPT_WRITEFUNCTION, on_body);
        SET(CURLOPT_WRITEDATA, transfer);
        SET(CURLOPT_HEADERFUNCTION, on_header);
        SET(CURLOPT_HEADERDATA, transfer);
        SET(CURLOPT_RESUME_FROM_LARGE, (curl_off_t)transfer->start);
        if (r == CURLE_OK)
                r = set_credentials(easy, options);
        return r;
}

/* What makes sense to people, by what libcurl says. */
static int tell(struct transfer *transfer, CURLcode code)
{
        struct rv_net_request *request = transfer->request;
        char status[24];

        rv_err_clear(&request->err);
        (void)snprintf(status, sizeof status, "%ld", status_of(transfer->easy));
        if (transfer->too_large || code == CURLE_FILESIZE_EXCEEDED)
                return rv_fail(&request->err, RV_UNTRUSTED, N_("%1: %2 sends more than it may"), NULL, request->name,
                               request->url, NULL);
        if (transfer->write_error)
                return rv_fail_errno(&request->err, transfer->write_error, N_("%1: cannot be written: %2"),
                                     request->name);
        switch (code) {
        case CURLE_HTTP_RETURNED_ERROR:
                return rv_fail(&request->err, RV_NETWORK, N_("%1: %2 answers %3"), NULL, request->name, request->url,
                               status, NULL);
        case CURLE_OPERATION_TIMEDOUT:
                return rv_fail(&request->err, RV_NETWORK, N_("%1: %2 is too slow"), NULL, request->name, request->url,
                               NULL);
        case CURLE_UNSUPPORTED_PROTOCOL:
                return rv_fail(&request->err, RV_UNTRUSTED, N_("%1: %2 leads to a place that may not be asked"), NULL,
                               request->name, request->url, NULL);
        case CURLE_OUT_OF_MEMORY:
                return rv_fail_memory(&request->err);
        default:
                return rv_fail(&request->err, RV_NETWORK, N_("%1: %2: %3"), NULL, request->name, request->url,
                               *transfer->why ? transfer->why : curl_easy_strerror(code), NULL);
        }
}

/* A disk that is full, or a server that sends too much, is not cured by another try. */
static bool try_again(struct transfer *transfer)
{
        const struct rv_net_request *request = transfer->request;
        unsigned retries = request->options && request->options->retries ? request->options->retries : 1, tries;
        int64_t wait = BACK_OFF_MS;

        if (transfer->write_error)
                return false;
        if (++transfer->mirror == request->n_urls) {
                transfer->mirror = 0;
                transfer->round++;
        }
        for (tries = transfer->round; tries > 0 && wait < BACK_OFF_MAX_MS; tries--)
                wait *= 2;
        transfer->due = rv_monotonic_ms() + wait;
        return transfer->round <= retries;
}

static void settle(struct session *session, struct transfer *transfer, enum rv_net_state state)
{
        transfer->request->state = state;
        session->left--;
}

static void failed(struct session *session, struct transfer *transfer, CURLcode code)
{
        (void)tell(transfer, code);
        if (transfer->too_large) /* what this mirror sent is worth nothing */
                transfer->request->resume = false;
        if (!try_again(transfer))
                settle(session, transfer, RV_NET_FAILED);
}

static void finished(struct session *session, struct transfer *transfer, CURLcode code)
{
        struct rv_net_request *request = transfer->request;
        long unmet = 0;

        (void)curl_multi_remove_handle(session->multi, transfer->easy);
        session->running--;
        (void)curl_easy_getinfo(transfer->easy, CURLINFO_CONDITION_UNMET, &unmet);
        if (code == CURLE_RANGE_ERROR || status_of(transfer->easy) == 416) {
                /* Nothing comes behind what is there: it is not the beginning of what the server has. */
                request->resume = false;
                failed(session, transfer, CURLE_RANGE_ERROR);
        } else if (code != CURLE_OK) {
                failed(session, transfer, code);
        } else {
                rv_err_clear(&request->err);
                if (status_of(transfer->easy) == 304 || unmet)
                        settle(session, transfer, RV_NET_UNCHANGED);
                else
                        settle(session, transfer, RV_NET_DONE);
        }
        curl_easy_cleanup(transfer->easy);
        transfer->easy = NULL;
}

static void start(struct session *session, struct transfer *transfer)
{
        struct rv_net_request *request = transfer->request;
        off_t there = request->resume ? lseek(request->fd, 0, SEEK_END) : 0;
        CURLcode r = CURLE_OUT_OF_MEMORY;

        request->url = request->urls[transfer->mirror];
        transfer->start = there > 0 ? (uint64_t)there : 0;
        transfer->begun = transfer->too_large = false;
        transfer->write_error = 0;
        *transfer->why = '\0';
        request->size = transfer->start;
        if (!request->resume && ftruncate(request->fd, 0) < 0 && errno != EINVAL) /* a pipe or device has no end */
                transfer->write_error = errno;
        transfer->easy = curl_easy_init();
        if (transfer->easy && !transfer->write_error && rv_net_url_sound(request->url))
                r = set_up(transfer);
        else if (transfer->easy)
                r = CURLE_UNSUPPORTED_PROTOCOL;
        if (r == CURLE_OK && !set_conditions(transfer))
                r = CURLE_OUT_OF_MEMORY;
        if (r == CURLE_OK && curl_multi_add_handle(session->multi, transfer->easy) == CURLM_OK) {
                session->running++;
                return;
        }
        failed(session, transfer, r);
        if (transfer->easy)
                curl_easy_cleanup(transfer->easy);
        transfer->easy = NULL;
}

/* Those of the first round before those that are tried again. */
static void start_due(struct session *session, unsigned parallel)
{
        int64_t now = rv_monotonic_ms();
        unsigned round;
        size_t i;

        for (round = 0; round < 2; round++)
                for (i = 0; i < session->n && session->running < parallel; i++) {
                        struct transfer *transfer = &session->transfers[i];

                        if (!transfer->easy && transfer->request->state == RV_NET_WAITING && transfer->due <= now &&
                            (transfer->round > 0) == (round > 0))
                                start(session, transfer);
                }
}

static int report(struct session *session, struct rv_err *err)
{
        uint64_t done = 0;
        size_t i;

        for (i = 0; i < session->n; i++)
                done += session->transfers[i].request->size;
        if ((session->cancel && atomic_load(session->cancel)) ||
            (session->progress && session->progress(session->user, done)))
                return rv_fail(err, RV_CANCELLED, N_("cancelled"), NULL, NULL);
        return RV_OK;
}

static int run(struct session *session, unsigned parallel, struct rv_err *err)
{
        struct transfer *transfer;
        const CURLMsg *message;
        int still, waiting, r = RV_OK;

        while (session->left && !(r = report(session, err))) {
                start_due(session, parallel);
                if (curl_multi_perform(session->multi, &still) != CURLM_OK ||
                    curl_multi_poll(session->multi, NULL, 0, WAIT_MS, NULL) != CURLM_OK)
                        return rv_fail(err, RV_FAILED, N_("libcurl cannot go on"), NULL, NULL);
                while ((message = curl_multi_info_read(session->multi, &waiting)))
                        if (message->msg == CURLMSG_DONE) {
                                CURLcode code = message->data.result;

                                (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
                                finished(session, transfer, code);
                        }
        }
        return r;
}

static void release(struct session *session)
{
        size_t i;

        for (i = 0; i < session->n && session->transfers; i++) {
                struct transfer *transfer = &session->transfers[i];

                if (transfer->easy) {
                        (void)curl_multi_remove_handle(session->multi, transfer->easy);
                        curl_easy_cleanup(transfer->easy);
                }
                curl_slist_free_all(transfer->headers);
        }
        free(session->transfers);
        if (session->multi)
                (void)curl_multi_cleanup(session->multi);
}

int rv_net_fetch(struct rv_net_request *requests, size_t n, unsigned parallel, const atomic_bool *cancel,
                 rv_net_progress *progress, void *user, struct rv_err *err)
{
        struct session session = { .n = n, .left = n, .cancel = cancel, .progress = progress, .user = user };
        size_t i;
        int r;

        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
                return rv_fail(err, RV_FAILED, N_("libcurl cannot go on"), NULL, NULL);
        session.multi = curl_multi_init();
        session.transfers = calloc(n ? n : 1, sizeof *session.transfers);
        for (i = 0; i < n && session.transfers; i++) {
                session.transfers[i].request = &requests[i];
                requests[i].state = requests[i].n_urls ? RV_NET_WAITING : RV_NET_FAILED;
                if (!requests[i].n_urls) {
                        session.left--;
                        (void)!rv_fail(&requests[i].err, RV_NOTFOUND, N_("%1: there is no place to fetch it from"),
                                       NULL, requests[i].name, NULL);
                }
        }
        r = session.multi && session.transfers ? run(&session, parallel ? parallel : PARALLEL, err)
                                               : rv_fail_memory(err);
        release(&session);
        curl_global_cleanup();
        return r;
}
