// SPDX-License-Identifier: GPL-2.0
// Probes of data attributes at work.
#pragma once
#include "core/configuration.hh"

namespace damon {

// At the end of a sample, after accesses were tested: counts for each region which probes its
// page hits.
void count_hits(const configuration &config, target &t);

} // namespace damon
