// SPDX-License-Identifier: GPL-2.0
// What lockdep does in the kernel: learns in which order lock classes are taken and ends
// the run at the first pair taken in both orders, or at a class taken inside itself.
#include "kapi_host.hh"

#include <algorithm>

namespace host {
namespace {

// inside[a][b]: b was taken while a was held.
std::atomic<bool> inside[max_lock_classes][max_lock_classes];
thread_local std::vector<int> held;

bool leads_to(int from, int to, std::vector<bool> &seen)
{
	if (from == to)
		return true;
	seen[static_cast<size_t>(from)] = true;
	for (int next = 0; next < max_lock_classes; next++)
		if (inside[from][next].load(std::memory_order_relaxed) &&
		    !seen[static_cast<size_t>(next)] && leads_to(next, to, seen))
			return true;
	return false;
}

void add_order(int outer, int inner)
{
	std::vector<bool> seen(max_lock_classes);

	if (inside[outer][inner].load(std::memory_order_relaxed))
		return;
	if (leads_to(inner, outer, seen))
		die("lock order: class %d is taken inside class %d, and elsewhere (or here) the "
		    "other way round; classes from %d on are directory kinds",
		    inner, outer, first_directory_class);
	inside[outer][inner].store(true, std::memory_order_relaxed);
}

} // namespace

void lock_order_acquire(int lock_class, bool can_give_up)
{
	if (lock_class < 0 || lock_class >= max_lock_classes)
		die("lock class %d is out of range", lock_class);
	// Who gives up its wait when asked to cannot be part of a deadlock.
	if (!can_give_up)
		for (const int outer : held)
			add_order(outer, lock_class);
	held.push_back(lock_class);
}

void lock_order_release(int lock_class)
{
	const auto last = std::find(held.rbegin(), held.rend(), lock_class);

	if (last == held.rend())
		die("a lock of class %d is released by a thread that does not hold it", lock_class);
	held.erase(std::next(last).base());
}

// Directory kinds are numbered anew in every world.
void reset_lock_order()
{
	for (int a = 0; a < max_lock_classes; a++)
		for (int b = 0; b < max_lock_classes; b++)
			if (a >= first_directory_class || b >= first_directory_class)
				inside[a][b] = false;
	held.clear();
}

} // namespace host
