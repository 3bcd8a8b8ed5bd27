// SPDX-License-Identifier: GPL-3.0-or-later
#define _GNU_SOURCE
#include "CReadline.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

// What is used of readline, each through a pointer of the type its declaration has.
#define FUNCTIONS(F)                                                                                                  \
  F(rl_initialize) F(rl_callback_handler_install) F(rl_callback_handler_remove) F(rl_callback_read_char)              \
  F(rl_callback_sigcleanup) F(rl_free_line_state) F(rl_add_defun) F(rl_bind_key_in_map) F(rl_get_keymap_by_name)      \
  F(rl_insert_text) F(rl_delete_text) F(rl_begin_undo_group) F(rl_end_undo_group) F(rl_redisplay) F(rl_ding)          \
  F(rl_clear_visible_line) F(rl_on_new_line) F(rl_resize_terminal) F(rl_forced_update_display) F(rl_deprep_terminal)  \
  F(rl_prep_terminal) F(rl_replace_line) F(rl_function_of_keyseq) F(rl_bind_keyseq_in_map) F(rl_forward_char)     \
  F(rl_end_of_line) F(using_history) F(add_history) F(stifle_history)
#define VARIABLES(V)                                                                                        \
  V(rl_readline_name) V(rl_catch_signals) V(rl_catch_sigwinch) V(rl_change_environment) V(rl_outstream)     \
  V(rl_line_buffer) V(rl_point) V(rl_end) V(rl_instream)
#define POINTER(name) __typeof__(name) *name##_;
static struct { FUNCTIONS(POINTER) VARIABLES(POINTER) } lib;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem_of_loading;

