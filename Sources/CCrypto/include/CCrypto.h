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
