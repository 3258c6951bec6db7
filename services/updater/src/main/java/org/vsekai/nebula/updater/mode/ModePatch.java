package org.vsekai.nebula.updater.mode;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The body that changes a mode, as a JSON merge patch (RFC 7396): absent stays, null clears. Filled by Jackson. */
class ModePatch {
    private @Nullable Boolean isActive;
    private ModeChange.UpdateTo updateTo = new ModeChange.UpdateTo.Unchanged();

    public void setIsActive(@Nullable Boolean isActive) {
        this.isActive = isActive;
    }

    public void setUpdateTo(@Nullable String name) {
        this.updateTo = name == null
                ? new ModeChange.UpdateTo.Nowhere()
                : new ModeChange.UpdateTo.Elsewhere(ModeName.parse(name));
    }

    ModeChange toChange() {
        return new ModeChange(Optional.ofNullable(isActive), updateTo);
    }
}
