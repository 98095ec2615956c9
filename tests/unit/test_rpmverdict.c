/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-rpm */
/* Verdicts on headers that real keys signed: every outcome, and every way to forge one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/distro/rpmsig/ring.h"
#include "tests/unit/gpg_fixture.h"
#include "tests/unit/rpm_fixture.h"

enum { Y2020 = 1577836800, YEAR = 31557600, Y2021 = Y2020 + YEAR, Y2022 = Y2021 + YEAR, Y2024 = Y2022 + 2 * YEAR };

#define USER "Reeve Test <test@example.org>"

static int set_up(void **state)
{
        struct gpg *gpg = calloc(1, sizeof *gpg);

        assert_non_null(gpg);
        gpg_begin(gpg);
        *state = gpg;
        return 0;
}

static int tear_down(void **state)
{
        gpg_end(*state);
        free(*state);
        return 0;
}

static void new_key(struct gpg *gpg, const char *algo)
{
        GPG(gpg, "20200101T000000", "--quick-gen-key", USER, algo, "sign", "never");
}

static void fingerprint(struct gpg *gpg, char out[41])
{
        const char *at;

        GPG(gpg, "20200601T000000", "--with-colons", "--list-keys");
        at = strstr(rv_buf_str(&gpg->out), "\nfpr:::::::::");
        assert_non_null(at);
        memcpy(out, at + 13, 40);
        out[40] = '\0';
}

static struct rv_rpm_ring *ring_of(const struct rv_buf *keys, int64_t now)
{
        struct rv_rpm_ring *ring = rv_ring_new(now);

        assert_non_null(ring);
        if (keys)
                assert_int_equal(rv_ring_add(ring, rv_buf_str(keys), keys->size, "rpmdb", "the key", NULL, NULL),
                                 RV_OK);
        return ring;
}

static struct rv_rpm_ring *exported(struct gpg *gpg, int64_t now)
{
        GPG(gpg, "20210601T000000", "--export");
        return ring_of(&gpg->out, now);
}

/* --- a package that gpg signs */
struct package {
        uint8_t blob[16384];
        size_t size;
};

static void region_text(const struct build *b, struct rv_buf *out)
{
        uint8_t head[16] = { 0x8e, 0xad, 0xe8, 0x01 };

        put32(head + 8, b->region), put32(head + 12, b->size);
        rv_buf_add(out, head, sizeof head);
        rv_buf_add(out, b->index, b->region * 16);
        rv_buf_add(out, b->data, b->size);
}

static void add_digest(struct build *b, const struct rv_buf *text)
{
        struct rv_pgp_bytes part = { (const uint8_t *)rv_buf_str(text), text->size };
        struct rv_pgp_hasher hasher = { 0 };
        uint8_t digest[EVP_MAX_MD_SIZE];
        char hex[65];
        unsigned i;

        rv_pgp_hasher_text(&hasher, &part, 1);
        assert_int_equal(rv_pgp_hash(&hasher, RV_HASH_SHA256, NULL, digest), 32);
        for (i = 0; i < 32; i++)
                (void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
        build_text(b, RV_TAG_SHA256HEADER, hex);
        rv_pgp_hasher_free(&hasher);
}

/* when NULL: unsigned. summary is what a forger changes. */
static void make_package(struct gpg *gpg, const char *when, const char *summary, const struct rv_buf *signature,
                         struct package *ret)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        char path[96];
        struct build b;

        build_begin(&b);
        build_text(&b, RV_TAG_NAME, "bash");
        build_text(&b, RV_TAG_VERSION, "5.3");
        build_text(&b, RV_TAG_RELEASE, "1");
        build_text(&b, RV_TAG_SUMMARY, summary);
        build_region(&b);
        region_text(&b, &text);
        add_digest(&b, &text);
        if (when) {
                RV_FD_CLEANUP int fd = -1;

                if (signature) /* another's, beside ours */
                        build_entry(&b, RV_TAG_DSAHEADER, 7, (uint32_t)signature->size, rv_buf_str(signature),
                                    signature->size);

                (void)snprintf(path, sizeof path, "%s/text", gpg->path);
                fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
                assert_int_equal(rv_write_all(fd, rv_buf_str(&text), text.size), 0);
                GPG(gpg, when, "--detach-sign", "--output", "-", path);
                signature = &gpg->out;
        }
        if (signature)
                build_entry(&b, RV_TAG_RSAHEADER, 7, (uint32_t)signature->size, rv_buf_str(signature), signature->size);
        ret->size = build_blob(&b, ret->blob);
}

