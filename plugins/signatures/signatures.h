/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this plugin give each other: the fills, and the columns they put into (indexes into the
 * declarations in signatures.c). */
#ifndef REEVE_PLUGINS_SIGNATURES_H
#define REEVE_PLUGINS_SIGNATURES_H

#include <reeve/plugin.h>

#include "core/distro/rpmwalk.h"

enum package_column {
        P_NEVRA,
        P_VERDICT,
        P_HEADER,
        P_SIGNER,
        P_SIGNER_NAME,
        P_ALGORITHM,
        P_SIGNED_AT,
        P_VENDOR,
        P_REASON,
        P_NAME
};
enum key_column {
        K_FINGERPRINT,
        K_KEYID,
        K_OWNER,
        K_ALGORITHM,
        K_CREATED_AT,
        K_EXPIRES_AT,
        K_STATE,
        K_PACKAGES,
        K_SOURCE
};

int packages_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int keys_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);
int findings_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err);

#endif
