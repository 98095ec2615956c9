/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evaluating a certificate (RFC 4880 11.1, 5.2.3.3, 5.2.3.21; RFC 9580 5.2.3.31 for reasons of revocation): the newest
 * valid self-signature decides expiry and use, a valid revocation always counts. */
#include "core/distro/rpmsig/cert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CHECKS = 256, FLAG_SIGN = 2, REASON_SUPERSEDED = 1, REASON_RETIRED = 3 };

struct user { /* the user id being read */
        struct rv_pgp_packet packet;
        struct rv_pgp_sig said;
        bool valid, revoked;
};

struct reader {
        struct rv_cert *cert;
        struct rv_pgp_hasher hasher;
        int64_t now;
        unsigned checks;            /* signatures verified, so that a hostile key takes bounded time */
        struct rv_cert_key *subkey; /* the subkey being read, NULL: none, or one that is not understood */
        enum { AT_PRIMARY, AT_USER, AT_SUBKEY } at;
        struct user user;
        bool owner_primary;
        int64_t owner_said;
};

/* Hashes the primary key and what is bound to it (RFC 4880 5.2.4); tag 0: nothing. */
static void hash_binding(struct reader *r, unsigned tag, const uint8_t *body, size_t size, uint8_t heads[8])
{
        const struct rv_pgp_key *primary = &r->cert->keys[0].pub;
        struct rv_pgp_bytes parts[4] = {
                { heads, 3 }, { primary->body, primary->size }, { heads + 3, 0 }, { body, size }
        };

        heads[0] = 0x99, heads[1] = (uint8_t)(primary->size >> 8), heads[2] = (uint8_t)primary->size;
        if (tag == RV_PGP_SUBKEY) {
                heads[3] = 0x99, heads[4] = (uint8_t)(size >> 8), heads[5] = (uint8_t)size;
                parts[2].left = 3;
        } else if (tag) {
                heads[3] = tag == RV_PGP_USER ? 0xb4 : 0xd1;
                heads[4] = (uint8_t)(size >> 24), heads[5] = (uint8_t)(size >> 16);
                heads[6] = (uint8_t)(size >> 8), heads[7] = (uint8_t)size;
                parts[2].left = 5;
        }
        rv_pgp_hasher_text(&r->hasher, parts, tag ? 4 : 2);
}

/* Whether `key` made this self-signature over the primary key and what is bound to it. One that has expired itself no
 * longer says anything, but a revocation is taken for good. */
static bool check(struct reader *r, struct rv_pgp_key *key, const struct rv_pgp_sig *sig, unsigned tag,
                  const uint8_t *body, size_t size)
{
        uint8_t heads[8];

        if (sig->strange || sig->hash == RV_HASH_MD5 || ++r->checks > MAX_CHECKS)
                return false;
        if (sig->expires && sig->created + sig->expires <= r->now && sig->type != RV_SIG_REVOKE_KEY &&
            sig->type != RV_SIG_REVOKE_SUBKEY)
                return false;
        hash_binding(r, tag, body, size, heads);
        return rv_pgp_verify(&r->hasher, key, sig);
}

/* Without key flags a primary key may do anything, a subkey nothing that counts here. */
static void say(struct rv_cert_key *key, const struct rv_pgp_sig *sig, bool primary)
{
        if (key->bound && sig->created < key->said)
                return;
        key->bound = true;
        key->said = sig->created;
        key->expires = sig->key_expires ? key->pub.created + sig->key_expires : 0;
        key->can_sign = sig->has_flags ? (sig->flags & FLAG_SIGN) != 0 : primary;
}

/* The earliest date counts, and one hard reason makes all of it hard. A revocation without a reason is hard: it is
 * what gpg prepares for a stolen key (RFC 9580 5.2.3.31). */
static void revoke(struct rv_cert_key *key, const struct rv_pgp_sig *sig)
{
        const bool soft = sig->has_reason && (sig->reason == REASON_SUPERSEDED || sig->reason == REASON_RETIRED);

        if (!key->revoked || sig->created < key->revoked)
                key->revoked = sig->created ? sig->created : 1;
        key->hard |= !soft;
}

/* The owner shown is the user id marked as primary, else the one that was certified last. */
static void finish_user(struct reader *r)
{
        const struct user *user = &r->user;
        char *owner;

        if (r->at == AT_USER && user->valid && !user->revoked) {
                say(&r->cert->keys[0], &user->said, true);
                if (user->packet.tag == RV_PGP_USER &&
                    (!r->cert->owner || user->said.primary > r->owner_primary ||
                     (user->said.primary == r->owner_primary && user->said.created > r->owner_said))) {
                        owner = strndup((const char *)user->packet.body, user->packet.size);
                        if (owner) {
                                free(r->cert->owner);
                                r->cert->owner = owner;
                                r->owner_primary = user->said.primary;
                                r->owner_said = user->said.created;
                        }
                }
        }
        r->user = (struct user){ 0 };
        r->at = AT_PRIMARY;
        r->subkey = NULL;
}

