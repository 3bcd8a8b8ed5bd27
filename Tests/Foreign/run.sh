#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What our client shows of servers nobody here wrote: mcp-server-time, -git and -fetch, and one on FastMCP: run.sh MCPCTL
# INTEROP_ONLY=TEXT runs the facts whose name contains TEXT; MCPCTL_RECORD=1 writes the transcripts in golden/ anew.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mcpctl=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1 INTEROP_COUNTS=$work/counts PYTHONPATH=$here/../Interop:$here/../Terminal
touch "$INTEROP_COUNTS"

if ! python=$("$here/../../scripts/venv.sh" "$here/requirements-foreign.txt"); then
  echo "foreign: no foreign servers: pip needs a package index the first time" >&2
  exit 1
fi
# They wait for Python most of the time, so they wait together.
failed=0
others=()
for facts in time git fetch; do
  "$python" "$here/foreign.py" "$mcpctl" $facts >"$work/$facts.log" 2>&1 &
  others+=($!)
done
"$python" "$here/foreign.py" "$mcpctl" fastmcp || failed=1
for other in "${others[@]}"; do wait "$other" || failed=1; done
cat "$work"/{time,git,fetch}.log
awk '{ p += $1; f += $2; s += $3 } END { printf "PASS %d, failed %d, skipped %d\n", p, f, s }' "$INTEROP_COUNTS"
exit $failed
