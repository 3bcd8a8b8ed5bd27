// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <stddef.h>

// GNU readline behind a few functions, loaded when a line is first to be edited, so that nobody pays for it who edits none.
// Readline is one for the whole process: everything but `creadline_load` belongs to one thread.

/// Loads readline once. Returns NULL, or why it cannot be loaded. Everything below but the guard needs it.
const char *_Nullable creadline_load(void);

/// Sets readline up. The prompt and the line go to standard error; signals are the caller's business.
void creadline_start(int history);

/// Puts the prompt up. From now on the terminal is readline's, until a line is there or `creadline_leave`.
void creadline_prompt(const char *_Nonnull prompt);

enum creadline_event {
  CREADLINE_NOTHING,
  /// A line was finished, see `creadline_take`; the terminal is as it was before the prompt.
  CREADLINE_LINE,
  /// The input has ended; the terminal is as it was before the prompt.
  CREADLINE_END,
  /// The key for completion was pressed.
  CREADLINE_TAB,
  /// A key that moves to the right or to the end was pressed at the end: what is hinted at is meant.
  CREADLINE_HINT,
};

/// Takes one character of the input, which has to be there.
enum creadline_event creadline_read(void);

/// The line that was finished, to be freed.
char *_Nullable creadline_take(void);

/// What is typed so far, until the next call; where the cursor is, in bytes.
const char *_Nonnull creadline_text(size_t *_Nonnull cursor);

/// Puts `text` in place of what stands between `start` and the cursor.
void creadline_replace(size_t start, const char *_Nonnull text);

/// Makes `text` what is typed.
void creadline_set(const char *_Nonnull text);

void creadline_bell(void);

/// Takes prompt and line off the screen, so that something can be written there, and puts them back below it.
void creadline_hide(void);
void creadline_show(void);

/// The window has another size.
void creadline_resize(void);

/// Takes the terminal away from readline for a while (Ctrl-Z), and gives it back.
void creadline_suspend(void);
void creadline_resume(void);

/// Gives up what is typed: `mark` stands behind it, and the terminal is as it was before the prompt.
void creadline_leave(const char *_Nonnull mark);

/// Adds a line to what the arrow keys bring back.
void creadline_remember(const char *_Nonnull line);

/// Remembers how the terminal on standard input is set, and restores that should the program crash.
void creadline_guard(void);
