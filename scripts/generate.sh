#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Writes the manual pages and the completions from the command model: generate.sh MCPCTL [FOLDER]
set -euo pipefail
mcpctl=$(realpath "$1")
cd "${2:-$(dirname "$0")/..}"

mkdir -p man completions
rm -f man/*.[1-8] completions/*
"$mcpctl" man --all man
"$mcpctl" completion --all completions
