#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Holds the import table: what each target may import besides the standard library. Rows below one's own only, see
# docs/architecture.md.
set -uo pipefail
cd "$(dirname "$0")/.."

# The standard library's own modules are free to all.
free="Swift Synchronization"
# The C library, under its name on each system.
libc="Glibc Musl Darwin"

allowed() {
  case $1 in
    Sources/JSONKit) echo "CPCRE2" ;;
    Sources/Observability) echo "$libc" ;;
    Sources/CommandLineKit) echo "$libc" ;;
    Sources/EventIO) echo "CEvent CCurl CCrypto CTLS CZlib CProcess $libc Observability" ;;
    Sources/MCPConfig) echo "JSONKit CYAML" ;;
    Sources/MCPCore) echo "JSONKit Observability" ;;
    Sources/MCPClientKit | Sources/MCPServeKit) echo "MCPCore JSONKit EventIO Observability" ;;
    Sources/MCPRedis) echo "MCPServeKit MCPCore JSONKit EventIO Observability CHiredis $libc" ;;
    Sources/mcpctl) echo "CommandLineKit MCPClientKit MCPServeKit MCPConfig MCPRedis MCPCore JSONKit EventIO Observability CReadline $libc" ;;
    Examples/EverythingServer) echo "MCPServeKit MCPCore JSONKit EventIO Observability $libc" ;;
    Examples/Weather | Examples/Trip) echo "MCPServeKit" ;;
    Examples/ConformanceClient) echo "MCPClientKit MCPCore JSONKit EventIO Observability $libc" ;;
    Benchmarks/JSONBench) echo "JSONKit $libc" ;;
    Benchmarks/EngineBench) echo "EventIO $libc" ;;
    *) return 1 ;;
  esac
}

faults=0
for target in Sources/*/ Examples/*/ Benchmarks/*/; do
  target=${target%/}
  [ -n "$(find "$target" -name '*.swift' -print -quit)" ] || continue
  if ! may=$(allowed "$target"); then
    echo "$target: not in the import table; add it to the table in scripts/check-imports.sh"
    faults=$((faults + 1))
    continue
  fi
  while IFS=: read -r file line module; do
    case " $free $may " in
      *" $module "*) ;;
      *)
        echo "$file:$line: ${target##*/} may not import $module; it may import: ${may:-nothing}"
        faults=$((faults + 1))
        ;;
    esac
  done < <(
    find "$target" -name '*.swift' -print0 | sort -z | xargs -0 grep -nHE \
      '^[[:space:]]*(@[A-Za-z_]+(\([A-Za-z]*\))?[[:space:]]+)*((public|package|internal|fileprivate|private)[[:space:]]+)?import[[:space:]]' |
      sed -E 's/^([^:]+:[0-9]+):.*import[[:space:]]+((struct|class|enum|protocol|func|var|let|typealias)[[:space:]]+)?([A-Za-z0-9_]+).*/\1:\4/'
  )
done
if [ $faults -gt 0 ]; then
  echo "imports: $faults against the table" >&2
  exit 1
fi
echo "imports: as the table says"
