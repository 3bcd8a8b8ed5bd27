#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the packages mcpctl needs, when they are missing: deps.sh GROUP…, of build, test, check, features and bench.
# A name may list alternatives, a|b: any of them will do, the first is installed.
set -euo pipefail

build_packages=(libevent-dev libpcre2-dev libcurl4-openssl-dev libssl-dev zlib1g-dev libyaml-dev libhiredis-dev libreadline-dev)
test_packages=(mandoc zsh fish bash-completion python3-venv openssl curl prometheus redis-server "nginx-light|nginx-full|nginx")
check_packages=(valgrind)
features_packages=(curl prometheus python3-venv)
bench_packages=("nginx-light|nginx-full|nginx" wrk)

wanted=()
for group in "$@"; do
  case $group in
    build) wanted+=("${build_packages[@]}") ;;
    test) wanted+=("${test_packages[@]}") ;;
    check) wanted+=("${check_packages[@]}") ;;
    features) wanted+=("${features_packages[@]}") ;;
    bench) wanted+=("${bench_packages[@]}") ;;
    *) echo "deps.sh: unknown group '$group'; use build, test, check, features or bench" >&2; exit 64 ;;
  esac
done

if ! command -v "${SWIFT:-swift}" >/dev/null; then
  echo "deps: no Swift toolchain found; install Swift 6.3 or newer from https://www.swift.org/install and put it on PATH" >&2
  exit 1
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  if [ -n "${MCPCTL_SKIP_DEPS:-}" ]; then exit 0; fi
  cat >&2 <<TEXT
deps: this is not a Debian or Ubuntu system, so nothing was installed.
mcpctl needs, with headers: libevent 2.1, PCRE2 (8 bit), libcurl 4, OpenSSL 3, zlib, libyaml 0.2, hiredis 0.14 and GNU readline 8.
Tests also use mandoc, zsh, fish, bash-completion, openssl, curl, promtool of Prometheus, redis-server 7.0, nginx and Python 3.10 with
venv; make check uses valgrind, make bench wrk.
Install them with your package manager, then run make with MCPCTL_SKIP_DEPS=1.
TEXT
  exit 1
fi

installed=" $(dpkg-query -W -f='${db:Status-Status}:${Package}\n' 2>/dev/null | sed -n 's/^installed://p' | tr '\n' ' ') "
missing=()
for choice in "${wanted[@]}"; do
  found=
  IFS='|' read -ra names <<<"$choice"
  for name in "${names[@]}"; do
    case $installed in *" $name "*) found=yes ;; esac
  done
  [ -n "$found" ] || missing+=("${names[0]}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "deps: these packages are missing and neither root nor sudo is at hand: ${missing[*]}" >&2
    echo "deps: as root, run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "==> installing ${missing[*]}"
# RUNLEVEL=1 keeps a package from starting its service: nginx is wanted as a program only.
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 -qq "$@"
}
# Package lists may be absent or stale, so a failed first attempt is followed by one with fresh lists.
if ! apt install -y --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
  echo "==> refreshing the package lists"
  apt update
  apt install -y --no-install-recommends "${missing[@]}" >/dev/null
fi
echo "==> installed ${#missing[@]} packages"
