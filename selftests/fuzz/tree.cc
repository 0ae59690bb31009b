// SPDX-License-Identifier: GPL-2.0
// The whole tree of files under any sequence of writes, commands, failing allocations,
// ending processes and threads that collide; its kdamonds run on the virtual clock.
#include "fuzz.hh"
#include "kstrto.hh"

#include "core/inputs.hh"
#include "damonxx/abi.h"

#include <algorithm>
#include <list>
#include <map>
#include <vector>

namespace fuzz {
namespace {

using files = std::map<std::string, std::string>; // content by path

constexpr int most_pids = 3;
constexpr u64 most_children = 3;	 // of a kind; more take time and show nothing new
constexpr u64 most_regions = 150;	 // likewise
constexpr u64 samples_of_patience = 100; // for commands that wait
constexpr int steps = 40;

constexpr const char *commands[] = {
	"on",
	"off",
	"commit",
	"update_schemes_stats",
	"update_schemes_tried_regions",
	"update_schemes_tried_bytes",
	"clear_schemes_tried_regions",
	"commit_schemes_quota_goals",
	"update_schemes_effective_quotas",
};

// What a file of keywords takes, in any order but with the default first.
struct keyword_file {
	const char *ending;
	std::vector<const char *> words;
};
const std::vector<keyword_file> keyword_files = {
	{"/operations", {"vaddr", "fvaddr", "paddr"}},
	{"/action",
	 {"stat", "willneed", "cold", "pageout", "hugepage", "nohugepage", "collapse", "lru_prio",
	  "lru_deprio", "migrate_hot", "migrate_cold"}},
	{"/prep_action", {"set_pgidle"}},
	{"/goal_tuner", {"consist", "temporal", "proportional"}},
	{"/target_metric",
	 {"user_input", "some_mem_psi_us", "node_mem_used_bp", "node_mem_free_bp", "node_memcg_used_bp",
	  "node_memcg_free_bp", "active_mem_bp", "inactive_mem_bp", "node_eligible_mem_bp",
	  "hugepage_mem_bp", "node_sys_bp"}},
	{"/direction", {"raise", "lower"}},
	{"/metric", {"none", "free_mem_rate", "node_free_mem_rate"}},
	{"/type", {"anon", "memcg", "pgidle_unset", "pgidle_set", "hugepage_size"}},	// of probes
};
const std::vector<const char *> ops_types = {"anon",	 "memcg",  "young", "hugepage_size",
					     "unmapped", "active", "node"};
const std::vector<const char *> core_types = {"addr", "target", "probe_hits_wsum"};

std::string name_of(const std::string &path)
{
	return path.substr(path.rfind('/') + 1);
}
std::string dir_of(const std::string &path)
{
	return path.substr(0, path.rfind('/') + 1);
}
bool is_count(const std::string &path)
{
	return name_of(path).starts_with("nr_") && !name_of(path).starts_with("nr_accesses") &&
	       path.find("/stats/") == path.npos;
}
// Whether results may be brought up to date by reading them, in this run.
bool refreshing;

bool is_live(const std::string &path)
{
	const std::string name = name_of(path);
	const bool is_result = name == "sample_us" || name == "aggr_us" ||
			       name == "effective_bytes" ||
			       path.find("/stats/") != path.npos;

	return name == "state" || name == "pid" || name == "stats" || (refreshing && is_result);
}

void read_below(const std::string &dir, files &found)
{
	u64 children = 0;
	std::string count_file;

	for (const std::string &name : host::list(dir.empty() ? "/damonxx/admin" : dir)) {
		const std::string path = dir + name;

		if (name.ends_with('/')) {
			children += '0' <= name[0] && name[0] <= '9';
			read_below(path, found);
			continue;
		}
		if (host::is_binary(path)) {
			found[path] = "binary\n"; // it changes by itself
			continue;
		}
		found[path] = host::read(path);
		MUST(!found[path].starts_with("error "), path, found[path]);
		MUST(name == "avail_operations" || name == "stats" || name.ends_with("path") ||
			     std::count(found[path].begin(), found[path].end(), '\n') == 1,
		     path, found[path]);
		if (is_count(path))
			count_file = path;
	}
	if (!count_file.empty())
		MUST(found[count_file] == std::to_string(children) + "\n", count_file, children);
}

files read_tree()
{
	files found;

	read_below("", found);
	return found;
}

std::string default_of(const std::string &path)
{
	static const std::map<std::string, std::string> special = {
		{"state", "off"},
		{"pid", "-1"},
		{"last_error", ""},
		{"sample_us", "5000"},
		{"aggr_us", "100000"},
		{"update_us", "60000000"},
		{"target_nid", "-1"},
		{"avail_operations", "vaddr\nfvaddr\npaddr"},
		{"addr_unit", "1"},
		{"pause", "N"},
		{"obsolete_target", "N"},
		{"matching", "N"},
		{"allow", "N"},
		{"path", ""},
		{"memcg_path", ""},
		{"snapshot", "binary"},
	};
	const auto found = special.find(name_of(path));

	if (found != special.end())
		return found->second + "\n";
	for (const keyword_file &file : keyword_files)
		if (path.ends_with(file.ending))
			return std::string(file.words[0]) + "\n";
	// Of what was never started; a running kdamond's are not reset.
	if (name_of(path) == "stats")
		return "";
	if (path.ends_with("nr_regions/min"))
		return "10\n";
	if (path.ends_with("nr_regions/max"))
		return "1000\n";
	return "0\n";
}

class tree_run {
public:
	explicit tree_run(choices &in) : in_{in} {}

