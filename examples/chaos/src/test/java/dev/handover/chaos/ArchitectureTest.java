package dev.handover.chaos;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.handover.chaos");

    @Test
    void thereIsSomethingToCheck() {
        assertThat(CLASSES).hasSizeGreaterThan(30);
    }

    @Test
    void onlyTheLinkCallsTheKernelThroughJnr() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.handover.chaos.link")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jnr..", "com.kenai..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.handover.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
