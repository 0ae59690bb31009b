// SPDX-License-Identifier: GPL-2.0
#pragma once

// The world that kapi.h sees in user space, and how tests own it: memory that fails on
// demand, a clock that stands still, seeded randomness, scripted processes, a directory
// tree.  Every test starts in a fresh world (host::reset()) and must leave nothing behind
// (host::leaks()); main.cc takes care of both.

#include "damonxx/kapi.h"
#include "modules/numa_topology.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace host {

// ---- the world as a whole

void reset();
// Names what is still held: allocations, threads, references, directories; "" is good.
std::string leaks();

struct counters {
	u64 allocations; // everything fail_nth() counts, successful
	u64 failed_allocations;
	u64 live_allocations; // of kapi_alloc()
	u64 live_bytes;
	u64 clear_calls, prepared_checks;
	u64 test_calls, tested_checks;
	u64 describe_calls, described_pages;
	u64 mapped_calls;
	u64 apply_calls;
	u64 mm_gets, pid_gets;
	u64 sleeps;
};
counters counts();

// ---- memory: allocations, new threads, new directories and kinds fail alike

// The @k-th from now fails (1: the next one), once.  0: none.
void fail_nth(u64 k);
// The @k-th from now and all later ones fail.
void fail_from(u64 k);
// Whether one has failed since fail_nth() or fail_from().
bool has_failed();
// Runs @body with its first, second, ... allocation failing until a run meets no failure.
// That run is the last; returns how many runs met one.
u64 for_each_failing_allocation(const std::function<void()> &body);

// ---- time and threads

/*
 * With the virtual clock, one thread runs at a time: it keeps the processor until it
 * waits, and time jumps to the next deadline when everybody waits.  So a run depends on
 * nothing but the seed.  When everybody waits without a deadline, the run aborts and names
 * who waits for what.  Call it before the first thread starts.
 */
void use_virtual_clock();
// Lets the other threads run until the clock reads @deadline_ns (or for so long).
void run_until(u64 deadline_ns);
void run_for(u64 duration_ns);
// Lets the others run at lock operations too, at random points chosen by the seed: one in
// @one_in operations.  0: never (the default).
void preempt(u32 one_in);
// Moves the virtual clock as computation would; no thread runs meanwhile.
void spend(u64 duration_ns);

// A thread of the test itself, in either clock.  Joined at the end of its life.
class thread {
public:
	thread(const char *name, std::function<void()> body);
	~thread();
	void join();
	void signal(); // interrupts its interruptible waits
	bool is_done() const;

private:
	struct state;
	std::shared_ptr<state> state_;
};

// A signal is pending for the calling thread: interruptible waits return -EINTR.
void set_signal_pending(bool pending);

// ---- randomness and log

void seed(u64 value);
std::vector<std::string> log_lines();
bool log_contains(const std::string &text);
void set_feature(int feature, bool present);

// ---- trace events

// One event, with what the C++ core gave for it; the rest is 0.
struct trace_event {
	int kind; // enum kapi_trace_event
	u64 at_ns;
	u32 scheme;
	kapi_trace_region region;
	std::vector<u8> hits;
	kapi_trace_stats stats;
	u64 sample_us;
	u64 effective_size;
};
// Somebody begins or ends to listen; nobody does after a reset.
void listen(int kind, bool on = true);
// All that came to listeners, in their order.
std::vector<trace_event> traced();
std::vector<trace_event> traced(int kind);

// ---- processes and their pages

// Stands for physical memory below: what is "mapped" is System RAM, and mapping or unmapping
// some of it is memory hotplug.
inline constexpr int ram = 0;

void add_process(int pid, std::vector<kapi_range> mapped = {});
// The number is free again; references to the process stay valid and find no memory.
void end_process(int pid);
// Its memory is gone, its number is not: end_process() is to follow, as its parent waits for it.
void exit_process(int pid);
void map(int pid, kapi_range range);
void unmap(int pid, kapi_range range);

