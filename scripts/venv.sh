#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# venv.sh REQUIREMENTS: makes the virtual environment for a requirements file below .build-venv, unless it is there and
# current, and prints its Python.
set -euo pipefail
requirements=$(realpath "$1")
cd "$(dirname "$0")/.."

folder=.build-venv/$(basename "$requirements" .txt)
if ! cmp -s "$requirements" "$folder/made-from.txt"; then
  echo "==> making a virtual environment for $(basename "$requirements")" >&2
  rm -rf "$folder"
  python3 -m venv "$folder" >&2
  "$folder/bin/pip" install --quiet --disable-pip-version-check --retries 3 --requirement "$requirements" >&2
  cp "$requirements" "$folder/made-from.txt"
fi
echo "$PWD/$folder/bin/python"
