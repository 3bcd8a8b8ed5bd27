#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs every test and says at the end, in one place, what ran: `make test`.
set -uo pipefail
cd "$(dirname "$0")/.."

swift=${SWIFT:-swift}
scratch=${DEBUG_SCRATCH:-.build}
read -ra flags <<<"${DEBUG_FLAGS:---scratch-path $scratch}"
log=$scratch/test-logs
mkdir -p "$log"

if [ -z "${MCPCTL_TESTDATA:-}" ] && [ -d ../shared/testdata ]; then
  MCPCTL_TESTDATA=$(cd ../shared/testdata && pwd)
  export MCPCTL_TESTDATA
fi

summary=()
faults=()
failed=0
# step NAME COMMAND…: runs the command, shows its output and keeps it, notes the outcome.
step() {
  local name=$1 started=$SECONDS outcome
  shift
  echo "==> $name"
  if "$@" 2>&1 | tee "$log/${name// /-}.log"; then outcome=passed; else
    # 124 from timeout, 137 where it had to kill.
    case ${PIPESTATUS[0]} in 124 | 137)
      echo "==> $name: ran into its time limit; these had begun and not ended:" $(unended "$log/${name// /-}.log") ;;
    esac
    outcome=FAILED failed=1
    mapfile -t -O ${#faults[@]} faults < <(faults_in "$name" "$log/${name// /-}.log")
  fi
  summary+=("$(printf '%-8s %-28s %4ds  %s' "$outcome" "$name" $((SECONDS - started)) "$(counts "$log/${name// /-}.log")")")
}
# The tests of a log that began and did not end.
unended() {
  awk '/Test [^ ]+\(.*\) started\./ { open[$3] = 1 } /Test .* (passed|failed) after/ { delete open[$3] }
    END { for (name in open) print name }' "$1"
}
# faults_in NAME LOG: what the log says went wrong, so that the last lines of a long record name it.
faults_in() {
  grep -a -m 20 -E '^(FAIL|✘ Test .* recorded an issue)' "$2" | cut -c1-400 || echo "$1 broke off; not ended:" $(unended "$2")
}
# The line of a log that says how many tests ran.
counts() { grep -aoE 'Test run with [0-9]+ tests? .*|PASS [0-9]+.*' "$1" | tail -1; }

echo "==> building the tests and mcpctl (the first time this takes a few minutes)"
if ! "$swift" build "${flags[@]}" --build-tests; then
  echo "==> the build failed; no test ran" >&2
  exit 1
fi

export MCPCTL_BINARY=$PWD/$scratch/debug/mcpctl
# Tests that wait for programs block the few threads asynchronous tests share: they run apart, one after the other.
# So do those that are run in a process of their own: the test library sees one ended child at a time, whosever it is.
programs='mcpctlTests|CommandLineKitTests|ExamplesTests|ProcessOrphanTests|signalsArriveAsASequence'
# A few at a time: with all of them in flight, each would take as long as all, and deadlines would pass.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-4}
step "unit" timeout -k 10 600 "$swift" test "${flags[@]}" --skip-build --skip "$programs|MCPRedisTests"
# Each of these starts a Redis of its own, some of them several.
step "redis" timeout -k 10 300 "$swift" test "${flags[@]}" --skip-build --filter MCPRedisTests
step "end to end" timeout -k 10 600 "$swift" test "${flags[@]}" --skip-build --no-parallel --filter "$programs"
step "interop" Tests/Interop/run.sh "$MCPCTL_BINARY"
step "cluster" scripts/test-cluster.sh "$MCPCTL_BINARY" --fast
step "observing" Tests/Observing/run.sh "$MCPCTL_BINARY"
step "examples" Tests/Examples/run.sh "$MCPCTL_BINARY"
step "foreign" Tests/Foreign/run.sh "$MCPCTL_BINARY"
step "terminal" Tests/Terminal/run.sh "$MCPCTL_BINARY"

echo
echo "==> summary"
printf '%s\n' "${summary[@]}"
if [ -z "${MCPCTL_TESTDATA:-}" ]; then
  echo "skipped  the published JSON suites: MCPCTL_TESTDATA names no folder with them"
fi
[ ${#faults[@]} -eq 0 ] || printf '%s\n' "==> what failed" "${faults[@]}"
[ $failed -eq 0 ] && echo "==> all green" || echo "==> something failed, see above" >&2
exit $failed
