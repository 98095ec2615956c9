/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages and errors as JSON. What is read comes from files that may be damaged: strings with a NUL inside would break
 * the packed form, so they are refused. */
#include "core/run/message_json.h"
#include "core/base/err.h"

#include <stdlib.h>
#include <string.h>

enum { CAUSES_MAX = 16 };

void rv_message_json(const char *packed, size_t size, struct rv_json *json)
{
        struct rv_message message;
        unsigned i;

        if (!rv_message_unpack(packed, size, &message)) {
                rv_json_null(json);
                return;
        }
        rv_json_begin(json, '{');
        rv_json_key(json, "domain");
        rv_json_str(json, message.domain);
        rv_json_key(json, "msgid");
        rv_json_str(json, message.msgid);
        rv_json_key(json, "args");
        rv_json_begin(json, '[');
        for (i = 0; i < message.n_args; i++)
                rv_json_str(json, message.args[i]);
        rv_json_end(json, ']');
        rv_json_end(json, '}');
}

/* A string without a NUL in it. */
static bool is_plain(const json_t *value)
{
        return json_is_string(value) && strlen(json_string_value(value)) == json_string_length(value);
}

bool rv_message_from_json(const json_t *value, struct rv_buf *out)
{
        const json_t *domain = json_object_get(value, "domain"), *msgid = json_object_get(value, "msgid");
        const json_t *args = json_object_get(value, "args");
        size_t i, n = json_array_size(args);

        if (!is_plain(domain) || !is_plain(msgid) || n > RV_MESSAGE_ARGS)
                return false;
        for (i = 0; i < n; i++)
                if (!is_plain(json_array_get(args, i)))
                        return false;
        rv_buf_add(out, json_string_value(domain), json_string_length(domain) + 1);
        rv_buf_add(out, json_string_value(msgid), json_string_length(msgid) + 1);
        for (i = 0; i < n; i++)
                rv_buf_add(out, json_string_value(json_array_get(args, i)),
                           json_string_length(json_array_get(args, i)) + 1);
        return true;
}

/* The words as ids and arguments: the helper has no catalogue, and the reader may have another language. */
static void write_one(const struct rv_err *err, struct rv_json *json)
{
        rv_json_key(json, "code");
        rv_json_str(json, rv_code_id(err->code));
        rv_json_key(json, "message");
        rv_message_json(rv_buf_str(&err->message), err->message.size, json);
        rv_json_key(json, "hint");
        rv_message_json(rv_buf_str(&err->hint), err->hint.size, json);
}

void rv_err_json(const struct rv_err *err, struct rv_json *json)
{
        const struct rv_err *cause;

        rv_json_begin(json, '{');
        write_one(err, json);
        rv_json_key(json, "cause");
        rv_json_begin(json, '[');
        for (cause = err->cause; cause; cause = cause->cause) {
                rv_json_begin(json, '{');
                write_one(cause, json);
                rv_json_end(json, '}');
        }
        rv_json_end(json, ']');
        rv_json_end(json, '}');
}

/* An error never reads as success, whatever the bytes say. */
static int read_one(const json_t *value, struct rv_err *err)
{
        const char *id = json_string_value(json_object_get(value, "code"));
        int code = id ? rv_code_from_id(id) : -1;

        err->code = code <= RV_OK ? RV_INTERNAL : code;
        if (!rv_message_from_json(json_object_get(value, "message"), &err->message))
                rv_message_packf(&err->message, "reeve", N_("an error without words"), NULL);
        (void)rv_message_from_json(json_object_get(value, "hint"), &err->hint);
        return err->code;
}

int rv_err_from_json(const json_t *value, struct rv_err *err)
{
        const json_t *causes = json_object_get(value, "cause");
        struct rv_err ignored = { 0 }, **link;
        size_t i, n = json_array_size(causes);
        int code;

        if (!err) {
                code = read_one(value, &ignored);
                rv_err_clear(&ignored);
                return code;
        }
        rv_err_clear(err);
        code = read_one(value, err);
        for (i = 0, link = &err->cause; i < n && i < CAUSES_MAX; i++, link = &(*link)->cause) {
                *link = calloc(1, sizeof **link);
                if (!*link)
                        break;
                (void)read_one(json_array_get(causes, i), *link);
        }
        return code;
}
