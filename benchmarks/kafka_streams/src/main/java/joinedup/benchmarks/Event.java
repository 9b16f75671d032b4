package joinedup.benchmarks;

import java.util.List;

/**
 * One agency's event, as far as the join looks into it.
 *
 * <p>identifiers: the child's verified ones, as {@link EventReader} writes them. occurredOn: days
 * since 1970. fact: what the duties look at, null where they do not look at such an event.
 */
record Event(
    String id,
    String type,
    String source,
    String recordId,
    long revision,
    boolean retracted,
    List<String> identifiers,
    int occurredOn,
    long recordedAt,
    ChildState.Fact fact,
    byte[] bytes) {

  /** The record that this event is a version of. */
  String record() {
    return type + " " + source + " " + recordId;
  }

  /** The identifier that the timeline keeps: the best of those that the event itself has. */
  String identifier() {
    return identifiers.get(0);
  }
}
