/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a command: first the words that say what it is about, then, with that declaration at hand, every option. */
#include "tui/present/command.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/nearest.h"
#include "core/model/registry.h"
#include "core/run/job.h"
#include "tui/present/later.h"
#include "tui/present/options.h"

struct reader {
        struct rv_registry *registry;
        const char *const *words;
        size_t n, verb, subject, object; /* positions of the words that name the command; n: none */
        /* Given among the words, and not for every command; NULL: not given. */
        const struct rv_option *change, *unheeded, *check;
        struct rv_command *command;
};

void rv_settings_init(struct rv_settings *ret)
{
        *ret = (struct rv_settings){ .root = "/" };
}

const char *rv_command_option(const struct rv_command *command, const char *id)
{
        size_t i;

        for (i = 0; i + 1 < command->n_options; i += 2)
                if (strcmp(command->options[i], id) == 0)
                        return command->options[i + 1];
        return NULL;
}

void rv_command_free(struct rv_command *command)
{
        rv_arena_free(&command->arena);
        *command = (struct rv_command){ 0 };
}

/* A lone dash is a word: standard input. */
static bool is_option(const char *word)
{
        return word[0] == '-' && word[1] != '\0';
}

/* The host's option that a word is ("--name", "--name=value", "-n"), NULL for none. */
static const struct rv_option *option_of(const char *word)
{
        if (word[1] == '-')
                return rv_option_by_name(word + 2, strcspn(word + 2, "="));
        return word[2] == '\0' ? rv_option_by_letter(word[1]) : NULL;
}

static const struct rv_verb_word *verb_of(const char *word)
{
        size_t n, i;
        const struct rv_verb_word *verbs = rv_verbs(&n);

        for (i = 0; i < n; i++)
                if (strcmp(verbs[i].word, word) == 0)
                        return &verbs[i];
        return NULL;
}

/* By the names of the libraries: nothing is opened to find out. */
static bool is_plugin(struct rv_registry *registry, const char *word)
{
        const char *const *names;
        size_t n = rv_registry_names(registry, &names), i;

        for (i = 0; i < n; i++)
                if (strcmp(names[i], word) == 0)
                        return true;
        return false;
}

/* The declared argument that "--id" or "--id=value" names; positional ones count too. */
static const struct rv_arg *declared_arg(const struct rv_command *command, const char *word)
{
        const struct rv_arg *args = command->action ? command->action->args
                                    : command->view ? command->view->args
                                                    : NULL;
        uint32_t n = command->action ? command->action->n_args : command->view ? command->view->n_args : 0, i;
        size_t len;

        if (word[0] != '-' || word[1] != '-')
                return NULL;
        len = strcspn(word + 2, "=");
        for (i = 0; i < n; i++)
                if (strncmp(args[i].id, word + 2, len) == 0 && args[i].id[len] == '\0')
                        return &args[i];
        return NULL;
}

/* Whether the word behind an option belongs to it. An option that is not the host's is a declared argument: once the
 * declaration is known it decides; before, a following word that names something is taken for the command. */
static bool takes_next(const struct reader *r, size_t i)
{
        const char *word = r->words[i], *next = i + 1 < r->n ? r->words[i + 1] : NULL;
        const struct rv_arg *arg = declared_arg(r->command, word);
        const struct rv_option *option = option_of(word);

        if (strchr(word, '=') && word[1] == '-')
                return false;
        if (arg)
                return arg->type != RV_BOOL;
        if (option)
                return option->value != NULL;
        if (word[1] != '-' || !next || is_option(next))
                return false;
        if (!r->command->plugin)
                return !verb_of(next) && !is_plugin(r->registry, next);
        return !rv_plugin_view(r->command->plugin, next) && !rv_plugin_action(r->command->plugin, next);
}

