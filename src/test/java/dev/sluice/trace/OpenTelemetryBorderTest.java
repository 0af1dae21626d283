package dev.sluice.trace;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** As ArchitectureTest, for what lies in sluice-tracing.jar. */
class OpenTelemetryBorderTest {
  private static final String MEND = "it need not be there: use dev.sluice.trace.Spans";

  private static final JavaClasses SLUICE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.sluice");

  @Test
  void openTelemetryIsKnownInItsRoomOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.sluice.trace.otel..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.opentelemetry..")
        .because(MEND)
        .check(SLUICE);
  }

  @Test
  void itsRoomIsKnownToTheCommandsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.sluice.trace.otel..", "dev.sluice.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.sluice.trace.otel..")
        .because(MEND)
        .check(SLUICE);
  }
}
