/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each library's one-shot call, with the room as limit and a bound on xz's memory. */
#include "core/distro/fsread/unpack.h"

#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

enum { XZ_MEMORY = 64 << 20 };

bool unpack_known(unsigned compressor)
{
        return compressor == UNPACK_GZIP || compressor == UNPACK_XZ || compressor == UNPACK_LZ4 ||
               compressor == UNPACK_ZSTD;
}

static size_t unpack_gzip(const uint8_t *in, size_t n, uint8_t *out, size_t room)
{
        uLongf size = room;

        return uncompress(out, &size, in, n) == Z_OK ? size : SIZE_MAX;
}

static size_t unpack_xz(const uint8_t *in, size_t n, uint8_t *out, size_t room)
{
        uint64_t memory = XZ_MEMORY;
        size_t in_at = 0, out_at = 0;

        return lzma_stream_buffer_decode(&memory, 0, NULL, in, &in_at, n, out, &out_at, room) == LZMA_OK ? out_at
                                                                                                         : SIZE_MAX;
}

static size_t unpack_lz4(const uint8_t *in, size_t n, uint8_t *out, size_t room)
{
        int size = LZ4_decompress_safe((const char *)in, (char *)out, (int)n, (int)room);

        return size < 0 ? SIZE_MAX : (size_t)size;
}

static size_t unpack_zstd(const uint8_t *in, size_t n, uint8_t *out, size_t room)
{
        size_t size = ZSTD_decompress(out, room, in, n);

        return ZSTD_isError(size) ? SIZE_MAX : size;
}

size_t unpack(unsigned compressor, const uint8_t *in, size_t n, uint8_t *out, size_t room)
{
        switch (compressor) {
        case UNPACK_GZIP:
                return unpack_gzip(in, n, out, room);
        case UNPACK_XZ:
                return unpack_xz(in, n, out, room);
        case UNPACK_LZ4:
                return unpack_lz4(in, n, out, room);
        case UNPACK_ZSTD:
                return unpack_zstd(in, n, out, room);
        default:
                return SIZE_MAX;
        }
}
