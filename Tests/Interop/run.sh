#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Interop with the official Python SDK, 1.x and 2.x, as client of our server and as server for our client: run.sh MCPCTL
# INTEROP_ONLY=TEXT runs the facts whose name contains TEXT.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mcpctl=$(realpath "$1")
INTEROP_COUNTS=$(mktemp)
export INTEROP_COUNTS PYTHONDONTWRITEBYTECODE=1
trap 'rm -f "$INTEROP_COUNTS"' EXIT

failed=0
for line in 1 2; do
  if ! python=$("$here/../../scripts/venv.sh" "$here/requirements-$line.txt"); then
    echo "interop: no Python SDK $line.x; pip needs a package index once" >&2
    exit 1
  fi
  "$python" "$here/sdk_against_ours.py" "$mcpctl" || failed=1
  python3 "$here/ours_against_sdk.py" "$mcpctl" "$python" "$line" || failed=1
done
awk '{ p += $1; f += $2; s += $3 } END { printf "PASS %d, failed %d, skipped %d\n", p, f, s }' "$INTEROP_COUNTS"
exit $failed
