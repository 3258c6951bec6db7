package org.vsekai.nebula.kit.ledger;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.vsekai.nebula.kit.problem.GrpcStatuses;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/**
 * The members of the ledger, any of which answers every call. The one that answered last is asked first; one that does not
 * answer is passed over for the next, and after each round of them there is a pause.
 *
 * <p>What may be concluded from a failed attempt: if its request never left, or the member says that nothing was done, then
 * that attempt did nothing. Of every other it is open, and so of the whole call unless a later attempt of the same request
 * id is answered. Thread-safe.
 */
final class LedgerMembers implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** Reasons by which a member says that the attempt did nothing and may be made again. */
    private static final Set<String> NOT_DONE = Set.of("NO_LEADER", "WINDOW_FULL", "LEDGER_NOT_HOSTED");

    /** Codes of answers that another attempt would get too. */
    private static final Set<Status.Code> FINAL = Set.of(
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.ALREADY_EXISTS,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.OUT_OF_RANGE,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.UNIMPLEMENTED);

    private final LedgerEndpoints endpoints;
    private final List<ManagedChannel> channels;
    private final AtomicInteger preferred = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();

    LedgerMembers(LedgerEndpoints endpoints) {
        this.endpoints = endpoints;
        Metadata metadata = new Metadata();
        endpoints.token().ifPresent(token -> metadata.put(AUTHORIZATION, "Bearer " + token));
        ChannelCredentials credentials = credentials(endpoints.trust());
        this.channels = endpoints.addresses().stream()
                .map(address -> Grpc.newChannelBuilder(address, credentials)
                        .intercept(MetadataUtils.newAttachHeadersInterceptor(metadata))
                        .build())
                .toList();
    }

    private static ChannelCredentials credentials(Optional<Path> trust) {
        if (trust.isEmpty()) {
            return InsecureChannelCredentials.create();
        }
        try {
            return TlsChannelCredentials.newBuilder()
                    .trustManager(trust.get().toFile())
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException("nebula.ledger.trust: " + trust.get() + " cannot be read", e);
        }
    }

    boolean isEmpty() {
        return channels.isEmpty();
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }

    /** @param write the request id of a call that changes something; empty: it may be repeated without end */
    <Q, R> Uni<R> call(MethodDescriptor<Q, R> method, Q request, Optional<UUID> write, Duration deadline) {
        return Uni.createFrom().deferred(() -> {
            if (channels.isEmpty()) {
                return Uni.createFrom().failure(LedgerMembers::notConfigured);
            }
            if (inFlight.incrementAndGet() > endpoints.maxInFlight()) {
                inFlight.decrementAndGet();
                return Uni.createFrom()
                        .failure(() -> new LedgerUnavailableException(
                                endpoints.maxInFlight() + " calls to the ledger are under way, which is"
                                        + " nebula.ledger.max-in-flight; try again later.",
                                null));
            }
            return new Call<>(method, request, write, System.nanoTime() + deadline.toNanos())
                    .attempt(1)
                    .onTermination()
                    .invoke(inFlight::decrementAndGet);
        });
    }

    private static LedgerUnavailableException notConfigured() {
        return new LedgerUnavailableException(
                "This service knows no ledger. nebula.ledger.endpoints must name its members.", null);
    }

    /** One call with all its attempts. */
    private final class Call<Q, R> {
        private final MethodDescriptor<Q, R> method;
        private final Q request;
        private final Optional<UUID> write;
        private final long endNanos;
        /** Attempts follow one another, each of which sees what the one before it found. */
        private volatile boolean maybeDone;

        Call(MethodDescriptor<Q, R> method, Q request, Optional<UUID> write, long endNanos) {
            this.method = method;
            this.request = request;
            this.write = write;
            this.endNanos = endNanos;
        }

        Uni<R> attempt(int number) {
            int member = preferred.get();
            AtomicBoolean sent = new AtomicBoolean();
            long nanos =
                    Math.min(endNanos - System.nanoTime(), endpoints.attempt().toNanos());
            CallOptions options = CallOptions.DEFAULT
                    .withDeadlineAfter(nanos, TimeUnit.NANOSECONDS)
                    .withStreamTracerFactory(new SentTracer(sent));
            return unary(channels.get(member).newCall(method, options), request)
                    .onFailure()
                    .recoverWithUni(failure -> failed(failure, sent.get(), member, number));
        }

        private Uni<R> failed(Throwable failure, boolean sent, int member, int number) {
            if (!(failure instanceof StatusRuntimeException status)) {
                return Uni.createFrom().failure(failure);
            }
            String reason = GrpcStatuses.findReason(status).orElse("");
            boolean notDone = !sent || NOT_DONE.contains(reason);
            Status.Code code = status.getStatus().getCode();
            if (code == Status.Code.UNAUTHENTICATED || code == Status.Code.PERMISSION_DENIED) {
                return Uni.createFrom().failure(() -> maybeDone ? open(status) : refused(status));
            }
            if (!notDone && FINAL.contains(code) && !reason.isEmpty()) {
                return Uni.createFrom().failure(() -> GrpcStatuses.toProblem(status));
            }
            maybeDone |= !notDone && !reason.equals("REQUEST_EXPIRED");
            preferred.compareAndSet(member, (member + 1) % channels.size());
            if (!sent) {
                // Otherwise the channel goes on refusing without a look for up to two minutes.
                channels.get(member).resetConnectBackoff();
            }
            Duration pause = number % channels.size() == 0 ? pause(number / channels.size()) : Duration.ZERO;
            if (reason.equals("REQUEST_EXPIRED") || System.nanoTime() + pause.toNanos() >= endNanos) {
                return Uni.createFrom().failure(() -> open(status));
            }
            return pause.isZero()
                    ? attempt(number + 1)
                    : Uni.createFrom()
                            .voidItem()
                            .onItem()
                            .delayIt()
                            .by(pause)
                            .chain(() -> System.nanoTime() >= endNanos
                                    ? Uni.createFrom().failure(() -> open(status))
                                    : attempt(number + 1));
        }

        /** What to say when time is up. */
        private ProblemException open(StatusRuntimeException last) {
            if (maybeDone && write.isPresent()) {
                return new LedgerOutcomeUnknownException(write.get(), last);
            }
            String description = last.getStatus().getDescription();
            return new LedgerUnavailableException(
                    "The ledger did not answer in time; try again later. Its last member said: "
                            + last.getStatus().getCode() + (description == null ? "" : ", " + description),
                    last);
        }
    }

    private static ProblemException refused(StatusRuntimeException status) {
        return new ProblemException(
                ProblemKind.UNAVAILABLE,
                "LEDGER_REFUSED",
                "The ledger refuses this service's token; NEBULA_LEDGER_TOKEN must be one that entity-sync knows with role"
                        + " server.",
                status);
    }

    private Duration pause(int round) {
        long longest = Math.min(
                endpoints.maxBackoff().toMillis(), endpoints.initialBackoff().toMillis() << Math.min(round - 1, 20));
        // Full jitter: those who were refused at the same moment must not come back at the same moment.
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest + 1) + 1);
    }

    private static <Q, R> Uni<R> unary(ClientCall<Q, R> call, Q request) {
        return Uni.createFrom().emitter(emitter -> {
            emitter.onTermination(() -> call.cancel("the answer is no longer wanted", null));
            ClientCalls.asyncUnaryCall(call, request, new StreamObserver<>() {
                @Override
                public void onNext(R response) {
                    emitter.complete(response);
                }

                @Override
                public void onError(Throwable failure) {
                    emitter.fail(failure);
                }

                @Override
                public void onCompleted() {
                    // A unary call completes with its one message or fails.
                }
            });
        });
    }

    /**
     * The messages of a stream that begins anew wherever it breaks off.
     *
     * @param idle a stream that is silent for longer is given up as broken
     * @param begin stands at the head of each new stream
     */
    <Q, R> Multi<R> stream(MethodDescriptor<Q, R> method, Q request, Duration idle, R begin) {
        if (channels.isEmpty()) {
            return Multi.createFrom().failure(LedgerMembers::notConfigured);
        }
        Multi<R> once = Multi.createFrom().deferred(() -> {
            int member = preferred.get();
            ManagedChannel channel = channels.get(member);
            Multi<R> messages = Multi.createFrom()
                    .<R>publisher(subscriber ->
                            ServerStream.open(channel.newCall(method, CallOptions.DEFAULT), request, subscriber))
                    .ifNoItem()
                    .after(idle)
                    .fail()
                    .onFailure()
                    .invoke(() -> {
                        preferred.compareAndSet(member, (member + 1) % channels.size());
                        channel.resetConnectBackoff();
                    })
                    .onCompletion()
                    .failWith(() -> Status.UNAVAILABLE
                            .withDescription("the stream ended")
                            .asRuntimeException());
            return Multi.createBy().concatenating().streams(Multi.createFrom().item(begin), messages);
        });
        return once.onFailure(LedgerMembers::mayBegin)
                .retry()
                .when(failures -> failures.onItem().transformToUniAndConcatenate(failure -> Uni.createFrom()
                        .item(failure)
                        .onItem()
                        .delayIt()
                        .by(pause(Integer.MAX_VALUE))))
                .onFailure(StatusRuntimeException.class)
                .transform(failure -> {
                    StatusRuntimeException status = (StatusRuntimeException) failure;
                    Status.Code code = status.getStatus().getCode();
                    return code == Status.Code.UNAUTHENTICATED || code == Status.Code.PERMISSION_DENIED
                            ? refused(status)
                            : GrpcStatuses.toProblem(status);
                });
    }

    private static boolean mayBegin(Throwable failure) {
        if (!(failure instanceof StatusRuntimeException status)) {
            return failure instanceof io.smallrye.mutiny.TimeoutException;
        }
        return switch (status.getStatus().getCode()) {
            case UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT, UNIMPLEMENTED -> false;
            default -> true;
        };
    }

    /** Notes that the head of a request has left this process, from when on its member may have it. */
    private static final class SentTracer extends ClientStreamTracer.Factory {
        private final AtomicBoolean sent;

        SentTracer(AtomicBoolean sent) {
            this.sent = sent;
        }

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void outboundHeaders() {
                    sent.set(true);
                }
            };
        }
    }
}
