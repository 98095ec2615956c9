/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verdict on a header, from its own bytes: its digests, each of its signatures, and what time and revocations make
 * of the keys. rpm itself says neither that a key has expired or was revoked (4.18), nor which headers it hid. */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/distro/rpmsig/ring.h"

/* What is hashed before the region: a header's magic, which the database leaves out (rpm's header.c). */
static const uint8_t MAGIC[8] = { 0x8e, 0xad, 0xe8, 0x01 };

struct found { /* the key that may have made a signature */
        struct rv_cert *cert;
        struct rv_cert_key *key;
        bool late; /* it verified, and was made when the key had expired */
};

/* The next key with this id after the one given: ids collide, and can be made to, so each candidate is tried. */
static struct found find_key(const struct rv_rpm_ring *ring, const uint8_t keyid[8], const struct found *after)
{
        struct rv_cert_key *previous = after ? after->key : NULL;
        bool passed = !previous;
        size_t i, k;

        for (i = 0; i < ring->n; i++)
                for (k = 0; k < ring->certs[i]->n_keys; k++) {
                        struct rv_cert_key *key = &ring->certs[i]->keys[k];

                        if (passed && memcmp(key->pub.keyid, keyid, 8) == 0)
                                return (struct found){ ring->certs[i], key };
                        passed |= key == previous;
                }
        return (struct found){ 0 };
}

/* --- the signatures of a header */
struct signatures {
        struct rv_rpm_texts texts; /* tag OPENPGP, base64 */
        struct rv_pgp_bytes more[2];
        unsigned i;
        bool decoded; /* the scratch buffer holds one of this header */
};

static void signatures_begin(const struct rv_rpm_header *header, struct signatures *ret)
{
        *ret = (struct signatures){ 0 };
        rv_rpm_texts(header, RV_TAG_OPENPGP, &ret->texts);
        ret->more[0].at = rv_rpm_bytes(header, RV_TAG_RSAHEADER, &ret->more[0].left);
        ret->more[1].at = rv_rpm_bytes(header, RV_TAG_DSAHEADER, &ret->more[1].left); /* EdDSA and ECDSA too */
}

/* rpm 6 repeats a signature of the old tags in the new one: it is verified once. */
static bool repeated(const struct signatures *s, const struct rv_pgp_bytes *bytes, const struct rv_buf *scratch)
{
        return s->decoded && bytes->left == scratch->size && memcmp(bytes->at, scratch->data, scratch->size) == 0;
}

/* The next one as a packet; -1: it is there and is no packet. */
static int signatures_next(struct signatures *s, struct rv_buf *scratch, struct rv_pgp_packet *ret)
{
        struct rv_pgp_bytes bytes = { 0 };
        const char *text = rv_rpm_next_text(&s->texts);

        if (text) {
                rv_buf_clear(scratch);
                if (!rv_pgp_base64(text, strlen(text), scratch))
                        return -1;
                s->decoded = true;
                bytes = (struct rv_pgp_bytes){ (const uint8_t *)rv_buf_str(scratch), scratch->size };
        } else {
                while (s->i < 2 && (!s->more[s->i].at || repeated(s, &s->more[s->i], scratch)))
                        s->i++;
                if (s->i == 2)
                        return 0;
                bytes = s->more[s->i++];
        }
        return rv_pgp_next(&bytes, ret) == 1 && ret->tag == RV_PGP_SIGNATURE ? 1 : -1;
}

unsigned rv_ring_signers(const struct rv_rpm_ring *ring, const struct rv_rpm_header *header,
                         const struct rv_rpm_key *ret[RV_SIGNERS])
{
        RV_BUF_CLEANUP struct rv_buf scratch = { 0 };
        struct rv_pgp_packet packet;
        struct signatures all;
        struct rv_pgp_sig sig;
        struct found found;
        unsigned n = 0, i;
        int r;

        signatures_begin(header, &all);
        while (n < RV_SIGNERS && (r = signatures_next(&all, &scratch, &packet)) != 0) {
                if (r < 0 || rv_pgp_read_sig(packet.body, packet.size, &sig) != RV_PGP_READ)
                        continue;
                found = find_key(ring, sig.keyid, NULL);
                for (i = 0; found.cert && i < n && ret[i] != &found.cert->info; i++)
                        ;
                if (found.cert && i == n)
                        ret[n++] = &found.cert->info;
        }
        return n;
}