/* The first word from `from` on that is neither an option nor its value. */
static size_t next_plain(const struct reader *r, size_t from)
{
        size_t i;

        for (i = from; i < r->n; i++) {
                if (strcmp(r->words[i], "--") == 0)
                        return i + 1 < r->n ? i + 1 : r->n;
                if (!is_option(r->words[i]))
                        return i;
                if (takes_next(r, i))
                        i++;
        }
        return r->n;
}

/* Views of reeve itself: the joined ones, and the jobs. */
static const struct rv_view *own_view(const char *id)
{
        size_t i;

        for (i = 0; rv_own_views[i]; i++)
                if (strcmp(rv_own_views[i]->id, id) == 0)
                        return rv_own_views[i];
        return rv_common_view(id);
}

/* Near names of verbs and plugins; aliases would need every plugin opened, which looking for this one has done already.
 */
static int unknown_command(const struct reader *r, const char *word, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_nearest near = { .word = word };
        const char *const *names;
        size_t n, i;
        const struct rv_verb_word *verbs = rv_verbs(&n);

        for (i = 0; i < n; i++)
                rv_nearest_offer(&near, verbs[i].word);
        n = rv_registry_names(r->registry, &names);
        for (i = 0; i < n; i++)
                rv_nearest_offer(&near, names[i]);
        if (rv_nearest_write(&near, &text))
                return rv_fail(err, RV_USAGE, N_("%1: there is no such command or plugin"), N_("near it: %2"), word,
                               rv_buf_str(&text), NULL);
        return rv_fail(err, RV_USAGE, N_("%1: there is no such command or plugin"), N_("reeve help lists them"), word,
                       NULL);
}

/* A row without its plugin: the hint puts one before it, unless the word is nearly a plugin's, or a view that is a
 * command of its own. */
static int unknown_target(const struct reader *r, const char *word, struct rv_err *err)
{
        const struct rv_verb_word *verb = r->command->verb == RV_DO_SHOW ? verb_of(word) : NULL;
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_nearest near = { .word = word };
        const char *const *names;
        size_t n = rv_registry_names(r->registry, &names), i;

        if (verb && verb->verb == RV_DO_JOBS)
                return rv_fail(err, RV_USAGE, N_("%1: there is no such plugin"),
                               N_("a job is opened by: reeve jobs show ID"), word, NULL);
        if (verb && verb->view)
                return rv_fail(err, RV_USAGE, N_("%1: there is no such plugin"),
                               N_("a row of it is opened by: reeve show reeve/%2 KEY"), word, verb->view, NULL);
        for (i = 0; i < n; i++)
                rv_nearest_offer(&near, names[i]);
        if (n == 0 || r->command->verb != RV_DO_SHOW || rv_nearest_write(&near, &text))
                return unknown_command(r, word, err);
        return rv_fail(err, RV_USAGE, N_("%1: there is no such plugin"),
                       N_("a row stands behind its plugin, as in: reeve show %2 %1"), word, names[0], NULL);
}

/* Behind a slash only a view can stand. */
static int unknown_target_view(const struct rv_plugin *plugin, const char *word, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_nearest near = { .word = word };
        uint32_t i;

        for (i = 0; i < plugin->n_views; i++)
                rv_nearest_offer(&near, plugin->views[i].id);
        if (rv_nearest_write(&near, &text))
                return rv_fail(err, RV_USAGE, N_("%1: %2 has no such view"), N_("near it: %3"), word, plugin->id,
                               rv_buf_str(&text), NULL);
        for (i = 0; i < plugin->n_views; i++) {
                rv_buf_add_str(&text, i ? ", " : "");
                rv_buf_add_str(&text, plugin->views[i].id);
        }
        return rv_fail(err, RV_USAGE, N_("%1: %2 has no such view"), N_("choose from %3"), word, plugin->id,
                       rv_buf_str(&text), NULL);
}

