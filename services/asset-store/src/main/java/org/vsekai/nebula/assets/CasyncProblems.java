package org.vsekai.nebula.assets;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.problem.ProblemTranslator;

/** The store's folder may be away at any call; the other failures of casync are translated where they mean something. */
@ApplicationScoped
class CasyncProblems implements ProblemTranslator {
    private static final Logger LOG = Logger.getLogger(CasyncProblems.class);

    @Override
    public Optional<ProblemException> translate(Throwable failure) {
        if (failure instanceof StoreUnavailableException unavailable) {
            LOG.errorf("The store is unavailable: %s", unavailable.getMessage());
            return Optional.of(new ProblemException(
                    ProblemKind.UNAVAILABLE,
                    "STORE_UNAVAILABLE",
                    "The store cannot be read. Its health and log say why.",
                    unavailable));
        }
        return Optional.empty();
    }
}
