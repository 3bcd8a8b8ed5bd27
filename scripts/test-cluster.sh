#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs what has to be so of several servers: test-cluster.sh MCPCTL [--fast]
# Without --fast, the Python SDK, 1.x and 2.x, also does all it does to one server through nginx and three, one of which is restarted.
# INTEROP_ONLY=TEXT runs the facts whose name contains TEXT.
set -uo pipefail
mcpctl=$(realpath "$1")
shift
cd "$(dirname "$0")/.."
# Debian keeps nginx where users other than root do not look.
export PATH=$PATH:/usr/sbin:/sbin
for program in redis-server redis-cli nginx; do
  if ! command -v "$program" >/dev/null; then
    echo "test-cluster: there is no $program: make test-deps" >&2
    exit 1
  fi
done
export PYTHONDONTWRITEBYTECODE=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
timeout 600 python3 Tests/Cluster/invariants.py "$mcpctl" "$@" | tee "$log"
code=${PIPESTATUS[0]}
if [ "${1:-}" != --fast ] && [ -z "${INTEROP_ONLY:-}" ]; then
  for line in 1 2; do
    if ! python=$(scripts/venv.sh "Tests/Interop/requirements-$line.txt"); then
      echo "test-cluster: no Python SDK $line.x: pip needs a package index the first time" >&2
      exit 1
    fi
    PYTHONPATH=Tests/Interop timeout 200 "$python" Tests/Cluster/sdk_through_nginx.py "$mcpctl" 2>&1 | tee -a "$log"
    [ "${PIPESTATUS[0]}" -eq 0 ] || code=1
  done
fi
awk -F '[: ,]+' '/^cluster.*: [0-9]+ passed/ { for (i = 2; i <= NF; i++) if ($i == "passed") { p += $(i - 1); f += $(i + 1); s += $(i + 3) } }
  END { print "PASS " p ", failed " f ", skipped " s }' "$log"
exit "$code"
