/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of options and verbs, and what each option does to a command. */
#include "tui/present/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "tui/present/command.h"

static const struct rv_option options[] = {
        { "root", "DIR", N_("the system to look at or change"), 0, RV_OPT_ROOT, false },
        { "image", "FILE", N_("a disk image or device instead of the root's disk"), 0, RV_OPT_PASSED, false },
        { "slot", "SLOT",
          N_("look inside that slot, without booting it; the copy for that in /var/tmp goes when reeve ends, after a "
             "kill -9 with the next --slot"),
          0, RV_OPT_PASSED, false },
        { "format", "FORMAT", N_("table, plain, json, ndjson, tsv or csv"), 0, RV_OPT_FORMAT, false },
        { "json", NULL, N_("short for --format json"), 0, RV_OPT_JSON, false },
        { "columns", "A,B,C", N_("which columns, in which order"), 0, RV_OPT_COLUMNS, false },
        { "sort", "[-]A,B", N_("by which columns; a minus reverses"), 0, RV_OPT_SORT, false },
        { "where", "EXPR", N_("only rows that match, as in: size > 10M and name ~ ssl"), 0, RV_OPT_WHERE, false },
        { "limit", "N", N_("at most that many rows"), 0, RV_OPT_LIMIT, false },
        { "dry-run", NULL, N_("print the plan, change nothing"), 'n', RV_OPT_DRY_RUN, false },
        { "check", NULL, N_("exit with 100 if there is something to do"), 0, RV_OPT_CHECK, false },
        { "yes", NULL, N_("confirm the plan; never answers a question of trust"), 'y', RV_OPT_YES, false },
        { "plan", "ID", N_("run exactly the plan printed before"), 0, RV_OPT_PLAN, false },
        { "accept-key", "FPR", N_("trust this key if it is asked about"), 0, RV_OPT_PASSED, true },
        { "solution", "ID", N_("choose this solution of a conflict"), 0, RV_OPT_PASSED, true },
        { "policy", "FILE", N_("answers for scripts"), 0, RV_OPT_PASSED, false },
        { "cacheonly", NULL, N_("no network"), 'C', RV_OPT_PASSED, false },
        { "refresh", NULL, N_("refresh metadata first"), 0, RV_OPT_PASSED, false },
        { "at-boot", NULL, N_("apply at the next boot"), 0, RV_OPT_PASSED, false },
        { "download-only", NULL, N_("fetch, change nothing"), 0, RV_OPT_PASSED, false },
        { "minimal", NULL, N_("the smallest update that solves it"), 0, RV_OPT_PASSED, false },
        { "security", NULL, N_("security updates only"), 0, RV_OPT_PASSED, false },
        { "best", NULL, N_("the newest version or none"), 0, RV_OPT_PASSED, false },
        { "nobest", NULL, N_("an older version where the newest does not fit"), 0, RV_OPT_PASSED, false },
        { "allow-erasing", NULL, N_("other packages may be removed"), 0, RV_OPT_PASSED, false },
        { "exclude", "PKG", N_("leave this package out"), 'x', RV_OPT_PASSED, true },
        { "repo", "REPO", N_("only this repository"), 0, RV_OPT_PASSED, true },
        { "enablerepo", "REPO", N_("this repository too"), 0, RV_OPT_PASSED, true },
        { "disablerepo", "REPO", N_("not this repository"), 0, RV_OPT_PASSED, true },
        { "releasever", "VERSION", N_("the release that repositories are for"), 0, RV_OPT_PASSED, false },
        { "arch", "ARCH", N_("the architecture to choose packages for"), 0, RV_OPT_PASSED, false },
        { "set", "[REPO.]KEY=VALUE", N_("a setting for this run"), 0, RV_OPT_SET, true },
        { "setopt", "[REPO.]KEY=VALUE", N_("the same as --set"), 0, RV_OPT_SET, true },
        { "wait", "SECONDS", N_("how long to wait for another holder of the lock"), 0, RV_OPT_WAIT, false },
        { "color", "WHEN", N_("auto, always or never"), 0, RV_OPT_COLOR, false },
        { "ascii", NULL, N_("only ASCII characters"), 0, RV_OPT_ASCII, false },
        { "quiet", NULL, N_("no progress, no remarks"), 'q', RV_OPT_QUIET, false },
        { "verbose", NULL, N_("say what is done, on standard error"), 'v', RV_OPT_VERBOSE, false },
        { "help", NULL, N_("show help for the command"), 'h', RV_OPT_HELP, false },
        { "man", NULL, N_("help as a manual page"), 0, RV_OPT_MAN, false },
        { "version", NULL, N_("show the version"), 0, RV_OPT_VERSION, false },
};

