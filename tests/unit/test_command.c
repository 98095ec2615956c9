/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-present */
/* Reading commands without any plugin: options on both sides, settings, and what is refused. The forms with plugins are
 * tried by the golden files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/model/registry.h"
#include "tui/present/command.h"

enum { MOST = 12 };

static size_t count(const char *const *words)
{
        size_t n = 0;

        while (words[n])
                n++;
        return n;
}

/* Reads the words with an empty registry; returns the code, and the command when it is asked for. */
static int parse(const char *const *words, struct rv_command *ret)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_registry *registry = rv_registry_new("/nonexistent", NULL);
        struct rv_command command = { 0 };
        struct rv_settings settings;
        int r;

        assert_non_null(registry);
        rv_settings_init(&settings);
        r = rv_command_parse(registry, &settings, words, count(words), &command, &err);
        assert_int_equal(r, err.code);
        rv_registry_free(registry);
        if (ret)
                *ret = command;
        else
                rv_command_free(&command);
        return r;
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void options_stand_on_both_sides(void **state)
{
        RV_COMMAND_CLEANUP struct rv_command command = { 0 };

        (void)state;
        assert_int_equal(
                parse(WORDS("--limit", "5", "status", "--sort=-since", "-q", "--columns", "id,text"), &command), RV_OK);
        assert_int_equal(command.verb, RV_DO_VIEW);
        assert_string_equal(command.view->id, "findings");
        assert_string_equal(command.plugin_id, "reeve");
        assert_int_equal(command.limit, 5);
        assert_string_equal(command.sort, "-since");
        assert_string_equal(command.columns, "id,text");
        assert_true(command.settings.quiet);
        assert_int_equal(command.n_words, 0);
}

static void nothing_is_a_command_too(void **state)
{
        RV_COMMAND_CLEANUP struct rv_command command = { 0 };

        (void)state;
        assert_int_equal(parse(WORDS("--json", "-v"), &command), RV_OK);
        assert_int_equal(command.verb, RV_DO_NOTHING);
        assert_int_equal(command.settings.format, RV_JSON);
        assert_true(command.settings.verbose);
}

static void help_wins_and_letters_join(void **state)
{
        RV_COMMAND_CLEANUP struct rv_command command = { 0 };

        (void)state;
        assert_int_equal(parse(WORDS("jobs", "-qvh", "list"), &command), RV_OK);
        assert_int_equal(command.verb, RV_DO_HELP);
        assert_true(command.settings.quiet && command.settings.verbose);
}

static void passed_options_are_joined(void **state)
{
        RV_COMMAND_CLEANUP struct rv_command command = { 0 };

        (void)state;
        assert_int_equal(
                parse(WORDS("do", "-x", "a", "--exclude=b", "-xc", "-C", "--set", "main.best=0", "--image", "disk.img"),
                      &command),
                RV_OK);
        assert_int_equal(command.n_options, 8);
        assert_string_equal(command.options[0], "exclude");
        assert_string_equal(command.options[1], "a,b,c");
        assert_string_equal(command.options[2], "cacheonly");
        assert_string_equal(command.options[4], "set:main.best");
        assert_string_equal(command.options[5], "0");
        assert_string_equal(command.options[7], "disk.img");
}

/* An answer that did not heed what was said would pass for one that did. */
static void what_no_view_heeds_is_refused(void **state)
{
        static const char *const unheeded[] = { "--minimal",     "--security", "--best",          "--nobest",
                                                "--repo=a",      "-xa",        "--accept-key=F",  "--enablerepo=a",
                                                "--arch=x86_64", "--policy=f", "--disablerepo=a", "--releasever=44" };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof unheeded / sizeof *unheeded; i++) {
                assert_int_equal(parse(WORDS("status", unheeded[i]), NULL), RV_UNSUPPORTED);
                assert_int_equal(parse(WORDS("show", "reeve/findings", "x", unheeded[i]), NULL), RV_UNSUPPORTED);
                assert_int_equal(parse(WORDS("do", "a", unheeded[i]), NULL), RV_OK);
        }
        assert_int_equal(parse(WORDS("status", "-C"), NULL), RV_OK);
}

static void two_dashes_end_the_options(void **state)
{
        RV_COMMAND_CLEANUP struct rv_command command = { 0 };

        (void)state;
        assert_int_equal(parse(WORDS("status", "--", "--json", "-q", "-"), &command), RV_OK);
        assert_int_equal(command.n_words, 3);
        assert_string_equal(command.words[0], "--json");
        assert_int_equal(command.settings.format, RV_TABLE);
}

static void wrong_words_are_usage(void **state)
{
        static const char *const wrong[][MOST] = {
                { "frobnicate" },
                { "status", "--frob" },
                { "--limit" },
                { "status", "-Z" },
                { "--limit", "-1" },
                { "--limit", "1x" },
                { "--format", "x" },
                { "--color", "blue" },
                { "--json=1" },
                { "--set", "novalue" },
                { "--set", "=x" },
                { "show" },
                { "show", "nothing" },
                { "show", "reeve/nothing" },
                { "help", "frobnicate" },
                { "--root", "" },
                { "--wait", "-3" },
                { "status", "--unknown", "value" },
                { "-x" },
                { "ui", "nothing/at" },
        };
        size_t i;

        (void)state;
        for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
                assert_int_equal(parse(wrong[i], NULL), RV_USAGE);
}

static void scanning_never_fails(void **state)
{
        static const char *const words[] = { "--frob",   "--root",   "/mnt",   "status",
                                             "--format", "nonsense", "--json", "--limit" };
        struct rv_settings settings;

        (void)state;
        rv_settings_init(&settings);
        rv_settings_scan(words, sizeof words / sizeof *words, &settings);
        assert_string_equal(settings.root, "/mnt");
        assert_int_equal(settings.format, RV_JSON);
        rv_settings_init(&settings);
        rv_settings_scan((const char *const[]){ "--", "--json" }, 2, &settings);
        assert_int_equal(settings.format, RV_TABLE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(options_stand_on_both_sides),   cmocka_unit_test(nothing_is_a_command_too),
                cmocka_unit_test(help_wins_and_letters_join),    cmocka_unit_test(passed_options_are_joined),
                cmocka_unit_test(what_no_view_heeds_is_refused), cmocka_unit_test(two_dashes_end_the_options),
                cmocka_unit_test(wrong_words_are_usage),         cmocka_unit_test(scanning_never_fails),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
