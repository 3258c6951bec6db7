package org.vsekai.nebula.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The JSON file of a comparison: the machine, the settings and every run. Not thread-safe. */
public final class Report {
    private final Map<String, Object> content = new LinkedHashMap<>();
    private final List<Map<String, Object>> results = new ArrayList<>();

    public Report(String benchmark, Clock clock) throws IOException {
        content.put("benchmark", benchmark);
        content.put("started", clock.instant().toString());
        content.put("machine", machine());
        content.put("results", results);
    }

    private static Map<String, Object> machine() throws IOException {
        Map<String, Object> machine = new LinkedHashMap<>();
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .ifPresent(line -> machine.put(
                            "processor", line.substring(line.indexOf(':') + 1).strip()));
        }
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        machine.put("kernel", System.getProperty("os.version"));
        machine.put("java", System.getProperty("java.vm.version"));
        return machine;
    }

    /** States something of the whole comparison, as a setting or the size of its data. */
    public Report put(String name, Object value) {
        content.put(name, value);
        return this;
    }

    /** Adds one measured thing: names and values that Jackson can write, {@link Measurement}s among them. */
    public Report add(Map<String, Object> result) {
        results.add(new LinkedHashMap<>(result));
        return this;
    }

    public void write(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), content);
    }
}
