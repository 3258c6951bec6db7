package org.vsekai.nebula.launcher.cli;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.NotConfiguredException;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.HttpLimits;
import org.vsekai.nebula.launcher.http.ServiceAddresses;
import org.vsekai.nebula.launcher.ledger.LedgerMembers;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where the ledger is, and the right to ask it. Not told by the updater, since it is no business of players. */
final class LedgerOptions {
    private static final String ENVIRONMENT = "VSEKAI_LEDGER";

    /** A member that is paused or cut off must not keep an operator from the others for long. */
    private static final HttpLimits TO_LOOK = limits(Duration.ofSeconds(10));

    /** A member waits half a minute for a new one to catch up. */
    private static final HttpLimits TO_CHANGE = limits(Duration.ofSeconds(45));

    @Option(
            names = "--ledger",
            paramLabel = "URL[,URL]",
            description =
                    "HTTP addresses of the ledger's members, of all for a full picture. Default: $" + ENVIRONMENT + ".")
    private @Nullable String ledger;

    @Mixin
    private TokenOption token = new TokenOption();

    private static HttpLimits limits(Duration answer) {
        return new HttpLimits(Duration.ofSeconds(3), answer, answer, 1024, 1, Duration.ofMillis(1));
    }

    <T> T ask(CommandSpec command, Function<LedgerMembers, T> question) {
        return with(TO_LOOK, command, question);
    }

    <T> T order(CommandSpec command, Function<LedgerMembers, T> order) {
        return with(TO_CHANGE, command, order);
    }

    private <T> T with(HttpLimits limits, CommandSpec command, Function<LedgerMembers, T> work) {
        List<URI> members = members(command);
        try (Http http = new Http(limits)) {
            return work.apply(new LedgerMembers(http, members, token.get()));
        }
    }

    private List<URI> members(CommandSpec command) {
        String environment = System.getenv(ENVIRONMENT);
        String given = ledger == null ? environment : ledger;
        if (given == null || given.isBlank()) {
            throw new NotConfiguredException(
                    "ledger", "the ledger's members are not known; give --ledger URL[,URL] or set " + ENVIRONMENT);
        }
        List<URI> members = new ArrayList<>();
        for (String address : given.split(",", -1)) {
            try {
                members.add(ServiceAddresses.base(address.strip()));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(command.commandLine(), "--ledger: " + e.getMessage(), e);
            }
        }
        return members;
    }
}
