// SPDX-License-Identifier: GPL-2.0
// What one aggregation and one sample cost the region table, in ns per region.
//
// The table is in a steady state: blocks of equal size are hot and cold in turn, every block
// is two regions, merging joins exactly these two and splitting cuts exactly them apart.
#include "core/region_table.hh"

#include <benchmark/benchmark.h>
#include <ctime>

namespace {

using namespace damon;

constexpr u64 block_bytes = 256 * page_bytes;
constexpr u32 hot_samples = 16;

struct steady_table {
	explicit steady_table(u32 regions)
	{
		const addr_range all{block_bytes, block_bytes + regions / 2 * block_bytes};

		if (!table.reserve(regions).is_ok())
			return;
		table.reset(span{&all, 1});
		table.cut_larger_than(block_bytes);
		table.split({}, regions, random);
		ready = table.count() == regions;
		for (int i = 0; ready && i < 30; i++) {
			sample_aggregation();
			aggregate(regions);
			ready = table.count() == regions;
		}
	}

	bool is_hot(u32 i) const { return table.range(i).start / block_bytes % 2 != 0; }

	// What the tests of one aggregation find.
	void sample_aggregation()
	{
		for (u32 i = 0; i < table.count(); i++)
			table.access_checks()[i].outcome = is_hot(i) ? KAPI_ACCESSED : KAPI_IDLE;
		for (u32 sample = 0; sample < hot_samples; sample++)
			table.count_accesses();
	}

	// As core/region_adjustment.cc does at the end of an aggregation.
	void aggregate(u32 max_regions)
	{
		const u32 threshold = table.max_score() / 10;
		const u64 limit = align_down(table.total_bytes() / 10, page_bytes);

		table.update_ages(threshold);
		table.merge(threshold, limit);
		table.cut_larger_than(limit);
		table.shift_counters();
		merged = table.count();
		table.split({}, max_regions, random);
	}

	region_table table;
	prng random{1};
	u32 merged = 0;
	bool ready = false;
};

// The processor time of this thread: other work on the machine is not in it.
u64 thread_ns()
{
	timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return static_cast<u64>(now.tv_sec) * 1'000'000'000 + static_cast<u64>(now.tv_nsec);
}

// Times @step, which does @rounds rounds over all regions; @setup before it is not timed.
template <typename Setup, typename Step>
void measure(benchmark::State &state, u32 rounds, Setup &&setup, Step &&step)
{
	const u32 regions = static_cast<u32>(state.range(0));
	steady_table steady{regions};
	u64 total_ns = 0;

	if (!steady.ready)
		state.SkipWithError("no steady state to begin with");
	for (auto _ : state) {
		setup(steady);
		const u64 begin_ns = thread_ns();
		step(steady);
		const u64 spent_ns = thread_ns() - begin_ns;
		total_ns += spent_ns;
		state.SetIterationTime(static_cast<double>(spent_ns) * 1e-9);
		if (steady.merged != regions / 2 || steady.table.count() != regions)
			state.SkipWithError("the steady state is lost");
	}
	const u64 units = static_cast<u64>(state.iterations()) * regions * rounds;
	state.counters["ns_per_region"] =
		static_cast<double>(total_ns) / static_cast<double>(max(units, u64{1}));
	state.counters["regions"] = regions;
}

void aggregation(benchmark::State &state)
{
	measure(
		state, 1, [](steady_table &steady) { steady.sample_aggregation(); },
		[](steady_table &steady) { steady.aggregate(steady.table.count()); });
}
BENCHMARK(aggregation)->Arg(1'000)->Arg(20'000)->Arg(100'000)->UseManualTime();

// Planning the probes and counting what they found; the page tables are not in it.
void sampling(benchmark::State &state)
{
	constexpr u32 samples = 20;

	measure(
		state, samples, [](steady_table &) {},
		[](steady_table &steady) {
			for (u32 i = 0; i < samples; i++) {
				steady.table.pick_checks(steady.random);
				steady.table.count_accesses();
			}
		});
}
BENCHMARK(sampling)->Arg(1'000)->Arg(20'000)->Arg(100'000)->UseManualTime();

} // namespace

BENCHMARK_MAIN();
