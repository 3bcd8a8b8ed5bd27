// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stddef.h>
#include <stdint.h>

// libyaml's parser behind three functions, loaded when it is first needed, so that nobody pays for it who reads no YAML.

/// Loads libyaml once. Returns NULL, or why it cannot be loaded. Everything below needs it.
const char *_Nullable cyaml_load(void);

enum cyaml_kind {
  CYAML_STREAM_END,
  CYAML_DOCUMENT,
  CYAML_DOCUMENT_END,
  CYAML_SCALAR,
  CYAML_ALIAS,
  CYAML_SEQUENCE,
  CYAML_SEQUENCE_END,
  CYAML_MAPPING,
  CYAML_MAPPING_END,
  CYAML_FAULT,
};

/// One event. What it points to lives until the next call for its reader.
typedef struct {
  enum cyaml_kind kind;
  /// Where it begins, both from 0; columns count characters.
  size_t line, column;
  /// Of a scalar its text, of an alias its name, of a fault what is wrong.
  const uint8_t *_Nullable text;
  size_t count;
  /// Of a fault: what was being read, or NULL.
  const char *_Nullable context;
  const char *_Nullable anchor;
  const char *_Nullable tag;
  /// Whether a scalar stands without quotes, on lines of its own.
  int plain;
} cyaml_event;

typedef struct cyaml_reader cyaml_reader;

/// Opens a reader of `bytes`, which have to live as long as it. Returns NULL when there is no memory.
cyaml_reader *_Nullable cyaml_open(const uint8_t *_Nonnull bytes, size_t count);

/// Reads the next event. After CYAML_STREAM_END and CYAML_FAULT there is none.
void cyaml_next(cyaml_reader *_Nonnull reader, cyaml_event *_Nonnull event);

void cyaml_close(cyaml_reader *_Nonnull reader);
