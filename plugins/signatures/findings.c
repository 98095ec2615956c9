/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with signatures and keys, each with the way out and the row to open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "plugins/signatures/signatures.h"

enum { CRITICAL, WARNING, INFO, SOON = 30 * 24 * 60 * 60 /* seconds before a key expires */ };

struct tally {
        size_t n;
        char row[256]; /* key of the first package */
};

/* Verdicts, and what is told apart among them. */
enum { LATE = RV_VERDICT_DAMAGED + 1, N_KINDS };

struct count {
        struct tally kind[N_KINDS];
        struct tally *revoked; /* by key of the ring */
};

/* What is said of all packages of one kind; where is what lists them, NULL: verdict = ID. */
static const struct {
        const char *id, *text, *hint;
        int severity;
        const char *where;
} kinds[N_KINDS] = {
        [RV_VERDICT_BAD] = { "bad",
                             NP_("%1 package does not match its signature: %2",
                                 "%1 packages do not match their signatures, %2 among them"),
                             N_("the package database was changed behind rpm's back: reinstall them, and find out who "
                                "did it"),
                             CRITICAL, "verdict = bad and reason = changed" },
        [LATE] = { "late",
                   NP_("%1 package was signed after its key had expired: %2",
                       "%1 packages were signed after their keys had expired, %2 among them"),
                   N_("they are what was signed, but the key no longer counted then: reinstall them from a source that "
                      "signs with a valid key"),
                   WARNING, "reason = late" },
        [RV_VERDICT_UNTRUSTED] = { "untrusted",
                                   NP_("%1 package has a signature that cannot be relied on: %2",
                                       "%1 packages have signatures that cannot be relied on, %2 among them"),
                                   N_("the algorithm is broken or unknown, or the key may not sign: reinstall them "
                                      "from a source that signs well"),
                                   WARNING },
        [RV_VERDICT_NOKEY] = { "nokey",
                               NP_("%1 package is signed by a key that is not imported: %2",
                                   "%1 packages are signed by keys that are not imported, %2 among them"),
                               N_("import the key there after checking its fingerprint: rpmkeys --import "
                                  "FILE"),
                               WARNING },
        [RV_VERDICT_UNSIGNED] = { "unsigned",
                                  NP_("%1 package is not signed: %2", "%1 packages are not signed, %2 among them"),
                                  N_("nothing says where they come from: reinstall them from a signed repository"),
                                  WARNING },
        [RV_VERDICT_EXPIRED] = { "expired",
                                 NP_("%1 package was signed by a key that has expired since: %2",
                                     "%1 packages were signed by keys that have expired since, %2 among them"),
                                 N_("import the renewed key, or update them"), INFO },
        [RV_VERDICT_REVOKED] = { NULL, NULL, NULL, 0 }, /* one for each key */
        [RV_VERDICT_DAMAGED] = { NULL, NULL, NULL, 0 }, /* the plugin packages says so */
};

static void put_text(struct rv_sink *sink, unsigned column, const char *text)
{
        rv_put_text(sink, column, text, strlen(text));
}

static int begin(struct rv_sink *sink, const char *id, int severity, const char *view, const char *row)
{
        int r = rv_row_begin(sink, 0);

        if (r)
                return r;
        put_text(sink, RV_F_ID, id);
        rv_put_int(sink, RV_F_SEVERITY, severity);
        put_text(sink, RV_F_VIEW, view);
        if (row)
                put_text(sink, RV_F_ROW, row);
        return RV_OK;
}

/* A finding about packages: it leads to the one, or to the list of them all. */
static int begin_packages(struct rv_sink *sink, const char *id, int severity, const struct tally *tally,
                          const char *where)
{
        int r = begin(sink, id, severity, "signatures/packages", tally->n == 1 ? tally->row : NULL);

        if (!r && tally->n > 1)
                put_text(sink, RV_F_WHERE, where);
        return r;
}

/* The last eight digits in two groups, as people compare them. */
static void short_id(const struct rv_rpm_key *key, char out[10])
{
        (void)snprintf(out, 10, "%.4s %.4s", key->keyid + 8, key->keyid + 12);
}

/* Counts, and keeps the first row to open. */
static void add(struct tally *tally, const char *row)
{
        if (tally->n++ == 0)
                (void)snprintf(tally->row, sizeof tally->row, "%s", row);
}

/* A package that is revoked is counted for the key that decided it. */
static int take_count(struct rv_walk *walk, struct count *count, struct rv_err *err)
{
        struct rv_rpm_verdict verdict;
        size_t i, n = walk->sig->n_keys(walk->ring);
        int r;

        while (!(r = rv_walk_next(walk, err)) && walk->row.blob) {
                rv_walk_judge(walk, &verdict);
                add(&count->kind[verdict.late ? LATE : verdict.verdict], rv_buf_str(&walk->key));
                for (i = 0; verdict.verdict == RV_VERDICT_REVOKED && i < n; i++)
                        if (walk->sig->key(walk->ring, i) == verdict.decided)
                                add(&count->revoked[i], rv_buf_str(&walk->key));
        }
        return r;
}

