package joinedup.benchmarks;

import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Writes rows in batches, and commits how far it read only after PostgreSQL has committed.
 *
 * <p>It reads them from a topic, as Kafka Connect's JDBC sinks do: rows that a processor held back
 * for a batch of its own would be lost where Kafka Streams commits between two batches.
 */
final class JdbcSink implements Runnable {
  private static final String TIMELINE =
      "INSERT INTO timeline (identifier, event_id, type, source, source_record_id, occurred_on,"
          + " recorded_at, revision, retracted, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT DO NOTHING";
  private static final String LINK =
      "INSERT INTO links (identifier, child) VALUES (?, ?)"
          + " ON CONFLICT (identifier) DO UPDATE SET child = excluded.child";
  private static final String ALERT =
      "INSERT INTO alerts (child, duty, anchor, due, open) VALUES (?, ?, ?, ?, ?)"
          + " ON CONFLICT (child, duty, anchor) DO UPDATE SET due = excluded.due,"
          + " open = excluded.open";

  private final Settings settings;
  private final KafkaConsumer<String, byte[]> consumer;

  JdbcSink(Settings settings) {
    this.settings = settings;
    Map<String, String> how =
        Map.of(
            "group.id", settings.name() + "-sink",
            "enable.auto.commit", "false",
            "auto.offset.reset", "earliest",
            "max.poll.records", "3000",
            "fetch.min.bytes", "65536",
            "fetch.max.wait.ms", "100");
    consumer =
        new KafkaConsumer<>(
            settings.client(how), new StringDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public void run() {
    Settings.Database at = settings.database();
    Properties login = new Properties();
    login.setProperty("user", at.user());
    login.setProperty("password", at.password());
    login.setProperty("reWriteBatchedInserts", "true");
    login.setProperty("currentSchema", settings.name());
    try (consumer;
        Connection connection = DriverManager.getConnection(at.url(), login)) {
      connection.setAutoCommit(false);
      consumer.subscribe(List.of(settings.rowsTopic()));
      while (true) {
        ConsumerRecords<String, byte[]> records = consumer.poll(Duration.ofMillis(200));
        if (!records.isEmpty()) {
          write(connection, records);
          consumer.commitSync();
        }
      }
    } catch (WakeupException stopped) {
      // What was written and not yet noted as read is written again at the next start.
    } catch (SQLException error) {
      throw new IllegalStateException("PostgreSQL took no rows.", error);
    }
  }

  void stop() {
    consumer.wakeup();
  }

  private static void write(Connection connection, ConsumerRecords<String, byte[]> records)
      throws SQLException {
    Map<Object, Row> last = new LinkedHashMap<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      Row row = JsonSerde.read(record.value(), Row.class);
      last.put(keyOf(row), row);
    }
    try (PreparedStatement timeline = connection.prepareStatement(TIMELINE);
        PreparedStatement link = connection.prepareStatement(LINK);
        PreparedStatement alert = connection.prepareStatement(ALERT)) {
      for (Row row : last.values()) {
        if (row.timeline() != null) {
          add(timeline, row.timeline());
        } else if (row.link() != null) {
          add(link, row.link().identifier(), row.link().child());
        } else {
          Row.Alert one = row.alert();
          add(alert, one.child(), one.duty(), one.anchor(), day(one.due()), one.open());
        }
      }
      timeline.executeBatch();
      link.executeBatch();
      alert.executeBatch();
    }
    connection.commit();
  }

  /** A statement may touch a row once, so of what one batch says of the same row the last counts. */
  private static Object keyOf(Row row) {
    if (row.timeline() != null) {
      return row.timeline().eventId();
    }
    if (row.link() != null) {
      return List.of(row.link().identifier());
    }
    return List.of(row.alert().child(), row.alert().duty(), row.alert().anchor());
  }

  private static void add(PreparedStatement statement, Row.Timeline one) throws SQLException {
    add(
        statement,
        one.identifier(),
        UUID.fromString(one.eventId()),
        one.type(),
        one.source(),
        one.recordId(),
        day(one.occurredOn()),
        new Timestamp(one.recordedAt()),
        one.revision(),
        one.retracted(),
        one.record());
  }

  private static void add(PreparedStatement statement, Object... values) throws SQLException {
    for (int at = 0; at < values.length; at++) {
      statement.setObject(at + 1, values[at]);
    }
    statement.addBatch();
  }

  private static Date day(int day) {
    return Date.valueOf(LocalDate.ofEpochDay(day));
  }
}
