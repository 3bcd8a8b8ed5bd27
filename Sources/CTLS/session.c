// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CTLS.h"
#include "library.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ctls_session {
  SSL *ssl;
  int is_client;
  struct ctls_socket socket;
};

ctls_session *ctls_session_new(ctls_context *context, int socket) {
  ctls_session *session = calloc(1, sizeof *session);
  if (session == NULL) return NULL;
  session->socket.descriptor = socket;
  session->ssl = ctls_lib.SSL_new_(context);
  BIO *bio = session->ssl == NULL ? NULL : ctls_lib.BIO_new_(ctls_socket_method);
  if (bio == NULL) {
    ctls_session_free(session);
    return NULL;
  }
  ctls_lib.BIO_set_data_(bio, &session->socket);
  ctls_lib.SSL_set_bio_(session->ssl, bio, bio);
  return session;
}

ctls_session *ctls_client_session_new(ctls_context *context, int socket, const char *host) {
  ctls_session *session = ctls_session_new(context, socket);
  if (session == NULL) return NULL;
  session->is_client = 1;
  // An address is held against the addresses of the certificate, and is not said in the handshake.
  if (ctls_lib.X509_VERIFY_PARAM_set1_ip_asc_(ctls_lib.SSL_get0_param_(session->ssl), host) == 1) return session;
  ctls_lib.ERR_clear_error_();
  ctls_lib.SSL_set_hostflags_(session->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (ctls_lib.SSL_set1_host_(session->ssl, host) == 1 &&
      ctls_lib.SSL_ctrl_(session->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, (void *)host) == 1)
    return session;
  ctls_session_free(session);
  return NULL;
}

void ctls_session_free(ctls_session *session) {
  ctls_lib.SSL_free_(session->ssl);
  free(session);
}

static void explain(ctls_session *session, int error, char *reason) {
  unsigned long code = ctls_lib.ERR_peek_last_error_();
  long verdict = ctls_lib.SSL_get_verify_result_(session->ssl);
  const char *text = ctls_lib.ERR_reason_error_string_(code);
  if (verdict != X509_V_OK && ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED)
    snprintf(reason, CTLS_REASON, "the %s's certificate: %s", session->is_client ? "server" : "client",
             ctls_lib.X509_verify_cert_error_string_(verdict));
  else if (text != NULL)
    snprintf(reason, CTLS_REASON, "%s", text);
  else
    snprintf(reason, CTLS_REASON, "%s", error == SSL_ERROR_SYSCALL && errno != 0 ? strerror(errno) : "the peer left");
}

/// What may be read for one session at a time, in bytes; the loop looks again at what is left.
enum { READ_BUDGET = 64 << 10 };

ctls_progress ctls_handshake(ctls_session *session, char *reason) {
  session->socket.budget = READ_BUDGET;
  ctls_lib.ERR_clear_error_();
  errno = 0;
  int answer = session->is_client ? ctls_lib.SSL_connect_(session->ssl) : ctls_lib.SSL_accept_(session->ssl);
  if (answer == 1) return CTLS_DONE;
  int error = ctls_lib.SSL_get_error_(session->ssl, answer);
  if (error == SSL_ERROR_WANT_READ) return CTLS_WANTS_READ;
  if (error == SSL_ERROR_WANT_WRITE) return CTLS_WANTS_WRITE;
  int is_http = ERR_GET_REASON(ctls_lib.ERR_peek_last_error_()) == SSL_R_HTTP_REQUEST;
  explain(session, error, reason);
  ctls_lib.ERR_clear_error_();
  return is_http ? CTLS_NOT_TLS : CTLS_FAILED;
}

ssize_t ctls_receive(ctls_session *session, void *bytes, size_t count, int *has_more) {
  size_t total = 0;
  *has_more = 0;
  session->socket.budget = READ_BUDGET;
  while (total < count) {
    size_t received = 0;
    ctls_lib.ERR_clear_error_();
    if (ctls_lib.SSL_read_ex_(session->ssl, (char *)bytes + total, count - total, &received) == 1) {
      total += received;
      continue;
    }
    int error = ctls_lib.SSL_get_error_(session->ssl, 0);
    // What came before the end, or before a fault, is handed over first; the next call tells of it.
    if (total > 0) {
      *has_more = error != SSL_ERROR_WANT_READ;
      return (ssize_t)total;
    }
    if (error == SSL_ERROR_ZERO_RETURN) return 0;
    return error == SSL_ERROR_WANT_READ ? -EAGAIN : -EPROTO;
  }
  *has_more = 1;
  return (ssize_t)total;
}

ssize_t ctls_send(ctls_session *session, const void *bytes, size_t count, int more) {
  size_t total = 0;
  while (total < count) {
    size_t sent = 0;
    session->socket.more = more;
    ctls_lib.ERR_clear_error_();
    if (ctls_lib.SSL_write_ex_(session->ssl, (const char *)bytes + total, count - total, &sent) == 1) {
      total += sent;
      continue;
    }
    int error = ctls_lib.SSL_get_error_(session->ssl, 0);
    if (total > 0 && error == SSL_ERROR_WANT_WRITE) break;
    return error == SSL_ERROR_WANT_WRITE ? -EAGAIN : -EPROTO;
  }
  return (ssize_t)total;
}

void ctls_end_sending(ctls_session *session) {
  session->socket.more = 0;
  ctls_lib.ERR_clear_error_();
  ctls_lib.SSL_shutdown_(session->ssl);
  ctls_lib.ERR_clear_error_();
}

const char *ctls_version(ctls_session *session) { return ctls_lib.SSL_get_version_(session->ssl); }

int ctls_peer(ctls_session *session, char *subject, uint8_t *digest) {
  X509 *certificate = ctls_lib.SSL_get1_peer_certificate_(session->ssl);
  if (certificate == NULL) return 0;
  unsigned length = 0;
  BIO *text = ctls_lib.BIO_new_(ctls_lib.BIO_s_mem_());
  int is_known = text != NULL && ctls_lib.X509_digest_(certificate, ctls_lib.EVP_sha256_(), digest, &length) == 1 &&
                 length == CTLS_DIGEST &&
                 ctls_lib.X509_NAME_print_ex_(text, ctls_lib.X509_get_subject_name_(certificate), 0,
                                              XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0;
  int count = is_known ? ctls_lib.BIO_read_(text, subject, CTLS_SUBJECT) : 0;
  // One that was cut short could be somebody else's.
  if (count == CTLS_SUBJECT) is_known = count = 0;
  subject[count > 0 ? count : 0] = 0;
  ctls_lib.BIO_free_(text);
  ctls_lib.X509_free_(certificate);
  return is_known;
}

int ctls_peer_ends(ctls_session *session, int64_t *ends) {
  X509 *certificate = ctls_lib.SSL_get1_peer_certificate_(session->ssl);
  if (certificate == NULL) return 0;
  int is_known = ctls_seconds_until(ctls_lib.X509_get0_notAfter_(certificate), ends);
  ctls_lib.X509_free_(certificate);
  return is_known;
}
