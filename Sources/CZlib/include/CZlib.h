// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stddef.h>
#include <stdint.h>

// zlib behind two functions, loaded when it is first needed, so that nobody pays for it who does not use it. They may be
// called from any thread.

/// Loads libz once. Returns NULL, or why it cannot be loaded. What is below needs it.
const char *czlib_load(void);

/// Writes `bytes` in the gzip format, quickly rather than small, to at most `room` bytes. Returns how many it wrote; 0 when
/// they do not fit, or there is no memory.
size_t czlib_gzip(const uint8_t *bytes, size_t count, uint8_t *packed, size_t room);

/// Reads `packed` in the zlib format, and writes at most `room` bytes. Returns how many it wrote; 0 when it is damaged, or
/// holds more.
size_t czlib_inflate(const uint8_t *packed, size_t count, uint8_t *bytes, size_t room);
