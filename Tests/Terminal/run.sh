#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a person at a terminal sees of `mcpctl repl`, in a terminal emulator: run.sh MCPCTL
# INTEROP_ONLY=TEXT runs the facts whose name contains TEXT; MCPCTL_RECORD=1 writes the screens in golden/ anew.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mcpctl=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1 INTEROP_COUNTS=$work/counts PYTHONPATH=$here/../Interop
touch "$INTEROP_COUNTS"

if ! python=$("$here/../../scripts/venv.sh" "$here/requirements-terminal.txt"); then
  echo "terminal: no pyte: pip needs a package index the first time" >&2
  exit 1
fi
failed=0
for facts in lines calls questions sampling looking results several scripts endings; do "$python" "$here/$facts.py" "$mcpctl" || failed=1; done
awk '{ p += $1; f += $2; s += $3 } END { printf "PASS %d, failed %d, skipped %d\n", p, f, s }' "$INTEROP_COUNTS"
exit $failed
