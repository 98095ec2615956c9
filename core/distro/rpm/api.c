/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one object that this back end exports. */
#include "core/distro/rpm/db.h"

extern RV_BACKEND struct rv_rpm_backend rv_backend;

RV_BACKEND struct rv_rpm_backend rv_backend = {
        .head = { 2, sizeof(struct rv_rpm_backend) },
        .open = rv_rpmdb_open,
        .close = rv_rpmdb_close,
        .all = rv_rpmdb_all,
        .by_name = rv_rpmdb_by_name,
        .by_number = rv_rpmdb_by_number,
        .next = rv_rpmdb_next,
        .name = rv_rpmdb_name,
};
