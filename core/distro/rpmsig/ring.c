/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Collecting keys: the headers gpg-pubkey of the database, and the files of rpm's keystores "fs" (pubkeys/NAME.key) and
 * "openpgp" (pubkeys/XX/REST) beside it. */
#include "core/distro/rpmsig/ring.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"

enum { MAX_CERTS = 4096, MAX_KEY_FILE = 1 << 20 };

/* Before anything asks libcrypto: its configuration, which the environment can name, may load any library. */
struct rv_rpm_ring *rv_ring_new(int64_t now)
{
        bool ready = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1;
        struct rv_rpm_ring *ring = ready ? calloc(1, sizeof *ring) : NULL;

        if (ring)
                ring->now = now;
        return ring;
}

/* Verdicts point into the ring and end with it. */
void rv_ring_free(struct rv_rpm_ring *ring)
{
        size_t i;

        if (!ring)
                return;
        for (i = 0; i < ring->n; i++)
                rv_cert_free(ring->certs[i]);
        free(ring->certs);
        rv_pgp_hasher_free(&ring->hasher);
        rv_buf_free(&ring->scratch);
        free(ring);
}

static bool same_bytes(const struct rv_cert *a, const struct rv_cert *b)
{
        return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static int insert(struct rv_rpm_ring *ring, struct rv_cert *take, struct rv_err *err)
{
        struct rv_cert **more, *both = NULL;
        size_t i;

        for (i = 0; i < ring->n; i++) {
                struct rv_cert **old = &ring->certs[i];

                if (strcmp((*old)->info.fingerprint, take->info.fingerprint) != 0)
                        continue;
                /* The same key from two sources: what either says counts, a revocation above all. */
                if (!same_bytes(*old, take) && rv_cert_join(*old, take, ring->now, &both) == RV_PGP_READ && both) {
                        rv_cert_free(*old);
                        *old = both;
                }
                rv_cert_free(take);
                return RV_OK;
        }
        more = ring->n < MAX_CERTS ? realloc(ring->certs, (ring->n + 1) * sizeof(struct rv_cert *)) : NULL;
        if (!more) {
                rv_cert_free(take);
                return rv_fail_memory(err);
        }
        ring->certs = more;
        ring->certs[ring->n++] = take;
        return RV_OK;
}

/* Bytes may hold several certificates one after the other. One that is not understood is warned of and passed
 * over: the keys behind it still count. */
int rv_ring_add(struct rv_rpm_ring *ring, const void *bytes, size_t size, const char *source, const char *name,
                struct rv_sink *sink, struct rv_err *err)
{
        struct rv_pgp_bytes left = { bytes, size };
        enum rv_pgp_parse parse;
        struct rv_cert *cert;
        int r;

        do {
                parse = rv_cert_read(&left, source, ring->now, &cert);
                if (parse == RV_PGP_BROKEN && sink)
                        rv_warn(sink, RV_DAMAGED, N_("%1: holds no key that can be read"), name, NULL);
                if (parse == RV_PGP_UNKNOWN && sink)
                        rv_warn(sink, RV_UNSUPPORTED, N_("%1: holds a key of a kind that is not known here"), name,
                                NULL);
                if (parse != RV_PGP_READ)
                        continue;
                if (!cert)
                        return rv_fail_memory(err);
                r = insert(ring, cert, err);
                if (r)
                        return r;
        } while (left.left > 0);
        return RV_OK;
}

/* A header carries the certificate in base64, once for the key and again for each subkey. */
static int add_header(struct rv_rpm_ring *ring, const struct rv_rpm_row *row, struct rv_sink *sink, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf bytes = { 0 }, name = { 0 };
        struct rv_rpm_header header;
        struct rv_rpm_texts texts;
        const char *text;
        int r = RV_OK;

        if (!rv_rpm_open(row->blob, row->size, &header) || !rv_rpm_is_key(&header))
                return RV_OK; /* a damaged header is a row of the views, not a key */
        if (!rv_rpm_nevra(&header, &name))
                rv_buf_printf(&name, "#%lld", (long long)row->hnum);
        rv_rpm_texts(&header, RV_TAG_PUBKEYS, &texts);
        text = rv_rpm_next_text(&texts);
        if (!text || !rv_pgp_base64(text, strlen(text), &bytes)) {
                if (bytes.failed)
                        return rv_fail_memory(err);
                if (sink)
                        rv_warn(sink, RV_DAMAGED, N_("%1: holds no key that can be read"), rv_buf_str(&name), NULL);
                return RV_OK;
        }
        for (; !r && text; text = rv_rpm_next_text(&texts)) {
                rv_buf_clear(&bytes);
                if (rv_pgp_base64(text, strlen(text), &bytes))
                        r = rv_ring_add(ring, rv_buf_str(&bytes), bytes.size, "rpmdb", rv_buf_str(&name), sink, err);
        }
        return r;
}

/* By the name index, as rpm itself finds its keys. A key missing from it makes packages "nokey", never "ok". */
static int add_headers(struct rv_rpm_ring *ring, const struct rv_rpm_backend *rpm, struct rv_rpmdb *db,
                       struct rv_err *err)
{
        struct rv_rpm_row row;
        int r = rpm->by_name(db, "gpg-pubkey", err);

        while (!r && !(r = rpm->next(db, &row, err)) && row.blob)
                r = add_header(ring, &row, db->sink, err);
        return r;
}

/* One file of a key store, armoured or not. One that cannot be read is a warning: the others still count. */
static int add_file(struct rv_rpm_ring *ring, struct rv_rpmdb *db, const char *path, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 }, bytes = { 0 };
        RV_ERR_CLEANUP struct rv_err failed = { 0 };
        const struct rv_buf *key = &text;

        if (db->sink && rv_depends(db->sink, db->root, path))
                return rv_fail_memory(err);
        if (rv_file_read(db->root, path, MAX_KEY_FILE, &text, &failed)) {
                if (db->sink)
                        rv_warn(db->sink, failed.code, N_("%1: the key cannot be read"), path, NULL);
                return RV_OK;
        }
        if (rv_pgp_dearmor(rv_buf_str(&text), text.size, &bytes))
                key = &bytes;
        return rv_ring_add(ring, rv_buf_str(key), key->size, path, path, db->sink, err);
}

