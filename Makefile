# Sluice. `make` alone shows what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test prove bench bench-smoke bench-encode build fmt bench-embedded local-fault local-start local-stop local-status local-logs local-clean \
        local-start-cdc local-test-cdc local-tail

MVN     ?= mvn -B -ntp -q -Dstyle.color=never
JAVA    ?= java
JAR     := target/sluice.jar
ARCHIVE := target/sluice.jsa
# With an archive of another JVM, or none, it starts all the same, only slower.
SLUICE   = $(JAVA) @src/main/jvm.options $$([ ! -s $(ARCHIVE) ] || echo -XX:SharedArchiveFile=$(ARCHIVE)) \
           -Xlog:cds=off -Xlog:cds+dynamic=off -jar $(JAR)
TESTS   := target/test-classes/.compiled
MAIN    := $(shell find src/main docs/*.json -type f 2>/dev/null) pom.xml
SOURCES := $(MAIN) $(shell find src/test src/embedded src/prove src/bench -type f)

# What can be said on the command line, with its default.
COUNT       ?= 10
DEMO_EVENTS ?= 40
BACKEND     ?= auto
YES         ?=
FAULT       ?= stepDown
export BACKEND YES DEMO_EVENTS
# Of `make prove`; what is not said has its default there (docs/PROVING.md).
export DURATION SEED FAULTS KEYS WRITERS RATE INSTANCES
# Of `make bench`, likewise (docs/PERFORMANCE.md).
export BENCH ROUNDS EVENTS SIZES CONTENDERS LIVE_ROUNDS LIVE_SECONDS HEAP BENCH_JVM BENCH_LOOP_JVM BENCH_DEBEZIUM
# The embedded replica set keeps the backlog in its heap, and the log of it.
BENCH_HEAP   ?= 4g
DEBEZIUM     := target/bench/debezium/debezium-server-dist-3.6.0.Final.tar.gz

help: ## Shows this help
	@echo "Sluice: every change of a MongoDB collection to RabbitMQ, in order, none lost."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(TESTS) ## The whole way on embedded servers, by itself (DEMO_EVENTS=40)
	@$(JAVA) -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  dev.sluice.embedded.Demo

test: ## All tests and checks, as CI runs them
	@mvn -B -ntp verify $(TEST_ARGS)

prove: $(JAR) $(TESTS) ## Load, faults and a verdict: DURATION=60s SEED=1 FAULTS=all|list|sluice-kill,...
	@exec $(JAVA) -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  dev.sluice.prove.Prove

bench: $(ARCHIVE) $(TESTS) $(if $(filter 1,$(BENCH_DEBEZIUM)),$(DEBEZIUM)) ## From end to end, beside others: BENCH=usual|sizes|backlog|window|queues|lanes|live ROUNDS=5 ...
	@exec $(JAVA) -Xmx$(BENCH_HEAP) -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  dev.sluice.bench.Bench

bench-smoke: ## That the benchmark works, within a minute; its figures say nothing
	@$(MAKE) --no-print-directory bench BENCH=smoke

bench-encode: $(TESTS) ## What one message costs to write, by JMH: time and allocated bytes
	@mkdir -p target/bench
	@$(JAVA) -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  org.openjdk.jmh.Main dev.sluice.bench.EncoderBenchmark -prof gc -rf json -rff target/bench/encode.json

build: $(ARCHIVE) ## Builds target/sluice.jar, and target/sluice.jsa to start it faster

fmt: ## Formats the Java sources
	@$(MVN) spotless:apply

local-start: $(TESTS) ## Starts MongoDB and RabbitMQ: by Docker, else embedded (BACKEND=docker|embedded)
	@src/local/servers start

local-stop: ## Stops what local-start has started; data stays
	@src/local/servers stop

local-status: ## Says what is running, where, and whether it is well
	@src/local/servers status

local-logs: ## Shows the servers' logs
	@src/local/servers logs

local-clean: ## Stops the servers and removes their data (asks first; YES=1 does not)
	@src/local/servers clean

local-fault: $(TESTS) ## Hurts the embedded replica set: FAULT=stepDown, FAULT="kill node=1", FAULT=lift
	@$(JAVA) -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  dev.sluice.embedded.LocalFault $(FAULT)

bench-embedded: $(TESTS) ## How fast the embedded replica set is, so that it limits no other figure
	@$(JAVA) -Xmx1g -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  dev.sluice.embedded.mongo.EmbeddedReplicaSetBenchmark

local-start-cdc: $(ARCHIVE) ## Runs the pipeline in the foreground; Ctrl-C drains and exits 0
	@exec $(SLUICE) run

local-test-cdc: $(ARCHIVE) ## Inserts COUNT=10 documents and checks that each comes out at RabbitMQ
	@exec $(SLUICE) insert --count $(COUNT) --verify

local-tail: $(ARCHIVE) ## Shows events live, without taking them from the queue
	@exec $(SLUICE) tail

$(DEBEZIUM):
	@echo "Fetching Debezium Server (782 MB) ..." >&2
	@$(MVN) dependency:copy -Dartifact=io.debezium:debezium-server-dist:3.6.0.Final:tar.gz \
	  -DoutputDirectory=$(@D)

# Two of these may run at once (a pipeline in one terminal, the inserter in another): the second
# waits for the first and then finds nothing left to do.
LOCKED  := mkdir -p target; if command -v flock >/dev/null; then exec 9>target/.lock; flock 9; fi;

$(JAR): $(MAIN)
	@$(LOCKED) \
	if [ -e $@ ] && [ -z "$$(find $(MAIN) -newer $@)" ]; then exit 0; fi; \
	echo "Building $@ (the first time Maven also downloads what it needs) ..." >&2; \
	$(MVN) package -Dmaven.test.skip=true -Dspotless.check.skip=true && touch $@

# Whatever goes wrong with it, tests that do not compile included, it is done without.
$(ARCHIVE): $(JAR)
	@if $(MAKE) -s --no-print-directory $(TESTS); then $(LOCKED) src/local/archive $(JAR) $@; fi

$(TESTS): $(SOURCES)
	@$(LOCKED) \
	if [ -e $@ ] && [ -z "$$(find $(SOURCES) -newer $@)" ]; then exit 0; fi; \
	echo "Compiling (the first time Maven also downloads what it needs) ..." >&2; \
	$(MVN) test-compile -Dspotless.check.skip=true && touch $@
