package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.KernelDefect.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelReleaseTest {
    /** What kernels in the wild call themselves, and what it tells of them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "6.18.44-fc-v782             | #1 SMP PREEMPT_DYNAMIC @0                        | -  | 6.18.44  | NO        | NOT_SHOWN",
                "6.18.35                     | #1 SMP                                           | -  | 6.18.35  | YES       | NOT_SHOWN",
                "6.18.36-arch1-1             | #1 SMP PREEMPT_DYNAMIC                           | -  | 6.18.36  | NO        | NOT_SHOWN",
                "6.1.0-39-amd64              | #1 SMP PREEMPT_DYNAMIC Debian 6.1.170-1 (2026-02) | - | 6.1.170  | YES       | NOT_SHOWN",
                "6.1.0-47-amd64              | #1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07) | - | 6.1.176  | NO        | NOT_SHOWN",
                "6.1.0-39-amd64              | #1 SMP                                           | -  | 6.1      | NOT_SHOWN | NOT_SHOWN",
                "6.12.43+deb13-amd64         | #1 SMP PREEMPT_DYNAMIC Debian 6.12.43-1 (2025-08) | - | 6.12.43  | YES       | NOT_SHOWN",
                "6.8.0-45-generic            | #45-Ubuntu SMP | Ubuntu 6.8.0-45.45-generic 6.8.12    | 6.8.12   | NOT_SHOWN | NOT_SHOWN",
                "5.15.0-200-generic          | #210-Ubuntu SMP | Ubuntu 5.15.0-200.210-generic 5.15.211 | 5.15.211 | NO     | NOT_SHOWN",
                "5.15.0-91-generic           | #101-Ubuntu SMP                                  | -  | 5.15     | NOT_SHOWN | NOT_SHOWN",
                "5.14.0-503.11.1.el9.x86_64  | #1 SMP PREEMPT_DYNAMIC                           | -  | 5.14     | NOT_SHOWN | NOT_SHOWN",
                "6.12.7-55.el10.x86_64       | #1 SMP                                           | -  | 6.12     | NOT_SHOWN | NOT_SHOWN",
                "6.6.87.2-microsoft-standard | #1 SMP                                           | -  | 6.6.87   | NOT_SHOWN | NOT_SHOWN",
                "5.10.0-33-amd64             | #1 SMP Debian 5.10.226-1 (2024-10-03)            | -  | 5.10.226 | NOT_SHOWN | NO",
                "6.18.0-rc3                  | #1 SMP                                           | -  | 6.18     | NOT_SHOWN | NOT_SHOWN",
                "6.18.0                      | #1 SMP                                           | -  | 6.18.0   | YES       | NOT_SHOWN",
                "4.4.302                     | #1 SMP                                           | -  | 4.4.302  | NO        | NO",
                "7.1.3                       | #1 SMP                                           | -  | 7.1.3    | NOT_SHOWN | NO",
                "7.2-rc1                     | #1 SMP                                           | -  | 7.2      | NO        | NO",
            })
    void itsNamesTellWhatTheyCan(
            String release, String build, String signature, String from, Verdict programs, Verdict migration) {
        KernelRelease kernel = KernelRelease.parse(release, build, signature == null ? "" : signature)
                .orElseThrow();
        String patch = kernel.patch().isPresent() ? "." + kernel.patch().getAsInt() : "";
        assertThat(kernel.branch() + patch).isEqualTo(from);
        assertThat(kernel.has(KernelDefect.PROGRAM_FREED_TOO_EARLY)).isEqualTo(programs);
        assertThat(kernel.has(KernelDefect.MIGRATION_WAKES_NOBODY)).isEqualTo(migration);
        assertThat(kernel.toString()).startsWith(release).contains(from);
    }

    @Test
    void whatIsNoKernelsNameTellsNothing() {
        assertThat(KernelRelease.parse("new", "", "")).isEmpty();
        assertThat(KernelRelease.parse("6", "", "")).isEmpty();
    }

    @Test
    void theKernelThatRunsHasAName() {
        assertThat(KernelRelease.running())
                .hasValueSatisfying(
                        kernel -> assertThat(kernel.branch()).isGreaterThan(new KernelRelease.Branch(5, 5)));
    }

    @Test
    void theReleasesWithAFixAreToldNewestFirst() {
        assertThat(KernelDefect.PROGRAM_FREED_TOO_EARLY.mendedIn())
                .isEqualTo("6.18.36, 6.12.94, 6.1.176, 5.15.210, 7.2");
    }
}