	void run()
	{
		host::use_virtual_clock();
		host::seed(in_.number());
		refreshing = false;
		if (!load())
			return;
		for (int pid = 1; pid <= most_pids; pid++)
			add_process(pid);
		host::add_memcg("/a", 1);
		now_ = read_tree();
		if (in_.below(4))
			stage();
		for (int i = 0; i < steps && in_.any_left(); i++)
			step();
		unload();
	}

private:
	bool load()
	{
		host::fail_nth(in_.below(8) == 0 ? in_.below(64) : 0);
		const int rc = damonxx_init();
		const bool failed = host::has_failed();
		host::fail_nth(0);
		MUST(rc == (failed ? -ENOMEM : 0), rc);
		return rc == 0;
	}

	void unload()
	{
		for (const auto &file : read_tree())
			if (file.first.ends_with("/state"))
				host::write(file.first, "off\n");
		damonxx_exit();
		MUST(!host::exists("/damonxx"));
	}

	// What most commands need to do anything.
	void stage()
	{
		const std::string context = "kdamonds/0/contexts/0/";
		const std::string pattern = context + "schemes/0/access_pattern/";

		write("kdamonds/nr_kdamonds", "1\n");
		write("kdamonds/0/contexts/nr_contexts", "1\n");
		write(context + "targets/nr_targets", "1\n");
		write(context + "targets/0/pid_target", "1\n");
		write(context + "monitoring_attrs/nr_regions/max", "100\n");
		write(context + "schemes/nr_schemes", "1\n");
		if (in_.below(4) == 0)
			write(context + "schemes/0/apply_interval_us", "100000000\n");
		for (const char *what : {"sz", "nr_accesses", "age"})
			write(pattern + what + "/max", "18446744073709551615\n");
	}

	void step()
	{
		switch (in_.below(10)) {
		case 0:
		case 1:
		case 2:
			return write_any();
		case 3:
		case 4:
		case 5:
			return command();
		case 6:
		case 7:
			return pass_time();
		case 8:
			return change_processes();
		default:
			return collide();
		}
	}

	// ---- time and processes

