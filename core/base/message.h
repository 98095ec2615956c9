/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages: (domain, msgid, arguments), held as one packed run of bytes so that errors, snapshots and job events carry
 * the same thing and only the front end turns it into words.
 * Packed form: domain NUL msgid NUL (argument NUL)*. Ownership: a packed message is borrowed from what holds it. */
#ifndef REEVE_BASE_MESSAGE_H
#define REEVE_BASE_MESSAGE_H

#include "core/base/buf.h"

enum { RV_MESSAGE_ARGS = 9 };

struct rv_message { /* pointers into the packed bytes */
        const char *domain, *msgid;
        const char *args[RV_MESSAGE_ARGS];
        unsigned n_args;
};

/* Appends the packed form. The arguments are const char *, ended by NULL; the tenth and later are dropped. */
void rv_message_pack(struct rv_buf *out, const char *domain, const char *msgid, va_list args);
void rv_message_packf(struct rv_buf *out, const char *domain, const char *msgid, ...) RV_SENTINEL;
/* Reads packed bytes; false when they are no message (they may come from a damaged cache). */
bool rv_message_unpack(const char *packed, size_t size, struct rv_message *ret);
/* Appends text with %1..%9 replaced by the arguments and %% by a percent sign. text is the translated msgid; the caller
 * sanitises what it shows. */
void rv_message_expand(const struct rv_message *message, const char *text, struct rv_buf *out);
/* The number that chooses between singular and plural: the first argument that is all digits, else 1. */
unsigned long rv_message_count(const struct rv_message *message);
/* Appends the untranslated text; of a joined plural (NP_) the English one that fits. */
void rv_message_english(const struct rv_message *message, struct rv_buf *out);
/* The message in C (untranslated): what JSON and the log carry. A joined plural (NP_) is resolved in English. */
void rv_message_plain(const char *packed, size_t size, struct rv_buf *out);

#endif