static void load(void) {
  void *library = dlopen("libreadline.so.8", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libreadline.8.dylib", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    problem_of_loading = "editing lines needs libreadline.so.8, which is not installed: install the package libreadline8";
    return;
  }
#define FIND(name)                                                                                              \
  if ((lib.name##_ = (__typeof__(name) *)dlsym(library, #name)) == NULL) {                                      \
    problem_of_loading = "the installed libreadline.so.8 has no " #name ": GNU readline 8 is needed";           \
    return;                                                                                                     \
  }
  FUNCTIONS(FIND)
  VARIABLES(FIND)
}

const char *creadline_load(void) {
  pthread_once(&once, load);
  return problem_of_loading;
}

// MARK: one line

static enum creadline_event event;
static char *finished;
static volatile sig_atomic_t is_editing;

static void line_is_there(char *line) {
  free(finished);
  finished = line;
  event = line == NULL ? CREADLINE_END : CREADLINE_LINE;
  lib.rl_callback_handler_remove_();
  is_editing = 0;
}

static int tab_was_pressed(int count, int key) {
  (void)count, (void)key;
  event = CREADLINE_TAB;
  return 0;
}

static int forward(int count, int key) {
  if (*lib.rl_point_ < *lib.rl_end_) return lib.rl_forward_char_(count, key);
  event = CREADLINE_HINT;
  return 0;
}

static int to_end(int count, int key) {
  if (*lib.rl_point_ < *lib.rl_end_) return lib.rl_end_of_line_(count, key);
  event = CREADLINE_HINT;
  return 0;
}

// Has the keys that move to the end take a hint when they are there already; those a user has bound otherwise stay.
static void bind_hints(Keymap map) {
  if (map == NULL) return;
  // As they come, and as readline wants them written.
  static const struct { const char *bytes, *name; } keys[] = {
      {"\x06", "\\C-f"}, {"\033[C", "\\e[C"}, {"\033OC", "\\eOC"},
      {"\x05", "\\C-e"}, {"\033[F", "\\e[F"}, {"\033OF", "\\eOF"},
  };
  for (size_t index = 0; index < sizeof keys / sizeof *keys; index++) {
    rl_command_func_t *bound = lib.rl_function_of_keyseq_(keys[index].bytes, map, NULL);
    if (bound == lib.rl_forward_char_) lib.rl_bind_keyseq_in_map_(keys[index].name, forward, map);
    if (bound == lib.rl_end_of_line_) lib.rl_bind_keyseq_in_map_(keys[index].name, to_end, map);
  }
}

void creadline_start(int history) {
  *lib.rl_readline_name_ = "mcpctl";
  *lib.rl_catch_signals_ = 0;
  *lib.rl_catch_sigwinch_ = 0;
  *lib.rl_change_environment_ = 0;
  *lib.rl_instream_ = stdin;
  *lib.rl_outstream_ = stderr;
  lib.rl_initialize_();
  lib.rl_add_defun_("mcpctl-complete", tab_was_pressed, '\t');
  Keymap insertion = lib.rl_get_keymap_by_name_("vi-insert");
  if (insertion != NULL) lib.rl_bind_key_in_map_('\t', tab_was_pressed, insertion);
  Keymap emacs = lib.rl_get_keymap_by_name_("emacs-standard");
  if (emacs != NULL) lib.rl_bind_key_in_map_('\t', tab_was_pressed, emacs);
  bind_hints(insertion);
  bind_hints(emacs);
  lib.using_history_();
  lib.stifle_history_(history);
}

void creadline_prompt(const char *prompt) {
  is_editing = 1;
  lib.rl_callback_handler_install_(prompt, line_is_there);
  fflush(stderr);
}

enum creadline_event creadline_read(void) {
  event = CREADLINE_NOTHING;
  lib.rl_callback_read_char_();
  fflush(stderr);
  return event;
}

char *creadline_take(void) {
  char *line = finished;
  finished = NULL;
  return line;
}

const char *creadline_text(size_t *cursor) {
  *cursor = (size_t)*lib.rl_point_;
  return *lib.rl_line_buffer_;
}

void creadline_replace(size_t start, const char *text) {
  int cursor = *lib.rl_point_, from = (int)start <= cursor ? (int)start : cursor;
  lib.rl_begin_undo_group_();
  lib.rl_delete_text_(from, cursor);
  *lib.rl_point_ = from;
  lib.rl_insert_text_(text);
  lib.rl_end_undo_group_();
  lib.rl_redisplay_();
  fflush(stderr);
}

void creadline_set(const char *text) {
  lib.rl_replace_line_(text, 1);
  *lib.rl_point_ = *lib.rl_end_;
  lib.rl_redisplay_();
  fflush(stderr);
}

void creadline_bell(void) {
  lib.rl_ding_();
  fflush(stderr);
}

// MARK: the screen

void creadline_hide(void) {
  lib.rl_clear_visible_line_();
  fflush(stderr);
}

void creadline_show(void) {
  lib.rl_on_new_line_();
  lib.rl_redisplay_();
  fflush(stderr);
}

void creadline_resize(void) {
  lib.rl_resize_terminal_();
  fflush(stderr);
}

void creadline_suspend(void) {
  lib.rl_clear_visible_line_();
  lib.rl_deprep_terminal_();
  fflush(stderr);
}

void creadline_resume(void) {
  lib.rl_prep_terminal_(1);
  lib.rl_on_new_line_();
  lib.rl_forced_update_display_();
  fflush(stderr);
}

void creadline_leave(const char *mark) {
  *lib.rl_point_ = *lib.rl_end_;
  lib.rl_redisplay_();
  fputs(mark, stderr);  // first, because with the terminal the cursor goes to the start of its line
  lib.rl_free_line_state_();
  lib.rl_callback_sigcleanup_();
  lib.rl_callback_handler_remove_();
  is_editing = 0;
  fflush(stderr);
}

void creadline_remember(const char *line) { lib.add_history_(line); }

// MARK: crashes

static struct termios before;
static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT, SIGQUIT};
enum { CRASHES = sizeof crashes / sizeof *crashes };
static struct sigaction earlier[CRASHES];

// Calls nothing that may not be called while anything at all was under way.
static void restore(int signal) {
  tcsetattr(STDIN_FILENO, TCSANOW, &before);
  static const char end_of_paste[] = "\033[?2004l\r\n";
  if (is_editing && write(STDERR_FILENO, end_of_paste, sizeof end_of_paste - 1) < 0) is_editing = 0;
  for (int index = 0; index < CRASHES; index++)
    if (crashes[index] == signal) sigaction(signal, &earlier[index], NULL);
  raise(signal);
}

void creadline_guard(void) {
  if (tcgetattr(STDIN_FILENO, &before) != 0) return;
  struct sigaction action = {.sa_handler = restore, .sa_flags = SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int index = 0; index < CRASHES; index++) {
    sigaction(crashes[index], &action, &earlier[index]);
    // Whoever started us wants it ignored.
    if (earlier[index].sa_handler == SIG_IGN) sigaction(crashes[index], &earlier[index], NULL);
  }
}
