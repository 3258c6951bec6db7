package org.vsekai.nebula.stores.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * One object that goes up in parts. S3 keeps the parts of an upload that was not completed, so this looks for one under the
 * key first, keeps every part whose size and MD5 are those of the content, and sends only the others.
 *
 * <p>Several processes may add to one upload: it is completed with the entity tags of the parts that this one has checked or
 * sent, and S3 refuses to complete it with others, so contents are never mixed. What is never completed is the bucket's
 * life-cycle rule to remove.
 */
final class PartedUpload {
    private static final int MAX_PARTS = 10_000;

    private final S3Client client;
    private final S3Options options;
    private final String key;
    private final WatchedContent content;
    private final long partBytes;

    PartedUpload(S3Client client, S3Options options, String key, WatchedContent content) {
        this.client = client;
        this.options = options;
        this.key = key;
        this.content = content;
        long least = Math.ceilDiv(content.size(), MAX_PARTS);
        this.partBytes = Math.max(options.partBytes(), Math.ceilDiv(least, 1 << 20) << 20);
    }

    /** @param condition whether it may only become the first object under its key */
    void run(boolean condition) {
        String upload = findUpload().orElseGet(this::begin);
        Map<Integer, Part> present = present(upload);
        List<CompletedPart> parts = new ArrayList<>();
        try {
            for (long offset = 0; offset < content.size(); offset += partBytes) {
                int number = parts.size() + 1;
                long length = Math.min(partBytes, content.size() - offset);
                byte[] md5 = md5(offset, length);
                Part there = present.get(number);
                String tag = there != null && there.size() == length && isTagOf(there.eTag(), md5)
                        ? there.eTag()
                        : send(upload, number, offset, length, md5);
                parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
            }
        } catch (UncheckedIOException e) {
            abandon(upload); // Not the network: no attempt could go on with this content.
            throw e;
        }
        var unused = client.completeMultipartUpload(request -> request.bucket(options.bucket())
                .key(key)
                .uploadId(upload)
                .ifNoneMatch(condition ? S3Uploads.ANY : null)
                .multipartUpload(all -> all.parts(parts)));
    }

    private Optional<String> findUpload() {
        // One page is enough: what is listed first after the prefix is the key itself.
        return client
                .listMultipartUploads(
                        request -> request.bucket(options.bucket()).prefix(key))
                .uploads()
                .stream()
                .filter(upload -> upload.key().equals(key))
                .max(Comparator.comparing(MultipartUpload::initiated))
                .map(MultipartUpload::uploadId);
    }

    private String begin() {
        return client.createMultipartUpload(
                        request -> request.bucket(options.bucket()).key(key).contentType("application/octet-stream"))
                .uploadId();
    }

    private Map<Integer, Part> present(String upload) {
        Map<Integer, Part> parts = new HashMap<>();
        for (Part part : client.listPartsPaginator(
                        request -> request.bucket(options.bucket()).key(key).uploadId(upload))
                .parts()) {
            if (part.partNumber() <= MAX_PARTS) {
                parts.put(part.partNumber(), part);
            }
        }
        return parts;
    }

    private byte[] md5(long offset, long length) {
        try (InputStream in = content.open(offset, length)) {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return digest.digest();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isTagOf(String tag, byte[] md5) {
        return tag.replace("\"", "").equalsIgnoreCase(HexFormat.of().formatHex(md5));
    }

    private String send(String upload, int number, long offset, long length, byte[] md5) {
        UploadPartRequest request = UploadPartRequest.builder()
                .bucket(options.bucket())
                .key(key)
                .uploadId(upload)
                .partNumber(number)
                .contentMD5(Base64.getEncoder().encodeToString(md5))
                .build();
        return client.uploadPart(request, content.body(offset, length)).eTag();
    }

    private void abandon(String upload) {
        try {
            var unused = client.abortMultipartUpload(
                    request -> request.bucket(options.bucket()).key(key).uploadId(upload));
        } catch (SdkException e) {
            // The first failure counts; the life-cycle rule removes what is left.
        }
    }
}
