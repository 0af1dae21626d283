# Sluice. `make` alone shows what there is.
#
# Itself it needs bash and what a JDK and Maven bring or need, and of other programs only cat, mkdir
# and touch (coreutils). src/local/needs says what is missing, before a recipe does anything else.
SHELL := $(shell command -v bash)
ifeq ($(SHELL),)
$(error bash is missing: install the package bash (Debian, Ubuntu, Fedora, Homebrew, Alpine))
endif
.DEFAULT_GOAL := help
.PHONY: help demo demo-consumers test prove bench bench-smoke bench-encode build dist fmt bench-embedded local-fault local-start local-stop local-status local-logs local-clean \
        local-start-cdc local-test-cdc local-tail local-consume doctor image java-there jdk-there

MVN     ?= mvn -B -ntp -q -Dstyle.color=never
JAVA    ?= java
JAR     := target/sluice.jar
ARCHIVE := target/sluice.jsa
# With an archive of another JVM, or none, it starts all the same, only slower.
SLUICE   = $(JAVA) @src/main/jvm.options $$([ ! -s $(ARCHIVE) ] || echo -XX:SharedArchiveFile=$(ARCHIVE)) \
           -Xlog:cds=off -Xlog:cds+dynamic=off -jar $(JAR)
TESTS   := target/test-classes/.compiled
# All files below a directory: what has nothing below it is one.
files    = $(foreach file,$(wildcard $(1)/*),$(or $(call files,$(file)),$(file)))
MAIN    := $(call files,src/main) $(wildcard docs/*.json) pom.xml
SOURCES := $(MAIN) $(foreach part,test embedded prove bench dist,$(call files,src/$(part)))

# What can be said on the command line, with its default.
COUNT       ?= 10
DEMO_EVENTS ?= 40
BACKEND     ?= auto
YES         ?=
FAULT       ?= stepDown
TO          ?= file:plays.jsonl
export BACKEND YES DEMO_EVENTS VIEW FORMAT
# Of `make prove`; what is not said has its default there (docs/PROVING.md).
export TARGET SHAPE DURATION SEED FAULTS KEYS WRITERS RATE INSTANCES PARTITIONS BROKERS SNAPSHOT DOCUMENTS KILL_EVERY
# Of `make bench`, likewise (docs/PERFORMANCE.md).
export BENCH ROUNDS EVENTS SIZES CONTENDERS LIVE_ROUNDS LIVE_SECONDS HEAP BENCH_JVM BENCH_LOOP_JVM BENCH_DEBEZIUM BENCH_STREAM_PORT
# The embedded replica set keeps the backlog in its heap, and the log of it.
BENCH_HEAP   ?= 4g
DEBEZIUM     := target/bench/debezium/debezium-server-dist-3.6.0.Final.tar.gz

help: ## Shows this help
	@echo "Sluice: every change of a MongoDB collection to RabbitMQ, in order, none lost."
	@echo
	@target='^([a-z-]+):.*## (.*)$$'; while IFS= read -r line; do \
	  if [[ $$line =~ $$target ]]; then printf '  make %-16s %s\n' "$${BASH_REMATCH[@]:1}"; fi; \
	done < $(firstword $(MAKEFILE_LIST))

demo: java-there $(TESTS) ## The whole way on embedded servers, by itself (DEMO_EVENTS=40 VIEW=... FORMAT=...)
	@$(JAVA) -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  dev.sluice.embedded.Demo

demo-consumers: DEMO_EVENTS = 2000
demo-consumers: java-there $(TESTS) ## Keeps every target that needs no server in step, kills it, compares it (DEMO_EVENTS=2000)
	@$(JAVA) -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  dev.sluice.embedded.DemoConsumers

test: jdk-there ## All tests and checks, as CI runs them
	@mvn -B -ntp verify $(TEST_ARGS)

prove: java-there $(JAR) $(TESTS) ## Load, faults and a verdict: SHAPE=wide|plain TARGET=amqp|stream DURATION=60s SEED=1 FAULTS=all|list|sluice-kill,... PARTITIONS=8 BROKERS=3 SNAPSHOT=1
	@exec $(JAVA) -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  dev.sluice.prove.Prove

bench: java-there $(ARCHIVE) $(TESTS) $(if $(filter 1,$(BENCH_DEBEZIUM)),$(DEBEZIUM)) ## From end to end, beside others: BENCH=usual|streams|versions|partitions|views|sizes|backlog|window|queues|lanes|hot|headers|properties|monitor|objects|live|snapshot|consume ROUNDS=5 ...
	@exec $(JAVA) -Xmx$(BENCH_HEAP) -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  dev.sluice.bench.Bench

bench-smoke: ## That the benchmark works, within a minute; its figures say nothing
	@$(MAKE) --no-print-directory bench BENCH=smoke

bench-encode: java-there $(TESTS) ## What one message costs to write, by JMH: time and allocated bytes
	@mkdir -p target/bench
	@$(JAVA) -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  org.openjdk.jmh.Main dev.sluice.bench.EncoderBenchmark -prof gc -rf json -rff target/bench/encode.json

build: $(ARCHIVE) ## Builds target/sluice.jar, and target/sluice.jsa to start it faster

dist: java-there $(JAR) $(TESTS) ## Packs an archive to install from: target/sluice-VERSION.tar.gz (docs/INSTALL.md)
	@$(JAVA) -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  dev.sluice.dist.Distribution

image: java-there $(ARCHIVE) ## Builds the images sluice and sluice-consumers by Docker (docs/DOCKER.md)
	@src/docker/images

fmt: jdk-there ## Formats the Java sources
	@echo "Formatting ..." >&2
	@$(MVN) spotless:apply

local-start: java-there $(TESTS) ## Starts MongoDB and RabbitMQ: by Docker, else embedded (BACKEND=docker|embedded)
	@src/local/servers start

local-stop: ## Stops what local-start has started; data stays
	@src/local/servers stop

local-status: ## Says what is running, where, and whether it is well
	@src/local/servers status

local-logs: ## Shows the servers' logs
	@src/local/servers logs

local-clean: ## Stops the servers and removes their data (asks first; YES=1 does not)
	@src/local/servers clean

local-fault: java-there $(TESTS) ## Hurts the embedded replica set: FAULT=stepDown, FAULT="kill node=1", FAULT=lift
	@src/local/servers fault $(FAULT)

bench-embedded: java-there $(TESTS) ## How fast the embedded replica set is, so that it limits no other figure
	@$(JAVA) -Xmx1g -cp "target/test-classes:target/classes:$$(cat target/test-classpath.txt)" \
	  dev.sluice.embedded.mongo.EmbeddedReplicaSetBenchmark

local-start-cdc: java-there $(ARCHIVE) ## Runs the pipeline in the foreground, its page on http://127.0.0.1:8080; Ctrl-C drains and exits 0
	@exec $(SLUICE) run --http-if-free 127.0.0.1:8080

local-test-cdc: java-there $(ARCHIVE) ## Inserts COUNT=10 documents and checks that each comes out at RabbitMQ
	@exec $(SLUICE) insert --count $(COUNT) --verify

local-tail: java-there $(ARCHIVE) ## Shows events live, without taking them from the queue
	@exec $(SLUICE) tail

local-consume: java-there $(ARCHIVE) ## Keeps a target in step with the queue: TO=jdbc:sqlite:plays.db (docs/TARGETS.md)
	@exec $(SLUICE) consume --to '$(TO)'

doctor: java-there $(ARCHIVE) ## What is wrong with settings, servers and queues, and what to do (docs/DOCTOR.md)
	@exec $(SLUICE) doctor

$(DEBEZIUM):
	@echo "Fetching Debezium Server (782 MB) ..." >&2
	@$(MVN) dependency:copy -Dartifact=io.debezium:debezium-server-dist:3.6.0.Final:tar.gz \
	  -DoutputDirectory=$(@D)

java-there:
	@src/local/needs java

jdk-there:
	@src/local/needs javac java $(firstword $(MVN))

# Two of these may run at once (a pipeline in one terminal, the inserter in another): the second
# waits for the first, where there is a flock (util-linux), and then finds nothing left to do.
LOCKED  := mkdir -p target; if command -v flock >/dev/null; then exec 9>target/.lock; \
           flock -n 9 || { echo "Waiting for another make that builds ..." >&2; flock 9; }; fi;
# Ends the recipe if its target is there and newer than these files.
UNLESS_NEWER = stale=; for file in $(1); do if [ $$file -nt $@ ]; then stale=1; fi; done; \
           if [ -e $@ ] && [ -z "$$stale" ]; then exit 0; fi;

$(JAR): $(MAIN)
	@$(LOCKED) \
	$(call UNLESS_NEWER,$(MAIN)) src/local/needs javac java $(firstword $(MVN)) || exit; \
	echo "Building $@ (the first time Maven also downloads what it needs) ..." >&2; \
	$(MVN) package -Dmaven.test.skip=true -Dspotless.check.skip=true && touch $@

# Whatever goes wrong with it, tests that do not compile included, it is done without.
$(ARCHIVE): $(JAR)
	@if $(MAKE) -s --no-print-directory $(TESTS); then $(LOCKED) src/local/archive $(JAR) $@; fi

$(TESTS): $(SOURCES)
	@$(LOCKED) \
	$(call UNLESS_NEWER,$(SOURCES)) src/local/needs javac java $(firstword $(MVN)) || exit; \
	echo "Compiling the tests and the embedded servers (the first time Maven also downloads what it needs) ..." >&2; \
	$(MVN) test-compile -Dspotless.check.skip=true && touch $@
