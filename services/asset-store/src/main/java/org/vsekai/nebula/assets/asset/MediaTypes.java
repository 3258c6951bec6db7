package org.vsekai.nebula.assets.asset;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Media types by a file name's extension, for what games are made of. Source: IANA's registry, where it has one. */
final class MediaTypes {
    /** What nothing more is known of. */
    static final String ANY_BYTES = "application/octet-stream";

    private static final Map<String, String> BY_EXTENSION = Map.ofEntries(
            Map.entry("glb", "model/gltf-binary"),
            Map.entry("gltf", "model/gltf+json"),
            Map.entry("vrm", "model/gltf-binary"),
            Map.entry("obj", "model/obj"),
            Map.entry("mtl", "model/mtl"),
            Map.entry("stl", "model/stl"),
            Map.entry("usdz", "model/vnd.usdz+zip"),
            Map.entry("ktx2", "image/ktx2"),
            Map.entry("ktx", "image/ktx"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("webp", "image/webp"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("exr", "image/x-exr"),
            Map.entry("hdr", "image/vnd.radiance"),
            Map.entry("ogg", "audio/ogg"),
            Map.entry("mp3", "audio/mpeg"),
            Map.entry("wav", "audio/wav"),
            Map.entry("webm", "video/webm"),
            Map.entry("mp4", "video/mp4"),
            Map.entry("json", "application/json"),
            Map.entry("zip", "application/zip"),
            Map.entry("txt", "text/plain"),
            Map.entry("tscn", "text/x-godot-scene"),
            Map.entry("tres", "text/x-godot-resource"),
            Map.entry("gd", "text/x-gdscript"));

    private MediaTypes() {}

    static Optional<String> find(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0
                ? Optional.empty()
                : Optional.ofNullable(BY_EXTENSION.get(name.substring(dot + 1).toLowerCase(Locale.ROOT)));
    }
}
