package dev.handover.supervisor.cli;

/** What this is a build of. */
final class Version {
    private Version() {}

    /** As the jar's manifest says, such as {@code 1.2.3}; {@code unpackaged} where classes are run from elsewhere. */
    static String own() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }
}
