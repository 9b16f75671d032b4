package joinedup.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the table holds of one child: the newest of each record that a duty looks at, and more. */
final class ChildState {
  /**
   * The newest version of one record.
   *
   * <p>day: since 1970, null where the source left it out. ref: the record that it answers. says:
   * agencies or codes.
   */
  record Fact(
      long revision,
      boolean retracted,
      String kind,
      String recordId,
      Integer day,
      String ref,
      List<String> says) {

    boolean isNewerThan(Fact other) {
      return other == null
          || revision > other.revision
          || (revision == other.revision && retracted && !other.retracted);
    }
  }

  /** An alert that was raised for the child under a name that it has no more. */
  record Former(String child, String duty, String anchor, int due) {}

  /** By record; the newest day of each type; due days of raised alerts; the child's names. */
  public Map<String, Fact> facts = new TreeMap<>();

  public Map<String, Integer> latest = new TreeMap<>();
  public Map<String, Integer> raised = new TreeMap<>();
  public List<Former> former = new java.util.ArrayList<>();
  public TreeSet<String> names = new TreeSet<>();

  void fold(Event event) {
    latest.merge(event.type(), event.occurredOn(), Math::max);
    if (event.fact() != null) {
      keep(event.record(), event.fact());
    }
  }

  /** Take in what was known of the same child under another name. */
  void merge(String name, ChildState other) {
    other.facts.forEach(this::keep);
    other.latest.forEach((type, day) -> latest.merge(type, day, Math::max));
    names.addAll(other.names);
    former.addAll(other.former);
    other.raised.forEach(
        (alert, due) -> {
          String[] parts = alert.split(" ", 2);
          former.add(new Former(name, parts[0], parts[1], due));
        });
  }

  private void keep(String record, Fact fact) {
    if (fact.isNewerThan(facts.get(record))) {
      facts.put(record, fact);
    }
  }
}
