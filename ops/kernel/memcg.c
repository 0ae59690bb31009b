// SPDX-License-Identifier: GPL-2.0
/* Memory of a node that is charged to a memory cgroup. */
#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include "damonxx/compat/memcg.h"
#include "damonxx/kapi.h"

#ifdef CONFIG_MEMCG

static u64 bytes_on_node(struct mem_cgroup *memcg, s32 node)
{
	struct lruvec *lists = mem_cgroup_lruvec(memcg, NODE_DATA(node));
	u64 nr_pages = 0;
	enum lru_list list;

	for_each_lru(list) nr_pages += lruvec_page_state(lists, NR_LRU_BASE + list);
	return nr_pages << PAGE_SHIFT;
}

int kapi_memcg_on_node(u64 memcg, s32 node, u64 *bytes)
{
	struct cgroup_subsys_state *state;
	struct cgroup *cgroup;
	int rc = -ENOENT;

	if (mem_cgroup_disabled() || !kapi_has_feature(KAPI_FEATURE_MEMCG))
		return -EOPNOTSUPP;
	if (node < 0 || node >= MAX_NUMNODES || !node_state(node, N_MEMORY))
		return -ENOENT;
	cgroup = cgroup_get_from_id(memcg);
	if (IS_ERR(cgroup))
		return -ENOENT;
	state = cgroup_get_e_css(cgroup, &memory_cgrp_subsys);
	if (state->cgroup == cgroup) {
		compat_memcg_flush(mem_cgroup_from_css(state));
		*bytes = bytes_on_node(mem_cgroup_from_css(state), node);
		rc = 0;
	}
	css_put(state);
	cgroup_put(cgroup);
	return rc;
}

#else

int kapi_memcg_on_node(u64 memcg, s32 node, u64 *bytes)
{
	return -EOPNOTSUPP;
}

#endif
