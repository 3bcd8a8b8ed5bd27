#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every source file names its licence in its first three lines: GPL-3.0-or-later in Sources/mcpctl and what binds GNU
# readline to it, Apache-2.0 elsewhere.
set -uo pipefail
cd "$(dirname "$0")/.."

faults=0
while read -r file; do
  case $file in
    Sources/mcpctl/* | Sources/CReadline/*) licence=GPL-3.0-or-later ;;
    *) licence=Apache-2.0 ;;
  esac
  if ! head -3 "$file" | grep -q "SPDX-License-Identifier: $licence"; then
    echo "$file: its first lines must say: SPDX-License-Identifier: $licence"
    faults=$((faults + 1))
  fi
done < <(
  git ls-files -co --exclude-standard -- '*.swift' '*.c' '*.h' '*.py' '*.sh' '*.lua' Makefile .ci/run | LC_ALL=C sort
)
if [ $faults -gt 0 ]; then
  echo "licences: $faults files without theirs" >&2
  exit 1
fi
echo "licences: each file names its own"
