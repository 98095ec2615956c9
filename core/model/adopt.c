/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adopting a plugin's declarations: its sizes are the strides of its arrays, the smaller of its and the host's size is
 * read, the rest is zero. Every pointer must lead into the library's own memory, so that a plugin that lies about its
 * sizes becomes a finding, not a crash. */
#include "core/model/plugin.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/message.h"
#include "core/model/registry.h"
#include "core/model/rows.h"

enum { VIEWS_MAX = 256, COLUMNS_MAX = 256, ENUMS_MAX = 1024, ARGS_MAX = 64, ACTIONS_MAX = 256, TEXT_MAX = 8192 };

_Static_assert(sizeof(struct rv_plugin) % 8 == 0, "structs grow by whole 8 bytes");
_Static_assert(sizeof(struct rv_view) % 8 == 0, "structs grow by whole 8 bytes");
_Static_assert(sizeof(struct rv_column) % 8 == 0, "structs grow by whole 8 bytes");
_Static_assert(sizeof(struct rv_enum) % 8 == 0, "structs grow by whole 8 bytes");
_Static_assert(sizeof(struct rv_arg) % 8 == 0, "structs grow by whole 8 bytes");
_Static_assert(sizeof(struct rv_action) % 8 == 0, "structs grow by whole 8 bytes");
_Static_assert(sizeof(struct rv_tally) % 8 == 0, "structs grow by whole 8 bytes");

/* The host's size of each kind, and the least that makes sense: what comes after it may be missing in an old plugin. */
static const struct {
        size_t ours, least;
} sizes[RV_K_COUNT] = {
        [RV_K_PLUGIN] = { sizeof(struct rv_plugin), offsetof(struct rv_plugin, settings) },
        [RV_K_VIEW] = { sizeof(struct rv_view), offsetof(struct rv_view, below) },
        [RV_K_COLUMN] = { sizeof(struct rv_column), offsetof(struct rv_column, flags) },
        [RV_K_ENUM] = { sizeof(struct rv_enum), offsetof(struct rv_enum, role) },
        [RV_K_ARG] = { sizeof(struct rv_arg), offsetof(struct rv_arg, flags) },
        [RV_K_ACTION] = { sizeof(struct rv_action), offsetof(struct rv_action, key) },
        [RV_K_TALLY] = { sizeof(struct rv_tally), sizeof(struct rv_tally) },
};

struct adoption {
        const struct rv_ranges *ranges;
        const uint16_t *size; /* the plugin's */
        struct rv_arena *arena;
        struct rv_err *err;
        const char *id;
        bool *starved; /* memory was short: the declaration is not to blame */
};

static int refuse(const struct adoption *a, const char *what)
{
        if (*a->starved)
                return rv_fail_memory(a->err);
        return rv_fail(a->err, RV_DAMAGED, N_("plugin %1: its declaration is wrong: %2"),
                       N_("ask whoever supplies it for a version that fits reeve's SDK"), a->id, what, NULL);
}

/* Bytes from there to the end of the range that it lies in; 0: it lies in none. */
static size_t room(const struct rv_ranges *ranges, const char *at, bool executable)
{
        size_t i;

        for (i = 0; i < ranges->n; i++)
                if (at >= ranges->at[i].start && at < ranges->at[i].end && (!executable || ranges->at[i].executable))
                        return (size_t)(ranges->at[i].end - at);
        return 0;
}

static bool inside(const struct rv_ranges *ranges, const void *start, size_t size, bool executable)
{
        const size_t left = room(ranges, start, executable);

        return left > 0 && size <= left;
}

/* A text that ends within the library, or NULL where that is allowed. */
static bool text_sound(const struct adoption *a, const char *s, bool optional)
{
        size_t left;

        if (!s)
                return optional;
        left = room(a->ranges, s, false);
        return left > 0 && memchr(s, 0, left < TEXT_MAX ? left : TEXT_MAX);
}

static bool id_sound(const struct adoption *a, const char *s)
{
        size_t i;

        if (!text_sound(a, s, false) || s[0] < 'a' || s[0] > 'z')
                return false;
        for (i = 1; s[i]; i++)
                if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", s[i]))
                        return false;
        return i < 64;
}

static bool call_sound(const struct adoption *a, void (*call)(void))
{
        const void *at;

        memcpy(&at, &call, sizeof at);
        return !at || inside(a->ranges, at, 1, true);
}

/* Copies n foreign structs of a kind into the host's size. NULL: the array does not lie within the library. */
static void *take(const struct adoption *a, const void *from, size_t n, enum rv_kind kind)
{
        size_t stride = a->size[kind], i, size = stride < sizes[kind].ours ? stride : sizes[kind].ours;
        char *to;

        if (n && (!stride || !inside(a->ranges, from, n * stride, false) || (uintptr_t)from % 8))
                return NULL;
        to = rv_arena_alloc(a->arena, (n ? n : 1) * sizes[kind].ours);
        *a->starved = *a->starved || !to;
        for (i = 0; to && i < n; i++)
                memcpy(to + i * sizes[kind].ours, (const char *)from + i * stride, size);
        return to;
}

