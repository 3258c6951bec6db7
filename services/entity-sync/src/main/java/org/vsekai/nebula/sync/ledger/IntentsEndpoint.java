package org.vsekai.nebula.sync.ledger;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.ledger.v1.AbortIntentRequest;
import org.vsekai.nebula.api.ledger.v1.AbortIntentResponse;
import org.vsekai.nebula.api.ledger.v1.BeginIntentRequest;
import org.vsekai.nebula.api.ledger.v1.BeginIntentResponse;
import org.vsekai.nebula.api.ledger.v1.CommitIntentRequest;
import org.vsekai.nebula.api.ledger.v1.CommitIntentResponse;
import org.vsekai.nebula.api.ledger.v1.GetIntentRequest;
import org.vsekai.nebula.api.ledger.v1.Intent;
import org.vsekai.nebula.api.ledger.v1.IntentEvent;
import org.vsekai.nebula.api.ledger.v1.Intents;
import org.vsekai.nebula.api.ledger.v1.ListIntentsRequest;
import org.vsekai.nebula.api.ledger.v1.ListIntentsResponse;
import org.vsekai.nebula.api.ledger.v1.WatchIntentsRequest;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Intent.State;
import org.vsekai.nebula.ledger.Result;
import org.vsekai.nebula.ledger.WatchFilter;

/** Every method of {@code vsekai.nebula.ledger.v1.Intents}. */
@GrpcService
class IntentsEndpoint implements Intents {
    private final Requests requests;
    private final Watches watches;

    IntentsEndpoint(Requests requests, Watches watches) {
        this.requests = requests;
        this.watches = watches;
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<BeginIntentResponse> beginIntent(BeginIntentRequest request) {
        return requests.execute(
                request.getRequestId(),
                new Command.BeginIntent(
                        id(request.getId()),
                        request.getKind(),
                        request.getWriter(),
                        request.getLease(),
                        request.getLeaseToken(),
                        request.getCoversList()),
                result -> switch (result) {
                    case Result.IntentBegun begun ->
                        BeginIntentResponse.newBuilder()
                                .setId(begun.id().toString())
                                .setToken(begun.token())
                                .build();
                    case Result.Refusal refusal -> throw LedgerProblems.refused(refusal);
                    default -> throw LedgerProblems.unexpected(result);
                });
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<CommitIntentResponse> commitIntent(CommitIntentRequest request) {
        return requests.execute(
                request.getRequestId(),
                new Command.CommitIntent(id(request.getId()), request.getToken()),
                result -> CommitIntentResponse.newBuilder()
                        .setChanged(changed(result, State.COMMITTED))
                        .build());
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<AbortIntentResponse> abortIntent(AbortIntentRequest request) {
        return requests.execute(
                request.getRequestId(),
                new Command.AbortIntent(id(request.getId()), request.getToken(), request.getReason()),
                result -> AbortIntentResponse.newBuilder()
                        .setChanged(changed(result, State.ABORTED))
                        .build());
    }

    /** Who asks for what is so already may go on; whose doing it was makes no difference. */
    private static boolean changed(Result result, State wanted) {
        return switch (result) {
            case Result.IntentFinished _ -> true;
            case Result.IntentNotPending finished when finished.state() == wanted -> false;
            case Result.Refusal refusal -> throw LedgerProblems.refused(refusal);
            default -> throw LedgerProblems.unexpected(result);
        };
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.OPERATOR})
    public Uni<Intent> getIntent(GetIntentRequest request) {
        UUID id = id(request.getId());
        return requests.read(request.getReadConsistency(), view -> view.findIntent(id)
                        .map(intent -> Messages.intent(intent, Parts.isOrphaned(view, intent))))
                .map(found -> found.orElseThrow(() -> LedgerProblems.refused(new Result.IntentUnknown(id))));
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.OPERATOR})
    public Uni<ListIntentsResponse> listIntents(ListIntentsRequest request) {
        PageRequest page = PageRequest.ofMessage(request.getPageSize(), request.getPageToken());
        IntentQuery query = new IntentQuery(
                switch (request.getState()) {
                    case INTENT_STATE_UNSPECIFIED -> Optional.empty();
                    case INTENT_STATE_PENDING -> Optional.of(State.PENDING);
                    case INTENT_STATE_COMMITTED -> Optional.of(State.COMMITTED);
                    case INTENT_STATE_ABORTED -> Optional.of(State.ABORTED);
                    case UNRECOGNIZED ->
                        throw ProblemException.invalid("INVALID_FIELD", "state is none that is known here.");
                },
                request.getKind().isEmpty() ? Optional.empty() : Optional.of(request.getKind()),
                request.getOrphaned());
        return requests.read(
                        request.getReadConsistency(),
                        view -> Page.of(
                                page,
                                Parts.intents(view, query, page),
                                Parts::key,
                                intent -> Messages.intent(intent, Parts.isOrphaned(view, intent))))
                .map(part -> ListIntentsResponse.newBuilder()
                        .addAllIntents(part.items())
                        .setNextPageToken(Messages.token(part))
                        .build());
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.OPERATOR})
    public Multi<IntentEvent> watchIntents(WatchIntentsRequest request) {
        return watches.stream(
                new WatchFilter(Set.of(WatchFilter.Kind.INTENTS), request.getKindPrefix()),
                Messages::intentEvent,
                index -> IntentEvent.newBuilder()
                        .setIndex(index)
                        .setCurrent(true)
                        .build());
    }

    /** One text for one id: UUID.fromString alone takes shortened groups too. */
    private static UUID id(String text) {
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equalsIgnoreCase(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw invalidId(e);
        }
        throw invalidId(null);
    }

    private static ProblemException invalidId(@Nullable Throwable cause) {
        return new ProblemException(ProblemKind.INVALID, "INVALID_FIELD", "An intent's id is a UUID.", cause);
    }
}
