/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One hasher for each algorithm, kept for all files of a check. */
#include "plugins/sandboxes/hashing.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/distro/open.h"

struct hashing {
        const struct rv_crypto *crypto;
        struct rv_hasher *hashers[RV_SHA512 + 1];
};

void hashing_free(struct hashing *hashing)
{
        size_t i;

        if (!hashing)
                return;
        for (i = 0; i <= RV_SHA512; i++)
                if (hashing->hashers[i])
                        hashing->crypto->hasher_free(hashing->hashers[i]);
        free(hashing);
}

/* Opening libcrypto takes milliseconds: not for an environment in which no file is left to hash. */
static int start(struct check *check, struct rv_err *err)
{
        static const struct rv_backend wanted = { RV_CRYPTO_ABI, sizeof(struct rv_crypto) };
        const void *object;
        int r;

        if (check->hashing)
                return RV_OK;
        r = rv_backend_open("crypto", wanted, &object, err);
        if (r)
                return r;
        check->hashing = calloc(1, sizeof *check->hashing);
        if (!check->hashing)
                return rv_fail_memory(err);
        check->hashing->crypto = object;
        return RV_OK;
}

/* Mostly SHA-256 and no other, so each is made when it is first met. */
static int hasher_of(struct check *check, int kind, struct rv_hasher **ret, struct rv_err *err)
{
        int r = start(check, err);

        if (r)
                return r;
        if (!check->hashing->hashers[kind])
                check->hashing->hashers[kind] = check->hashing->crypto->hasher_new((enum rv_hash_kind)kind);
        *ret = check->hashing->hashers[kind];
        return *ret ? RV_OK
                    : rv_fail(err, RV_UNSUPPORTED, N_("libcrypto offers no SHA-2 digest"),
                              N_("see `openssl list -digest-algorithms` for what the system's policy allows"), NULL);
}

int hashing_compare(struct check *check, const struct file *file, const char *whole, enum file_state *ret,
                    struct rv_err *err)
{
        RV_FD_CLEANUP int fd = -1;
        RV_ERR_CLEANUP struct rv_err why = { 0 };
        struct rv_hasher *hasher;
        struct rv_digest digest;
        struct stat st;
        int r = hasher_of(check, file->hash, &hasher, err);

        if (r)
                return r;
        /* Opened once and looked at through the descriptor: the name may mean something else by now. */
        *ret = FILE_UNKNOWN;
        fd = rv_open_in_root(check->scan->root, whole, O_RDONLY);
        if (fd < 0) {
                scan_unreadable(check->scan, fd, whole);
                return RV_OK;
        }
        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
                *ret = FILE_CHANGED;
                return RV_OK;
        }
        /* A file that grows while it is read is none that was installed. */
        r = check->hashing->crypto->file(hasher, fd, whole, (uint64_t)st.st_size, &digest, NULL, &why);
        if (r && r != RV_DAMAGED)
                scan_skip(check->scan, &check->scan->failed, whole);
        else
                *ret = !r && digest.size == file->digest->size &&
                                       memcmp(digest.bytes, file->digest->bytes, digest.size) == 0
                               ? FILE_OK
                               : FILE_CHANGED;
        return RV_OK;
}
