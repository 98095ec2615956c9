/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing schemas. Most objects are a list of members with simple types, so they are written down as one line of text:
 * "code:string? message:string cause:" has two members that are described by it and one that follows. All members of
 * such a list are required. */
#include "tui/batch/schema.h"

#include <string.h>

#include "core/base/json.h"
#include "core/model/load.h"
#include "core/model/registry.h"

static const char DIALECT[] = "https://json-schema.org/draft/2020-12/schema";

static void add(struct rv_json *json, const char *key, const char *value)
{
        rv_json_key(json, key);
        rv_json_str(json, value);
}

/* {"type": [TYPE, "null"]}: anything may be unknown but the key. */
static void add_type(struct rv_json *json, const char *type, size_t len, bool null)
{
        bool time = len == 4 && strncmp(type, "time", 4) == 0;

        rv_json_key(json, "type");
        if (null)
                rv_json_begin(json, '[');
        if (time)
                rv_json_str(json, "string");
        else
                rv_json_text(json, type, len);
        if (null) {
                rv_json_str(json, "null");
                rv_json_end(json, ']');
        }
        if (time)
                add(json, "format", "date-time");
}

/* The next "name:type?" of a list; false at its end. */
struct member {
        const char *name, *type;
        size_t name_len, type_len;
        bool null;
};

static bool next_member(const char **list, struct member *ret)
{
        const char *at = *list + strspn(*list, " ");
        size_t len = strcspn(at, " ");

        *list = at + len;
        ret->name = at;
        ret->name_len = strcspn(at, ": ");
        ret->type = at + ret->name_len + 1;
        ret->type_len = len > ret->name_len ? len - ret->name_len - 1 : 0;
        ret->null = ret->type_len && ret->type[ret->type_len - 1] == '?';
        ret->type_len -= ret->null;
        return len > 0;
}

static void add_member(struct rv_json *json, const struct member *member)
{
        char name[32] = "";

        memcpy(name, member->name, member->name_len < sizeof name ? member->name_len : sizeof name - 1);
        rv_json_key(json, name);
        rv_json_begin(json, '{');
        add_type(json, member->type, member->type_len, member->null);
        rv_json_end(json, '}');
}

/* Members that need not be there; for inside of an object's properties. */
static void add_optional(struct rv_json *json, const char *list)
{
        struct member member;

        while (next_member(&list, &member))
                add_member(json, &member);
}

/* Up to inside its properties, where what is more than a type follows. */
static void begin_object(struct rv_json *json, const char *dialect, const char *list)
{
        struct member member;
        const char *at = list;

        rv_json_begin(json, '{');
        if (dialect)
                add(json, "$schema", dialect);
        add(json, "type", "object");
        rv_json_key(json, "required");
        rv_json_begin(json, '[');
        while (next_member(&at, &member))
                rv_json_text(json, member.name, member.name_len);
        rv_json_end(json, ']');
        rv_json_key(json, "properties");
        rv_json_begin(json, '{');
        for (at = list; next_member(&at, &member);)
                if (member.type_len)
                        add_member(json, &member);
}

static void end_object(struct rv_json *json)
{
        rv_json_end(json, '}');
        rv_json_end(json, '}');
}

/* Up to where the schema of an item stands. */
static void begin_list(struct rv_json *json, const char *key)
{
        rv_json_key(json, key);
        rv_json_begin(json, '{');
        add(json, "type", "array");
        rv_json_key(json, "items");
}

static void end_list(struct rv_json *json)
{
        rv_json_end(json, '}');
}

static void add_objects(struct rv_json *json, const char *key, const char *list)
{
        begin_list(json, key);
        begin_object(json, NULL, list);
        end_object(json);
        end_list(json);
}

static void add_strings(struct rv_json *json, const char *key)
{
        begin_list(json, key);
        rv_json_begin(json, '{');
        add(json, "type", "string");
        rv_json_end(json, '}');
        end_list(json);
}

