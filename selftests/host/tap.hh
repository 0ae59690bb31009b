// SPDX-License-Identifier: GPL-2.0
#pragma once

// GoogleTest's results as TAP on the standard output, and nothing else.
void print_tap();
