#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Interop with the official Python SDK, 1.x and 2.x, as client of our server and as server for our client: run.sh MCPCTL
# EverythingServer and ConformanceClient are looked for beside it.
# INTEROP_ONLY=TEXT runs the facts whose name contains TEXT. The two lines run side by side.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mcpctl=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1 INTEROP_COUNTS=$work/counts XDG_CACHE_HOME=$work/cache
touch "$INTEROP_COUNTS"

facts() {
  local line=$1 python=$2 failed=0
  "$python" "$here/sdk_against_ours.py" "$mcpctl" || failed=1
  "$python" "$here/sdk_authorized.py" "$mcpctl" || failed=1
  python3 "$here/ours_against_sdk.py" "$mcpctl" "$python" "$line" || failed=1
  python3 "$here/ours_answers_sdk.py" "$mcpctl" "$python" "$line" || failed=1
  python3 "$here/ours_logs_in.py" "$mcpctl" "$python" "$line" || failed=1
  "$python" "$here/sdk_against_examples.py" "$(dirname "$mcpctl")" || failed=1
  "$python" "$here/sdk_listens.py" "$(dirname "$mcpctl")" || failed=1
  if [ "$line" = 1 ]; then "$python" "$here/sdk_tasks.py" "$(dirname "$mcpctl")" || failed=1; fi
  return $failed
}

failed=0
pythons=()
for line in 1 2; do
  if ! pythons[line]=$("$here/../../scripts/venv.sh" "$here/requirements-$line.txt"); then
    echo "interop: no Python SDK $line.x: pip needs a package index the first time" >&2
    exit 1
  fi
done
facts 2 "${pythons[2]}" >"$work/2.log" 2>&1 &
second=$!
facts 1 "${pythons[1]}" || failed=1
wait $second || failed=1
cat "$work/2.log"
awk '{ p += $1; f += $2; s += $3 } END { printf "PASS %d, failed %d, skipped %d\n", p, f, s }' "$INTEROP_COUNTS"
exit $failed