static const struct rv_verb_word verbs[] = {
        { "ui", "[PLUGIN[/VIEW]]", N_("full-screen on that view"), RV_DO_UI, NULL,
          N_("Line by line where the terminal can do no more.") },
        { "show", "PLUGIN[/VIEW] ROW", N_("the record of one row"), RV_DO_SHOW, NULL,
          N_("ROW is the row's key or what else names it, such as the name of a package. Where several rows match, "
             "their keys are listed.") },
        { "do", "'ACTION ...'...", N_("several actions, one plan, one run"), RV_DO_DO, NULL,
          N_("Each word is an action with its rows, in quotes, as in: reeve do 'PLUGIN ACTION ROW'. All are of one "
             "plugin. They are planned together, confirmed once, and run as one job.") },
        { "status", "", N_("what needs you, of all plugins"), RV_DO_VIEW, "findings",
          N_("With --check the exit status is 100 if something is critical or a warning, and 0 if nothing is. It is 12 "
             "where a plugin could not look: what is listed holds, but it may not be all.") },
        { "changes", "", N_("what happened, of all plugins"), RV_DO_VIEW, "changes", NULL },
        { "space", "", N_("what fills the disk, of all plugins"), RV_DO_VIEW, "space", NULL },
        { "cve", "ID", N_("whether a known weakness concerns this system"), RV_DO_CVE, NULL,
          N_("The exit status is 19 where no advisory data has been read: then it is neither affected nor fixed.") },
        { "plugins", "", N_("the plugins there are"), RV_DO_PLUGINS, NULL,
          N_("With --json: their declarations, and JSON Schemas of what every command puts out.") },
        { "views", "", N_("the views there are"), RV_DO_VIEWS, NULL,
          N_("With --json: their declarations, each with a JSON Schema of its output.") },
        { "actions", "", N_("the actions there are"), RV_DO_ACTIONS, NULL,
          N_("With --json: their declarations, each with a JSON Schema of its output.") },
        { "jobs", "[list|show|attach|cancel|recover] [ID]", N_("runs of actions, also those that were cut off"),
          RV_DO_JOBS, NULL,
          N_("list is what is meant without a word. show gives the record of a job, attach follows it to its end, "
             "cancel "
             "stops it before its point of no return. recover takes up a job that was cut off: with finish behind ID, "
             "or "
             "nothing, it completes the job, with revert it undoes it. It shows the steps and asks; -n only shows "
             "them, "
             "-y confirms them. Without ID it is the only job that fits.") },
        { "shell", "", N_("line mode: a prompt with the same words"), RV_DO_SHELL, NULL,
          N_("Options stand for every line, as in: reeve --root DIR shell.") },
        { "script", "FILE|-", N_("commands from a file, one a line"), RV_DO_SCRIPT, NULL,
          N_("The words are those of the command line without reeve, quoted as in a shell; # begins a remark. The "
             "script "
             "stops at the first line that fails, with its exit status, unless the line begins with a minus. Options "
             "of "
             "script itself hold for every line.") },
        { "complete", "bash|zsh|fish", N_("what the shell needs to complete words"), RV_DO_COMPLETE, NULL, NULL },
        { "help", "[PLUGIN [VIEW|ACTION]]", N_("what there is and how it is called"), RV_DO_HELP, NULL,
          N_("A command's own word may stand there too, as in: reeve help jobs.") },
};

