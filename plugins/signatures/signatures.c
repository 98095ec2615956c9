/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin "signatures": its declarations, and the two views, packages by verdict and keys. */
#include "plugins/signatures/signatures.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof *(array)))

static const struct rv_column package_columns[] = {
        [P_NEVRA] = { .id = "nevra", .title = N_("Package"), .type = RV_TEXT, .flags = RV_KEY | RV_MATCH | RV_NEVRA },
        [P_VERDICT] = { .id = "verdict",
                        .title = N_("Verdict"),
                        .help = N_("whether a valid key signed what is installed"),
                        .type = RV_ENUM,
                        .enums = rv_verdict_values,
                        .n_enums = COUNT(rv_verdict_values) },
        [P_HEADER] = { .id = "header",
                       .title = N_("Header"),
                       .help = N_("whether the header is what its own digests say"),
                       .type = RV_ENUM,
                       .enums = rv_header_values,
                       .n_enums = COUNT(rv_header_values),
                       .priority = 4 },
        [P_SIGNER] = { .id = "signer",
                       .title = N_("Key"),
                       .help = N_("the fingerprints of the keys that signed it, or ids of unknown ones"),
                       .type = RV_LIST,
                       .ref = "signatures/keys",
                       .flags = RV_HIDDEN,
                       .priority = 5 },
        [P_SIGNER_NAME] = { .id = "signer_name",
                            .title = N_("Signed by"),
                            .type = RV_TEXT,
                            .priority = 1,
                            .with = "verdict" },
        [P_ALGORITHM] = { .id = "algorithm", .title = N_("Algorithm"), .type = RV_TEXT, .priority = 3 },
        [P_SIGNED_AT] = { .id = "signed_at", .title = N_("Signed"), .type = RV_TIME, .priority = 2 },
        [P_VENDOR] = { .id = "vendor", .title = N_("Vendor"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 6 },
        [P_REASON] = { .id = "reason",
                       .title = N_("Reason"),
                       .help = N_("why the verdict is bad or damaged"),
                       .type = RV_ENUM,
                       .enums = rv_reason_values,
                       .n_enums = COUNT(rv_reason_values),
                       .flags = RV_HIDDEN,
                       .priority = 6 },
        /* A damaged header has no NEVRA by which it could be asked for. */
        [P_NAME] = { .id = "name", .title = N_("Name"), .type = RV_TEXT, .flags = RV_HIDDEN | RV_MATCH, .priority = 6 },
};

static const struct rv_column key_columns[] = {
        [K_FINGERPRINT] = { .id = "fingerprint",
                            .title = N_("Fingerprint"),
                            .type = RV_TEXT,
                            .flags = RV_KEY | RV_HIDDEN | RV_TAIL,
                            .priority = 5 },
        [K_KEYID] = { .id = "keyid", .title = N_("Key"), .type = RV_TEXT, .flags = RV_MATCH | RV_TAIL },
        [K_OWNER] = { .id = "owner", .title = N_("Owner"), .type = RV_TEXT },
        [K_ALGORITHM] = { .id = "algorithm", .title = N_("Algorithm"), .type = RV_TEXT, .priority = 4 },
        [K_CREATED_AT] = { .id = "created_at",
                           .title = N_("Created"),
                           .type = RV_TIME,
                           .flags = RV_HIDDEN,
                           .priority = 6 },
        [K_EXPIRES_AT] = { .id = "expires_at", .title = N_("Expires"), .type = RV_TIME, .priority = 2 },
        [K_STATE] = { .id = "state",
                      .title = N_("State"),
                      .type = RV_ENUM,
                      .enums = rv_key_values,
                      .n_enums = COUNT(rv_key_values),
                      .priority = 1 },
        [K_PACKAGES] = { .id = "packages",
                         .title = N_("Packages"),
                         .help = N_("how many installed packages name this key as their signer"),
                         .type = RV_INT,
                         .priority = 1 },
        [K_SOURCE] = { .id = "source", .title = N_("Source"), .type = RV_TEXT, .flags = RV_HIDDEN, .priority = 7 },
};

static const struct rv_view views[] = {
        { .id = "packages",
          .title = N_("Packages"),
          .help = N_("the verdict on each installed package"),
          .columns = package_columns,
          .n_columns = COUNT(package_columns),
          .fill = packages_fill,
          .shape = RV_SHAPE_LIST,
          .flags = RV_BY_KEY | RV_READS_SLOT | RV_SHARED },
        { .id = "keys",
          .title = N_("Keys"),
          .help = N_("the keys that rpm trusts in this system"),
          .columns = key_columns,
          .n_columns = COUNT(key_columns),
          .fill = keys_fill,
          .shape = RV_SHAPE_LIST,
          .flags = RV_READS_SLOT | RV_SHARED },
};

/* All together have no room on 80 columns: what needs somebody stands before what is merely so. */
#define TALLY(title_, verdict, role_)                                                                 \
        {                                                                                             \
                .title = (title_), .view = "packages", .where = "verdict = " verdict, .role = (role_) \
        }
static const struct rv_tally tallies[] = {
        TALLY(N_("good"), "ok", RV_PLAIN),       TALLY(N_("bad"), "bad", RV_BAD),
        TALLY(N_("revoked"), "revoked", RV_BAD), TALLY(N_("untrusted"), "untrusted", RV_BAD),
        TALLY(N_("no key"), "nokey", RV_WARN),   TALLY(N_("unsigned"), "unsigned", RV_WARN),
        TALLY(N_("damaged"), "damaged", RV_BAD), TALLY(N_("expired"), "expired", RV_WARN),
};

RV_PLUGIN = {
        .abi = RV_ABI,
        .size = RV_SIZES,
        .id = "signatures",
        .title = N_("Signatures"),
        .help = N_("who signed what is installed, and the keys that are trusted"),
        .version = "0.1.0",
        .domain = "reeve",
        .lane = "rpm",
        .views = views,
        .n_views = COUNT(views),
        .findings = findings_fill,
        .tallies = tallies,
        .n_tallies = COUNT(tallies),
};

static void put_text(struct rv_sink *sink, unsigned column, const char *text)
{
        if (text)
                rv_put_text(sink, column, text, strlen(text));
}

/* --- packages */
static void put_signers(struct rv_sink *sink, const struct rv_rpm_verdict *verdict, struct rv_buf *scratch)
{
        const char *items[RV_SIGNERS];
        unsigned i;

        for (i = 0; i < verdict->n_signers; i++)
                items[i] = verdict->signer[i];
        if (i)
                rv_put_list(sink, P_SIGNER, items, i);
        rv_buf_clear(scratch);
        for (i = 0; i < verdict->n_signers; i++) {
                if (!verdict->key[i])
                        continue;
                if (scratch->size)
                        rv_buf_add_str(scratch, ", ");
                rv_owner_name(verdict->key[i]->owner, scratch);
        }
        if (scratch->size)
                rv_put_text(sink, P_SIGNER_NAME, rv_buf_str(scratch), scratch->size);
}

int packages_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf scratch = { 0 };
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        struct rv_rpm_verdict verdict;
        enum rv_reason reason;
        int r = rv_walk_open(query, sink, true, &walk, err);

        while (!r && !(r = rv_walk_next(&walk, err)) && walk.row.blob) {
                r = rv_row_begin(sink, 0);
                if (r)
                        return r;
                rv_walk_judge(&walk, &verdict);
                rv_put_text(sink, P_NEVRA, rv_buf_str(&walk.key), walk.key.size);
                put_text(sink, P_NAME, rv_walk_name(&walk));
                rv_put_int(sink, P_VERDICT, verdict.verdict);
                rv_put_int(sink, P_HEADER, verdict.header);
                put_signers(sink, &verdict, &scratch);
                if (rv_walk_reason(&walk, &verdict, &reason))
                        rv_put_int(sink, P_REASON, reason);
                if (verdict.algorithm[0])
                        put_text(sink, P_ALGORITHM, verdict.algorithm);
                if (verdict.signed_at)
                        rv_put_int(sink, P_SIGNED_AT, verdict.signed_at);
                if (walk.sound)
                        put_text(sink, P_VENDOR, rv_rpm_text(&walk.header, RV_TAG_VENDOR));
        }
        return r;
}

