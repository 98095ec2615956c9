/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way from a mirror to the store. All metadata of a generation belongs to one repomd.xml, whose checksums every
 * file must have; files are stored by what they are, never by the name that a server gave them. */
#include "core/distro/refresh.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/distro/crypto/crypto.h"
#include "core/distro/net/net.h"
#include "core/distro/solv/solv.h"

enum {
        MIRRORS = 32,
        EXPIRE = 48 * 3600,       /* seconds, where nobody says: dnf's default */
        PACKED_LIMIT = 512 << 20, /* bytes of a metadata file whose size is not said */
        RATIO = 100,              /* what is packed may unpack to so many times its size where that is not said */
        OPEN_LIMIT = 1 << 30
};

struct at_work { /* one refresh */
        const struct rv_refresh *refresh;
        const char *repo;
        const struct rv_net *net;
        const struct rv_solv *solv;
        const struct rv_crypto *crypto;
        struct rv_net_options options;
        struct rv_buf bases[MIRRORS]; /* URLs of mirrors, ending in a slash */
        size_t n_bases;
        struct rv_store *store;
        struct rv_store_state state;
        struct rv_repomd repomd;
        int generation; /* its directory */
};

static int fail(const struct at_work *work, int code, const char *msgid, struct rv_err *err)
{
        return rv_fail(err, code, msgid, NULL, work->repo, NULL);
}

int64_t rv_refresh_expires(const struct rv_policy *policy, const char *repo, int64_t refreshed_at)
{
        int64_t seconds = rv_policy_seconds(policy, repo, "metadata_expire", EXPIRE);

        return seconds < 0 || refreshed_at > INT64_MAX - seconds ? INT64_MAX : refreshed_at + seconds;
}

/* What a repository asks for and reeve cannot give is refused, not left out: it would be trusted for what nobody did.
 */
static int refuse_unknown(const struct at_work *work, struct rv_err *err)
{
        const struct rv_policy *policy = work->refresh->policy;

        /* Metadata is hostile: root must not parse it outside of a confined process. */
        if (geteuid() == 0)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: root does not fetch metadata here yet"),
                               N_("ask as another user"), work->repo, NULL);

        if (rv_policy_bool(policy, work->repo, "repo_gpgcheck", false))
                return fail(work, RV_UNSUPPORTED, N_("%1: its metadata must be signed, which is not checked here yet"),
                            err);
        if (!rv_policy_get(policy, work->repo, "baseurl"))
                return fail(work, RV_UNSUPPORTED, N_("%1: has no baseurl; lists of mirrors are not read here yet"),
                            err);
        return RV_OK;
}

static int take_bases(struct at_work *work, struct rv_err *err)
{
        const struct rv_setting *setting = rv_policy_get(work->refresh->policy, work->repo, "baseurl");
        struct rv_buf *base;

        for (; work->n_bases < MIRRORS; work->n_bases++) {
                base = &work->bases[work->n_bases];
                if (!rv_policy_word(work->refresh->policy, setting, work->n_bases, base))
                        break;
                if (!base->size || base->data[base->size - 1] != '/')
                        rv_buf_add_char(base, '/');
        }
        return work->n_bases ? RV_OK : fail(work, RV_UNSUPPORTED, N_("%1: its baseurl is empty"), err);
}

static const char *text_of(const struct at_work *work, const char *key)
{
        const struct rv_setting *setting = rv_policy_get(work->refresh->policy, work->repo, key);

        return setting && *setting->value && strcmp(setting->value, "_none_") != 0 ? setting->value : NULL;
}

static void take_options(struct at_work *work)
{
        const struct rv_policy *policy = work->refresh->policy;
        const int64_t timeout = rv_policy_seconds(policy, work->repo, "timeout", 30);

        work->options = (struct rv_net_options){
                .proxy = text_of(work, "proxy"),
                .proxy_user = text_of(work, "proxy_username"),
                .proxy_password = text_of(work, "proxy_password"),
                .user = text_of(work, "username"),
                .password = text_of(work, "password"),
                .ca_file = text_of(work, "sslcacert"),
                .client_cert = text_of(work, "sslclientcert"),
                .client_key = text_of(work, "sslclientkey"),
                .insecure = !rv_policy_bool(policy, work->repo, "sslverify", true),
                .connect_seconds = timeout > 0 && timeout < 3600 ? (unsigned)timeout : 30,
                .stall_seconds = timeout > 0 && timeout < 3600 ? (unsigned)timeout : 30,
        };
}

