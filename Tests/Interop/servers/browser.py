#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A browser for tests: opens the page it is given, and goes where it is sent."""

import sys
import urllib.error
import urllib.request

try:
    urllib.request.urlopen(sys.argv[1], timeout=20).read()
except urllib.error.HTTPError as error:
    error.read()