/* A word after a plugin is never a row, but somebody meant one: the hint says how to open it. */
static int unknown_view(const struct rv_plugin *plugin, const char *word, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_nearest near = { .word = word };
        uint32_t i;

        for (i = 0; i < plugin->n_views; i++)
                rv_nearest_offer(&near, plugin->views[i].id);
        for (i = 0; i < plugin->n_actions; i++)
                rv_nearest_offer(&near, plugin->actions[i].id);
        if (rv_nearest_write(&near, &text))
                return rv_fail(err, RV_USAGE, N_("%1: %2 has no such view or action"), N_("near it: %3"), word,
                               plugin->id, rv_buf_str(&text), NULL);
        for (i = 0; i < plugin->n_views + plugin->n_actions; i++) {
                rv_buf_add_str(&text, i ? ", " : "");
                rv_buf_add_str(&text,
                               i < plugin->n_views ? plugin->views[i].id : plugin->actions[i - plugin->n_views].id);
        }
        return rv_fail(err, RV_USAGE, N_("%1: %2 has no such view or action"),
                       N_("it has %3; a row is opened by: reeve show %2 %1"), word, plugin->id, rv_buf_str(&text),
                       NULL);
}

static int use_view(struct rv_command *command, const struct rv_plugin *plugin, const struct rv_view *view)
{
        command->verb = RV_DO_VIEW;
        command->plugin = plugin;
        command->plugin_id = plugin->id;
        command->view = view;
        return RV_OK;
}

/* PLUGIN [VIEW|ACTION]: the second word decides, an id or an alias; without one it is the first view. */
static int read_plugin(struct reader *r, struct rv_err *err)
{
        struct rv_command *command = r->command;
        const char *word;
        int code = rv_registry_plugin(r->registry, r->words[r->subject], &command->plugin, err);

        if (code != RV_OK)
                return code;
        command->plugin_id = command->plugin->id;
        r->object = next_plain(r, r->subject + 1);
        if (r->object == r->n) {
                if (command->plugin->n_views == 0)
                        return rv_fail(err, RV_USAGE, N_("%1 has no views"), NULL, command->plugin->id, NULL);
                return use_view(command, command->plugin, &command->plugin->views[0]);
        }
        word = r->words[r->object];
        command->view = rv_plugin_view(command->plugin, word);
        command->verb = RV_DO_VIEW;
        if (command->view)
                return RV_OK;
        command->action = rv_plugin_action(command->plugin, word);
        if (!command->action && !rv_plugin_alias(command->plugin, word, &command->view, &command->action)) {
                int later = strcmp(command->plugin->id, "packages") == 0 ? rv_later(word, err) : RV_OK;

                return later == RV_OK ? unknown_view(command->plugin, word, err) : later;
        }
        command->verb = command->view ? RV_DO_VIEW : RV_DO_ACTION;
        return RV_OK;
}

/* Whatever is wrong with a plugin on the way, a word that none has is an unknown command. */
static int read_alias(struct reader *r, struct rv_err *err)
{
        RV_ERR_CLEANUP struct rv_err no = { 0 };
        struct rv_command *command = r->command;
        const char *word = r->words[r->subject];

        if (rv_registry_alias(r->registry, word, &command->plugin, &command->view, &command->action, &no) != RV_OK) {
                int later = rv_later(word, err);

                return later == RV_OK ? unknown_command(r, word, err) : later;
        }
        command->plugin_id = command->plugin->id;
        command->verb = command->view ? RV_DO_VIEW : RV_DO_ACTION;
        return RV_OK;
}