static enum rv_verdict judge(struct rv_rpm_ring *ring, const struct package *package, struct rv_rpm_verdict *ret)
{
        struct rv_rpm_header header;
        struct rv_rpm_verdict verdict;

        assert_true(rv_rpm_open(package->blob, package->size, &header));
        rv_ring_judge(ring, &header, &verdict);
        if (ret)
                *ret = verdict;
        return verdict.verdict;
}

static void expect(struct rv_rpm_ring *ring, const struct package *package, enum rv_verdict verdict)
{
        assert_int_equal(judge(ring, package, NULL), verdict);
        rv_ring_free(ring);
}

/* --- certificates taken apart: without the nth packet, or with its last byte bent */
static void edit(const struct rv_buf *keys, unsigned tag, unsigned nth, bool drop, struct rv_buf *out)
{
        struct rv_pgp_bytes left = { (const uint8_t *)rv_buf_str(keys), keys->size };
        const uint8_t *start = left.at;
        struct rv_pgp_packet packet;

        for (; rv_pgp_next(&left, &packet) == 1; start = left.at) {
                const bool hit = packet.tag == tag && nth-- == 0;

                if (!hit || !drop)
                        rv_buf_add(out, start, (size_t)(left.at - start));
                if (hit && !drop)
                        out->data[out->size - 1] ^= 1;
        }
}

static void ok_nokey_unsigned(void **state)
{
        struct gpg *gpg = *state;
        struct rv_rpm_verdict verdict;
        struct rv_rpm_ring *ring;
        struct package package;
        char fpr[41];

        new_key(gpg, "rsa2048");
        fingerprint(gpg, fpr);
        make_package(gpg, "20200701T000000", "shell", NULL, &package);
        ring = exported(gpg, Y2022);
        assert_int_equal(judge(ring, &package, &verdict), RV_VERDICT_OK);
        assert_int_equal(verdict.header, RV_HEADER_OK);
        assert_int_equal(verdict.n_signers, 1);
        assert_string_equal(verdict.signer[0], fpr);
        assert_string_equal(verdict.key[0]->owner, USER);
        assert_string_equal(verdict.key[0]->algorithm, "RSA 2048");
        assert_memory_equal(verdict.algorithm, "RSA/SHA", 7);
        assert_int_equal(verdict.signed_at, 1593561600);
        rv_ring_free(ring);

        ring = ring_of(NULL, Y2022);
        assert_int_equal(judge(ring, &package, &verdict), RV_VERDICT_NOKEY);
        assert_string_equal(verdict.signer[0], fpr + 24);
        assert_null(verdict.key[0]);
        rv_ring_free(ring);

        make_package(gpg, NULL, "shell", NULL, &package);
        expect(exported(gpg, Y2022), &package, RV_VERDICT_UNSIGNED);
}

