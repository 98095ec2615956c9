/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* net-fetch [OPTION=VALUE]... OUT URL... [-- OUT URL...]...: fetches each OUT from the first of its URLs that gives it,
 * and says for each how it went: state, size, which URL, ETag, and the error. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/distro/net/net.h"

enum { REQUESTS = 64, URLS = 256 };

static struct rv_net_options options = { .connect_seconds = 5, .total_seconds = 20 };
static struct rv_net_request requests[REQUESTS];
static const char *urls[URLS];
static uint64_t limit = 1 << 20;
static const char *etag, *modified;
static bool resume;
static unsigned parallel;

static bool take_option(const char *word)
{
        const char *equals = strchr(word, '='), *value = equals ? equals + 1 : "";
        size_t n = equals ? (size_t)(equals - word) : 0;
        const struct {
                const char *name, **text;
                unsigned *number;
        } known[] = {
                { "user", &options.user, NULL },           { "password", &options.password, NULL },
                { "bearer", &options.bearer, NULL },       { "proxy", &options.proxy, NULL },
                { "ca", &options.ca_file, NULL },          { "etag", &etag, NULL },
                { "modified", &modified, NULL },           { "rate", NULL, &options.min_rate },
                { "stall", NULL, &options.stall_seconds }, { "parallel", NULL, &parallel },
        };
        size_t i;

        if (strcmp(word, "resume=yes") == 0)
                return resume = true;
        if (n == 5 && strncmp(word, "limit", 5) == 0) {
                limit = strtoull(value, NULL, 10);
                return true;
        }
        for (i = 0; n && i < sizeof known / sizeof *known; i++)
                if (strlen(known[i].name) == n && memcmp(word, known[i].name, n) == 0) {
                        if (known[i].text)
                                *known[i].text = value;
                        else
                                *known[i].number = (unsigned)strtoul(value, NULL, 10);
                        return true;
                }
        return false;
}

static int count(void *user, uint64_t done)
{
        uint64_t *most = user;

        *most = done > *most ? done : *most;
        return 0;
}

int main(int argc, char **argv)
{
        static const char *const states[] = { "waiting", "done", "unchanged", "failed" };
        size_t n = 0, n_urls = 0, i;
        uint64_t most = 0;
        int at = 1, r;

        while (at < argc && take_option(argv[at]))
                at++;
        for (; at < argc && n < REQUESTS; at++, n++) {
                struct rv_net_request *request = &requests[n];

                *request = (struct rv_net_request){ .name = argv[at],
                                                    .options = &options,
                                                    .limit = limit,
                                                    .resume = resume,
                                                    .etag = etag,
                                                    .modified = modified,
                                                    .urls = &urls[n_urls] };
                request->fd = open(argv[at], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
                if (request->fd < 0)
                        return 1;
                for (at++; at < argc && strcmp(argv[at], "--") != 0 && n_urls < URLS; at++, request->n_urls++)
                        urls[n_urls++] = argv[at];
        }
        r = rv_net_fetch(requests, n, parallel, NULL, count, &most, NULL);
        for (i = 0; i < n; i++) {
                struct rv_net_request *request = &requests[i];
                size_t left = request->err.message.size;
                const char *text = rv_buf_str(&request->err.message);

                printf("%s %llu %s [%s] [%s] %d ", states[request->state], (unsigned long long)request->size,
                       request->url ? request->url : "-", rv_buf_str(&request->new_etag),
                       rv_buf_str(&request->new_modified), request->err.code);
                for (; left; left--, text++) /* a packed message: its parts end with NUL */
                        putchar(*text ? *text : '|');
                putchar('\n');
                rv_net_request_clear(request);
                close(request->fd);
        }
        return r;
}
