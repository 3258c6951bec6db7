package org.vsekai.nebula.assets.collect;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import org.vsekai.nebula.kit.fence.Fences;
import org.vsekai.nebula.kit.intent.IntentResolver;
import org.vsekai.nebula.kit.intent.Verdict;
import org.vsekai.nebula.kit.intent.WriteIntent;

/**
 * Says how collections ended whose collector is no more. What it condemned stands in the database and is carried out by
 * whoever takes the run up, under an intent of its own; so there is nothing to undo and nothing to finish here, only to make sure
 * that the dead collector condemns nothing more.
 */
@ApplicationScoped
class Collecting implements IntentResolver {
    private static final String RUN = "run";

    private final Fences fences;
    private final Runs runs;

    Collecting(Fences fences, Runs runs) {
        this.fences = fences;
        this.runs = runs;
    }

    static List<String> covers(Run run) {
        return List.of("fence/" + Turns.CLAIM, RUN + "/" + run.id());
    }

    @Override
    public String kind() {
        return "collect";
    }

    @Override
    public Uni<Verdict> resolve(WriteIntent intent) {
        return fences.shutOut(Turns.CLAIM, intent.token())
                .chain(() -> runs.find(UUID.fromString(intent.covered(RUN))))
                .map(run -> run.<Verdict>map(found -> switch (found.state()) {
                            case COMPLETED -> new Verdict.Committed();
                            case FAILED -> new Verdict.Aborted("its run failed");
                            case CANCELLED -> new Verdict.Aborted("its run was cancelled");
                            case RUNNING -> new Verdict.Aborted("its run is carried on under another intent");
                        })
                        .orElseGet(() -> new Verdict.Aborted("its run is not known")));
    }
}
