/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arguments as fields and usage words, from their declarations alone. */
#include "tui/present/form.h"

#include <ctype.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/model/query.h"
#include "tui/present/text.h"

static void add_capitals(const char *id, struct rv_buf *out)
{
        for (; *id; id++)
                rv_buf_add_char(out, (char)toupper((unsigned char)*id));
}

/* Capitals for what is to be replaced, brackets for what may be left out, as in every manual page. */
static void add_positional(const struct rv_arg *arg, struct rv_buf *out)
{
        bool optional = !(arg->flags & RV_REQUIRED);

        if (optional)
                rv_buf_add_char(out, '[');
        add_capitals(arg->id, out);
        if (arg->flags & RV_REPEAT)
                rv_buf_add_str(out, "...");
        if (optional)
                rv_buf_add_char(out, ']');
}

static void add_named(const struct rv_arg *arg, struct rv_buf *out)
{
        bool optional = !(arg->flags & RV_REQUIRED);

        rv_buf_printf(out, "%s--%s", optional ? "[" : "", arg->id);
        if (arg->type == RV_ENUM) {
                rv_buf_add_char(out, ' ');
                rv_form_takes(arg, out);
        } else if (arg->type != RV_BOOL) {
                rv_buf_add_char(out, ' ');
                add_capitals(rv_type_id(arg->type), out);
        }
        if (optional)
                rv_buf_add_char(out, ']');
}

void rv_form_usage(const struct rv_arg *args, size_t n_args, struct rv_buf *out)
{
        size_t i, pass;

        /* Positional words first, whatever the order of declaration. */
        for (pass = 0; pass < 2; pass++)
                for (i = 0; i < n_args; i++) {
                        if (!(args[i].flags & RV_POSITIONAL) != (pass == 1))
                                continue;
                        if (out->size && out->data[out->size - 1] != ' ')
                                rv_buf_add_char(out, ' ');
                        if (pass == 0)
                                add_positional(&args[i], out);
                        else
                                add_named(&args[i], out);
                }
}

void rv_form_label(const char *domain, const struct rv_arg *arg, struct rv_buf *out)
{
        rv_buf_add_str(out, arg->title ? rv_tr(domain, arg->title) : arg->id);
        if (arg->flags & RV_REQUIRED)
                rv_buf_add_str(out, " *");
}

void rv_form_takes(const struct rv_arg *arg, struct rv_buf *out)
{
        uint32_t i;

        switch (arg->type) {
        case RV_ENUM:
                for (i = 0; i < arg->n_enums; i++) {
                        if (i)
                                rv_buf_add_char(out, '|');
                        rv_buf_add_str(out, arg->enums[i].id);
                }
                break;
        case RV_BOOL:
                rv_buf_add_str(out, "true|false");
                break;
        case RV_INT:
                rv_buf_add_str(out, _("a number"));
                break;
        case RV_SIZE:
                rv_buf_add_str(out, _("a size (10M)"));
                break;
        case RV_TIME:
                rv_buf_add_str(out, _("a time (2026-11-23T17:34) or an age (7d)"));
                break;
        case RV_DURATION:
                rv_buf_add_str(out, _("a span (90s, 2h, 7d)"));
                break;
        case RV_VERSION:
                rv_buf_add_str(out, _("a version"));
                break;
        default:
                rv_buf_add_str(out, _("text"));
                break;
        }
}

/* The model's own check, so that a form and a command line never differ. */
int rv_form_check(const struct rv_arg *arg, const char *text, struct rv_err *err)
{
        static const struct rv_root nowhere = { .fd = -1, .path = "/" };
        RV_QUERY_CLEANUP struct rv_query *query = rv_query_new(&nowhere, arg, 1);

        if (!query)
                return rv_fail_memory(err);
        return rv_query_add(query, arg->id, text, err);
}

const char *rv_type_id(uint32_t type)
{
        static const char *const ids[] = {
                [RV_TEXT] = "text",         [RV_INT] = "int",         [RV_SIZE] = "size", [RV_TIME] = "time",
                [RV_DURATION] = "duration", [RV_VERSION] = "version", [RV_BOOL] = "bool", [RV_ENUM] = "enum",
                [RV_LIST] = "list",         [RV_REF] = "ref",         [RV_MSG] = "msg"
        };

        return type < sizeof ids / sizeof *ids && ids[type] ? ids[type] : "text";
}