/* In the store "openpgp" files are called by the rest of their fingerprint. */
static bool is_key_file(const char *name, unsigned depth)
{
        const size_t n = strlen(name);

        return depth ? n > 8 && strspn(name, "0123456789abcdef") == n : n > 4 && strcmp(name + n - 4, ".key") == 0;
}

/* depth 1: the two-letter directories of the store "openpgp". */
static int add_directory(struct rv_rpm_ring *ring, struct rv_rpmdb *db, const char *directory, unsigned depth,
                         struct rv_err *err)
{
        const struct dirent *entry;
        char path[512];
        DIR *dir;
        int fd, r = RV_OK;

        if (db->sink && rv_depends(db->sink, db->root, directory))
                return rv_fail_memory(err);
        fd = rv_open_in_root(db->root, directory, O_RDONLY | O_DIRECTORY);
        dir = fd < 0 ? NULL : fdopendir(fd);
        if (!dir) {
                rv_close(&fd);
                return RV_OK;
        }
        while (!r && (errno = 0, entry = readdir(dir))) {
                if (snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) >= (int)sizeof path)
                        continue;
                if (is_key_file(entry->d_name, depth))
                        r = add_file(ring, db, path, err);
                else if (depth == 0 && strlen(entry->d_name) == 2 && strspn(entry->d_name, "0123456789abcdef") == 2)
                        r = add_directory(ring, db, path, 1, err);
        }
        if (!r && errno)
                r = rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), directory);
        (void)closedir(dir);
        return r;
}

/* What is said about keys goes stale when the next of them expires. */
static void note_expiry(const struct rv_rpm_ring *ring, struct rv_sink *sink)
{
        size_t i, k;

        for (i = 0; sink && i < ring->n; i++)
                for (k = 0; k < ring->certs[i]->n_keys; k++)
                        if (ring->certs[i]->keys[k].expires > ring->now)
                                rv_expires(sink, ring->certs[i]->keys[k].expires);
}

/* All sources together, as rpm would use whichever of them it is configured for: a root's configuration is not
 * read. */
int rv_ring_open(const struct rv_rpm_backend *rpm, struct rv_rpmdb *db, int64_t now, struct rv_rpm_ring **ret,
                 struct rv_err *err)
{
        struct rv_rpm_ring *ring = rv_ring_new(now);
        char path[64];
        int r;

        if (!ring)
                return rv_fail_memory(err);
        r = add_headers(ring, rpm, db, err);
        (void)snprintf(path, sizeof path, "%s/pubkeys", db->place.directory);
        if (!r)
                r = add_directory(ring, db, path, 0, err);
        if (r) {
                rv_ring_free(ring);
                return r;
        }
        note_expiry(ring, db->sink);
        *ret = ring;
        return RV_OK;
}
