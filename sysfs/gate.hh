// SPDX-License-Identifier: GPL-2.0
// A lock whose waiters can be sent away: see kapi_gate.
#pragma once
#include "damonxx/lib/guard.hh"
#include "damonxx/lib/own.hh"

namespace damon {

class gate {
public:
	explicit gate(lock_class cls) { kapi_gate_init(&raw_, static_cast<int>(cls)); }
	gate(const gate &) = delete;
	gate &operator=(const gate &) = delete;

	// The right to be inside; leaves when it ends.
	class [[nodiscard]] pass {
	public:
		explicit pass(gate &entered) : entered_{&entered} {}
		pass(pass &&other) : entered_{std::exchange(other.entered_, nullptr)} {}
		pass &operator=(pass &&) = delete;
		~pass()
		{
			if (entered_)
				kapi_gate_leave(&entered_->raw_);
		}

	private:
		gate *entered_;
	};

	// nodev: *@closed is or became non-zero; intr: a signal came while waiting.
	result<pass> enter(const u8 *closed = nullptr)
	{
		TRY(status::from_errno(kapi_gate_enter(&raw_, closed)));
		return pass{*this};
	}

	// Makes every waiter look at its flag again.
	void kick() { kapi_gate_kick(&raw_); }

private:
	kapi_gate raw_;
};

} // namespace damon
