/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations that lie: each pointer, count, size and id of a plugin wrong in turn, and every bit of it flipped. What
 * is read lies in the library or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <reeve/plugin.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/plugin.h"

enum { TEXT = 16, PAGE = 4096 };

/* A library: all that a plugin may point to, in one piece. */
struct library {
        struct rv_plugin plugin;
        struct rv_view views[2];
        struct rv_column columns[3];
        struct rv_enum enums[2];
        struct rv_arg args[2];
        struct rv_action actions[2];
        struct rv_tally tallies[2];
        const char *aliases[3], *below[6];
        char id[TEXT], word[TEXT], title[TEXT], where[TEXT], text[TEXT];
        char end; /* the last byte is no NUL: a text that goes up to it has no end */
};

static int fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        (void)query, (void)sink, (void)err;
        return RV_OK;
}

static int plan(const struct rv_request *const *requests, size_t n, struct rv_plan *ret, struct rv_err *err)
{
        (void)requests, (void)n, (void)ret, (void)err;
        return RV_OK;
}

static int run(struct rv_job *job, struct rv_err *err)
{
        (void)job, (void)err;
        return RV_OK;
}

static struct library *make(void)
{
        static const uint16_t sizes[RV_K_MAX] = RV_SIZES;
        struct library *l = calloc(1, sizeof *l);
        size_t i;

        assert_non_null(l);
        strcpy(l->id, "test");
        strcpy(l->word, "word");
        strcpy(l->title, "Title");
        strcpy(l->where, "word ~ x");
        memset(l->text, 'x', sizeof l->text);
        l->end = 'x';
        l->aliases[0] = l->id;
        l->aliases[1] = l->word;
        l->below[0] = l->word;
        l->enums[0] = l->enums[1] = (struct rv_enum){ .id = l->word, .title = l->title, .role = RV_GOOD };
        for (i = 0; i < 3; i++)
                l->columns[i] = (struct rv_column){ .id = l->word, .title = l->title, .type = RV_TEXT };
        l->columns[0].flags = RV_KEY;
        l->columns[1].type = RV_ENUM;
        l->columns[1].enums = l->enums;
        l->columns[1].n_enums = 2;
        for (i = 0; i < 2; i++)
                l->args[i] = (struct rv_arg){ .id = l->word, .title = l->title, .type = RV_INT };
        for (i = 0; i < 2; i++)
                l->views[i] = (struct rv_view){ .id = l->word,
                                                .title = l->title,
                                                .columns = l->columns,
                                                .n_columns = 3,
                                                .args = l->args,
                                                .n_args = 2,
                                                .aliases = l->aliases,
                                                .fill = fill,
                                                .shape = RV_SHAPE_LIST };
        l->views[1].below = l->below;
        for (i = 0; i < 2; i++)
                l->actions[i] = (struct rv_action){
                        .id = l->word, .title = l->title, .preview = l->word, .plan = plan, .run = run
                };
        for (i = 0; i < 2; i++) {
                l->tallies[i] =
                        (struct rv_tally){ .title = l->title, .view = l->word, .where = l->where, .column = l->word };
        }
        l->plugin = (struct rv_plugin){ .abi = RV_ABI,
                                        .id = l->id,
                                        .title = l->title,
                                        .views = l->views,
                                        .n_views = 2,
                                        .actions = l->actions,
                                        .n_actions = 2,
                                        .tallies = l->tallies,
                                        .n_tallies = 2 };
        memcpy(l->plugin.size, sizes, sizeof sizes);
        return l;
}

/* The code lies elsewhere, as in a library: this program's own, around the three functions. */
static struct rv_ranges ranges_of(const struct library *l)
{
        rv_fill *calls[3] = { fill };
        struct rv_ranges ranges = { .n = 4 };
        const char *at;
        size_t i;

        memcpy(&calls[1],
               &(int (*)(const struct rv_request *const *, size_t, struct rv_plan *, struct rv_err *)){ plan },
               sizeof calls[1]);
        memcpy(&calls[2], &(int (*)(struct rv_job *, struct rv_err *)){ run }, sizeof calls[2]);
        for (i = 0; i < 3; i++) {
                memcpy(&at, &calls[i], sizeof at);
                ranges.at[i].start = at;
                ranges.at[i].end = at + 1;
                ranges.at[i].executable = true;
        }
        ranges.at[3].start = (const char *)l;
        ranges.at[3].end = (const char *)l + offsetof(struct library, end) + 1;
        return ranges;
}

