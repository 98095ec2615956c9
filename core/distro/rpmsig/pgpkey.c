/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Key packets (RFC 4880 5.5.2, RFC 6637, RFC 9580 5.5.5) as libcrypto keys. */
#include "core/distro/rpmsig/pgpkey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <string.h>

enum { MAX_NUMBERS = 4, MAX_NUMBER = 2048, ED25519_SIZE = 32, PREFIX = 6 /* version, time, algorithm */ };

static const struct curve {
        uint8_t oid_size, oid[10];
        const char *name, *title;
} curves[] = {
        { 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 }, "P-256", "P-256" },
        { 5, { 0x2b, 0x81, 0x04, 0x00, 0x22 }, "P-384", "P-384" },
        { 5, { 0x2b, 0x81, 0x04, 0x00, 0x23 }, "P-521", "P-521" },
};

/* A key of numbers: the names of the parameters in the order of the packet. */
static EVP_PKEY *from_numbers(const char *type, const char *const *names, struct rv_pgp_bytes bytes)
{
        OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
        BIGNUM *numbers[MAX_NUMBERS] = { NULL };
        OSSL_PARAM *params = NULL;
        EVP_PKEY_CTX *ctx = NULL;
        EVP_PKEY *key = NULL;
        size_t i;

        for (i = 0; build && i < MAX_NUMBERS && names[i]; i++) {
                struct rv_pgp_bytes n;

                if (!rv_pgp_number(&bytes, &n) || n.left == 0 || n.left > MAX_NUMBER)
                        goto out;
                numbers[i] = BN_bin2bn(n.at, (int)n.left, NULL);
                if (!numbers[i] || !OSSL_PARAM_BLD_push_BN(build, names[i], numbers[i]))
                        goto out;
        }
        params = build ? OSSL_PARAM_BLD_to_param(build) : NULL;
        ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
        if (params && ctx && EVP_PKEY_fromdata_init(ctx) > 0 &&
            EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
                key = NULL;
out:
        EVP_PKEY_CTX_free(ctx);
        OSSL_PARAM_free(params);
        OSSL_PARAM_BLD_free(build);
        for (i = 0; i < MAX_NUMBERS; i++)
                BN_free(numbers[i]);
        return key;
}

/* libcrypto checks that the point lies on the curve. */
static EVP_PKEY *from_point(const char *curve, struct rv_pgp_bytes point)
{
        OSSL_PARAM params[] = {
                OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)curve, 0),
                OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point.at, point.left),
                OSSL_PARAM_construct_end(),
        };
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
        EVP_PKEY *key = NULL;

        if (!ctx || EVP_PKEY_fromdata_init(ctx) <= 0 || EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
                key = NULL;
        EVP_PKEY_CTX_free(ctx);
        return key;
}

/* The curve is named by the octets of its OID after one of length (RFC 6637 9, 11). Takes it off. */
static const struct curve *find_curve(struct rv_pgp_bytes *bytes)
{
        size_t i, n = bytes->left ? *bytes->at : 0;

        if (n == 0 || n >= bytes->left)
                return NULL;
        for (i = 0; i < sizeof curves / sizeof *curves; i++)
                if (curves[i].name && curves[i].oid_size == n && memcmp(curves[i].oid, bytes->at + 1, n) == 0) {
                        bytes->at += n + 1;
                        bytes->left -= n + 1;
                        return &curves[i];
                }
        return NULL;
}

/* NULL for a curve that is not known. */
static EVP_PKEY *ecdsa_key(struct rv_pgp_bytes bytes)
{
        const struct curve *curve = find_curve(&bytes);
        struct rv_pgp_bytes point;

        return curve && rv_pgp_number(&bytes, &point) ? from_point(curve->name, point) : NULL;
}

/* RFC 4880bis EdDSA: the curve's OID, then the point with 0x40 before it. */
static EVP_PKEY *eddsa_key(struct rv_pgp_bytes bytes)
{
        static const uint8_t oid[] = { 9, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01 };
        struct rv_pgp_bytes point;

        if (bytes.left < sizeof oid || memcmp(bytes.at, oid, sizeof oid) != 0)
                return NULL;
        bytes.at += sizeof oid;
        bytes.left -= sizeof oid;
        if (!rv_pgp_number(&bytes, &point) || point.left != ED25519_SIZE + 1 || point.at[0] != 0x40)
                return NULL;
        return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, point.at + 1, ED25519_SIZE);
}

/* NULL where algorithm, curve or numbers are not understood: the key is listed all the same, and what it signed is
 * untrusted. */
