package org.vsekai.nebula.launcher.chunks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.launcher.cli.Vsekai;

/** {@code vsekai chunks serve}, with the real desync and casync as its clients. */
class ServeIT extends BesidePeers {
    private final HttpClient client = HttpClient.newHttpClient();
    private Thread server = new Thread();

    @AfterEach
    void stop() throws InterruptedException {
        server.interrupt();
        server.join(10_000);
        assertThat(server.isAlive()).isFalse();
        client.close();
    }

    /** Starts a server on a free port and gives its address. */
    private String serve(String... arguments) throws Exception {
        CompletableFuture<String> url = new CompletableFuture<>();
        StringWriter text = new StringWriter() {
            @Override
            public void flush() {
                Matcher found = Pattern.compile("at (https?://\\S+)").matcher(toString());
                if (found.find()) {
                    url.complete(found.group(1));
                }
            }
        };
        PrintWriter writer = new PrintWriter(text, true);
        String[] line = Stream.concat(Stream.of("chunks", "serve", "-l", "127.0.0.1:0"), Stream.of(arguments))
                .toArray(String[]::new);
        server = Thread.ofPlatform().start(() -> {
            Vsekai.commandLine().setOut(writer).setErr(writer).execute(line);
            url.completeExceptionally(new AssertionError(text.toString()));
        });
        return url.get(30, TimeUnit.SECONDS);
    }

    private HttpResponse<byte[]> ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpRequest.Builder request(String url, Path chunk) {
        Path name = chunk.getFileName();
        return HttpRequest.newBuilder(URI.create(url + name.toString().substring(0, 4) + "/" + name));
    }

    @Test
    void desyncAndCasyncAndWeReadFromIt() throws Exception {
        mustRun("make", "-s", path("store"), path("a.caibx"), file.toString());
        String url = serve("-s", path("store"));
        desync("extract", "-s", url, path("a.caibx"), path("one"));
        assertThat(temp.resolve("one")).hasSameBinaryContentAs(file);
        assertThat(peer("casync", "extract", "--store=" + url, path("a.caibx"), path("two")))
                .as(this::log)
                .isZero();
        assertThat(temp.resolve("two")).hasSameBinaryContentAs(file);
        mustRun("extract", "-s", url, path("a.caibx"), path("three"));
        assertThat(temp.resolve("three")).hasSameBinaryContentAs(file);
        mustRun("diff", "--json", "-s", url, path("a.caibx"), path("a.caibx"));
        Files.delete(stored("store").getFirst());
        assertThat(chunks("extract", "-s", url, path("a.caibx"), path("four"))).isEqualTo(4);
        assertThat(output).contains("is not in " + url);
    }