/* A certification of the user id by its own key, or its withdrawal. Of several the newest one speaks. */
static void on_user(struct reader *r, const struct rv_pgp_sig *sig)
{
        struct user *user = &r->user;
        const struct rv_pgp_packet *p = &user->packet;

        if (!check(r, &r->cert->keys[0].pub, sig, p->tag, p->body, p->size))
                return;
        if (sig->type == RV_SIG_REVOKE_USER) {
                user->revoked = true;
        } else if (!user->valid || sig->created >= user->said.created) {
                user->valid = true;
                user->said = *sig;
        }
}

/* A subkey that signs must agree to belong to this key, else anybody could claim it (RFC 4880 5.2.1, 0x19). */
static bool agrees(struct reader *r, struct rv_cert_key *subkey, const struct rv_pgp_sig *sig)
{
        struct rv_pgp_sig back;

        if (!(sig->has_flags && (sig->flags & FLAG_SIGN)))
                return true;
        return sig->back.at && rv_pgp_read_sig(sig->back.at, sig->back.left, &back) == RV_PGP_READ &&
               back.type == RV_SIG_BACK &&
               check(r, &subkey->pub, &back, RV_PGP_SUBKEY, subkey->pub.body, subkey->pub.size);
}

/* A binding or a revocation of the subkey at hand, both made by the primary key. */
static void on_subkey(struct reader *r, const struct rv_pgp_sig *sig)
{
        struct rv_cert_key *subkey = r->subkey;

        if (!subkey || !check(r, &r->cert->keys[0].pub, sig, RV_PGP_SUBKEY, subkey->pub.body, subkey->pub.size))
                return;
        if (sig->type == RV_SIG_REVOKE_SUBKEY) {
                revoke(subkey, sig);
        } else if (agrees(r, subkey, sig)) {
                say(subkey, sig, false);
        }
}

/* Sorts a signature to what it is about. Certifications by other keys are passed over: this is about what the
 * owner says of a key, and who is trusted was decided when it was imported. */
static void on_signature(struct reader *r, const struct rv_pgp_packet *packet)
{
        struct rv_cert_key *primary = &r->cert->keys[0];
        struct rv_pgp_sig sig;

        if (rv_pgp_read_sig(packet->body, packet->size, &sig) != RV_PGP_READ ||
            (sig.has_keyid && memcmp(sig.keyid, primary->pub.keyid, sizeof sig.keyid) != 0))
                return; /* another's certification */
        if (sig.type == RV_SIG_DIRECT || sig.type == RV_SIG_REVOKE_KEY) {
                if (!check(r, &primary->pub, &sig, 0, NULL, 0))
                        return;
                if (sig.type == RV_SIG_DIRECT)
                        say(primary, &sig, true);
                else
                        revoke(primary, &sig);
        } else if (r->at == AT_USER && ((sig.type >= RV_SIG_CERTIFY && sig.type <= RV_SIG_CERTIFY_LAST) ||
                                        sig.type == RV_SIG_REVOKE_USER)) {
                on_user(r, &sig);
        } else if (r->at == AT_SUBKEY && (sig.type == RV_SIG_SUBKEY || sig.type == RV_SIG_REVOKE_SUBKEY)) {
                on_subkey(r, &sig);
        }
}

/* A subkey that came before (two copies joined) is gone on with. */
static struct rv_cert_key *begin_subkey(struct rv_cert *cert, const struct rv_pgp_packet *packet)
{
        struct rv_cert_key *key = &cert->keys[cert->n_keys];
        size_t i;

        for (i = 1; i < cert->n_keys; i++)
                if (cert->keys[i].pub.size == packet->size &&
                    memcmp(cert->keys[i].pub.body, packet->body, packet->size) == 0)
                        return &cert->keys[i];
        if (cert->n_keys == RV_CERT_KEYS || rv_pgp_read_key(packet->body, packet->size, &key->pub) != RV_PGP_READ)
                return NULL;
        cert->n_keys++;
        return key;
}

/* One packet of the certificate. Order gives the meaning: a signature belongs to the key or user id before it (RFC
 * 4880 11.1). */
static void on_packet(struct reader *r, const struct rv_pgp_packet *packet)
{
        switch (packet->tag) {
        case RV_PGP_USER:
        case RV_PGP_ATTRIBUTE:
                finish_user(r);
                r->at = AT_USER;
                r->user.packet = *packet;
                break;
        case RV_PGP_SUBKEY:
                finish_user(r);
                r->at = AT_SUBKEY;
                r->subkey = begin_subkey(r->cert, packet);
                break;
        case RV_PGP_SIGNATURE:
                on_signature(r, packet);
                break;
        default: /* trust packets and what is yet to be invented */
                break;
        }
}

