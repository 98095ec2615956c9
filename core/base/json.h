/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing JSON in a stream (jansson parses). Commas and nesting are kept by the writer; text is repaired UTF-8,
 * escaped. Ownership: the writer borrows its buffer, which the caller flushes when it likes. */
#ifndef REEVE_BASE_JSON_H
#define REEVE_BASE_JSON_H

#include "core/base/buf.h"

struct rv_json {
        struct rv_buf *out;
        unsigned depth;
        uint64_t filled;                  /* bit per depth: something was written there */
        bool after_key, pretty, repaired; /* repaired: invalid UTF-8 was replaced since the caller cleared it */
};

void rv_json_begin(struct rv_json *json, char bracket); /* '{' or '[' */
void rv_json_end(struct rv_json *json, char bracket);   /* '}' or ']' */
void rv_json_key(struct rv_json *json, const char *key);
void rv_json_text(struct rv_json *json, const char *s, size_t n);
void rv_json_str(struct rv_json *json, const char *s); /* NULL writes null */
void rv_json_int(struct rv_json *json, int64_t value);
void rv_json_bool(struct rv_json *json, bool value);
void rv_json_null(struct rv_json *json);
/* RFC 3339 in UTC: "2026-11-23T17:34:25Z"; years outside 0..9999 write null. */
void rv_json_time(struct rv_json *json, int64_t unix_time);

#endif
