// SPDX-License-Identifier: Apache-2.0
#include "CPCRE2.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

static const uint8_t nothing[1] = {0};

pattern_handle pattern_compile(
    const uint8_t *text, size_t count, uint32_t match_limit, uint32_t heap_limit_kib,
    uint8_t *message, size_t message_capacity) {
  pattern_handle pattern = {NULL, NULL};
  uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF |
                     PCRE2_NEVER_BACKSLASH_C;
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code *code = pcre2_compile(text ? text : nothing, count, options, &error, &offset, NULL);
  if (code == NULL) {
    pcre2_get_error_message(error, message, message_capacity);
    return pattern;
  }
  pcre2_match_context *limits = pcre2_match_context_create(NULL);
  if (limits == NULL) {
    pcre2_code_free(code);
    pcre2_get_error_message(PCRE2_ERROR_NOMEMORY, message, message_capacity);
    return pattern;
  }
  pcre2_set_match_limit(limits, match_limit);
  pcre2_set_heap_limit(limits, heap_limit_kib);
  pattern.code = code;
  pattern.limits = limits;
  return pattern;
}

enum pattern_outcome pattern_match(pattern_handle pattern, const uint8_t *text, size_t count) {
  pcre2_match_data *found = pcre2_match_data_create(1, NULL);
  if (found == NULL) return PATTERN_TOO_MUCH_WORK;
  int result =
      pcre2_match(pattern.code, text ? text : nothing, count, 0, PCRE2_NO_UTF_CHECK, found, pattern.limits);
  pcre2_match_data_free(found);
  if (result >= 0) return PATTERN_FOUND;
  return result == PCRE2_ERROR_NOMATCH ? PATTERN_NOT_FOUND : PATTERN_TOO_MUCH_WORK;
}

void pattern_free(pattern_handle pattern) {
  pcre2_code_free(pattern.code);
  pcre2_match_context_free(pattern.limits);
}
