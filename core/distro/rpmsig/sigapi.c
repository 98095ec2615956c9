/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one object that this back end exports. */
#include "core/distro/rpmsig/ring.h"

static size_t n_keys(const struct rv_rpm_ring *ring)
{
        return ring->n;
}

static const struct rv_rpm_key *key(const struct rv_rpm_ring *ring, size_t i)
{
        return &ring->certs[i]->info;
}

extern RV_BACKEND struct rv_rpmsig_backend rv_backend;

RV_BACKEND struct rv_rpmsig_backend rv_backend = {
        .head = { 1, sizeof(struct rv_rpmsig_backend) },
        .ring = rv_ring_open,
        .ring_free = rv_ring_free,
        .n_keys = n_keys,
        .key = key,
        .signers = rv_ring_signers,
        .judge = rv_ring_judge,
};
