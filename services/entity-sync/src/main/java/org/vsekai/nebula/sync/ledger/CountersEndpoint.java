package org.vsekai.nebula.sync.ledger;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import java.util.Set;
import org.vsekai.nebula.api.ledger.v1.AddToCounterRequest;
import org.vsekai.nebula.api.ledger.v1.CompareAndSetCounterRequest;
import org.vsekai.nebula.api.ledger.v1.CompareAndSetCounterResponse;
import org.vsekai.nebula.api.ledger.v1.Counter;
import org.vsekai.nebula.api.ledger.v1.CounterEvent;
import org.vsekai.nebula.api.ledger.v1.Counters;
import org.vsekai.nebula.api.ledger.v1.GetCounterRequest;
import org.vsekai.nebula.api.ledger.v1.ListCountersRequest;
import org.vsekai.nebula.api.ledger.v1.ListCountersResponse;
import org.vsekai.nebula.api.ledger.v1.WatchCountersRequest;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Result;
import org.vsekai.nebula.ledger.WatchFilter;

/** Every method of {@code vsekai.nebula.ledger.v1.Counters}. */
@GrpcService
class CountersEndpoint implements Counters {
    private final Requests requests;
    private final Watches watches;

    CountersEndpoint(Requests requests, Watches watches) {
        this.requests = requests;
        this.watches = watches;
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.OPERATOR})
    public Uni<Counter> getCounter(GetCounterRequest request) {
        String name = request.getName();
        return requests.read(request.getReadConsistency(), view -> Messages.counter(name, view.counter(name)));
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<Counter> addToCounter(AddToCounterRequest request) {
        String name = request.getName();
        return requests.execute(
                request.getRequestId(), new Command.AddToCounter(name, request.getDelta()), result -> switch (result) {
                    case Result.CounterValue sum -> Messages.counter(name, sum.value());
                    case Result.Refusal refusal -> throw LedgerProblems.refused(refusal);
                    default -> throw LedgerProblems.unexpected(result);
                });
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<CompareAndSetCounterResponse> compareAndSetCounter(CompareAndSetCounterRequest request) {
        String name = request.getName();
        return requests.execute(
                request.getRequestId(),
                new Command.CompareAndSetCounter(name, request.getExpected(), request.getValue()),
                result -> switch (result) {
                    case Result.CounterValue set -> compared(true, name, set.value());
                    case Result.CounterMismatch mismatch -> compared(false, name, mismatch.actual());
                    case Result.Refusal refusal -> throw LedgerProblems.refused(refusal);
                    default -> throw LedgerProblems.unexpected(result);
                });
    }

    private static CompareAndSetCounterResponse compared(boolean swapped, String name, long value) {
        return CompareAndSetCounterResponse.newBuilder()
                .setSwapped(swapped)
                .setCounter(Messages.counter(name, value))
                .build();
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.OPERATOR})
    public Uni<ListCountersResponse> listCounters(ListCountersRequest request) {
        PageRequest page = PageRequest.ofMessage(request.getPageSize(), request.getPageToken());
        return requests.read(request.getReadConsistency(), view -> Parts.counters(view, request.getPrefix(), page))
                .map(found -> Page.of(page, found, org.vsekai.nebula.ledger.Counter::name, Messages::counter))
                .map(part -> ListCountersResponse.newBuilder()
                        .addAllCounters(part.items())
                        .setNextPageToken(Messages.token(part))
                        .build());
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.OPERATOR})
    public Multi<CounterEvent> watchCounters(WatchCountersRequest request) {
        return watches.stream(
                new WatchFilter(Set.of(WatchFilter.Kind.COUNTERS), request.getPrefix()),
                Messages::counterEvent,
                index -> CounterEvent.newBuilder()
                        .setIndex(index)
                        .setCurrent(true)
                        .build());
    }
}
