/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages and errors as JSON, both ways: {"domain", "msgid", "args"}. Job events, results and the helper's handshake
 * carry them so, and the front end turns them into words.
 * Ownership: results go to the caller's buffer or error. */
#ifndef REEVE_RUN_MESSAGE_JSON_H
#define REEVE_RUN_MESSAGE_JSON_H

#include <jansson.h>

#include "core/base/err.h"
#include "core/base/json.h"

/* Null when the bytes are no message. */
void rv_message_json(const char *packed, size_t size, struct rv_json *json);
/* Appends the packed form; false (nothing appended) when the value is no message. */
bool rv_message_from_json(const json_t *value, struct rv_buf *out);
/* {"code", "message", "hint", "cause": [{...}]} */
void rv_err_json(const struct rv_err *err, struct rv_json *json);
/* Fills err with such a value and returns its code; RV_INTERNAL when it is none. */
int rv_err_from_json(const json_t *value, struct rv_err *err) RV_CHECK;

#endif
