package dev.handover.supervisor;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The supervisor's rules of dependence, and that there is something for each of them to look at. */
@AnalyzeClasses(packages = "dev.handover.supervisor", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "dev.handover.supervisor.";

    /** The fewest classes each package is known to have had; a rule over a package that moved would find none. */
    private static final Map<String, Integer> FEWEST_CLASSES = Map.ofEntries(
            entry("core", 9),
            entry("terms", 30),
            entry("config", 20),
            entry("control", 10),
            entry("linux", 30),
            entry("steering", 10),
            entry("witness", 10),
            entry("cli", 15),
            entry("daemon", 10),
            entry("process", 5),
            entry("protocol", 5),
            entry("lines", 2),
            entry("doctor", 4),
            entry("http", 10),
            entry("state", 5),
            entry("upgrade", 7),
            entry("chronicle", 5),
            entry("notify", 5));

    private static final Set<String> JAVA_BASE = Object.class.getModule().getPackages();

    private static final DescribedPredicate<JavaClass> PUBLIC_IN_JAVA_BASE = DescribedPredicate.describe(
            "public packages of java.base",
            type -> type.getPackageName().startsWith("java.") && JAVA_BASE.contains(type.getPackageName()));

    /** The JDK's message of a file's error is the file's name and no more; {@code Why} says what is the matter with it. */
    private static final DescribedPredicate<JavaMethodCall> THE_MESSAGE_OF_AN_IO_EXCEPTION =
            DescribedPredicate.describe(
                    "getMessage of one of the JDK's IOExceptions",
                    call -> call.getName().equals("getMessage")
                            && call.getTargetOwner().isAssignableTo(IOException.class)
                            && call.getTargetOwner().getPackageName().startsWith("java."));

    private static final DescribedPredicate<JavaMethodCall> THE_WALL_CLOCK = DescribedPredicate.describe(
            "the wall clock",
            call -> call.getName().equals("currentTimeMillis")
                    || (call.getName().equals("now")
                            && call.getTargetOwner().getPackageName().equals("java.time")));

    @ArchTest
    static final ArchRule AN_IO_EXCEPTION_IS_TOLD_IN_WORDS = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + "terms.Why")
            .should()
            .callMethodWhere(THE_MESSAGE_OF_AN_IO_EXCEPTION);

    @ArchTest
    static final ArchRule THE_TERMS_KNOW_NOTHING_BUT_JAVA_BASE = onlyKnows("terms");

    @ArchTest
    static final ArchRule THE_CORE_KNOWS_NOTHING_BUT_THE_TERMS = onlyKnows("core", "terms");

    @ArchTest
    static final ArchRule ONLY_THE_DAEMON_LETS_THE_CORE_DECIDE = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + "core..", ROOT + "daemon..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "core..");

    @ArchTest
    static final ArchRule THE_KERNEL_AND_THE_CONFIGURATION_STAND_ON_THE_TERMS_ALONE = classes()
            .that()
            .resideInAnyPackage(ROOT + "linux..", ROOT + "config..")
            .should()
            .onlyDependOnClassesThat(resideOutsideOfPackage("dev.handover..")
                    .or(resideInAnyPackage(ROOT + "linux..", ROOT + "config..", ROOT + "terms..")));

    @ArchTest
    static final ArchRule ONLY_THE_LINUX_PACKAGE_CALLS_NATIVE_CODE = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "linux..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jnr..");

    /** Their classes are loaded where HTTP is answered, and nowhere else. */
    @ArchTest
    static final ArchRule ONLY_WHAT_IS_BEHIND_THE_LISTENER_KNOWS_ITS_LIBRARIES = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "http..")
            .or()
            .haveFullyQualifiedName(ROOT + "http.Listening")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.hc..", "io.prometheus..");

    /** Its classes are loaded where there is something to send, and nowhere else. */
    @ArchTest
    static final ArchRule ONLY_A_WEBHOOK_KNOWS_THE_HTTP_CLIENT = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + "notify.Webhook")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.net.http..");

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CYCLE =
            slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_PRINTS =
            noClasses().that().resideOutsideOfPackage(ROOT + "cli..").should(ACCESS_STANDARD_STREAMS);

    /** The wall clock may jump: it is shown, noted, and compared with a file's, and nothing is waited for by it. */
    @ArchTest
    static final ArchRule NOTHING_IS_WAITED_FOR_BY_THE_WALL_CLOCK = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + "daemon.Log")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "daemon.Loop")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "process.WorkerLog")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "process.RecentOutput")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "control.Reading")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "config.Sources")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "upgrade.Succession")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "upgrade.Upgrades")
            .should()
            .callMethodWhere(THE_WALL_CLOCK);

    private static ArchRule onlyKnows(String packageName, String... others) {
        String[] known = Stream.concat(Stream.of(packageName), Stream.of(others))
                .map(name -> ROOT + name + "..")
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(ROOT + packageName + "..")
                .should()
                .onlyDependOnClassesThat(PUBLIC_IN_JAVA_BASE
                        .or(resideInAnyPackage("org.jspecify.annotations"))
                        .or(resideInAnyPackage(known)));
    }

    @ArchTest
    static void everyRuleHasClassesToLookAt(JavaClasses all) {
        FEWEST_CLASSES.forEach((name, fewest) -> assertThat(all.that(resideInAnyPackage(ROOT + name + "..")))
                .as("classes of the package %s", name)
                .hasSizeGreaterThanOrEqualTo(fewest));
    }
}
