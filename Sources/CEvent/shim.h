// SPDX-License-Identifier: Apache-2.0
#pragma once
// Before event2: its event-config.h defines _GNU_SOURCE, which would give this module another fd_set than Glibc's.
#include <sys/select.h>
#include <event2/event.h>
#include <event2/thread.h>
#include <event2/util.h>
