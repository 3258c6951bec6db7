package org.vsekai.nebula.stores.sftp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.client.SftpClient.CloseableHandle;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHFsyncExtension;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.apache.sshd.sftp.client.impl.SftpOutputStreamAsync;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.stores.ObjectContent;

/**
 * One file that goes up. A large one has a temporary that is called by the digest of its place and content, so whoever finds
 * one knows that it is a beginning of the same bytes and goes on behind it. The last {@value #DISTRUSTED_BYTES} bytes are
 * sent again all the same, because they may be what a server that lost its power had not written yet. For one thread.
 */
final class SftpUpload {
    static final String TEMPORARY_PREFIX = ".tmp-";
    private static final int RESUMED_BYTES = 4 << 20;
    private static final int DISTRUSTED_BYTES = 1 << 20;
    private static final int WRITE_BUFFER = 32 << 10;

    private final String target;
    private final String folder;
    private final ObjectContent content;
    private final boolean isResumed;
    private @Nullable String temporary;

    SftpUpload(String target, ObjectContent content) {
        this.target = target;
        this.folder = target.substring(0, target.lastIndexOf('/'));
        this.content = content;
        this.isResumed = content.size() > RESUMED_BYTES;
    }

    /** @return false if {@code isFirstOnly} and the name is taken */
    boolean run(AbstractSftpClient client, boolean isFirstOnly) throws IOException {
        if (isFirstOnly && SftpObjects.stat(client, target).isPresent()) {
            return false;
        }
        String sent = temporary();
        try {
            send(client, sent);
            return isFirstOnly ? placeFirst(client, sent) : replace(client, sent);
        } catch (UncheckedIOException e) {
            remove(client, sent);
            throw e;
        }
    }

    private String temporary() {
        String name = temporary;
        if (name == null) {
            name = folder + "/" + TEMPORARY_PREFIX
                    + (isResumed
                            ? digest()
                            : Long.toHexString(ThreadLocalRandom.current().nextLong()));
            temporary = name;
        }
        return name;
    }

    private String digest() {
        MessageDigest digest = ChunkDigest.SHA256.newMessageDigest();
        digest.update(target.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = content.open()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private void send(AbstractSftpClient client, String to) throws IOException {
        long there = isResumed ? sizeOf(client, to) : 0;
        if (there > content.size()) {
            client.remove(to);
            there = 0;
        }
        long from = Math.max(0, there - DISTRUSTED_BYTES);
        try (CloseableHandle handle = open(client, to)) {
            SftpOutputStreamAsync out = new SftpOutputStreamAsync(client, WRITE_BUFFER, to, handle, false);
            out.setOffset(from);
            try (out) {
                copy(from, out);
            }
            OpenSSHFsyncExtension sync = client.getExtension(OpenSSHFsyncExtension.class);
            if (sync != null && sync.isSupported()) {
                sync.fsync(handle);
            }
        }
        if (sizeOf(client, to) != content.size()) {
            throw new IOException("the server has %d bytes of %d".formatted(sizeOf(client, to), content.size()));
        }
    }

    private static long sizeOf(AbstractSftpClient client, String file) throws IOException {
        return SftpObjects.stat(client, file).map(Attributes::getSize).orElse(0L);
    }

    private CloseableHandle open(AbstractSftpClient client, String to) throws IOException {
        try {
            return client.open(to, OpenMode.Write, OpenMode.Create);
        } catch (SftpException e) {
            if (e.getStatus() != SftpConstants.SSH_FX_NO_SUCH_FILE) {
                throw e;
            }
        }
        createFolders(client, folder);
        return client.open(to, OpenMode.Write, OpenMode.Create);
    }

    private static void createFolders(AbstractSftpClient client, String path) throws IOException {
        Optional<Attributes> found = path.isEmpty() ? Optional.empty() : SftpObjects.stat(client, path);
        if (path.isEmpty() || found.isPresent()) {
            return;
        }
        createFolders(client, path.substring(0, path.lastIndexOf('/')));
        try {
            client.mkdir(path);
        } catch (SftpException e) {
            // Another writer may have made it; version 3 has no word of its own for that.
            if (SftpObjects.stat(client, path).filter(Attributes::isDirectory).isEmpty()) {
                throw e;
            }
        }
    }

    /** Faults of the content are unchecked, so that they are not taken for the connection's. */
    private void copy(long from, OutputStream out) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long sent = from;
        try (InputStream in = open(from)) {
            for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
                out.write(buffer, 0, n);
                sent += n;
            }
        }
        try {
            ObjectContent.checkSize(sent, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private InputStream open(long from) {
        try {
            InputStream in = content.open();
            in.skipNBytes(from);
            return in;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int read(InputStream in, byte[] buffer) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * OpenSSH's server makes a hard link and fails if the name is taken ({@code process_rename} in {@code sftp-server.c}), so
     * one of several writers wins.
     */
    private boolean placeFirst(AbstractSftpClient client, String sent) throws IOException {
        try {
            client.rename(sent, target);
            return true;
        } catch (SftpException e) {
            if (SftpObjects.stat(client, target).isEmpty()) {
                // Another writer of the same bytes may have had the temporary; then everything begins anew.
                throw SftpObjects.stat(client, sent).isPresent() ? e : new IOException("the temporary is gone", e);
            }
            remove(client, sent);
            return false;
        }
    }

    private boolean replace(AbstractSftpClient client, String sent) throws IOException {
        OpenSSHPosixRenameExtension rename = client.getExtension(OpenSSHPosixRenameExtension.class);
        if (rename != null && rename.isSupported()) {
            rename.posixRename(sent, target);
            return true;
        }
        // Without the extension there is a moment without either.
        if (SftpObjects.stat(client, target).isPresent()) {
            client.remove(target);
        }
        client.rename(sent, target);
        return true;
    }

    private static void remove(AbstractSftpClient client, String temporary) {
        try {
            client.remove(temporary);
        } catch (IOException e) {
            // It is a temporary, which nothing reads; the first failure counts.
        }
    }
}
