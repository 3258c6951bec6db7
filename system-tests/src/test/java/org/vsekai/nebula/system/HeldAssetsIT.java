package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.api.entities.v1.SessionRole;
import org.vsekai.nebula.client.entities.Durability;
import org.vsekai.nebula.client.entities.EntitySession;
import org.vsekai.nebula.client.entities.NewEntity;
import org.vsekai.nebula.client.entities.SessionListener;
import org.vsekai.nebula.client.entities.ZoneView;
import org.vsekai.nebula.kit.testing.Eventually;
import org.vsekai.nebula.stack.Service;

/** What entities name in asset-store is held there for as long as they do, whoever owns their zone. */
class HeldAssetsIT {
    private static final String HOLDER = "zone/" + ZoneStack.ZONE;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path temporary;

    @Test
    void anAssetIsHeldUntilNoEntityNamesItAlsoByTheNextOwner() throws Exception {
        try (ZoneStack stack = new ZoneStack()) {
            UUID house = put(stack, "house");
            UUID tree = put(stack, "tree");
            UUID never = put(stack, "never");
            EntitySession session = stack.open(SessionRole.SESSION_ROLE_SERVER, new SessionListener() {});
            session.joined().get(60, TimeUnit.SECONDS);
            UUID one = create(session, house);
            UUID other = create(session, house);
            UUID tall = create(session, tree);
            // There is no such asset, which harms nothing else.
            UUID lost = create(session, UUID.randomUUID());
            var safe = session.askDurability(Durability.DATABASE);
            session.flush();
            safe.get(60, TimeUnit.SECONDS);

            Eventually.eventually(() -> {
                assertThat(holders(stack, house)).containsExactly(HOLDER);
                assertThat(holders(stack, tree)).containsExactly(HOLDER);
            });
            assertThat(holders(stack, never)).isEmpty();
            assertThat(delete(stack, house)).as("an asset that is held").isEqualTo(409);

            int owner = stack.findOwner().orElseThrow();
            stack.kill("entity-sync-" + owner);
            Eventually.eventually(() -> assertThat(owned(session, tall)).isTrue());
            remove(session, tall);
            remove(session, one);
            Eventually.eventually(() -> assertThat(holders(stack, tree)).isEmpty());
            assertThat(holders(stack, house)).as("another entity names it").containsExactly(HOLDER);

            remove(session, other);
            remove(session, lost);
            Eventually.eventually(() -> assertThat(holders(stack, house)).isEmpty());
            assertThat(delete(stack, house)).isEqualTo(204);
        }
    }

    private UUID put(ZoneStack stack, String name) throws IOException, InterruptedException {
        Path file = temporary.resolve(name + ".bin");
        Files.writeString(file, name);
        Vsekai studio = new Vsekai(stack.url(Service.UPDATER, 0), temporary.resolve("studio"))
                .with("VSEKAI_TOKEN", stack.token());
        UUID id = UUID.randomUUID();
        studio.run("asset", "put", "--id", id.toString(), file.toString());
        return id;
    }

    private static UUID create(EntitySession session, UUID asset) throws Exception {
        UUID id = UUID.randomUUID();
        ByteBuffer value = ByteBuffer.allocate(16)
                .putLong(asset.getMostSignificantBits())
                .putLong(asset.getLeastSignificantBits())
                .flip();
        var created = session.create(NewEntity.at(500_000, 0, 500_000)
                .withId(id)
                .withPersistent(true)
                .withComponent(ZoneStack.MESH, ByteString.copyFrom(value)));
        session.flush();
        created.get(60, TimeUnit.SECONDS);
        return id;
    }

    private static boolean owned(EntitySession session, UUID entity) {
        return read(
                session,
                view -> view.slot(entity) >= 0
                        && view.findZone().isPresent()
                        && view.owner(view.slot(entity))
                                == view.findZone().orElseThrow().session());
    }

    private static void remove(EntitySession session, UUID entity) {
        Eventually.eventually(() -> {
            boolean gone = read(session, view -> {
                int slot = view.slot(entity);
                if (slot >= 0) {
                    session.delete(view.handle(slot));
                    session.flush();
                }
                return slot < 0;
            });
            assertThat(gone).isTrue();
        });
    }

    private static <T> T read(EntitySession session, Function<ZoneView, T> question) {
        try {
            return session.read(question::apply).get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Set<String> holders(ZoneStack stack, UUID asset) {
        try {
            HttpResponse<String> response = http.send(
                    request(stack, asset + "/references").GET().build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            Set<String> holders = new TreeSet<>();
            for (JsonNode item : new ObjectMapper().readTree(response.body()).get("items")) {
                String holder = item.get("holder").asText();
                // Whoever put it holds it too.
                if (holder.startsWith("zone/")) {
                    holders.add(holder);
                }
            }
            return holders;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private int delete(ZoneStack stack, UUID asset) throws IOException, InterruptedException {
        return http.send(request(stack, asset.toString()).DELETE().build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static HttpRequest.Builder request(ZoneStack stack, String path) {
        URI uri = stack.url(Service.ASSET_STORE, 0).resolve("api/v1/assets/" + path);
        return HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + stack.token());
    }
}