    @Test
    void desyncAndWeWriteToItWhenItIsWritable() throws Exception {
        String url = serve("-s", path("store"), "--writable");
        desync("make", "-s", url, path("a.caibx"), file.toString());
        int all = stored("store").size();
        assertThat(all).isPositive();
        Path lost = stored("store").getFirst();
        Files.delete(lost);
        mustRun("chop", "--json", "-s", url, path("a.caibx"), file.toString());
        assertThat(output).contains("\"stored_chunks\":1,");
        assertThat(lost).exists();
        HttpRequest.BodyPublisher wrong = HttpRequest.BodyPublishers.ofByteArray(Files.readAllBytes(lost));
        assertThat(ask(request(url, stored("store").getLast()).PUT(wrong)).statusCode())
                .isEqualTo(400);
        assertThat(ask(request(url, lost).PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[8 << 20])))
                        .statusCode())
                .isEqualTo(413);
        mustRun("verify", "-s", path("store"));
    }

    @Test
    void itIsReadOnlyUnlessToldOtherwise() throws Exception {
        mustRun("make", "-s", path("store"), path("a.caibx"), file.toString());
        String url = serve("-s", path("store"));
        assertThat(peer(
                        "desync",
                        "make",
                        "-s",
                        url,
                        path("b.caibx"),
                        writeOther().toString()))
                .isNotZero();
        HttpResponse<byte[]> put =
                ask(request(url, stored("store").getFirst()).PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[1])));
        assertThat(put.statusCode()).isEqualTo(405);
        assertThat(put.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    private Path writeOther() throws IOException {
        return Files.writeString(temp.resolve("other"), "other".repeat(100_000));
    }

    @Test
    void itProxiesStoresInTheirOrder() throws Exception {
        mustRun("make", "-s", path("one"), path("a.caibx"), file.toString());
        mustRun("cache", "-s", path("one"), "-c", path("two"), path("a.caibx"));
        Files.delete(stored("one").getFirst());
        String first = serve("-s", path("one"), "-s", path("two"));
        desync("extract", "-s", first, path("a.caibx"), path("out"));
        assertThat(temp.resolve("out")).hasSameBinaryContentAs(file);
        Thread upstream = server;
        String proxy = serve("-s", first);
        try {
            desync("extract", "-s", proxy, path("a.caibx"), path("out2"));
            mustRun("info", "-s", proxy, path("a.caibx"));
        } finally {
            upstream.interrupt();
            upstream.join(10_000);
        }
        assertThat(temp.resolve("out2")).hasSameBinaryContentAs(file);
        assertThat(ask(request(proxy, stored("two").getFirst())).statusCode()).isEqualTo(502);
    }

    @Test
    void rangesAndConditionsAreAnsweredAsHttpSays() throws Exception {
        mustRun("make", "-s", path("store"), path("a.caibx"), file.toString());
        String url = serve("-s", path("store"), "--log");
        Path chunk = stored("store").getFirst();
        byte[] bytes = Files.readAllBytes(chunk);
        HttpResponse<byte[]> whole = ask(request(url, chunk));
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.body()).isEqualTo(bytes);
        String tag = whole.headers().firstValue("ETag").orElseThrow();

        HttpResponse<byte[]> head = ask(request(url, chunk).HEAD());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(bytes.length);

        HttpResponse<byte[]> part = ask(request(url, chunk).header("Range", "bytes=10-19"));
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(bytes, 10, 20));
        assertThat(part.headers().firstValue("Content-Range")).contains("bytes 10-19/" + bytes.length);
        assertThat(ask(request(url, chunk).header("Range", "bytes=-5")).body())
                .isEqualTo(Arrays.copyOfRange(bytes, bytes.length - 5, bytes.length));
        assertThat(ask(request(url, chunk).header("Range", "bytes=" + bytes.length + "-"))
                        .statusCode())
                .isEqualTo(416);
        assertThat(ask(request(url, chunk).header("Range", "bytes=0-1,4-5")).statusCode())
                .isEqualTo(200);
        assertThat(ask(request(url, chunk).header("Range", "bytes=10-19").header("If-Range", "\"other\""))
                        .statusCode())
                .isEqualTo(200);
        assertThat(ask(request(url, chunk).header("Range", "bytes=10-19").header("If-Range", tag))
                        .statusCode())
                .isEqualTo(206);
        assertThat(ask(request(url, chunk).header("If-None-Match", "\"other\", " + tag))
                        .statusCode())
                .isEqualTo(304);
        for (String path : new String[] {"", "0000/nothing", "../etc/passwd", "%2e%2e/x"}) {
            assertThat(ask(HttpRequest.newBuilder(URI.create(url + path))).statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
    }

    @Test
    void clientsMustSendTheAuthorizationThatIsAskedFor() throws Exception {
        mustRun("make", "-s", path("store"), path("a.caibx"), file.toString());
        String url = serve("-s", path("store"), "--client-authorization", "Bearer secret");
        assertThat(chunks("extract", "-s", url, path("a.caibx"), path("one"))).isEqualTo(3);
        assertThat(output).contains("check the Authorization");
        mustRun("extract", "--authorization", "Bearer secret", "-s", url, path("a.caibx"), path("one"));
        assertThat(temp.resolve("one")).hasSameBinaryContentAs(file);
    }

    @Test
    void desyncReadsFromItOverTls() throws Exception {
        mustRun("make", "-s", path("store"), path("a.caibx"), file.toString());
        assertThat(peer(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-subj",
                        "/CN=localhost",
                        "-addext",
                        "subjectAltName=IP:127.0.0.1",
                        "-keyout",
                        path("key.pem"),
                        "-out",
                        path("cert.pem")))
                .as(this::log)
                .isZero();
        String url = serve("-s", path("store"), "--cert", path("cert.pem"), "--key", path("key.pem"));
        assertThat(url).startsWith("https://");
        desync("extract", "--ca-cert", path("cert.pem"), "-s", url, path("a.caibx"), path("one"));
        assertThat(temp.resolve("one")).hasSameBinaryContentAs(file);
    }

    @Test
    void wrongCommandLinesSayWhatIsWrong() throws Exception {
        assertThat(chunks("serve", "-s", path("a"), "-s", path("b"), "-w")).isEqualTo(2);
        assertThat(chunks("serve", "-s", path("a"), "-w", "-l", ":0")).isEqualTo(2);
        assertThat(output).contains("--client-authorization");
        assertThat(chunks("serve", "-s", path("a"), "-l", "nonsense")).isEqualTo(2);
        assertThat(chunks("serve", "-s", path("a"), "--cert", path("c"))).isEqualTo(2);
        assertThat(chunks("serve", "-s", path("a"), "--max-chunk", "0")).isEqualTo(2);
        assertThat(chunks("serve", "-s", path("nowhere"))).isEqualTo(5);
        Files.createDirectories(temp.resolve("a"));
        Files.writeString(temp.resolve("c"), "no certificate");
        assertThat(chunks("serve", "-s", path("a"), "--cert", path("c"), "--key", path("c")))
                .isEqualTo(5);
        assertThat(output).contains(path("c"));
    }
}
