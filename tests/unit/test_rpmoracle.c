/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* links: reeve-rpm PkgConfig::RPM */
/* librpm as the oracle: every header that gpg signs for us is verified by rpm's own keyring too, and bent in every
 * byte; where rpm says bad, so must we. (librpm knows neither time nor revocation; those have tests of their own.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <rpm/rpmcrypto.h>
#include <rpm/rpmkeyring.h>
#include <rpm/rpmpgp.h>
#include <rpm/rpmtypes.h>

#include "core/distro/rpmsig/ring.h"
#include "tests/unit/gpg_fixture.h"
#include "tests/unit/rpm_fixture.h"

enum { NOW = 1700000000 };

struct case_ {
        struct gpg gpg;
        struct rv_buf keys, signature, text;
        struct build build;
};

static void region_text(const struct build *b, struct rv_buf *out)
{
        uint8_t head[16] = { 0x8e, 0xad, 0xe8, 0x01 };

        put32(head + 8, b->region), put32(head + 12, b->size);
        rv_buf_clear(out);
        rv_buf_add(out, head, sizeof head);
        rv_buf_add(out, b->index, b->region * 16);
        rv_buf_add(out, b->data, b->size);
}

static void begin(struct case_ *c, const char *algo)
{
        char path[96];

        *c = (struct case_){ 0 };
        gpg_begin(&c->gpg);
        GPG(&c->gpg, "20200101T000000", "--quick-gen-key", "Reeve Test <test@example.org>", algo, "sign", "never");
        GPG(&c->gpg, "20200601T000000", "--export");
        rv_buf_add(&c->keys, rv_buf_str(&c->gpg.out), c->gpg.out.size);
        build_begin(&c->build);
        build_text(&c->build, RV_TAG_NAME, "bash");
        build_text(&c->build, RV_TAG_VERSION, "5.3");
        build_text(&c->build, RV_TAG_RELEASE, "1");
        build_region(&c->build);
        region_text(&c->build, &c->text);
        (void)snprintf(path, sizeof path, "%s/text", c->gpg.path);
        {
                RV_FD_CLEANUP int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

                assert_int_equal(rv_write_all(fd, rv_buf_str(&c->text), c->text.size), 0);
        }
        GPG(&c->gpg, "20200701T000000", "--detach-sign", "--output", "-", path);
        rv_buf_add(&c->signature, rv_buf_str(&c->gpg.out), c->gpg.out.size);
}

static void end(struct case_ *c)
{
        rv_buf_free(&c->keys);
        rv_buf_free(&c->signature);
        rv_buf_free(&c->text);
        gpg_end(&c->gpg);
}

static bool rpm_says_ok(const struct case_ *c, rpmKeyring keyring)
{
        pgpDigParams sig = NULL;
        DIGEST_CTX digest;
        bool ok;

        if (pgpPrtParams((const uint8_t *)c->signature.data, c->signature.size, PGPTAG_SIGNATURE, &sig) != 0)
                return false;
        digest = rpmDigestInit((int)pgpDigParamsAlgo(sig, PGPVAL_HASHALGO), RPMDIGEST_NONE);
        if (digest)
                (void)rpmDigestUpdate(digest, c->text.data, c->text.size);
        ok = digest && rpmKeyringVerifySig(keyring, sig, digest) == RPMRC_OK;
        if (digest)
                (void)rpmDigestFinal(digest, NULL, NULL, 0);
        (void)pgpDigParamsFree(sig);
        return ok;
}

static bool we_say_ok(const struct case_ *c, struct rv_rpm_ring *ring)
{
        struct build b = c->build;
        struct rv_rpm_verdict verdict;
        struct rv_rpm_header header;
        uint8_t blob[16384];

        build_entry(&b, RV_TAG_RSAHEADER, 7, (uint32_t)c->signature.size, c->signature.data, c->signature.size);
        assert_true(rv_rpm_open(blob, build_blob(&b, blob), &header));
        rv_ring_judge(ring, &header, &verdict);
        return verdict.verdict == RV_VERDICT_OK;
}

struct tally {
        bool takes_key, theirs, ours; /* on the signature as it was made */
        unsigned stricter, looser;    /* bent ones that only they, that only we take */
};

static void compare_bent(struct case_ *c, rpmKeyring keyring, struct rv_rpm_ring *ring, struct tally *tally)
{
        size_t i;

        for (i = 0; i < c->signature.size; i++) {
                bool theirs, ours;

                c->signature.data[i] ^= 0x04;
                theirs = rpm_says_ok(c, keyring);
                ours = we_say_ok(c, ring);
                tally->stricter += theirs && !ours;
                tally->looser += ours && !theirs;
                c->signature.data[i] ^= 0x04;
        }
}

static void agree(const char *algo)
{
        struct rv_rpm_ring *ring = rv_ring_new(NOW);
        rpmKeyring keyring = rpmKeyringNew();
        struct tally tally = { 0 };
        struct case_ c;
        rpmPubkey key;

        begin(&c, algo);
        assert_non_null(ring);
        assert_int_equal(rv_ring_add(ring, c.keys.data, c.keys.size, "rpmdb", "key", NULL, NULL), RV_OK);
        key = rpmPubkeyNew((const uint8_t *)c.keys.data, c.keys.size);
        tally.takes_key = key && rpmKeyringAddKey(keyring, key) == 0;
        tally.ours = we_say_ok(&c, ring);
        if (tally.takes_key) {
                tally.theirs = rpm_says_ok(&c, keyring);
                compare_bent(&c, keyring, ring, &tally);
        }
        (void)rpmPubkeyFree(key);
        (void)rpmKeyringFree(keyring);
        rv_ring_free(ring);
        end(&c); /* before anything can fail: gpg's agent would stay behind */

        print_message("%s: librpm takes the key: %d; bent signatures only librpm takes: %u, only we take: %u\n", algo,
                      tally.takes_key, tally.stricter, tally.looser);
        assert_true(tally.ours);
        assert_int_equal(tally.takes_key, tally.theirs);
        /* The issuer's key id stands twice: hashed, within the fingerprint, which we go by, and unhashed, which librpm
         * goes by: its type and eight bytes. Nothing that is verified may differ. */
        assert_int_equal(tally.stricter, 0);
        assert_in_range(tally.looser, 0, 9);
}

static void rsa(void **state)
{
        (void)state;
        agree("rsa2048");
}

static void dsa(void **state)
{
        (void)state;
        agree("dsa2048");
}

static void ed25519(void **state)
{
        (void)state;
        agree("ed25519");
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(rsa), cmocka_unit_test(dsa), cmocka_unit_test(ed25519) };

        assert_int_equal(rpmInitCrypto(), 0);
        return cmocka_run_group_tests_name("librpm as oracle", tests, NULL, NULL);
}
