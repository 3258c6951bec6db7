package org.vsekai.nebula.cdn.probe;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.cdn.address.AddressPolicy;
import org.vsekai.nebula.cdn.address.CdnUri;
import org.vsekai.nebula.cdn.address.CdnUriRefusedException;
import org.vsekai.nebula.cdn.address.HostUnresolvedException;

/**
 * Fetches the zero chunk from a CDN and checks it. Thread-safe; {@link #probe} blocks its thread, so it is called from
 * virtual threads only.
 *
 * <p>Each probe resolves and checks the host anew and connects to the address that was checked; the host name serves
 * for the Host header and the TLS certificate alone. Each probe opens a connection of its own, so that latency means
 * the same for every CDN: connecting, asking and reading.
 */
public final class Prober implements AutoCloseable {
    private final AddressPolicy policy;
    private final Duration deadline;
    private final HttpClient client;

    /** @param deadline bounds connecting and fetching together */
    public Prober(Vertx vertx, AddressPolicy policy, Duration deadline) {
        this.policy = policy;
        this.deadline = deadline;
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setKeepAlive(false)
                .setVerifyHost(true)
                .setMaxHeaderSize(8 << 10)
                .setMaxInitialLineLength(4 << 10)
                .setConnectTimeout(Math.toIntExact(deadline.toMillis())));
    }

    /** Probes once. Every failure of the CDN is an outcome, never an exception. */
    public ProbeOutcome probe(CdnUri uri) throws InterruptedException {
        InetAddress address;
        try {
            address = policy.check(uri);
        } catch (CdnUriRefusedException e) {
            return new ProbeOutcome.Failed(e.reason());
        } catch (HostUnresolvedException e) {
            return new ProbeOutcome.Failed("host name " + e.host() + " does not resolve");
        }
        long started = System.nanoTime();
        byte[] stored;
        try (Fetch fetch = new Fetch(uri, address)) {
            stored = fetch.body();
        } catch (TimeoutException e) {
            return new ProbeOutcome.Failed("no whole answer within " + deadline.toMillis() + " ms");
        } catch (ExecutionException e) {
            return new ProbeOutcome.Failed(
                    e.getCause() instanceof RefusedAnswer answer
                            ? answer.reason
                            : "no connection or answer: " + root(e));
        }
        Duration latency = Duration.ofNanos(System.nanoTime() - started);
        try {
            ZeroChunk.verify(stored, uri.text());
        } catch (ChunkCorruptException e) {
            return new ProbeOutcome.Failed("wrong bytes: " + e.reason());
        }
        return new ProbeOutcome.Intact(latency);
    }

    /** What the layers in between only wrap; bounded, for a chain can be a circle. */
    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
            root = root.getCause();
        }
        return root;
    }

    @Override
    public void close() {
        Future<Void> unused = client.close();
    }

    /** One request; closing it breaks the connection, whatever state it is in. */
    private final class Fetch implements AutoCloseable {
        private final Promise<Buffer> body = Promise.promise();
        private final Future<HttpClientRequest> request;

        Fetch(CdnUri uri, InetAddress address) {
            request = client.request(new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, uri.port())))
                    .setHost(uri.authorityHost())
                    .setPort(uri.port())
                    .setSsl(uri.tls())
                    .setURI(uri.path(ZeroChunk.PATH))
                    .setFollowRedirects(false));
            Future<HttpClientResponse> unused =
                    request.compose(sent -> sent.send().onSuccess(this::read)).onFailure(body::tryFail);
        }

        private void read(HttpClientResponse response) {
            if (response.statusCode() != 200) {
                body.tryFail(new RefusedAnswer("HTTP status " + response.statusCode()));
                return;
            }
            Buffer received = Buffer.buffer();
            response.exceptionHandler(body::tryFail)
                    .endHandler(ignored -> body.tryComplete(received))
                    .handler(part -> {
                        if (received.length() + part.length() > ZeroChunk.MAX_STORED_BYTES) {
                            body.tryFail(
                                    new RefusedAnswer("more than " + ZeroChunk.MAX_STORED_BYTES + " bytes of answer"));
                            response.request().reset();
                        } else {
                            received.appendBuffer(part);
                        }
                    });
        }

        byte[] body() throws InterruptedException, ExecutionException, TimeoutException {
            return body.future()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(deadline.toMillis(), TimeUnit.MILLISECONDS)
                    .getBytes();
        }

        @Override
        public void close() {
            Future<HttpClientRequest> unused = request.onSuccess(HttpClientRequest::reset);
        }
    }

    private static final class RefusedAnswer extends Exception {
        private final String reason;

        RefusedAnswer(String reason) {
            super(reason);
            this.reason = reason;
        }
    }
}
