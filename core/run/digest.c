/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libcrypto by dlopen. The library stays open: its own exit handlers would be gone otherwise. The EVP calls used here
 * have kept their types since OpenSSL 1.1. */
#include "core/run/digest.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"

enum { SHA256_SIZE = 32, MAX_SIZE = 64 };

typedef int digest_call(const void *bytes, size_t n, unsigned char *md, unsigned *size, const void *type, void *engine);
typedef const void *type_call(void);

struct library {
        digest_call *digest;
        type_call *sha256;
};

static const char *const names[] = { "libcrypto.so.3", "libcrypto.so.4", "libcrypto.so.1.1" };

/* dlsym gives an object pointer for a function; POSIX says that the bytes are the same. */
static void symbol(void *handle, const char *name, void *ret_call)
{
        void *address = dlsym(handle, name);

        memcpy(ret_call, &address, sizeof address);
}

/* OPENSSL_INIT_NO_LOAD_CONFIG of openssl/crypto.h: its configuration, which the environment can name, may load any
 * library. */
enum { NO_CONFIGURATION = 0x80 };

static bool open_library(struct library *ret)
{
        int (*begin)(uint64_t, const void *) = NULL;
        void *handle = NULL;
        size_t i;

        for (i = 0; !handle && i < sizeof names / sizeof *names; i++)
                handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (!handle)
                return false;
        symbol(handle, "OPENSSL_init_crypto", &begin);
        if (!begin || begin(NO_CONFIGURATION, NULL) != 1)
                return false;
        symbol(handle, "EVP_Digest", &ret->digest);
        symbol(handle, "EVP_sha256", &ret->sha256);
        return ret->digest && ret->sha256;
}

int rv_sha256_hex(const void *bytes, size_t n, char ret[RV_SHA256_HEX], struct rv_err *err)
{
        struct library library = { 0 };
        unsigned char md[MAX_SIZE];
        unsigned size = 0, i;

        if (!open_library(&library))
                return rv_fail(err, RV_UNSUPPORTED, N_("a plan needs %1, which cannot be opened"),
                               N_("install the package that has %1"), names[0], NULL);
        if (library.digest(bytes, n, md, &size, library.sha256(), NULL) != 1 || size != SHA256_SIZE)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: gives no SHA-256 here"), NULL, names[0], NULL);
        for (i = 0; i < SHA256_SIZE; i++)
                (void)snprintf(ret + 2 * (size_t)i, 3, "%02x", md[i]);
        return RV_OK;
}