/* "plugin" or "plugin/view" as show, ui and help take it. */
static int read_target(struct reader *r, const char *word, struct rv_err *err)
{
        struct rv_command *command = r->command;
        size_t len = strcspn(word, "/");
        char *name = rv_arena_strndup(&command->arena, word, len);
        int code;

        if (!name)
                return rv_fail_memory(err);
        if (strcmp(name, "reeve") == 0) {
                command->plugin_id = "reeve";
                command->view = own_view(word[len] ? word + len + 1 : "findings");
                return command->view ? RV_OK
                                     : rv_fail(err, RV_USAGE, N_("%1: there is no such view"), NULL, word, NULL);
        }
        if (!is_plugin(r->registry, name))
                return unknown_target(r, name, err);
        code = rv_registry_plugin(r->registry, name, &command->plugin, err);
        if (code != RV_OK)
                return code;
        command->plugin_id = command->plugin->id;
        if (word[len])
                command->view = rv_plugin_view(command->plugin, word + len + 1);
        else if (command->plugin->n_views)
                command->view = &command->plugin->views[0];
        if (command->view)
                return RV_OK;
        if (!word[len])
                return rv_fail(err, RV_USAGE, N_("%1 has no views"), NULL, command->plugin->id, NULL);
        return unknown_target_view(command->plugin, word + len + 1, err);
}

/* help PLUGIN [VIEW|ACTION]: a lone plugin has neither set. An alias or a verb is fine too. */
static int read_help(struct reader *r, struct rv_err *err)
{
        struct rv_command *command = r->command;
        const char *word;
        int code;

        r->verb = r->subject;
        r->subject = next_plain(r, r->verb + 1);
        if (r->subject == r->n)
                return RV_OK;
        word = r->words[r->subject];
        command->about = verb_of(word);
        if (command->about) {
                command->view = command->about->view ? own_view(command->about->view) : NULL;
                command->plugin_id = "reeve";
                return RV_OK;
        }
        code = is_plugin(r->registry, word) ? read_plugin(r, err) : read_alias(r, err);
        if (code == RV_OK && is_plugin(r->registry, word) && r->object == r->n)
                command->view = NULL;
        command->verb = RV_DO_HELP;
        return code;
}

static int read_verb(struct reader *r, const struct rv_verb_word *verb, struct rv_err *err)
{
        struct rv_command *command = r->command;

        command->verb = verb->verb;
        if (verb->verb != RV_DO_HELP)
                command->about = verb;
        if (verb->view) {
                command->plugin_id = "reeve";
                command->view = own_view(verb->view);
                return command->view ? RV_OK : rv_fail(err, RV_INTERNAL, N_("%1 is missing"), NULL, verb->view, NULL);
        }
        if (verb->verb == RV_DO_HELP)
                return read_help(r, err);
        if (verb->verb != RV_DO_SHOW && verb->verb != RV_DO_UI)
                return RV_OK;
        r->object = next_plain(r, r->subject + 1);
        if (r->object < r->n)
                return read_target(r, r->words[r->object], err);
        if (verb->verb == RV_DO_UI)
                return RV_OK;
        return rv_fail(err, RV_USAGE, N_("show needs a plugin and a row"), N_("as in: reeve show packages bash"), NULL);
}

/* Verbs win over plugins of the same name: the contract's words are stable. */
static int read_subject(struct reader *r, struct rv_err *err)
{
        const struct rv_verb_word *verb;
        const char *word;

        r->verb = r->object = r->n;
        r->subject = next_plain(r, 0);
        if (r->subject == r->n)
                return RV_OK;
        word = r->words[r->subject];
        verb = verb_of(word);
        if (verb)
                return read_verb(r, verb, err);
        return is_plugin(r->registry, word) ? read_plugin(r, err) : read_alias(r, err);
}

static int unknown_option(const struct reader *r, const char *word, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        char *name = rv_arena_strndup(&r->command->arena, word, strcspn(word, "="));
        struct rv_nearest near = { .word = word[1] == '-' && name ? name + 2 : "" };
        size_t n, i;
        const struct rv_option *options = rv_options(&n);

        for (i = 0; i < n; i++)
                rv_nearest_offer(&near, options[i].name);
        if (rv_nearest_write(&near, &text))
                return rv_fail(err, RV_USAGE, N_("%1: there is no such option here"), N_("near it: --%2"), word,
                               rv_buf_str(&text), NULL);
        return rv_fail(err, RV_USAGE, N_("%1: there is no such option here"), NULL, word, NULL);
}

