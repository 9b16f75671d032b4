package joinedup.benchmarks;

import java.time.Duration;
import java.time.LocalDate;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The join: a table keyed by the child, one of identifiers, one of events that were seen.
 *
 * <p>What is read a second time after a crash stands at the place where it was seen, is no
 * duplicate, and gives its rows once more: the table may be ahead of what was committed.
 */
final class Join implements Processor<String, byte[], String, Row> {
  static final String CHILDREN = "children";
  static final String LINKS = "links";
  static final String SEEN = "seen";
  static final String WAITING = "waiting";

  private final Settings settings;
  private final AtomicLong done;
  private final EventReader reader;
  private ProcessorContext<String, Row> context;
  private KeyValueStore<String, ChildState> children;
  private KeyValueStore<String, String> links;
  private KeyValueStore<String, String> seen;
  private KeyValueStore<String, Integer> waiting;
  private int today;
  private long timestamp;

  Join(Settings settings, AtomicLong done) {
    this.settings = settings;
    this.done = done;
    this.reader = new EventReader(settings.registry());
    this.today = settings.today();
  }

  @Override
  public void init(ProcessorContext<String, Row> given) {
    context = given;
    children = given.getStateStore(CHILDREN);
    links = given.getStateStore(LINKS);
    seen = given.getStateStore(SEEN);
    waiting = given.getStateStore(WAITING);
    given.schedule(Duration.ofMinutes(1), PunctuationType.WALL_CLOCK_TIME, this::fallDue);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    timestamp = record.timestamp();
    Event event = reader.read(record.value());
    if (event != null) {
      see(event);
    }
    done.incrementAndGet();
  }

  private void see(Event event) {
    String place =
        context
            .recordMetadata()
            .map(at -> at.topic() + " " + at.partition() + " " + at.offset())
            .orElse("");
    String before = seen.putIfAbsent(event.id(), place);
    if (before == null || before.equals(place)) {
      take(event, before != null);
    }
  }

  private void take(Event event, boolean again) {
    forward(Row.of(event));
    TreeSet<String> names = new TreeSet<>();
    for (String identifier : event.identifiers()) {
      String child = links.get(identifier);
      names.add(child == null ? identifier : child);
    }
    String child = names.first();
    ChildState state = state(child);
    for (String other : names.tailSet(child, false)) {
      ChildState merged = children.delete(other);
      waiting.delete(other);
      if (merged != null) {
        state.merge(other, merged);
      }
    }
    boolean hasGrown = state.names.addAll(event.identifiers());
    if (hasGrown || names.size() > 1 || again) {
      for (String name : state.names) {
        links.put(name, child);
        forward(Row.link(name, child));
      }
    }
    state.fold(event);
    if (event.fact() != null || names.size() > 1 || again) {
      judge(child, state);
    }
    children.put(child, state);
  }

  private ChildState state(String child) {
    ChildState found = children.get(child);
    return found == null ? new ChildState() : found;
  }

  /** Raise what is overdue, close what was raised and is not, and remember what falls due. */
  private void judge(String child, ChildState state) {
    TreeSet<String> open = new TreeSet<>();
    int next = Integer.MAX_VALUE;
    for (Duties.Case one : Duties.cases(state.facts.values())) {
      if (one.answered()) {
        continue;
      }
      if (one.due() < today) {
        String alert = one.duty() + " " + one.anchor();
        open.add(alert);
        state.raised.put(alert, one.due());
        forward(Row.alert(child, one.duty(), one.anchor(), one.due(), true));
      } else {
        next = Math.min(next, one.due());
      }
    }
    state.raised.forEach(
        (alert, due) -> {
          if (!open.contains(alert)) {
            String[] parts = alert.split(" ", 2);
            forward(Row.alert(child, parts[0], parts[1], due, false));
          }
        });
    for (ChildState.Former one : state.former) {
      forward(Row.alert(one.child(), one.duty(), one.anchor(), one.due(), false));
    }
    Integer wanted = next == Integer.MAX_VALUE ? null : next;
    if (!Objects.equals(wanted, waiting.get(child))) {
      waiting.put(child, wanted);
    }
  }

  /** Once a minute of the clock: judge the children of whom something fell due with the day. */
  private void fallDue(long now) {
    int day = (int) LocalDate.now().toEpochDay();
    if (day <= today) {
      return;
    }
    today = day;
    timestamp = now;
    try (KeyValueIterator<String, Integer> all = waiting.all()) {
      while (all.hasNext()) {
        KeyValue<String, Integer> one = all.next();
        ChildState state = one.value < today ? children.get(one.key) : null;
        if (state != null) {
          judge(one.key, state);
          children.put(one.key, state);
        }
      }
    }
  }

  private void forward(Row row) {
    if (settings.writes()) {
      context.forward(new Record<>(row.key(), row, timestamp));
    }
  }
}
