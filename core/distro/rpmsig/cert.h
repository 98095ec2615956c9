/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A certificate: a primary key, its subkeys, and what its own verified signatures say about them. Nothing that an
 * unverified signature says counts: a forged expiry or revocation changes nothing.
 * Ownership: a certificate owns everything in it. */
#ifndef REEVE_DISTRO_RPM_CERT_H
#define REEVE_DISTRO_RPM_CERT_H

#include "core/distro/rpm/rpm.h"
#include "core/distro/rpmsig/pgpkey.h"

enum { RV_CERT_KEYS = 32 };

struct rv_cert_key {
        struct rv_pgp_key pub;
        bool bound, can_sign;
        int64_t said;    /* when the self-signature that counts was made */
        int64_t expires; /* 0: never */
        int64_t revoked; /* 0: not */
        bool hard;       /* revoked for all time: the key may be in wrong hands */
};

struct rv_cert {
        struct rv_rpm_key info;
        struct rv_cert_key keys[RV_CERT_KEYS]; /* the first is the primary key */
        size_t n_keys;
        char *owner, *source, algorithm[24];
        uint8_t *bytes; /* what the keys point into */
        size_t size, after_primary;
};

/* Reads the certificate at the start of bytes and takes it off, with what it must not consist of. RV_PGP_BROKEN takes
 * all the bytes. now decides the state. *ret NULL: no memory. */
enum rv_pgp_parse rv_cert_read(struct rv_pgp_bytes *bytes, const char *source, int64_t now, struct rv_cert **ret);
/* What two copies of one certificate say together; neither is consumed. */
enum rv_pgp_parse rv_cert_join(const struct rv_cert *a, const struct rv_cert *b, int64_t now, struct rv_cert **ret);
void rv_cert_free(struct rv_cert *cert);

#endif
