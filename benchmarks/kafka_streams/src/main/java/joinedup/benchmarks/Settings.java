package joinedup.benchmarks;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** What the benchmark tells every contestant by its environment. */
record Settings(
    String name,
    List<String> topics,
    String registry,
    Path folder,
    int today,
    boolean writes,
    Map<String, String> kafka,
    Database database) {

  /** Where the rows go. */
  record Database(String url, String user, String password) {}

  static Settings of(Map<String, String> environment) {
    return new Settings(
        environment.get("BENCHMARK_NAME"),
        List.of(environment.get("BENCHMARK_TOPICS").split(",")),
        environment.get("BENCHMARK_REGISTRY_URL"),
        Path.of(environment.get("BENCHMARK_FOLDER")),
        (int) LocalDate.parse(environment.get("BENCHMARK_TODAY")).toEpochDay(),
        !"none".equals(environment.get("BENCHMARK_SINK")),
        connection(environment),
        new Database(
            environment.get("BENCHMARK_JDBC_URL"),
            environment.get("BENCHMARK_DATABASE_USER"),
            environment.get("BENCHMARK_DATABASE_PASSWORD")));
  }

  private static Map<String, String> connection(Map<String, String> environment) {
    String login =
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(
                environment.get("BENCHMARK_KAFKA_USERNAME"),
                environment.get("BENCHMARK_KAFKA_PASSWORD"));
    return Map.of(
        "bootstrap.servers", environment.get("BENCHMARK_KAFKA_BOOTSTRAP"),
        "security.protocol", "SASL_SSL",
        "sasl.mechanism", "SCRAM-SHA-512",
        "sasl.jaas.config", login,
        "ssl.truststore.type", "PEM",
        "ssl.truststore.location", environment.get("BENCHMARK_KAFKA_CA_FILE"));
  }

  /** The topic of finished rows, from which they are written into PostgreSQL. */
  String rowsTopic() {
    return name + "-rows";
  }

  /** A client's properties: how Kafka is entered, and what is given here. */
  Properties client(Map<String, String> more) {
    Properties properties = new Properties();
    properties.putAll(kafka);
    properties.putAll(more);
    return properties;
  }
}
