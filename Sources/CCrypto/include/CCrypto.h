// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stddef.h>
#include <stdint.h>

// OpenSSL's libcrypto behind a few functions, loaded when it is first needed, so that nobody pays for it who does not use
// it. All of them may be called from any thread.

enum { CCRYPTO_KEY = 32, CCRYPTO_NONCE = 12, CCRYPTO_TAG = 16, CCRYPTO_DIGEST = 32 };

/// Loads libcrypto once. Returns NULL, or why it cannot be loaded. Everything below needs it.
const char *ccrypto_load(void);

/// Encrypts `count` bytes with AES-256-GCM and appends the tag: `sealed` takes `count + CCRYPTO_TAG` bytes. `bound` is
/// authenticated with them. Returns 0 on failure.
int ccrypto_seal(const uint8_t *key, const uint8_t *nonce, const uint8_t *bound, size_t bound_count, const uint8_t *plain,
                 size_t count, uint8_t *sealed);

/// Decrypts what `ccrypto_seal` made: `count` bytes with the tag, into `count - CCRYPTO_TAG` bytes. Returns 0 when
/// anything was changed; then `plain` holds nothing of use.
int ccrypto_open(const uint8_t *key, const uint8_t *nonce, const uint8_t *bound, size_t bound_count, const uint8_t *sealed,
                 size_t count, uint8_t *plain);

/// Writes the SHA-256 of `bytes` to the CCRYPTO_DIGEST bytes of `digest`. Returns 0 on failure.
int ccrypto_digest(const uint8_t *bytes, size_t count, uint8_t *digest);

/// A public key made of its DER SubjectPublicKeyInfo; NULL when it is none, such as a point that is not on its curve. May be
/// used by several threads at the same time. To be freed with `ccrypto_key_free`.
void *ccrypto_key(const uint8_t *der, size_t count);
void ccrypto_key_free(void *key);

/// Verifies a signature of `count` bytes. `digest` is the length of the SHA-2 in bits: 256, 384, 512, or 0 for keys that bring
/// their own (Ed25519). `is_pss` is for RSA: PSS whose salt is as long as the digest, else PKCS #1 v1.5. Returns 1 when it is
/// good, 0 when it is not.
int ccrypto_verify(void *key, int digest, int is_pss, const uint8_t *signature, size_t signature_count, const uint8_t *bytes,
                   size_t count);
