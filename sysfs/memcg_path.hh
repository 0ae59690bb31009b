// SPDX-License-Identifier: GPL-2.0
// Files that name a memory cgroup by its path.
#pragma once
#include "damonxx/lib/report.hh"

namespace damon {

// The cgroup whose path is @written, as the caller sees paths.  @path_file is what holds the
// path, @asking_file what made it needed.  inval or opnotsupp with the reason in @why; nomem.
result<u64> find_memcg(text_view written, text_view path_file, text_view asking_file, report &why);

} // namespace damon
