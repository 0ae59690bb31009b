// SPDX-License-Identifier: GPL-2.0
// Snapshots: each record against the monitor's tables, and the file of sysfs read in pieces of any
// size from any offset.
#include "snapshot_view.hh"
#include "table_model.hh"

#include "core/snapshot.hh"
#include "damonxx/abi.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

namespace fuzz {
namespace {

using host::snapshot_view;

constexpr u64 base = u64{1} << 32;
// Larger ones than a page make regions that are told as empty.
constexpr u64 units[] = {1, 2, 64, 512, 2048, 4096};

void map_some(choices &in, int pid)
{
	u64 at = base;

	for (u64 n = 1 + in.below(3); n > 0; n--) {
		at += in.below(2048) * page;
		const u64 size = (1 + in.below(2048)) * page;
		host::map(pid, {at, at + size});
		at += size;
	}
	host::set_hot(pid, {{base + in.below(2048) * page, base + 4096 * page}},
		      static_cast<u32>(in.below(1001)));
}

// ---- records against tables

class record_run {
public:
	explicit record_run(choices &in) : in_{in} {}

	void run()
	{
		host::use_virtual_clock();
		for (int pid = host::ram; pid <= 2; pid++) {
			host::add_process(pid);
			map_some(in_, pid);
		}
		damon::report why;
		auto built = damon::configuration::build(any_inputs(), nullptr, why);
		MUST(built.is_ok(), std::string(why.line().data(), why.line().size()));
		monitor_ =
			std::make_unique<damon::monitor>(damon::move(built).take(), in_.number());
		monitor_->begin();
		compare();
		while (in_.any_left() && samples_ < 200 && step())
			compare();
		monitor_->end();
	}

private:
	damon::inputs any_inputs()
	{
		damon::inputs in;

		in.operations = static_cast<damon::operations_id>(in_.below(3));
		const bool physical = in.operations == damon::operations_id::paddr;
		if (physical)
			in.addr_unit = in_.one_of(units);
		in.attrs.sample_us = 1'000 + in_.below(3);
		in.attrs.aggr_us = in.attrs.sample_us * (1 + in_.below(12));
		in.attrs.update_us = 50'000;
		in.attrs.min_nr_regions = 3 + in_.below(20);
		in.attrs.max_nr_regions = in.attrs.min_nr_regions + in_.below(40);
		for (u64 n = in_.below(5); n > 0; n--) {
			damon::attribute_probe probe;
			probe.weight = static_cast<u32>(in_.below(3));
			probe.sets_idle = true;
			if (in_.flip())
				MUST(probe.filters
					     .try_push({.type = damon::attribute::pgidle_unset,
							.matching = true,
							.allow = true})
					     .is_ok());
			MUST(in.probes.try_push(damon::move(probe)).is_ok());
		}
		for (int pid = 1; pid <= (physical ? 1 : 1 + static_cast<int>(in_.below(2)));
		     pid++) {
			damon::target_inputs t;
			t.pid_number = pid;
			if (!physical)
				t.pid = damon::pid_ref{kapi_pid_get(pid)};
			if (in.operations == damon::operations_id::fvaddr)
				MUST(t.ranges.try_push({base, base + (8 + in_.below(999)) * page})
					     .is_ok());
			MUST(in.targets.try_push(damon::move(t)).is_ok());
		}
		return in;
	}

	// False: no target is left.
	bool step()
	{
		if (in_.below(16) == 15 && alive_) {
			host::end_process(1);
			alive_ = false;
		}
		for (u64 n = 1 + in_.below(20); n > 0; n--) {
			if (!monitor_->prepare())
				return false;
			host::spend(monitor_->config().attrs.sample_ns());
			monitor_->check();
			samples_++;
		}
		return true;
	}

	std::string take()
	{
		const u64 room = in_.below(4096);
		damon::bytes all{room ? kapi_alloc(room) : nullptr, room};
		damon::snapshot taken{all};
		int attempts = 0;

		while (!taken.take(*monitor_)) {
			MUST(attempts++ == 0, "the room that was asked for is too small");
			MUST(taken.make_room().is_ok());
		}
		MUST(all.size() < all.room(), all.size(), all.room());
		return {static_cast<const char *>(all.data()), all.size()};
	}

