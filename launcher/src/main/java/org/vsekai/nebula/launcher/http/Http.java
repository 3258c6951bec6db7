package org.vsekai.nebula.launcher.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.BadAnswerException;
import org.vsekai.nebula.launcher.RefusedException;
import org.vsekai.nebula.launcher.UnavailableException;

/**
 * Blocking calls with a bound on every size and wait. A request that the server did not understand to be wrong (network error,
 * 5xx, 429) is repeated with growing pauses; every request sent from here may be repeated, because the services' writes are
 * idempotent or answer a conflict. Thread-safe.
 */
public final class Http implements AutoCloseable {
    /** Largest JSON answer, bytes. */
    static final int JSON_LIMIT = 8 << 20;

    private static final int PROBLEM_LIMIT = 64 << 10;
    private static final Duration PACE = Duration.ofMillis(250);

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxStringLength(64 << 10)
                            .maxNumberLength(32)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final HttpClient client;
    private final HttpLimits limits;

    public Http(HttpLimits limits) {
        this.limits = limits;
        // Small calls gain nothing from HTTP/2, and some plain servers and proxies stumble over the upgrade request.
        this.client = HttpClient.newBuilder()
                .connectTimeout(limits.connect())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /** An answer that is no error. */
    public record Answer(int status, HttpHeaders headers, JsonNode json) {}

    public JsonNode getJson(URI uri) {
        return call("GET", uri, Map.of(), BodyPublishers.noBody()).json();
    }

    /** As {@link #getJson}, with 404 as an answer. */
    public Optional<JsonNode> findJson(URI uri) {
        try {
            return Optional.of(getJson(uri));
        } catch (RefusedException e) {
            if (e.status() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** @param body is sent as JSON */
    public Answer post(URI uri, @Nullable String token, JsonNode body) {
        return call(
                "POST",
                uri,
                authorised(token, Map.of("Content-Type", "application/json")),
                BodyPublishers.ofString(body.toString()));
    }

    public void delete(URI uri, @Nullable String token) {
        call("DELETE", uri, authorised(token, Map.of()), BodyPublishers.noBody());
    }

    public void put(URI uri, @Nullable String token, Map<String, String> headers, BodyPublisher body) {
        call("PUT", uri, authorised(token, headers), body);
    }

    public JsonNode getJson(URI uri, String token) {
        return call("GET", uri, authorised(token, Map.of()), BodyPublishers.noBody())
                .json();
    }

    /** Sends nothing but what stands in the address. */
    public JsonNode call(String method, URI uri, String token) {
        return call(method, uri, authorised(token, Map.of()), BodyPublishers.noBody())
                .json();
    }

    /** The headers of a file. */
    public HttpHeaders head(URI uri) {
        return call("HEAD", uri, Map.of(), BodyPublishers.noBody()).headers();
    }

    /**
     * Downloads with request headers of the caller's choice, such as a range.
     *
     * @param limit bytes; a longer body is a {@link BadAnswerException}, also if only its announced length is longer
     * @return the answer's status: 200 or 206
     */
    public int download(URI uri, Map<String, String> headers, Target target, long limit) {
        return transfer("GET", uri, headers, BodyPublishers.noBody(), target, limit)
                .status();
    }

    /** Posts and receives raw bytes, at most {@code answerLimit} of them. */
    public byte[] exchange(URI uri, @Nullable String token, byte[] body, int answerLimit) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        transfer(
                "POST",
                uri,
                authorised(token, Map.of("Content-Type", "application/octet-stream")),
                BodyPublishers.ofByteArray(body),
                () -> {
                    answer.reset();
                    return answer;
                },
                answerLimit);
        return answer.toByteArray();
    }

    /** Opens the target of one attempt at a download; called again, for an empty target, before each further attempt. */
    @FunctionalInterface
    public interface Target {
        OutputStream open() throws IOException;
    }

    /**
     * @param limit bytes; a longer body is a {@link BadAnswerException}, also if only its announced length is longer
     * @return the body's length
     */
    public long download(URI uri, Target target, long limit) {
        return transfer("GET", uri, Map.of(), BodyPublishers.noBody(), target, limit)
                .length();
    }

    private Answer call(String method, URI uri, Map<String, String> headers, BodyPublisher body) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        Transfer transfer = transfer(
                method,
                uri,
                headers,
                body,
                () -> {
                    answer.reset();
                    return answer;
                },
                JSON_LIMIT);
        return new Answer(transfer.status(), transfer.headers(), parse(uri, answer.toByteArray()));
    }

    /**
     * The JSON of an answer's body; missing if it is empty.
     *
     * @throws BadAnswerException if it is not JSON, or beyond the bounds that an answer has
     */
    public static JsonNode parse(URI uri, byte[] body) {
        if (body.length == 0) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            throw new BadAnswerException(uri.toString(), "answered with malformed JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new BadAnswerException(uri.toString(), "answered with malformed JSON: " + e.getMessage(), e);
        }
    }

    private record Transfer(int status, HttpHeaders headers, long length) {}

    private Transfer transfer(
            String method, URI uri, Map<String, String> headers, BodyPublisher body, Target target, long limit) {
        HttpRequest.Builder builder;
        try {
            builder = HttpRequest.newBuilder(uri);
        } catch (IllegalArgumentException e) {
            throw new BadAnswerException(uri.toString(), "is not an http or https address", e);
        }
        builder.method(method, body).timeout(limits.answer()).header("User-Agent", "vsekai");
        headers.forEach(builder::header);
        HttpRequest request = builder.build();
        Duration pause = limits.pause();
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt(request, target, limit);
            } catch (UnavailableException e) {
                if (attempt == limits.attempts() || e.getCause() instanceof HttpTimeoutException) {
                    throw e;
                }
            }
            pauseBeforeNextAttempt(uri, pause);
            pause = pause.multipliedBy(2);
        }
    }

