// SPDX-License-Identifier: GPL-2.0
// Entry points of libFuzzer, which makes up inputs.  FUZZ_TARGET names the target.
#include "fuzz.hh"

#include <cstdlib>

namespace {

const fuzz::target *chosen;

} // namespace

extern "C" int LLVMFuzzerInitialize(int *, char ***);
extern "C" int LLVMFuzzerInitialize(int *, char ***)
{
	const char *name = std::getenv("FUZZ_TARGET");

	chosen = fuzz::find_target(name != nullptr ? name : "");
	if (chosen == nullptr)
		std::exit(2);
	return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
extern "C" int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fuzz::run_one(*chosen, data, size);
	return 0;
}
