// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stddef.h>

// libcurl behind typed functions, loaded when it is first needed, so that nobody pays for it who does not use it.
// A multi handle and its transfers belong to one thread; only `ccurl_wakeup` may be called from others.

/// Loads libcurl once. Returns NULL, or why it cannot be loaded. Everything below needs it.
const char *ccurl_load(void);

// MARK: URLs

/// `relative` seen from `base`, which may be the same; to be freed. NULL when either is no URL.
char *ccurl_absolute(const char *base, const char *relative);

/// `scheme://host:port` in lower case, the port always there; to be freed. NULL when `url` is no URL.
char *ccurl_origin(const char *url);

// MARK: transfers

/// What to ask for. Everything is copied.
struct ccurl_request {
  const char *method;
  const char *url;
  const char *const *headers;  ///< `Name: value`, ended by NULL
  const void *body;            ///< NULL for none
  size_t body_count;
  int is_repeatable;  ///< whether libcurl may send it again by itself when a kept connection ends unanswered
  long connect_timeout;  ///< milliseconds
  long total_timeout;    ///< milliseconds, 0 for none
  const char *ca_file;
  const char *certificate;
  const char *key;
  int accepts_any_certificate;
  const char *const *resolve;  ///< `host:port:address`, ended by NULL; may be NULL
};

enum { CCURL_PAUSE = 0x10000001 };

/// Called on the thread of the multi handle. Returns `count`, or CCURL_PAUSE to get the same bytes again after
/// `ccurl_resume`, or anything else to break off.
typedef size_t (*ccurl_sink)(const char *bytes, size_t count, void *context);

struct ccurl_transfer;

/// Makes a multi handle; NULL when there is no memory.
void *ccurl_multi_make(void);
void ccurl_multi_free(void *multi);

/// Starts a transfer. NULL when an option was refused; then `problem` says why, in static text.
struct ccurl_transfer *ccurl_start(void *multi, const struct ccurl_request *request, ccurl_sink header, ccurl_sink body,
                                   void *context, const char **problem);

/// Takes up a paused transfer; calls its sink from within.
void ccurl_resume(struct ccurl_transfer *transfer);

/// Ends a transfer, finished or not.
void ccurl_end(void *multi, struct ccurl_transfer *transfer);

/// Does what can be done without waiting.
void ccurl_perform(void *multi);

/// Sleeps until something can be done, at most `milliseconds`, or until `ccurl_wakeup`.
void ccurl_poll(void *multi, int milliseconds);
void ccurl_wakeup(void *multi);

// MARK: outcomes

/// What a transfer ran into.
enum ccurl_failure {
  CCURL_SUCCESS = 0,
  CCURL_RESOLVE,
  CCURL_CONNECT,
  CCURL_TLS,
  CCURL_SEND,
  CCURL_RECEIVE,
  CCURL_TIMEOUT,
  CCURL_MALFORMED,
  CCURL_INVALID,
  CCURL_OTHER,
};

/// How far a transfer has come, by the clock; 0 for what has not happened. In microseconds since its start.
struct ccurl_times {
  long resolved, connected, secured, first_byte, total;
};

struct ccurl_done {
  void *context;  ///< NULL when no transfer has finished
  int failure;
  const char *message;  ///< valid until `ccurl_end`
};

/// The next finished transfer.
struct ccurl_done ccurl_next_done(void *multi);

struct ccurl_times ccurl_times_of(struct ccurl_transfer *transfer);
