// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <hiredis/hiredis.h>
#include <stdint.h>
#include <stdlib.h>

// hiredis as a codec: what reads replies and what writes commands. Sockets, deadlines and TLS are the project's own.

#if HIREDIS_MAJOR >= 1
typedef size_t chiredis_count;
#else
typedef int chiredis_count;
#endif

/// hiredis' reader of replies, with a limit on how many elements an array may announce: it would make room for them at once.
typedef struct {
  redisReader *reader;
  redisReplyObjectFunctions functions;
  void *(*make_array)(const redisReadTask *, chiredis_count);
  unsigned long long elements;
} chiredis_reader;

static void *chiredis_make_array(const redisReadTask *task, chiredis_count count) {
  chiredis_reader *self = (chiredis_reader *)task->privdata;
  return (unsigned long long)count > self->elements ? NULL : self->make_array(task, count);
}

/// NULL without memory.
static inline chiredis_reader *chiredis_reader_new(unsigned long long elements) {
  chiredis_reader *self = (chiredis_reader *)calloc(1, sizeof *self);
  if (self == NULL) return NULL;
  self->reader = redisReaderCreate();
  if (self->reader == NULL) {
    free(self);
    return NULL;
  }
  self->functions = *self->reader->fn;
  self->make_array = self->functions.createArray;
  self->functions.createArray = chiredis_make_array;
  self->elements = elements;
  self->reader->fn = &self->functions;
  self->reader->privdata = self;
  return self;
}

static inline void chiredis_reader_free(chiredis_reader *self) {
  redisReaderFree(self->reader);
  free(self);
}

/// 0, or not when there is no memory.
static inline int chiredis_feed(chiredis_reader *self, const void *bytes, size_t count) {
  return redisReaderFeed(self->reader, (const char *)bytes, count);
}

/// The next whole reply, to be freed with `freeReplyObject`; NULL when there is none yet, and when the bytes are no replies:
/// then `failed` is set.
static inline redisReply *chiredis_next(chiredis_reader *self, int *failed) {
  void *reply = NULL;
  *failed = redisReaderGetReply(self->reader, &reply) != REDIS_OK;
  return *failed ? NULL : (redisReply *)reply;
}

/// How many bytes were fed and not read yet.
static inline size_t chiredis_unread(const chiredis_reader *self) { return self->reader->len - self->reader->pos; }

/// Writes a command of words that lie one after the other in `bytes`. The count, and the command in `target`, to be freed with
/// `free`; less than 0 without memory.
static inline int chiredis_format(const uint8_t *bytes, const size_t *lengths, int count, char **target) {
  const char **words = (const char **)malloc(sizeof *words * (size_t)count);
  if (words == NULL) return -1;
  size_t position = 0;
  for (int index = 0; index < count; index++) {
    words[index] = (const char *)bytes + position;
    position += lengths[index];
  }
  int length = redisFormatCommandArgv(target, count, words, lengths);
  free(words);
  return length;
}