static int take_enums(const struct adoption *a, const struct rv_enum *from, uint32_t n, const struct rv_enum **ret)
{
        struct rv_enum *enums;
        uint32_t i;

        if (n > ENUMS_MAX)
                return refuse(a, "n_enums");
        enums = take(a, from, n, RV_K_ENUM);
        if (!enums)
                return refuse(a, "enums");
        for (i = 0; i < n; i++)
                if (!id_sound(a, enums[i].id) || !text_sound(a, enums[i].title, false) || enums[i].role > RV_MUTED)
                        return refuse(a, "an enum");
        *ret = enums;
        return RV_OK;
}

/* It names a state, and is none: a word within a word could not be told apart. */
static bool with_sound(const struct rv_column *columns, uint32_t n, const struct rv_column *holder)
{
        uint32_t i;

        for (i = 0; i < n; i++)
                if (strcmp(columns[i].id, holder->with) == 0)
                        return columns[i].type == RV_ENUM && holder->type != RV_ENUM;
        return false;
}

/* What each flag needs of its column; without this check it would be passed over where it is used, or misread. */
static const struct {
        uint32_t flag, beside; /* the column has that one as well */
        uint32_t types;        /* a bit each */
        bool once;             /* of a view: the first alone would count */
} flags[] = {
        { RV_LENGTH, 0, 1U << RV_SIZE, true },
        { RV_FILLED, 0, 1U << RV_SIZE, true },
        { RV_CAPTION, 0, 1U << RV_TEXT | 1U << RV_MSG | 1U << RV_ENUM | 1U << RV_VERSION | 1U << RV_REF, true },
        { RV_TAIL, 0, 1U << RV_TEXT | 1U << RV_REF, false },
        { RV_NEVRA, RV_MATCH, 1U << RV_TEXT | 1U << RV_REF, false },
        { RV_ARCH, 0, 1U << RV_TEXT | 1U << RV_REF, true },
};

static bool flags_sound(const struct rv_column *columns, uint32_t n)
{
        uint32_t i, used = 0;
        size_t k;

        for (i = 0; i < n; i++) {
                for (k = 0; k < sizeof flags / sizeof *flags; k++)
                        if (columns[i].flags & flags[k].flag &&
                            (!(flags[k].types >> columns[i].type & 1) || (flags[k].once && used & flags[k].flag) ||
                             (columns[i].flags & flags[k].beside) != flags[k].beside))
                                return false;
                used |= columns[i].flags;
        }
        return used & RV_LENGTH || !(used & (RV_FILLED | RV_CAPTION));
}

static int take_columns(const struct adoption *a, struct rv_view *view)
{
        struct rv_column *columns;
        uint32_t i, keys = 0;
        int rc;

        if (view->n_columns == 0 || view->n_columns > COLUMNS_MAX)
                return refuse(a, "n_columns");
        columns = take(a, view->columns, view->n_columns, RV_K_COLUMN);
        if (!columns)
                return refuse(a, "columns");
        for (i = 0; i < view->n_columns; i++) {
                struct rv_column *column = &columns[i];

                if (!id_sound(a, column->id) || !text_sound(a, column->title, false) ||
                    !text_sound(a, column->help, true) || !text_sound(a, column->ref, true) ||
                    !text_sound(a, column->with, true))
                        return refuse(a, "a column's texts");
                if (column->type < RV_TEXT || column->type > RV_MSG ||
                    (column->type == RV_ENUM) != (column->n_enums > 0))
                        return refuse(a, column->id);
                rc = take_enums(a, column->enums, column->n_enums, &column->enums);
                if (rc)
                        return rc;
                keys += (column->flags & RV_KEY) != 0;
        }
        if (keys != 1)
                return refuse(a, "a view needs exactly one key column");
        if (!flags_sound(columns, view->n_columns))
                return refuse(a, "a column's flags");
        for (i = 0; i < view->n_columns; i++)
                if (columns[i].with && !with_sound(columns, view->n_columns, &columns[i]))
                        return refuse(a, "a column's with");
        view->columns = columns;
        return RV_OK;
}

