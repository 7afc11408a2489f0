// OpenSSL 3 as Swift sees it. The inline functions stand in for macros, which Swift cannot import.
#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

static inline int stoep_ssl_ctx_tls13_only(SSL_CTX *ctx) {
    return SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1
        && SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1;
}

/// Partial and moving writes, so a blocked write may be tried again from another buffer; no read or write
/// buffer is held by an idle connection.
static inline void stoep_ssl_ctx_modes(SSL_CTX *ctx) {
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
        | SSL_MODE_RELEASE_BUFFERS);
}

/// Nothing is resumed: a resumed session would skip the certificate.
static inline void stoep_ssl_ctx_no_resumption(SSL_CTX *ctx) {
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_num_tickets(ctx, 0);
}

static inline int stoep_ssl_ctx_only_ed25519(SSL_CTX *ctx) {
    return SSL_CTX_set1_sigalgs_list(ctx, "ed25519") == 1
        && SSL_CTX_set1_client_sigalgs_list(ctx, "ed25519") == 1
        && SSL_CTX_set1_groups_list(ctx, "X25519") == 1;
}

static inline void stoep_ssl_ctx_bound_peer_certificates(SSL_CTX *ctx, long bytes) {
    SSL_CTX_set_max_cert_list(ctx, bytes);
}
