package dev.handover.supervisor;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;

/** The supervisor's four rules of dependence, and that there is something for each of them to look at. */
@AnalyzeClasses(packages = "dev.handover.supervisor", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "dev.handover.supervisor.";

    /** The fewest classes each package is known to have had; a rule over a package that moved would find none. */
    private static final Map<String, Integer> FEWEST_CLASSES = Map.of(
            "core",
            30,
            "config",
            20,
            "control",
            10,
            "linux",
            30,
            "steering",
            10,
            "cli",
            15,
            "daemon",
            10,
            "process",
            5,
            "protocol",
            5,
            "doctor",
            4);

    private static final Set<String> JAVA_BASE = Object.class.getModule().getPackages();

    private static final DescribedPredicate<JavaClass> PUBLIC_IN_JAVA_BASE = DescribedPredicate.describe(
            "public packages of java.base",
            type -> type.getPackageName().startsWith("java.") && JAVA_BASE.contains(type.getPackageName()));

    @ArchTest
    static final ArchRule THE_CORE_KNOWS_NOTHING_BUT_JAVA_BASE = classes()
            .that()
            .resideInAPackage(ROOT + "core..")
            .should()
            .onlyDependOnClassesThat(
                    PUBLIC_IN_JAVA_BASE.or(resideInAnyPackage(ROOT + "core..", "org.jspecify.annotations")));

    @ArchTest
    static final ArchRule ONLY_THE_LINUX_PACKAGE_CALLS_NATIVE_CODE = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "linux..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jnr..");

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CYCLE =
            slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_PRINTS =
            noClasses().that().resideOutsideOfPackage(ROOT + "cli..").should(ACCESS_STANDARD_STREAMS);

    @ArchTest
    static void everyRuleHasClassesToLookAt(JavaClasses all) {
        FEWEST_CLASSES.forEach((name, fewest) -> assertThat(all.that(resideInAnyPackage(ROOT + name + "..")))
                .as("classes of the package %s", name)
                .hasSizeGreaterThanOrEqualTo(fewest));
    }
}
