package org.vsekai.nebula.updater.update;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.updater.assets.AssetReference;
import org.vsekai.nebula.updater.endpoint.PublicAddresses;
import org.vsekai.nebula.updater.version.Version;

/**
 * A decision as REST shows it.
 *
 * @param mode to be in afterwards
 * @param size length of the archive, bytes; 0 without a version to go to
 */
record UpdateView(
        Action action,
        String mode,
        @Nullable String version,
        @Nullable URI manifest,
        @Nullable URI index,
        long size,
        String reason) {
    enum Action {
        @JsonProperty("none")
        NONE,
        @JsonProperty("install")
        INSTALL,
        @JsonProperty("update")
        UPDATE,
        @JsonProperty("switch")
        SWITCH
    }

    static UpdateView of(UpdateDecision decision, PublicAddresses addresses) {
        return switch (decision) {
            case UpdateDecision.None(var mode, var reason) ->
                new UpdateView(Action.NONE, mode.text(), null, null, null, 0, reason);
            case UpdateDecision.Install(var version, var reason) -> to(Action.INSTALL, version, reason, addresses);
            case UpdateDecision.Update(var version, var reason) -> to(Action.UPDATE, version, reason, addresses);
            case UpdateDecision.Switch(var version, var reason) -> to(Action.SWITCH, version, reason, addresses);
        };
    }

    private static UpdateView to(Action action, Version version, String reason, PublicAddresses addresses) {
        return new UpdateView(
                action,
                version.mode().text(),
                version.version().text(),
                addresses.resolve(version.manifestFile()),
                addresses.resolve(AssetReference.to(version.index())),
                version.archiveBytes(),
                reason);
    }
}
