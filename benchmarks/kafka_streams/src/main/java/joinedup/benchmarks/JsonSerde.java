package joinedup.benchmarks;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Values as JSON, in the stores and on the topic of rows. */
final class JsonSerde {
  private static final ObjectMapper JSON =
      new ObjectMapper().setSerializationInclusion(JsonInclude.Include.NON_NULL);

  private JsonSerde() {}

  static <T> Serde<T> of(Class<T> type) {
    return Serdes.serdeFrom((topic, value) -> written(value), (topic, bytes) -> read(bytes, type));
  }

  static <T> T read(byte[] bytes, Class<T> type) {
    try {
      return bytes == null ? null : JSON.readValue(bytes, type);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private static byte[] written(Object value) {
    try {
      return value == null ? null : JSON.writeValueAsBytes(value);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