// Pages in @hot are accessed between a clearing and its test with @permil of probability;
// all others are not.  set_hot() replaces, add_hot() adds a range (the later one wins).
void set_hot(int pid, const std::vector<kapi_range> &hot, u32 permil = 1000);
void add_hot(int pid, kapi_range hot, u32 permil);
// Decides instead of the hot ranges, for mapped pages.
using page_script = std::function<kapi_outcome(u64 page, u64 cleared_ns, u64 tested_ns)>;
void set_page_script(int pid, page_script script);
// What the pages of a range are; the later one wins.  By default all are anonymous pages of
// their own that no memory cgroup is charged for.
void set_pages(int pid, kapi_range range, kapi_page what);
// A memory cgroup, by its path.  Without any, this kernel knows none.
void add_memcg(const std::string &path, u64 id);
void reset_memcgs();

// ---- actions on memory, and what memory is used for

// Actions change pages: what is reclaimed is not in memory until it is touched, migration changes
// the node, and with it what is free there.
void touch(int pid, kapi_range range);
void set_active(int pid, kapi_range range);	// by default nothing is on an active list
void set_pinned(int pid, kapi_range range);	// no action succeeds there
struct page_counts {
	u64 in_memory = 0;
	u64 active = 0;
	std::map<int, u64> on_node;
};
page_counts count_pages_in(int pid, kapi_range range);
// How much a call of an action takes on (default: 1 MiB), and how long that takes.
void set_action_part_bytes(u64 bytes);
void set_action_cost_ns(u64 per_page);
// Runs before each call of an action.
void set_before_part(std::function<void()> what);
// Instead of any effect.
void set_action_script(std::function<void(kapi_action_request &)> script);
void set_can_apply(int action, bool physical, bool can);
// Without any there is node 0 with 8 GiB, half of it free.
void add_node(s32 nid, u64 total_bytes, u64 free_bytes);
void remove_node(s32 nid);
// What damonxx_tier is told; nothing of it by default.
void set_machine(const damonxx_numa_topology &machine,
		 const std::map<int, std::vector<kapi_range>> &ranges);
void set_memcg_on_node(u64 memcg, s32 nid, u64 bytes);
void remove_memcg_on_node(u64 memcg, s32 nid);
void set_lru_bytes(u64 active, u64 inactive);
void set_hugepage_bytes(u64 bytes);
// Total stall time; below 0: not accounted here.
void set_psi(std::function<s64()> total_us);

// With the virtual clock, each cleared or tested probe takes so long.
void set_check_cost_ns(u64 cost_ns);

u64 held_pids();
u64 held_mms();

// ---- the directory tree

// Paths that begin with '/' start at the kernel's "mm" directory, others below the base
// ("/damonxx/admin" after a reset).  read() gives the text, or "error ERRNO" for a failure.
void set_base(const std::string &path);
std::string read(const std::string &path);
long read_errno(const std::string &path); // length or -errno
long write(const std::string &path, const std::string &text);
std::vector<std::string> list(const std::string &path); // sorted; directories end in '/', links in '@'
bool exists(const std::string &path);
int mode_of(const std::string &path); // of a file; -errno
bool is_binary(const std::string &path);
// A binary file that somebody has open: it is read at any offset and in pieces of any size, by the
// rules of the kernel's seq_file.  Its buffer has @room bytes at first.
class open_file {
public:
	explicit open_file(const std::string &path, u64 room = 4096) : path_{path}, first_room_{room} {}
	~open_file();
	open_file(const open_file &) = delete;
	open_file &operator=(const open_file &) = delete;

	// Length or -errno.
	long read(u64 offset, u64 size, std::string *content);

private:
	long show();
	long fill(u64 offset);

	std::string path_;
	u64 first_room_;
	void *buffer_ = nullptr;
	unsigned long room_ = 0;
	u64 from_ = 0, count_ = 0;	// what is left in the buffer
	u64 read_to_ = 0;		// the offset that comes next
	bool shown_ = false;		// the one record of the file
};

// Replaces damonxx_file_show() and damonxx_file_store(), for tests of the tree itself.
struct file_handlers {
	std::function<long(void *owner, u32 file, char *buf, unsigned long size)> show;
	std::function<long(void *owner, u32 file, const char *buf, unsigned long size)> store;
};
void set_file_handlers(file_handlers handlers);

} // namespace host