/* One finding a verdict, however many packages: the view has the rest. */
static int report_verdicts(struct rv_sink *sink, const struct count *count)
{
        char n[24], where[64];
        size_t i;
        int r;

        for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
                const struct tally *tally = &count->kind[i];

                if (!kinds[i].id || !tally->n)
                        continue;
                (void)snprintf(n, sizeof n, "%zu", tally->n);
                (void)snprintf(where, sizeof where, "%s%s",
                               kinds[i].where ? "" : "verdict = ", kinds[i].where ? kinds[i].where : kinds[i].id);
                r = begin_packages(sink, kinds[i].id, kinds[i].severity, tally, where);
                if (r)
                        return r;
                rv_put_msg(sink, RV_F_TEXT, kinds[i].text, n, tally->row, NULL);
                rv_put_msg(sink, RV_F_HINT, kinds[i].hint, NULL);
        }
        return RV_OK;
}

/* One finding a key, since each is an incident of its own. */
static int report_revoked(struct rv_sink *sink, const struct rv_rpm_key *key, const struct tally *tally)
{
        char n[24], id[64], shown[10], where[128];
        int r;

        if (!tally->n)
                return RV_OK;
        (void)snprintf(n, sizeof n, "%zu", tally->n);
        (void)snprintf(id, sizeof id, "revoked-%s", key->keyid);
        short_id(key, shown);
        (void)snprintf(where, sizeof where, "verdict = revoked and signer = %s", key->fingerprint);
        r = begin_packages(sink, id, CRITICAL, tally, where);
        if (r)
                return r;
        rv_put_msg(sink, RV_F_TEXT,
                   NP_("%1 package is signed by a revoked key, %2", "%1 packages are signed by a revoked key, %2"), n,
                   shown, NULL);
        rv_put_msg(sink, RV_F_HINT, N_("replace them by packages that a valid key signed, then remove the key"), NULL);
        if (key->revoked)
                rv_put_int(sink, RV_F_SINCE, key->revoked);
        return RV_OK;
}

/* Keys that have expired or soon will. A revoked one is no finding by itself, only what it signed is. */
static int report_key(struct rv_sink *sink, const struct rv_rpm_key *key, int64_t now)
{
        const bool expired = key->state == RV_KEY_EXPIRED;
        char id[64], shown[10], days[24];
        int r;

        if (!expired && (key->state != RV_KEY_VALID || !key->expires || key->expires > now + SOON))
                return RV_OK;
        (void)snprintf(id, sizeof id, "key-%s-%s", expired ? "expired" : "expires", key->keyid);
        short_id(key, shown);
        r = begin(sink, id, WARNING, "signatures/keys", key->fingerprint);
        if (r)
                return r;
        (void)snprintf(days, sizeof days, "%lld", (long long)((key->expires - now + 86399) / 86400));
        if (expired)
                rv_put_msg(sink, RV_F_TEXT, N_("the key %1 of %2 has expired"), shown, key->owner, NULL);
        else
                rv_put_msg(sink, RV_F_TEXT,
                           NP_("the key %2 of %3 expires within %1 day", "the key %2 of %3 expires within %1 days"),
                           days, shown, key->owner, NULL);
        rv_put_msg(sink, RV_F_HINT, N_("get the renewed key from its owner and import it there: rpmkeys --import FILE"),
                   NULL);
        if (expired)
                rv_put_int(sink, RV_F_SINCE, key->expires);
        return RV_OK;
}

/* A key begins to be worth a finding some time before it expires: the rows go stale then. */
static void note_soon(struct rv_sink *sink, const struct rv_rpm_key *key, int64_t now)
{
        if (key->expires > now + SOON)
                rv_expires(sink, key->expires - SOON);
        else if (key->expires > now) /* it counts days */
                rv_expires(sink, now + (key->expires - now - 1) % 86400 + 1);
}

int findings_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        struct count count = { 0 };
        size_t i, n = 0;
        int r = rv_walk_open(query, sink, true, &walk, err);

        walk.told = true; /* by the packages' own finding */
        if (!r) {
                n = walk.sig->n_keys(walk.ring);
                count.revoked = calloc(n + 1, sizeof *count.revoked);
                r = count.revoked ? take_count(&walk, &count, err) : rv_fail_memory(err);
        }
        for (i = 0; !r && i < n; i++)
                r = report_revoked(sink, walk.sig->key(walk.ring, i), &count.revoked[i]);
        if (!r)
                r = report_verdicts(sink, &count);
        for (i = 0; !r && i < n; i++) {
                r = report_key(sink, walk.sig->key(walk.ring, i), walk.now);
                note_soon(sink, walk.sig->key(walk.ring, i), walk.now);
        }
        free(count.revoked);
        return r;
}
