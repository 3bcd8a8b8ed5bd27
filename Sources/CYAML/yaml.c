// SPDX-License-Identifier: Apache-2.0
#include "CYAML.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static struct {
  __typeof__(&yaml_parser_initialize) yaml_parser_initialize;
  __typeof__(&yaml_parser_set_input_string) yaml_parser_set_input_string;
  __typeof__(&yaml_parser_parse) yaml_parser_parse;
  __typeof__(&yaml_parser_delete) yaml_parser_delete;
  __typeof__(&yaml_event_delete) yaml_event_delete;
} lib;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem_of_loading;

static void load(void) {
  void *library = dlopen("libyaml-0.so.2", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libyaml-0.2.dylib", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    problem_of_loading = "reading YAML needs libyaml-0.so.2, which is not installed: install the package libyaml-0-2, "
                         "or write the file as JSON";
    return;
  }
#define FIND(name)                                                                     \
  if ((lib.name = (__typeof__(lib.name))dlsym(library, #name)) == NULL) {              \
    problem_of_loading = "the installed libyaml has no " #name ": libyaml 0.2 needed"; \
    return;                                                                            \
  }
  FIND(yaml_parser_initialize)
  FIND(yaml_parser_set_input_string)
  FIND(yaml_parser_parse)
  FIND(yaml_parser_delete)
  FIND(yaml_event_delete)
}

const char *cyaml_load(void) {
  pthread_once(&once, load);
  return problem_of_loading;
}

struct cyaml_reader {
  yaml_parser_t parser;
  yaml_event_t event;
  int has_event;
  const uint8_t *bytes;
  size_t count;
};

cyaml_reader *cyaml_open(const uint8_t *bytes, size_t count) {
  cyaml_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  if (!lib.yaml_parser_initialize(&reader->parser)) {
    free(reader);
    return NULL;
  }
  lib.yaml_parser_set_input_string(&reader->parser, bytes, count);
  reader->bytes = bytes;
  reader->count = count;
  return reader;
}

static void drop(cyaml_reader *reader) {
  if (reader->has_event) lib.yaml_event_delete(&reader->event);
  reader->has_event = 0;
}

// Bytes that are no text have an offset and no mark, since they are found while the parser is still elsewhere.
static yaml_mark_t mark_of_bytes(const cyaml_reader *reader, size_t offset) {
  yaml_mark_t mark = {0};
  for (size_t index = 0; index < offset && index < reader->count; index++) {
    uint8_t byte = reader->bytes[index];
    if (byte == '\n') {
      mark.line++;
      mark.column = 0;
    } else if ((byte & 0xC0) != 0x80) {
      mark.column++;
    }
  }
  return mark;
}

static void fault(const cyaml_reader *reader, cyaml_event *event) {
  const yaml_parser_t *parser = &reader->parser;
  yaml_mark_t mark =
      parser->error == YAML_READER_ERROR ? mark_of_bytes(reader, parser->problem_offset) : parser->problem_mark;
  const char *text = parser->problem != NULL ? parser->problem : "there is not enough memory to read it";
  *event = (cyaml_event){.kind = CYAML_FAULT, .line = mark.line, .column = mark.column,
                         .text = (const uint8_t *)text, .count = strlen(text), .context = parser->context};
}

void cyaml_next(cyaml_reader *reader, cyaml_event *event) {
  for (;;) {
    drop(reader);
    if (!lib.yaml_parser_parse(&reader->parser, &reader->event)) return fault(reader, event);
    reader->has_event = 1;
    yaml_event_t *from = &reader->event;
    *event = (cyaml_event){.line = from->start_mark.line, .column = from->start_mark.column};
    switch (from->type) {
      case YAML_NO_EVENT:
      case YAML_STREAM_END_EVENT: event->kind = CYAML_STREAM_END; return;
      case YAML_STREAM_START_EVENT: continue;
      case YAML_DOCUMENT_START_EVENT: event->kind = CYAML_DOCUMENT; return;
      case YAML_DOCUMENT_END_EVENT: event->kind = CYAML_DOCUMENT_END; return;
      case YAML_ALIAS_EVENT:
        event->kind = CYAML_ALIAS;
        event->text = from->data.alias.anchor;
        event->count = strlen((const char *)from->data.alias.anchor);
        return;
      case YAML_SCALAR_EVENT:
        event->kind = CYAML_SCALAR;
        event->text = from->data.scalar.value;
        event->count = from->data.scalar.length;
        event->anchor = (const char *)from->data.scalar.anchor;
        event->tag = (const char *)from->data.scalar.tag;
        event->plain = from->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        return;
      case YAML_SEQUENCE_START_EVENT:
        event->kind = CYAML_SEQUENCE;
        event->anchor = (const char *)from->data.sequence_start.anchor;
        event->tag = (const char *)from->data.sequence_start.tag;
        return;
      case YAML_SEQUENCE_END_EVENT: event->kind = CYAML_SEQUENCE_END; return;
      case YAML_MAPPING_START_EVENT:
        event->kind = CYAML_MAPPING;
        event->anchor = (const char *)from->data.mapping_start.anchor;
        event->tag = (const char *)from->data.mapping_start.tag;
        return;
      case YAML_MAPPING_END_EVENT: event->kind = CYAML_MAPPING_END; return;
    }
  }
}

void cyaml_close(cyaml_reader *reader) {
  drop(reader);
  lib.yaml_parser_delete(&reader->parser);
  free(reader);
}
