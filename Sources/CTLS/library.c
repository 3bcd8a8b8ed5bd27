// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CTLS.h"
#include "library.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>

struct ctls_library ctls_lib;
BIO_METHOD *ctls_socket_method;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem_of_loading;

static int read_socket(BIO *bio, char *bytes, int count) {
  struct ctls_socket *socket = ctls_lib.BIO_get_data_(bio);
  ssize_t received;
  ctls_lib.BIO_clear_flags_(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
  if (socket->budget == 0) {
    ctls_lib.BIO_set_flags_(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
    return -1;
  }
  if ((size_t)count > socket->budget) count = (int)socket->budget;
  do received = recv(socket->descriptor, bytes, (size_t)count, 0);
  while (received < 0 && errno == EINTR);
  if (received > 0) socket->budget -= (size_t)received;
  if (received < 0 && errno == EAGAIN) ctls_lib.BIO_set_flags_(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
  if (received == 0) socket->has_ended = 1;
  return (int)received;
}

static int write_socket(BIO *bio, const char *bytes, int count) {
  struct ctls_socket *socket = ctls_lib.BIO_get_data_(bio);
  ssize_t sent;
  do sent = send(socket->descriptor, bytes, (size_t)count, socket->more ? MSG_NOSIGNAL | MSG_MORE : MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  ctls_lib.BIO_clear_flags_(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
  if (sent < 0 && errno == EAGAIN) ctls_lib.BIO_set_flags_(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY);
  return (int)sent;
}

static long control_socket(BIO *bio, int command, long number, void *pointer) {
  (void)number, (void)pointer;
  if (command == BIO_CTRL_EOF) return ((struct ctls_socket *)ctls_lib.BIO_get_data_(bio))->has_ended;
  return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP;
}

static int create_socket(BIO *bio) {
  ctls_lib.BIO_set_init_(bio, 1);
  return 1;
}

static void load(void) {
  void *library = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    problem_of_loading = "TLS needs libssl.so.3, which is not installed: install the package libssl3";
    return;
  }
  // libcrypto, which libssl brings along, is searched too.
#define FIND(name)                                                                                        \
  if ((ctls_lib.name##_ = (__typeof__(name) *)dlsym(library, #name)) == NULL) {                           \
    problem_of_loading = "the installed libssl.so.3 has no " #name ": OpenSSL 3.0 or newer needed";       \
    return;                                                                                               \
  }
  CTLS_FUNCTIONS(FIND)
  ctls_socket_method = ctls_lib.BIO_meth_new_(BIO_TYPE_SOURCE_SINK | 120, "socket");
  if (ctls_socket_method == NULL || !ctls_lib.BIO_meth_set_read_(ctls_socket_method, read_socket) ||
      !ctls_lib.BIO_meth_set_write_(ctls_socket_method, write_socket) ||
      !ctls_lib.BIO_meth_set_ctrl_(ctls_socket_method, control_socket) ||
      !ctls_lib.BIO_meth_set_create_(ctls_socket_method, create_socket)) {
    problem_of_loading = "libssl cannot be used: out of memory";
  }
}

const char *ctls_load(void) {
  pthread_once(&once, load);
  return problem_of_loading;
}
