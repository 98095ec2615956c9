/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The back end "net": fetches files over HTTP(S) and from file://, several at once, each from the first of its mirrors
 * that gives it. Everything that a server says is hostile: sizes, rates, redirects and times are bounded.
 * Ownership: requests are the caller's; what they point to must live until fetch returns; results are freed by
 * rv_net_request_clear(). */
#ifndef REEVE_DISTRO_NET_NET_H
#define REEVE_DISTRO_NET_NET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/distro/open.h"

#define RV_NET_ABI 1
#define RV_NET_WANTED ((struct rv_backend){ RV_NET_ABI, sizeof(struct rv_net) })

enum rv_net_state { RV_NET_WAITING, RV_NET_DONE, RV_NET_UNCHANGED, RV_NET_FAILED };

/* How a host is spoken to. NULL and 0 take what stands in parentheses. */
struct rv_net_options {
        const char *proxy, *proxy_user, *proxy_password; /* (none: the environment is not asked) */
        const char *user, *password, *bearer;            /* (none); go to the host of the URL only */
        const char *ca_file, *client_cert, *client_key;  /* (the system's, none, none) */
        bool insecure;                                   /* sslverify=0: the host's certificate is not checked */
        unsigned connect_seconds;                        /* (30) */
        unsigned min_rate, stall_seconds;                /* bytes a second over so many seconds (1000 over 30) */
        unsigned total_seconds;                          /* (3600) */
        unsigned retries;                                /* of all mirrors, once they all failed (1) */
};

struct rv_net_request {
        const char *const *urls; /* in order of preference */
        size_t n_urls;
        const char *name; /* what it is, for messages */
        const struct rv_net_options *options;
        int fd;         /* where it goes, from offset 0; emptied when a server cannot go on where it ended */
        bool resume;    /* what fd already holds is the beginning of it */
        uint64_t limit; /* bytes at most */
        const char *etag, *modified; /* of what the caller has; "" or NULL: unconditional */
        /* results */
        enum rv_net_state state;
        uint64_t size;                        /* bytes in fd */
        struct rv_buf new_etag, new_modified; /* as the server gave them, at most 256 bytes each */
        const char *url;                      /* the one of urls that gave it */
        struct rv_err err;                    /* of the mirror that was tried last */
};
static inline void rv_net_request_clear(struct rv_net_request *request)
{
        rv_buf_free(&request->new_etag);
        rv_buf_free(&request->new_modified);
        rv_err_clear(&request->err);
}

/* Told now and then how many bytes came so far; other than 0 ends it all (RV_CANCELLED). */
typedef int rv_net_progress(void *user, uint64_t done);

struct rv_net {
        struct rv_backend head;
        /* Fetches them all, at most `parallel` at once (0: 6). RV_OK: each request says how it went. */
        int (*fetch)(struct rv_net_request *requests, size_t n, unsigned parallel, const atomic_bool *cancel,
                     rv_net_progress *progress, void *user, struct rv_err *err);
};

int rv_net_fetch(struct rv_net_request *requests, size_t n, unsigned parallel, const atomic_bool *cancel,
                 rv_net_progress *progress, void *user, struct rv_err *err) RV_CHECK;
/* Whether a URL is one that may be fetched: http, https or file, without a user in it and without control bytes. */
bool rv_net_url_sound(const char *url);

#endif