static int open_backends(struct at_work *work, struct rv_err *err)
{
        const void *opened = NULL;
        int r = rv_backend_open("net", RV_NET_WANTED, &opened, err);

        work->net = opened;
        if (!r)
                r = rv_backend_open("solv", RV_SOLV_WANTED, &opened, err);
        work->solv = opened;
        if (!r)
                r = rv_backend_open("crypto", (struct rv_backend){ RV_CRYPTO_ABI, sizeof(struct rv_crypto) }, &opened,
                                    err);
        work->crypto = opened;
        return r;
}

/* A file without a name: what is fetched has none until it was checked. */
static int new_file(const struct at_work *work, int *ret, struct rv_err *err)
{
        int fd = openat(work->generation >= 0 ? work->generation : work->refresh->cache_fd, ".",
                        O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

        if (fd < 0)
                return rv_fail_errno(err, errno, N_("the cache of %1 cannot be written: %2"), work->repo);
        *ret = fd;
        return RV_OK;
}

/* Fetches one file of the repository from the first mirror that gives it. */
static int fetch(struct at_work *work, const char *href, struct rv_net_request *request, struct rv_err *err)
{
        const char *urls[MIRRORS];
        struct rv_buf whole[MIRRORS] = { { 0 } };
        size_t i;
        int r;

        for (i = 0; i < work->n_bases; i++) {
                rv_buf_add(&whole[i], work->bases[i].data, work->bases[i].size);
                rv_buf_add_str(&whole[i], href);
                urls[i] = rv_buf_str(&whole[i]);
        }
        request->urls = urls;
        request->n_urls = work->n_bases;
        request->name = work->repo;
        request->options = &work->options;
        r = work->net->fetch(request, 1, 1, work->refresh->cancel, NULL, NULL, err);
        if (!r && request->state == RV_NET_FAILED) {
                r = request->err.code;
                rv_err_move(err, &request->err);
        }
        if (!r && request->url) { /* the mirror, without the file */
                rv_buf_clear(&work->state.url);
                rv_buf_add(&work->state.url, request->url, strlen(request->url) - strlen(href));
        }
        request->urls = NULL;
        request->url = NULL;
        for (i = 0; i < work->n_bases; i++)
                rv_buf_free(&whole[i]);
        return r;
}

static int hash_file(struct at_work *work, enum rv_hash_kind kind, int fd, struct rv_checksum *ret, struct rv_err *err)
{
        static const char digits[] = "0123456789abcdef";
        struct rv_hasher *hasher = work->crypto->hasher_new(kind);
        struct rv_digest digest;
        size_t i;
        int r = hasher ? work->crypto->file(hasher, fd, work->repo, PACKED_LIMIT, &digest, NULL, err)
                       : fail(work, RV_UNSUPPORTED, N_("%1: libcrypto here has no such checksum"), err);

        work->crypto->hasher_free(hasher);
        for (i = 0; !r && i < digest.size; i++) {
                ret->hex[2 * i] = digits[digest.bytes[i] >> 4];
                ret->hex[2 * i + 1] = digits[digest.bytes[i] & 15];
        }
        if (!r)
                ret->hex[2 * digest.size] = '\0';
        return r;
}

/* MD5 and SHA-1 say nothing any more about who made a file. */
static int check_file(struct at_work *work, const struct rv_repomd_file *file, int fd, struct rv_err *err)
{
        struct rv_checksum found = { 0 };
        int r;

        if (file->checksum.kind != RV_CHECKSUM_SHA256 && file->checksum.kind != RV_CHECKSUM_SHA512)
                return rv_fail(err, RV_UNTRUSTED, N_("%1: %2 has a checksum that anybody could match"),
                               N_("have the repository made again with sha256"), work->repo, file->type, NULL);
        r = hash_file(work, file->checksum.kind == RV_CHECKSUM_SHA512 ? RV_SHA512 : RV_SHA256, fd, &found, err);
        if (!r && strcmp(found.hex, file->checksum.hex) != 0)
                r = rv_fail(err, RV_UNTRUSTED, N_("%1: %2 is not what its index says"),
                            N_("the mirror is being updated, or somebody changed it: try again, or another mirror"),
                            work->repo, file->type, NULL);
        return r;
}

static uint64_t open_limit(const struct rv_repomd_file *file)
{
        int64_t packed = file->size < 0 ? PACKED_LIMIT : file->size;

        if (file->open_size >= 0)
                return file->open_size > OPEN_LIMIT ? OPEN_LIMIT : (uint64_t)file->open_size;
        return packed > OPEN_LIMIT / RATIO ? OPEN_LIMIT : (uint64_t)packed * RATIO;
}

/* Fetches and checks a metadata file; *ret is its descriptor. */
static int get(struct at_work *work, const struct rv_repomd_file *file, int *ret, struct rv_err *err)
{
        struct rv_net_request request = { .limit = file->size < 0 ? PACKED_LIMIT : (uint64_t)file->size };
        RV_FD_CLEANUP int fd = -1;
        int r = new_file(work, &fd, err);

        request.fd = fd;
        if (!r)
                r = fetch(work, file->href, &request, err);
        rv_net_request_clear(&request);
        if (!r)
                r = check_file(work, file, fd, err);
        if (!r) {
                *ret = fd;
                fd = -1;
        }
        return r;
}

static int new_part(const struct at_work *work, const char *name, int *ret, struct rv_err *err)
{
        int fd = openat(work->generation, name, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

        if (fd < 0)
                return rv_fail_errno(err, errno, N_("the cache of %1 cannot be written: %2"), work->repo);
        *ret = fd;
        return RV_OK;
}

static int make_primary(struct at_work *work, struct rv_err *err)
{
        const struct rv_repomd_file *file = rv_repomd_file(&work->repomd, "primary");
        RV_FD_CLEANUP int packed = -1, solver = -1, browse = -1;
        struct rv_solv_ingest ask = { .name = work->repo };
        uint64_t n = 0;
        int r;

        if (!file)
                return fail(work, RV_DAMAGED, N_("%1: its index lists no primary metadata"), err);
        r = get(work, file, &packed, err);
        if (!r)
                r = new_part(work, "solver", &solver, err);
        if (!r)
                r = new_part(work, "browse", &browse, err);
        if (r)
                return r;
        ask.primary = file->href;
        ask.open_limit = open_limit(file);
        ask.primary_fd = packed;
        ask.solver_fd = solver;
        ask.browse_fd = browse;
        r = work->solv->ingest(&ask, &n, err);
        work->state.packages = (int64_t)n;
        return r;
}

/* What a repository may have and need not. */
static int make_stream(struct at_work *work, const char *type, const char *name,
                       int (*make)(const struct rv_solv_stream *ask, uint64_t *ret, struct rv_err *err),
                       struct rv_err *err)
{
        const struct rv_repomd_file *file = rv_repomd_file(&work->repomd, type);
        RV_FD_CLEANUP int packed = -1, out = -1;
        struct rv_solv_stream ask = { .name = work->repo };
        uint64_t n = 0;
        int r;

        if (!file)
                return RV_OK;
        r = get(work, file, &packed, err);
        if (!r)
                r = new_part(work, name, &out, err);
        if (r)
                return r;
        ask.packed = file->href;
        ask.packed_fd = packed;
        ask.open_limit = open_limit(file);
        ask.out_fd = out;
        return make(&ask, &n, err);
}

static int make_generation(struct at_work *work, const char *generation, struct rv_err *err)
{
        int r = rv_store_begin(work->store, generation, &work->generation, err);

        if (!r)
                r = make_primary(work, err);
        if (!r)
                r = make_stream(work, "filelists", "paths", work->solv->filelists, err);
        if (!r)
                r = make_stream(work, "updateinfo", "advisories", work->solv->updateinfo, err);
        if (!r && syncfs(work->generation) < 0)
                r = rv_fail_errno(err, errno, N_("the cache of %1 cannot be written: %2"), work->repo);
        return r;
}

/* Reads the index that was fetched, and says which generation it is of. */
static int read_index(struct at_work *work, int fd, char generation[RV_GENERATION], struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        struct rv_checksum sum = { 0 };
        int r = rv_file_read_fd(fd, work->repo, RV_REPOMD_LIMIT, &text, err);

        if (!r)
                r = work->solv->repomd(rv_buf_str(&text), text.size, work->repo, &work->repomd, err);
        if (!r)
                r = hash_file(work, RV_SHA256, fd, &sum, err);
        if (r)
                return r;
        memcpy(generation, sum.hex, RV_GENERATION - 1);
        generation[RV_GENERATION - 1] = '\0';
        rv_buf_clear(&work->state.revision);
        rv_buf_add_str(&work->state.revision, work->repomd.revision);
        work->state.timestamp = work->repomd.timestamp;
        return RV_OK;
}

static void take_validators(struct at_work *work, const struct rv_net_request *request)
{
        rv_buf_clear(&work->state.etag);
        rv_buf_clear(&work->state.modified);
        rv_buf_add_str(&work->state.etag, rv_buf_str(&request->new_etag));
        rv_buf_add_str(&work->state.modified, rv_buf_str(&request->new_modified));
}

static int refresh(struct at_work *work, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf etag = { 0 }, modified = { 0 };
        struct rv_net_request request = { .limit = RV_REPOMD_LIMIT };
        char generation[RV_GENERATION];
        RV_FD_CLEANUP int fd = -1;
        int r = new_file(work, &fd, err);

        /* Only the mirror that said so can say that nothing changed. */
        if (*work->state.generation && work->n_bases == 1 &&
            strcmp(rv_buf_str(&work->state.url), rv_buf_str(&work->bases[0])) == 0) {
                rv_buf_add_str(&etag, rv_buf_str(&work->state.etag));
                rv_buf_add_str(&modified, rv_buf_str(&work->state.modified));
                request.etag = rv_buf_str(&etag);
                request.modified = rv_buf_str(&modified);
        }
        request.fd = fd;
        if (!r)
                r = fetch(work, "repodata/repomd.xml", &request, err);
        if (!r && request.state == RV_NET_DONE) {
                take_validators(work, &request);
                r = read_index(work, fd, generation, err);
                if (!r && strcmp(generation, work->state.generation) != 0) {
                        r = make_generation(work, generation, err);
                        memcpy(work->state.generation, generation, sizeof generation);
                }
        }
        rv_net_request_clear(&request);
        if (r)
                return r;
        rv_buf_clear(&work->state.trust);
        rv_buf_add_str(&work->state.trust, "off");
        work->state.refreshed_at = rv_now();
        return rv_store_commit(work->store, &work->state, err);
}

static void release(struct at_work *work)
{
        size_t i;

        for (i = 0; i < MIRRORS; i++)
                rv_buf_free(&work->bases[i]);
        rv_repomd_free(&work->repomd);
        rv_store_state_free(&work->state);
        rv_store_close(work->store);
        rv_close(&work->generation);
}

int rv_refresh_repo(const struct rv_refresh *ask, const char *repo, struct rv_store_state *ret, struct rv_err *err)
{
        struct at_work work = { .refresh = ask,
                                .repo = repo,
                                .generation = -1,
                                .state = { .timestamp = -1, .refreshed_at = -1, .packages = -1, .files = -1 } };
        int r = refuse_unknown(&work, err);

        if (!r)
                r = take_bases(&work, err);
        if (!r)
                r = open_backends(&work, err);
        if (!r)
                r = rv_store_open(ask->cache_fd, repo, true, &work.store, err);
        if (!r) {
                take_options(&work);
                if (!ask->anew)
                        (void)!rv_store_load(work.store, &work.state, NULL);
                r = refresh(&work, err);
        }
        if (!r) {
                *ret = work.state;
                work.state = (struct rv_store_state){ 0 };
        }
        release(&work);
        return r;
}