const struct rv_option *rv_options(size_t *ret_n)
{
        *ret_n = sizeof options / sizeof *options;
        return options;
}

/* What is passed on is for actions, but for the two that say where a view looks. */
bool rv_option_of_actions(const struct rv_option *option)
{
        switch (option->kind) {
        case RV_OPT_DRY_RUN:
        case RV_OPT_YES:
        case RV_OPT_PLAN:
        case RV_OPT_SET:
        case RV_OPT_WAIT:
                return true;
        case RV_OPT_PASSED:
                return strcmp(option->name, "image") != 0 && strcmp(option->name, "slot") != 0;
        default:
                return false;
        }
}

bool rv_option_of_changes(const struct rv_option *option)
{
        static const char *const passed[] = { "solution", "at-boot", "download-only", "allow-erasing" };
        size_t i;

        for (i = 0; option->kind == RV_OPT_PASSED && i < sizeof passed / sizeof *passed; i++)
                if (strcmp(option->name, passed[i]) == 0)
                        return true;
        return option->kind == RV_OPT_DRY_RUN || option->kind == RV_OPT_YES || option->kind == RV_OPT_PLAN;
}

bool rv_option_unheeded(const struct rv_option *option)
{
        static const char *const heeded[] = { "image", "slot", "cacheonly", "refresh" };
        size_t i;

        for (i = 0; i < sizeof heeded / sizeof *heeded; i++)
                if (strcmp(option->name, heeded[i]) == 0)
                        return false;
        return option->kind == RV_OPT_PASSED;
}

const struct rv_verb_word *rv_verbs(size_t *ret_n)
{
        *ret_n = sizeof verbs / sizeof *verbs;
        return verbs;
}

/* Names are not abbreviated: a script must not break when an option is added. */
const struct rv_option *rv_option_by_name(const char *name, size_t len)
{
        size_t i;

        for (i = 0; i < sizeof options / sizeof *options; i++)
                if (strncmp(options[i].name, name, len) == 0 && options[i].name[len] == '\0')
                        return &options[i];
        return NULL;
}

const struct rv_option *rv_option_by_letter(char letter)
{
        size_t i;

        for (i = 0; i < sizeof options / sizeof *options; i++)
                if (options[i].letter && options[i].letter == letter)
                        return &options[i];
        return NULL;
}

/* The index of value among names, -1 for none. */
static int choice(const char *value, const char *const *names, int n)
{
        int i;

        for (i = 0; i < n; i++)
                if (strcmp(value, names[i]) == 0)
                        return i;
        return -1;
}

/* strtoll() alone would take "5x" and "-5". */
static int parse_count(const char *name, const char *value, int64_t *ret, struct rv_err *err)
{
        char *end;
        long long n;

        errno = 0;
        n = strtoll(value, &end, 10);
        if (errno || end == value || *end || n < 0)
                return rv_fail(err, RV_USAGE, N_("--%1: %2 is not a number from 0"), NULL, name, value, NULL);
        *ret = n;
        return RV_OK;
}

static int set_format(const char *value, struct rv_settings *settings, struct rv_err *err)
{
        static const char *const names[] = { "table", "plain", "json", "ndjson", "tsv", "csv" };
        int n = choice(value, names, sizeof names / sizeof *names);

        if (n < 0)
                return rv_fail(err, RV_USAGE, N_("--format: %1 is not a format"),
                               N_("choose table, plain, json, ndjson, tsv or csv"), value, NULL);
        settings->format = (enum rv_format)n;
        return RV_OK;
}

static int set_color(const char *value, struct rv_settings *settings, struct rv_err *err)
{
        static const char *const names[] = { "auto", "always", "never" };
        int n = choice(value, names, sizeof names / sizeof *names);

        if (n < 0)
                return rv_fail(err, RV_USAGE, N_("--color: %1 is none of auto, always, never"), NULL, value, NULL);
        settings->color = (enum rv_color)n;
        return RV_OK;
}

