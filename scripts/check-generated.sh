#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The committed manual pages and completions are those of the program, and mandoc finds nothing to warn about:
# check-generated.sh MCPCTL
set -uo pipefail
mcpctl=$(realpath "$1")
cd "$(dirname "$0")/.."

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
scripts/generate.sh "$mcpctl" "$fresh" >/dev/null || exit 1
failed=0
for folder in man completions; do
  if ! diff -ru "$folder" "$fresh/$folder"; then
    echo "generated: $folder/ is not what mcpctl says; run: make generate" >&2
    failed=1
  fi
done
# Cross references to pages that are not installed yet are no fault of a page.
if faults=$(mandoc -Tlint -Wwarning man/*.[1-8] 2>&1 | grep -v 'referenced manual not found'); then
  echo "$faults" >&2
  failed=1
fi
[ $failed -eq 0 ] && echo "generated: manual pages and completions are current"
exit $failed