static int take_args(const struct adoption *a, const struct rv_arg **ret, uint32_t n)
{
        struct rv_arg *args;
        uint32_t i;
        int rc;

        if (n > ARGS_MAX)
                return refuse(a, "n_args");
        args = take(a, *ret, n, RV_K_ARG);
        if (!args)
                return refuse(a, "args");
        for (i = 0; i < n; i++) {
                if (!id_sound(a, args[i].id) || !text_sound(a, args[i].title, false) ||
                    !text_sound(a, args[i].help, true) || !text_sound(a, args[i].ref, true) || args[i].type < RV_TEXT ||
                    args[i].type > RV_MSG)
                        return refuse(a, "an argument");
                rc = take_enums(a, args[i].enums, args[i].n_enums, &args[i].enums);
                if (rc)
                        return rc;
        }
        *ret = args;
        return RV_OK;
}

static bool ids_sound(const struct adoption *a, const char *const *ids)
{
        size_t i;

        if (!ids)
                return true;
        if ((uintptr_t)ids % sizeof *ids)
                return false;
        for (i = 0; i < 64 && inside(a->ranges, ids + i, sizeof *ids, false); i++) {
                if (!ids[i])
                        return true;
                if (!id_sound(a, ids[i]))
                        return false;
        }
        return false;
}

/* What is shown below a view are a few views of the same plugin that need no words. */
static bool below_sound(const struct rv_plugin *plugin, const struct rv_view *view)
{
        size_t i;

        for (i = 0; view->below && view->below[i]; i++) {
                const struct rv_view *below = rv_plugin_view(plugin, view->below[i]);

                if (i == RV_BELOW_MAX || !below || below == view || rv_view_needs_words(below))
                        return false;
        }
        return true;
}

static int take_views(const struct adoption *a, struct rv_plugin *plugin)
{
        struct rv_view *views;
        uint32_t i;
        int rc;

        if (plugin->n_views > VIEWS_MAX)
                return refuse(a, "n_views");
        views = take(a, plugin->views, plugin->n_views, RV_K_VIEW);
        if (!views)
                return refuse(a, "views");
        for (i = 0; i < plugin->n_views; i++) {
                struct rv_view *view = &views[i];

                if (!id_sound(a, view->id) || !text_sound(a, view->title, false) || !text_sound(a, view->help, true) ||
                    !text_sound(a, view->record, true) || !ids_sound(a, view->aliases) || !ids_sound(a, view->below))
                        return refuse(a, "a view's texts");
                if (view->shape < RV_SHAPE_LIST || view->shape > RV_SHAPE_TEXT || !view->fill ||
                    !call_sound(a, (void (*)(void))view->fill))
                        return refuse(a, view->id);
                rc = take_columns(a, view);
                if (!rc)
                        rc = take_args(a, &view->args, view->n_args);
                if (rc)
                        return rc;
        }
        plugin->views = views;
        for (i = 0; i < plugin->n_views; i++)
                if (!below_sound(plugin, &views[i]))
                        return refuse(a, "a view's below");
        return RV_OK;
}

static bool action_sound(const struct adoption *a, const struct rv_action *action)
{
        return id_sound(a, action->id) && text_sound(a, action->title, false) && text_sound(a, action->help, true) &&
               text_sound(a, action->view, true) && text_sound(a, action->preview, true) &&
               text_sound(a, action->group, true) && ids_sound(a, action->aliases) && action->plan && action->run &&
               call_sound(a, (void (*)(void))action->plan) && call_sound(a, (void (*)(void))action->run) &&
               call_sound(a, (void (*)(void))action->recover) && action->key[sizeof action->key - 1] == '\0';
}

/* An action with a flag that must be understood and is not is left out; the rest of the plugin works. */
static int take_actions(const struct adoption *a, struct rv_plugin *plugin)
{
        const uint32_t known = RV_NEEDS_ROOT | RV_DESTRUCTIVE | RV_READ_ONLY;
        struct rv_action *actions;
        uint32_t i, n = 0;
        int rc;

        if (plugin->n_actions > ACTIONS_MAX)
                return refuse(a, "n_actions");
        actions = take(a, plugin->actions, plugin->n_actions, RV_K_ACTION);
        if (!actions)
                return refuse(a, "actions");
        for (i = 0; i < plugin->n_actions; i++) {
                struct rv_action action = actions[i];

                if (!action_sound(a, &action))
                        return refuse(a, "an action");
                rc = take_args(a, &action.args, action.n_args);
                if (rc)
                        return rc;
                if ((action.flags & ~known) < RV_MUST)
                        actions[n++] = action;
        }
        plugin->actions = actions;
        plugin->n_actions = n;
        return RV_OK;
}

/* One that does not fit its view would count nothing, and nobody would see why. */
static int check_filter(const struct adoption *a, const char *where, const struct rv_view *view)
{
        RV_FILTER_CLEANUP struct rv_filter *filter = NULL;
        RV_ERR_CLEANUP struct rv_err wrong = { 0 };
        RV_BUF_CLEANUP struct rv_buf what = { 0 };
        int rc = rv_filter_compile(where, view, 0, &filter, &wrong);

        if (rc != RV_USAGE)
                return rc ? rv_fail_memory(a->err) : RV_OK;
        rv_buf_printf(&what, "%s: ", where);
        rv_message_plain(rv_buf_str(&wrong.message), wrong.message.size, &what);
        return refuse(a, rv_buf_str(&what));
}