	void add_process(int pid)
	{
		const u64 base = u64{0x10} << (12 + in_.below(24));

		host::add_process(pid, {{base, base + (1 + in_.below(64)) * 4096},
					{base << 8, (base << 8) + (1 + in_.below(2000)) * 4096}});
		host::set_hot(pid, {{base, base + 8 * 4096}});
		alive_[pid] = true;
	}
	void change_processes()
	{
		const int pid = static_cast<int>(in_.between(1, most_pids));

		if (alive_[pid])
			host::end_process(pid);
		alive_[pid] = !alive_[pid];
		if (alive_[pid])
			add_process(pid);
		must_change_only("a process", is_live);
	}

	// As much time as the fastest kdamond needs for so many samples.
	void wait_for_samples(u64 samples)
	{
		u64 fastest_us = 1'000'000;

		for (const auto &one : sample_us_)
			fastest_us = std::min(fastest_us, std::max(one.second, 1ULL));
		host::run_for(samples * fastest_us * 1000);
	}
	void pass_time()
	{
		const u64 before = host::counts().allocations;

		host::fail_from(1);
		wait_for_samples(in_.below(samples_of_patience));
		MUST(host::counts().allocations == before && !host::has_failed(),
		     "a kdamond allocates");
		host::fail_nth(0);
		must_change_only("time", is_live);
	}

	// ---- what a step may have changed

	template <typename Allowed> void must_change_only(const std::string &step, Allowed allowed)
	{
		files &before = before_;

		before.swap(now_);
		now_ = read_tree();
		for (const auto &file : now_) {
			const auto was = before.find(file.first);
			const bool same = was != before.end() && was->second == file.second;
			MUST(same || allowed(file.first), step, "changed", file.first, file.second);
		}
		for (const auto &file : before)
			MUST(now_.contains(file.first) || allowed(file.first), step, "removed",
			     file.first);
	}

	// ---- writes

	std::string any_file()
	{
		auto file = now_.begin();

		std::advance(file, in_.below(now_.size()));
		return file->first;
	}

	std::string any_value(const std::string &path)
	{
		std::string text;

		switch (in_.below(4)) {
		case 0:
			text = any_word(path);
			break;
		case 1:
			text = std::to_string(in_.below(5)) + "\n";
			break;
		case 2:
			text = std::to_string(in_.number()) + "\n";
			break;
		default:
			text = in_.flip() ? number_like(in_) : in_.text(8);
		}
		return affordable(path, text.c_str());
	}

	// Mostly one that the file takes.
	std::string any_word(const std::string &path)
	{
		static const char *const words[] = {"vaddr\n", "stat", "on", "/a", "/a\n", "Y"};
		const std::vector<const char *> known = words_of(path);

		if (known.empty() || in_.below(8) == 0)
			return in_.one_of(words);
		return known[in_.below(known.size())];
	}

	// What may be written to a file of keywords; none: it is no such file.
	static std::vector<const char *> words_of(const std::string &path)
	{
		if (path.ends_with("/type") && path.find("/schemes/") != path.npos) {
			std::vector<const char *> types;
			if (path.find("/core_filters/") == path.npos)
				types = ops_types;
			if (path.find("/ops_filters/") == path.npos)
				types.insert(types.end(), core_types.begin(), core_types.end());
			return types;
		}
		for (const keyword_file &file : keyword_files)
			if (path.ends_with(file.ending))
				return file.words;
		return {};
	}

