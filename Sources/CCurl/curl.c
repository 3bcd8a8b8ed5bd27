// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#define CURL_DISABLE_TYPECHECK
#include "CCurl.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The functions used, each through a pointer of the type its declaration has. The variadic ones lose their macros.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#define FUNCTIONS(F)                                                                                          \
  F(curl_global_init) F(curl_easy_init) F(curl_easy_cleanup) F(curl_easy_setopt) F(curl_easy_getinfo)         \
  F(curl_easy_pause) F(curl_easy_strerror) F(curl_multi_init) F(curl_multi_cleanup) F(curl_multi_add_handle)  \
  F(curl_multi_remove_handle) F(curl_multi_perform) F(curl_multi_poll) F(curl_multi_wakeup)                   \
  F(curl_multi_info_read) F(curl_slist_append) F(curl_slist_free_all) F(curl_url) F(curl_url_cleanup)         \
  F(curl_url_set) F(curl_url_get) F(curl_free)
#define POINTER(name) __typeof__(name) *name##_;
static struct { FUNCTIONS(POINTER) } lib;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem_of_loading;

static void load(void) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    problem_of_loading = "HTTP needs libcurl.so.4, which is not installed: install the package libcurl4";
    return;
  }
#define FIND(name)                                                                                     \
  if ((lib.name##_ = (__typeof__(name) *)dlsym(library, #name)) == NULL) {                             \
    problem_of_loading = "the installed libcurl.so.4 is too old (no " #name "): 7.68 or newer needed"; \
    return;                                                                                            \
  }
  FUNCTIONS(FIND)
  if (lib.curl_global_init_(CURL_GLOBAL_DEFAULT) != CURLE_OK) problem_of_loading = "libcurl cannot be initialised";
}

const char *ccurl_load(void) {
  pthread_once(&once, load);
  return problem_of_loading;
}

// MARK: URLs

