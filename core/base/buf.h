/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing byte buffer.
 * Ownership: the buffer owns its bytes; rv_buf_free() releases them, rv_buf_steal() hands them over. A failed
 * allocation is remembered in `failed` and makes every later call a no-op, so that a writer checks once, at its end. */
#ifndef REEVE_BASE_BUF_H
#define REEVE_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <reeve/err.h>

struct rv_buf {
        char *data; /* always followed by a NUL once anything was added */
        size_t size, capacity;
        bool failed;
};

void rv_buf_free(struct rv_buf *buf);
#define RV_BUF_CLEANUP __attribute__((cleanup(rv_buf_free)))

/* Makes room for n more bytes and returns where they start, NULL when there is no memory. */
char *rv_buf_reserve(struct rv_buf *buf, size_t n);
void rv_buf_add(struct rv_buf *buf, const void *bytes, size_t n);
void rv_buf_add_char(struct rv_buf *buf, char c);
void rv_buf_add_str(struct rv_buf *buf, const char *s);
void rv_buf_printf(struct rv_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void rv_buf_vprintf(struct rv_buf *buf, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));
/* Empties the buffer and keeps its memory. */
void rv_buf_clear(struct rv_buf *buf);
/* Cuts the buffer to its first n bytes. */
void rv_buf_truncate(struct rv_buf *buf, size_t n);
/* NUL-ended contents, "" when empty. */
const char *rv_buf_str(const struct rv_buf *buf);
/* The bytes as a malloc'd, NUL-ended string that the caller frees; NULL after a failed allocation. */
char *rv_buf_steal(struct rv_buf *buf);

#endif