static EVP_PKEY *make_key(uint8_t algo, struct rv_pgp_bytes bytes)
{
        static const char *const rsa[] = { OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, NULL };
        static const char *const dsa[] = { OSSL_PKEY_PARAM_FFC_P, OSSL_PKEY_PARAM_FFC_Q, OSSL_PKEY_PARAM_FFC_G,
                                           OSSL_PKEY_PARAM_PUB_KEY, NULL };

        switch (algo) {
        case RV_ALGO_RSA:
        case RV_ALGO_RSA_SIGN:
                return from_numbers("RSA", rsa, bytes);
        case RV_ALGO_DSA:
                return from_numbers("DSA", dsa, bytes);
        case RV_ALGO_ECDSA:
                return ecdsa_key(bytes);
        case RV_ALGO_EDDSA:
                return eddsa_key(bytes);
        case RV_ALGO_ED25519:
                return bytes.left < ED25519_SIZE
                               ? NULL
                               : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes.at, ED25519_SIZE);
        default:
                return NULL;
        }
}

/* RFC 4880 12.2: SHA-1 over 0x99, two octets of length, and the packet's body. */
static bool fingerprint(struct rv_pgp_key *key)
{
        const uint8_t head[3] = { 0x99, (uint8_t)(key->size >> 8), (uint8_t)key->size };
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        bool ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) && EVP_DigestUpdate(ctx, head, sizeof head) &&
                  EVP_DigestUpdate(ctx, key->body, key->size) && EVP_DigestFinal_ex(ctx, key->fingerprint, NULL);

        EVP_MD_CTX_free(ctx);
        memcpy(key->keyid, key->fingerprint + 12, sizeof key->keyid);
        return ok;
}

/* Version 3 keys have MD5 fingerprints, which name nobody; versions 5 and 6 are not made for rpm 4 packages. */
enum rv_pgp_parse rv_pgp_read_key(const uint8_t *body, size_t size, struct rv_pgp_key *ret)
{
        struct rv_pgp_key key = { .body = body, .size = size };

        if (size < PREFIX || size > 0xffff)
                return RV_PGP_BROKEN;
        if (body[0] != 4)
                return RV_PGP_UNKNOWN;
        key.created = (int64_t)body[1] << 24 | body[2] << 16 | body[3] << 8 | body[4];
        key.algo = body[5];
        if (!fingerprint(&key))
                return RV_PGP_UNKNOWN;
        key.key = make_key(key.algo, (struct rv_pgp_bytes){ body + PREFIX, size - PREFIX });
        *ret = key;
        return RV_PGP_READ;
}

void rv_pgp_key_free(struct rv_pgp_key *key)
{
        EVP_PKEY_CTX_free(key->verify);
        EVP_PKEY_free(key->key);
        *key = (struct rv_pgp_key){ 0 };
}

/* As rpm spells them. */
static const char *algo_name(uint8_t algo)
{
        switch (algo) {
        case RV_ALGO_RSA:
        case RV_ALGO_RSA_SIGN:
                return "RSA";
        case RV_ALGO_DSA:
                return "DSA";
        case RV_ALGO_ECDSA:
                return "ECDSA";
        case RV_ALGO_EDDSA:
        case RV_ALGO_ED25519:
                return "Ed25519";
        default:
                return NULL;
        }
}

void rv_pgp_key_name(const struct rv_pgp_key *key, char *out, size_t size)
{
        const char *name = algo_name(key->algo);

        if (!name)
                (void)snprintf(out, size, "unknown %u", key->algo);
        else if (key->key && key->algo != RV_ALGO_EDDSA && key->algo != RV_ALGO_ED25519)
                (void)snprintf(out, size, "%s %d", name, EVP_PKEY_get_bits(key->key));
        else
                (void)snprintf(out, size, "%s", name);
}

void rv_pgp_sig_name(const struct rv_pgp_sig *sig, char *out, size_t size)
{
        static const char *const hashes[RV_HASH_COUNT] = {
                [RV_HASH_MD5] = "MD5",       [RV_HASH_SHA1] = "SHA1",         [RV_HASH_RIPEMD] = "RIPEMD160",
                [RV_HASH_SHA256] = "SHA256", [RV_HASH_SHA384] = "SHA384",     [RV_HASH_SHA512] = "SHA512",
                [RV_HASH_SHA224] = "SHA224", [RV_HASH_SHA3_256] = "SHA3-256", [RV_HASH_SHA3_512] = "SHA3-512",
        };
        const char *algo = algo_name(sig->algo), *hash = sig->hash < RV_HASH_COUNT ? hashes[sig->hash] : NULL;

        (void)snprintf(out, size, "%s/%s", algo ? algo : "unknown", hash ? hash : "unknown");
}