	// Numbers that only cost time are made small.
	static std::string affordable(const std::string &path, const std::string &text)
	{
		const parsed number = parse_unsigned(text, ~u64{0});
		const u64 value = static_cast<u64>(number.value);

		if (number.error == 0 && is_count(path) && value <= 65'536)
			return std::to_string(value % (most_children + 1)) + "\n";
		if (number.error == 0 && path.find("monitoring_attrs/nr_regions/") != path.npos &&
		    value >> 33 == 0)
			return std::to_string(value % most_regions) + "\n";
		return text;
	}

	// The errno, or 0 and the file's new content.
	struct expected_write {
		int error = 0;
		std::string content;
	};

	bool any_runs() const
	{
		return std::any_of(now_.begin(), now_.end(), [](const auto &file) {
			return file.first.ends_with("/state") && file.second == "on\n";
		});
	}

	expected_write expect_count(const std::string &path, const std::string &text) const
	{
		const parsed p = parse_int(text);
		const s64 most = path.ends_with("nr_contexts")	 ? 1
				 : path.ends_with("nr_kdamonds") ? 1024
				 : path.ends_with("nr_probes")	 ? 4
								 : 65'536;

		if (p.error != 0)
			return {p.error, ""};
		if (p.value < 0 || p.value > most)
			return {EINVAL, ""};
		if (path.ends_with("nr_kdamonds") && any_runs())
			return {EBUSY, ""};
		return {0, std::to_string(p.value) + "\n"};
	}

	expected_write expect(const std::string &path, const std::string &text) const
	{
		const std::string name = name_of(path);
		parsed p = parse_unsigned(text, ~u64{0});

		if ((host::mode_of(path) & 0200) == 0)
			return {EACCES, ""};
		if (is_count(path))
			return expect_count(path, text);
		if (const std::vector<const char *> words = words_of(path); !words.empty()) {
			p = parse_name(text, words);
			return {p.error, p.error ? "" : std::string(words[static_cast<size_t>(p.value)]) + "\n"};
		}
		if (name == "path" || name == "memcg_path")
			return {0, text + "\n"};
		if (name == "nid" || name == "target_nid" || name == "damon_target_idx") {
			p = parse_int(text);
			return {p.error, std::to_string(p.value) + "\n"};
		}
		if (name == "weight" || name == "id" || path.find("/weights/") != path.npos ||
		    name.starts_with("fail_charge_"))
			p = parse_unsigned(text, ~u32{0});
		if (p.error && path.find("/quotas/") != path.npos &&
		    (name == "ms" || name == "bytes" || name == "reset_interval_ms" ||
		     name.starts_with("fail_charge_")))
			return {EINVAL, ""};
		if (name == "pause" || name == "obsolete_target" || name == "matching" ||
		    name == "allow") {
			p = parse_boolean(text);
			return {p.error, p.value ? "Y\n" : "N\n"};
		}
		if (name == "refresh_ms")
			p = parse_unsigned(text, ~u32{0});
		if (name == "addr_unit" && !p.error && !p.value)
			return {EINVAL, ""};
		if (name == "pid_target") {
			p = parse_int(text);
			return {p.error ? EINVAL : 0, std::to_string(p.value) + "\n"};
		}
		return {p.error, std::to_string(static_cast<u64>(p.value)) + "\n"};
	}

	void write_any()
	{
		const std::string path = any_file();
		const std::string text = any_value(path);

		if (text.empty() || name_of(path) == "state")
			return;
		host::fail_nth(in_.below(4) == 0 ? in_.below(32) : 0);
		write(path, text);
		host::fail_nth(0);
	}

	void write(const std::string &path, const std::string &text)
	{
		const expected_write wanted = expect(path, text);
		const long rc = host::write(path, text);
		const std::string step = path + ": " + text;

		if (host::has_failed()) {
			MUST(rc == -ENOMEM, step, rc);
		} else {
			MUST(rc == (wanted.error ? -wanted.error : static_cast<long>(text.size())),
			     step, rc, wanted.error);
		}
		if (rc < 0)
			return must_change_only(step, is_live);
		// Also by the reads that look for changes.
		refreshing |= name_of(path) == "refresh_ms" && wanted.content != "0\n";
		const std::string dir = is_count(path) ? dir_of(path) : "";
		must_change_only(step, [&](const std::string &changed) {
			return changed == path || is_live(changed) ||
			       (!dir.empty() && changed.starts_with(dir));
		});
		MUST(now_[path] == wanted.content, step, now_[path]);
		huge_ |= path.ends_with("nr_regions/max") && std::stoull(now_[path]) >> 33 != 0;
		if (!dir.empty())
			must_be_fresh(dir, path);
	}

	void must_be_fresh(const std::string &dir, const std::string &count_file)
	{
		for (auto file = now_.lower_bound(dir);
		     file != now_.end() && file->first.starts_with(dir); ++file)
			MUST(file->first == count_file || is_live(file->first) ||
				     file->second == default_of(file->first),
			     count_file, "leaves", file->first, file->second);
	}

	// ---- commands

	std::string any_kdamond()
	{
		const u64 count = std::stoull(now_["kdamonds/nr_kdamonds"]);

		return "kdamonds/" + std::to_string(count ? in_.below(count) : 0) + "/";
	}

	// What the kdamond will take for its interval from now on, if it takes the staged one.
	void note_interval(const std::string &kdamond)
	{
		const auto staged =
			now_.find(kdamond + "contexts/0/monitoring_attrs/intervals/sample_us");
		const u64 us = staged == now_.end() ? 5000 : std::stoull(staged->second);
		const auto [running, fresh] = sample_us_.try_emplace(kdamond, us);

		running->second = std::min(running->second, us);
	}

	// In a thread of its own, since it may wait for ever; then a signal comes.
	long run_command(const std::string &path, const std::string &text)
	{
		long rc = 0;
		host::thread writer("writer", [&] { rc = host::write(path, text); });

		wait_for_samples(samples_of_patience);
		if (!writer.is_done()) {
			writer.signal();
			wait_for_samples(samples_of_patience);
			MUST(writer.is_done(), text, "waits on after a signal");
		}
		writer.join();
		return rc;
	}

	void command()
	{
		const std::string kdamond = any_kdamond();
		const u64 chosen = in_.below(16);
		const std::string keyword = chosen < 9 ? commands[chosen]
					    : chosen < 15
						    ? commands[chosen % 4 == 3 ? 4 : chosen % 4]
						    : in_.text(60);
		const std::string text = keyword + (in_.below(8) ? "\n" : "");

		if (text.empty() || text[0] == '\0' || !now_.contains(kdamond + "state"))
			return;
		note_interval(kdamond);
		const bool ran = now_[kdamond + "state"] == "on\n";
		host::fail_nth(in_.below(3) == 0 ? in_.below(48) : 0);
		const long rc = run_command(kdamond + "state", text);
		const bool no_memory = host::has_failed();
		host::fail_nth(0);
		check_command(kdamond, text.c_str(), rc, no_memory);
		if (keyword == "on" && rc > 0)
			MUST(!ran, "on, twice");
	}

	void check_command(const std::string &kdamond, const std::string &text, long rc,
			   bool no_memory)
	{
		const parsed known = parse_name(text, commands);
		const std::string keyword = known.error ? "" : commands[known.value];
		const std::string step = kdamond + "state: " + text;

		MUST(rc > 0 || rc == -EINVAL || rc == -EBUSY || rc == -ECANCELED || rc == -ENOMEM ||
			     rc == -EINTR,
		     step, rc);
		MUST(rc != -ENOMEM || no_memory || huge_, step, "no allocation failed");
		MUST(!known.error || rc == -EINVAL, step, rc);
		const bool done = rc > 0 || rc == -ENOMEM;
		must_change_only(step, [&](const std::string &path) {
			if (is_live(path) || path == kdamond + "last_error")
				return true;
			if (!done || !path.starts_with(kdamond))
				return false;
			if (keyword == "update_schemes_stats")
				return rc > 0 && path.find("/stats/") != path.npos;
			if (keyword == "update_schemes_effective_quotas")
				return rc > 0 && path.ends_with("/effective_bytes");
			return keyword.find("tried") != keyword.npos &&
			       path.find("/tried_regions/") != path.npos;
		});
		const std::string &line = now_[kdamond + "last_error"];
		MUST((line == "\n" || line.starts_with("note")) == (rc > 0), step, rc, line);
		if (keyword == "off" && rc > 0)
			MUST(now_[kdamond + "state"] == "off\n" && now_[kdamond + "pid"] == "-1\n");
		if (rc > 0 && keyword == "update_schemes_tried_regions")
			check_tried(kdamond);
		if (rc == -ENOMEM)
			must_have_all_tried_or_none(kdamond);
	}

	void check_tried(const std::string &kdamond)
	{
		std::map<std::string, u64> sums; // by tried_regions directory

		for (const auto &file : now_) {
			const size_t at = file.first.find("tried_regions/");

			if (!file.first.starts_with(kdamond) || at == file.first.npos ||
			    !file.first.ends_with("/end"))
				continue;
			const u64 start = std::stoull(now_[dir_of(file.first) + "start"]);
			const u64 end = std::stoull(file.second);
			MUST(start < end && start % 4096 == 0 && end % 4096 == 0, file.first);
			sums[file.first.substr(0, at + 14)] += end - start;
		}
		for (const auto &sum : sums)
			MUST(now_[sum.first + "total_bytes"] == std::to_string(sum.second) + "\n",
			     sum.first, sum.second);
	}

	// Without memory the regions that were tried are all there, or none.
	void must_have_all_tried_or_none(const std::string &kdamond)
	{
		bool same = true, none = true;

		for (const auto &file : now_) {
			if (!file.first.starts_with(kdamond) ||
			    file.first.find("/tried_regions/") == file.first.npos)
				continue;
			same &= before_.contains(file.first) && before_[file.first] == file.second;
			none &= file.first.ends_with("total_bytes") && file.second == "0\n";
		}
		MUST(same || none, kdamond);
	}

	// ---- several at once

	std::pair<std::string, std::string> any_collision()
	{
		const std::string kdamond = any_kdamond();
		const std::string context = kdamond + "contexts/0/";

		switch (in_.below(8)) {
		case 0:
			return {"kdamonds/nr_kdamonds", std::to_string(in_.below(3)) + "\n"};
		case 1:
			return {kdamond + "contexts/nr_contexts",
				std::to_string(in_.below(2)) + "\n"};
		case 2:
			return {context + "schemes/nr_schemes",
				std::to_string(in_.below(3)) + "\n"};
		case 3:
			return {context + "targets/nr_targets",
				std::to_string(in_.below(3)) + "\n"};
		default:
			return {kdamond + "state", std::string(in_.one_of(commands)) + "\n"};
		}
	}

	void collide()
	{
		std::list<host::thread> threads;

		for (const auto &file : now_)
			if (file.first.ends_with("/state")) {
				note_interval(dir_of(file.first));
				sample_us_[dir_of(file.first)] =
					std::min(sample_us_[dir_of(file.first)], 5000ULL);
			}
		host::preempt(1 + static_cast<u32>(in_.below(6)));
		for (u64 n = in_.between(2, 4); n > 0; n--)
			threads.emplace_back("writer", [this, what = any_collision()] {
				const long rc = host::write(what.first, what.second);
				MUST(rc > 0 || rc == -ENOENT || rc == -ENODEV || rc == -EBUSY ||
					     rc == -EINVAL || rc == -ECANCELED || rc == -EINTR ||
					     (rc == -ENOMEM && huge_),
				     what.first, what.second, rc);
			});
		wait_for_samples(samples_of_patience);
		for (host::thread &one : threads)
			one.signal();
		threads.clear();
		host::preempt(0);
		now_ = read_tree();
	}

	choices &in_;
	files now_;
	files before_;			       // the last step
	std::map<std::string, u64> sample_us_; // the least a kdamond may have, by its directory
	bool alive_[most_pids + 1] = {};
	// A number of regions was staged that no machine has the memory for.
	bool huge_ = false;
};

} // namespace

void run_tree(choices &in)
{
	tree_run{in}.run();
}

} // namespace fuzz
