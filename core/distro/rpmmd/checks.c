/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What metadata may name: places below its own repository, and checksums that exist. */
#include <string.h>

#include "core/distro/rpmmd/rpmmd.h"

enum { HREF_MAX = 1024 };

/* Letters that mean themselves in a URL's path; a colon would begin a scheme, a percent sign an escape. */
static bool is_plain(char c)
{
        return c && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+^/@,=!$'()*;&", c);
}

bool rv_href_sound(const char *href)
{
        const char *at = href;
        size_t n;

        if (!*href || strlen(href) > HREF_MAX)
                return false;
        for (; *at; at++)
                if (!is_plain(*at))
                        return false;
        for (at = href;; at += n + 1) {
                n = strcspn(at, "/");
                if (n == 0 || (n == 1 && *at == '.') || (n == 2 && at[0] == '.' && at[1] == '.'))
                        return false;
                if (!at[n])
                        return true;
        }
}

bool rv_checksum_take(const char *kind, const char *hex, size_t n, struct rv_checksum *ret)
{
        static const struct {
                const char *name;
                enum rv_checksum_kind kind;
                size_t digits;
        } kinds[] = { { "md5", RV_CHECKSUM_MD5, 32 },
                      { "sha", RV_CHECKSUM_SHA1, 40 }, /* createrepo's old name */
                      { "sha1", RV_CHECKSUM_SHA1, 40 },
                      { "sha256", RV_CHECKSUM_SHA256, 64 },
                      { "sha512", RV_CHECKSUM_SHA512, 128 } };
        struct rv_checksum made = { 0 };
        size_t i, k;

        for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
                if (strcmp(kind, kinds[i].name) == 0)
                        break;
        if (i == sizeof kinds / sizeof *kinds || n != kinds[i].digits)
                return false;
        for (k = 0; k < n; k++) {
                char c = hex[k];

                if (c >= 'A' && c <= 'F')
                        c = (char)(c - 'A' + 'a');
                if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
                        return false;
                made.hex[k] = c;
        }
        made.kind = kinds[i].kind;
        *ret = made;
        return true;
}
