package org.vsekai.nebula.stores.s3;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * The credentials of a process: desync's variables {@code S3_ACCESS_KEY}, {@code S3_SECRET_KEY} and {@code S3_SESSION_TOKEN}
 * if they are set, else what AWS's own programs take ({@code AWS_ACCESS_KEY_ID} and so on, {@code ~/.aws}, the machine's role).
 */
final class S3Credentials {
    private S3Credentials() {}

    static AwsCredentialsProvider of(Map<String, String> environment) {
        @Nullable String key = environment.get("S3_ACCESS_KEY");
        @Nullable String secret = environment.get("S3_SECRET_KEY");
        @Nullable String token = environment.get("S3_SESSION_TOKEN");
        if (key == null || secret == null || key.isEmpty() || secret.isEmpty()) {
            return DefaultCredentialsProvider.builder().build();
        }
        return StaticCredentialsProvider.create(
                token == null || token.isEmpty()
                        ? AwsBasicCredentials.create(key, secret)
                        : AwsSessionCredentials.create(key, secret, token));
    }
}
