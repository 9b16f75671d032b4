package joinedup.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Runs the join until it is stopped; without a sink, over what stands on the topics, and ends. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Settings settings = Settings.of(System.getenv());
    AtomicLong done = new AtomicLong();
    KafkaStreams streams = new KafkaStreams(topology(settings, done), properties(settings));
    streams.setUncaughtExceptionHandler(
        error -> {
          error.printStackTrace();
          Runtime.getRuntime().halt(1);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    if (settings.writes()) {
      run(settings, streams);
    } else {
      reprocess(settings, streams, done);
    }
  }

  private static void run(Settings settings, KafkaStreams streams) throws InterruptedException {
    JdbcSink sink = new JdbcSink(settings);
    Thread thread = new Thread(sink, "sink");
    thread.setUncaughtExceptionHandler(
        (failed, error) -> {
          error.printStackTrace();
          Runtime.getRuntime().halt(1);
        });
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  streams.close();
                  sink.stop();
                  stopped.countDown();
                }));
    streams.start();
    thread.start();
    stopped.await();
  }

  /** Reads everything once, and says in one line of JSON in how many seconds. */
  private static void reprocess(Settings settings, KafkaStreams streams, AtomicLong done)
      throws Exception {
    long all = standing(settings);
    streams.start();
    while (done.get() == 0) {
      Thread.sleep(1);
    }
    long first = done.get();
    long began = System.nanoTime();
    long spent = spent();
    while (done.get() < all) {
      Thread.sleep(1);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    double processor = (spent() - spent) / 1e9;
    System.out.printf(
        "{\"events\": %d, \"seconds\": %.6f, \"cpu_seconds\": %.6f}%n",
        all - first, seconds, processor);
    streams.close();
  }

  private static long spent() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  private static long standing(Settings settings) throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(settings.client(Map.of()))) {
      var topics = admin.describeTopics(settings.topics()).allTopicNames().get();
      Map<TopicPartition, OffsetSpec> ends =
          topics.values().stream()
              .flatMap(
                  topic ->
                      topic.partitions().stream()
                          .map(one -> new TopicPartition(topic.name(), one.partition())))
              .collect(Collectors.toMap(one -> one, one -> OffsetSpec.latest()));
      return admin.listOffsets(ends).all().get().values().stream()
          .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
          .sum();
    }
  }

  private static Topology topology(Settings settings, AtomicLong done) {
    Topology topology = new Topology();
    String[] topics = settings.topics().toArray(String[]::new);
    topology.addSource(
        "events", Serdes.String().deserializer(), Serdes.ByteArray().deserializer(), topics);
    topology.addProcessor("join", () -> new Join(settings, done), "events");
    topology.addStateStore(store(Join.CHILDREN, JsonSerde.of(ChildState.class)), "join");
    topology.addStateStore(store(Join.LINKS, Serdes.String()), "join");
    topology.addStateStore(store(Join.SEEN, Serdes.String()), "join");
    topology.addStateStore(store(Join.WAITING, Serdes.Integer()), "join");
    if (settings.writes()) {
      topology.addSink(
          "rows",
          settings.rowsTopic(),
          Serdes.String().serializer(),
          JsonSerde.of(Row.class).serializer(),
          "join");
    }
    return topology;
  }

  private static <T> StoreBuilder<KeyValueStore<String, T>> store(String name, Serde<T> values) {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name), Serdes.String(), values)
        .withCachingEnabled();
  }

  private static Properties properties(Settings settings) {
    return settings.client(
        Map.of(
            StreamsConfig.APPLICATION_ID_CONFIG, settings.name(),
            StreamsConfig.STATE_DIR_CONFIG, settings.folder().toString(),
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE,
            StreamsConfig.producerPrefix("acks"), "all",
            StreamsConfig.producerPrefix("compression.type"), "lz4",
            StreamsConfig.producerPrefix("linger.ms"), "20",
            StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest"));
  }
}
