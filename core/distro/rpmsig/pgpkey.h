/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Public keys and the arithmetic of signatures, by libcrypto.
 * Ownership: a key owns its libcrypto object and borrows the packet; a hasher owns its contexts. */
#ifndef REEVE_DISTRO_RPM_PGPKEY_H
#define REEVE_DISTRO_RPM_PGPKEY_H

#include <openssl/evp.h>

#include "core/distro/rpmsig/pgp.h"

struct rv_pgp_key {
        const uint8_t *body; /* of the packet */
        size_t size;
        uint8_t fingerprint[20], keyid[8], algo;
        int64_t created;
        EVP_PKEY *key; /* NULL: an algorithm or curve that is not known */
        EVP_PKEY_CTX *verify;
        int verify_hash; /* which hash `verify` is set up for */
};

/* Reads a version 4 key packet; others are RV_PGP_UNKNOWN. */
enum rv_pgp_parse rv_pgp_read_key(const uint8_t *body, size_t size, struct rv_pgp_key *ret);
void rv_pgp_key_free(struct rv_pgp_key *key);
/* "RSA 4096", "Ed25519"; "unknown 99". */
void rv_pgp_key_name(const struct rv_pgp_key *key, char *out, size_t size);
/* "RSA/SHA256". */
void rv_pgp_sig_name(const struct rv_pgp_sig *sig, char *out, size_t size);

/* Hashes of one text by several algorithms, each computed at most once. */
struct rv_pgp_hasher {
        EVP_MD *md[RV_HASH_COUNT];
        EVP_MD_CTX *base[RV_HASH_COUNT], *work;
        unsigned ready; /* bit per algorithm: base holds the text */
        struct rv_pgp_bytes part[4];
        size_t n_parts;
};

void rv_pgp_hasher_free(struct rv_pgp_hasher *hasher);
/* Begins another text, made of at most four parts that stay borrowed. */
void rv_pgp_hasher_text(struct rv_pgp_hasher *hasher, const struct rv_pgp_bytes *parts, size_t n);
/* The text's hash, with the trailer of a signature behind it (sig may be NULL). 0 when there is no such hash. */
unsigned rv_pgp_hash(struct rv_pgp_hasher *hasher, int hash, const struct rv_pgp_sig *sig,
                     uint8_t ret[EVP_MAX_MD_SIZE]);
/* Whether key made the signature over the hasher's text. */
bool rv_pgp_verify(struct rv_pgp_hasher *hasher, struct rv_pgp_key *key, const struct rv_pgp_sig *sig);
/* Whether such a signature can be checked at all. */
bool rv_pgp_can_verify(const struct rv_pgp_key *key, const struct rv_pgp_sig *sig);

#endif