    private static void pauseBeforeNextAttempt(URI uri, Duration pause) {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException(uri.toString(), "interrupted", e);
        }
    }

    private Transfer attempt(HttpRequest request, Target target, long limit) {
        AtomicLong received = new AtomicLong();
        ByteArrayOutputStream problem = new ByteArrayOutputStream();
        CompletableFuture<HttpResponse<Long>> exchange;
        // Opened here and not in the handler: a local failure must surface as one, not as the server's.
        try (OutputStream to = LocalWriteException.marking(target.open())) {
            exchange = client.sendAsync(request, info -> {
                boolean failed = info.statusCode() >= 300;
                long announced =
                        info.headers().firstValueAsLong("Content-Length").orElse(0);
                long allowed = failed ? PROBLEM_LIMIT : limit;
                BoundedBody bounded = new BoundedBody(failed ? problem : to, allowed, received);
                if (announced > allowed) {
                    bounded.onError(new BoundedBody.TooLargeException(allowed));
                }
                return bounded;
            });
            HttpResponse<Long> response = await(request.uri(), exchange, received);
            if (response.statusCode() >= 300) {
                throw failure(request.uri(), response.statusCode(), problem.toByteArray());
            }
            return new Transfer(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits as long as the answer keeps its pace. */
    private HttpResponse<Long> await(URI uri, CompletableFuture<HttpResponse<Long>> exchange, AtomicLong received)
            throws IOException {
        long windowStart = System.nanoTime();
        long windowBytes = 0;
        boolean started = false;
        while (true) {
            try {
                return exchange.get(PACE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                long now = System.nanoTime();
                long bytes = received.get();
                if (bytes - windowBytes >= limits.stallBytes() || (!started && bytes == 0)) {
                    windowStart = now;
                    windowBytes = bytes;
                } else if (now - windowStart > limits.stall().toNanos()) {
                    exchange.cancel(true);
                    throw new UnavailableException(
                            uri.toString(),
                            "sent only " + (bytes - windowBytes) + " bytes in "
                                    + limits.stall().toSeconds() + " s",
                            new HttpTimeoutException("stalled"));
                }
                started |= bytes > 0;
            } catch (InterruptedException e) {
                exchange.cancel(true);
                Thread.currentThread().interrupt();
                throw new UnavailableException(uri.toString(), "interrupted", e);
            } catch (ExecutionException e) {
                throw network(uri, e.getCause() == null ? e : e.getCause());
            }
        }
    }

    private static RuntimeException network(URI uri, Throwable cause) throws IOException {
        return switch (cause) {
            case BoundedBody.TooLargeException e ->
                new BadAnswerException(uri.toString(), String.valueOf(e.getMessage()), e);
            case LocalWriteException e -> throw e.failure();
            case HttpTimeoutException e -> new UnavailableException(uri.toString(), "did not answer in time", e);
            case ConnectException e
            when e.getCause() instanceof UnresolvedAddressException ->
                new UnavailableException(uri.toString(), "the host name cannot be resolved", e);
            case ConnectException e -> new UnavailableException(uri.toString(), "cannot connect", e);
            case IOException e -> new UnavailableException(uri.toString(), "the connection broke: " + e, e);
            default -> new UnavailableException(uri.toString(), "failed: " + cause, cause);
        };
    }

    private static RuntimeException failure(URI uri, int status, byte[] body) {
        String code = "HTTP_" + status;
        String detail = "no reason given";
        try {
            JsonNode problem = JSON.readTree(body);
            code = problem.path("code").asText(code);
            detail = problem.path("detail").asText(problem.path("title").asText(detail));
        } catch (IOException e) {
            // Not a problem document: a proxy or another kind of server answered. The status says enough.
            detail = "answered without a problem document";
        }
        if (status >= 500 || status == 429) {
            return new UnavailableException(
                    uri.toString(), "answered " + status + " " + code + ": " + detail, code, null);
        }
        return status < 400
                ? new BadAnswerException(uri.toString(), "redirects to where it must not be followed", null)
                : new RefusedException(uri.toString(), status, code, detail);
    }

    private static Map<String, String> authorised(@Nullable String token, Map<String, String> headers) {
        if (token == null) {
            return headers;
        }
        Map<String, String> all = new HashMap<>(headers);
        all.put("Authorization", "Bearer " + token);
        return all;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
