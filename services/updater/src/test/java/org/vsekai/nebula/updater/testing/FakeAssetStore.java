package org.vsekai.nebula.updater.testing;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.api.assets.v1.AssetStoreGrpc;
import org.vsekai.nebula.api.assets.v1.ConfirmPinRequest;
import org.vsekai.nebula.api.assets.v1.EntryKind;
import org.vsekai.nebula.api.assets.v1.ListPinsRequest;
import org.vsekai.nebula.api.assets.v1.ListPinsResponse;
import org.vsekai.nebula.api.assets.v1.PinInfo;
import org.vsekai.nebula.api.assets.v1.PinRequest;
import org.vsekai.nebula.api.assets.v1.PinState;
import org.vsekai.nebula.api.assets.v1.PutManifestRequest;
import org.vsekai.nebula.api.assets.v1.PutManifestResponse;
import org.vsekai.nebula.api.assets.v1.SetPacksRequest;
import org.vsekai.nebula.api.assets.v1.SetPacksResponse;
import org.vsekai.nebula.api.assets.v1.UnpinRequest;
import org.vsekai.nebula.api.assets.v1.UnpinResponse;
import org.vsekai.nebula.api.assets.v1.VerifiedArchive;
import org.vsekai.nebula.api.assets.v1.VerifiedEntry;
import org.vsekai.nebula.api.assets.v1.VerifyIndexRequest;
import org.vsekai.nebula.api.assets.v1.VerifyIndexResponse;

/**
 * asset-store's contract in memory, over real gRPC. It demands the token of role server, insists that what is verified
 * or gets a manifest is pinned, writes down the order of calls, and fails or waits where a test asks for it.
 */
public final class FakeAssetStore extends AssetStoreGrpc.AssetStoreImplBase {
    /** What the updater must send. */
    public static final String TOKEN = "token-of-the-updater";

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Map<String, PinInfo> pins = new LinkedHashMap<>();
    private final Map<String, SetPacksRequest> packs = new LinkedHashMap<>();
    private final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
    private final Map<String, List<VerifiedEntry>> indexes = new ConcurrentHashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final Map<String, StatusRuntimeException> failures = new ConcurrentHashMap<>();
    private final Map<String, StatusRuntimeException> lostAnswers = new ConcurrentHashMap<>();
    private final Set<String> truncated = ConcurrentHashMap.newKeySet();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private final Server server;

