# SPDX-License-Identifier: Apache-2.0
.PHONY: build test
build:
	swift build
test:
	swift test
