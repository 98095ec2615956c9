/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hashing a text once for all its signatures, and verifying them. */
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <string.h>

#include "core/distro/rpmsig/pgpkey.h"

enum { MAX_VALUE = 2048, ED25519_HALF = 32 };

/* The names that libcrypto fetches by, at the numbers of RFC 9580 9.5. RIPEMD-160 is left out: nothing that it signs
 * would be trusted. */
static const char *md_name(int hash)
{
        static const char *const names[RV_HASH_COUNT] = {
                [RV_HASH_MD5] = "MD5",           [RV_HASH_SHA1] = "SHA1",         [RV_HASH_SHA256] = "SHA2-256",
                [RV_HASH_SHA384] = "SHA2-384",   [RV_HASH_SHA512] = "SHA2-512",   [RV_HASH_SHA224] = "SHA2-224",
                [RV_HASH_SHA3_256] = "SHA3-256", [RV_HASH_SHA3_512] = "SHA3-512",
        };

        return hash > 0 && hash < RV_HASH_COUNT ? names[hash] : NULL;
}

void rv_pgp_hasher_free(struct rv_pgp_hasher *hasher)
{
        size_t i;

        for (i = 0; i < RV_HASH_COUNT; i++) {
                EVP_MD_CTX_free(hasher->base[i]);
                EVP_MD_free(hasher->md[i]);
        }
        EVP_MD_CTX_free(hasher->work);
        *hasher = (struct rv_pgp_hasher){ 0 };
}

void rv_pgp_hasher_text(struct rv_pgp_hasher *hasher, const struct rv_pgp_bytes *parts, size_t n)
{
        hasher->ready = 0;
        hasher->n_parts = n;
        memcpy(hasher->part, parts, n * sizeof *parts);
}

/* Fetching costs more than hashing a header, so it is done once a ring. */
static bool set_up(struct rv_pgp_hasher *hasher, int hash)
{
        const char *name = md_name(hash);

        if (!name)
                return false;
        if (!hasher->md[hash])
                hasher->md[hash] = EVP_MD_fetch(NULL, name, NULL);
        if (!hasher->base[hash])
                hasher->base[hash] = EVP_MD_CTX_new();
        if (!hasher->work)
                hasher->work = EVP_MD_CTX_new();
        return hasher->md[hash] && hasher->base[hash] && hasher->work;
}

/* Hashes the text up to where the signatures differ. A header has up to three digests and two signatures, mostly
 * by the same algorithm. */
static bool prepare(struct rv_pgp_hasher *hasher, int hash)
{
        size_t i;

        if (hasher->ready & 1u << hash)
                return true;
        if (!set_up(hasher, hash) || !EVP_DigestInit_ex2(hasher->base[hash], hasher->md[hash], NULL))
                return false;
        for (i = 0; i < hasher->n_parts; i++)
                if (!EVP_DigestUpdate(hasher->base[hash], hasher->part[i].at, hasher->part[i].left))
                        return false;
        hasher->ready |= 1u << hash;
        return true;
}

