/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packing, reading and expanding messages. A packed one may come from a damaged cache file: reading it trusts nothing
 * but its size. */
#include "core/base/message.h"

#include <string.h>

enum { PLURAL_MARK = '\004' };

void rv_message_pack(struct rv_buf *out, const char *domain, const char *msgid, va_list args)
{
        const char *arg;
        unsigned n = 0;

        rv_buf_add(out, domain, strlen(domain) + 1);
        rv_buf_add(out, msgid, strlen(msgid) + 1);
        while ((arg = va_arg(args, const char *)) && n++ < RV_MESSAGE_ARGS)
                rv_buf_add(out, arg, strlen(arg) + 1);
}

void rv_message_packf(struct rv_buf *out, const char *domain, const char *msgid, ...)
{
        va_list args;

        va_start(args, msgid);
        rv_message_pack(out, domain, msgid, args);
        va_end(args);
}

bool rv_message_unpack(const char *packed, size_t size, struct rv_message *ret)
{
        const char *at = packed, *end = packed + size;
        unsigned n;

        if (size < 2 || packed[size - 1] != '\0')
                return false;
        *ret = (struct rv_message){ .domain = at };
        for (n = 0, at += strlen(at) + 1; at < end; at += strlen(at) + 1, n++) {
                if (n == 0)
                        ret->msgid = at;
                else if (n <= RV_MESSAGE_ARGS)
                        ret->args[ret->n_args++] = at;
                else
                        return false;
        }
        return ret->msgid != NULL;
}

void rv_message_expand(const struct rv_message *message, const char *text, struct rv_buf *out)
{
        const char *percent;
        unsigned n;

        while ((percent = strchr(text, '%'))) {
                rv_buf_add(out, text, (size_t)(percent - text));
                n = (unsigned)(percent[1] - '1');
                if (percent[1] == '%')
                        rv_buf_add_char(out, '%');
                else if (n < message->n_args)
                        rv_buf_add_str(out, message->args[n]);
                else if (n >= RV_MESSAGE_ARGS) {
                        rv_buf_add_char(out, '%');
                        text = percent + 1;
                        continue;
                }
                text = percent + 2;
        }
        rv_buf_add_str(out, text);
}

unsigned long rv_message_count(const struct rv_message *message)
{
        unsigned long n = 0;
        unsigned i;
        const char *s;

        for (i = 0; i < message->n_args; i++) {
                for (s = message->args[i], n = 0; *s >= '0' && *s <= '9'; s++)
                        n = n > 99999999 ? n : n * 10 + (unsigned long)(*s - '0');
                if (s != message->args[i] && !*s)
                        return n;
        }
        return 1;
}

void rv_message_english(const struct rv_message *message, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf singular = { 0 };
        const char *mark = strchr(message->msgid, PLURAL_MARK);

        if (!mark) {
                rv_message_expand(message, message->msgid, out);
                return;
        }
        rv_buf_add(&singular, message->msgid, (size_t)(mark - message->msgid));
        rv_message_expand(message, rv_message_count(message) == 1 ? rv_buf_str(&singular) : mark + 1, out);
}

void rv_message_plain(const char *packed, size_t size, struct rv_buf *out)
{
        struct rv_message message;

        if (rv_message_unpack(packed, size, &message))
                rv_message_english(&message, out);
}
