// SPDX-License-Identifier: Apache-2.0
#pragma once
// Before event2: its event-config.h defines _GNU_SOURCE, which would give this module another fd_set than Glibc's.
#include <sys/select.h>
#include <event2/event.h>
#include <event2/thread.h>
#include <event2/util.h>
#include <errno.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

// A GNU function that the Glibc module does not show.
extern int accept4(int, struct sockaddr *restrict, socklen_t *restrict, int);

/// A descriptor that one thread makes readable to wake another.
static inline int cevent_wake_open(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
static inline void cevent_wake(int descriptor) { eventfd_write(descriptor, 1); }
static inline void cevent_wake_clear(int descriptor) {
  eventfd_t count;
  eventfd_read(descriptor, &count);
}

static inline void cevent_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

static inline int cevent_socket(int family) { return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

/// The next connection, non-blocking and closed on exec, or -1 and errno.
static inline int cevent_accept(int listener, struct sockaddr_storage *peer, socklen_t *length) {
  return accept4(listener, (struct sockaddr *)peer, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/// Sends without raising SIGPIPE, at once unless more follows; the count, or minus errno.
static inline ssize_t cevent_send(int socket, const void *bytes, size_t count, int more) {
  ssize_t sent;
  do sent = send(socket, bytes, count, more ? MSG_NOSIGNAL | MSG_MORE : MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : sent;
}

/// Receives what is there; the count, 0 at the end, or minus errno.
static inline ssize_t cevent_receive(int socket, void *bytes, size_t count) {
  ssize_t received;
  do received = recv(socket, bytes, count, 0);
  while (received < 0 && errno == EINTR);
  return received < 0 ? -errno : received;
}
