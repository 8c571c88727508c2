# platen - build, check, measure, install. `make help` lists the targets.
#
# Every .c file below shm/, render/ and server/ goes into one archive, except the two main files; a new file
# needs no line here. MODE selects the flavour: release (build/platend), asan (build/asan/...), fuzz.

MODE    ?= release
CC      ?= gcc
OUT     := build/$(MODE)
BIN     := $(if $(filter release,$(MODE)),build,$(OUT))

PKGS    := libmicrohttpd lmdb libpng libturbojpeg libjpeg libwebp libdeflate liblzma liblz4 libzstd zlib \
           freetype2 harfbuzz nettle libxxhash libconfuse jansson libseccomp expat libarchive libpcre2-8
# What only making a card pack needs: platend is not linked with it.
PACKING := librsvg-2.0 cairo yaml-0.1
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual \
           -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough -Wsign-compare -Wdouble-promotion \
           $(if $(CI),$(if $(filter fuzz,$(MODE)),,-Werror))
ifeq ($(MODE),release)
FLAVOUR := -O2 -g -fno-common -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2
LINK    := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
else ifeq ($(MODE),asan)
FLAVOUR := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DPL_SANITIZED
LINK    := -pie -fsanitize=address,undefined -Wl,--as-needed
else ifeq ($(MODE),fuzz)
CC      := clang-14
FLAVOUR := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -DPL_SANITIZED
LINK    := -fsanitize=fuzzer,address,undefined
else
$(error MODE is release, asan or fuzz)
endif
ifeq ($(MODE)$(shell uname -m),releasex86_64)
FLAVOUR += -fcf-protection
endif
CFLAGS  := -std=gnu11 -D_GNU_SOURCE -fPIE -I. $(WARN) $(FLAVOUR) $(EXTRA_CFLAGS) \
           $(shell pkg-config --cflags $(PKGS) $(PACKING) 2>/dev/null)
LIBS    := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -pthread -lm
MAKING  := $(shell pkg-config --libs $(PACKING) 2>/dev/null)

