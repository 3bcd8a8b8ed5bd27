// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CZlib.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <zlib.h>

static struct {
  __typeof__(deflateInit2_) *start;
  __typeof__(deflate) *deflate;
  __typeof__(deflateEnd) *end;
  __typeof__(uncompress) *uncompress;
} lib;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem_of_loading;

static void load(void) {
  void *library = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    problem_of_loading = "compression needs libz.so.1, which is not installed: install the package zlib1g";
    return;
  }
  lib.start = (__typeof__(deflateInit2_) *)dlsym(library, "deflateInit2_");
  lib.deflate = (__typeof__(deflate) *)dlsym(library, "deflate");
  lib.end = (__typeof__(deflateEnd) *)dlsym(library, "deflateEnd");
  lib.uncompress = (__typeof__(uncompress) *)dlsym(library, "uncompress");
  if (lib.start == NULL || lib.deflate == NULL || lib.end == NULL || lib.uncompress == NULL)
    problem_of_loading = "the installed libz.so.1 is too old";
}

const char *czlib_load(void) {
  pthread_once(&once, load);
  return problem_of_loading;
}

size_t czlib_gzip(const uint8_t *bytes, size_t count, uint8_t *packed, size_t room) {
  enum { gzip_window = 15 + 16, memory_level = 8 };
  if (count > UINT_MAX || room > UINT_MAX) return 0;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (lib.start(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                (int)sizeof stream) != Z_OK)
    return 0;
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = (uInt)count;
  stream.next_out = packed;
  stream.avail_out = (uInt)room;
  size_t written = lib.deflate(&stream, Z_FINISH) == Z_STREAM_END ? room - stream.avail_out : 0;
  lib.end(&stream);
  return written;
}

size_t czlib_inflate(const uint8_t *packed, size_t count, uint8_t *bytes, size_t room) {
  if (count > UINT_MAX || room > UINT_MAX) return 0;
  uLongf written = room;
  return lib.uncompress(bytes, &written, packed, count) == Z_OK ? written : 0;
}
