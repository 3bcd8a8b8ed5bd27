#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds and runs the fuzzers, each for a bounded time: fuzz.sh [-t SECONDS] [NAME…]
#
# Fuzz/NAMEFuzz.swift holds one fuzzer; a comment line in it, `// Sources: PATH…`, names the project's files compiled into
# it (globs allowed; C files too). Fuzzers are built outside the package, because -sanitize=fuzzer brings its own `main`.
# Fuzz/NAME/ holds one that needs whole modules: Package.swift knows it as NAMEFuzz when MCPCTL_FUZZ is set.
# Inputs that were worth keeping live in Fuzz/corpus/NAME; a crash leaves its input in .build-fuzz/NAME.
set -uo pipefail
cd "$(dirname "$0")/.."

seconds=10
if [ "${1:-}" = -t ]; then
  seconds=$2
  shift 2
fi
out=.build-fuzz
mkdir -p "$out"

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for file in Fuzz/*Fuzz.swift; do
    [ -e "$file" ] && names+=("$(basename "$file" Fuzz.swift)")
  done
  names+=(Endpoint Token Config)
fi
echo "fuzz: targets: ${names[*]:-none}"

failed=0
# Builds one of the project's modules and leaves its path in `binary`.
build_package() {
  binary=$out/package/release/$1Fuzz
  echo "fuzz: building $1 with its modules"
  MCPCTL_FUZZ=1 swift build -c release --scratch-path "$out/package" --product "$1Fuzz" \
    -Xswiftc -sanitize=fuzzer,address >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; return 1; }
}

# Builds one of single files and leaves its path in `binary`.
build_files() {
  local name=$1 file=Fuzz/$1Fuzz.swift source sources object inputs
  # shellcheck disable=SC2046 # the globs in the comment are meant to expand
  sources=($(sed -n 's,^// Sources: ,,p' "$file"))
  if [ ${#sources[@]} -eq 0 ]; then
    echo "fuzz: $file needs a line '// Sources: PATH…' naming the files it is compiled with" >&2
    return 1
  fi
  binary=$work/fuzz
  if [ ! -x "$binary" ] || [ -n "$(find "$file" "${sources[@]}" -newer "$binary" -print -quit)" ]; then
    echo "fuzz: building $name"
    inputs=()
    for source in "${sources[@]}"; do
      case $source in
        *.c)
          object=$work/$(basename "$source" .c).o
          clang -c -g -O1 -fsanitize=address,fuzzer-no-link -I "$(dirname "$source")/include" -o "$object" "$source" || return 1
          inputs+=("$object")
          ;;
        *) inputs+=("$source") ;;
      esac
    done
    if ! swiftc -O -g -use-ld=lld -sanitize=fuzzer,address -parse-as-library -swift-version 6 -package-name mcpctl \
      -module-name "${name}Fuzz" -enable-upcoming-feature ExistentialAny \
      -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility \
      -enable-upcoming-feature NonisolatedNonsendingByDefault \
      -I Sources/CEvent -I Sources/CHiredis -I Sources/CPCRE2/include -I Sources/CProcess/include -I Sources/CCurl/include \
      -o "$binary" "$file" "${inputs[@]}" >"$work/build.log" 2>&1; then
      cat "$work/build.log" >&2
      return 1
    fi
  fi
}

for name in "${names[@]}"; do
  work=$out/$name
  mkdir -p "$work/corpus"
  corpora=("$work/corpus")
  [ -d "Fuzz/corpus/$name" ] && corpora+=("Fuzz/corpus/$name")
  build=build_files
  [ -d "Fuzz/$name" ] && build=build_package
  if ! "$build" "$name"; then
    failed=1
    continue
  fi
  echo "fuzz: $name for ${seconds}s"
  if ASAN_OPTIONS=detect_leaks=0 "$binary" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=65536 \
    -print_final_stats=1 -artifact_prefix="$work/" "${corpora[@]}" >"$work/log" 2>&1; then
    echo "fuzz: $name held: $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log") inputs"
  else
    tail -40 "$work/log" >&2
    echo "fuzz: $name FAILED; its input is in $work" >&2
    failed=1
  fi
done
exit $failed
