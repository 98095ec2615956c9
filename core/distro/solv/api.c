/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one object that this back end exports. */
#include "core/distro/solv/solv.h"

extern RV_BACKEND struct rv_solv rv_backend;

RV_BACKEND struct rv_solv rv_backend = {
        .head = { RV_SOLV_ABI, sizeof(struct rv_solv) },
        .repomd = rv_repomd_parse,
        .ingest = rv_solv_ingest,
        .filelists = rv_solv_filelists,
        .updateinfo = rv_solv_updateinfo,
};
