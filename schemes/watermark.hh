// SPDX-License-Identifier: GPL-2.0
// Watermarks at work.
#pragma once
#include "damonxx/math.hh"
#include "schemes/watermarks.hh"

namespace damon {

// The present value of what @marks go by, in permil.
u64 watermark_permil(const watermarks &marks);
// Whether a scheme is to rest at @permil; @rested: it does so far.
bool rests_at(const watermarks &marks, u64 permil, bool rested);
// The same, now.
bool rests(const watermarks &marks, bool rested);

} // namespace damon
