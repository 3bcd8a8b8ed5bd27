#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Keeps crashes and unchecked code out of Sources and Examples:
# - no `try!`, `as!`, `fatalError`, `unowned(unsafe)` or `unsafeBitCast`;
# - `@unchecked Sendable` and `nonisolated(unsafe)` only in EventIO, with a comment saying "because", and only as many as
#   scripts/unsafe.list holds. `check-unsafe.sh --record` writes the list anew.
set -uo pipefail
cd "$(dirname "$0")/.."
list=scripts/unsafe.list

code() { find Sources Examples -name '*.swift' | LC_ALL=C sort; }
# The file's lines with string literals and line comments blanked, so that prose is not taken for code.
bare() { sed -E 's/"([^"\\]|\\.)*"/""/g; s,//.*$,,' "$1"; }

faults=0
fault() {
  echo "$1"
  faults=$((faults + 1))
}

found=$(mktemp)
trap 'rm -f "$found"' EXIT
while read -r file; do
  while IFS=: read -r line text; do
    fault "$file:$line: not allowed here: ${text#"${text%%[![:space:]]*}"}"
  done < <(bare "$file" | grep -nE '\btry!|\bas!|\bfatalError\(|unowned\(unsafe\)|\bunsafeBitCast\(')

  count=0
  while IFS=: read -r line _; do
    count=$((count + 1))
    case $file in
      Sources/EventIO/*) ;;
      *) fault "$file:$line: '@unchecked Sendable' and 'nonisolated(unsafe)' belong in EventIO only" ;;
    esac
    from=$((line > 8 ? line - 8 : 1))
    sed -n "${from},$((line + 1))p" "$file" | grep -q because ||
      fault "$file:$line: say why it is safe, in a comment with the word 'because' within the eight lines above"
  done < <(bare "$file" | grep -nE '@unchecked Sendable|nonisolated\(unsafe\)')
  [ $count -eq 0 ] || echo "$count $file" >>"$found"
done < <(code)

if [ "${1:-}" = --record ]; then
  cp "$found" $list
  echo "unsafe: recorded $(wc -l <$list) files in $list"
elif ! diff -u $list "$found"; then
  fault "the unchecked places differ from $list; fewer is welcome, more needs a reason (then: scripts/check-unsafe.sh --record)"
fi
if [ $faults -gt 0 ]; then
  echo "unsafe: $faults faults" >&2
  exit 1
fi
echo "unsafe: $(awk '{ n += $1 } END { print n + 0 }' $list) unchecked places, each with its reason"