/* Whichever signature comes first, the one that decides names the key. */
static void the_key_that_decided(void **state)
{
        RV_BUF_CLEANUP struct rv_buf others = { 0 };
        struct gpg *gpg = *state, other;
        struct rv_rpm_verdict verdict;
        struct rv_rpm_ring *ring;
        struct package package;
        int i;

        new_key(gpg, "rsa2048");
        gpg_begin(&other);
        new_key(&other, "rsa2048");
        make_package(&other, "20200701T000000", "shell", NULL, &package);
        rv_buf_add(&others, rv_buf_str(&other.out), other.out.size);
        make_package(gpg, "20200701T000000", "shell", &others, &package);
        for (i = 0; i < 2; i++) {
                ring = exported(i ? &other : gpg, Y2022);
                assert_int_equal(judge(ring, &package, &verdict), RV_VERDICT_OK);
                assert_int_equal(verdict.n_signers, 2);
                assert_non_null(verdict.decided);
                assert_ptr_equal(verdict.decided, verdict.key[0] ? verdict.key[0] : verdict.key[1]);
                rv_ring_free(ring);
        }
        ring = ring_of(NULL, Y2022);
        assert_int_equal(judge(ring, &package, &verdict), RV_VERDICT_NOKEY);
        assert_null(verdict.decided);
        rv_ring_free(ring);
        gpg_end(&other);
}

static void other_algorithms(void **state)
{
        static const char *const algos[] = { "ed25519", "dsa2048", "nistp256", "nistp384" };
        struct gpg *gpg = *state;
        struct package package;
        size_t i;

        for (i = 0; i < sizeof algos / sizeof *algos; i++) {
                struct gpg one;

                gpg_begin(&one);
                new_key(&one, algos[i]);
                make_package(&one, "20200701T000000", "shell", NULL, &package);
                expect(exported(&one, Y2022), &package, RV_VERDICT_OK);
                gpg_end(&one);
        }
        (void)gpg;
}

/* The signature of one header over another, with digests that fit: as an attacker would write it. */
static void a_changed_header_is_bad(void **state)
{
        RV_BUF_CLEANUP struct rv_buf signature = { 0 };
        struct gpg *gpg = *state;
        struct rv_rpm_verdict verdict;
        struct rv_rpm_ring *ring;
        struct package package;
        size_t i;

        new_key(gpg, "rsa2048");
        make_package(gpg, "20200701T000000", "shell", NULL, &package);
        rv_buf_add(&signature, rv_buf_str(&gpg->out), gpg->out.size);
        make_package(gpg, NULL, "SHELL", &signature, &package);
        ring = exported(gpg, Y2022);
        assert_int_equal(judge(ring, &package, &verdict), RV_VERDICT_BAD);
        assert_true(verdict.header == RV_HEADER_OK && !verdict.late);

        make_package(gpg, NULL, "shell", NULL, &package); /* unsigned, and its digest no longer fits */
        for (i = 0; memcmp(package.blob + i, "shell", 5) != 0; i++)
                ;
        package.blob[i] = 'S';
        assert_int_equal(judge(ring, &package, &verdict), RV_VERDICT_BAD);
        assert_int_equal(verdict.header, RV_HEADER_BAD);
        rv_ring_free(ring);
}

/* No byte of a signature can be bent to anything that counts. (The issuer outside the hashed part is only a hint.) */
static void no_bent_signature_is_ok(void **state)
{
        RV_BUF_CLEANUP struct rv_buf signature = { 0 };
        struct gpg *gpg = *state;
        struct rv_rpm_ring *ring;
        struct package package;
        unsigned ok = 0;
        size_t i;

        new_key(gpg, "ed25519");
        make_package(gpg, "20200701T000000", "shell", NULL, &package);
        rv_buf_add(&signature, rv_buf_str(&gpg->out), gpg->out.size);
        ring = exported(gpg, Y2022);
        for (i = 0; i < signature.size; i++) {
                signature.data[i] ^= 0x10;
                make_package(gpg, NULL, "shell", &signature, &package);
                ok += judge(ring, &package, NULL) == RV_VERDICT_OK;
                signature.data[i] ^= 0x10;
        }
        /* The unhashed issuer, of which the hashed fingerprint has more, does not enter verification. */
        assert_in_range(ok, 0, 9);
        rv_ring_free(ring);
}

