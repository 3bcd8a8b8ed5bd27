// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CTLS.h"
#include "library.h"

#include <stdio.h>
#include <string.h>

static const char session_id_context[] = "mcpctl";
// Forward secrecy and authenticated encryption only; TLS 1.3 has nothing else.
static const char ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
static const char groups[] = "X25519:P-256:P-384";

// HTTP/1.1 or nothing: who insists on another protocol learns it in the handshake.
static int choose_protocol(SSL *session, const unsigned char **chosen, unsigned char *length, const unsigned char *offered,
                           unsigned offered_length, void *context) {
  (void)session, (void)context;
  static const unsigned char ours[] = "\x08http/1.1";
  int found = ctls_lib.SSL_select_next_proto_((unsigned char **)chosen, length, ours, sizeof ours - 1, offered, offered_length);
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Without this, OpenSSL would ask for the password at the terminal.
static _Thread_local int was_asked_for_password;
static int refuse_password(char *buffer, int size, int writes, void *context) {
  (void)buffer, (void)size, (void)writes, (void)context;
  was_asked_for_password = 1;
  return -1;
}

static void explain(char *reason) {
  const char *text = ctls_lib.ERR_reason_error_string_(ctls_lib.ERR_peek_last_error_());
  snprintf(reason, CTLS_REASON, "%s", text == NULL ? "" : text);
  ctls_lib.ERR_clear_error_();
}

static ctls_fault ask_clients(SSL_CTX *context, const char *authorities) {
  STACK_OF(X509_NAME) *names = ctls_lib.SSL_load_client_CA_file_(authorities);
  if (names == NULL) return CTLS_BAD_CA;
  ctls_lib.SSL_CTX_set_client_CA_list_(context, names);
  if (ctls_lib.SSL_CTX_load_verify_file_(context, authorities) != 1) return CTLS_BAD_CA;
  ctls_lib.SSL_CTX_set_verify_(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  return CTLS_GOOD;
}

static ctls_fault take_certificate(SSL_CTX *context, const char *certificate, const char *key) {
  if (ctls_lib.SSL_CTX_use_certificate_chain_file_(context, certificate) != 1) return CTLS_BAD_CERTIFICATE;
  was_asked_for_password = 0;
  if (ctls_lib.SSL_CTX_use_PrivateKey_file_(context, key, SSL_FILETYPE_PEM) != 1) {
    if (was_asked_for_password) return CTLS_KEY_ENCRYPTED;
    unsigned long error = ctls_lib.ERR_peek_last_error_();
    int is_mismatch = ERR_GET_LIB(error) == ERR_LIB_X509 && ERR_GET_REASON(error) == X509_R_KEY_VALUES_MISMATCH;
    int is_other_type = ERR_GET_LIB(error) == ERR_LIB_X509 && ERR_GET_REASON(error) == X509_R_KEY_TYPE_MISMATCH;
    return is_mismatch || is_other_type ? CTLS_KEY_MISMATCH : CTLS_BAD_KEY;
  }
  return ctls_lib.SSL_CTX_check_private_key_(context) == 1 ? CTLS_GOOD : CTLS_KEY_MISMATCH;
}

// What both sides do.
static void set_habits(SSL_CTX *context) {
  ctls_lib.SSL_CTX_set_default_passwd_cb_(context, refuse_password);
  ctls_lib.SSL_CTX_set_options_(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Idle sessions have no buffers, and a record is written as its piece is taken.
  ctls_lib.SSL_CTX_ctrl_(
      context, SSL_CTRL_MODE,
      SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS, NULL);
  ctls_lib.SSL_CTX_ctrl_(context, SSL_CTRL_SET_READ_AHEAD, 1, NULL);
}

static ctls_fault set_up(SSL_CTX *context, const ctls_settings *settings) {
  set_habits(context);
  ctls_lib.SSL_CTX_set_options_(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Clients keep their sessions themselves, in a ticket.
  ctls_lib.SSL_CTX_ctrl_(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, NULL);
  ctls_lib.SSL_CTX_set_alpn_select_cb_(context, choose_protocol, NULL);
  long least = settings->needs_tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
  if (ctls_lib.SSL_CTX_ctrl_(context, SSL_CTRL_SET_MIN_PROTO_VERSION, least, NULL) != 1 ||
      ctls_lib.SSL_CTX_ctrl_(context, SSL_CTRL_SET_GROUPS_LIST, 0, (void *)groups) != 1 ||
      ctls_lib.SSL_CTX_set_cipher_list_(context, ciphers) != 1 || ctls_lib.SSL_CTX_set_num_tickets_(context, 1) != 1 ||
      ctls_lib.SSL_CTX_set_session_id_context_(context, (const unsigned char *)session_id_context,
                                               sizeof session_id_context - 1) != 1)
    return CTLS_OTHER;
  ctls_fault fault = take_certificate(context, settings->certificate, settings->key);
  if (fault != CTLS_GOOD || settings->client_ca == NULL) return fault;
  return ask_clients(context, settings->client_ca);
}

ctls_context *ctls_context_new(const ctls_settings *settings, ctls_fault *fault, char *reason) {
  ctls_lib.ERR_clear_error_();
  *fault = CTLS_OTHER;
  SSL_CTX *context = ctls_lib.SSL_CTX_new_(ctls_lib.TLS_server_method_());
  if (context != NULL) *fault = set_up(context, settings);
  if (*fault == CTLS_GOOD) return context;
  explain(reason);
  ctls_lib.SSL_CTX_free_(context);
  return NULL;
}

static ctls_fault set_up_client(SSL_CTX *context, const ctls_client_settings *settings) {
  set_habits(context);
  ctls_lib.SSL_CTX_set_verify_(context, SSL_VERIFY_PEER, NULL);
  if (ctls_lib.SSL_CTX_ctrl_(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL) != 1 ||
      ctls_lib.SSL_CTX_set_cipher_list_(context, ciphers) != 1)
    return CTLS_OTHER;
  if (settings->authorities == NULL) {
    if (ctls_lib.SSL_CTX_set_default_verify_paths_(context) != 1) return CTLS_OTHER;
  } else if (ctls_lib.SSL_CTX_load_verify_file_(context, settings->authorities) != 1) {
    return CTLS_BAD_CA;
  }
  return settings->certificate == NULL ? CTLS_GOOD : take_certificate(context, settings->certificate, settings->key);
}

ctls_context *ctls_client_context_new(const ctls_client_settings *settings, ctls_fault *fault, char *reason) {
  ctls_lib.ERR_clear_error_();
  *fault = CTLS_OTHER;
  SSL_CTX *context = ctls_lib.SSL_CTX_new_(ctls_lib.TLS_client_method_());
  if (context != NULL) *fault = set_up_client(context, settings);
  if (*fault == CTLS_GOOD) return context;
  explain(reason);
  ctls_lib.SSL_CTX_free_(context);
  return NULL;
}

void ctls_context_free(ctls_context *context) { ctls_lib.SSL_CTX_free_(context); }

int ctls_seconds_until(const ASN1_TIME *time, int64_t *seconds) {
  int days = 0, rest = 0;
  if (time == NULL || ctls_lib.ASN1_TIME_diff_(&days, &rest, NULL, time) != 1) return 0;
  *seconds = (int64_t)days * 86400 + rest;
  return 1;
}

int ctls_context_validity(ctls_context *context, int64_t *begins, int64_t *ends) {
  X509 *certificate = ctls_lib.SSL_CTX_get0_certificate_(context);
  return certificate != NULL && ctls_seconds_until(ctls_lib.X509_get0_notBefore_(certificate), begins) &&
         ctls_seconds_until(ctls_lib.X509_get0_notAfter_(certificate), ends);
}
