package org.vsekai.nebula.launcher.state;

/**
 * Where an update stands. {@link CheckForUpdates} is the composite state of the design: it is entered at {@code CHECKING} and
 * left from {@code NO_UPDATE_FOUND} or {@code UPDATE_SUCCESSFUL}.
 */
public sealed interface UpdateState {
    /** The name that progress, programs and the folder's state file use. */
    String label();

    /** Waiting for an update to be triggered. */
    enum Idle implements UpdateState {
        IDLE;

        @Override
        public String label() {
            return "Idle";
        }
    }

    /** From the question whether there is an update to its end. */
    enum CheckForUpdates implements UpdateState {
        CHECKING("Checking"),
        NO_UPDATE_FOUND("NoUpdateFound"),
        UPDATE_AVAILABLE("UpdateAvailable"),
        PREPARING_UPDATE("PreparingUpdate"),
        DOWNLOADING_UPDATE("DownloadingUpdate"),
        APPLYING_UPDATE("ApplyingUpdate"),
        FINALIZING_UPDATE("FinalizingUpdate"),
        UPDATE_SUCCESSFUL("UpdateSuccessful");

        private final String label;

        CheckForUpdates(String label) {
            this.label = label;
        }

        @Override
        public String label() {
            return label;
        }
    }

    /** The new version stands; the last traces of the work that led to it are cleared away. */
    enum Updating implements UpdateState {
        UPDATING;

        @Override
        public String label() {
            return "Updating";
        }
    }
}
