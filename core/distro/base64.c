/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* URL-safe base64. Decoding is strict: two spellings of one digest would be two names of one thing. */
#include "core/distro/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void rv_base64url_add(struct rv_buf *out, const void *bytes, size_t n)
{
        const uint8_t *in = bytes;
        uint32_t bits = 0;
        unsigned have = 0;
        size_t i;

        for (i = 0; i < n; i++) {
                bits = bits << 8 | in[i];
                for (have += 8; have >= 6; have -= 6)
                        rv_buf_add_char(out, alphabet[bits >> (have - 6) & 63]);
        }
        if (have)
                rv_buf_add_char(out, alphabet[bits << (6 - have) & 63]);
}

static int value_of(char c)
{
        if (c >= 'A' && c <= 'Z')
                return c - 'A';
        if (c >= 'a' && c <= 'z')
                return c - 'a' + 26;
        if (c >= '0' && c <= '9')
                return c - '0' + 52;
        return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool rv_base64url_decode(const char *s, size_t n, void *out, size_t room, size_t *ret_size)
{
        uint8_t *to = out;
        uint32_t bits = 0;
        unsigned have = 0;
        size_t i, size = 0;

        if (n && n % 4 == 0)
                for (i = 0; i < 2 && s[n - 1] == '='; i++)
                        n--;
        for (i = 0; i < n; i++) {
                if (value_of(s[i]) < 0)
                        return false;
                bits = bits << 6 | (uint32_t)value_of(s[i]);
                have += 6;
                if (have < 8)
                        continue;
                have -= 8;
                if (size == room)
                        return false;
                to[size++] = (uint8_t)(bits >> have);
        }
        /* One character alone carries no byte, and what is left over must be zero. */
        if (have == 6 || (bits & ((1u << have) - 1)))
                return false;
        *ret_size = size;
        return true;
}
