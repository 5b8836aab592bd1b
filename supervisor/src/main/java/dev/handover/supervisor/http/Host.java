package dev.handover.supervisor.http;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which hosts a request may be for. A page of elsewhere reaches a loopback address by a name of its own that it lets lead there
 * (DNS rebinding), and then reads all as if it were its own; with an address in the place of the name there is nothing to let
 * lead anywhere.
 */
interface Host {
    /** For what no browser reaches. */
    Host ANY = name -> true;

    /** @param name without its port; empty where a request has none */
    boolean allows(String name);

    /** Addresses, this machine's own name for itself, and names that are configured. */
    static Host orOneOf(List<String> names) {
        Pattern address = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[?[0-9a-f:.]*:[0-9a-f:.]*]?");
        return name -> {
            String small = name.toLowerCase(Locale.ROOT);
            return small.equals("localhost")
                    || names.contains(small)
                    || address.matcher(small).matches();
        };
    }
}
