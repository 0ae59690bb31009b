// SPDX-License-Identifier: GPL-2.0
#include "damonxx/lib/own.hh"

#include "kunit/test.hh"
#include "kunit/tracked.hh"

using namespace damon;
using test::tracked;

namespace {

static_assert(sizeof(own<tracked>) == sizeof(void *));
static_assert(!std::is_copy_constructible_v<own<tracked>>);
static_assert(!std::is_copy_assignable_v<own<tracked>>);
static_assert(sizeof(pid_ref) == sizeof(void *));
static_assert(!std::is_copy_constructible_v<pid_ref>);
static_assert(!std::is_copy_assignable_v<pid_ref>);

struct counted {
	int references = 0;
};

struct counted_kind {
	using object = counted;
	static void put(counted *object) { object->references--; }
};

using counted_ref = ref<counted_kind>;

counted_ref hold(counted &object)
{
	object.references++;
	return counted_ref{&object};
}

struct pair {
	pair(tracked first_, int second_) : first(move(first_)), second(second_) {}
	tracked first;
	int second;
};

} // namespace

CASE(own, object_lives_as_long_as_its_owner)
{
	const u64 allocated = kapi_alloc_live();
	{
		auto made = make_own<tracked>(3);

		ASSERT_OK(made);
		const own<tracked> box = move(made).take();
		ASSERT(box);
		EXPECT_EQUAL(box->value(), 3);
		EXPECT_EQUAL((*box).value(), 3);
		EXPECT_EQUAL(box.get(), &*box);
		EXPECT_EQUAL(tracked::live, 1);
		EXPECT_EQUAL(kapi_alloc_live(), allocated + 1);
	}
	EXPECT_EQUAL(tracked::live, 0);
	EXPECT_EQUAL(kapi_alloc_live(), allocated);
}

CASE(own, empty_own_releases_nothing)
{
	own<tracked> nothing;

	EXPECT(!nothing);
	EXPECT(nothing.get() == nullptr);
	EXPECT(nothing.release() == nullptr);
}

CASE(own, make_own_forwards_arguments)
{
	{
		auto made = make_own<pair>(tracked{4}, 5);

		ASSERT_OK(made);
		const auto box = move(made).take();
		EXPECT_EQUAL(box->first.value(), 4);
		EXPECT_EQUAL(box->second, 5);
	}
	EXPECT_EQUAL(tracked::live, 0);
}

CASE(own, move_leaves_source_empty)
{
	{
		auto made = make_own<tracked>(6);
		ASSERT_OK(made);
		own<tracked> first = move(made).take();
		own<tracked> second = move(first);

		EXPECT(!first);
		EXPECT_EQUAL(second->value(), 6);
		EXPECT_EQUAL(tracked::live, 1);
	}
	EXPECT_EQUAL(tracked::live, 0);
}

CASE(own, assignment_frees_previous_object)
{
	const u64 allocated = kapi_alloc_live();
	auto made_a = make_own<tracked>(1);
	auto made_b = make_own<tracked>(2);
	ASSERT_OK(made_a);
	ASSERT_OK(made_b);
	own<tracked> box = move(made_a).take();

	box = move(made_b).take();
	EXPECT_EQUAL(box->value(), 2);
	EXPECT_EQUAL(tracked::live, 1);
	box = {};
	EXPECT(!box);
	EXPECT_EQUAL(tracked::live, 0);
	EXPECT_EQUAL(kapi_alloc_live(), allocated);
}

CASE(own, release_then_adopt_keeps_object_alive)
{
	auto made = make_own<tracked>(7);
	ASSERT_OK(made);
	own<tracked> box = move(made).take();
	tracked *handed_over = box.release();

	EXPECT(!box);
	EXPECT_EQUAL(tracked::live, 1);
	box = own<tracked>::adopt(handed_over);
	EXPECT_EQUAL(box->value(), 7);
	box = {};
	EXPECT_EQUAL(tracked::live, 0);
}

CASE(ref, moved_ref_puts_exactly_once)
{
	counted object;
	{
		counted_ref held = hold(object);
		EXPECT(held);
		EXPECT_EQUAL(held.get(), &object);

		counted_ref moved = move(held);
		EXPECT(!held);
		EXPECT_EQUAL(object.references, 1);
	}
	EXPECT_EQUAL(object.references, 0);
}

CASE(ref, assignment_puts_previous_object)
{
	counted a, b;
	counted_ref held = hold(a);

	held = hold(b);
	EXPECT_EQUAL(a.references, 0);
	EXPECT_EQUAL(b.references, 1);
	held = {};
	EXPECT(!held);
	EXPECT_EQUAL(b.references, 0);
}

CASE(defer, scope_end_runs_it_once)
{
	int runs = 0;
	{
		const defer at_end{[&] { runs++; }};
		EXPECT_EQUAL(runs, 0);
	}
	EXPECT_EQUAL(runs, 1);
}

CASE(defer, early_return_runs_it_once)
{
	int runs = 0;
	auto leaves = [&](status early) -> status {
		const defer at_end{[&] { runs++; }};
		TRY(early);
		EXPECT_EQUAL(runs, 1);
		return ok;
	};

	EXPECT_ERROR(leaves(errc::intr), errc::intr);
	EXPECT_EQUAL(runs, 1);
	EXPECT_OK(leaves(ok));
	EXPECT_EQUAL(runs, 2);
}

CASE(defer, scope_end_runs_last_one_first)
{
	int order = 0;
	{
		const defer second{[&] { order = order * 10 + 2; }};
		const defer first{[&] { order = order * 10 + 1; }};
	}
	EXPECT_EQUAL(order, 12);
}

CASE(defer, cancel_prevents_it)
{
	int runs = 0;
	{
		defer at_end{[&] { runs++; }};
		at_end.cancel();
	}
	EXPECT_EQUAL(runs, 0);
}

CASE(late, object_lives_from_emplace_to_destroy)
{
	late<pair> storage;

	EXPECT_EQUAL(tracked::live, 0);
	pair &made = storage.emplace(tracked{8}, 9);
	EXPECT_EQUAL(&made, &storage.get());
	EXPECT_EQUAL(storage->first.value(), 8);
	EXPECT_EQUAL(tracked::live, 1);
	storage.destroy();
	EXPECT_EQUAL(tracked::live, 0);
	storage.emplace(tracked{1}, 2);
	EXPECT_EQUAL(storage->second, 2);
	storage.destroy();
	EXPECT_EQUAL(tracked::live, 0);
}
