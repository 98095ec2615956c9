/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-present */
/* The list of plugins, of which one cannot be opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/model/registry.h"
#include "core/model/snapshot.h"
#include "tui/present/catalogue.h"

/* The reason is the message itself, which is translated when it is shown, and no text that was English already. */
static void a_broken_plugin_says_why_as_a_message(void **state)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *snapshot = NULL;
        char directory[] = "/tmp/reeve-catalogue-XXXXXX", file[64];
        struct rv_registry *registry;
        struct rv_message why;
        FILE *out;

        (void)state;
        assert_non_null(mkdtemp(directory));
        (void)snprintf(file, sizeof file, "%s/bad.so", directory);
        out = fopen(file, "we");
        assert_non_null(out);
        assert_true(fputs("no library", out) >= 0);
        assert_int_equal(fclose(out), 0);
        registry = rv_registry_new(directory, NULL);
        assert_non_null(registry);
        assert_int_equal(rv_catalogue(registry, RV_DO_PLUGINS, &snapshot, NULL), RV_OK);
        assert_int_equal(rv_snapshot_rows(snapshot), 1);
        assert_true(rv_cell_message(snapshot, 0, (unsigned)rv_snapshot_column(snapshot, "about"), &why));
        assert_string_equal(why.msgid, "%1: is not a library for this machine");
        assert_string_equal(why.args[0], file);
        rv_registry_free(registry);
        assert_int_equal(unlink(file), 0);
        assert_int_equal(rmdir(directory), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(a_broken_plugin_says_why_as_a_message) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
