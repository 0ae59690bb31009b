// SPDX-License-Identifier: GPL-2.0
// Any texts written to the parameters of all modules: taken or refused as documented, each alone, and
// what enabling and committing come to, whole or not at all.
#include "kstrto.hh"
#include "quota_model.hh"

#include "modules/module.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <string>
#include <vector>

extern damonxx_module damonxx_reclaim_module;
extern damonxx_module damonxx_lru_sort_module;
extern damonxx_module damonxx_stat_module;
extern damonxx_module damonxx_tier_module;

namespace fuzz {
namespace {

constexpr u64 page = 4096;
constexpr u64 ram = u64{4} << 30; // where it begins
constexpr u64 node_bytes = 16 << 20;

// Of numbers, by the documentation of the modules; what is not here may be anything.
const std::map<std::string, std::pair<u64, u64>> limits = {
	{"sample_interval", {1, largest}},
	{"aggr_interval", {1, largest}},
	{"addr_unit", {1, largest}},
	{"hot_thres_access_freq", {0, 1'000}},
	{"active_mem_bp", {0, 10'000}},
	{"promote_target_mem_used_bp", {0, 10'000}},
	{"demote_target_mem_free_bp", {0, 10'000}},
	{"promote_min_access_freq", {0, 1'000}},
};
const char *const booleans[] = {"autotune_monitoring_intervals", "skip_anon", "filter_young_pages"};
const char *const nodes[] = {"promote_target_nid", "demote_target_nid"};

bool is_one_of(std::span<const char *const> names, const std::string &name)
{
	return std::find(names.begin(), names.end(), name) != names.end();
}

// One module, and what its parameters must read.
class module_run {
public:
	explicit module_run(damonxx_module &of) : of_{of}, before_{of}
	{
		for (u32 i = 0; i < of.nr_parameters; i++) {
			const damonxx_parameter &row = of.parameters[i];
			names_.push_back(row.name);
			if (row.value) {
				stored_[row.value] = *row.value;
				values_[row.name] = get(row.name);
			}
		}
	}
	~module_run()
	{
		damonxx_module_exit(&of_);
		of_ = before_;
		for (const auto &[at, value] : stored_)
			*at = value;
	}

	std::string get(const std::string &name)
	{
		char buffer[4096];
		const int length = damonxx_module_get(&of_, name.c_str(), buffer, sizeof(buffer));

		MUST(length >= 0 && length < 4096, name, length);
		const bool is_line = length > 0 && buffer[length - 1] == '\n';
		MUST(is_line || (name == "tiers" && length == 0), name, length);
		return {buffer, static_cast<size_t>(length - is_line)};
	}
	bool is_on() { return get("enabled") == "Y"; }
	u64 number(const std::string &name) const
	{
		const auto found = values_.find(name);
		return found == values_.end() ? 0 : std::stoull(found->second);
	}
	bool yes(const std::string &name) const
	{
		const auto found = values_.find(name);
		return found != values_.end() && found->second == "Y";
	}

	void load()
	{
		damonxx_module_init(&of_);
		loaded_ = true;
		must_read_as_written("load");
	}
	void follow()
	{
		damonxx_module_follow(&of_);
		must_read_as_written("follow");
	}

	// The whole of what a write does.
	void write(const std::string &name, const char *text)
	{
		if (name == "enabled")
			return enable(text);
		if (name == "commit_inputs" && is_in_table(name))
			return commit(text);
		const int rc = damonxx_module_set(&of_, name.c_str(), text);
		if (!is_in_table(name)) {
			MUST(rc == -ENOENT, name, rc);
		} else if (values_.contains(name)) {
			const parsed should = parse(name, text);
			MUST(rc == -should.error, name, text ? text : "(null)", rc, should.error);
			if (!should.error)
				values_[name] = as_text(name, should.value);
		} else {
			// It is not for writing, and changes nothing.
			MUST(rc == 0, name, rc);
		}
		must_read_as_written(name);
	}

	std::string any_name(choices &in) const
	{
		return in.below(64) == 63 ? "nobody" : names_[in.below(names_.size())];
	}

	// What a kdamond has been told, and what it knows.
	std::string running()
	{
		damonxx_snapshot *snapshot = nullptr;
		std::string all;

		if (!of_.context || damonxx_context_take_snapshot(of_.context, &snapshot))
			return "";
		all.assign(reinterpret_cast<const char *>(snapshot),
			   snapshot->header_bytes +
				   size_t{snapshot->nr_targets} * snapshot->target_bytes +
				   size_t{snapshot->nr_regions} * snapshot->region_bytes);
		damonxx_snapshot_free(snapshot);
		damonxx_scheme_stats stats[DAMONXX_MAX_MODULE_SCHEMES];
		std::memset(stats, 0, sizeof(stats));
		all += std::to_string(damonxx_context_read_schemes(of_.context, stats,
								   DAMONXX_MAX_MODULE_SCHEMES));
		return all + std::string(reinterpret_cast<const char *>(stats), sizeof(stats));
	}

	// Between two samples; a lot while it does not run.
	u64 sample_us()
	{
		damonxx_monitoring m{};

		if (!is_on())
			return 1'000'000;
		damonxx_context_read_monitoring(of_.context, &m);
		return std::max<u64>(m.sample_us, 1);
	}

private:
	bool is_in_table(const std::string &name) const
	{
		return std::find(names_.begin(), names_.end(), name) != names_.end();
	}

	static parsed parse(const std::string &name, const char *text)
	{
		if (is_one_of(booleans, name))
			return parse_boolean(text ? text : "Y");
		if (!text)
			return {EINVAL};
		if (is_one_of(nodes, name)) {
			const parsed nid = parse_int(text);
			return nid.error ? nid : nid.value < -1 ? parsed{EINVAL} : nid;
		}
		const parsed value = parse_unsigned(text, largest);
		const auto limit = limits.find(name);
		if (value.error || limit == limits.end())
			return value;
		const u64 is = static_cast<u64>(value.value);
		return is < limit->second.first || is > limit->second.second ? parsed{EINVAL}
									     : value;
	}

	static std::string as_text(const std::string &name, s64 value)
	{
		if (is_one_of(booleans, name))
			return value ? "Y" : "N";
		return is_one_of(nodes, name) ? std::to_string(value)
					      : std::to_string(static_cast<u64>(value));
	}

	void must_read_as_written(const std::string &after)
	{
		for (const auto &[name, value] : values_)
			MUST(get(name) == value, after, name, get(name), value);
	}

	// Whether the documentation promises that it runs, or that it does not; of tiers it depends on
	// the machine, too.
	enum class answer { runs, refused, depends };
	answer expected() const
	{
		if (&of_ == &damonxx_stat_module)
			return answer::runs;
		const bool tuned = yes("autotune_monitoring_intervals");
		const u64 unit = values_.contains("addr_unit") ? number("addr_unit") : 1;
		const bool unit_fine = unit > page || page % unit == 0;
		const u64 low = number("wmarks_low"), mid = number("wmarks_mid"),
			  high = number("wmarks_high");
		const u64 quota = number("quota_sz");
		const bool marks_mean_nothing = &of_ == &damonxx_tier_module && high == 0;

		if (!tuned && number("sample_interval") > number("aggr_interval"))
			return answer::refused;
		if (number("min_nr_regions") < 3 ||
		    number("min_nr_regions") > number("max_nr_regions"))
			return answer::refused;
		if (!unit_fine || !range_fine(unit))
			return answer::refused;
		if (&of_ == &damonxx_tier_module)
			return answer::depends;
		if (!marks_mean_nothing && (high > 1'000 || mid > high || low > mid))
			return answer::refused;
		// In whole units; less than one is one.
		if (quota && std::max<wide>(quota / unit, 1) * unit < page)
			return answer::refused;
		return answer::runs;
	}

	// In units; both ends 0: all System RAM.
	bool range_fine(u64 unit) const
	{
		const wide start = wide{number("monitor_region_start")} * unit;
		const wide end = wide{number("monitor_region_end")} * unit;

		if (!start && !end)
			return true;
		return start < end && end <= largest &&
		       start / page * page < (end > largest - page + 1
						      ? end / page * page
						      : (end + page - 1) / page * page);
	}
	// No machine has the memory for so many regions.
	bool is_huge() const
	{
		return number("max_nr_regions") >> 33 || number("min_nr_regions") >> 33;
	}

	void must_be_as_said(int rc, const char *what)
	{
		if (rc == -ENOMEM && is_huge())
			return;
		switch (expected()) {
		case answer::runs:
			MUST(rc == 0, of_.name, what, rc, of_.reason.text);
			break;
		case answer::refused:
			MUST(rc == -EINVAL || (rc == -ENODEV && &of_ == &damonxx_tier_module),
			     of_.name, what, rc);
			break;
		case answer::depends:
			MUST(rc == 0 || rc == -EINVAL || rc == -ENODEV, of_.name, what, rc);
		}
		MUST(rc == 0 || of_.reason.text[0], "refused without a reason", what, rc);
	}

	void enable(const char *text)
	{
		const bool was_on = is_on();
		const parsed wanted = parse_boolean(text ? text : "Y");
		const std::string before = running();
		const int rc = damonxx_module_set(&of_, "enabled", text);

		must_read_as_written("enabled");
		if (wanted.error) {
			MUST(rc == -EINVAL && is_on() == was_on, rc);
			return;
		}
		if (!loaded_) {
			MUST(rc == 0 && !is_on(), rc);
			return;
		}
		if (!wanted.value) {
			MUST(rc == 0 && !is_on() && get("kdamond_pid") == "-1", rc);
			return;
		}
		// Nothing happens if it is so already.
		if (was_on) {
			MUST(rc == 0 && is_on() && running() == before, rc);
			return;
		}
		must_be_as_said(rc, "enable");
		MUST(is_on() == (rc == 0), rc);
		MUST((get("kdamond_pid") != "-1") == is_on(), get("kdamond_pid"));
		if (is_on())
			must_be_told("enable");
	}

	void commit(const char *text)
	{
		const parsed wanted = parse_boolean(text ? text : "Y");
		const bool was_on = is_on();
		const std::string before = running();
		const int rc = damonxx_module_set(&of_, "commit_inputs", text);

		must_read_as_written("commit_inputs");
		MUST(is_on() == was_on && get("commit_inputs") == "N");
		if (wanted.error || !wanted.value)
			MUST(rc == (wanted.error ? -EINVAL : 0) && running() == before, rc);
		else if (!was_on)
			MUST(rc < 0, rc);
		else
			must_be_as_said(rc, "commit");
		if (rc < 0)
			MUST(running() == before, "a refused commit changed something", rc);
		else if (was_on && !wanted.error && wanted.value)
			must_be_told("commit");
	}

	// The kdamond has what the parameters say.
	void must_be_told(const char *what)
	{
		const std::string all = running();
		damonxx_snapshot header;

		MUST(all.size() >= sizeof(header), what);
		std::memcpy(&header, all.data(), sizeof(header));
		MUST(header.operations == DAMONXX_PADDR, what);
		MUST(header.addr_unit == (values_.contains("addr_unit") ? number("addr_unit") : 1),
		     what, header.addr_unit);
		if (values_.contains("sample_interval") && !yes("autotune_monitoring_intervals"))
			MUST(header.sample_us == number("sample_interval") &&
				     header.aggr_us == number("aggr_interval"),
			     what, header.sample_us, header.aggr_us);
	}

	damonxx_module &of_;
	const damonxx_module before_;
	std::vector<std::string> names_;
	std::map<u64 *, u64> stored_;
	std::map<std::string, std::string> values_;
	bool loaded_ = false;
};

// @count nodes side by side, each slower than the one before it.
void set_machine(u64 count)
{
	damonxx_numa_topology machine{};
	std::map<int, std::vector<kapi_range>> memory;

	machine.nr_nodes = static_cast<u32>(count);
	for (u32 i = 0; i < count; i++) {
		damonxx_node &node = machine.nodes[i];
		const int nid = static_cast<int>(i);
		node = {.nid = nid,
			.has_memory = true,
			.has_cpu = i == 0,
			.abstract_distance = 500 * (i + 1),
			.total_bytes = node_bytes,
			.kept_bytes = node_bytes / 16,
			.distance = {}};
		for (u32 k = 0; k < count; k++)
			node.distance[k] = 10 * (1 + (i > k ? i - k : k - i));
		memory[nid] = {{ram + i * node_bytes, ram + (i + 1) * node_bytes}};
		host::add_node(nid, node_bytes, node_bytes / 2);
	}
	host::set_machine(machine, memory);
}

// Few regions, or so many that no machine has the memory.
std::string affordable(const std::string &text)
{
	const parsed value = parse_unsigned(text, largest);
	const u64 regions = static_cast<u64>(value.value);

	return value.error || regions < 2'000 || regions >> 33 ? text
							       : std::to_string(regions % 2'000);
}

// A text that is often what the parameter takes.
std::string any_text(choices &in, const std::string &name)
{
	static const char *const yes_or_no[] = {"Y",   "N",   "1",    "0", "on", "off",
						"y\n", "N\n", "true", "",  "x"};
	const bool is_switch =
		name == "enabled" || name == "commit_inputs" || is_one_of(booleans, name);

	if (in.below(8) == 7)
		return in.text(24);
	if (is_switch && in.below(8))
		return in.one_of(yes_or_no);
	switch (in.below(4)) {
	case 0:
		return number_like(in);
	case 1:
		return std::to_string(in.below(4)) + "\n";
	case 2:
		return std::to_string(in.below(3'000));
	default:
		return std::to_string(in.number()) + (in.flip() ? "\n" : "");
	}
}

} // namespace

void run_parameters(choices &in)
{
	host::use_virtual_clock();
	host::seed(in.byte());
	host::add_process(host::ram, {{ram, ram + 3 * node_bytes}});
	host::set_hot(host::ram, {{ram, ram + node_bytes / 2}});
	set_machine(in.below(4));
	{
		module_run all[] = {
			module_run{damonxx_reclaim_module}, module_run{damonxx_lru_sort_module},
			module_run{damonxx_tier_module}, module_run{damonxx_stat_module}};
		const u64 unloaded = in.below(4);

		for (u64 steps = 0; steps < 80 && in.any_left(); steps++) {
			module_run &chosen = all[in.below(4)];

			if (steps == unloaded)
				for (module_run &one : all)
					one.load();
			switch (in.below(8)) {
			case 0: {
				// So that nobody has too many samples.
				u64 least_us = 1'000'000;
				for (module_run &one : all)
					least_us = std::min(least_us, one.sample_us());
				host::run_for(least_us * 1'000 * in.below(24));
				break;
			}
			case 1:
				chosen.write("enabled", "Y");
				break;
			case 2:
				chosen.write("commit_inputs", "Y\n");
				break;
			case 3:
				set_machine(in.below(4));
				all[2].follow();
				break;
			default:
				const std::string name = chosen.any_name(in);
				const std::string drawn = any_text(in, name);
				const std::string text = name.ends_with("_nr_regions")
								 ? affordable(drawn.c_str())
								 : drawn;
				chosen.write(name, in.below(16) == 15 ? nullptr : text.c_str());
			}
		}
	}
	host::set_machine({}, {});
}

} // namespace fuzz