/* Upper case, as gpg prints it and people compare it. */
static void hex(const uint8_t *bytes, size_t n, char *out)
{
        size_t i;

        for (i = 0; i < n; i++)
                (void)snprintf(out + 2 * i, 3, "%02X", bytes[i]);
}

/* What the views show of a certificate. Only the primary key counts here: a subkey that has expired says nothing
 * about the others, and each verdict looks at the very key that signed. */
static void fill_info(struct rv_cert *cert, int64_t now)
{
        const struct rv_cert_key *primary = &cert->keys[0];
        struct rv_rpm_key *info = &cert->info;

        hex(primary->pub.fingerprint, sizeof primary->pub.fingerprint, info->fingerprint);
        hex(primary->pub.keyid, sizeof primary->pub.keyid, info->keyid);
        rv_pgp_key_name(&primary->pub, cert->algorithm, sizeof cert->algorithm);
        info->algorithm = cert->algorithm;
        info->owner = cert->owner ? cert->owner : "";
        info->source = cert->source;
        info->created = primary->pub.created;
        info->expires = primary->expires;
        info->revoked = primary->revoked;
        info->state = primary->revoked                              ? RV_KEY_REVOKED
                      : primary->expires && primary->expires <= now ? RV_KEY_EXPIRED
                                                                    : RV_KEY_VALID;
}

void rv_cert_free(struct rv_cert *cert)
{
        size_t i;

        if (!cert)
                return;
        for (i = 0; i < cert->n_keys; i++)
                rv_pgp_key_free(&cert->keys[i].pub);
        free(cert->owner);
        free(cert->source);
        free(cert->bytes);
        free(cert);
}

/* How many bytes belong to this certificate: all up to the next primary key. */
static size_t extent(const struct rv_pgp_bytes *bytes)
{
        struct rv_pgp_bytes at = *bytes;
        struct rv_pgp_packet packet;
        size_t n = 0;

        while (rv_pgp_next(&at, &packet) == 1 && (n == 0 || packet.tag != RV_PGP_KEY))
                n = bytes->left - at.left;
        return n;
}

enum rv_pgp_parse rv_cert_read(struct rv_pgp_bytes *bytes, const char *source, int64_t now, struct rv_cert **ret)
{
        struct reader r = { .now = now };
        struct rv_pgp_packet packet;
        struct rv_pgp_bytes mine = { NULL, extent(bytes) };
        enum rv_pgp_parse parse = RV_PGP_BROKEN;
        struct rv_cert *cert = calloc(1, sizeof *cert);
        size_t i;

        *ret = NULL;
        if (!cert)
                return RV_PGP_READ;
        cert->source = strdup(source);
        cert->bytes = malloc(mine.left ? mine.left : 1);
        if (!cert->source || !cert->bytes) {
                rv_cert_free(cert);
                return RV_PGP_READ;
        }
        if (mine.left)
                memcpy(cert->bytes, bytes->at, mine.left);
        mine.at = cert->bytes;
        bytes->at += mine.left ? mine.left : bytes->left;
        bytes->left -= mine.left ? mine.left : bytes->left;
        r.cert = cert;
        cert->size = mine.left;
        if (rv_pgp_next(&mine, &packet) == 1 && packet.tag == RV_PGP_KEY)
                parse = rv_pgp_read_key(packet.body, packet.size, &cert->keys[0].pub);
        if (parse != RV_PGP_READ) {
                rv_cert_free(cert);
                return parse;
        }
        cert->n_keys = 1;
        cert->after_primary = cert->size - mine.left;
        while (rv_pgp_next(&mine, &packet) == 1)
                on_packet(&r, &packet);
        finish_user(&r);
        for (i = 0; r.checks > MAX_CHECKS && i < cert->n_keys; i++)
                cert->keys[i].bound = false; /* what was not looked at may be a revocation */
        rv_pgp_hasher_free(&r.hasher);
        fill_info(cert, now);
        *ret = cert;
        return RV_PGP_READ;
}

/* The second copy's primary key is the same and left out; all that follows it is read on as if it had stood in the
 * first, so signatures of both are verified in the same way. */
enum rv_pgp_parse rv_cert_join(const struct rv_cert *a, const struct rv_cert *b, int64_t now, struct rv_cert **ret)
{
        RV_BUF_CLEANUP struct rv_buf both = { 0 };
        struct rv_pgp_bytes bytes;

        rv_buf_add(&both, a->bytes, a->size);
        rv_buf_add(&both, b->bytes + b->after_primary, b->size - b->after_primary);
        bytes = (struct rv_pgp_bytes){ (const uint8_t *)rv_buf_str(&both), both.size };
        return rv_cert_read(&bytes, a->source, now, ret);
}
