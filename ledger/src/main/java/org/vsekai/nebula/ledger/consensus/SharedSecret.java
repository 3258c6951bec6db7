package org.vsekai.nebula.ledger.consensus;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jgroups.Message;
import org.jgroups.auth.AuthToken;

/** What a member shows when it joins: the digest of the secret, so that tokens are of one size and are compared in one time. */
public final class SharedSecret extends AuthToken {
    private static final int BYTES = 32;

    private byte[] digest;

    /** For JGroups, which makes one to read a received token into. It lets nobody in. */
    public SharedSecret() {
        digest = new byte[0];
    }

    SharedSecret(String secret) {
        try {
            digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String getName() {
        return SharedSecret.class.getName();
    }

    @Override
    public int size() {
        return BYTES;
    }

    @Override
    public boolean authenticate(AuthToken token, Message message) {
        return token instanceof SharedSecret other
                && digest.length == BYTES
                && MessageDigest.isEqual(digest, other.digest);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        out.write(digest);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        byte[] received = new byte[BYTES];
        in.readFully(received);
        digest = received;
    }
}
