/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One plugin in many states, chosen by VARIANT_*: as it should be, from an older or newer SDK, or lying. The structs of
 * the other SDKs are written out here, as a plugin of that time would have had them. */
#include <reeve/plugin.h>

#if defined(VARIANT_nosymbol)
extern const int nothing;
const int nothing = 1;
#else

/* An enum of an SDK that had no roles, a column without flags, and structs of a later SDK. */
struct old_enum {
        const char *id, *title;
};
struct old_column {
        const char *id, *title, *help;
        const void *enums;
        const char *ref;
        uint32_t n_enums, type;
};
struct new_column {
        struct rv_column column;
        uint64_t added[3];
};
struct new_view {
        struct rv_view view;
        const char *added;
};

static int fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        (void)query;
        (void)err;
        if (rv_row_begin(sink, 0))
                return RV_CANCELLED;
        rv_put_text(sink, 0, "row", 3);
        rv_put_int(sink, 1, 1);
        return RV_OK;
}

#if defined(VARIANT_undersized)
__attribute__((unused)) static const struct old_enum enums[] = { { "off", "Off" }, { "on", "On" } };
#else
__attribute__((unused)) static const struct rv_enum enums[] = { { "off", "Off", RV_BAD, 0 },
                                                                { "on", "On", RV_GOOD, 0 } };
#endif

#define KEY_COLUMN                                                                         \
        {                                                                                  \
                .id = "id", .title = "Id", .type = RV_TEXT, .flags = RV_KEY, .priority = 1 \
        }
#define STATE_COLUMN                                                                                         \
        {                                                                                                    \
                .id = "state", .title = "State", .enums = (const void *)enums, .n_enums = 2, .type = RV_ENUM \
        }

#if defined(VARIANT_oversized)
static const struct new_column columns[] = { { KEY_COLUMN, { 1, 2, 3 } }, { STATE_COLUMN, { 4, 5, 6 } } };
#elif defined(VARIANT_smallest)
static const struct old_column columns[] = { { .id = "id", .title = "Id", .type = RV_TEXT } };
#elif defined(VARIANT_nokey)
static const struct rv_column columns[] = { STATE_COLUMN };
#elif defined(VARIANT_wildstring)
static const struct rv_column columns[] = {
        { .id = (const char *)8, .title = "Id", .type = RV_TEXT, .flags = RV_KEY }
};
#else
static const struct rv_column columns[] = { KEY_COLUMN, STATE_COLUMN };
#endif

#define VIEW                                                                                        \
        {                                                                                           \
                .id = "things", .title = "Things", .columns = (const void *)columns,                \
                .n_columns = sizeof columns / sizeof *columns, .shape = RV_SHAPE_LIST, .fill = fill \
        }
#if defined(VARIANT_oversized)
static const struct new_view views[] = { { VIEW, "added" } };
#else
static const struct rv_view views[] = { VIEW };
#endif

static int plan(const struct rv_request *const *requests, size_t n, struct rv_plan *plan, struct rv_err *err)
{
        (void)requests;
        (void)n;
        (void)plan;
        (void)err;
        return RV_OK;
}

static int run(struct rv_job *job, struct rv_err *err)
{
        (void)job;
        (void)err;
        return RV_OK;
}

static const struct rv_action actions[] = {
        { .id = "keep", .title = "Keep", .plan = plan, .run = run },
#if defined(VARIANT_mustflag)
        { .id = "tomorrow", .title = "Tomorrow", .plan = plan, .run = run, .flags = RV_MUST << 1 },
#endif
};

#if !defined(VARIANT_wildsetting) && !defined(VARIANT_undersized)
static const struct rv_arg settings[] = { { .id = "depth", .title = "Depth", .type = RV_INT } };
#endif

struct new_tally {
        struct rv_tally tally;
        uint64_t added[2];
};
#define TALLY(filter)                                                                             \
        {                                                                                         \
                .title = "on", .view = "things", .where = filter, .column = NULL, .role = RV_GOOD \
        }
#if defined(VARIANT_oversized)
static const struct new_tally tallies[] = { { TALLY("state = on"), { 1, 2 } }, { TALLY("state = off"), { 3, 4 } } };
#elif defined(VARIANT_badfilter)
static const struct rv_tally tallies[] = { TALLY("state = on"), TALLY("state = onn") };
#elif !defined(VARIANT_undersized) && !defined(VARIANT_smallest) && !defined(VARIANT_wildtally)
static const struct rv_tally tallies[] = { TALLY("state = on"), TALLY("state = off") };
#endif

RV_PLUGIN = {
#if defined(VARIANT_wrongabi)
        .abi = RV_ABI + 1,
#else
        .abi = RV_ABI,
#endif
        .size = { [RV_K_PLUGIN] =
#if defined(VARIANT_undersized)
                          offsetof(struct rv_plugin, settings)
#else
                          sizeof(struct rv_plugin)
#endif
#if defined(VARIANT_liar)
                          + 4096
#endif
                  ,
                  [RV_K_VIEW] = sizeof *views,
                  [RV_K_COLUMN] = sizeof *columns,
                  [RV_K_ENUM] = sizeof *enums,
                  [RV_K_ARG] = sizeof(struct rv_arg),
#if !defined(VARIANT_undersized) && !defined(VARIANT_smallest)
#if defined(VARIANT_oversized)
                  [RV_K_TALLY] = sizeof(struct new_tally),
#else
                  [RV_K_TALLY] = sizeof(struct rv_tally),
#endif
#endif
                  [RV_K_ACTION] = sizeof(struct rv_action) },
#if defined(VARIANT_badname)
        .id = "somebody-else",
#else
        .id = PLUGIN_ID,
#endif
        .title = "Loader test",
        .views = (const void *)views,
#if defined(VARIANT_wildarray)
        .n_views = 200,
#else
        .n_views = 1,
#endif
        .actions = actions,
        .n_actions = sizeof actions / sizeof *actions,
#if defined(VARIANT_wildsetting) || defined(VARIANT_undersized)
        /* the old plugin's size ends before these, so they are not its */
        .settings = (const void *)16,
        .n_settings = 1,
#else
        .settings = settings,
        .n_settings = 1,
#endif
#if defined(VARIANT_undersized) || defined(VARIANT_wildtally)
        .tallies = (const void *)16,
        .n_tallies = 1,
#elif !defined(VARIANT_smallest)
        .tallies = (const void *)tallies,
        .n_tallies = 2,
#endif
};
#endif
