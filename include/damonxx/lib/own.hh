// SPDX-License-Identifier: GPL-2.0
// Ownership: own<T> for C++ objects, ref<Kind> for counted references, defer for any other cleanup.
#pragma once
#include "damonxx/lib/result.hh"

namespace damon {

// The sole owner of an object from make_own(), or empty.
template <typename T> class own {
public:
	own() = default;
	own(own &&other) : object_{other.release()} {}
	own &operator=(own &&other)
	{
		own old{release()};
		object_ = other.release();
		return *this;
	}
	~own()
	{
		if (object_) {
			object_->~T();
			kapi_free(object_);
		}
	}

	explicit operator bool() const { return object_ != nullptr; }
	T &operator*() const { return *object_; }
	T *operator->() const { return object_; }
	T *get() const { return object_; }

	// Gives up ownership, to pass the object through C; adopt() takes it back.
	T *release() { return std::exchange(object_, nullptr); }
	static own adopt(T *object) { return own{object}; }

private:
	explicit own(T *object) : object_{object} {}

	T *object_ = nullptr;
};

// nomem.
template <typename T, typename... Arguments> result<own<T>> make_own(Arguments &&...arguments)
{
	void *memory = kapi_alloc(sizeof(T));
	if (!memory)
		return errc::nomem;
	return own<T>::adopt(new (memory) T(static_cast<Arguments &&>(arguments)...));
}

// A counted reference to an object, dropped by Kind::put().
template <typename Kind> class ref {
	using object = typename Kind::object;

public:
	ref() = default;
	explicit ref(object *adopted) : object_{adopted} {}
	ref(ref &&other) : object_{std::exchange(other.object_, nullptr)} {}
	ref &operator=(ref &&other)
	{
		ref old{object_};
		object_ = std::exchange(other.object_, nullptr);
		return *this;
	}
	~ref()
	{
		if (object_)
			Kind::put(object_);
	}

	explicit operator bool() const { return object_ != nullptr; }
	object *get() const { return object_; }

private:
	object *object_ = nullptr;
};

// For C++ objects with a reference count, the member u32 users, which starts at 1; dropping the
// last reference destroys the object.
template <typename T> struct shared_kind {
	using object = T;
	static void put(object *shared)
	{
		if (__atomic_sub_fetch(&shared->users, 1, __ATOMIC_ACQ_REL) == 0)
			static_cast<void>(own<T>::adopt(shared));
	}
};

// Takes another reference to the object of @other, which must not be empty.
template <typename T> ref<shared_kind<T>> share(const ref<shared_kind<T>> &other)
{
	__atomic_add_fetch(&other.get()->users, 1, __ATOMIC_RELAXED);
	return ref<shared_kind<T>>{other.get()};
}

struct pid_kind {
	using object = kapi_pid;
	static void put(object *pid) { kapi_pid_put(pid); }
};
struct mm_kind {
	using object = kapi_mm;
	static void put(object *mm) { kapi_mm_put(mm); }
};
using pid_ref = ref<pid_kind>;
using mm_ref = ref<mm_kind>;

// Runs @action when the scope ends, unless cancelled.
template <typename Action> class [[nodiscard]] defer {
public:
	explicit defer(Action action) : action_{move(action)} {}
	defer(const defer &) = delete;
	defer &operator=(const defer &) = delete;
	~defer()
	{
		if (armed_)
			action_();
	}
	void cancel() { armed_ = false; }

private:
	Action action_;
	bool armed_ = true;
};

// Static storage for an object that is constructed at module init and destroyed at exit: the
// kernel runs no static constructors of modules.
template <typename T> class late {
public:
	template <typename... Arguments> T &emplace(Arguments &&...arguments)
	{
		return *new (raw_) T(static_cast<Arguments &&>(arguments)...);
	}
	void destroy() { get().~T(); }
	// SAFETY: callers run between emplace() and destroy().
	T &get() { return *std::launder(reinterpret_cast<T *>(raw_)); }
	T *operator->() { return &get(); }

private:
	alignas(T) unsigned char raw_[sizeof(T)] = {};
};

} // namespace damon
