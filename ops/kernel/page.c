// SPDX-License-Identifier: GPL-2.0
/* Attributes of folios, and memory cgroups by path. */
#include <linux/cgroup.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "damonxx/compat/memcg.h"
#include "ops/kernel/page.h"

/*
 * Ids of cgroups are never reused, so an id needs no reference.  SAFETY: RCU keeps the folio's
 * memory cgroup, and with it the cgroup that it is part of.
 */
u64 damonxx_folio_memcg(struct folio *folio)
{
	u64 id = 0;
#ifdef CONFIG_MEMCG
	struct mem_cgroup *memcg;

	rcu_read_lock();
	memcg = compat_folio_memcg(folio);
	if (memcg)
		id = cgroup_id(memcg->css.cgroup);
	rcu_read_unlock();
#endif
	return id;
}

/* Pages of the kernel that are mapped, like the zero page, have no folio->mapping. */
void damonxx_describe_folio(struct folio *folio, struct kapi_page *page)
{
	if (!READ_ONCE(folio->mapping))
		return;
	page->nr_pages = folio_nr_pages(folio);
	page->anon = folio_test_anon(folio);
	page->node = folio_nid(folio);
	page->memcg = damonxx_folio_memcg(folio);
}

#ifdef CONFIG_MEMCG

/* For a cgroup without the memory controller, the css is that of the nearest ancestor with it. */
static int memcg_id(struct cgroup *cgroup, u64 *id)
{
	struct cgroup_subsys_state *css = cgroup_get_e_css(cgroup, &memory_cgrp_subsys);
	int rc = -ENOENT;

	if (css->cgroup == cgroup) {
		*id = cgroup_id(cgroup);
		rc = 0;
	}
	css_put(css);
	return rc;
}

int kapi_memcg_find(const char *path, u32 length, u64 *id)
{
	struct cgroup *cgroup;
	char *name;
	int rc;

	if (mem_cgroup_disabled())
		return -EOPNOTSUPP;
	name = kmemdup_nul(path, length, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	cgroup = cgroup_get_from_path(name);
	kfree(name);
	if (IS_ERR(cgroup))
		return -ENOENT;
	rc = memcg_id(cgroup, id);
	cgroup_put(cgroup);
	return rc;
}

#else

int kapi_memcg_find(const char *path, u32 length, u64 *id)
{
	return -EOPNOTSUPP;
}

#endif
