/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What fills the plugin's views, and the columns by number. Ownership: as the SDK says. */
#ifndef SANDBOXES_VIEWS_H
#define SANDBOXES_VIEWS_H

#include <reeve/plugin.h>

enum {
        SANDBOX_ID,
        SANDBOX_KIND,
        SANDBOX_PATH,
        SANDBOX_STATE,
        SANDBOX_PYTHON,
        SANDBOX_PACKAGES,
        SANDBOX_TRUST,
        SANDBOX_CREATED_AT,
        SANDBOX_SIZE
};
enum { STATE_OK, STATE_DRIFTED, STATE_BROKEN, STATE_UNKNOWN, STATE_RUNNING, STATE_STOPPED };
enum { TRUST_SIGNED, TRUST_HASHED, TRUST_NONE };
enum { FILES_PATH, FILES_STATE, FILES_SIZE, FILES_PACKAGE };
enum {
        PACKAGES_NAME,
        PACKAGES_VERSION,
        PACKAGES_INSTALLER,
        PACKAGES_REQUESTED,
        PACKAGES_TRUST,
        PACKAGES_FILES,
        PACKAGES_SIZE,
        PACKAGES_LICENSE,
        PACKAGES_SUMMARY
};

rv_fill fill_sandboxes, fill_files, fill_packages, fill_findings, fill_space;

#endif
