package org.vsekai.nebula.launcher.state;

/** The steps of an update in their order. The names are what programs see. */
public enum Step {
    CHECK_LAUNCHER_FOLDER("check_launcher_folder"),
    VALIDATE_MANIFEST_FILE_AND_VERSION("validate_manifest_file_and_version"),
    ENSURE_CORRECT_FILES_FOR_UPDATE("ensure_correct_files_for_update"),
    DOWNLOAD_TO_TEMP("download_to_temp"),
    DELETE_OLD_AND_MOVE_OVER("delete_old_and_move_over"),
    SETUP_REGISTRY_VALUES("setup_registry_values");

    private final String label;

    Step(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
