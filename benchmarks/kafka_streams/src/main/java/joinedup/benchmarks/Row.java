package joinedup.benchmarks;

/** A row of one of the three tables, on its way to PostgreSQL; only one of them is not null. */
record Row(Timeline timeline, Link link, Alert alert) {

  /** Something that happened; occurredOn: days, recordedAt: milliseconds since 1970. */
  record Timeline(
      String identifier,
      String eventId,
      String type,
      String source,
      String recordId,
      int occurredOn,
      long recordedAt,
      long revision,
      boolean retracted,
      byte[] record) {}

  /** Whose an identifier is. */
  record Link(String identifier, String child) {}

  /** A deadline that passed; open: nothing answered it since. due: days since 1970. */
  record Alert(String child, String duty, String anchor, int due, boolean open) {}

  /** What keeps the rows of one thing in order on the topic. */
  String key() {
    if (timeline != null) {
      return timeline.identifier();
    }
    return link != null ? link.identifier() : alert.child();
  }

  static Row of(Event event) {
    return new Row(
        new Timeline(
            event.identifier(),
            event.id(),
            event.type(),
            event.source(),
            event.recordId(),
            event.occurredOn(),
            event.recordedAt(),
            event.revision(),
            event.retracted(),
            event.bytes()),
        null,
        null);
  }

  static Row link(String identifier, String child) {
    return new Row(null, new Link(identifier, child), null);
  }

  static Row alert(String child, String duty, String anchor, int due, boolean open) {
    return new Row(null, null, new Alert(child, duty, anchor, due, open));
  }
}
