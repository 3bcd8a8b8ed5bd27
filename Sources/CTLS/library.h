// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// The functions used, each through a pointer of the type its declaration has.
#define CTLS_FUNCTIONS(F)                                                                                           \
  F(ASN1_TIME_diff) F(BIO_clear_flags) F(BIO_get_data) F(BIO_meth_new) F(BIO_meth_set_create) F(BIO_meth_set_ctrl)  \
  F(BIO_meth_set_read) F(BIO_meth_set_write) F(BIO_new) F(BIO_set_data) F(BIO_set_flags) F(BIO_set_init)            \
  F(ERR_clear_error) F(ERR_peek_last_error) F(ERR_reason_error_string) F(EVP_sha256)               \
  F(SSL_CTX_check_private_key) F(SSL_CTX_ctrl) F(SSL_CTX_free) F(SSL_CTX_get0_certificate)                          \
  F(SSL_CTX_load_verify_file) F(SSL_CTX_new) F(SSL_CTX_set_alpn_select_cb) F(SSL_CTX_set_cipher_list)               \
  F(SSL_CTX_set_client_CA_list) F(SSL_CTX_set_default_passwd_cb) F(SSL_CTX_set_num_tickets) F(SSL_CTX_set_options)  \
  F(SSL_CTX_set_session_id_context) F(SSL_CTX_set_verify) F(SSL_CTX_use_PrivateKey_file)                            \
  F(SSL_CTX_use_certificate_chain_file) F(SSL_accept) F(SSL_free) F(SSL_get1_peer_certificate) F(SSL_get_error)     \
  F(SSL_get_verify_result) F(SSL_get_version) F(SSL_load_client_CA_file) F(SSL_new) F(SSL_read_ex)                  \
  F(SSL_select_next_proto) F(SSL_set_bio) F(SSL_shutdown) F(SSL_write_ex) F(TLS_server_method)                      \
  F(X509_NAME_print_ex) F(X509_digest) F(X509_free) F(X509_get0_notAfter) F(X509_get0_notBefore)                    \
  F(X509_get_subject_name) F(X509_verify_cert_error_string) F(BIO_s_mem) F(BIO_read) F(BIO_free)                    \
  F(SSL_CTX_set_default_verify_paths) F(SSL_connect) F(SSL_ctrl) F(SSL_get0_param) F(SSL_set1_host)                 \
  F(SSL_set_hostflags) F(TLS_client_method) F(X509_VERIFY_PARAM_set1_ip_asc)

#define CTLS_POINTER(name) __typeof__(name) *name##_;
struct ctls_library { CTLS_FUNCTIONS(CTLS_POINTER) };
extern struct ctls_library ctls_lib;
/// What a session's BIO reads from and writes to, and whether more follows what it writes.
/// `budget` is how many bytes may be read before the loop serves others: OpenSSL goes on by itself with messages that carry no
/// data, of which a peer can send as many as it likes.
struct ctls_socket { int descriptor, more, has_ended; size_t budget; };

/// How long it is until `time`; returns 0 when that is not known.
int ctls_seconds_until(const ASN1_TIME *time, int64_t *seconds);

/// How sessions read and write their sockets.
extern BIO_METHOD *ctls_socket_method;