/* RFC 4880 5.2.4: a version 4 signature hashes itself and its length, version 3 its type and time. */
static bool add_trailer(EVP_MD_CTX *ctx, const struct rv_pgp_sig *sig)
{
        const uint32_t n = (uint32_t)sig->hashed_size;
        const uint8_t end[6] = { 4, 0xff, (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

        return EVP_DigestUpdate(ctx, sig->hashed, sig->hashed_size) &&
               (sig->version == 3 || EVP_DigestUpdate(ctx, end, sizeof end));
}

unsigned rv_pgp_hash(struct rv_pgp_hasher *hasher, int hash, const struct rv_pgp_sig *sig, uint8_t ret[EVP_MAX_MD_SIZE])
{
        unsigned n = 0;

        if (!prepare(hasher, hash) || !EVP_MD_CTX_copy_ex(hasher->work, hasher->base[hash]) ||
            (sig && !add_trailer(hasher->work, sig)) || !EVP_DigestFinal_ex(hasher->work, ret, &n))
                return 0;
        return n;
}

/* Numbers lose their leading zeroes in OpenPGP; libcrypto wants them back. */
static bool pad(struct rv_pgp_bytes *values, uint8_t *out, size_t width)
{
        struct rv_pgp_bytes n;

        if (!rv_pgp_number(values, &n) || n.left > width)
                return false;
        memset(out, 0, width - n.left);
        memcpy(out + width - n.left, n.at, n.left);
        return true;
}

/* r and s as the DER sequence that libcrypto takes. */
static int pair_to_der(struct rv_pgp_bytes values, uint8_t *out, size_t size)
{
        struct rv_pgp_bytes first, second;
        ECDSA_SIG *pair = NULL;
        BIGNUM *r, *s;
        uint8_t *at = out;
        int n = -1;

        if (!rv_pgp_number(&values, &first) || !rv_pgp_number(&values, &second) || first.left + second.left + 16 > size)
                return -1;
        r = BN_bin2bn(first.at, (int)first.left, NULL);
        s = BN_bin2bn(second.at, (int)second.left, NULL);
        pair = ECDSA_SIG_new();
        if (pair && r && s && ECDSA_SIG_set0(pair, r, s)) {
                n = i2d_ECDSA_SIG(pair, &at); /* a DSA signature is the same sequence */
        } else {
                BN_free(r);
                BN_free(s);
        }
        ECDSA_SIG_free(pair);
        return n;
}

/* The set-up costs as much as an RSA verification, so it is kept for the next signature by this key. */
static EVP_PKEY_CTX *context(struct rv_pgp_key *key, const EVP_MD *md, int hash)
{
        if (key->verify && key->verify_hash == hash)
                return key->verify;
        EVP_PKEY_CTX_free(key->verify);
        key->verify_hash = hash;
        key->verify = EVP_PKEY_CTX_new_from_pkey(NULL, key->key, NULL);
        if (key->verify && EVP_PKEY_verify_init(key->verify) > 0 &&
            (!EVP_PKEY_is_a(key->key, "RSA") || EVP_PKEY_CTX_set_rsa_padding(key->verify, RSA_PKCS1_PADDING) > 0) &&
            EVP_PKEY_CTX_set_signature_md(key->verify, md) > 0)
                return key->verify;
        EVP_PKEY_CTX_free(key->verify);
        key->verify = NULL;
        return NULL;
}

/* RSA is one number as wide as the modulus (PKCS #1 1.5), DSA and ECDSA are two. */
static bool verify_numbers(struct rv_pgp_hasher *hasher, struct rv_pgp_key *key, const struct rv_pgp_sig *sig,
                           const uint8_t *digest, unsigned digest_size)
{
        EVP_PKEY_CTX *ctx = context(key, hasher->md[sig->hash], sig->hash);
        struct rv_pgp_bytes values = sig->values;
        uint8_t bytes[MAX_VALUE];
        int n;

        if (!ctx)
                return false;
        if (EVP_PKEY_is_a(key->key, "RSA")) {
                n = EVP_PKEY_get_size(key->key);
                if (n <= 0 || (size_t)n > sizeof bytes || !pad(&values, bytes, (size_t)n))
                        return false;
        } else {
                n = pair_to_der(values, bytes, sizeof bytes);
                if (n <= 0)
                        return false;
        }
        return EVP_PKEY_verify(ctx, bytes, (size_t)n, digest, digest_size) == 1;
}

/* EdDSA signs the hash as its message. */
static bool verify_ed25519(struct rv_pgp_key *key, const struct rv_pgp_sig *sig, const uint8_t *digest,
                           unsigned digest_size)
{
        struct rv_pgp_bytes values = sig->values;
        uint8_t bytes[2 * ED25519_HALF];
        EVP_MD_CTX *ctx;
        bool ok;

        if (sig->algo == RV_ALGO_ED25519) {
                if (values.left < sizeof bytes)
                        return false;
                memcpy(bytes, values.at, sizeof bytes);
        } else if (!pad(&values, bytes, ED25519_HALF) || !pad(&values, bytes + ED25519_HALF, ED25519_HALF)) {
                return false;
        }
        ctx = EVP_MD_CTX_new();
        ok = ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key->key) > 0 &&
             EVP_DigestVerify(ctx, bytes, sizeof bytes, digest, digest_size) == 1;
        EVP_MD_CTX_free(ctx);
        return ok;
}

/* An encrypt-or-sign RSA key may sign as either of the two RSA algorithms; nothing else may mix. */
static bool same_kind(uint8_t key, uint8_t sig)
{
        return key == sig ||
               ((key == RV_ALGO_RSA || key == RV_ALGO_RSA_SIGN) && (sig == RV_ALGO_RSA || sig == RV_ALGO_RSA_SIGN));
}

bool rv_pgp_can_verify(const struct rv_pgp_key *key, const struct rv_pgp_sig *sig)
{
        return key->key && md_name(sig->hash) && same_kind(key->algo, sig->algo);
}

/* The hash's first bits are compared before the costly part, as librpm does. */
bool rv_pgp_verify(struct rv_pgp_hasher *hasher, struct rv_pgp_key *key, const struct rv_pgp_sig *sig)
{
        uint8_t digest[EVP_MAX_MD_SIZE];
        unsigned n;

        if (!rv_pgp_can_verify(key, sig))
                return false;
        n = rv_pgp_hash(hasher, sig->hash, sig, digest);
        if (n == 0 || memcmp(digest, sig->left, sizeof sig->left) != 0)
                return false;
        if (key->algo == RV_ALGO_EDDSA || key->algo == RV_ALGO_ED25519)
                return verify_ed25519(key, sig, digest, n);
        return verify_numbers(hasher, key, sig, digest, n);
}
