# platen - build, check, measure, install. `make help` lists the targets.
#
# Every .c file below shm/, render/ and server/ goes into one archive, except the two main files; a new file
# needs no line here. MODE selects the flavour: release (build/platend), asan (build/asan/...), fuzz.

MODE    ?= release
CC      ?= gcc
OUT     := build/$(MODE)
BIN     := $(if $(filter release,$(MODE)),build,$(OUT))

PKGS    := libmicrohttpd lmdb libpng libturbojpeg libjpeg libdeflate liblzma liblz4 libzstd zlib \
           freetype2 nettle libxxhash libconfuse jansson libseccomp
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual \
           -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough -Wsign-compare -Wdouble-promotion \
           $(if $(CI),-Werror)
ifeq ($(MODE),release)
FLAVOUR := -O2 -g -fno-common -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2
LINK    := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
else
FLAVOUR := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DPL_SANITIZED
LINK    := -pie -fsanitize=address,undefined -Wl,--as-needed
endif
ifeq ($(shell uname -m),x86_64)
FLAVOUR += -fcf-protection
endif
CFLAGS  := -std=gnu11 -D_GNU_SOURCE -fPIE -I. $(WARN) $(FLAVOUR) $(EXTRA_CFLAGS) \
           $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LIBS    := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -pthread -lm

MAINS   := server/main.c server/admin/platenctl.c
SOURCES := $(filter-out $(MAINS),$(wildcard shm/*.c shm/base/*.c render/*.c render/*/*.c server/*.c server/*/*.c))
OBJECTS := $(SOURCES:%.c=$(OUT)/%.o)
UNITS   := $(wildcard tests/unit/*.c) $(wildcard tests/gen/*.c)
Q       := $(if $(V),,@)

.PHONY: all
all: $(BIN)/platend $(BIN)/platenctl ## build build/platend and build/platenctl

$(OUT)/libplaten.a: $(OBJECTS)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BIN)/platend: $(OUT)/server/main.o $(OUT)/libplaten.a
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS)

$(BIN)/platenctl: $(OUT)/server/admin/platenctl.o $(OUT)/libplaten.a
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS) $(shell pkg-config --libs libcurl 2>/dev/null)

$(OUT)/unit: $(UNITS:%.c=$(OUT)/%.o) $(OUT)/libplaten.a
	$(Q)$(CC) $(LINK) -o $@ $^ $(LIBS) $(shell pkg-config --libs criterion 2>/dev/null)

$(OUT)/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(if $(V),,@echo "  CC $<")
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(wildcard $(OUT)/*/*.d $(OUT)/*/*/*.d)

.PHONY: clean help
clean: ## remove build/
	rm -rf build
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
