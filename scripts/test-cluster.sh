#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs what has to be so of several servers: test-cluster.sh MCPCTL [--fast]
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
awk '/^cluster: / { print "PASS " $2 ", failed " $4 ", skipped " $6 }' "$log"
exit "$code"
