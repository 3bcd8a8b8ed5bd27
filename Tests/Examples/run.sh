#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every example of every help page, manual page and topic, as a shell would run it: run.sh MCPCTL
# INTEROP_ONLY=TEXT runs those whose page and line contain TEXT.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1 INTEROP_COUNTS=$work/counts PYTHONPATH=$here/../Interop
touch "$INTEROP_COUNTS"

python3 "$here/examples.py" "$1"
outcome=$?
awk '{ p += $1; f += $2; s += $3 } END { printf "PASS %d, failed %d, skipped %d\n", p, f, s }' "$INTEROP_COUNTS"
exit $outcome
