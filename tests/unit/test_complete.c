/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-complete */
/* What is offered where the cursor stands; with the plugins of this build, as shells ask for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <reeve/plugin.h>

#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "tui/complete/complete.h"

static struct rv_host host = { .cache_fd = -1 };

static int setup(void **state)
{
        const char *const *names;

        (void)state;
        host.registry = rv_registry_new(NULL, NULL);
        return host.registry && rv_root_open("/", &host.root, NULL) == 0 && rv_registry_names(host.registry, &names) > 0
                       ? 0
                       : -1;
}

static int teardown(void **state)
{
        (void)state;
        rv_root_close(&host.root);
        rv_registry_free(host.registry);
        return 0;
}

enum { MOST = 12 };

/* Asks for the words that may stand in the place of the last one. */
static void complete(const char *const *words, struct rv_buf *out)
{
        const char *all[MOST] = { "words" };
        size_t n = 1;

        for (; words[n - 1]; n++)
                all[n] = words[n - 1];
        rv_buf_clear(out);
        assert_int_equal(rv_complete(&host, all, n, out), RV_OK);
        /* One a line, each a whole line, none twice. */
        if (out->size)
                assert_int_equal(out->data[out->size - 1], '\n');
}

static size_t lines(const struct rv_buf *out)
{
        size_t n = 0, i;

        for (i = 0; i < out->size; i++)
                n += out->data[i] == '\n';
        return n;
}

static bool has(const struct rv_buf *out, const char *word)
{
        const char *line = rv_buf_str(out);
        size_t n = strlen(word);

        for (; *line; line += strcspn(line, "\n"), line += *line == '\n')
                if (strncmp(line, word, n) == 0 && line[n] == '\n')
                        return true;
        return false;
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void offers(const char *const *words, const char *const *wanted)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        complete(words, &out);
        for (; *wanted; wanted++)
                if (!has(&out, *wanted))
                        fail_msg("%s is not offered in:\n%s", *wanted, rv_buf_str(&out));
}

static void offers_only(const char *const *words, const char *wanted)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        complete(words, &out);
        assert_string_equal(rv_buf_str(&out), wanted);
}

static void test_commands(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        offers(WORDS(""), WORDS("packages", "signatures", "slots", "sandboxes", "status", "show", "help", "jobs"));
        offers_only(WORDS("sta"), "status\n");
        offers_only(WORDS("sandb"), "sandboxes\n");
        offers(WORDS("s"), WORDS("status", "slots", "signatures", "sandboxes", "show", "space", "script", "shell"));
        offers_only(WORDS("zzz"), "");
        complete(WORDS("s"), &out);
        assert_false(has(&out, "packages"));
        /* Options may stand before the command. */
        offers(WORDS("--json", ""), WORDS("packages", "status"));
        offers(WORDS("help", "pac"), WORDS("packages"));
}

static void test_members(void **state)
{
        (void)state;
        offers(WORDS("packages", ""), WORDS("installed", "files", "dependencies", "changelog", "scripts"));
        offers_only(WORDS("packages", "inst"), "installed\n");
        offers(WORDS("signatures", ""), WORDS("packages", "keys"));
        offers(WORDS("show", "pack"), WORDS("packages"));
        offers(WORDS("show", "packages/inst"), WORDS("packages/installed"));
        offers(WORDS("ui", "signatures/"), WORDS("signatures/packages", "signatures/keys"));
        offers_only(WORDS("show", "nothing/"), "");
        offers_only(WORDS("show", "../"), "");
}

static void test_options_and_values(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        (void)state;
        offers(WORDS("packages", "--"), WORDS("--json", "--where", "--columns", "--sort", "--limit", "--root"));
        offers_only(WORDS("packages", "--colu"), "--columns\n");
        offers(WORDS("packages", "--format", ""), WORDS("table", "plain", "json", "ndjson", "tsv", "csv"));
        offers_only(WORDS("packages", "--format", "nd"), "ndjson\n");
        offers_only(WORDS("--color", "al"), "always\n");
        offers(WORDS("packages", "installed", "--columns", ""), WORDS("nevra", "name", "size"));
        offers_only(WORDS("packages", "installed", "--columns", "name,nev"), "name,nevra\n");
        offers(WORDS("packages", "installed", "--sort", "-siz"), WORDS("-size"));
        /* A file's name is the shell's to offer: nothing from here. */
        offers_only(WORDS("packages", "--root", "/et"), "");
        complete(WORDS("packages", "--json", ""), &out);
        assert_false(has(&out, "table"));
}

/* What cannot be a command gets no answer, and no harm. */
static void test_odd_words(void **state)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 }, all = { 0 };
        const char *const none[] = { "words" };

        (void)state;
        assert_int_equal(rv_complete(&host, none, 1, &out), RV_OK);
        complete(WORDS(""), &all);
        assert_int_equal(lines(&out), lines(&all));
        offers_only(WORDS("packages", "installed", "--no-such", "x"), "");
        offers_only(WORDS("packages", "installed", "--columns=na", ""), "");
        offers_only(WORDS("\xff\xfe"), "");
        offers(WORDS("-"), WORDS("--json", "--help"));
        rv_buf_clear(&out);
        assert_int_equal(rv_complete(&host, NULL, 0, &out), RV_USAGE);
        assert_int_equal(rv_complete(&host, WORDS("csh"), 1, &out), RV_USAGE);
        assert_int_equal(rv_complete(&host, WORDS("bash", "x"), 2, &out), RV_USAGE);
        assert_int_equal(out.size, 0);
        assert_int_equal(rv_complete(&host, WORDS("bash"), 1, &out), RV_OK);
        assert_non_null(strstr(out.data, "complete -F _reeve reeve"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_commands),
                cmocka_unit_test(test_members),
                cmocka_unit_test(test_options_and_values),
                cmocka_unit_test(test_odd_words),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