static int check_tally(const struct adoption *a, const struct rv_plugin *plugin, const struct rv_tally *tally)
{
        const struct rv_view *view;
        uint32_t i;

        if (!text_sound(a, tally->title, false) || !id_sound(a, tally->view) || !text_sound(a, tally->where, true) ||
            (tally->column && !id_sound(a, tally->column)) || tally->role > RV_MUTED)
                return refuse(a, "a tally");
        view = rv_plugin_view(plugin, tally->view);
        if (!view || rv_view_needs_words(view))
                return refuse(a, "a tally's view");
        for (i = 0; tally->column && i < view->n_columns && strcmp(view->columns[i].id, tally->column) != 0; i++)
                ;
        if (tally->column && i == view->n_columns)
                return refuse(a, "a tally's column");
        return tally->where ? check_filter(a, tally->where, view) : RV_OK;
}

/* As with actions: one that must be understood and is not is left out. */
static int take_tallies(const struct adoption *a, struct rv_plugin *plugin)
{
        struct rv_tally *tallies;
        uint32_t i, n = 0;
        int rc;

        if (plugin->n_tallies > RV_TALLIES_MAX)
                return refuse(a, "n_tallies");
        tallies = take(a, plugin->tallies, plugin->n_tallies, RV_K_TALLY);
        if (!tallies)
                return refuse(a, "tallies");
        for (i = 0; i < plugin->n_tallies; i++) {
                rc = check_tally(a, plugin, &tallies[i]);
                if (rc)
                        return rc;
                if ((tallies[i].flags & ~(uint32_t)RV_NO_ROWS) < RV_MUST)
                        tallies[n++] = tallies[i];
        }
        plugin->tallies = tallies;
        plugin->n_tallies = n;
        return RV_OK;
}

/* Kinds that came after the first plugins may be unknown to one. */
static bool size_sound(int kind, size_t size)
{
        return size % 8 == 0 && (size >= sizes[kind].least || (size == 0 && kind >= RV_K_TALLY));
}

static int check_sizes(const struct adoption *a, size_t object_size)
{
        int kind;

        for (kind = 0; kind < RV_K_COUNT; kind++)
                if (!size_sound(kind, a->size[kind]))
                        return refuse(a, "size[]");
        return a->size[RV_K_PLUGIN] > object_size ? refuse(a, "size[0]") : RV_OK;
}

int rv_plugin_adopt(const void *object, size_t object_size, const struct rv_ranges *ranges, const char *id,
                    struct rv_arena *arena, const struct rv_plugin **ret, struct rv_err *err)
{
        bool starved = false;
        struct adoption a = { .ranges = ranges, .arena = arena, .err = err, .id = id, .starved = &starved };
        const struct rv_plugin *foreign = object;
        struct rv_plugin *plugin;
        int rc;

        if (object_size < offsetof(struct rv_plugin, id) || !inside(ranges, object, object_size, false))
                return refuse(&a, "rv_plugin");
        if (foreign->abi != RV_ABI)
                return rv_fail(err, RV_UNSUPPORTED, N_("plugin %1: it was built for another ABI of reeve"),
                               N_("install the version of the plugin that belongs to this reeve"), id, NULL);
        a.size = foreign->size;
        rc = check_sizes(&a, object_size);
        if (rc)
                return rc;
        plugin = take(&a, object, 1, RV_K_PLUGIN);
        if (!plugin)
                return rv_fail_memory(err);
        if (!id_sound(&a, plugin->id) || strcmp(plugin->id, id) != 0)
                return refuse(&a, "id is not the name of its file");
        if (!text_sound(&a, plugin->title, false) || !text_sound(&a, plugin->help, true) ||
            !text_sound(&a, plugin->version, true) || !text_sound(&a, plugin->domain, true) ||
            !text_sound(&a, plugin->lane, true))
                return refuse(&a, "a text");
        if (!call_sound(&a, (void (*)(void))plugin->findings) || !call_sound(&a, (void (*)(void))plugin->changes) ||
            !call_sound(&a, (void (*)(void))plugin->space))
                return refuse(&a, "a function");
        rc = take_views(&a, plugin);
        if (!rc)
                rc = take_actions(&a, plugin);
        if (!rc)
                rc = take_args(&a, &plugin->settings, plugin->n_settings);
        if (!rc)
                rc = take_tallies(&a, plugin);
        if (!rc)
                *ret = plugin;
        return rc;
}
