package org.vsekai.nebula.stores.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.casync.PeerTool;
import org.vsekai.nebula.stores.Ports;

/** nginx with WebDAV's PUT, over HTTP, and over TLS with a certificate of a CA of its own. */
final class NginxServer implements AutoCloseable {
    private final Path folder;
    private final Process process;
    final int port = Ports.free();
    final int tlsPort = Ports.free();

    NginxServer(Path folder) throws IOException, InterruptedException {
        PeerTool nginx = PeerTool.find("nginx");
        this.folder = folder;
        Files.createDirectory(folder.resolve("data"));
        certify();
        Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                pid nginx.pid;
                worker_processes 1;
                %s
                events { worker_connections 256; }
                http {
                    log_format protocols '$server_protocol $request_method $status';
                    access_log access.log protocols;
                    client_max_body_size 64m;
                    client_body_temp_path temporary;
                    proxy_temp_path temporary;
                    fastcgi_temp_path temporary;
                    uwsgi_temp_path temporary;
                    scgi_temp_path temporary;
                    server {
                        listen 127.0.0.1:%d;
                        listen 127.0.0.1:%d ssl http2;
                        ssl_certificate server.pem;
                        ssl_certificate_key server.key;
                        root data;
                        dav_methods PUT;
                        create_full_put_path on;
                    }
                }
                """.formatted(
                        System.getProperty("user.name").equals("root") ? "user root;" : "", port, tlsPort));
        process = nginx.start(
                folder, "-p", folder, "-c", folder.resolve("nginx.conf"), "-e", folder.resolve("error.log"));
        Ports.await(port, process);
        Ports.await(tlsPort, process);
    }

    private void certify() throws IOException, InterruptedException {
        PeerTool openssl = PeerTool.find("openssl");
        Files.writeString(folder.resolve("names"), "subjectAltName=IP:127.0.0.1\n");
        openssl.succeed(
                folder,
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=Test CA",
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem");
        openssl.succeed(
                folder,
                "req",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=127.0.0.1",
                "-keyout",
                "server.key",
                "-out",
                "server.csr");
        openssl.succeed(
                folder,
                "x509",
                "-req",
                "-in",
                "server.csr",
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.key",
                "-CAcreateserial",
                "-days",
                "2",
                "-extfile",
                "names",
                "-out",
                "server.pem");
    }

    /** The certificate of its CA. */
    Path authority() {
        return folder.resolve("ca.pem");
    }

    /** Protocol, method and status of every request that has been answered. */
    List<String> answered() throws IOException {
        return Files.readAllLines(folder.resolve("access.log"));
    }

    @Override
    public void close() throws InterruptedException {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
