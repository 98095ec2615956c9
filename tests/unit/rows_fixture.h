/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small list of packages with a column of each type, for the tests that choose and order rows. */
#ifndef REEVE_TEST_ROWS_FIXTURE_H
#define REEVE_TEST_ROWS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/model/rows.h"
#include "core/model/sink.h"

enum { DAY = 86400, NOW = 1795392000 }; /* 2026-11-23T00:00:00Z */
enum {
        P_NEVRA,
        P_NAME,
        P_VERSION,
        P_ARCH,
        P_SIZE,
        P_INSTALLED,
        P_EXPIRES,
        P_SEVERITY,
        P_HELD,
        P_CVES,
        P_TEXT,
        P_AGE,
        P_COUNT,
        P_SIGNER,
        P_COLUMNS
};

static const struct rv_enum severities[] = {
        { .id = "critical", .title = "Critical" },
        { .id = "important", .title = "Important" },
        { .id = "moderate", .title = "Moderate" },
        { .id = "low", .title = "Low" },
};

static const struct rv_column package_columns[] = {
        [P_NEVRA] = { .id = "nevra", .title = "NEVRA", .type = RV_TEXT, .flags = RV_KEY },
        [P_NAME] = { .id = "name", .title = "Name", .type = RV_TEXT, .flags = RV_MATCH },
        [P_VERSION] = { .id = "version", .title = "Version", .type = RV_VERSION },
        [P_ARCH] = { .id = "arch", .title = "Arch", .type = RV_REF, .flags = RV_ARCH },
        [P_SIZE] = { .id = "size", .title = "Size", .type = RV_SIZE },
        [P_INSTALLED] = { .id = "installed_at", .title = "Installed", .type = RV_TIME },
        [P_EXPIRES] = { .id = "expires_at", .title = "Expires", .type = RV_TIME },
        [P_SEVERITY] = { .id = "severity", .title = "Severity", .type = RV_ENUM, .enums = severities, .n_enums = 4 },
        [P_HELD] = { .id = "held", .title = "Held", .type = RV_BOOL },
        [P_CVES] = { .id = "cves", .title = "CVEs", .type = RV_LIST },
        [P_TEXT] = { .id = "text", .title = "Text", .type = RV_MSG },
        [P_AGE] = { .id = "age", .title = "Age", .type = RV_DURATION },
        [P_COUNT] = { .id = "count", .title = "Count", .type = RV_INT },
        [P_SIGNER] = { .id = "signer_name", .title = "Signer", .type = RV_TEXT, .flags = RV_COSTLY },
};

static const struct rv_view package_view = { .id = "installed",
                                             .title = "Installed",
                                             .shape = RV_SHAPE_LIST,
                                             .columns = package_columns,
                                             .n_columns = P_COLUMNS };

static inline void put(struct rv_sink *sink, unsigned column, const char *text)
{
        rv_put_text(sink, column, text, strlen(text));
}

static inline void put_package(struct rv_sink *sink, const char *nevra, const char *name, const char *version,
                               const char *arch)
{
        assert_int_equal(rv_row_begin(sink, 0), RV_OK);
        put(sink, P_NEVRA, nevra);
        put(sink, P_NAME, name);
        put(sink, P_VERSION, version);
        put(sink, P_ARCH, arch);
}

/* Row 0 bash, 1 openssl-libs (64 bit), 2 openssl-libs (32 bit), 3 python3, 4 Zlib, 5 a damaged one: only a key. */
static inline void put_packages(struct rv_sink *sink)
{
        static const char *const one[] = { "CVE-2026-1" }, *const two[] = { "CVE-2026-1", "CVE-2026-22" };

        put_package(sink, "bash-5.2.26-1.azl4.x86_64", "bash", "5.2.26-1.azl4", "x86_64");
        rv_put_int(sink, P_SIZE, 8 << 20);
        rv_put_int(sink, P_INSTALLED, NOW - 3 * DAY);
        rv_put_int(sink, P_EXPIRES, NOW + 10 * DAY);
        rv_put_int(sink, P_SEVERITY, 0);
        rv_put_int(sink, P_HELD, 1);
        rv_put_list(sink, P_CVES, one, 1);
        rv_put_msg(sink, P_TEXT, NP_("%1 problem", "%1 problems"), "2", NULL);
        rv_put_int(sink, P_AGE, 90);
        rv_put_int(sink, P_COUNT, -7);
        put(sink, P_SIGNER, "Reeve Test");

        put_package(sink, "openssl-libs-1:3.3.2-1.azl4.x86_64", "openssl-libs", "1:3.3.2-1.azl4", "x86_64");
        rv_put_int(sink, P_SIZE, 10 << 20);
        rv_put_int(sink, P_INSTALLED, NOW - 7 * DAY);
        rv_put_int(sink, P_EXPIRES, NOW - 5 * DAY);
        rv_put_int(sink, P_SEVERITY, 1);
        rv_put_int(sink, P_HELD, 0);
        rv_put_list(sink, P_CVES, two, 2);
        rv_put_int(sink, P_AGE, 5400);
        rv_put_int(sink, P_COUNT, 3);

        put_package(sink, "openssl-libs-1:3.3.2-1.azl4.i686", "openssl-libs", "1:3.3.2-1.azl4", "i686");
        rv_put_int(sink, P_SIZE, (10 << 20) + 1);
        rv_put_int(sink, P_INSTALLED, NOW - 40 * DAY);
        rv_put_int(sink, P_EXPIRES, NOW + 400 * (int64_t)DAY);
        rv_put_int(sink, P_SEVERITY, 3);
        rv_put_list(sink, P_CVES, NULL, 0);

        put_package(sink, "python3-3.12.9~rc1-1.azl4.x86_64", "python3", "3.12.9~rc1-1.azl4", "x86_64");
        rv_put_int(sink, P_INSTALLED, NOW + 12 * 3600);
        rv_put_msg(sink, P_TEXT, "cannot read %1", "/etc/it", NULL);

        put_package(sink, "Zlib-1.3-1.azl4.x86_64", "Zlib", "1.3", "x86_64");
        rv_put_int(sink, P_SIZE, 0);

        assert_int_equal(rv_row_begin(sink, 0), RV_OK);
        put(sink, P_NEVRA,
            "#12 (gr\xc3\xb6\xc3\x9f"
            "er, x)");
}

static inline struct rv_snapshot *make_packages(void)
{
        RV_SINK_CLEANUP struct rv_sink *sink = rv_sink_new("packages", "reeve", &package_view, NULL);
        struct rv_snapshot *snapshot = NULL;
        bool cacheable;

        assert_non_null(sink);
        put_packages(sink);
        assert_int_equal(rv_sink_finish(sink, &snapshot, &cacheable, NULL), RV_OK);
        return snapshot;
}

#endif
