package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Plain requests to the services, as curl would make them. */
final class Web {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private Web() {}

    static byte[] get(URI uri) throws IOException, InterruptedException {
        HttpResponse<byte[]> response =
                CLIENT.send(request(uri).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).as("GET %s", uri).isEqualTo(200);
        return response.body();
    }

    /** The status of the answer to a GET. */
    static int status(URI uri) throws IOException, InterruptedException {
        return CLIENT.send(request(uri).GET().build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** A header of the answer to a GET. */
    static String header(URI uri, String name) throws IOException, InterruptedException {
        return CLIENT.send(request(uri).GET().build(), HttpResponse.BodyHandlers.discarding())
                .headers()
                .firstValue(name)
                .orElseThrow();
    }

    static JsonNode json(URI uri) throws IOException, InterruptedException {
        return JSON.readTree(get(uri));
    }

    /** Sends JSON with the token and expects the status. */
    static JsonNode post(URI uri, String token, String body, int status) throws IOException, InterruptedException {
        return send(request(uri).POST(HttpRequest.BodyPublishers.ofString(body)), token, status);
    }

    /** Changes what stands at the address, as last read. */
    static JsonNode patch(URI uri, String token, String body, int status) throws IOException, InterruptedException {
        String tag = header(uri, "ETag");
        return send(
                request(uri).header("If-Match", tag).method("PATCH", HttpRequest.BodyPublishers.ofString(body)),
                token,
                status);
    }

    private static JsonNode send(HttpRequest.Builder request, String token, int status)
            throws IOException, InterruptedException {
        HttpResponse<String> response = CLIENT.send(
                request.header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode())
                .as("%s %s: %s", response.request().method(), response.uri(), response.body())
                .isEqualTo(status);
        return JSON.readTree(response.body());
    }

    private static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60));
    }
}