static void expiry_counts_from_the_day_of_signing(void **state)
{
        RV_BUF_CLEANUP struct rv_buf other = { 0 };
        struct gpg *gpg = *state;
        struct package before, after, changed;
        struct rv_rpm_verdict verdict;
        struct rv_rpm_ring *ring;
        char fpr[41];

        new_key(gpg, "rsa2048");
        fingerprint(gpg, fpr);
        make_package(gpg, "20200301T000000", "shell", NULL, &before);
        make_package(gpg, "20210601T000000", "shell", NULL, &after);
        rv_buf_add(&other, rv_buf_str(&gpg->out), gpg->out.size);
        make_package(gpg, "20210601T000000", "SHELL", &other, &changed);
        GPG(gpg, "20200601T000000", "--quick-set-expire", fpr, "20210101T000000");
        expect(exported(gpg, Y2021 - YEAR / 4), &before, RV_VERDICT_OK);
        expect(exported(gpg, Y2022), &before, RV_VERDICT_EXPIRED);
        ring = exported(gpg, Y2022);
        assert_int_equal(judge(ring, &after, &verdict), RV_VERDICT_BAD);
        assert_true(verdict.header == RV_HEADER_OK && verdict.late);
        /* Nor does a signature that came late hide another that does not match. */
        assert_int_equal(judge(ring, &changed, &verdict), RV_VERDICT_BAD);
        assert_true(verdict.header == RV_HEADER_OK && !verdict.late);
        rv_ring_free(ring);
        GPG(gpg, "20200901T000000", "--quick-set-expire", fpr, "20301231T000000"); /* renewed: the newest word counts */
        expect(exported(gpg, Y2022), &before, RV_VERDICT_OK);
        expect(exported(gpg, Y2022), &after, RV_VERDICT_OK);
}

/* gpg keeps a ready revocation whose first line is spoilt by a colon. */
static void revoke_key(struct gpg *gpg, const char *fpr)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        char path[160];
        char *at;

        (void)snprintf(path, sizeof path, "%s/openpgp-revocs.d/%s.rev", gpg->path, fpr);
        assert_int_equal(rv_file_read(AT_FDCWD, path, 1 << 16, &text, NULL), RV_OK);
        at = strstr(text.data, ":-----BEGIN");
        assert_non_null(at);
        gpg_at(gpg, "20200601T000000", at + 1, (const char *const[]){ "--import", NULL });
}

static void revocation_counts_and_a_forged_one_does_not(void **state)
{
        RV_BUF_CLEANUP struct rv_buf forged = { 0 };
        struct gpg *gpg = *state;
        struct rv_rpm_verdict verdict;
        struct rv_rpm_ring *ring;
        struct package package;
        char fpr[41];

        new_key(gpg, "rsa2048");
        fingerprint(gpg, fpr);
        make_package(gpg, "20200301T000000", "shell", NULL, &package);
        revoke_key(gpg, fpr);
        ring = exported(gpg, Y2022);
        assert_int_equal(judge(ring, &package, &verdict), RV_VERDICT_REVOKED);
        assert_int_equal(verdict.key[0]->state, RV_KEY_REVOKED);
        rv_ring_free(ring);
        edit(&gpg->out, RV_PGP_SIGNATURE, 0, false, &forged);
        ring = ring_of(&forged, Y2022);
        assert_int_equal(judge(ring, &package, &verdict), RV_VERDICT_OK);
        assert_int_equal(verdict.key[0]->state, RV_KEY_VALID);
        rv_ring_free(ring);
}

