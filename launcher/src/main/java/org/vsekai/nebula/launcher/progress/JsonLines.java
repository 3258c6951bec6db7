package org.vsekai.nebula.launcher.progress;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Advanced;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Completed;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Failed;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Planned;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Source;
import org.vsekai.nebula.launcher.progress.ProgressEvent.StateChanged;
import org.vsekai.nebula.launcher.progress.ProgressEvent.StepChanged;

/** One JSON object a line, flushed at once, for the program that started the launcher. */
public final class JsonLines implements ProgressListener {
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final PrintWriter out;

    public JsonLines(PrintWriter out) {
        this.out = out;
    }

    @Override
    public synchronized void on(ProgressEvent event) {
        out.println(line(event));
        out.flush();
    }

    static String line(ProgressEvent event) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            switch (event) {
                case StepChanged(var step, var phase) -> {
                    json.writeStringField("event", "step");
                    json.writeStringField("step", step.label());
                    json.writeStringField("phase", phase.name().toLowerCase(Locale.ROOT));
                }
                case StateChanged(var from, var to) -> {
                    json.writeStringField("event", "state");
                    json.writeStringField("from", from.label());
                    json.writeStringField("to", to.label());
                }
                case Advanced(var activity, var done, var total) -> {
                    json.writeStringField("event", "progress");
                    json.writeStringField("activity", activity);
                    json.writeNumberField("done_bytes", done);
                    json.writeNumberField("total_bytes", total);
                }
                case Planned planned -> {
                    json.writeStringField("event", "plan");
                    json.writeNumberField("fetch_bytes", planned.fetchBytes());
                    json.writeNumberField("requests", planned.requests());
                    json.writeNumberField("write_bytes", planned.writeBytes());
                    json.writeNumberField("kept_bytes", planned.keptBytes());
                    json.writeNumberField("space_bytes", planned.spaceBytes());
                    json.writeNumberField("free_bytes", planned.freeBytes());
                    json.writeArrayFieldStart("sources");
                    for (Source source : planned.sources()) {
                        json.writeStartObject();
                        json.writeStringField("source", source.name());
                        json.writeNumberField("bytes", source.bytes());
                        json.writeNumberField("requests", source.requests());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                }
                case Noted(var note) -> {
                    json.writeStringField("event", "note");
                    json.writeStringField("text", note);
                }
                case Completed(var command, var ignored, var figures) -> {
                    json.writeStringField("event", "result");
                    json.writeStringField("command", command);
                    for (Map.Entry<String, Object> figure : figures.entrySet()) {
                        json.writeFieldName(figure.getKey());
                        writeValue(json, figure.getValue());
                    }
                }
                case Failed(var code, var message, var exitCode) -> {
                    json.writeStringField("event", "error");
                    json.writeStringField("code", code);
                    json.writeStringField("message", message);
                    json.writeNumberField("exit_code", exitCode);
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void writeValue(JsonGenerator json, Object value) throws IOException {
        switch (value) {
            case String text -> json.writeString(text);
            case Long number -> json.writeNumber(number);
            case Integer number -> json.writeNumber(number);
            case Boolean flag -> json.writeBoolean(flag);
            case List<?> list -> {
                json.writeStartArray();
                for (Object item : list) {
                    writeValue(json, item);
                }
                json.writeEndArray();
            }
            case Map<?, ?> figures -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> figure : figures.entrySet()) {
                    json.writeFieldName(figure.getKey().toString());
                    writeValue(json, figure.getValue());
                }
                json.writeEndObject();
            }
            default -> throw new IllegalArgumentException("no JSON form for " + value.getClass());
        }
    }
}
