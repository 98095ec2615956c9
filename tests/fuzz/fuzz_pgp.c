/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys, armour and signatures of any bytes: read to the end, inside their bounds, in bounded time. */
#include "core/distro/rpmsig/cert.h"
#include "fuzz.h"

static void read_certificates(const uint8_t *data, size_t size)
{
        struct rv_pgp_bytes left = { data, size };
        struct rv_cert *cert;
        size_t before;

        while (left.left > 0) {
                before = left.left;
                if (rv_cert_read(&left, "fuzz", 1700000000, &cert) == RV_PGP_READ)
                        must(cert && cert->n_keys >= 1 && cert->n_keys <= RV_CERT_KEYS);
                rv_cert_free(cert);
                must(left.left < before);
        }
}

static void read_packets(const uint8_t *data, size_t size)
{
        struct rv_pgp_bytes left = { data, size }, number;
        struct rv_pgp_packet packet;
        struct rv_pgp_sig sig;
        char name[32];

        while (rv_pgp_next(&left, &packet) == 1) {
                must(packet.body + packet.size <= data + size);
                if (rv_pgp_read_sig(packet.body, packet.size, &sig) != RV_PGP_READ)
                        continue;
                must(sig.hashed + sig.hashed_size <= data + size);
                rv_pgp_sig_name(&sig, name, sizeof name);
                while (rv_pgp_number(&sig.values, &number))
                        must(number.at + number.left <= data + size);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        RV_BUF_CLEANUP struct rv_buf out = { 0 };

        if (size > 1 << 16)
                return 0;
        read_certificates(data, size);
        read_packets(data, size);
        (void)rv_pgp_dearmor((const char *)data, size, &out);
        must(out.size <= size);
        return 0;
}
