// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

// MARK: what both kinds of forked process do first

static void default_signals(void) {
  struct sigaction fresh = {.sa_handler = SIG_DFL};
  for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &fresh, NULL);
}

// The kernel may lack close_range (before 5.9); then the descriptors are closed one by one.
static void close_on_exec_from(int first) {
  if (syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  long limit = sysconf(_SC_OPEN_MAX);
  for (int fd = first; fd < limit; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

// MARK: the guard: a tiny process that outlives us by a moment and kills the groups we left behind
//
// PR_SET_PDEATHSIG reaches the child alone, but servers are often started by wrappers (npx, uv run, sh -c), and the
// wrapper's child would live on. The guard knows every group (children register themselves before exec, so there is no
// gap) and sees our end through its socket, however we ended, `kill -9` included.

enum { GUARDED_GROUPS = 4096 };

static pthread_mutex_t guard_lock = PTHREAD_MUTEX_INITIALIZER;
static int guard_socket = -1;
static pid_t guard_pid = -1;

static void guard(int socket) {
  static pid_t groups[GUARDED_GROUPS];
  int count = 0;
  setsid();
  prctl(PR_SET_NAME, "mcpctl-guard");
  if (chdir("/") != 0) { /* then some directory stays busy a little longer */ }
  if (dup2(socket, 0) != 0) _exit(1);
  if (syscall(SYS_close_range, 1, ~0U, 0) != 0) {
    long limit = sysconf(_SC_OPEN_MAX);
    for (int fd = 1; fd < limit; fd++) close(fd);
  }
  for (;;) {
    int message = 0;
    ssize_t size = recv(0, &message, sizeof message, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    if (message > 0) {
      if (count < GUARDED_GROUPS) groups[count++] = message;
      continue;
    }
    for (int index = 0; index < count; index++)
      if (groups[index] == -message) groups[index--] = groups[--count];
  }
  for (int index = 0; index < count; index++) kill(-groups[index], SIGKILL);
  _exit(0);
}

static void tell_guard(int socket, pid_t message) {
  if (socket >= 0) (void)send(socket, &message, sizeof message, MSG_NOSIGNAL);
}

// On an ordinary exit: lets the guard do its work and waits the moment that takes, so that no zombie is left.
static void dismiss_guard(void) {
  shutdown(guard_socket, SHUT_RDWR);
  while (waitpid(guard_pid, NULL, 0) < 0 && errno == EINTR) continue;
}

// Starts the guard once. Without one (no processes left, say) children are still covered by PR_SET_PDEATHSIG.
static int guard_socket_once(void) {
  pthread_mutex_lock(&guard_lock);
  int pair[2];
  if (guard_socket < 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);  // the guard keeps them blocked
    pid_t pid = fork();
    if (pid == 0) {
      // pair[1] is closed with everything else, so the guard never holds its own lifeline.
      guard(pair[0]);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(pair[0]);
    if (pid > 0) {
      guard_socket = pair[1];
      guard_pid = pid;
      atexit(dismiss_guard);
    } else {
      close(pair[1]);
    }
  }
  int socket = guard_socket;
  pthread_mutex_unlock(&guard_lock);
  return socket;
}

// MARK: starting

// Moves a descriptor above 2, so that no pipe end sits where standard input, output or error will be put.
static int raised(int fd) {
  if (fd < 0 || fd > 2) return fd;
  int higher = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  close(fd);
  return higher;
}

static int make_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  ends[0] = raised(ends[0]);
  ends[1] = raised(ends[1]);
  return ends[0] >= 0 && ends[1] >= 0 ? 0 : -1;
}

static void close_both(int ends[2]) {
  if (ends[0] >= 0) close(ends[0]);
  if (ends[1] >= 0) close(ends[1]);
}

struct failure { int step, error_number; };

static void fail_in_child(int report, int step) {
  struct failure failure = {step, errno};
  if (write(report, &failure, sizeof failure) < 0) { /* the parent then sees an exit with 127 */ }
  _exit(127);
}

static void become(const char *file, char *const *argv, char *const *environment, const char *directory,
                   unsigned cpu_seconds, int input, int output, int error, int report, int guard_fd, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // the parent died before the line above
  tell_guard(guard_fd, getpid());
  default_signals();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  dup2(input, 0);
  dup2(output, 1);
  if (error >= 0) dup2(error, 2);
  close_on_exec_from(3);
  if (cpu_seconds > 0) {
    // SIGXCPU at the first limit, SIGKILL at the second.
    struct rlimit limit = {cpu_seconds, (rlim_t)cpu_seconds + 1};
    setrlimit(RLIMIT_CPU, &limit);
  }
  if (directory != NULL && chdir(directory) != 0) fail_in_child(report, CPROCESS_STEP_DIRECTORY);
  execvpe(file, argv, environment != NULL ? environment : environ);
  fail_in_child(report, CPROCESS_STEP_EXEC);
}

static struct cprocess_child failed(int step, int error_number) {
  struct cprocess_child child = {-1, -1, -1, -1, -1, step, error_number};
  return child;
}

struct cprocess_child cprocess_start(const char *file, char *const *argv, char *const *environment,
                                     const char *directory, int standard_error, unsigned cpu_seconds) {
  int guard_fd = guard_socket_once();
  int input[2] = {-1, -1}, output[2] = {-1, -1}, error[2] = {-1, -1}, report[2] = {-1, -1};
  int made = make_pipe(input) == 0 && make_pipe(output) == 0 && make_pipe(report) == 0;
  if (made && standard_error == CPROCESS_STDERR_PIPE) made = make_pipe(error) == 0;
  if (made && standard_error == CPROCESS_STDERR_DISCARD) {
    error[1] = raised(open("/dev/null", O_WRONLY | O_CLOEXEC));
    made = error[1] >= 0;
  }
  if (!made) {
    int number = errno;
    close_both(input), close_both(output), close_both(error), close_both(report);
    return failed(CPROCESS_STEP_PIPES, number);
  }
  // No signal handler of ours may run in the child before it has put the default ones back.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == 0)
    become(file, argv, environment, directory, cpu_seconds, input[0], output[1], error[1], report[1], guard_fd, parent);
  int fork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);

  close(input[0]), close(output[1]), close(report[1]);
  if (error[1] >= 0) close(error[1]);
  input[0] = output[1] = report[1] = error[1] = -1;
  int pidfd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
  int pidfd_error = errno;
  struct failure failure = {0, 0};
  if (pid < 0) {
    failure = (struct failure){CPROCESS_STEP_FORK, fork_error};
  } else if (pidfd < 0) {
    failure = (struct failure){CPROCESS_STEP_FORK, pidfd_error};
    kill(pid, SIGKILL);
  } else {
    ssize_t size;
    do size = read(report[0], &failure, sizeof failure);
    while (size < 0 && errno == EINTR);
    if (size != sizeof failure) failure.step = CPROCESS_STARTED;
  }
  close(report[0]);
  if (failure.step != CPROCESS_STARTED) {
    if (pid > 0) {
      while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
      tell_guard(guard_fd, -pid);
    }
    if (pidfd >= 0) close(pidfd);
    report[0] = -1;
    close_both(input), close_both(output), close_both(error);
    return failed(failure.step, failure.error_number);
  }
  fcntl(input[1], F_SETFL, O_NONBLOCK);
  fcntl(output[0], F_SETFL, O_NONBLOCK);
  if (error[0] >= 0) fcntl(error[0], F_SETFL, O_NONBLOCK);
  struct cprocess_child child = {pid, pidfd, input[1], output[0], error[0], CPROCESS_STARTED, 0};
  return child;
}

char *const *cprocess_environment(void) { return environ; }

// MARK: ending

struct cprocess_exit cprocess_peek(int pidfd) {
  struct cprocess_exit result = {0, 0, 0};
  siginfo_t info;
  memset(&info, 0, sizeof info);
  int outcome;
  do outcome = waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG | WNOWAIT);
  while (outcome < 0 && errno == EINTR);
  if (outcome < 0) {
    result.exited = 1;  // someone else reaped it; how it ended is lost
  } else if (info.si_pid != 0) {
    result.exited = 1;
    if (info.si_code == CLD_EXITED) result.status = info.si_status;
    else result.signal = info.si_status;
  }
  return result;
}

void cprocess_reap(pid_t pid, int pidfd) {
  kill(-pid, SIGKILL);  // before reaping, while the pid cannot be anyone else's
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
  close(pidfd);
  tell_guard(guard_socket, -pid);
}

void cprocess_signal_group(pid_t pid, int signal) { kill(-pid, signal); }

// MARK: writing

ssize_t cprocess_write(int fd, const void *bytes, size_t count) {
  // Pipes have no MSG_NOSIGNAL, and a library must not change how the whole program treats a signal.
  sigset_t pipe_signal, before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  ssize_t written = write(fd, bytes, count);
  int number = errno;
  if (!sigismember(&before, SIGPIPE)) {
    if (written < 0 && number == EPIPE) {
      struct timespec now = {0, 0};
      sigtimedwait(&pipe_signal, NULL, &now);  // takes back the signal this write has raised
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  errno = number;
  return written;
}

// MARK: what Glibc's Swift module leaves out

int cprocess_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void cprocess_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

// MARK: leaving a program alone

static void report_number(int report, int number) {
  if (write(report, &number, sizeof number) < 0) { /* the parent then takes it for started */ }
}

// Runs in a child that ends at once, so that nobody but the system has to reap the program it leaves behind.
static void leave_alone(const char *file, char *const *argv, int report) {
  setsid();
  default_signals();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  pid_t pid = fork();
  if (pid < 0) report_number(report, errno);
  if (pid != 0) _exit(0);
  int null = open("/dev/null", O_RDWR);
  for (int stream = 0; stream <= 2; stream++) dup2(null, stream);
  close_on_exec_from(3);
  execvp(file, argv);
  report_number(report, errno);
  _exit(127);
}

int cprocess_detach(const char *file, char *const *argv) {
  int report[2] = {-1, -1};
  if (make_pipe(report) != 0) {
    int number = errno;
    close_both(report);
    return number;
  }
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pid_t pid = fork();
  if (pid == 0) leave_alone(file, argv, report[1]);
  int number = pid < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  if (pid > 0) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
    int fault = 0;
    ssize_t size;
    do size = read(report[0], &fault, sizeof fault);
    while (size < 0 && errno == EINTR);
    if (size == sizeof fault) number = fault;
  }
  close(report[0]);
  return number;
}

struct cprocess_heap cprocess_heap(void) {
  struct cprocess_heap heap = {0, 0, 0};
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  struct mallinfo2 info = mallinfo2();
  heap.used = info.uordblks;
  heap.free = info.fordblks;
  heap.mapped = info.hblkhd;
#endif
  return heap;
}

int cprocess_foreground(const char *command) {
  posix_spawnattr_t attributes;
  if (posix_spawnattr_init(&attributes) != 0) return -ENOMEM;
  sigset_t ours, none;
  sigemptyset(&ours);
  sigemptyset(&none);
  const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGPIPE};
  for (size_t index = 0; index < sizeof signals / sizeof *signals; index++) sigaddset(&ours, signals[index]);
  posix_spawnattr_setsigdefault(&attributes, &ours);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  char *words[] = {"sh", "-c", (char *)command, NULL};
  pid_t child;
  int number = posix_spawn(&child, "/bin/sh", NULL, &attributes, words, environ);
  posix_spawnattr_destroy(&attributes);
  if (number != 0) return -number;
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -errno;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
