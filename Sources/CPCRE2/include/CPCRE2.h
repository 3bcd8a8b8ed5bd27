// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stddef.h>
#include <stdint.h>

// The few calls of PCRE2 that are needed. pcre2.h stays out of the header, for what it includes would be taken by Swift
// for a part of this module.

// Sendable because a compiled pattern is only read after it is made, and PCRE2 lets threads share what is only read
// (pcre2api, "Multithreading").
typedef struct __attribute__((swift_attr("@Sendable"))) {
  void *_Nullable code;
  void *_Nullable limits;
} pattern_handle;

enum pattern_outcome { PATTERN_FOUND, PATTERN_NOT_FOUND, PATTERN_TOO_MUCH_WORK };

// Compiles UTF-8 text. On failure `code` is NULL and `message` says why.
pattern_handle pattern_compile(
    const uint8_t *_Nullable text, size_t count, uint32_t match_limit, uint32_t heap_limit_kib,
    uint8_t *_Nonnull message, size_t message_capacity);

// Looks for the pattern in valid UTF-8 text.
enum pattern_outcome pattern_match(pattern_handle pattern, const uint8_t *_Nullable text, size_t count);

void pattern_free(pattern_handle pattern);