	void compare()
	{
		const snapshot_view is{take()};
		const damon::configuration &config = monitor_->config();
		const u64 aggr_samples =
			std::max<u64>(config.attrs.aggr_us / config.attrs.sample_us, 1);

		MUST(is.problem.empty(), is.problem);
		const damonxx_snapshot &h = is.header;
		MUST(h.header_bytes == sizeof(h) && h.target_bytes == sizeof(is.targets[0]) &&
		     h.region_bytes == sizeof(is.regions[0]));
		MUST(h.nr_targets == config.targets.size() && h.nr_samples == samples_,
		     h.nr_targets, h.nr_samples, samples_);
		MUST(h.time_ns == kapi_now_ns(), h.time_ns);
		MUST(h.sample_us == config.attrs.sample_us && h.aggr_us == config.attrs.aggr_us,
		     h.sample_us, h.aggr_us);
		MUST(h.addr_unit == config.addr_unit && h.operations == static_cast<u32>(config.id),
		     h.addr_unit);
		MUST(h.window_samples == aggr_samples &&
			     h.window_position == samples_ % aggr_samples,
		     h.window_samples, h.window_position, samples_);
		MUST(h.nr_probes == config.probes.size() && h.flags == 0 && h.reserved == 0,
		     h.nr_probes, h.flags);
		for (u32 k = 0; k < config.targets.size(); k++)
			compare_target(is, k, aggr_samples);
	}

	void compare_target(const snapshot_view &is, u32 k, u64 aggr_samples)
	{
		const damon::target &t = monitor_->config().targets[k];
		const damonxx_snapshot_target &told = is.targets[k];
		const u64 unit = monitor_->config().addr_unit;
		const u64 left = aggr_samples - samples_ % aggr_samples;
		table_model model = table_model::of(t.regions);

		MUST(told.index == k && told.pid == t.pid_number && told.reserved == 0, told.index,
		     told.pid);
		MUST(told.flags == (t.gone ? DAMONXX_TARGET_GONE : 0u), told.flags);
		MUST(told.nr_regions == (t.gone ? 0 : t.regions.count()), told.nr_regions);
		model.rounds = samples_ % aggr_samples;
		for (u32 i = 0; i < told.nr_regions; i++) {
			const damonxx_snapshot_region &r = is.regions[told.first_region + i];
			const model_region &should = model.regions[i];

			MUST(r.start == should.start / unit && r.end == should.end / unit, i,
			     r.start, r.end, should.start, should.end);
			const u32 sum = model.moving_sum(i, left, static_cast<u32>(aggr_samples));
			MUST(r.nr_accesses == sum, i, r.nr_accesses, sum);
			MUST(r.last_nr_accesses == should.last && r.age == should.age &&
				     r.flags == 0,
			     i, r.last_nr_accesses, r.age);
			for (u32 p = 0; p < 8; p++) {
				const wide hits =
					p < damon::max_probes
						? should.hits.now[p] + wide{should.hits.last[p]} *
									       left / aggr_samples
						: 0;
				MUST(r.hits[p] == std::min<wide>(hits, 255), i, p,
				     static_cast<int>(r.hits[p]));
			}
		}
	}

	choices &in_;
	std::unique_ptr<damon::monitor> monitor_;
	u64 samples_ = 0;
	bool alive_ = true;
};

// ---- the file

class file_run {
public:
	explicit file_run(choices &in) : in_{in} {}

	void run()
	{
		host::use_virtual_clock();
		host::seed(in_.byte());
		for (int pid = host::ram; pid <= 1; pid++) {
			host::add_process(pid);
			map_some(in_, pid);
		}
		MUST(damonxx_init() == 0);
		stage();
		for (reader &r : readers_)
			r.file = std::make_unique<host::open_file>(path, 1 + in_.below(9000));
		for (int steps = 0; steps < 60 && in_.any_left(); steps++)
			step();
		for (reader &r : readers_)
			r.file.reset();
		damonxx_exit();
	}

private:
	static constexpr const char *kdamond = "kdamonds/0/";
	static constexpr const char *context = "kdamonds/0/contexts/0/";
	static constexpr const char *path = "kdamonds/0/contexts/0/snapshot";

	struct reader {
		std::unique_ptr<host::open_file> file;
		std::string content; // the snapshot that it reads
		u64 next = 0;	     // where it goes on in that
	};

	static void put(const std::string &file, const std::string &text)
	{
		const long rc = host::write(file, text + "\n");

		MUST(rc == static_cast<long>(text.size()) + 1, file, text, rc);
	}

