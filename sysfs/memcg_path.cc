// SPDX-License-Identifier: GPL-2.0
#include "sysfs/memcg_path.hh"

namespace damon {

result<u64> find_memcg(text_view written, text_view path_file, text_view asking_file, report &why)
{
	const text_view path = chomp(written);
	u64 id = 0;

	if (path.empty())
		return why.fail(errc::inval, path_file,
				"is empty, and must be the path of a memory cgroup");

	const auto found = status::from_errno(kapi_memcg_find(path.data(), path.size(), &id));
	if (found.is(errc::noent))
		return why.fail(errc::inval, path_file,
				"no memory cgroup of the unified hierarchy has this path");
	if (found.is(errc::opnotsupp))
		return why.fail(errc::opnotsupp, asking_file, "this kernel has no memory cgroups");
	TRY(found);
	return id;
}

} // namespace damon
