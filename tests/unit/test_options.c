/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-present */
/* The table of options, which parsing, help and completion share: no name or letter twice, and each value checked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <reeve/plugin.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "tui/present/command.h"
#include "tui/present/options.h"

enum { ROOM = 64 };

static void test_the_table(void **state)
{
        size_t n, i, k;
        const struct rv_option *options = rv_options(&n);

        (void)state;
        for (i = 0; i < n; i++) {
                assert_ptr_equal(rv_option_by_name(options[i].name, strlen(options[i].name)), &options[i]);
                assert_null(rv_option_by_name(options[i].name, strlen(options[i].name) - 1)); /* not abbreviated */
                if (options[i].letter)
                        assert_ptr_equal(rv_option_by_letter(options[i].letter), &options[i]);
                for (k = 0; options[i].name[k]; k++)
                        assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz-", options[i].name[k]));
                assert_true(options[i].help && *options[i].help);
                /* What repeats has something to repeat. */
                assert_true(!options[i].repeats || options[i].value);
        }
        assert_null(rv_option_by_name("", 0));
        assert_null(rv_option_by_name("rootx", 5));
        assert_null(rv_option_by_letter('\0'));
        assert_null(rv_option_by_letter('Q'));
        assert_non_null(rv_option_by_name("root=/mnt", 4)); /* as it is cut out of a word */
}

static void test_verbs_hide_no_plugin(void **state)
{
        static const char *const plugins[] = { "packages", "sandboxes", "slots", "signatures" };
        size_t n, i, k;
        const struct rv_verb_word *verbs = rv_verbs(&n);

        (void)state;
        for (i = 0; i < n; i++) {
                for (k = 0; k < i; k++)
                        assert_string_not_equal(verbs[i].word, verbs[k].word);
                for (k = 0; k < sizeof plugins / sizeof *plugins; k++)
                        assert_string_not_equal(verbs[i].word, plugins[k]);
                assert_int_equal(verbs[i].view != NULL, verbs[i].verb == RV_DO_VIEW);
        }
}

struct applied {
        struct rv_settings settings;
        struct rv_command command;
        const char *options[ROOM];
};

static void start(struct applied *applied)
{
        memset(applied, 0, sizeof *applied);
        rv_settings_init(&applied->settings);
        applied->command.options = applied->options;
        applied->command.limit = -1;
}

static int apply(struct applied *applied, const char *name, const char *value)
{
        const struct rv_option *option = rv_option_by_name(name, strlen(name));

        assert_non_null(option);
        return rv_option_apply(option, value, &applied->settings, &applied->command, NULL);
}

static void test_values(void **state)
{
        static const char *const numbers[] = { "-1", "", "x", "5x", "1.5", "9223372036854775808", "0x10" };
        struct applied applied;
        size_t i;

        (void)state;
        start(&applied);
        for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
                assert_int_equal(apply(&applied, "limit", numbers[i]), RV_USAGE);
                assert_int_equal(apply(&applied, "wait", numbers[i]), RV_USAGE);
        }
        assert_int_equal(applied.command.limit, -1); /* untouched by what was refused */
        assert_int_equal(apply(&applied, "limit", "0"), RV_OK);
        assert_int_equal(applied.command.limit, 0);
        assert_int_equal(apply(&applied, "limit", "9223372036854775807"), RV_OK);
        assert_true(applied.command.limit == INT64_MAX);
        assert_int_equal(apply(&applied, "format", "JSON"), RV_USAGE);
        assert_int_equal(apply(&applied, "format", ""), RV_USAGE);
        assert_int_equal(apply(&applied, "format", "ndjson"), RV_OK);
        assert_int_equal(applied.settings.format, RV_NDJSON);
        assert_int_equal(apply(&applied, "json", NULL), RV_OK); /* the last one counts */
        assert_int_equal(applied.settings.format, RV_JSON);
        assert_int_equal(apply(&applied, "color", "yes"), RV_USAGE);
        assert_int_equal(apply(&applied, "color", "never"), RV_OK);
        assert_int_equal(applied.settings.color, RV_COLOR_NEVER);
        assert_int_equal(apply(&applied, "root", ""), RV_USAGE);
        assert_int_equal(apply(&applied, "yes", NULL), RV_OK);
        assert_int_equal(apply(&applied, "quiet", NULL), RV_OK);
        assert_true(applied.settings.yes && applied.settings.quiet && !applied.settings.dry_run);
        rv_arena_free(&applied.command.arena);
}

static const char *passed(const struct applied *applied, const char *id)
{
        size_t i;

        for (i = 0; i + 1 < applied->command.n_options; i += 2)
                if (strcmp(applied->options[i], id) == 0)
                        return applied->options[i + 1];
        return NULL;
}

/* What plugins see: one value an id; of what may stand several times all, of the rest the last. */
static void test_what_is_passed_on(void **state)
{
        struct applied applied;

        (void)state;
        start(&applied);
        assert_int_equal(apply(&applied, "image", "a.img"), RV_OK);
        assert_int_equal(apply(&applied, "image", "b.img"), RV_OK);
        assert_string_equal(passed(&applied, "image"), "b.img");
        assert_int_equal(apply(&applied, "exclude", "x"), RV_OK);
        assert_int_equal(apply(&applied, "exclude", "y,z"), RV_OK);
        assert_string_equal(passed(&applied, "exclude"), "x,y,z");
        assert_int_equal(apply(&applied, "refresh", NULL), RV_OK);
        assert_string_equal(passed(&applied, "refresh"), "yes");
        assert_int_equal(apply(&applied, "set", "base.url=http://x/?a=b"), RV_OK);
        assert_string_equal(passed(&applied, "set:base.url"), "http://x/?a=b");
        assert_int_equal(apply(&applied, "setopt", "base.url="), RV_OK); /* the same key by its other name */
        assert_string_equal(passed(&applied, "set:base.url"), "");
        assert_int_equal(apply(&applied, "set", "novalue"), RV_USAGE);
        assert_int_equal(apply(&applied, "set", "=value"), RV_USAGE);
        assert_int_equal(apply(&applied, "set", ""), RV_USAGE);
        assert_int_equal(applied.command.n_options, 8);
        rv_arena_free(&applied.command.arena);
}

/* Without a command, as before there is one, nothing that belongs to a command is taken. */
static void test_without_a_command(void **state)
{
        struct rv_settings settings;
        size_t n, i;
        const struct rv_option *options = rv_options(&n);

        (void)state;
        rv_settings_init(&settings);
        for (i = 0; i < n; i++)
                if (options[i].kind == RV_OPT_PASSED || options[i].kind == RV_OPT_SET)
                        assert_int_equal(rv_option_apply(&options[i], "x=y", &settings, NULL, NULL), RV_OK);
        assert_string_equal(settings.root, "/");
        assert_false(settings.yes || settings.dry_run || settings.check);
        /* Only actions take what concerns plans, trust and locks. */
        assert_true(rv_option_of_actions(rv_option_by_name("accept-key", 10)));
        assert_true(rv_option_of_actions(rv_option_by_name("yes", 3)));
        assert_false(rv_option_of_actions(rv_option_by_name("image", 5)));
        assert_false(rv_option_of_actions(rv_option_by_name("where", 5)));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_table),
                cmocka_unit_test(test_verbs_hide_no_plugin),
                cmocka_unit_test(test_values),
                cmocka_unit_test(test_what_is_passed_on),
                cmocka_unit_test(test_without_a_command),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
