# SPDX-License-Identifier: GPL-2.0
# Kbuild rule: freestanding C++ (.cc) objects, for module and built-in builds.
#
# To be included from a Kbuild file that sets cxx-src, the source directory.  The C++ flags
# are the C flags of the kernel build at hand less those that cc1plus rejects, so ABI,
# mitigation, sanitizer and tracing flags are inherited and need no upkeep here.  _c_flags,
# modkern_cflags etc. come from scripts/Makefile.lib, which is read after the Kbuild file:
# what uses them must be expanded late (=, not :=).

# "ccache x86_64-linux-gnu-gcc-12" -> "ccache x86_64-linux-gnu-g++-12", "clang" -> "clang++"
cxx-cc := $(lastword $(CC))
cxx-name := $(notdir $(cxx-cc))
cxx-name := $(if $(CONFIG_CC_IS_CLANG),$(subst clang,clang++,$(cxx-name)),$(subst gcc,g++,$(cxx-name)))
KCXX ?= $(strip $(filter-out $(cxx-cc),$(CC)) \
	$(if $(findstring /,$(cxx-cc)),$(dir $(cxx-cc)))$(cxx-name))

# Valid for C only; every other word of the C flags is passed through.
cxx-c-only-flags := -std=gnu% -std=c% \
	-Werror=implicit-function-declaration -Werror=implicit-int \
	-Werror=strict-prototypes -Werror=incompatible-pointer-types \
	-Werror=designated-init \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wdeclaration-after-statement -Wno-pointer-sign -Wno-override-init

# -fno-gnu-unique: inline variables become weak symbols rather than STB_GNU_UNIQUE ones,
#   which cxx-merge.lds can take out of their groups.
# -fcheck-new: operator new may return NULL.
# -g0: no DWARF from C++, pahole would make BTF of it and fails on references.
cxx-lang-flags := -std=gnu++20 -ffreestanding -fno-exceptions -fno-rtti \
	-fno-threadsafe-statics -fno-unwind-tables -fno-asynchronous-unwind-tables \
	-fno-operator-names -fcheck-new \
	-Werror -Wall -Wextra -Wconversion -Wshadow -Wold-style-cast -Wcast-qual \
	-Wnon-virtual-dtor -Woverloaded-virtual -Wframe-larger-than=1024
ifndef CONFIG_CC_IS_CLANG
cxx-lang-flags += -fno-gnu-unique
endif
ifndef KCXX_DEBUG
cxx-lang-flags += -g0
endif

# None of the kernel's include paths.  With -nostdinc the compiler's own C++ directories are
# asked for and given back, after a stub of glibc's <features.h>, which
# <bits/os_defines.h> wants; so no libc header is in reach.
ifndef cxx-inc-dirs
cxx-inc-dirs := $(shell $(KCXX) -E -x c++ -v /dev/null -o /dev/null 2>&1 | \
	sed -n '/^.include <\.\.\.>/,/^End of/p' | \
	grep -E '/c\+\+/|/lib/(gcc|llvm-?[0-9.]*|clang)[^ ]*/include$$')
endif
cxx-includes = -nostdinc -I$(cxx-src)/include -I$(cxx-src) \
	-isystem $(cxx-src)/scripts/kbuild/freestanding $(addprefix -isystem ,$(cxx-inc-dirs))

cxx_flags = -Wp,-MMD,$(depfile) $(cxx-includes) \
	$(filter-out $(cxx-c-only-flags) -I%,$(_c_flags)) $(modkern_cflags) \
	$(cxx-lang-flags) $(cxxflags-y) $(CXXFLAGS_$(target-stem).o)

# Ungroups: see cxx-merge.lds.  Second copies of weak functions stay as dead code, which
# is what the tables of tracing call sites need.
cmd_cxx_merge = $(LD) $(KBUILD_LDFLAGS) -r --force-group-allocation \
	-T $(cxx-src)/scripts/kbuild/cxx-merge.lds -o $@.merged $@ ; mv -f $@.merged $@

# Nobody runs static constructors or destructors in a module, and there is no unwinder.  (KASAN
# and KCSAN make a constructor for each object, and such a kernel does run them.)
cxx-banned = $(if $(CONFIG_CONSTRUCTORS),,init_array|fini_array|ctors|dtors|)eh_frame|gcc_except_table|group
cmd_cxx_check = if $(OBJDUMP) -h $@ | grep -E ' \.($(cxx-banned))' >&2; then \
	echo '$<: the sections above need static constructors, unwinding or COMDAT' >&2; \
	rm -f $@; exit 1; fi

quiet_cmd_cxx_o_cc = CXX $(quiet_modtag) $@
      cmd_cxx_o_cc = $(KCXX) $(cxx_flags) -c -o $@ $< ; $(cmd_cxx_merge) ; $(cmd_cxx_check) \
		     $(cmd_objtool)

define rule_cxx_o_cc
	$(call cmd_and_fixdep,cxx_o_cc)
	$(call cmd,gen_objtooldep)
endef

$(obj)/%.o: $(src)/%.cc FORCE
	$(call if_changed_rule,cxx_o_cc)
