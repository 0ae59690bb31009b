// SPDX-License-Identifier: GPL-2.0
// Files with the path of a memory cgroup.
#pragma once
#include "damonxx/lib/report.hh"

namespace damon {

// Returns the id of the memory cgroup with path @written, as the caller sees it.  @path_file: the
// file with the path; @asking_file: the file whose value requires it.  inval or opnotsupp with the
// reason in @why; nomem.
result<u64> find_memcg(text_view written, text_view path_file, text_view asking_file, report &why);

} // namespace damon
