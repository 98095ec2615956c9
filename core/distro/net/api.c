/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one object that this back end exports. */
#include "core/distro/net/net.h"

extern RV_BACKEND struct rv_net rv_backend;

RV_BACKEND struct rv_net rv_backend = { .head = { RV_NET_ABI, sizeof(struct rv_net) }, .fetch = rv_net_fetch };
