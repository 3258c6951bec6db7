package org.vsekai.nebula.kit.ledger;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Flow;

/** A server's stream as a subscription: no message is taken from the connection before it was asked for. */
final class ServerStream<R> extends ClientCall.Listener<R> implements Flow.Subscription {
    private final ClientCall<?, R> call;
    private final Flow.Subscriber<? super R> subscriber;
    private volatile boolean cancelled;

    private ServerStream(ClientCall<?, R> call, Flow.Subscriber<? super R> subscriber) {
        this.call = call;
        this.subscriber = subscriber;
    }

    static <Q, R> void open(ClientCall<Q, R> call, Q request, Flow.Subscriber<? super R> subscriber) {
        ServerStream<R> stream = new ServerStream<>(call, subscriber);
        call.start(stream, new Metadata());
        subscriber.onSubscribe(stream);
        call.sendMessage(request);
        call.halfClose();
    }

    @Override
    public void request(long messages) {
        call.request((int) Math.min(messages, Integer.MAX_VALUE));
    }

    @Override
    public void cancel() {
        cancelled = true;
        call.cancel("nobody listens any more", null);
    }

    @Override
    public void onMessage(R message) {
        subscriber.onNext(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (cancelled) {
            return;
        }
        if (status.isOk()) {
            subscriber.onComplete();
        } else {
            subscriber.onError(status.asRuntimeException(trailers));
        }
    }
}