	void stage()
	{
		const std::string in = context;
		const u64 min = 3 + in_.below(60);

		put("kdamonds/nr_kdamonds", "1");
		put(std::string(kdamond) + "contexts/nr_contexts", "1");
		physical_ = in_.flip();
		put(in + "operations", physical_ ? "paddr" : "vaddr");
		unit_ = physical_ ? in_.one_of(units) : 1;
		put(in + "addr_unit", std::to_string(unit_));
		put(in + "targets/nr_targets", "1");
		put(in + "targets/0/pid_target", "1");
		put(in + "monitoring_attrs/nr_regions/max", std::to_string(2 * min));
		put(in + "monitoring_attrs/nr_regions/min", std::to_string(min));
		put(in + "monitoring_attrs/intervals/sample_us", "1000");
		put(in + "monitoring_attrs/intervals/aggr_us",
		    std::to_string(1000 * (1 + in_.below(8))));
	}

	long command(const char *word)
	{
		return host::write(std::string(kdamond) + "state", std::string(word) + "\n");
	}

	void step()
	{
		switch (in_.below(12)) {
		case 0:
			if (command("on") > 0)
				started_ = true;
			break;
		case 1:
			if (in_.below(4) == 0)
				command("off");
			break;
		case 2:
			put(std::string(context) + "pause", in_.flip() ? "Y" : "N");
			command("commit");
			break;
		case 3:
			host::run_for(in_.below(20'000'000));
			break;
		case 4:
			return read_without_memory();
		case 5:
			map_some(in_, physical_ ? host::ram : 1);
			break;
		default:
			for (u64 n = 1 + in_.below(4); n > 0; n--)
				read();
		}
	}

	// As one read with a large buffer gives it; or an errno.
	long content_now(std::string &content)
	{
		content = host::read(path);
		if (content.starts_with("error ")) {
			const long error = std::stol(content.substr(6));
			MUST(error == (started_ ? ECANCELED : EINVAL), error);
			return -error;
		}
		check(content);
		return 0;
	}

	// Against other files.
	void check(const std::string &content)
	{
		const snapshot_view is{content};
		std::istringstream lines{host::read(std::string(context) + "stats")};
		std::string name;
		u64 value;

		MUST(is.problem.empty(), is.problem);
		MUST(is.header.addr_unit == unit_ && is.header.nr_targets == 1,
		     is.header.addr_unit);
		MUST(is.targets[0].pid == 1 && is.targets[0].nr_regions == is.header.nr_regions);
		while (lines >> name >> value) {
			if (name == "nr_regions")
				MUST(value == is.header.nr_regions, value, is.header.nr_regions);
			if (name == "samples")
				MUST(value == is.header.nr_samples, value, is.header.nr_samples);
			if (name == "sample_us")
				MUST(value == is.header.sample_us, value);
			if (name == "aggr_us")
				MUST(value == is.header.aggr_us, value);
		}
	}

	void read()
	{
		reader &r = readers_[in_.below(2)];
		std::string now, piece;
		// Mostly where the last one ended, or from the beginning.
		const u64 where = in_.below(8);
		const u64 offset = where < 4 ? r.next : where < 6 ? 0 : in_.below(20'000);
		const u64 size = in_.flip() ? in_.below(200) : in_.below(20'000);
		const long error = content_now(now);
		const long rc = r.file->read(offset, size, &piece);

		if (size == 0) {
			MUST(rc == 0 && piece.empty(), rc);
			return;
		}
		// What goes on does so in the snapshot that it began.
		const bool fresh = offset == 0 || offset != r.next;
		if (fresh && error) {
			MUST(rc == error, rc, error, offset);
			r.next = 0;
			return;
		}
		if (fresh)
			r.content = now;
		const std::string should =
			offset < r.content.size() ? r.content.substr(offset, size) : "";
		MUST(rc == static_cast<long>(should.size()), rc, should.size(), offset, size,
		     r.content.size());
		MUST(piece == should, offset, size, r.content.size());
		r.next = offset + should.size();
	}

	void read_without_memory()
	{
		host::open_file file{path, 1 + in_.below(9000)};
		std::string all, now;
		const long error = content_now(now);

		host::fail_nth(1 + in_.below(4));
		const long rc = file.read(0, 100'000, &all);
		const bool no_memory = host::has_failed();
		host::fail_nth(0);
		MUST(rc == (no_memory ? -ENOMEM
			    : error   ? error
				      : static_cast<long>(now.size())),
		     rc, no_memory, error);
		// Nothing has gone wrong for the next one.
		const long again = file.read(0, 100'000, &all);
		MUST(again == (error ? error : static_cast<long>(now.size())), again, error);
		MUST(error || all == now);
	}

	choices &in_;
	reader readers_[2];
	bool physical_ = false, started_ = false;
	u64 unit_ = 1;
};

} // namespace

void run_snapshot(choices &in)
{
	const bool of_file = in.flip();

	if (of_file)
		return file_run{in}.run();
	record_run{in}.run();
}

} // namespace fuzz
