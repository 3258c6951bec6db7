package org.vsekai.nebula.kit.testing;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Calls every operation and every gRPC method of a running service as every kind of caller: without a token, with an unknown
 * one, and in each role. One that a service has and the test does not list is an error, and so is the reverse.
 */
public final class RoleWalk {
    private static final Map<String, String> TOKENS =
            Map.of("publisher", TestTokens.PUBLISHER, "operator", TestTokens.OPERATOR, "server", TestTokens.SERVER);
    private static final List<String> CALLERS = List.of("none", "unknown", "publisher", "operator", "server");
    private static final List<String> VERBS = List.of("get", "put", "post", "patch", "delete", "head", "options");

    private RoleWalk() {}

    /**
     * @param operations {@code "GET /api/v1/things/{id}"} to the roles that may call; no role: anyone
     * @param fill puts values in the place of a path's parameters, of things that do not exist
     */
    public static void assertOperations(Map<String, Set<String>> operations, UnaryOperator<String> fill) {
        Map<String, Map<String, Object>> paths = given().get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .path("paths");
        Set<String> offered = new TreeSet<>();
        paths.forEach((path, verbs) -> verbs.keySet().stream()
                .filter(VERBS::contains)
                .forEach(verb -> offered.add(verb.toUpperCase(Locale.ROOT) + " " + path)));
        assertThat(offered).isEqualTo(new TreeSet<>(operations.keySet()));

        operations.forEach((operation, roles) -> {
            for (String caller : CALLERS) {
                int status = statusOf(operation, fill, caller);
                if (mayCall(caller, roles)) {
                    assertThat(status).as("%s as %s", operation, caller).isNotIn(401, 403);
                } else {
                    assertThat(status)
                            .as("%s as %s", operation, caller)
                            .isEqualTo(TOKENS.containsKey(caller) ? 403 : 401);
                }
            }
        });
    }

    /** @param methods the bare name of each method to the roles that may call; no role: anyone */
    public static void assertMethods(ServiceDescriptor service, int port, Map<String, Set<String>> methods) {
        Map<String, MethodDescriptor<?, ?>> offered = service.getMethods().stream()
                .collect(Collectors.toMap(MethodDescriptor::getBareMethodName, m -> m, (a, b) -> a, TreeMap::new));
        assertThat(offered.keySet()).isEqualTo(new TreeSet<>(methods.keySet()));

        methods.forEach((name, roles) -> {
            for (String caller : CALLERS) {
                Status.Code code = codeOf(offered.get(name), port, caller);
                if (mayCall(caller, roles)) {
                    assertThat(code)
                            .as("%s as %s", name, caller)
                            .isNotIn(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED);
                } else {
                    assertThat(code)
                            .as("%s as %s", name, caller)
                            .isEqualTo(
                                    TOKENS.containsKey(caller)
                                            ? Status.Code.PERMISSION_DENIED
                                            : Status.Code.UNAUTHENTICATED);
                }
            }
        });
    }

    private static boolean mayCall(String caller, Set<String> roles) {
        return roles.isEmpty() || roles.contains(caller);
    }

    private static int statusOf(String operation, UnaryOperator<String> fill, String caller) {
        String[] verbAndPath = operation.split(" ");
        var request = given().contentType("application/json");
        if (!verbAndPath[0].equals("GET")) {
            request.body("{}");
        }
        if (!caller.equals("none")) {
            request.header("Authorization", authorization(caller));
        }
        return request.request(verbAndPath[0], fill.apply(verbAndPath[1])).statusCode();
    }

    private static <Q, A> Status.Code codeOf(MethodDescriptor<Q, A> method, int port, String caller) {
        ManagedChannel channel = channel(port);
        // An empty message of each type: its bytes are none.
        Q empty = method.parseRequest(InputStream.nullInputStream());
        try {
            A unused = ClientCalls.blockingUnaryCall(as(caller, channel), method, CallOptions.DEFAULT, empty);
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        } finally {
            channel.shutdownNow();
        }
    }

    /** A plain channel to a service on this machine. */
    public static ManagedChannel channel(int port) {
        return Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
                .build();
    }

    /** The channel with a caller's token on each call; {@code none}: without. */
    public static Channel as(String caller, Channel channel) {
        Metadata headers = new Metadata();
        if (!caller.equals("none")) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization(caller));
        }
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static String authorization(String caller) {
        return "Bearer " + TOKENS.getOrDefault(caller, "nobody-knows-this");
    }
}