static char *copied(CURLU *url, CURLUPart part) {
  char *text = NULL;
  if (lib.curl_url_get_(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return NULL;
  char *copy = strdup(text);
  lib.curl_free_(text);
  return copy;
}

char *ccurl_absolute(const char *base, const char *relative) {
  CURLU *url = lib.curl_url_();
  char *absolute = NULL, *text = NULL;
  if (url != NULL && lib.curl_url_set_(url, CURLUPART_URL, base, 0) == CURLUE_OK &&
      lib.curl_url_set_(url, CURLUPART_URL, relative, 0) == CURLUE_OK &&
      lib.curl_url_get_(url, CURLUPART_URL, &text, 0) == CURLUE_OK) {
    absolute = strdup(text);
    lib.curl_free_(text);
  }
  lib.curl_url_cleanup_(url);
  return absolute;
}

char *ccurl_origin(const char *text) {
  CURLU *url = lib.curl_url_();
  char *origin = NULL;
  if (url != NULL && lib.curl_url_set_(url, CURLUPART_URL, text, 0) == CURLUE_OK) {
    char *scheme = copied(url, CURLUPART_SCHEME), *host = copied(url, CURLUPART_HOST), *port = copied(url, CURLUPART_PORT);
    if (scheme != NULL && host != NULL && port != NULL && asprintf(&origin, "%s://%s:%s", scheme, host, port) < 0)
      origin = NULL;
    for (char *at = origin; at != NULL && *at != 0; at++)
      if (*at >= 'A' && *at <= 'Z') *at += 'a' - 'A';
    free(scheme), free(host), free(port);
  }
  lib.curl_url_cleanup_(url);
  return origin;
}

// MARK: transfers

struct ccurl_transfer {
  CURL *easy;
  struct curl_slist *headers, *resolve;
  ccurl_sink header_sink, body_sink;
  void *context;
  char *body;  // of what is not repeatable
  size_t body_count, body_sent;
  char message[CURL_ERROR_SIZE];
};

static size_t header_arrived(char *bytes, size_t size, size_t count, void *raw) {
  struct ccurl_transfer *transfer = raw;
  return transfer->header_sink(bytes, size * count, transfer->context);
}

static size_t body_arrived(char *bytes, size_t size, size_t count, void *raw) {
  struct ccurl_transfer *transfer = raw;
  size_t taken = transfer->body_sink(bytes, size * count, transfer->context);
  return taken == CCURL_PAUSE ? CURL_WRITEFUNC_PAUSE : taken;
}

static size_t body_wanted(char *buffer, size_t size, size_t count, void *raw) {
  struct ccurl_transfer *transfer = raw;
  size_t left = transfer->body_count - transfer->body_sent, taken = left < size * count ? left : size * count;
  memcpy(buffer, transfer->body + transfer->body_sent, taken);
  transfer->body_sent += taken;
  return taken;
}

static int body_wanted_again(void *raw, curl_off_t offset, int origin) {
  (void)raw, (void)offset, (void)origin;
  return CURL_SEEKFUNC_FAIL;
}

static struct curl_slist *list(const char *const *texts) {
  struct curl_slist *list = NULL;
  for (; texts != NULL && *texts != NULL; texts++) {
    struct curl_slist *longer = lib.curl_slist_append_(list, *texts);
    if (longer != NULL) list = longer;
  }
  return list;
}

static void free_transfer(struct ccurl_transfer *transfer) {
  lib.curl_easy_cleanup_(transfer->easy);
  lib.curl_slist_free_all_(transfer->headers);
  lib.curl_slist_free_all_(transfer->resolve);
  free(transfer->body);
  free(transfer);
}

// Returns the first option that libcurl refuses, or NULL.
static const char *set_options(struct ccurl_transfer *transfer, const struct ccurl_request *request) {
#define SET(option, value) \
  if (lib.curl_easy_setopt_(transfer->easy, CURLOPT_##option, value) != CURLE_OK) return #option;
  SET(URL, request->url)
  SET(PROTOCOLS_STR, "http,https")
  if (strcmp(request->method, "GET") != 0) SET(CUSTOMREQUEST, request->method)
  // libcurl sends a request again by itself when a kept connection ends before any response. What may have had an effect
  // must not be sent twice: its body cannot be rewound, and without one it gets a connection of its own.
  if (request->body != NULL) SET(POSTFIELDSIZE_LARGE, (curl_off_t)request->body_count)
  if (request->body != NULL && request->is_repeatable) {
    SET(COPYPOSTFIELDS, request->body)
  } else if (request->body != NULL) {
    SET(POST, 1L)
    SET(READFUNCTION, body_wanted)
    SET(READDATA, transfer)
    SET(SEEKFUNCTION, body_wanted_again)
  }
  if (!request->is_repeatable && request->body_count == 0) SET(FRESH_CONNECT, 1L)
  SET(HTTPHEADER, transfer->headers)
  SET(RESOLVE, transfer->resolve)
  SET(CONNECTTIMEOUT_MS, request->connect_timeout)
  SET(TIMEOUT_MS, request->total_timeout)
  SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS)
  SET(FOLLOWLOCATION, 0L)
  SET(SUPPRESS_CONNECT_HEADERS, 1L)
  SET(TCP_KEEPALIVE, 1L)
  SET(NOSIGNAL, 1L)
  if (request->ca_file != NULL) SET(CAINFO, request->ca_file)
  if (request->certificate != NULL) SET(SSLCERT, request->certificate)
  if (request->key != NULL) SET(SSLKEY, request->key)
  if (request->accepts_any_certificate) {
    SET(SSL_VERIFYPEER, 0L)
    SET(SSL_VERIFYHOST, 0L)
  }
  SET(HEADERFUNCTION, header_arrived)
  SET(HEADERDATA, transfer)
  SET(WRITEFUNCTION, body_arrived)
  SET(WRITEDATA, transfer)
  SET(ERRORBUFFER, transfer->message)
  SET(PRIVATE, transfer)
  // Else giving up while a name is looked up waits for the resolver. Since 7.87, so older ones may refuse it.
  lib.curl_easy_setopt_(transfer->easy, CURLOPT_QUICK_EXIT, 1L);
  return NULL;
}

void *ccurl_multi_make(void) { return lib.curl_multi_init_(); }
void ccurl_multi_free(void *multi) { lib.curl_multi_cleanup_(multi); }

struct ccurl_transfer *ccurl_start(void *multi, const struct ccurl_request *request, ccurl_sink header, ccurl_sink body,
                                   void *context, const char **problem) {
  struct ccurl_transfer *transfer = calloc(1, sizeof *transfer);
  *problem = "no memory";
  if (transfer == NULL) return NULL;
  transfer->easy = lib.curl_easy_init_();
  transfer->headers = list(request->headers);
  transfer->resolve = list(request->resolve);
  transfer->header_sink = header;
  transfer->body_sink = body;
  transfer->context = context;
  if (request->body != NULL && !request->is_repeatable && (transfer->body = malloc(request->body_count + 1)) != NULL) {
    memcpy(transfer->body, request->body, request->body_count);
    transfer->body_count = request->body_count;
  }
  int has_memory = transfer->easy != NULL && (request->body == NULL || request->is_repeatable || transfer->body != NULL);
  const char *refused = has_memory ? set_options(transfer, request) : "no memory";
  if (refused == NULL && lib.curl_multi_add_handle_(multi, transfer->easy) == CURLM_OK) return transfer;
  if (refused != NULL) *problem = refused;
  free_transfer(transfer);
  return NULL;
}

void ccurl_resume(struct ccurl_transfer *transfer) { lib.curl_easy_pause_(transfer->easy, CURLPAUSE_CONT); }

void ccurl_end(void *multi, struct ccurl_transfer *transfer) {
  lib.curl_multi_remove_handle_(multi, transfer->easy);
  free_transfer(transfer);
}

void ccurl_perform(void *multi) {
  int running;
  lib.curl_multi_perform_(multi, &running);
}

void ccurl_poll(void *multi, int milliseconds) { lib.curl_multi_poll_(multi, NULL, 0, milliseconds, NULL); }
void ccurl_wakeup(void *multi) { lib.curl_multi_wakeup_(multi); }

// MARK: outcomes

static enum ccurl_failure failure(CURLcode code) {
  switch (code) {
    case CURLE_OK: return CCURL_SUCCESS;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return CCURL_RESOLVE;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY: return CCURL_CONNECT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_USE_SSL_FAILED: return CCURL_TLS;
    case CURLE_SEND_ERROR: return CCURL_SEND;
    case CURLE_SEND_FAIL_REWIND:  // sent on a kept connection that ended, and not to be sent again
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return CCURL_RECEIVE;
    case CURLE_OPERATION_TIMEDOUT: return CCURL_TIMEOUT;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: return CCURL_MALFORMED;
    case CURLE_URL_MALFORMAT: return CCURL_INVALID;
    default: return CCURL_OTHER;
  }
}

struct ccurl_done ccurl_next_done(void *multi) {
  struct ccurl_done done = {NULL, CCURL_SUCCESS, ""};
  int left;
  CURLMsg *message;
  while ((message = lib.curl_multi_info_read_(multi, &left)) != NULL) {
    if (message->msg != CURLMSG_DONE) continue;
    struct ccurl_transfer *transfer = NULL;
    lib.curl_easy_getinfo_(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    done.context = transfer->context;
    done.failure = failure(message->data.result);
    done.message = transfer->message[0] != 0 ? transfer->message : lib.curl_easy_strerror_(message->data.result);
    if (message->data.result == CURLE_SEND_FAIL_REWIND) done.message = "the connection ended before any of it came";
    return done;
  }
  return done;
}

struct ccurl_times ccurl_times_of(struct ccurl_transfer *transfer) {
  curl_off_t value[5] = {0};
  static const CURLINFO infos[5] = {CURLINFO_NAMELOOKUP_TIME_T, CURLINFO_CONNECT_TIME_T, CURLINFO_APPCONNECT_TIME_T,
                                    CURLINFO_STARTTRANSFER_TIME_T, CURLINFO_TOTAL_TIME_T};
  for (int index = 0; index < 5; index++) lib.curl_easy_getinfo_(transfer->easy, infos[index], &value[index]);
  struct ccurl_times times = {(long)value[0], (long)value[1], (long)value[2], (long)value[3], (long)value[4]};
  return times;
}