static void subkeys_need_their_bindings(void **state)
{
        RV_BUF_CLEANUP struct rv_buf unbound = { 0 }, forged = { 0 };
        struct gpg *gpg = *state;
        struct rv_rpm_verdict verdict;
        struct rv_rpm_ring *ring;
        struct package package, late;
        char fpr[41];

        new_key(gpg, "rsa2048");
        fingerprint(gpg, fpr);
        GPG(gpg, "20200201T000000", "--quick-add-key", fpr, "rsa2048", "sign", "1y");
        make_package(gpg, "20200301T000000", "shell", NULL, &package);
        ring = exported(gpg, Y2021 - YEAR / 4);
        assert_int_equal(judge(ring, &package, &verdict), RV_VERDICT_OK);
        assert_string_equal(verdict.signer[0], fpr); /* the certificate, not the subkey */
        rv_ring_free(ring);
        expect(exported(gpg, Y2022), &package, RV_VERDICT_EXPIRED);
        edit(&gpg->out, RV_PGP_SIGNATURE, 1, true, &unbound);
        expect(ring_of(&unbound, Y2020 + YEAR / 2), &package, RV_VERDICT_UNTRUSTED);
        edit(&gpg->out, RV_PGP_SIGNATURE, 1, false, &forged);
        expect(ring_of(&forged, Y2020 + YEAR / 2), &package, RV_VERDICT_UNTRUSTED);
        make_package(gpg, "20210601T000000", "shell", NULL, &late); /* by the primary key: the subkey has expired */
        expect(exported(gpg, Y2022), &late, RV_VERDICT_OK);
}

static void weak_hashes_are_not_trusted(void **state)
{
        struct gpg *gpg = *state;
        struct package package;
        char path[96];

        new_key(gpg, "rsa2048");
        (void)snprintf(path, sizeof path, "%s/gpg.conf", gpg->path);
        {
                RV_FD_CLEANUP int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

                assert_int_equal(rv_write_all(fd, "digest-algo SHA1\n", 17), 0);
        }
        make_package(gpg, "20200301T000000", "shell", NULL, &package);
        expect(exported(gpg, Y2022), &package, RV_VERDICT_UNTRUSTED);
}

/* Rubbish in a certificate: whatever is made of it, nothing is read outside (run with a sanitizer). */
static void survives_bent_certificates(void **state)
{
        RV_BUF_CLEANUP struct rv_buf keys = { 0 };
        struct gpg *gpg = *state;
        uint8_t *copy;
        size_t i, cut;

        new_key(gpg, "ed25519");
        GPG(gpg, "20200601T000000", "--export");
        rv_buf_add(&keys, rv_buf_str(&gpg->out), gpg->out.size);
        for (i = 0; i < keys.size; i++)
                for (cut = 0; cut < 2; cut++) {
                        struct rv_pgp_bytes bytes = { 0 };
                        struct rv_cert *cert;

                        bytes.left = cut ? i : keys.size;
                        copy = malloc(bytes.left + 1);
                        assert_non_null(copy);
                        memcpy(copy, keys.data, bytes.left);
                        if (!cut)
                                copy[i] ^= 0xff;
                        bytes.at = copy;
                        (void)rv_cert_read(&bytes, "rpmdb", Y2022, &cert);
                        rv_cert_free(cert);
                        free(copy);
                }
}

static void reads_armour(void **state)
{
        RV_BUF_CLEANUP struct rv_buf bytes = { 0 }, none = { 0 };
        struct gpg *gpg = *state;
        struct rv_rpm_ring *ring;

        new_key(gpg, "ed25519");
        GPG(gpg, "20200601T000000", "--armor", "--export");
        assert_true(rv_pgp_dearmor(rv_buf_str(&gpg->out), gpg->out.size, &bytes));
        ring = ring_of(&bytes, Y2024);
        assert_int_equal(ring->n, 1);
        assert_string_equal(ring->certs[0]->info.algorithm, "Ed25519");
        rv_ring_free(ring);
        assert_false(rv_pgp_dearmor("nothing", 7, &none));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(ok_nokey_unsigned),
                TEST(the_key_that_decided),
                TEST(other_algorithms),
                TEST(a_changed_header_is_bad),
                TEST(no_bent_signature_is_ok),
                TEST(expiry_counts_from_the_day_of_signing),
                TEST(revocation_counts_and_a_forged_one_does_not),
                TEST(subkeys_need_their_bindings),
                TEST(weak_hashes_are_not_trusted),
                TEST(survives_bent_certificates),
                TEST(reads_armour),
        };

        return cmocka_run_group_tests_name("rpm verdict", tests, NULL, NULL);
}
