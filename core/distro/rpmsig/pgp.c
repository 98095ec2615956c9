/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking OpenPGP bytes apart. */
#include "core/distro/rpmsig/pgp.h"

#include <string.h>

/* Big endian, at most four octets. */
static uint32_t number(const uint8_t *p, size_t n)
{
        uint32_t value = 0;

        while (n-- > 0)
                value = value << 8 | *p++;
        return value;
}

/* Cuts n octets off the front. Everything below goes through here, so nothing is read past the end. */
static bool take(struct rv_pgp_bytes *bytes, size_t n, const uint8_t **ret)
{
        if (n > bytes->left)
                return false;
        *ret = bytes->at;
        bytes->at += n;
        bytes->left -= n;
        return true;
}

/* Lengths of new packets (4.2.2) and of subpackets (5.2.3.1), which have no partial ones: there 224 is where two octets
 * go on to. */
static bool take_length(struct rv_pgp_bytes *bytes, bool subpacket, size_t *ret)
{
        const uint8_t *p;

        if (!take(bytes, 1, &p))
                return false;
        if (*p < 192) {
                *ret = *p;
        } else if (*p == 255) {
                if (!take(bytes, 4, &p))
                        return false;
                *ret = number(p, 4);
        } else if (subpacket || *p < 224) {
                const uint8_t first = *p;

                if (!take(bytes, 1, &p))
                        return false;
                *ret = ((size_t)(first - 192) << 8) + *p + 192;
        } else {
                return false;
        }
        return true;
}

/* Old packets have their length's size in the tag's low bits, new ones in its first octet (RFC 4880 4.2). */
int rv_pgp_next(struct rv_pgp_bytes *bytes, struct rv_pgp_packet *ret)
{
        const uint8_t *p;
        size_t size;

        if (bytes->left == 0)
                return 0;
        if (!take(bytes, 1, &p) || !(*p & 0x80))
                return -1;
        if (*p & 0x40) {
                ret->tag = *p & 0x3f;
                if (!take_length(bytes, false, &size))
                        return -1;
        } else {
                size_t octets = (size_t)1 << (*p & 3);

                ret->tag = (*p >> 2) & 0xf;
                if (octets == 8 || !take(bytes, octets, &p))
                        return -1;
                size = number(p, octets);
        }
        ret->size = size;
        return take(bytes, size, &ret->body) ? 1 : -1;
}

/* The length is in bits (3.2); leading zero bits are not insisted on. */
bool rv_pgp_number(struct rv_pgp_bytes *bytes, struct rv_pgp_bytes *ret)
{
        const uint8_t *p;

        if (!take(bytes, 2, &p))
                return false;
        ret->left = (number(p, 2) + 7) / 8;
        return take(bytes, ret->left, &ret->at);
}

/* Subpackets of RFC 4880 5.2.3.1 and RFC 9580 5.2.3.7 that have no bearing on a verdict, or are read below. */
static bool subpacket_known(unsigned type)
{
        return (type >= 2 && type <= 7) || type == 9 || type == 11 || type == 12 || type == 16 ||
               (type >= 20 && type <= 35) || type == 39;
}

/* What only the hashed part may say, for nobody vouches for the rest. */
static void read_hashed(struct rv_pgp_sig *sig, unsigned type, const uint8_t *p, size_t n)
{
        if (type == 2 && n == 4)
                sig->created = number(p, 4);
        else if (type == 3 && n == 4)
                sig->expires = number(p, 4);
        else if (type == 9 && n == 4)
                sig->key_expires = number(p, 4);
        else if (type == 25 && n == 1)
                sig->primary = *p;
        else if (type == 27 && n >= 1)
                sig->flags = *p, sig->has_flags = true;
        else if (type == 29 && n >= 1)
                sig->reason = *p, sig->has_reason = true;
}

/* Who signed, and the embedded signature: hints that verification proves, so either part may have them. */
static void read_hint(struct rv_pgp_sig *sig, unsigned type, const uint8_t *p, size_t n)
{
        if (type == 16 && n == 8 && !sig->has_keyid) {
                memcpy(sig->keyid, p, 8);
                sig->has_keyid = true;
        } else if (type == 33 && n == 21 && p[0] == 4) { /* of a version 4 key: its last eight octets are the key id */
                memcpy(sig->keyid, p + 13, 8);
                sig->has_keyid = true;
        } else if (type == 32 && !sig->back.at) {
                sig->back = (struct rv_pgp_bytes){ p, n };
        }
}

/* One area of subpackets. A critical one that is not known spoils the signature, if it is hashed: anybody can add
 * to the rest. */
static bool read_subpackets(struct rv_pgp_sig *sig, struct rv_pgp_bytes area, bool hashed)
{
        const uint8_t *p;
        size_t size;

        while (area.left > 0) {
                if (!take_length(&area, true, &size) || size == 0 || !take(&area, size, &p))
                        return false;
                if (hashed)
                        read_hashed(sig, *p & 0x7f, p + 1, size - 1);
                read_hint(sig, *p & 0x7f, p + 1, size - 1);
                sig->strange |= hashed && (*p & 0x80) && !subpacket_known(*p & 0x7f);
        }
        return true;
}

