// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/types.h>

/// What becomes of the child's standard error.
enum cprocess_stderr { CPROCESS_STDERR_INHERIT = 0, CPROCESS_STDERR_DISCARD = 1, CPROCESS_STDERR_PIPE = 2 };

/// Which step of starting a child failed; 0 when none did.
enum cprocess_step {
  CPROCESS_STARTED = 0,
  CPROCESS_STEP_PIPES = 1,
  CPROCESS_STEP_FORK = 2,
  CPROCESS_STEP_DIRECTORY = 3,
  CPROCESS_STEP_EXEC = 4,
};

/// A started child: our ends of its pipes (non-blocking, close-on-exec; -1 where there is none), or why there is none.
struct cprocess_child {
  pid_t pid;
  int pidfd;
  int input;
  int output;
  int error;
  int failed_step;
  int error_number;
};

/// How a child ended.
struct cprocess_exit {
  int exited;  ///< 1 when it has ended
  int status;  ///< the exit status, when not killed
  int signal;  ///< the signal that killed it, else 0
};

/// Starts `file` (looked up in PATH when it has no slash) as the leader of its own process group.
///
/// The child dies when the *calling thread* ends (PR_SET_PDEATHSIG), so call this only from a thread that lives as long
/// as the child may. Its whole group is killed when this process ends in any way (see `guard` in process.c).
/// `environment` NULL inherits ours; `directory` NULL stays where we are; `cpu_seconds` bounds the processor time of the
/// child, and of each process it starts, unless 0. Blocks until exec succeeded or failed.
struct cprocess_child cprocess_start(const char *file, char *const *argv, char *const *environment,
                                     const char *directory, int standard_error, unsigned cpu_seconds);

/// Starts `file` (looked up in PATH when it has no slash) in a session of its own, without our streams, and leaves it
/// alone: it may outlive us. Returns 0, or the error number.
int cprocess_detach(const char *file, char *const *argv);

/// Runs a shell command that has our terminal, in our process group, and waits for its end. Returns its exit status, 128
/// and the signal's number when one ended it, or a negative error number when there is no shell.
int cprocess_foreground(const char *command);

/// Our own environment, as execve takes it.
char *const *cprocess_environment(void);

/// Whether the child behind `pidfd` has ended. It is left unreaped, so its pid and group id stay its own.
struct cprocess_exit cprocess_peek(int pidfd);

/// Kills what is left of the ended child's group, reaps the child and closes `pidfd`.
void cprocess_reap(pid_t pid, int pidfd);

/// Sends `signal` to the whole group of a child that was not reaped yet.
void cprocess_signal_group(pid_t pid, int signal);

/// write(2) that never raises SIGPIPE, on whatever thread and however the program treats that signal.
ssize_t cprocess_write(int fd, const void *bytes, size_t count);

// What Glibc's Swift module leaves out.

/// Bytes of the C library's heap: in use, free, and in pieces that have a mapping of their own. Zero where it cannot tell.
struct cprocess_heap {
  size_t used;
  size_t free;
  size_t mapped;
};
struct cprocess_heap cprocess_heap(void);

/// A new eventfd, non-blocking and close-on-exec, or -1 with errno.
int cprocess_eventfd(void);

/// Names the calling thread for debuggers; at most 15 bytes count.
void cprocess_name_thread(const char *name);