static int adopt_sized(const struct library *l, size_t size)
{
        const struct rv_ranges ranges = ranges_of(l);
        const struct rv_plugin *plugin = NULL;
        struct rv_arena arena = { 0 };
        int rc = rv_plugin_adopt(&l->plugin, size, &ranges, "test", &arena, &plugin, NULL);

        assert_int_equal(rc == RV_OK, plugin != NULL);
        rv_arena_free(&arena);
        return rc;
}

static int adopt(const struct library *l)
{
        return adopt_sized(l, sizeof l->plugin);
}

static void test_sound(void **state)
{
        struct library *l = make();
        const struct rv_ranges ranges = ranges_of(l);
        const struct rv_plugin *plugin = NULL;
        struct rv_arena arena = { 0 };

        (void)state;
        /* must be understood, and is not: only these are left out */
        l->actions[0].flags = l->tallies[0].flags = RV_MUST << 1;
        l->tallies[1].flags = RV_NO_ROWS;
        assert_int_equal(rv_plugin_adopt(&l->plugin, sizeof l->plugin, &ranges, "test", &arena, &plugin, NULL), RV_OK);
        assert_int_equal(plugin->n_views, 2);
        assert_int_equal(plugin->n_actions, 1);
        assert_int_equal(plugin->n_tallies, 1);
        assert_int_equal(plugin->tallies[0].flags, RV_NO_ROWS);
        assert_int_equal(plugin->views[1].columns[1].enums[1].role, RV_GOOD);
        assert_true((const void *)plugin->views != (const void *)l->views); /* the host's own copies */
        rv_arena_free(&arena);
        free(l);
}

static void test_pointers(void **state)
{
        struct library *l = make();
        const void *outside = &outside;
        const char *whole = (const char *)l;
        struct {
                const void *at; /* where the pointer lies */
                bool optional;
        } pointers[] = {
                { &l->plugin.id, false },         { &l->plugin.title, false },      { &l->plugin.help, true },
                { &l->plugin.version, true },     { &l->plugin.domain, true },      { &l->plugin.lane, true },
                { &l->plugin.views, false },      { &l->plugin.actions, false },    { &l->plugin.findings, true },
                { &l->plugin.changes, true },     { &l->plugin.space, true },       { &l->views[1].id, false },
                { &l->views[1].title, false },    { &l->views[1].help, true },      { &l->views[1].record, true },
                { &l->views[1].columns, false },  { &l->views[1].args, false },     { &l->views[1].aliases, true },
                { &l->views[1].fill, false },     { &l->columns[2].id, false },     { &l->columns[2].title, false },
                { &l->columns[2].help, true },    { &l->columns[2].ref, true },     { &l->columns[1].enums, false },
                { &l->enums[1].id, false },       { &l->enums[1].title, false },    { &l->args[1].id, false },
                { &l->args[1].title, false },     { &l->args[1].help, true },       { &l->args[1].ref, true },
                { &l->actions[1].id, false },     { &l->actions[1].title, false },  { &l->actions[1].help, true },
                { &l->actions[1].preview, true }, { &l->actions[1].plan, false },   { &l->actions[1].run, false },
                { &l->actions[1].recover, true }, { &l->actions[1].aliases, true }, { &l->aliases[0], true },
                { &l->views[1].below, true },     { &l->below[0], true },           { &l->plugin.tallies, false },
                { &l->tallies[1].title, false },  { &l->tallies[1].view, false },   { &l->tallies[1].where, true },
                { &l->tallies[1].column, true },
        };
        /* Nothing, outside, just behind the end, a text without an end, and where adding goes round. */
        const void *const wrong[] = { NULL, outside, whole + offsetof(struct library, end) + 1, &l->end,
                                      (const void *)(UINTPTR_MAX - 7) };
        size_t i, k;
        char was[sizeof(void *)];

        (void)state;
        assert_int_equal(adopt(l), RV_OK);
        for (i = 0; i < sizeof pointers / sizeof *pointers; i++) {
                char *at = (char *)l + ((const char *)pointers[i].at - whole);

                memcpy(was, at, sizeof was);
                for (k = 0; k < sizeof wrong / sizeof *wrong; k++) {
                        memcpy(at, &wrong[k], sizeof wrong[k]);
                        if ((adopt(l) == RV_OK) != (!wrong[k] && pointers[i].optional))
                                fail_msg("pointer %zu, value %zu", i, k);
                }
                memcpy(at, was, sizeof was);
        }
        assert_int_equal(adopt(l), RV_OK);
        free(l);
}

