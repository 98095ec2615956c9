/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OpenPGP packets, as far as keys and detached signatures need them (RFC 4880; RFC 9580 where it adds): reading only,
 * every length checked, nothing verified here.
 * Ownership: everything borrows the bytes that it was read from. */
#ifndef REEVE_DISTRO_RPM_PGP_H
#define REEVE_DISTRO_RPM_PGP_H

#include "core/base/buf.h"

enum { RV_PGP_SIGNATURE = 2, RV_PGP_KEY = 6, RV_PGP_USER = 13, RV_PGP_SUBKEY = 14, RV_PGP_ATTRIBUTE = 17 };

/* Kinds of signatures (RFC 4880 5.2.1). */
enum rv_pgp_type {
        RV_SIG_BINARY = 0x00,
        RV_SIG_CERTIFY = 0x10, /* to 0x13 */
        RV_SIG_CERTIFY_LAST = 0x13,
        RV_SIG_SUBKEY = 0x18,
        RV_SIG_BACK = 0x19, /* a signing subkey's consent */
        RV_SIG_DIRECT = 0x1f,
        RV_SIG_REVOKE_KEY = 0x20,
        RV_SIG_REVOKE_SUBKEY = 0x28,
        RV_SIG_REVOKE_USER = 0x30
};

/* Algorithms (RFC 4880 9.1, RFC 9580 9.1) and hashes (9.4). */
enum {
        RV_ALGO_RSA = 1,
        RV_ALGO_RSA_SIGN = 3,
        RV_ALGO_DSA = 17,
        RV_ALGO_ECDSA = 19,
        RV_ALGO_EDDSA = 22,
        RV_ALGO_ED25519 = 27
};
enum {
        RV_HASH_MD5 = 1,
        RV_HASH_SHA1,
        RV_HASH_RIPEMD,
        RV_HASH_SHA256 = 8,
        RV_HASH_SHA384,
        RV_HASH_SHA512,
        RV_HASH_SHA224,
        RV_HASH_SHA3_256,
        RV_HASH_SHA3_512 = 14,
        RV_HASH_COUNT
};

struct rv_pgp_bytes {
        const uint8_t *at;
        size_t left;
};

struct rv_pgp_packet {
        unsigned tag;
        const uint8_t *body;
        size_t size;
};

/* Takes the next packet off: 1, 0 at the end, -1 for broken bytes. Partial and indeterminate lengths, which belong to
 * messages, are broken here. */
int rv_pgp_next(struct rv_pgp_bytes *bytes, struct rv_pgp_packet *ret);

enum rv_pgp_parse {
        RV_PGP_READ,
        RV_PGP_BROKEN,
        RV_PGP_UNKNOWN /* well-formed as far as can be told, not understood */
};

struct rv_pgp_sig {
        uint8_t version, type, algo, hash;
        uint8_t keyid[8], flags, reason, left[2];                /* left: the hash's first bits */
        bool has_keyid, has_flags, has_reason, primary, strange; /* strange: a critical subpacket is not understood */
        int64_t created, expires, key_expires;                   /* the latter two: seconds after creation, 0: never */
        const uint8_t *hashed;                                   /* what of the packet is hashed */
        size_t hashed_size;
        struct rv_pgp_bytes values, back; /* the algorithm's numbers; the embedded signature */
};

enum rv_pgp_parse rv_pgp_read_sig(const uint8_t *body, size_t size, struct rv_pgp_sig *ret);

/* One multiprecision integer (RFC 4880 3.2), without its length; false when it is cut. */
bool rv_pgp_number(struct rv_pgp_bytes *bytes, struct rv_pgp_bytes *ret);

/* Appends what base64 says, blanks and line ends skipped; false at any other byte. */
bool rv_pgp_base64(const char *text, size_t size, struct rv_buf *out);
/* Appends the packets of all armoured public key blocks in a text (RFC 4880 6.2); false when there is none. */
bool rv_pgp_dearmor(const char *text, size_t size, struct rv_buf *out);

#endif
