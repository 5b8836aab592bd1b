package dev.handover.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What a program takes on with this library: nothing but the JDK. */
@AnalyzeClasses(packages = "dev.handover.worker", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule NOTHING_BUT_THE_JDK_IS_NEEDED = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.handover.worker..", "java..", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule NOTHING_IS_PRINTED = noClasses().should(ACCESS_STANDARD_STREAMS);

    @ArchTest
    static void bothRulesHaveClassesToLookAt(JavaClasses all) {
        assertThat(all).hasSizeGreaterThanOrEqualTo(14);
    }
}
