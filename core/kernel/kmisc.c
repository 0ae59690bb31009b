// SPDX-License-Identifier: GPL-2.0
/* Log, assertions, clock, randomness. */
#define pr_fmt(fmt) "damonxx: " fmt
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include "damonxx/kapi.h"

#define AGREES(number) static_assert((int)KAPI_##number == number)
AGREES(EPERM);
AGREES(ENOENT);
AGREES(ESRCH);
AGREES(EINTR);
AGREES(ENOMEM);
AGREES(EAGAIN);
AGREES(EBUSY);
AGREES(ENODEV);
AGREES(EINVAL);
AGREES(ERANGE);
AGREES(EOPNOTSUPP);
AGREES(ECANCELED);

void kapi_log(int level, const char *text)
{
	switch (level) {
	case KAPI_LOG_ERR:
		pr_err("%s\n", text);
		break;
	case KAPI_LOG_WARN:
		pr_warn("%s\n", text);
		break;
	default:
		pr_info("%s\n", text);
	}
}

void kapi_assert_failed(const char *condition, const char *file, int line)
{
	static DEFINE_RATELIMIT_STATE(limit, 60 * HZ, 3);

	if (__ratelimit(&limit))
		WARN(1, "damonxx: %s does not hold at %s:%d\n", condition, file, line);
}

u64 kapi_now_ns(void)
{
	return ktime_get_ns();
}

u64 kapi_random_u64(void)
{
	return get_random_u64();
}

void kapi_cond_resched(void)
{
	cond_resched();
}
