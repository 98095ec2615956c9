/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The back end "rpm": the installed packages of a root as raw headers, the keys that rpm trusts there, and what the
 * headers' own bytes say about who signed them. It reads only, leaves nothing behind, reads no configuration and no
 * environment. Ownership: databases and rings are the caller's; rows borrow until the next call on their database,
 * keys and verdict texts until the ring is freed. */
#ifndef REEVE_DISTRO_RPM_RPM_H
#define REEVE_DISTRO_RPM_RPM_H

#include <reeve/view.h>

#include "core/distro/open.h"
#include "core/distro/rpmheader.h"

struct rv_rpmdb;
struct rv_rpm_ring;

struct rv_rpm_row {
        int64_t hnum;     /* rpm's number of the header */
        const void *blob; /* NULL: there are no more rows */
        size_t size;
};

/* In the order of the enum columns of the views. */
enum rv_verdict {
        RV_VERDICT_OK,
        RV_VERDICT_NOKEY,
        RV_VERDICT_UNSIGNED,
        RV_VERDICT_BAD,
        RV_VERDICT_EXPIRED,
        RV_VERDICT_REVOKED,
        RV_VERDICT_UNTRUSTED,
        RV_VERDICT_DAMAGED
};
enum rv_header_state { RV_HEADER_OK, RV_HEADER_BAD, RV_HEADER_NONE };
enum rv_key_state { RV_KEY_VALID, RV_KEY_EXPIRED, RV_KEY_REVOKED };

struct rv_rpm_key {                      /* a certificate: its primary key */
        char fingerprint[65], keyid[17]; /* upper-case hexadecimal */
        const char *owner;               /* the user id as written, "" for none */
        const char *algorithm;           /* "RSA 4096" */
        const char *source;              /* where it lies: "rpmdb", or the path of its file */
        int64_t created, expires;        /* Unix seconds; expires 0: never */
        int64_t revoked;                 /* since when; 0: it is not */
        enum rv_key_state state;         /* at the time the ring was opened for */
};

enum { RV_SIGNERS = 8 };

struct rv_rpm_verdict {
        enum rv_verdict verdict;
        enum rv_header_state header;
        unsigned n_signers;
        const struct rv_rpm_key *key[RV_SIGNERS]; /* NULL: an unknown one */
        char signer[RV_SIGNERS][65];              /* fingerprint of a known key, else its key id or fingerprint */
        const struct rv_rpm_key *decided;         /* the key of the signature that decided; NULL: unknown, or none */
        char algorithm[32];                       /* "RSA/SHA256", of the signature that decided; "" for none */
        int64_t signed_at;                        /* 0: not said */
        bool late; /* bad only because the key had expired when it signed: what is installed is what was signed */
};

struct rv_rpm_backend {
        struct rv_backend head;
        /* Opens the database below root, which messages call by its name, wherever it lies, and names in sink (may be
         * NULL) all that it depends on. RV_NOTFOUND, RV_DENIED, RV_DAMAGED (empty, no database), RV_UNSUPPORTED
         * (another format, and the way out). */
        int (*open)(int root, const char *name, struct rv_sink *sink, struct rv_rpmdb **ret, struct rv_err *err);
        void (*close)(struct rv_rpmdb *db);
        /* Chooses what next() gives, from the start: every row, those of one name, or the one with this number. */
        int (*all)(struct rv_rpmdb *db, struct rv_err *err);
        int (*by_name)(struct rv_rpmdb *db, const char *name, struct rv_err *err);
        int (*by_number)(struct rv_rpmdb *db, int64_t hnum, struct rv_err *err);
        /* The next row. Where the database is damaged the rows end with a warning in the sink; RV_DAMAGED when not one
         * could be read. A database changed while it was read gives a warning too. */
        int (*next)(struct rv_rpmdb *db, struct rv_rpm_row *ret, struct rv_err *err);
        /* What the row given last is called by something else than a sound header: rpm's index, or the bytes of a
         * header that does not hold. NULL: nothing is known. For damaged rows only: it is a search. */
        const char *(*name)(struct rv_rpmdb *db, int64_t hnum);
};

/* The back end "rpmsig": who signed, and whether that holds. */
struct rv_rpmsig_backend {
        struct rv_backend head;
        /* The keys in the database (read through rpm) and beside it, judged at the time now (Unix seconds). Names in
         * the database's sink what they depend on, and when the next of them expires. A key that cannot be read is a
         * warning. */
        int (*ring)(const struct rv_rpm_backend *rpm, struct rv_rpmdb *db, int64_t now, struct rv_rpm_ring **ret,
                    struct rv_err *err);
        void (*ring_free)(struct rv_rpm_ring *ring);
        size_t (*n_keys)(const struct rv_rpm_ring *ring);
        const struct rv_rpm_key *(*key)(const struct rv_rpm_ring *ring, size_t i);
        /* Who signed a header, without verifying anything: the certificates that its signatures name. */
        unsigned (*signers)(const struct rv_rpm_ring *ring, const struct rv_rpm_header *header,
                            const struct rv_rpm_key *ret[RV_SIGNERS]);
        /* The whole verdict. One thread at a time for one ring. */
        void (*judge)(struct rv_rpm_ring *ring, const struct rv_rpm_header *header, struct rv_rpm_verdict *ret);
};

#define RV_RPM_WANTED ((struct rv_backend){ 2, sizeof(struct rv_rpm_backend) })
#define RV_RPMSIG_WANTED ((struct rv_backend){ 1, sizeof(struct rv_rpmsig_backend) })

#endif