static void add_constant(struct rv_json *json, const char *key, const char *value)
{
        rv_json_key(json, key);
        rv_json_begin(json, '{');
        add(json, "const", value);
        rv_json_end(json, '}');
}

/* The version of the contract, which every document begins with. */
static void add_version(struct rv_json *json)
{
        rv_json_key(json, "reeve");
        rv_json_begin(json, '{');
        rv_json_key(json, "const");
        rv_json_int(json, 1);
        rv_json_end(json, '}');
}

/* What a text was made from, for a reader that has it in another language. */
static void add_message(struct rv_json *json, const char *key)
{
        rv_json_key(json, key);
        begin_object(json, NULL, "domain:string msgid:string args:");
        add_strings(json, "args");
        end_object(json);
}

static void add_warnings(struct rv_json *json)
{
        begin_list(json, "warnings");
        begin_object(json, NULL, "code:string? message:string message_msg:");
        add_message(json, "message_msg");
        end_object(json);
        end_list(json);
}

static const char *json_type(uint32_t type)
{
        switch (type) {
        case RV_INT:
        case RV_SIZE:
        case RV_DURATION:
                return "integer";
        case RV_BOOL:
                return "boolean";
        case RV_LIST:
                return "array";
        case RV_TIME:
                return "time";
        default:
                return "string";
        }
}

/* An enum lists its ids, and null where the value may be unknown: a validator needs both. */
static void add_enum(struct rv_json *json, const struct rv_column *column, bool null)
{
        uint32_t i;

        rv_json_key(json, "enum");
        rv_json_begin(json, '[');
        for (i = 0; i < column->n_enums; i++)
                rv_json_str(json, column->enums[i].id);
        if (null)
                rv_json_null(json);
        rv_json_end(json, ']');
}

static void add_column(struct rv_json *json, const struct rv_column *column)
{
        RV_BUF_CLEANUP struct rv_buf message = { 0 };
        bool null = !(column->flags & RV_KEY);
        const char *type = json_type(column->type);

        rv_json_key(json, column->id);
        rv_json_begin(json, '{');
        add_type(json, type, strlen(type), null);
        if (column->type == RV_LIST) {
                rv_json_key(json, "items");
                rv_json_begin(json, '{');
                add(json, "type", "string");
                rv_json_end(json, '}');
        }
        if (column->type == RV_ENUM)
                add_enum(json, column, null);
        rv_json_end(json, '}');
        if (column->type != RV_MSG)
                return;
        rv_buf_printf(&message, "%s_msg", column->id);
        add_message(json, rv_buf_str(&message));
}

/* One row, the same for a view, a record and the steps of a plan. No column is required: --columns chooses them. */
static void add_row(struct rv_json *json, const struct rv_view *view)
{
        uint32_t i;

        begin_object(json, NULL, "");
        for (i = 0; i < view->n_columns; i++)
                add_column(json, &view->columns[i]);
        if (view->shape == RV_SHAPE_TREE)
                add_optional(json, "depth:integer parent:string?");
        end_object(json);
}

/* Rows, or the record of one of them: `show` makes one of any view. */
static void add_choice(struct rv_json *json)
{
        static const char *const keys[] = { "rows", "record" };
        size_t i;

        rv_json_key(json, "oneOf");
        rv_json_begin(json, '[');
        for (i = 0; i < sizeof keys / sizeof *keys; i++) {
                rv_json_begin(json, '{');
                rv_json_key(json, "required");
                rv_json_begin(json, '[');
                rv_json_str(json, keys[i]);
                rv_json_end(json, ']');
                rv_json_end(json, '}');
        }
        rv_json_end(json, ']');
}