MAINS   := server/main.c server/admin/platenctl.c
SOURCES := $(filter-out $(MAINS),$(wildcard shm/*.c shm/base/*.c render/*.c render/*/*.c render/*/*/*.c server/*.c server/*/*.c))
OBJECTS := $(SOURCES:%.c=$(OUT)/%.o)
UNITS   := $(wildcard tests/unit/*.c)
GEN     := $(wildcard tests/gen/*.c)
TOOLS   := $(patsubst tests/tools/%.c,$(OUT)/%,$(wildcard tests/tools/*.c)) $(OUT)/platen-demo
FUZZERS := $(patsubst tests/fuzz/%.c,$(OUT)/%,$(wildcard tests/fuzz/fuzz_*.c))
Q       := $(if $(V),,@)

# The card pack that comes with platen; every build uses the one that the release tools made.
PACK    := conf/packs/generic
.PHONY: all
all: $(BIN)/platend $(BIN)/platenctl $(if $(filter release,$(MODE)),build/packs/generic.pack) ## build build/platend, build/platenctl and the card pack

$(OUT)/libplaten.a: $(OBJECTS)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BIN)/platend: $(OUT)/server/main.o $(OUT)/libplaten.a
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS)

$(BIN)/platenctl: $(OUT)/server/admin/platenctl.o $(OUT)/libplaten.a
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS) $(MAKING) $(shell pkg-config --libs libcurl 2>/dev/null)

build/packs/generic.pack: $(wildcard $(PACK)/*.yaml $(PACK)/*/*.yaml $(PACK)/*/*.svg \
                            render/card/*.[ch] render/card/pack/*.[ch] render/encode/*.[ch]) | build/platenctl
	$(Q)mkdir -p $(@D)
	$(Q)build/platenctl pack build $(PACK) --output $@

$(OUT)/unit: $(UNITS:%.c=$(OUT)/%.o) $(GEN:%.c=$(OUT)/%.o) $(OUT)/libplaten.a
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS) $(MAKING) $(shell pkg-config --libs criterion libcurl 2>/dev/null)

$(OUT)/platen-demo: $(OUT)/deploy/demo/demo.o $(GEN:%.c=$(OUT)/%.o) $(OUT)/libplaten.a
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS)

$(OUT)/%: $(OUT)/tests/tools/%.o $(GEN:%.c=$(OUT)/%.o) $(OUT)/libplaten.a
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS) $(MAKING)

$(OUT)/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(GEN:%.c=$(OUT)/%.o) $(OUT)/libplaten.a
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS) $(MAKING)

# The same fuzz targets behind a plain main, to replay seeds and crashers under the sanitizers.
$(OUT)/replay_%: $(OUT)/tests/fuzz/fuzz_%.o $(OUT)/tests/fuzz/replay_main.o $(GEN:%.c=$(OUT)/%.o) $(OUT)/libplaten.a
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS) $(MAKING)

# Real files bent many times (tests/fuzz/corpus_main.c); needs the sanitizers: MODE=asan.
CORPUS_FUZZ := tests/fuzz/fuzz_file.c $(wildcard tests/fuzz/corpus_*.c)
$(OUT)/fuzz-corpus: $(CORPUS_FUZZ:%.c=$(OUT)/%.o) $(GEN:%.c=$(OUT)/%.o) $(OUT)/libplaten.a
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS)

$(OUT)/bench/%: $(OUT)/tests/bench/%.o $(GEN:%.c=$(OUT)/%.o) $(OUT)/libplaten.a
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS) $(MAKING)

.SECONDARY:
$(OUT)/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(if $(V),,@echo "  CC $<")
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(wildcard $(OUT)/*/*.d $(OUT)/*/*/*.d $(OUT)/*/*/*/*.d)

.PHONY: run check check-installed check-quick asan fuzz fuzz-corpus bench chaos e2e unit corpus rules tools fuzzers replays golden gallery install uninstall
run: ## install what is missing, build, make the demo content, serve it on http://127.0.0.1:8080
	@deploy/install-dependencies build
	@$(MAKE) --no-print-directory all build/release/platen-demo
	@deploy/demo/run

check: ## install what is missing, then every test: plain, sanitized, fuzzed
	@deploy/install-dependencies check
	@$(MAKE) --no-print-directory check-installed

check-installed:
	@$(MAKE) --no-print-directory -j$(JOBS) all tools unit-binary
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=asan all tools unit-binary replays
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=fuzz fuzzers
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/run

check-quick: all tools unit-binary ## rules, unit, end-to-end and corpus tests of the plain build only
	@tests/run rules unit e2e corpus

asan: ## the whole suite under ASan and UBSan
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=asan all tools unit-binary replays
	@tests/run asan-unit asan-e2e asan-corpus crashers fuzz-corpus

fuzz: ## run each fuzz target for FUZZ_SECONDS
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=fuzz fuzzers
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/run fuzz

fuzz-corpus: ## bend each file of PLATEN_CORPUS (../shared/data) FUZZ_INPUTS times, under ASan and UBSan
	@$(MAKE) --no-print-directory -j$(JOBS) MODE=asan build/asan/fuzz-corpus
	@FUZZ_INPUTS=$(FUZZ_INPUTS) tests/run fuzz-corpus

bench: ## measure against peers; prints the README's table
	@deploy/install-dependencies bench
	@$(MAKE) --no-print-directory -j$(JOBS) all tools benches
	@python3 tests/bench/bench.py

chaos: all tools ## KILLS random children under load; every answer checked
	@PLATEN_BIN=$(BIN) PLATEN_TOOLS=$(OUT) python3 tests/e2e/chaos.py $(KILLS)

golden: unit-binary ## a page of the golden pictures: old, new and difference of what changed
	@tests/golden/page.sh $(OUT)/unit

PLOTS   := $(wildcard tests/unit/plots*.c)
$(OUT)/gallery: $(OUT)/tests/golden/gallery.o $(PLOTS:%.c=$(OUT)/%.o) $(OUT)/libplaten.a
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS)

gallery: $(OUT)/gallery ## build/gallery/index.html: every golden picture at three sizes; ACCEPT=1 keeps the digests
	@mkdir -p build/gallery
	@$(OUT)/gallery build/gallery/index.html build/gallery/digests tests/golden/digests
	$(if $(ACCEPT),@cp build/gallery/digests tests/golden/digests)

# Folders follow the GNU names; nothing is fetched and no rights are needed below DESTDIR.
prefix  ?= /usr/local
install: all ## copy binaries, configuration and manual pages below DESTDIR and prefix
	install -D -m 755 -t $(DESTDIR)$(prefix)/bin build/platend build/platenctl
	install -D -m 644 -t $(DESTDIR)/etc/platen conf/platen.conf
	install -D -m 644 -t $(DESTDIR)$(prefix)/share/platen/packs build/packs/generic.pack
	install -D -m 644 -t $(DESTDIR)$(prefix)/share/man/man8 $(wildcard deploy/man/*.8)
	install -D -m 644 -t $(DESTDIR)$(prefix)/share/man/man5 $(wildcard deploy/man/*.5)
	install -D -m 644 -t $(DESTDIR)$(prefix)/share/man/man1 $(wildcard deploy/man/*.1)
uninstall: ## remove what install copied, but not the configuration
	rm -f $(DESTDIR)$(prefix)/bin/platend $(DESTDIR)$(prefix)/bin/platenctl
	rm -f $(DESTDIR)$(prefix)/share/platen/packs/generic.pack
	rm -f $(patsubst deploy/man/%.8,$(DESTDIR)$(prefix)/share/man/man8/%.8,$(wildcard deploy/man/*.8))
	rm -f $(patsubst deploy/man/%.5,$(DESTDIR)$(prefix)/share/man/man5/%.5,$(wildcard deploy/man/*.5))
	rm -f $(patsubst deploy/man/%.1,$(DESTDIR)$(prefix)/share/man/man1/%.1,$(wildcard deploy/man/*.1))

FUZZ_INPUTS ?= 100000
FUZZ_SECONDS ?= $(if $(CI),20,5)
KILLS   ?= 500
JOBS    ?= $(shell nproc)
.PHONY: unit-binary benches
unit-binary: $(OUT)/unit
tools: $(TOOLS)
fuzzers: $(FUZZERS)
replays: $(FUZZERS:$(OUT)/fuzz_%=$(OUT)/replay_%) $(OUT)/fuzz-corpus
benches: $(patsubst tests/bench/%.c,$(OUT)/bench/%,$(wildcard tests/bench/*.c))

.PHONY: clean help
clean: ## remove build/
	rm -rf build
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The pages are assembled into web.o; make does not see that by itself.
$(OUT)/server/web/web.o: $(wildcard server/web/static/* conf/packs/generic/samples/*)
