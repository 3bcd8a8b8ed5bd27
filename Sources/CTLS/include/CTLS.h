// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// TLS: OpenSSL's libssl behind a few functions, loaded when it is first needed, so that nobody pays
// for it who does not use it. A context may be used from any thread, a session from one at a time.

/// What all sessions of a server, or of a client, share: its certificate, its key and its rules.
typedef struct ssl_ctx_st ctls_context;
/// One peer's session over a socket.
typedef struct ctls_session ctls_session;

/// What a context is made of. The files are PEM.
typedef struct {
  const char *certificate;  // the server's first, then those that lead to a root
  const char *key;
  const char *client_ca;  // whose clients are let in; NULL asks for no certificate
  int needs_tls13;
} ctls_settings;

/// What a client's context is made of. The files are PEM.
typedef struct {
  const char *authorities;  // who may have issued servers' certificates; NULL for those the system trusts
  const char *certificate;  // shown to servers that ask for one; NULL shows none
  const char *key;
} ctls_client_settings;

/// What is wrong with a context's settings. CTLS_BAD_CA is about the authorities of the other side.
typedef enum {
  CTLS_GOOD, CTLS_BAD_CERTIFICATE, CTLS_BAD_KEY, CTLS_KEY_ENCRYPTED, CTLS_KEY_MISMATCH, CTLS_BAD_CA, CTLS_OTHER
} ctls_fault;

enum { CTLS_REASON = 256, CTLS_SUBJECT = 1024, CTLS_DIGEST = 32 };

/// Loads libssl once. Returns NULL, or why it cannot be loaded. Everything below needs it.
const char *ctls_load(void);

/// Returns NULL when the settings are wrong; then `fault` says what, and `reason` takes CTLS_REASON bytes that say why.
ctls_context *ctls_context_new(const ctls_settings *settings, ctls_fault *fault, char *reason);
/// The same for the side that connects.
ctls_context *ctls_client_context_new(const ctls_client_settings *settings, ctls_fault *fault, char *reason);
/// Sessions go on without it.
void ctls_context_free(ctls_context *context);
/// Seconds until the certificate is valid, and until it is no more; negative in the past. Returns 0 on failure.
int ctls_context_validity(ctls_context *context, int64_t *begins, int64_t *ends);

/// A session over a socket that somebody else keeps open for as long; NULL without memory.
ctls_session *ctls_session_new(ctls_context *context, int socket);
/// The same for the side that connects: the server has to show a certificate for `host`, a name or an address.
ctls_session *ctls_client_session_new(ctls_context *context, int socket, const char *host);
void ctls_session_free(ctls_session *session);

/// How far a handshake is.
typedef enum { CTLS_DONE, CTLS_WANTS_READ, CTLS_WANTS_WRITE, CTLS_NOT_TLS, CTLS_FAILED } ctls_progress;
/// Goes on with the handshake. After CTLS_FAILED, `reason` holds why, in CTLS_REASON bytes.
ctls_progress ctls_handshake(ctls_session *session, char *reason);

/// Receives what is there; the count, 0 at the end, or minus errno. `has_more` is set when there was more than had room.
ssize_t ctls_receive(ctls_session *session, void *bytes, size_t count, int *has_more);
/// Sends without raising SIGPIPE; the count, or minus errno. What was not taken has to be offered again, and nothing before
/// it.
ssize_t ctls_send(ctls_session *session, const void *bytes, size_t count, int more);
/// Tells the peer that nothing more comes.
void ctls_end_sending(ctls_session *session);

/// The protocol that was agreed on, such as "TLSv1.3".
const char *ctls_version(ctls_session *session);
/// Writes the subject of the peer's certificate, in at most CTLS_SUBJECT bytes, and the SHA-256 of the certificate. Returns 0
/// when the peer has none, or one whose subject is longer.
int ctls_peer(ctls_session *session, char *subject, uint8_t *digest);
/// Seconds until the peer's certificate is valid no more; negative in the past. Returns 0 when the peer has none.
int ctls_peer_ends(ctls_session *session, int64_t *ends);
