// SPDX-License-Identifier: GPL-2.0
// A buffer from kapi_alloc() whose ownership can come from C and go back to C.
#pragma once
#include "damonxx/lib/result.hh"

namespace damon {

class bytes {
public:
	bytes() = default;
	// Takes ownership of @memory, which is from kapi_alloc(), or null with @room 0.
	bytes(void *memory, u64 room) : data_{memory}, room_{room} {}
	bytes(const bytes &) = delete;
	bytes &operator=(const bytes &) = delete;
	~bytes() { kapi_free(data_); }

	// Makes room for at least @room bytes; the content is lost if that allocates.  nomem.
	status make_room(u64 room)
	{
		if (room <= room_)
			return ok;
		void *fresh = kapi_alloc(room);
		if (!fresh)
			return errc::nomem;
		kapi_free(std::exchange(data_, fresh));
		room_ = room;
		size_ = 0;
		return ok;
	}
	u64 room() const { return room_; }
	void *data() { return data_; }
	// Bytes of content.
	u64 size() const { return size_; }
	void set_size(u64 size) { size_ = size; }

	// Gives up ownership; the caller frees the memory with kapi_free().
	void *release() { return std::exchange(data_, nullptr); }

private:
	void *data_ = nullptr;
	u64 room_ = 0;
	u64 size_ = 0;
};

} // namespace damon
