package dev.sluice;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.sluice.ShippedClasses.check;

import com.tngtech.archunit.core.domain.JavaModifier;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.scheduler.Schedulers;

/**
 * How classes behave, whichever package they are in. Each rule says in its "because" how to mend a
 * breach.
 */
class ConductTest {
  @Test
  void theWorldIsSeenFromTheCommandsOnly() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("dev.sluice.cli..")
            .and()
            .doNotHaveFullyQualifiedName("dev.sluice.Main")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getProperty", String.class)
            .orShould()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .because("a test must be able to be the world: take a Clock, a Console, settings"));
  }

  @Test
  void everySchedulerIsMadeInOnePlace() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("dev.sluice.cli..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Schedulers.class)
            .because("threads are named and counted in Wiring: take a Scheduler"));
  }

  @Test
  void nobodyBlocksOrSubscribesButTheCommands() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("dev.sluice.cli..")
            // Two stages are operators of our own, and an operator subscribes to what is above it.
            .and()
            .haveNameNotMatching(
                "dev\\.sluice\\.pipeline\\.(Admission|Insertions|Publishing)(\\$.*)?")
            // A target is called by the consumer's one thread, which waits for it.
            .and()
            .doNotHaveFullyQualifiedName("dev.sluice.target.mongodb.Answers")
            .should()
            .callMethodWhere(
                target(owner(assignableTo(Publisher.class)))
                    .and(target(nameMatching("subscribe|subscribeWith|block.*|toFuture"))))
            .because("the supervisor's Mono is subscribed to once, by the run command"));
  }

  @Test
  void nobodySleeps() {
    check(
        noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .because("wait for what is to happen, or use a Scheduler's time"));
  }

  @Test
  void nothingStaticCanChange() {
    check(
        fields()
            .that()
            .areStatic()
            .should()
            .beFinal()
            .because("two pipelines in one process, and two tests side by side, must not meet"));
  }

  @Test
  void classesAreFinalUnlessTheyAreMadeToBeExtended() {
    check(
        classes()
            .that()
            .areNotInterfaces()
            .and()
            .areTopLevelClasses()
            .and()
            .doNotHaveModifier(JavaModifier.ABSTRACT)
            .should()
            .haveModifier(JavaModifier.FINAL)
            .because("inheritance is a promise that nobody has made here"));
  }
}
