package joinedup.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Reads Avro in the framing of a schema registry; a schema is asked for once. */
final class EventReader {
  private static final int FRAME = 5;
  private static final String OF_SOURCES = "joinedup.source";
  private static final long DAY = 86_400_000L;
  private static final Map<String, String> OF_EVERYBODY = Map.of("UPN", "0", "NHS", "1", "ULN", "2");

  private final String registry;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();
  private BinaryDecoder decoder;
  private GenericRecord reused;

  EventReader(String registry) {
    this.registry = registry;
  }

  /** The event in these bytes, null where a source speaks of itself. */
  Event read(byte[] bytes) {
    try {
      GenericDatumReader<GenericRecord> reader =
          readers.computeIfAbsent(ByteBuffer.wrap(bytes).getInt(1), this::readerOf);
      if (OF_SOURCES.equals(reader.getSchema().getNamespace())) {
        return null;
      }
      decoder =
          DecoderFactory.get().binaryDecoder(bytes, FRAME, bytes.length - FRAME, decoder);
      reused = reader.read(null, decoder);
      return event(reused, bytes);
    } catch (IOException error) {
      throw new IllegalStateException("A record is no Avro of the schema that it names.", error);
    }
  }

  private static Event event(GenericRecord record, byte[] bytes) {
    String type = record.getSchema().getName();
    GenericRecord source = (GenericRecord) record.get("source");
    String speaker = source.get("organisation") + "/" + source.get("system");
    String recordId = record.get("source_record_id").toString();
    long revision = (long) record.get("revision");
    boolean retracted = (boolean) record.get("retracted");
    return new Event(
        record.get("event_id").toString(),
        type,
        speaker,
        recordId,
        revision,
        retracted,
        identifiers(record, speaker, recordId),
        (int) Math.floorDiv((long) record.get("occurred_at"), DAY),
        (long) record.get("recorded_at"),
        Duties.fact(record, type, recordId, revision, retracted),
        bytes);
  }

  /** The verified identifiers, the best first; a system's own ones say of which system. */
  private static List<String> identifiers(GenericRecord record, String speaker, String recordId) {
    List<String> found = new ArrayList<>();
    for (Object one : (List<?>) record.get("identifiers")) {
      GenericRecord identifier = (GenericRecord) one;
      if ("VERIFIED".contentEquals(identifier.get("status").toString())) {
        String scheme = identifier.get("scheme").toString();
        String rank = OF_EVERYBODY.get(scheme);
        String whose = rank == null ? "3:" + scheme + ":" + speaker : rank + ":" + scheme;
        found.add(whose + ":" + identifier.get("value"));
      }
    }
    if (found.isEmpty()) {
      found.add("4:RECORD:" + speaker + ":" + recordId);
    }
    Collections.sort(found);
    return found;
  }

  private GenericDatumReader<GenericRecord> readerOf(int id) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id)).build();
    try {
      String said = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      String schema = json.readTree(said).get("schema").asText();
      return new GenericDatumReader<>(new Schema.Parser().parse(schema));
    } catch (IOException error) {
      throw new IllegalStateException("The registry does not say what schema " + id + " is.", error);
    } catch (InterruptedException error) {
      throw new IllegalStateException("Stopped while asking the registry.", error);
    }
  }
}
