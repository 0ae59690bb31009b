// SPDX-License-Identifier: GPL-2.0
// Counting the hits of attribute probes.
#pragma once
#include "core/kdamond/configuration.hh"

namespace damon {

// At the end of a sample, after testing accesses: counts the probes that hit the sampled page of
// each picked region.
void count_hits(const configuration &config, target &t);

} // namespace damon
