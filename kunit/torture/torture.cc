// SPDX-License-Identifier: GPL-2.0
// Torture test of contexts and their kdamonds, in the way of rcutorture: threads perform random
// operations on random contexts, and a supervisor watches them.
#include "kunit/torture/thread.hh"

namespace damon::torture {

namespace {

constexpr u64 second_ns = 1'000'000'000;
constexpr u64 progress_ns = 5 * second_ns;
constexpr u64 tick_ns = 20'000'000;

class torture {
public:
	explicit torture(const damonxx_torture_settings &settings) : table_{settings, slots_} {}

	// Allocates all memory and starts the supervisor, or fails without effect.
	status begin();
	// Waits for the end of the test.  True: no failure was found.
	bool end();

private:
	static void entry(kapi_thread *self, void *argument);
	void supervise(kapi_thread *self);
	void say_begin() const;
	void say_progress(u64 seconds);
	void say_result(u64 seconds);
	bool watch_all();
	bool start_threads();
	bool all_done() const;
	bool stop_threads(kapi_thread *self);
	void empty_slots();
	void check_leaks();

	vec<own<slot>> slots_;
	table table_;
	vec<own<thread>> threads_;
	kapi_thread *supervisor_ = nullptr;
	completion ended_;
	u64 allocations_before_ = 0;
	char text_[800] = {}; // too large for a kernel stack
};

status torture::begin()
{
	const damonxx_torture_settings &settings = table_.settings;
	prng seeds{settings.seed};

	TRY(slots_.reserve(settings.contexts));
	for (u32 i = 0; i < settings.contexts; i++)
		slots_.push(TRY(make_own<slot>()));
	TRY(threads_.reserve(settings.threads));
	for (u32 i = 0; i < settings.threads; i++)
		threads_.push(TRY(make_own<thread>(table_, i, seeds.split())));
	say_begin();
	return status::from_errno(kapi_thread_start(&supervisor_, "dxt-supervisor", entry, this));
}

bool torture::end()
{
	__atomic_store_n(&table_.over, true, __ATOMIC_RELEASE);
	ended_.wait();
	kapi_thread_stop(supervisor_);
	return !table_.found.failed();
}

void torture::entry(kapi_thread *self, void *argument)
{
	static_cast<torture *>(argument)->supervise(self);
}

void torture::supervise(kapi_thread *self)
{
	const u64 begun_ns = kapi_now_ns();
	const u64 length_ns = table_.settings.seconds * second_ns;
	u64 next_progress_ns = progress_ns;
	u64 passed_ns = 0;

	allocations_before_ = kapi_alloc_live();
	bool well = start_threads();
	while (well && !table_.is_over() && !table_.found.failed()) {
		kapi_thread_sleep_until(self, kapi_now_ns() + tick_ns);
		well = watch_all();
		passed_ns = kapi_now_ns() - begun_ns;
		if (length_ns && passed_ns >= length_ns)
			break;
		if (passed_ns >= next_progress_ns) {
			say_progress(passed_ns / second_ns);
			next_progress_ns += progress_ns;
		}
	}
	if (stop_threads(self)) {
		empty_slots();
		check_leaks();
	}
	damonxx_torture_fail_allocation(0);
	say_result(passed_ns / second_ns);
	ended_.complete();
}

bool torture::start_threads()
{
	for (own<thread> &each : threads_)
		if (!each->start().is_ok()) {
			table_.found.broken("a thread of the test cannot be started");
			return false;
		}
	__atomic_store_n(&table_.begun, true, __ATOMIC_RELEASE);
	return true;
}

bool torture::watch_all()
{
	const u64 now_ns = kapi_now_ns();
	bool well = true;

	for (own<thread> &each : threads_)
		well = each->watch(now_ns) && well;
	return well;
}

bool torture::all_done() const
{
	for (const own<thread> &each : threads_)
		if (!each->is_done())
			return false;
	return true;
}

// False: a thread hangs.  The result is still printed.
bool torture::stop_threads(kapi_thread *self)
{
	__atomic_store_n(&table_.over, true, __ATOMIC_RELEASE);
	for (u32 i = 0; i < threads_.size(); i++)
		damonxx_torture_interrupt(i);
	while (!all_done()) {
		kapi_thread_sleep_until(self, kapi_now_ns() + tick_ns);
		if (!watch_all())
			return false;
	}
	for (own<thread> &each : threads_)
		each->stop();
	return true;
}

void torture::empty_slots()
{
	for (own<slot> &each : slots_)
		static_cast<void>(each->put({}));
}

void torture::check_leaks()
{
	if (kapi_alloc_live() != allocations_before_)
		table_.found.broken("allocations were not freed");
	if (damonxx_torture_references())
		table_.found.broken("references to processes were not dropped");
}

void torture::say_begin() const
{
	const damonxx_torture_settings &s = table_.settings;
	char text[160];

	text_writer{text, sizeof(text)} << "seed " << s.seed << ", " << s.seconds << " s, "
					<< s.threads << " threads, " << s.contexts << " contexts";
	damonxx_torture_say(text);
}

void torture::say_progress(u64 seconds)
{
	u32 there = 0, running = 0;
	char text[160];

	for (own<slot> &each : slots_) {
		const session_ref held = each->get();
		there += static_cast<bool>(held);
		running += held && held.get()->core->running();
	}
	text_writer{text, sizeof(text)} << seconds << " s: " << table_.found.total()
					<< " operations, " << there << " contexts, " << running
					<< " of them run, " << damonxx_torture_failed_allocations()
					<< " allocations failed";
	damonxx_torture_say(text);
}

// Prints the counts first, so that the verdict is the last line.
void torture::say_result(u64 seconds)
{
	log &found = table_.found;
	text_writer counts{text_, sizeof(text_)};

	found.report_counts(counts);
	damonxx_torture_say(text_);
	text_writer line{text_, sizeof(text_)};
	line << (found.failed() ? "FAILURE" : "SUCCESS") << " seed " << table_.settings.seed << ", "
	     << seconds << " s, " << found.total() << " operations, "
	     << damonxx_torture_failed_allocations() << " allocations failed";
	if (found.failed()) {
		line << "; ";
		found.report_failures(line);
	}
	damonxx_torture_say(text_);
}

// The running test; the same caller starts and stops it.
torture *current = nullptr;

status start(const damonxx_torture_settings &settings)
{
	if (!settings.threads || settings.threads > DAMONXX_TORTURE_MAX_THREADS ||
	    !settings.contexts || settings.contexts > DAMONXX_TORTURE_MAX_CONTEXTS)
		return errc::inval;
	if (!kapi_has_feature(KAPI_FEATURE_VADDR))
		return errc::opnotsupp;
	auto made = TRY(make_own<torture>(settings));
	TRY(made->begin());
	current = made.release();
	return ok;
}

} // namespace

} // namespace damon::torture

int damonxx_torture_start(const damonxx_torture_settings *settings)
{
	return damon::torture::start(*settings).to_errno();
}

bool damonxx_torture_stop(void)
{
	const auto ended = damon::own<damon::torture::torture>::adopt(
		std::exchange(damon::torture::current, nullptr));

	return ended->end();
}