/* RFC 4880 5.2.2: version, 5, type, time, key id, algorithms. */
static enum rv_pgp_parse read_v3(struct rv_pgp_bytes bytes, struct rv_pgp_sig *sig)
{
        const uint8_t *p;

        if (!take(&bytes, 18, &p) || p[0] != 5)
                return RV_PGP_BROKEN;
        sig->type = p[1];
        sig->created = number(p + 2, 4);
        memcpy(sig->keyid, p + 6, 8);
        sig->has_keyid = true;
        sig->algo = p[14];
        sig->hash = p[15];
        sig->hashed = p + 1;
        sig->hashed_size = 5;
        memcpy(sig->left, p + 16, 2);
        sig->values = bytes;
        return RV_PGP_READ;
}

/* RFC 4880 5.2.3: version, type, algorithms, the two parts of subpackets, the first bits of the hash. */
static enum rv_pgp_parse read_v4(const uint8_t *body, struct rv_pgp_bytes bytes, struct rv_pgp_sig *sig)
{
        struct rv_pgp_bytes hashed, rest;
        const uint8_t *p;

        if (!take(&bytes, 5, &p))
                return RV_PGP_BROKEN;
        sig->type = p[0];
        sig->algo = p[1];
        sig->hash = p[2];
        hashed.left = number(p + 3, 2);
        if (!take(&bytes, hashed.left, &hashed.at))
                return RV_PGP_BROKEN;
        sig->hashed = body;
        sig->hashed_size = 6 + hashed.left;
        if (!take(&bytes, 2, &p))
                return RV_PGP_BROKEN;
        rest.left = number(p, 2);
        if (!take(&bytes, rest.left, &rest.at) || !read_subpackets(sig, hashed, true) ||
            !read_subpackets(sig, rest, false) || !take(&bytes, 2, &p))
                return RV_PGP_BROKEN;
        memcpy(sig->left, p, 2);
        sig->values = bytes;
        return RV_PGP_READ;
}

/* Versions 5 and 6 hash otherwise and are told apart from rubbish, so that such a package is "untrusted", not
 * "bad". */
enum rv_pgp_parse rv_pgp_read_sig(const uint8_t *body, size_t size, struct rv_pgp_sig *ret)
{
        struct rv_pgp_bytes bytes = { body, size };
        const uint8_t *p;

        *ret = (struct rv_pgp_sig){ 0 };
        if (!take(&bytes, 1, &p))
                return RV_PGP_BROKEN;
        ret->version = *p;
        if (*p == 3)
                return read_v3(bytes, ret);
        if (*p == 4)
                return read_v4(body, bytes, ret);
        return *p == 5 || *p == 6 ? RV_PGP_UNKNOWN : RV_PGP_BROKEN;
}

static int base64_value(char c)
{
        if (c >= 'A' && c <= 'Z')
                return c - 'A';
        if (c >= 'a' && c <= 'z')
                return c - 'a' + 26;
        if (c >= '0' && c <= '9')
                return c - '0' + 52;
        return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Padding is optional, since armour may be cut anywhere a line may; bits left over must be fewer than one
 * character. */
bool rv_pgp_base64(const char *text, size_t size, struct rv_buf *out)
{
        uint32_t bits = 0;
        unsigned held = 0;
        size_t i;
        int value;

        for (i = 0; i < size && text[i] != '='; i++) {
                if (text[i] == '\n' || text[i] == '\r' || text[i] == ' ' || text[i] == '\t')
                        continue;
                value = base64_value(text[i]);
                if (value < 0)
                        return false;
                bits = bits << 6 | (uint32_t)value;
                held += 6;
                if (held >= 8) {
                        held -= 8;
                        rv_buf_add_char(out, (char)(bits >> held & 0xff));
                }
        }
        for (; i < size; i++)
                if (text[i] == '\0' || !strchr("=\n\r \t", text[i]))
                        return false;
        return held < 6 && !out->failed;
}

/* The length of the base64 lines: up to the checksum's line, which begins with "=", or the end mark. */
static size_t armour_body(const char *at, const char *end)
{
        const char *line = at;

        while (line < end && *line != '=' && *line != '-') {
                const char *next = memchr(line, '\n', (size_t)(end - line));

                line = next ? next + 1 : end;
        }
        return (size_t)(line - at);
}

/* The checksum line is not looked at: it guards against transmission errors only, and RFC 9580 6.1 makes it optional.
 */
bool rv_pgp_dearmor(const char *text, size_t size, struct rv_buf *out)
{
        static const char begin[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
        const char *at = text, *end = text + size, *blank;
        bool found = false;
        size_t n;

        while ((at = memmem(at, (size_t)(end - at), begin, sizeof begin - 1))) {
                /* The header lines end at the first empty one. */
                for (at += sizeof begin - 1; at < end; at = blank + 1) {
                        blank = memchr(at, '\n', (size_t)(end - at));
                        if (!blank)
                                return false;
                        n = (size_t)(blank - at);
                        if (at[-1] == '\n' && (n == 0 || (n == 1 && *at == '\r')))
                                break;
                }
                n = armour_body(at, end);
                if (!rv_pgp_base64(at, n, out))
                        return false;
                at += n;
                found = true;
        }
        return found;
}
