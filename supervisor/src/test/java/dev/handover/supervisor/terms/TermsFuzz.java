package dev.handover.supervisor.terms;

import dev.handover.supervisor.fuzz.Bytes;

/** Addresses and names, as files and command lines have them. */
public final class TermsFuzz {
    private TermsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = Bytes.text(input);
        address(text);
        literal(text);
        name(text);
        Bytes.requireHarmless(ControlCharacters.escaped(text));
    }

    private static void address(String text) {
        ListenAddress address;
        try {
            address = ListenAddress.parse(text);
        } catch (IllegalArgumentException told) {
            return;
        }
        Bytes.require(ListenAddress.parse(address.toString()).equals(address), "it is not read as it is written");
        Bytes.requireHarmless(address.toString());
    }

    private static void literal(String text) {
        try {
            String written = IpLiteral.format(IpLiteral.parse(text));
            Bytes.require(
                    IpLiteral.format(IpLiteral.parse(written)).equals(written), "it is not read as it is written");
        } catch (IllegalArgumentException told) {
            // As its callers expect.
        }
    }

    private static void name(String text) {
        try {
            Bytes.requireHarmless(new ServiceName(text).value());
        } catch (IllegalArgumentException told) {
            // As its callers expect.
        }
    }
}
