#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Says which requirements of docs/compliance.tsv the tests prove: compliance.sh [FOLDER]
# Runs `make test` first, unless FOLDER has the logs of an earlier run of it.
set -uo pipefail
cd "$(dirname "$0")/.."

logs=${1:-}
if [ -z "$logs" ]; then
  logs=${DEBUG_SCRATCH:-.build}/test-logs
  scripts/test.sh || echo "compliance: some tests failed; what they were to prove is not proven" >&2
fi
exec python3 scripts/compliance.py --results "$logs"
