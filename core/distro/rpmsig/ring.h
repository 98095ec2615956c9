/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys that rpm trusts in a root. See rpm.h, where these functions are exported.
 * Ownership: a ring owns its certificates. */
#ifndef REEVE_DISTRO_RPM_RING_H
#define REEVE_DISTRO_RPM_RING_H

#include "core/distro/rpm/db.h"
#include "core/distro/rpmsig/cert.h"

struct rv_rpm_ring {
        struct rv_cert **certs;
        size_t n;
        int64_t now;
        struct rv_pgp_hasher hasher;
        struct rv_buf scratch; /* a decoded signature */
};

int rv_ring_open(const struct rv_rpm_backend *rpm, struct rv_rpmdb *db, int64_t now, struct rv_rpm_ring **ret,
                 struct rv_err *err) RV_CHECK;
void rv_ring_free(struct rv_rpm_ring *ring);
/* An empty ring, and adding the certificates in some bytes to it; name is what a warning in sink (may be NULL) calls
 * them. */
struct rv_rpm_ring *rv_ring_new(int64_t now);
int rv_ring_add(struct rv_rpm_ring *ring, const void *bytes, size_t size, const char *source, const char *name,
                struct rv_sink *sink, struct rv_err *err) RV_CHECK;

unsigned rv_ring_signers(const struct rv_rpm_ring *ring, const struct rv_rpm_header *header,
                         const struct rv_rpm_key *ret[RV_SIGNERS]);
void rv_ring_judge(struct rv_rpm_ring *ring, const struct rv_rpm_header *header, struct rv_rpm_verdict *ret);

#endif