static void test_sizes(void **state)
{
        struct library *l = make();
        unsigned kind, size;
        uint16_t was;

        (void)state;
        for (kind = 0; kind < RV_K_COUNT; kind++) {
                was = l->plugin.size[kind];
                for (size = 0; size < 1024; size++) {
                        l->plugin.size[kind] = (uint16_t)size;
                        if (adopt(l) == RV_OK && (size % 8 || size == 0))
                                fail_msg("kind %u, size %u", kind, size);
                }
                l->plugin.size[kind] = UINT16_MAX;
                assert_int_equal(adopt(l), RV_DAMAGED);
                l->plugin.size[kind] = UINT16_MAX - 7;
                assert_int_equal(adopt(l), RV_DAMAGED);
                l->plugin.size[kind] = was;
        }
        /* The symbol's own size, as the library's table says. */
        for (size = 0; size < sizeof l->plugin; size++)
                assert_int_not_equal(adopt_sized(l, size), RV_OK);
        assert_int_equal(adopt_sized(l, sizeof *l + PAGE), RV_DAMAGED);
        assert_int_equal(adopt_sized(l, SIZE_MAX), RV_DAMAGED);
        l->plugin.abi = RV_ABI + 1;
        assert_int_equal(adopt(l), RV_UNSUPPORTED);
        free(l);
}

static void test_counts(void **state)
{
        struct library *l = make();
        uint32_t *const counts[] = { &l->plugin.n_views,    &l->plugin.n_actions,   &l->views[0].n_columns,
                                     &l->views[0].n_args,   &l->columns[1].n_enums, &l->args[0].n_enums,
                                     &l->actions[0].n_args, &l->plugin.n_tallies };
        static const uint32_t wrong[] = { 50, 255, 256, 257, 1025, UINT16_MAX, 1u << 29, 1u << 31, UINT32_MAX };
        size_t i, k;
        uint32_t was;

        (void)state;
        for (i = 0; i < sizeof counts / sizeof *counts; i++) {
                was = *counts[i];
                for (k = 0; k < sizeof wrong / sizeof *wrong; k++) {
                        *counts[i] = wrong[k];
                        assert_int_equal(adopt(l), RV_DAMAGED);
                }
                *counts[i] = was;
        }
        l->views[0].n_columns = 0;
        assert_int_equal(adopt(l), RV_DAMAGED);
        l->views[0].n_columns = 3;
        l->columns[1].flags = RV_KEY; /* two keys, and none */
        assert_int_equal(adopt(l), RV_DAMAGED);
        l->columns[0].flags = l->columns[1].flags = 0;
        assert_int_equal(adopt(l), RV_DAMAGED);
        l->columns[0].flags = RV_KEY;
        l->columns[1].n_enums = 0; /* an enum without values */
        assert_int_equal(adopt(l), RV_DAMAGED);
        l->columns[1].n_enums = 2;
        assert_int_equal(adopt(l), RV_OK);
        free(l);
}

/* What a column is shown with is an enum of the same view, and not of an enum. */
static void test_with(void **state)
{
        struct library *l = make();

        (void)state;
        l->columns[1].id = l->id;
        l->columns[2].with = l->id;
        assert_int_equal(adopt(l), RV_OK);
        l->columns[2].with = l->word;
        assert_int_equal(adopt(l), RV_DAMAGED);
        l->columns[2].with = l->title;
        assert_int_equal(adopt(l), RV_DAMAGED);
        l->columns[2].with = l->text; /* no end */
        assert_int_equal(adopt(l), RV_DAMAGED);
        l->columns[2].with = NULL;
        l->columns[1].with = l->id;
        assert_int_equal(adopt(l), RV_DAMAGED);
        free(l);
}

