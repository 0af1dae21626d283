package dev.sluice;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static dev.sluice.ShippedClasses.check;

import org.junit.jupiter.api.Test;

/** The borders between the packages. Each rule says in its "because" how to mend a breach. */
class ArchitectureTest {
  @Test
  void packagesHaveNoCycles() {
    check(
        slices()
            .matching("dev.sluice.(*)..")
            .should()
            .beFreeOfCycles()
            .because("a part that needs its user wants a port: put an interface beside the part"));
  }

  @Test
  void mongoDbIsKnownInItsRoomOnly() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(
                "dev.sluice.mongo..", "dev.sluice.inserter..", "dev.sluice.target.mongodb..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.mongodb..")
            .because("the driver stays at the border: translate in dev.sluice.mongo"));
  }

  @Test
  void rabbitMqIsKnownInItsRoomAndToTheCommandsThatShowMessages() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("dev.sluice.rabbit..", "dev.sluice.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.rabbitmq..", "reactor.rabbitmq..")
            .because("the client stays at the border: translate in dev.sluice.rabbit"));
  }

  @Test
  void channelsAreOpenedInOnePlace() {
    check(
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.sluice.rabbit.RabbitConnection")
            .should()
            .callMethod("com.rabbitmq.client.Connection", "createChannel")
            .because("it gives null at the broker's limit: call RabbitConnection.channelOn"));
  }

  @Test
  void theMiddleKnowsNoServer() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                "dev.sluice.change..",
                "dev.sluice.config..",
                "dev.sluice.json..",
                "dev.sluice.shape..",
                "dev.sluice.route..",
                "dev.sluice.message..",
                "dev.sluice.checkpoint..",
                "dev.sluice.snapshot..",
                "dev.sluice.pipeline..",
                "dev.sluice.trace..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.sluice.mongo..",
                "dev.sluice.rabbit..",
                "dev.sluice.inserter..",
                "dev.sluice.cli..")
            .because("adapters depend on the ports of the middle, never the other way round"));
  }

  @Test
  void theTwoServersKnowNothingOfEachOther() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.sluice.mongo..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.sluice.rabbit..")
            .because("they meet in the pipeline only"));
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.sluice.rabbit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.sluice.mongo..", "dev.sluice.checkpoint..")
            .because("they meet in the pipeline only"));
  }

  @Test
  void theVocabularyAndTheSettingsAreLeaves() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.sluice.change..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.sluice.change..", "org.bson..", "java..")
            .because("a word of the vocabulary must not need anything to be spoken"));
    check(
        classes()
            .that()
            .resideInAPackage("dev.sluice.config..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                "dev.sluice.config..", "com.fasterxml.jackson..", "io.github.cdimascio..", "java..")
            .because("a setting is a plain value: whoever uses it translates it"));
  }

  @Test
  void jsonIsMadeOfBytes() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.sluice.json..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                "dev.sluice.json..",
                "dev.sluice.change..",
                "dev.sluice.config..",
                "org.bson..",
                "io.airlift.compress.zstd..",
                "java..")
            .because("what a message looks like is said in dev.sluice.message"));
  }

  @Test
  void theConsumersLoopKnowsNoStoreAndNoServer() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.sluice.consume..")
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(
                        "dev.sluice.consume..",
                        "dev.sluice.change..",
                        "dev.sluice.config..",
                        "dev.sluice.message..",
                        "dev.sluice.trace",
                        "com.fasterxml.jackson..",
                        "io.airlift.compress.zstd..",
                        "org.slf4j..",
                        "java..")
                    .or(
                        nameMatching(
                            "dev\\.sluice\\.pipeline\\.(Backoff|FailureKind|PipelineException)")))
            .because("a store is for dev.sluice.target, the queue for dev.sluice.rabbit"));
  }

  @Test
  void targetsKnowTheConsumersPortAndNotEachOther() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.sluice.target..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("dev.sluice..")
                    .and(
                        not(
                            resideInAnyPackage(
                                "dev.sluice.target..",
                                "dev.sluice.consume..",
                                "dev.sluice.change..",
                                "dev.sluice.tls..",
                                "dev.sluice.config..")))
                    // What MongoDB's codes mean is said once.
                    .and(not(nameMatching("dev\\.sluice\\.mongo\\.PassingCodes"))))
            .because("what two targets need belongs to dev.sluice.consume"));
    check(
        slices()
            .matching("dev.sluice.target.(*)..")
            .should()
            .notDependOnEachOther()
            .because("what two targets need belongs to dev.sluice.consume"));
  }

  @Test
  void thePipelineDoesWithoutTheConsumers() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(
                "dev.sluice.consume..", "dev.sluice.target..", "dev.sluice.cli..")
            .and()
            .haveNameNotMatching("dev\\.sluice\\.rabbit\\.(Queue|Stream)Inbox.*")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.sluice.consume..", "dev.sluice.target..")
            .because("they lie in sluice-consumers.jar, which need not be there"));
  }

  @Test
  void theDoctorKnowsTheServersAndNoStageOfThePipeline() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.sluice.doctor..")
            .should()
            .dependOnClassesThat(
                nameMatching("dev\\.sluice\\.pipeline\\.(?!(FailureKind|PipelineException)$).*"))
            .because("it looks at what a pipeline needs, and is none: ask the servers"));
  }

  @Test
  void theMonitorHearsOfTheWorkAndKnowsNoServer() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.sluice.monitor..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                "dev.sluice.monitor..",
                "dev.sluice.change..",
                "dev.sluice.checkpoint..",
                "dev.sluice.config..",
                "dev.sluice.message..",
                "dev.sluice.pipeline..",
                "dev.sluice.snapshot..",
                "com.fasterxml.jackson..",
                "com.sun.net.httpserver..",
                "io.prometheus..",
                "org.bson..",
                "org.slf4j..",
                "reactor.core.publisher..",
                "java..")
            .because("what it is to tell is handed to it by dev.sluice.cli"));
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("dev.sluice.monitor..", "dev.sluice.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.sluice.monitor..", "io.prometheus..", "com.sun.net.httpserver..")
            .because("nothing that works needs to be watched: it takes a listener"));
  }

  @Test
  void tlsIsMadeOfSettingsAndTheJdk() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.sluice.tls..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.sluice.tls..", "dev.sluice.config..", "java..", "javax.net..")
            .because("both servers use it: what one of them needs more belongs to that one"));
  }

  @Test
  void nobodyImportsTheCommandsButMain() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("dev.sluice.cli..")
            .and()
            .doNotHaveFullyQualifiedName("dev.sluice.Main")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.sluice.cli..")
            .because("wiring happens there, so whatever is needed elsewhere belongs elsewhere"));
  }
}
