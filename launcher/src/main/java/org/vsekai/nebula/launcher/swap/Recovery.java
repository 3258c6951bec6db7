package org.vsekai.nebula.launcher.swap;

import java.io.IOException;
import org.vsekai.nebula.launcher.FolderBusyException;
import org.vsekai.nebula.launcher.files.Trees;
import org.vsekai.nebula.launcher.folder.GameFolder;
import org.vsekai.nebula.launcher.folder.WorkFolder;

/** For commands that only look at a folder: they too must not see a swap half done. */
public final class Recovery {
    private Recovery() {}

    /**
     * Ends an interrupted swap, if there is one.
     *
     * @return false if another launcher is at work on the folder, which then is whole at every moment
     */
    public static boolean finishInterrupted(GameFolder folder) throws IOException {
        if (!Trees.isFolder(folder.work())) {
            return true;
        }
        try (WorkFolder work = WorkFolder.take(folder)) {
            boolean ignored = new Swap(folder, Swap.exchangeAllowed()).recover();
            work.clearIfUnused();
            return true;
        } catch (FolderBusyException e) {
            return false;
        }
    }
}