/* The first column is a key of type text, the second an enum, the third is set in turn. */
static void test_flags(void **state)
{
        static const struct {
                uint32_t type, flags, others; /* others: of the column of sizes before it */
                int code;
        } cases[] = {
                { RV_SIZE, RV_LENGTH, 0, RV_OK },
                { RV_INT, RV_LENGTH, 0, RV_DAMAGED },
                { RV_TEXT, RV_LENGTH, 0, RV_DAMAGED },
                { RV_SIZE, RV_LENGTH, RV_LENGTH, RV_DAMAGED },
                { RV_SIZE, RV_FILLED, RV_LENGTH, RV_OK },
                { RV_DURATION, RV_FILLED, RV_LENGTH, RV_DAMAGED },
                { RV_SIZE, RV_FILLED, RV_LENGTH | RV_FILLED, RV_DAMAGED },
                { RV_SIZE, RV_FILLED, 0, RV_DAMAGED },
                { RV_MSG, RV_CAPTION, RV_LENGTH, RV_OK },
                { RV_MSG, RV_CAPTION, 0, RV_DAMAGED },
                { RV_LIST, RV_CAPTION, RV_LENGTH, RV_DAMAGED },
                { RV_TEXT, RV_TAIL, 0, RV_OK },
                { RV_REF, RV_TAIL, 0, RV_OK },
                { RV_INT, RV_TAIL, 0, RV_DAMAGED },
                { RV_TEXT, RV_NEVRA | RV_MATCH, 0, RV_OK },
                { RV_TEXT, RV_NEVRA, 0, RV_DAMAGED },
                { RV_VERSION, RV_NEVRA | RV_MATCH, 0, RV_DAMAGED },
                { RV_TEXT, RV_ARCH, 0, RV_OK },
                { RV_BOOL, RV_ARCH, 0, RV_DAMAGED },
                { RV_MSG, RV_COMMON | RV_HIDDEN | RV_COSTLY, 0, RV_OK },
        };
        struct library *l = make();
        size_t i;

        (void)state;
        l->columns[1].type = RV_SIZE;
        l->columns[1].enums = NULL;
        l->columns[1].n_enums = 0;
        for (i = 0; i < sizeof cases / sizeof *cases; i++) {
                l->columns[1].flags = cases[i].others;
                l->columns[2].type = cases[i].type;
                l->columns[2].flags = cases[i].flags;
                if (adopt(l) != cases[i].code)
                        fail_msg("case %zu", i);
        }
        l->columns[0].flags |= RV_ARCH; /* two of them */
        l->columns[2].type = RV_TEXT;
        l->columns[2].flags = RV_ARCH;
        assert_int_equal(adopt(l), RV_DAMAGED);
        free(l);
}

static void test_ids(void **state)
{
        static const char *const wrong[] = { "",   "Test",  "1test",  "-test", "te st", "te/st",
                                             "..", "te.st", "te\xc3", "te\n",  "te%",   "other" };
        struct library *l = make();
        size_t i;

        (void)state;
        l->tallies[0].where = l->tallies[1].where = NULL; /* names a column */
        for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
                strcpy(l->id, wrong[i]);
                assert_int_equal(adopt(l), RV_DAMAGED);
                strcpy(l->id, "test");
                strcpy(l->word, wrong[i]);
                assert_int_equal(adopt(l) == RV_OK, strcmp(wrong[i], "other") == 0);
                strcpy(l->word, "word");
        }
        /* An action's key is one character with an end. */
        memset(l->actions[0].key, 'k', sizeof l->actions[0].key);
        assert_int_equal(adopt(l), RV_DAMAGED);
        free(l);
}