/* A bool alone is true; with "=" it takes what it is given. */
static int add_named(struct reader *r, const struct rv_arg *arg, size_t *i, struct rv_err *err)
{
        struct rv_command *command = r->command;
        const char *word = r->words[*i], *equals = strchr(word, '='), *value = equals ? equals + 1 : "true";

        if (!equals && arg->type != RV_BOOL) {
                if (*i + 1 == r->n)
                        return rv_fail(err, RV_USAGE, N_("%1 needs a value"), NULL, word, NULL);
                value = r->words[++*i];
        }
        command->named[command->n_named++] = arg->id;
        command->named[command->n_named++] = value;
        return RV_OK;
}

/* Options that not every command takes are kept for when the command is known. */
static void note(struct reader *r, const struct rv_option *option)
{
        if (rv_option_of_changes(option))
                r->change = option;
        else if (rv_option_unheeded(option))
                r->unheeded = option;
        if (option->kind == RV_OPT_CHECK)
                r->check = option;
}

/* "-qv": single letters without values may stand together. */
static int add_letters(struct reader *r, size_t *i, struct rv_err *err)
{
        const char *word = r->words[*i], *at;
        const struct rv_option *option;
        const char *value = NULL;
        int code = RV_OK;

        for (at = word + 1; *at && code == RV_OK; at++) {
                option = rv_option_by_letter(*at);
                if (!option)
                        return unknown_option(r, word, err);
                note(r, option);
                if (option->value) {
                        if (at[1])
                                value = at + 1;
                        else if (*i + 1 < r->n)
                                value = r->words[++*i];
                        else
                                return rv_fail(err, RV_USAGE, N_("%1 needs a value"), NULL, word, NULL);
                        return rv_option_apply(option, value, &r->command->settings, r->command, err);
                }
                code = rv_option_apply(option, NULL, &r->command->settings, r->command, err);
        }
        return code;
}

static int add_option(struct reader *r, size_t *i, struct rv_err *err)
{
        const char *word = r->words[*i], *equals = strchr(word, '='), *value = NULL;
        const struct rv_arg *arg = declared_arg(r->command, word);
        const struct rv_option *option;

        if (arg)
                return add_named(r, arg, i, err);
        if (word[1] != '-')
                return add_letters(r, i, err);
        option = option_of(word);
        if (!option)
                return unknown_option(r, word, err);
        note(r, option);
        if (option->value && equals)
                value = equals + 1;
        else if (option->value && *i + 1 < r->n)
                value = r->words[++*i];
        else if (option->value)
                return rv_fail(err, RV_USAGE, N_("%1 needs a value"), NULL, word, NULL);
        else if (equals)
                return rv_fail(err, RV_USAGE, N_("%1: this option takes no value"), NULL, word, NULL);
        return rv_option_apply(option, value, &r->command->settings, r->command, err);
}

/* Every word again: options are applied, what named the command is passed over, the rest are its words. */
static int read_rest(struct reader *r, struct rv_err *err)
{
        bool only_words = false;
        size_t i;
        int code = RV_OK;

        for (i = 0; i < r->n && code == RV_OK; i++) {
                if (!only_words && strcmp(r->words[i], "--") == 0)
                        only_words = true;
                else if (!only_words && is_option(r->words[i]))
                        code = add_option(r, &i, err);
                else if (i != r->verb && i != r->subject && i != r->object)
                        r->command->words[r->command->n_words++] = r->words[i];
        }
        return code;
}

/* Whether something may be changed by the command, or by a line that it runs. */
static bool changes(const struct rv_command *command)
{
        switch (command->verb) {
        case RV_DO_ACTION:
        case RV_DO_DO:
        case RV_DO_SCRIPT:
        case RV_DO_SHELL:
                return true;
        case RV_DO_JOBS:
                return command->n_words && strcmp(command->words[0], "recover") == 0;
        default:
                return false;
        }
}

