#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What has to hold besides the tests: `make check`. Runs everything, then says what did not hold.
set -uo pipefail
cd "$(dirname "$0")/.."

swift=${SWIFT:-swift}
scratch=${DEBUG_SCRATCH:-.build}
read -ra debug_flags <<<"${DEBUG_FLAGS:---scratch-path $scratch}"

summary=()
failed=0
step() {
  local name=$1 started=$SECONDS outcome=held
  shift
  echo "==> $name"
  "$@" || outcome=FAILED failed=1
  summary+=("$(printf '%-8s %-24s %4ds' "$outcome" "$name" $((SECONDS - started)))")
}

format() {
  git ls-files -co --exclude-standard -- '*.swift' | while read -r file; do [ -e "$file" ] && echo "$file"; done |
    xargs -n 300 "$swift" format lint --strict --parallel --configuration .swift-format && echo "format: as .swift-format says"
}
# The package treats warnings as errors, so a build that ends is a build without warnings.
warnings() { "$swift" build "${debug_flags[@]}" --build-tests; }
generated() { scripts/check-generated.sh "$scratch/debug/mcpctl"; }
fuzzers() { scripts/fuzz.sh -t "${FUZZ_SECONDS:-10}"; }
instructions() { python3 Benchmarks/callgrind.py --binary "$RELEASE_BINARY"; }

step "format" format
step "licences" scripts/check-licences.sh
step "imports" scripts/check-imports.sh
step "unsafe code" scripts/check-unsafe.sh
step "feature table" python3 scripts/features.py --check
step "compliance table" python3 scripts/compliance.py --check
step "build without warnings" warnings
step "generated files" generated
step "fuzzers" fuzzers
step "instructions per request" instructions

echo
echo "==> summary"
printf '%s\n' "${summary[@]}"
[ $failed -eq 0 ] && echo "==> all held" || echo "==> something did not hold, see above" >&2
exit $failed