/* --- keys */
static int count_packages(struct rv_walk *walk, int64_t *counts, struct rv_err *err)
{
        const struct rv_rpm_key *keys[RV_SIGNERS];
        size_t i, n = walk->sig->n_keys(walk->ring);
        unsigned k, n_signers;
        int r;

        while (!(r = rv_walk_next(walk, err)) && walk->row.blob) {
                n_signers = walk->sound ? walk->sig->signers(walk->ring, &walk->header, keys) : 0;
                for (k = 0; k < n_signers; k++)
                        for (i = 0; i < n; i++)
                                counts[i] += walk->sig->key(walk->ring, i) == keys[k];
        }
        return r;
}

static int put_key(struct rv_sink *sink, const struct rv_rpm_key *key, int64_t packages)
{
        int r = rv_row_begin(sink, 0);

        if (r)
                return r;
        put_text(sink, K_FINGERPRINT, key->fingerprint);
        put_text(sink, K_KEYID, key->keyid);
        if (*key->owner)
                put_text(sink, K_OWNER, key->owner);
        put_text(sink, K_ALGORITHM, key->algorithm);
        rv_put_int(sink, K_CREATED_AT, key->created);
        if (key->expires)
                rv_put_int(sink, K_EXPIRES_AT, key->expires);
        rv_put_int(sink, K_STATE, key->state);
        rv_put_int(sink, K_PACKAGES, packages);
        put_text(sink, K_SOURCE, key->source);
        return RV_OK;
}

int keys_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        int64_t *counts = NULL;
        size_t i, n = 0;
        int r = rv_walk_open(query, sink, true, &walk, err);

        if (!r) {
                n = walk.sig->n_keys(walk.ring);
                counts = calloc(n + 1, sizeof *counts);
                r = counts ? count_packages(&walk, counts, err) : rv_fail_memory(err);
        }
        for (i = 0; !r && i < n; i++)
                r = put_key(sink, walk.sig->key(walk.ring, i), counts[i]);
        free(counts);
        return r;
}
