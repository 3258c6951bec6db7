package org.vsekai.nebula.launcher.progress;

/** Shows events. Implementations are thread-safe and never fail: a closed terminal must not end an update. */
public interface ProgressListener {
    void on(ProgressEvent event);
}