/* What a tally says must fit its view: a wrong filter would count nothing, and nobody would see why. */
static void test_tallies(void **state)
{
        static const char *const wrong[] = { "no = x", "word =", "(word ~ x", "word > 3 and" };
        static const char *const right[] = { "", "word = null", "not word = x", "wor" };
        struct library *l = make();
        size_t i;

        (void)state;
        for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
                strcpy(l->where, wrong[i]);
                assert_int_equal(adopt(l), RV_DAMAGED);
        }
        for (i = 0; i < sizeof right / sizeof *right; i++) {
                strcpy(l->where, right[i]);
                assert_int_equal(adopt(l), RV_OK);
        }
        strcpy(l->text, "other"); /* no such view, no such column */
        l->tallies[1].view = l->text;
        assert_int_equal(adopt(l), RV_DAMAGED);
        l->tallies[1].view = l->word;
        l->tallies[1].column = l->text;
        assert_int_equal(adopt(l), RV_DAMAGED);
        l->tallies[1].column = l->word;
        l->tallies[1].role = RV_MUTED + 1;
        assert_int_equal(adopt(l), RV_DAMAGED);
        l->tallies[1].role = RV_MUTED;
        assert_int_equal(adopt(l), RV_OK);
        l->views[1].below = NULL;
        l->args[1].flags = RV_REQUIRED; /* a view of something has no rows of its own */
        assert_int_equal(adopt(l), RV_DAMAGED);
        /* A plugin from before there were any. */
        l->plugin.size[RV_K_TALLY] = 0;
        assert_int_equal(adopt(l), RV_DAMAGED);
        l->plugin.n_tallies = 0;
        assert_int_equal(adopt(l), RV_OK);
        free(l);
}

/* Arrays that lie in the library, but not where their type may. */
static void test_alignment(void **state)
{
        struct library *l = make();
        const void *const *const arrays[] = {
                (const void *const *)&l->plugin.views,       (const void *const *)&l->plugin.actions,
                (const void *const *)&l->views[0].columns,   (const void *const *)&l->views[0].args,
                (const void *const *)&l->columns[1].enums,   (const void *const *)&l->views[1].aliases,
                (const void *const *)&l->actions[1].aliases, (const void *const *)&l->views[1].below,
                (const void *const *)&l->plugin.tallies,
        };
        const char *shifted, *was;
        size_t i;

        (void)state;
        l->actions[1].aliases = l->aliases;
        for (i = 0; i < sizeof arrays / sizeof *arrays; i++) {
                char *at = (char *)l + ((const char *)arrays[i] - (const char *)l);

                memcpy(&was, at, sizeof was);
                shifted = was + 1;
                memcpy(at, &shifted, sizeof shifted);
                assert_int_equal(adopt(l), RV_DAMAGED);
                memcpy(at, &was, sizeof was);
        }
        assert_int_equal(adopt(l), RV_OK);
        free(l);
}

/* What is shown below a view is another one of the plugin, which opens without words. */
static void test_below(void **state)
{
        struct library *l = make();
        size_t i;

        (void)state;
        l->views[1].id = l->id;
        assert_int_equal(adopt(l), RV_OK);
        l->args[1].flags = RV_REQUIRED;
        assert_int_equal(adopt(l), RV_DAMAGED);
        l->args[1].flags = 0;
        l->below[0] = l->id; /* itself */
        assert_int_equal(adopt(l), RV_DAMAGED);
        strcpy(l->text, "none");
        l->below[0] = l->text;
        assert_int_equal(adopt(l), RV_DAMAGED);
        for (i = 0; i < RV_BELOW_MAX; i++)
                l->below[i] = l->word;
        assert_int_equal(adopt(l), RV_OK);
        l->below[RV_BELOW_MAX] = l->word; /* nobody would see it */
        assert_int_equal(adopt(l), RV_DAMAGED);
        free(l);
}

/* Whatever bit is wrong: adopted or refused, and what is adopted can be walked through. */
static void test_every_bit(void **state)
{
        struct library *l = make();
        char *bytes = (char *)l;
        size_t i;
        int bit;

        (void)state;
        for (i = 0; i < sizeof *l; i++)
                for (bit = 0; bit < 8; bit++) {
                        bytes[i] = (char)(bytes[i] ^ 1 << bit);
                        (void)adopt(l);
                        bytes[i] = (char)(bytes[i] ^ 1 << bit);
                }
        assert_int_equal(adopt(l), RV_OK);
        free(l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sound),     cmocka_unit_test(test_pointers), cmocka_unit_test(test_sizes),
                cmocka_unit_test(test_counts),    cmocka_unit_test(test_ids),      cmocka_unit_test(test_below),
                cmocka_unit_test(test_tallies),   cmocka_unit_test(test_with),     cmocka_unit_test(test_every_bit),
                cmocka_unit_test(test_alignment), cmocka_unit_test(test_flags),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
