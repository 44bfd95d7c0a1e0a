# SPDX-License-Identifier: Apache-2.0
# medlock: one Makefile.  `make help` lists the targets; VARIANT picks the flags and the build folder.
#   make                    build medlock and medlockd into build/dev
#   make test               install what is missing, build and run every test
#   make VARIANT=asan test  the same under the address and undefined-behaviour sanitizers

VARIANT ?= dev
B       ?= build/$(VARIANT)
CC      := $(if $(filter fuzz,$(VARIANT)),clang,gcc)
AR      := gcc-ar
CARGO   ?= cargo
JOBS    ?= $(shell nproc)
PREFIX  ?= /usr/local
VERSION := 0.1.0
VECTORS ?= ../shared/vectors
ifeq ($(filter $(VARIANT),dev release asan tsan cov fuzz),)
$(error VARIANT=$(VARIANT) is none of: dev release asan tsan cov fuzz)
endif

# ---- flags -------------------------------------------------------------------------------------
HARDEN := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection -fstack-protector-strong \
	-fcf-protection=full -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr -fexceptions
HARDEN_LD := -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wundef -Wswitch -Wformat=2 -Wimplicit-fallthrough -Wdate-time -Werror=implicit -Werror=int-conversion
WARN_GCC := -Wduplicated-cond -Wlogical-op -Wtrampolines -Wbidi-chars=any -Wstack-usage=65536
# Sanitizers rewrite expressions, and gcc then warns about conversions that nobody wrote and about values that it no longer
# sees set; so it does without optimization, where no two variables share their place on the stack either.
WARN_VARIANT := $(if $(filter asan tsan fuzz,$(VARIANT)),-Wno-conversion -Wno-sign-conversion) \
	$(if $(filter asan tsan cov,$(VARIANT)),-Wno-maybe-uninitialized) $(if $(filter cov,$(VARIANT)),-Wno-stack-usage)
WERROR ?= -Werror
STD := -std=c17 -D_GNU_SOURCE -I. -I$(B)/gen -I$(B)/blst -fno-common -fvisibility=hidden -fPIE \
	-fno-strict-aliasing -fno-delete-null-pointer-checks -fno-strict-overflow -ffile-prefix-map=$(CURDIR)/=
FLAGS.dev     := -O2 -g $(HARDEN)
FLAGS.release := -O2 $(HARDEN)
FLAGS.asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
	-ftrivial-auto-var-init=pattern -DMEDLOCK_SANITIZED=1
FLAGS.tsan    := -O1 -g -fsanitize=thread -DMEDLOCK_SANITIZED=1
FLAGS.cov     := -O0 -g --coverage
FLAGS.fuzz    := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -DMEDLOCK_SANITIZED=1
LDFLAGS.dev     := $(HARDEN_LD)
LDFLAGS.release := $(HARDEN_LD)
LDFLAGS.asan    := -fsanitize=address,undefined -pie
LDFLAGS.tsan    := -fsanitize=thread -pie
LDFLAGS.cov     := --coverage -pie
LDFLAGS.fuzz    := -fsanitize=address,undefined -pie
PKGS := libsodium openssl sqlite3 libevent libevent_openssl libevent_pthreads libcurl libprotobuf-c json-c libutf8proc libqrencode ncursesw
OUR_CFLAGS = $(STD) $(WARN) $(if $(filter gcc,$(CC)),$(WARN_GCC)) $(WARN_VARIANT) $(WERROR) $(FLAGS.$(VARIANT)) \
	-DMEDLOCK_VERSION='"$(VERSION)"' $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS)
GEN_CFLAGS = $(STD) -w $(FLAGS.$(VARIANT)) $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS)
TEST_CFLAGS = $(OUR_CFLAGS) -Itests/lib -Wno-conversion $(if $(filter gcc,$(CC)),-Wno-stack-usage) -Wno-missing-prototypes -Wno-unused-parameter
ifeq ($(filter deps help lint-text clean,$(MAKECMDGOALS)),)
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lpthread -lm
endif