/* What would be passed over silently is refused: who wrote it meant something. */
static int check_fit(const struct reader *r, struct rv_err *err)
{
        const struct rv_command *command = r->command;
        bool findings = command->verb == RV_DO_VIEW && strcmp(command->view->id, "findings") == 0;

        if (r->change && !changes(command))
                return rv_fail(err, RV_USAGE, N_("--%1 fits actions only"), N_("reeve actions lists them"),
                               r->change->name, NULL);
        if (r->unheeded && !changes(command))
                return rv_fail(err, RV_UNSUPPORTED, N_("--%1: nothing that only looks heeds this option"),
                               N_("leave it out"), r->unheeded->name, NULL);
        if (r->check && !changes(command) && !findings)
                return rv_fail(err, RV_USAGE, N_("--check goes with an action or with status"), NULL, NULL);
        if (command->n_words && command->verb == RV_DO_HELP)
                return rv_fail(err, RV_USAGE, N_("%1: help takes no such word"),
                               N_("as in: reeve help PLUGIN VIEW; reeve help lists what there is"), command->words[0],
                               NULL);
        if (command->n_words && (command->verb == RV_DO_SHELL || command->verb == RV_DO_UI))
                return rv_fail(err, RV_USAGE, N_("%1: %2 takes no such word"), N_("see: reeve help %2"),
                               command->words[0], command->about->word, NULL);
        return RV_OK;
}

/* No list can be longer than the words: one allocation each, no growing. */
static bool make_room(struct rv_command *command, size_t n)
{
        command->words = rv_arena_alloc(&command->arena, (n + 1) * sizeof *command->words);
        command->named = rv_arena_alloc(&command->arena, (2 * n + 2) * sizeof *command->named);
        command->options = rv_arena_alloc(&command->arena, (2 * n + 2) * sizeof *command->options);
        return command->words && command->named && command->options;
}

/* Two passes: the words that name the command, then everything with its declaration at hand. */
int rv_command_parse(struct rv_registry *registry, const struct rv_settings *base, const char *const *words, size_t n,
                     struct rv_command *ret, struct rv_err *err)
{
        struct rv_command made = { .settings = *base, .limit = -1 };
        struct reader r = { .registry = registry, .words = words, .n = n, .command = &made };
        bool version;
        int code;

        code = make_room(&made, n) ? read_subject(&r, err) : rv_fail_memory(err);
        if (code == RV_OK)
                code = read_rest(&r, err);
        version = made.verb == RV_DO_VERSION;
        if (code == RV_OK && made.help && !version) {
                /* Only a plugin was named: its help, not that of the view that would have been shown. */
                if (made.plugin && r.object == n && is_plugin(registry, words[r.subject]))
                        made.view = NULL;
                made.verb = RV_DO_HELP;
        } else if (code == RV_OK && !version) {
                code = check_fit(&r, err);
        }
        if (code != RV_OK)
                rv_command_free(&made);
        else
                *ret = made;
        return code;
}

/* What is wrong here will be reported by the parser; this only needs to know how. */
void rv_settings_scan(const char *const *words, size_t n, struct rv_settings *ret)
{
        RV_ERR_CLEANUP struct rv_err ignored = { 0 };
        const struct rv_option *option;
        const char *equals, *value;
        size_t i;

        for (i = 0; i < n && strcmp(words[i], "--") != 0; i++) {
                option = is_option(words[i]) ? option_of(words[i]) : NULL;
                if (!option)
                        continue;
                equals = words[i][1] == '-' ? strchr(words[i], '=') : NULL;
                value = equals ? equals + 1 : NULL;
                if (option->value && !value && i + 1 < n)
                        value = words[++i];
                if (!option->value || value)
                        (void)!rv_option_apply(option, value, ret, NULL, &ignored);
        }
}