    public FakeAssetStore() {
        try {
            server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                    .maxInboundMessageSize(65 << 20)
                    .intercept(new TokenCheck())
                    .addService(this)
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String target() {
        return "127.0.0.1:" + server.getPort();
    }

    public void stop() {
        server.shutdownNow();
    }

    // What tests set up.

    public synchronized void reset() {
        pins.clear();
        packs.clear();
        manifests.clear();
        indexes.clear();
        calls.clear();
        failures.clear();
        lostAnswers.clear();
        truncated.clear();
        gate = new CountDownLatch(0);
    }

    /** Makes an index known, whose archive holds these. @return its name */
    public String addIndex(List<VerifiedEntry> entries) {
        String name = sha256(entries.toString().getBytes(StandardCharsets.UTF_8)) + ".caidx";
        indexes.put(name, List.copyOf(entries));
        return name;
    }

    public static VerifiedEntry file(String path, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return VerifiedEntry.newBuilder()
                .setPath(path)
                .setKind(EntryKind.ENTRY_KIND_FILE)
                .setMode(0644)
                .setSize(bytes.length)
                .setSha256(ByteString.copyFrom(HexFormat.of().parseHex(sha256(bytes))))
                .build();
    }

    public static VerifiedEntry directory(String path) {
        return VerifiedEntry.newBuilder()
                .setPath(path)
                .setKind(EntryKind.ENTRY_KIND_DIRECTORY)
                .setMode(0755)
                .build();
    }

    public static VerifiedEntry symlink(String path, String target) {
        return VerifiedEntry.newBuilder()
                .setPath(path)
                .setKind(EntryKind.ENTRY_KIND_SYMLINK)
                .setLinkTarget(target)
                .build();
    }

    /** The call fails and does nothing. */
    public void failAt(String call, Code code, String reason) {
        failures.put(call, status(code, reason));
    }

    /** The call does its work and fails all the same. */
    public void loseAnswerOf(String call) {
        lostAnswers.put(call, status(Code.UNAVAILABLE, ""));
    }

    public void heal() {
        failures.clear();
        lostAnswers.clear();
        truncated.clear();
    }

    /** The list of the archive ends without its summary. */
    public void truncate(String index) {
        truncated.add(index);
    }

    /** Verifications wait for the latch before their summary. */
    public void holdVerifications(CountDownLatch latch) {
        gate = latch;
    }

    public synchronized void putPin(String owner, String index, boolean confirmed, Instant insertedAt) {
        pins.put(owner, pin(owner, index, confirmed, insertedAt));
    }

    // What tests look at.

    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    public synchronized Map<String, PinState> pins() {
        Map<String, PinState> states = new LinkedHashMap<>();
        pins.forEach((owner, pin) -> states.put(owner, pin.getState()));
        return states;
    }

    /** What was last asked to be packed, by owner. */
    public synchronized Map<String, SetPacksRequest> packs() {
        return new LinkedHashMap<>(packs);
    }

    public byte[] manifest(String name) {
        return manifests.get(name);
    }

    // The contract.

    @Override
    public void pin(PinRequest request, StreamObserver<PinInfo> answer) {
        serve("pin", answer, () -> {
            if (!indexes.containsKey(request.getIndexName())) {
                throw status(Code.NOT_FOUND, "INDEX_NOT_FOUND");
            }
            synchronized (this) {
                return pins.computeIfAbsent(
                        request.getOwner(), owner -> pin(owner, request.getIndexName(), false, Instant.now()));
            }
        });
    }

    @Override
    public void confirmPin(ConfirmPinRequest request, StreamObserver<PinInfo> answer) {
        serve("confirm", answer, () -> {
            synchronized (this) {
                PinInfo pin = pins.get(request.getOwner());
                if (pin == null) {
                    throw status(Code.NOT_FOUND, "PIN_NOT_FOUND");
                }
                PinInfo confirmed =
                        pin.toBuilder().setState(PinState.PIN_STATE_CONFIRMED).build();
                pins.put(request.getOwner(), confirmed);
                return confirmed;
            }
        });
    }

    @Override
    public void unpin(UnpinRequest request, StreamObserver<UnpinResponse> answer) {
        serve("unpin", answer, () -> {
            synchronized (this) {
                return UnpinResponse.newBuilder()
                        .setRemoved(pins.remove(request.getOwner()) != null)
                        .build();
            }
        });
    }

    @Override
    public synchronized void setPacks(SetPacksRequest request, StreamObserver<SetPacksResponse> answer) {
        packs.put(request.getOwner(), request);
        answer.onNext(SetPacksResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public synchronized void listPins(ListPinsRequest request, StreamObserver<ListPinsResponse> answer) {
        serve("list", answer, () -> {
            synchronized (this) {
                // Two a page, so that paging is seen; the token is the owner last shown.
                List<PinInfo> found = pins.values().stream()
                        .filter(pin -> instant(pin.getInsertedAt()).isBefore(instant(request.getInsertedBefore())))
                        .sorted((a, b) -> a.getOwner().compareTo(b.getOwner()))
                        .filter(pin -> pin.getOwner().compareTo(request.getPageToken()) > 0)
                        .limit(3)
                        .toList();
                boolean more = found.size() == 3;
                return ListPinsResponse.newBuilder()
                        .addAllPins(found.subList(0, Math.min(2, found.size())))
                        .setNextPageToken(more ? found.get(1).getOwner() : "")
                        .build();
            }
        });
    }

    @Override
    public void putManifest(PutManifestRequest request, StreamObserver<PutManifestResponse> answer) {
        serve("manifest", answer, () -> {
            byte[] content = request.getContent().toByteArray();
            String name = sha256(content) + ".json";
            manifests.put(name, content);
            return PutManifestResponse.newBuilder().setManifestName(name).build();
        });
    }

    @Override
    public void verifyIndex(VerifyIndexRequest request, StreamObserver<VerifyIndexResponse> answer) {
        record("verify");
        List<VerifiedEntry> entries = indexes.get(request.getIndexName());
        StatusRuntimeException failure = failures.get("verify");
        boolean pinned;
        synchronized (this) {
            pinned = pins.values().stream().anyMatch(pin -> pin.getIndexName().equals(request.getIndexName()));
        }
        if (entries == null || !pinned) {
            answer.onError(status(Code.NOT_FOUND, "INDEX_NOT_FOUND"));
            return;
        }
        for (VerifiedEntry entry : entries) {
            answer.onNext(VerifyIndexResponse.newBuilder().setEntry(entry).build());
        }
        // A failure comes in the midst: what was listed before it must not count.
        if (failure != null) {
            answer.onError(failure);
            return;
        }
        try {
            if (!gate.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no test opened the gate");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.onError(Status.CANCELLED.asRuntimeException());
            return;
        }
        if (!truncated.contains(request.getIndexName())) {
            answer.onNext(VerifyIndexResponse.newBuilder()
                    .setArchive(VerifiedArchive.newBuilder()
                            .setArchiveBytes(12_345)
                            .setContentBytes(entries.stream()
                                    .mapToLong(VerifiedEntry::getSize)
                                    .sum())
                            .setChunkCount(3)
                            .setDistinctChunkCount(2)
                            .setDigest("sha512-256")
                            .setChunkMinBytes(16 << 10)
                            .setChunkAvgBytes(64 << 10)
                            .setChunkMaxBytes(256 << 10)
                            .setIndexBytes(208))
                    .build());
        }
        answer.onCompleted();
    }

    private interface Work<T> {
        T run();
    }

    private <T> void serve(String call, StreamObserver<T> answer, Work<T> work) {
        record(call);
        StatusRuntimeException failure = failures.get(call);
        if (failure != null) {
            answer.onError(failure);
            return;
        }
        T result;
        try {
            result = work.run();
        } catch (StatusRuntimeException e) {
            answer.onError(e);
            return;
        }
        StatusRuntimeException lost = lostAnswers.get(call);
        if (lost != null) {
            answer.onError(lost);
            return;
        }
        answer.onNext(result);
        answer.onCompleted();
    }

    private synchronized void record(String call) {
        // The sweeper lists at any time; only what it then does is of interest.
        if (!call.equals("list")) {
            calls.add(call);
        }
    }

    private static PinInfo pin(String owner, String index, boolean confirmed, Instant insertedAt) {
        return PinInfo.newBuilder()
                .setOwner(owner)
                .setIndexName(index)
                .setState(confirmed ? PinState.PIN_STATE_CONFIRMED : PinState.PIN_STATE_PENDING)
                .setInsertedAt(Timestamp.newBuilder()
                        .setSeconds(insertedAt.getEpochSecond())
                        .setNanos(insertedAt.getNano()))
                .build();
    }

    private static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    private static StatusRuntimeException status(Code code, String reason) {
        var status =
                com.google.rpc.Status.newBuilder().setCode(code.getNumber()).setMessage("as the test asked");
        if (!reason.isEmpty()) {
            status.addDetails(Any.pack(ErrorInfo.newBuilder()
                    .setReason(reason)
                    .setDomain("nebula.vsekai.org")
                    .build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class TokenCheck implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            if (("Bearer " + TOKEN).equals(headers.get(AUTHORIZATION))) {
                return Contexts.interceptCall(Context.current(), call, headers, next);
            }
            call.close(Status.UNAUTHENTICATED, new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }
}