# ---- what there is ------------------------------------------------------------------------------
FOLDERS := $(shell sed -n 's/^\([a-z][a-z/_]*\):.*/\1/p' tests/lint/layers.txt)
MAINS   := tui/main.c chain/node/main.c
PROTOS  := $(wildcard chain/proto/*.proto)
GEN_C   := $(PROTOS:%.proto=$(B)/gen/%.pb-c.c)
GEN_H   := $(GEN_C:.c=.h) $(patsubst %.txt,$(B)/gen/%.inc,$(wildcard assets/*/*.txt)) $(B)/gen/tui/words/words.inc
sources  = $(filter-out $(MAINS),$(if $(filter tui,$1),$(filter-out tui/grid/% tui/widgets/% tui/words/%,$(shell find tui -name '*.c' 2>/dev/null)),$(wildcard $1/*.c)))
archive  = $(B)/lib/lib$(subst /,_,$1).a
HDRS    := $(shell find core chain storage tui tests -name '*.h' 2>/dev/null)

UNIT    := $(shell find tests/unit tests/vectors -name 'test_*.c' 2>/dev/null)
WHOLE   := $(shell find tests/property tests/oracle tests/crash tests/net -name 'test_*.c' 2>/dev/null)
FUZZ    := $(wildcard tests/fuzz/fuzz_*.c)
BENCHES := $(wildcard tests/bench/bench_*.c)
SCRIPTS := $(shell find tests -name 'test_*.sh' 2>/dev/null)
TESTLIB := $(filter-out tests/lib/replay.c,$(wildcard tests/lib/*.c))
TEST_BINS  := $(UNIT:%.c=$(B)/%) $(WHOLE:%.c=$(B)/%)
FUZZ_BINS  := $(FUZZ:%.c=$(B)/%)
BENCH_BINS := $(BENCHES:%.c=$(B)/%)
PROGRAMS   := $(B)/medlock $(B)/medlockd
TEST_PROGRAMS := $(B)/medlockd-faulty

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
FORCE:
.PHONY: FORCE all deps demo test bench lint lint-text fmt fuzz cov install clean help golden pictures programs tests

all: $(PROGRAMS)                                   ## build medlock and medlockd
programs: all
tests: $(TEST_BINS) $(FUZZ_BINS) $(TEST_PROGRAMS) $(PROGRAMS)   ## build every test without running it

deps:                                              ## install the Debian packages that are missing
	@.ci/deps

demo:                                              ## install, build, and open the demo world (or play its story)
	@.ci/deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@$(B)/medlock demo

test:                                              ## install, build and run every test
	@.ci/deps
	@$(MAKE) --no-print-directory -j$(JOBS) tests
	@VECTORS='$(VECTORS)' tests/run '$(B)' $(TEST_BINS) $(if $(filter fuzz,$(VARIANT)),,$(FUZZ_BINS)) $(SCRIPTS)

BENCH_B := $(if $(filter file,$(origin B)),build/release,$(B))
bench:                                             ## tables of measured figures with ratios (release build)
	@.ci/deps
	@$(MAKE) --no-print-directory -j$(JOBS) VARIANT=release B='$(BENCH_B)' bench-build
	@tests/bench/run '$(BENCH_B)'

bench-build: $(PROGRAMS) $(BENCH_BINS)

fuzz:                                              ## run each fuzz target for FUZZ_SECONDS (default 30)
	@.ci/deps fuzz
	@$(MAKE) --no-print-directory -j$(JOBS) VARIANT=fuzz fuzz-run

fuzz-run: $(FUZZ_BINS)
	@tests/fuzz/run '$(B)'

cov:                                               ## line coverage of the whole test run
	@.ci/deps cov
	@$(MAKE) --no-print-directory VARIANT=cov test
	@$(MAKE) --no-print-directory VARIANT=cov cov-report

cov-report:
	@gcovr --root . -e '$(B)/.*' -e 'build/.*' -e 'tests/.*' --print-summary '$(B)'

# ---- generated code and the two foreign parts ---------------------------------------------------
$(B)/.flags: FORCE
	@mkdir -p $(@D); echo '$(CC) $(OUR_CFLAGS) $(LDFLAGS.$(VARIANT))' | cmp -s - $@ || echo '$(CC) $(OUR_CFLAGS) $(LDFLAGS.$(VARIANT))' >$@

$(B)/gen/%.pb-c.c $(B)/gen/%.pb-c.h &: %.proto
	@mkdir -p $(B)/gen
	@protoc-c --c_out=$(B)/gen $<

# Each language's texts, all in one table; one that is missing or not UTF-8 stops the build.
LANGUAGES  := en nl
WORD_FILES := $(wildcard $(LANGUAGES:%=assets/words/%/*.txt)) $(B)/gen/words/en/errors.txt
$(B)/gen/words/en/errors.txt: core/base/err.def tui/words/errors.awk
	@mkdir -p $(@D)
	@awk -f tui/words/errors.awk core/base/err.def >$@.new && mv $@.new $@
$(B)/gen/tui/words/words.inc: tui/words/words.awk $(WORD_FILES)
	@mkdir -p $(@D)
	@for f in $(WORD_FILES); do iconv -f UTF-8 -t UTF-8 $$f >/dev/null || { echo "$$f: not UTF-8: save it as UTF-8" >&2; exit 1; }; done
	@awk -v languages="$(LANGUAGES)" -f tui/words/words.awk $(WORD_FILES) >$@.new && mv $@.new $@

# Tables that programs carry: each line of the asset is one C string.
$(B)/gen/assets/%.inc: assets/%.txt
	@mkdir -p $(@D); sed -e 's/[\\"]/\\&/g' -e 's/.*/"&",/' $< >$@

$(B)/blst/libblst.a: core/crypto/blst/Cargo.toml core/crypto/blst/Cargo.lock
	@mkdir -p $(@D)
	@CARGO='$(CARGO)' .ci/blst $(@D)

# ---- rules --------------------------------------------------------------------------------------
$(B)/gen/%.pb-c.o: $(B)/gen/%.pb-c.c $(B)/.flags
	@$(CC) $(GEN_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/tests/%.o: tests/%.c $(B)/.flags | $(GEN_H) $(B)/blst/libblst.a
	@mkdir -p $(@D); echo '  CC   $<'
	@$(CC) $(TEST_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/%.o: %.c $(B)/.flags core/base/banned.h | $(GEN_H) $(B)/blst/libblst.a
	@mkdir -p $(@D); echo '  CC   $<'
	@$(CC) $(OUR_CFLAGS) -include core/base/banned.h -MMD -MP -c -o $@ $<

define folder_rules
$(call archive,$1): $(patsubst %.c,$(B)/%.o,$(call sources,$1)) $(if $(filter chain/proto,$1),$(GEN_C:.c=.o))
	@mkdir -p $$(@D); rm -f $$@
	@$(AR) rcs $$@ $$^
ROW.$1 := $1 $(shell sed -n 's|^$1: *||p' tests/lint/layers.txt)
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_rules,$f)))

reverse  = $(if $1,$(call reverse,$(wordlist 2,$(words $1),$1)) $(firstword $1))
ORDER   := $(call reverse,$(FOLDERS))
archives = $(foreach f,$(ORDER),$(if $(filter $f,$1),$(call archive,$f)))
ALL_AR  := $(call archives,$(FOLDERS))
TESTLIB_AR := $(B)/lib/libtests.a
LINK     = $(CC) $(OUR_CFLAGS) $(LDFLAGS.$(VARIANT)) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) $(B)/blst/libblst.a -Wl,--end-group $(PKG_LIBS)

$(TESTLIB_AR): $(TESTLIB:%.c=$(B)/%.o)
	@mkdir -p $(@D); rm -f $@
	@$(AR) rcs $@ $^

$(B)/medlock: $(B)/tui/main.o $(ALL_AR)
	@echo '  LINK $@'; $(LINK)
$(B)/medlockd: $(B)/chain/node/main.o $(call archives,$(ROW.chain/node))
	@echo '  LINK $@'; $(LINK)

$(B)/medlockd-faulty: $(B)/tests/net/medlockd_faulty.o $(call archives,$(ROW.chain/node))
	@echo '  LINK $@'; $(LINK)

# A unit test links only what its folder may see, and what that needs in turn: a layer broken elsewhere does not stop it.
closure = $(sort $1 $(foreach r,$1,$(ROW.$r)))
define unit_rule
$(B)/$(1:.c=): $(B)/$(1:.c=.o) $(TESTLIB_AR) $(call archives,$(call closure,$(ROW.$(firstword $(subst /screens,,$(subst /cli,,$(patsubst tests/unit/%/,%,$(dir $1))))))))
	@$$(LINK) -lcmocka
endef
$(foreach t,$(filter tests/unit/%,$(UNIT)),$(eval $(call unit_rule,$t)))
$(patsubst %.c,$(B)/%,$(filter tests/vectors/%,$(UNIT)) $(WHOLE)): %: %.o $(TESTLIB_AR) $(ALL_AR)
	@$(LINK) -lcmocka
$(BENCH_BINS): %: %.o $(TESTLIB_AR) $(ALL_AR)
	@$(LINK)
ifeq ($(VARIANT),fuzz)
$(FUZZ_BINS): %: %.o $(TESTLIB_AR) $(ALL_AR)
	@$(LINK) -fsanitize=fuzzer
else
$(FUZZ_BINS): %: %.o $(B)/tests/lib/replay.o $(TESTLIB_AR) $(ALL_AR)
	@$(LINK)
endif

# ---- checks -------------------------------------------------------------------------------------
lint: $(ALL_AR) $(HDRS:%=$(B)/hdr/%.ok)            ## layers, headers, banned calls, lengths, symbols, origin
	@tests/lint/run '$(B)'

$(B)/hdr/%.ok: % $(B)/.flags | $(GEN_H) $(B)/blst/libblst.a
	@mkdir -p $(@D)
	@printf '#include "%s"\nextern int header_stands_alone;\n' $* | $(CC) $(TEST_CFLAGS) -fsyntax-only -xc - && touch $@

fmt:                                               ## format the sources (clang-format)
	@clang-format -i $$(git ls-files '*.c' '*.h')

install: $(PROGRAMS)                               ## install under DESTDIR and PREFIX
	install -D -m 755 $(B)/medlock $(DESTDIR)$(PREFIX)/bin/medlock
	install -D -m 755 $(B)/medlockd $(DESTDIR)$(PREFIX)/bin/medlockd
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/medlock
	$(B)/medlock completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/medlock
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	$(B)/medlock manual >$(DESTDIR)$(PREFIX)/share/man/man1/medlock.1
	chmod 644 $(DESTDIR)$(PREFIX)/share/man/man1/medlock.1
	cp -r assets/. $(DESTDIR)$(PREFIX)/share/medlock
	install -D -m 644 docs/OPERATING.md $(DESTDIR)$(PREFIX)/share/doc/medlock/OPERATING.md
	install -D -m 644 packaging/medlockd.logrotate $(DESTDIR)$(PREFIX)/share/doc/medlock/examples/medlockd.logrotate
	install -D -m 644 packaging/medlock.sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/medlock.conf
	install -D -m 644 packaging/medlock.tmpfiles.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/medlock.conf
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|@PREFIX@|$(PREFIX)|g' packaging/medlockd.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/medlockd.service
	chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/medlockd.service
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/user
	sed 's|@PREFIX@|$(PREFIX)|g' packaging/medlock-crl.service >$(DESTDIR)$(PREFIX)/lib/systemd/user/medlock-crl.service
	sed 's|@PREFIX@|$(PREFIX)|g' packaging/medlock-crl.timer >$(DESTDIR)$(PREFIX)/lib/systemd/user/medlock-crl.timer
	chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/user/medlock-crl.service $(DESTDIR)$(PREFIX)/lib/systemd/user/medlock-crl.timer
	chmod -R u=rwX,go=rX $(DESTDIR)$(PREFIX)/share/medlock $(DESTDIR)$(PREFIX)/share/bash-completion/completions/medlock

clean:                                             ## remove everything built
	rm -rf build core/crypto/blst/target

golden: $(B)/tests/unit/tui/screens/test_golden pictures ## write the golden screens and the pictures anew: read the difference
	@UPDATE_GOLDEN=1 $<

pictures: $(B)/medlock                             ## draw the pictures of the documentation anew
	@tests/pictures '$(B)/medlock' write

help:                                              ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | column -t -s'|'

-include $(shell find $(B) -name '*.d' 2>/dev/null)