void rv_schema_view(struct rv_json *json, const char *name, const struct rv_view *view)
{
        begin_object(json, DIALECT, "reeve: view: host:string? root:string generated:time? warnings:");
        add_version(json);
        add_constant(json, "view", name);
        add_optional(json, "image:string slot:string");
        begin_list(json, "rows");
        add_row(json, view);
        end_list(json);
        rv_json_key(json, "record");
        add_row(json, view);
        if (view->shape == RV_SHAPE_TEXT)
                add_optional(json, "text:string");
        add_warnings(json);
        rv_json_end(json, '}');
        add_choice(json);
        rv_json_end(json, '}');
}

static void add_problems(struct rv_json *json)
{
        begin_list(json, "problems");
        begin_object(json, NULL, "id:string text:string solutions:");
        add_objects(json, "solutions", "id:string text:string cost:string?");
        end_object(json);
        end_list(json);
}

void rv_schema_action(struct rv_json *json, const char *name, const struct rv_view *preview)
{
        begin_object(json, DIALECT,
                     "reeve: action: plan:string changed:boolean job:string? steps: problems: questions: warnings:");
        add_version(json);
        add_constant(json, "action", name);
        begin_list(json, "steps");
        if (preview)
                add_row(json, preview);
        else
                rv_json_bool(json, true);
        end_list(json);
        add_problems(json);
        add_objects(json, "questions", "id:string text:string option:string? answer:string?");
        add_warnings(json);
        end_object(json);
}

static void add_error(struct rv_json *json)
{
        rv_json_key(json, "error");
        begin_object(json, DIALECT, "reeve: error:");
        add_version(json);
        rv_json_key(json, "error");
        begin_object(json, NULL, "code:string message:string hint:string? cause: root:string");
        add_objects(json, "cause", "code:string message:string");
        add_optional(json, "image:string slot:string");
        end_object(json);
        end_object(json);
}

/* A list of declarations under its own name. */
static void add_list(struct rv_json *json, const char *key, const char *item, const char *optional)
{
        rv_json_key(json, key);
        begin_object(json, DIALECT, "reeve: warnings:");
        add_version(json);
        begin_list(json, key);
        begin_object(json, NULL, item);
        add_optional(json, optional);
        end_object(json);
        end_list(json);
        if (strcmp(key, "plugins") == 0)
                add_optional(json, "schemas:object");
        add_warnings(json);
        end_object(json);
}

/* What an event has beside these follows from its type. */
static void add_event(struct rv_json *json)
{
        static const char *const types[] = { "step", "progress", "log", "question", "done" };
        size_t i;

        rv_json_key(json, "event");
        begin_object(json, DIALECT, "seq:integer at:time type:");
        rv_json_key(json, "type");
        rv_json_begin(json, '{');
        rv_json_key(json, "enum");
        rv_json_begin(json, '[');
        for (i = 0; i < sizeof types / sizeof *types; i++)
                rv_json_str(json, types[i]);
        rv_json_end(json, ']');
        rv_json_end(json, '}');
        add_optional(json, "step:string? done:integer total:integer text:string? code:string question:string "
                           "option:string?");
        end_object(json);
}

void rv_schema_others(struct rv_json *json)
{
        rv_json_begin(json, '{');
        add_list(json, "plugins", "id:string",
                 "title:string? help:string? version:string? views:array actions:array settings:array "
                 "tallies:array broken:string");
        add_list(json, "views",
                 "view:string title:string? help:string? shape:string columns:array args:array "
                 "record:string? below:array aliases:array schema:object",
                 "");
        add_list(json, "actions",
                 "action:string title:string? help:string? view:string? preview:string? group:string? "
                 "key:string? needs_root:boolean destructive:boolean read_only:boolean args:array "
                 "aliases:array schema:object",
                 "");
        add_error(json);
        add_event(json);
        rv_json_key(json, "end");
        begin_object(json, DIALECT, "end:boolean warnings:");
        add_optional(json, "rows:integer job:string result:string");
        add_warnings(json);
        end_object(json);
        rv_json_end(json, '}');
}