/* Puts a pair into the command's list; a repeated one is joined by commas, so that a plugin sees one value. */
static int pass_on(struct rv_command *command, const struct rv_option *option, const char *id, const char *value,
                   struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf joined = { 0 };
        size_t i;

        for (i = 0; i + 1 < command->n_options; i += 2) {
                if (strcmp(command->options[i], id) != 0)
                        continue;
                if (option->repeats && option->kind == RV_OPT_PASSED) {
                        rv_buf_printf(&joined, "%s,%s", command->options[i + 1], value);
                        value = rv_arena_strdup(&command->arena, rv_buf_str(&joined));
                }
                command->options[i + 1] = value;
                return value ? RV_OK : rv_fail_memory(err);
        }
        command->options[command->n_options++] = id;
        command->options[command->n_options++] = value;
        return RV_OK;
}

/* "set:KEY" is the id that a plugin asks for, so that each key is an option of its own. */
static int apply_set(struct rv_command *command, const struct rv_option *option, const char *value, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf id = { 0 };
        const char *equals = strchr(value, '='), *key;

        if (!equals || equals == value)
                return rv_fail(err, RV_USAGE, N_("--%1: %2 is not of the form KEY=VALUE"), NULL, option->name, value,
                               NULL);
        rv_buf_add_str(&id, "set:");
        rv_buf_add(&id, value, (size_t)(equals - value));
        key = rv_arena_strdup(&command->arena, rv_buf_str(&id));
        return key ? pass_on(command, option, key, equals + 1, err) : rv_fail_memory(err);
}

/* Flags have no way back: the last word of a valued option wins, a flag stays. */
static int apply_setting(const struct rv_option *option, const char *value, struct rv_settings *settings,
                         struct rv_err *err)
{
        switch (option->kind) {
        case RV_OPT_ROOT:
                settings->root = value;
                return *value ? RV_OK : rv_fail(err, RV_USAGE, N_("--root: the directory is empty"), NULL, NULL);
        case RV_OPT_FORMAT:
                return set_format(value, settings, err);
        case RV_OPT_JSON:
                settings->format = RV_JSON;
                return RV_OK;
        case RV_OPT_COLOR:
                return set_color(value, settings, err);
        case RV_OPT_WAIT:
                return parse_count(option->name, value, &settings->wait, err);
        case RV_OPT_PLAN:
                settings->plan = value;
                return RV_OK;
        default:
                break;
        }
        settings->dry_run |= option->kind == RV_OPT_DRY_RUN;
        settings->check |= option->kind == RV_OPT_CHECK;
        settings->yes |= option->kind == RV_OPT_YES;
        settings->ascii |= option->kind == RV_OPT_ASCII;
        settings->quiet |= option->kind == RV_OPT_QUIET;
        settings->verbose |= option->kind == RV_OPT_VERBOSE;
        return RV_OK;
}

/* Without a command only what the front end itself needs is taken. */
int rv_option_apply(const struct rv_option *option, const char *value, struct rv_settings *settings,
                    struct rv_command *command, struct rv_err *err)
{
        if (!command)
                return apply_setting(option, value, settings, err);
        switch (option->kind) {
        case RV_OPT_PASSED:
                return pass_on(command, option, option->name, value ? value : "yes", err);
        case RV_OPT_SET:
                return apply_set(command, option, value, err);
        case RV_OPT_COLUMNS:
                command->columns = value;
                return RV_OK;
        case RV_OPT_SORT:
                command->sort = value;
                return RV_OK;
        case RV_OPT_WHERE:
                command->where = value;
                return RV_OK;
        case RV_OPT_LIMIT:
                return parse_count(option->name, value, &command->limit, err);
        case RV_OPT_MAN:
                settings->man = true;
                command->help = true;
                return RV_OK;
        case RV_OPT_HELP:
                command->help = true;
                return RV_OK;
        case RV_OPT_VERSION:
                command->verb = RV_DO_VERSION;
                return RV_OK;
        default:
                return apply_setting(option, value, settings, err);
        }
}