/* --- digests */
static bool digest_equals(struct rv_pgp_hasher *hasher, int hash, const char *want)
{
        uint8_t digest[EVP_MAX_MD_SIZE];
        char text[2 * EVP_MAX_MD_SIZE + 1];
        unsigned n = rv_pgp_hash(hasher, hash, NULL, digest), i;

        for (i = 0; i < n; i++)
                (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
        return n && strcasecmp(text, want) == 0;
}

/* Every digest that is there must fit. That a header has none is no fault: the signature covers the same bytes. */
static enum rv_header_state check_digests(struct rv_pgp_hasher *hasher, const struct rv_rpm_header *header)
{
        static const struct {
                uint32_t tag;
                int hash;
        } digests[] = { { RV_TAG_SHA3_256HEADER, RV_HASH_SHA3_256 },
                        { RV_TAG_SHA256HEADER, RV_HASH_SHA256 },
                        { RV_TAG_SHA1HEADER, RV_HASH_SHA1 } };
        enum rv_header_state state = RV_HEADER_NONE;
        size_t i;

        for (i = 0; i < sizeof digests / sizeof *digests; i++) {
                const char *want = rv_rpm_text(header, digests[i].tag);

                if (!want)
                        continue;
                if (!digest_equals(hasher, digests[i].hash, want))
                        return RV_HEADER_BAD;
                state = RV_HEADER_OK;
        }
        return header->shadowed ? RV_HEADER_BAD : state;
}

/* --- one signature */
static int64_t earliest(int64_t a, int64_t b)
{
        return !a || (b && b < a) ? b : a;
}

/* A key that was only superseded or retired keeps its word on what it signed before. */
static bool revoked_for(const struct rv_cert_key *key, int64_t signed_at)
{
        return key->revoked && (key->hard || signed_at >= key->revoked);
}

/* MD5 and SHA-1 collide at will: who signed cannot be told from who made the other half. */
static bool weak(const struct rv_pgp_sig *sig)
{
        return sig->hash == RV_HASH_MD5 || sig->hash == RV_HASH_SHA1 || sig->hash == RV_HASH_RIPEMD;
}

static bool is_late(const struct found *found, const struct rv_pgp_sig *sig)
{
        const int64_t expires = earliest(found->cert->keys[0].expires, found->key->expires);

        return expires && sig->created >= expires;
}

/* What a signature that verified is worth. */
static enum rv_verdict weigh(const struct found *found, const struct rv_pgp_sig *sig, int64_t now)
{
        const struct rv_cert_key *primary = &found->cert->keys[0], *key = found->key;
        const int64_t expires = earliest(primary->expires, key->expires);

        if (revoked_for(primary, sig->created) || revoked_for(key, sig->created))
                return RV_VERDICT_REVOKED;
        if (is_late(found, sig))
                return RV_VERDICT_BAD;
        if (weak(sig) || sig->strange || !primary->bound || !key->bound || !key->can_sign ||
            sig->created < key->pub.created)
                return RV_VERDICT_UNTRUSTED;
        if ((expires && now >= expires) || (sig->expires && now >= sig->created + sig->expires))
                return RV_VERDICT_EXPIRED;
        return RV_VERDICT_OK;
}

/* A signature by a known key that does not verify is bad; by a key of the same id that cannot be used it is
 * untrusted; without any key nothing can be said. */
static enum rv_verdict judge_one(struct rv_rpm_ring *ring, const struct rv_pgp_packet *packet, struct rv_pgp_sig *sig,
                                 struct found *ret)
{
        enum rv_pgp_parse parse = rv_pgp_read_sig(packet->body, packet->size, sig);
        bool checked = false;

        *ret = (struct found){ 0 };
        if (parse == RV_PGP_UNKNOWN)
                return RV_VERDICT_UNTRUSTED;
        if (parse != RV_PGP_READ || (sig->type != RV_SIG_BINARY && sig->type != 0x01))
                return RV_VERDICT_BAD;
        for (*ret = find_key(ring, sig->keyid, NULL); ret->key; *ret = find_key(ring, sig->keyid, ret)) {
                if (!rv_pgp_can_verify(&ret->key->pub, sig))
                        continue;
                checked = true;
                if (rv_pgp_verify(&ring->hasher, &ret->key->pub, sig)) {
                        ret->late = is_late(ret, sig);
                        return weigh(ret, sig, ring->now);
                }
        }
        *ret = find_key(ring, sig->keyid, NULL);
        return !ret->key ? RV_VERDICT_NOKEY : checked ? RV_VERDICT_BAD : RV_VERDICT_UNTRUSTED;
}

/* --- the whole */
static void add_signer(struct rv_rpm_verdict *verdict, const struct rv_pgp_sig *sig, const struct found *found)
{
        char text[65];
        unsigned i;

        if (found->cert)
                memcpy(text, found->cert->info.fingerprint, sizeof text);
        else if (sig->has_keyid)
                for (i = 0; i < sizeof sig->keyid; i++)
                        (void)snprintf(text + 2 * i, 3, "%02X", sig->keyid[i]);
        else
                return;
        for (i = 0; i < verdict->n_signers; i++)
                if (strcmp(verdict->signer[i], text) == 0)
                        return;
        if (i == RV_SIGNERS)
                return;
        memcpy(verdict->signer[i], text, sizeof text);
        verdict->key[i] = found->cert ? &found->cert->info : NULL;
        verdict->n_signers++;
}

/* Of several signatures a bad one spoils all, and one that does not match says more than one that came too late; else
 * the best counts: that is what a second signature is for. */
static unsigned rank(enum rv_verdict verdict)
{
        static const uint8_t ranks[] = {
                [RV_VERDICT_UNSIGNED] = 0, [RV_VERDICT_NOKEY] = 1, [RV_VERDICT_UNTRUSTED] = 2, [RV_VERDICT_REVOKED] = 3,
                [RV_VERDICT_EXPIRED] = 4,  [RV_VERDICT_OK] = 5,    [RV_VERDICT_BAD] = 6,       [RV_VERDICT_DAMAGED] = 7,
        };

        return ranks[verdict];
}

/* All signatures are looked at, and the one that decides gives key, algorithm and date. */
static void judge_signatures(struct rv_rpm_ring *ring, const struct rv_rpm_header *header, struct rv_rpm_verdict *ret)
{
        struct rv_pgp_packet packet;
        struct signatures all;
        int r;

        signatures_begin(header, &all);
        while ((r = signatures_next(&all, &ring->scratch, &packet)) != 0) {
                struct rv_pgp_sig sig = { 0 };
                struct found found = { 0 };
                enum rv_verdict one = r < 0 ? RV_VERDICT_BAD : judge_one(ring, &packet, &sig, &found);

                add_signer(ret, &sig, &found);
                if (rank(one) <= rank(ret->verdict) && !(one == RV_VERDICT_BAD && ret->late && !found.late))
                        continue;
                ret->verdict = one;
                ret->late = one == RV_VERDICT_BAD && found.late;
                ret->decided = found.cert ? &found.cert->info : NULL;
                ret->signed_at = sig.created;
                ret->algorithm[0] = '\0';
                if (sig.version)
                        rv_pgp_sig_name(&sig, ret->algorithm, sizeof ret->algorithm);
        }
}

/* What is hashed is the header as it stood in the package file: its magic, the sizes of the region, the region's
 * index and data. What the installation added lies behind and is not covered. */
void rv_ring_judge(struct rv_rpm_ring *ring, const struct rv_rpm_header *header, struct rv_rpm_verdict *ret)
{
        const uint32_t il = header->region_entries, dl = header->region_size;
        const uint8_t sizes[8] = { (uint8_t)(il >> 24), (uint8_t)(il >> 16), (uint8_t)(il >> 8), (uint8_t)il,
                                   (uint8_t)(dl >> 24), (uint8_t)(dl >> 16), (uint8_t)(dl >> 8), (uint8_t)dl };
        uint8_t head[16];
        const struct rv_pgp_bytes parts[] = { { head, sizeof head },
                                              { header->index, (size_t)il * 16 },
                                              { header->data, dl } };

        *ret = (struct rv_rpm_verdict){ .verdict = RV_VERDICT_UNSIGNED, .header = RV_HEADER_NONE };
        memcpy(head, MAGIC, sizeof MAGIC);
        memcpy(head + 8, sizes, sizeof sizes);
        rv_pgp_hasher_text(&ring->hasher, parts, il ? 3 : 0);
        if (il)
                ret->header = check_digests(&ring->hasher, header);
        judge_signatures(ring, header, ret);
        /* A signature over nothing vouches for nothing, whoever made it. */
        if (ret->header == RV_HEADER_BAD || (!il && ret->verdict != RV_VERDICT_UNSIGNED)) {
                ret->verdict = RV_VERDICT_BAD;
                ret->late = false;
        }
}
