/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The growing byte buffer: doubles its memory, and remembers the first allocation that failed. */
#include "core/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT = 31 }; /* bytes of most numbers and words, which are then printed once and not measured before */

void rv_buf_free(struct rv_buf *buf)
{
        free(buf->data);
        *buf = (struct rv_buf){ 0 };
}

char *rv_buf_reserve(struct rv_buf *buf, size_t n)
{
        size_t wanted, capacity;
        char *data;

        if (buf->failed)
                return NULL;
        if (__builtin_add_overflow(buf->size, n, &wanted) || __builtin_add_overflow(wanted, 1, &wanted)) {
                buf->failed = true;
                return NULL;
        }
        if (wanted > buf->capacity) {
                capacity = buf->capacity ? buf->capacity : 64;
                while (capacity < wanted && capacity <= SIZE_MAX / 2)
                        capacity *= 2;
                if (capacity < wanted)
                        capacity = wanted;
                data = realloc(buf->data, capacity);
                if (!data) {
                        buf->failed = true;
                        return NULL;
                }
                buf->data = data;
                buf->capacity = capacity;
        }
        return buf->data + buf->size;
}

void rv_buf_add(struct rv_buf *buf, const void *bytes, size_t n)
{
        char *at = rv_buf_reserve(buf, n);

        if (!at)
                return;
        if (n)
                memcpy(at, bytes, n);
        at[n] = '\0';
        buf->size += n;
}

void rv_buf_add_char(struct rv_buf *buf, char c)
{
        rv_buf_add(buf, &c, 1);
}

void rv_buf_add_str(struct rv_buf *buf, const char *s)
{
        rv_buf_add(buf, s, strlen(s));
}

void rv_buf_vprintf(struct rv_buf *buf, const char *format, va_list ap)
{
        char *at = rv_buf_reserve(buf, SHORT);
        size_t room = at ? buf->capacity - buf->size : 0;
        va_list again;
        int n;

        va_copy(again, ap);
        n = vsnprintf(at, room, format, ap);
        if (at && n >= 0 && (size_t)n >= room) {
                at = rv_buf_reserve(buf, (size_t)n);
                if (at)
                        (void)vsnprintf(at, (size_t)n + 1, format, again);
        }
        if (at && n >= 0)
                buf->size += (size_t)n;
        else if (buf->data)
                buf->data[buf->size] = '\0'; /* as if nothing had been written */
        va_end(again);
}

void rv_buf_printf(struct rv_buf *buf, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        rv_buf_vprintf(buf, format, ap);
        va_end(ap);
}

void rv_buf_clear(struct rv_buf *buf)
{
        rv_buf_truncate(buf, 0);
}

void rv_buf_truncate(struct rv_buf *buf, size_t n)
{
        if (n > buf->size)
                return;
        buf->size = n;
        if (buf->data)
                buf->data[n] = '\0';
}

const char *rv_buf_str(const struct rv_buf *buf)
{
        return buf->data ? buf->data : "";
}

char *rv_buf_steal(struct rv_buf *buf)
{
        char *data;

        if (!buf->data)
                rv_buf_add(buf, "", 0);
        data = buf->failed ? NULL : buf->data;
        if (!data)
                free(buf->data);
        *buf = (struct rv_buf){ 0 };
        return data;
}
