#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# install.sh install BINARY | uninstall: the program, its manual pages and its completions, below $DESTDIR$PREFIX.
set -euo pipefail
cd "$(dirname "$0")/.."

root=${DESTDIR:-}${PREFIX:-/usr/local}

# Each installed file as "source target mode"; `uninstall` reads the same list, so it removes exactly these.
files() {
  echo "${1:-mcpctl} $root/bin/mcpctl 755"
  local page
  for page in man/*.[1-8]; do
    [ -e "$page" ] && echo "$page $root/share/man/man${page##*.}/${page##*/} 644"
  done
  echo "completions/mcpctl.bash $root/share/bash-completion/completions/mcpctl 644"
  echo "completions/_mcpctl $root/share/zsh/site-functions/_mcpctl 644"
  echo "completions/mcpctl.fish $root/share/fish/vendor_completions.d/mcpctl.fish 644"
}

case ${1:-} in
  install)
    files "$2" | while read -r source target mode; do
      install -D -m "$mode" "$source" "$target"
      if [ "$mode" = 755 ] && command -v strip >/dev/null; then strip "$target"; fi
      echo "installed $target"
    done
    ;;
  uninstall)
    files | while read -r _ target _; do
      if [ -e "$target" ]; then
        rm -f "$target"
        echo "removed $target"
      fi
    done
    ;;
  *) echo "usage: install.sh install BINARY | uninstall" >&2; exit 64 ;;
esac
