package joinedup.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import joinedup.benchmarks.ChildState.Fact;
import org.apache.avro.generic.GenericRecord;

/** Five duties with deadlines in calendar days; benchmarks/duties.py says the same in Python. */
final class Duties {
  /** Something that is owed from a record on, and whether it was done. */
  record Case(String duty, String anchor, int due, boolean answered) {}

  /** Which fields of a type the duties look at. */
  private record Fields(String day, String ref, String says) {}

  private static final Map<String, Fields> FIELDS =
      Map.of(
          "AgencyInvolvementStarted", new Fields("started_on", null, "agency"),
          "JointPlanAgreed", new Fields("agreed_on", null, "contributors"),
          "TransitionProposed", new Fields("proposed_on", null, null),
          "TransitionDecisionRecorded", new Fields("decided_on", "transition", null),
          "ApPlacementStarted", new Fields("start_on", null, "commissioner_type"),
          "ApPlacementEnded", new Fields("end_on", "placement", null),
          "ExitPlanAgreed", new Fields("agreed_on", "placement", null),
          "LaNotifiedOfApPlacement", new Fields("notified_on", "placement", null),
          "ReferralReceived", new Fields("received_on", null, null),
          "ReferralDecisionRecorded", new Fields("decided_on", "referral", null));
  private static final int BEFORE = 28;

  private Duties() {}

  /** What the duties look at in a record, null where none looks at such a one. */
  static Fact fact(
      GenericRecord record, String type, String recordId, long revision, boolean retracted) {
    Fields fields = FIELDS.get(type);
    if (fields == null) {
      return null;
    }
    Object ref = fields.ref == null ? null : record.get(fields.ref);
    return new Fact(
        revision,
        retracted,
        type,
        recordId,
        (Integer) record.get(fields.day),
        ref == null ? null : ref.toString(),
        fields.says == null ? List.of() : words(record.get(fields.says)));
  }

  private static List<String> words(Object said) {
    if (said instanceof Collection<?> several) {
      return several.stream().map(Object::toString).toList();
    }
    return said == null ? List.of() : List.of(said.toString());
  }

  /** Every case of a child. */
  static List<Case> cases(Collection<Fact> facts) {
    List<Fact> standing = facts.stream().filter(one -> !one.retracted()).toList();
    List<Case> found = new ArrayList<>();
    jointPlan(standing, found);
    answered(standing, found, "AP_TRANSITION_DECISION_DELAYED", "TransitionProposed", 28,
        Set.of("TransitionDecisionRecorded"));
    answered(standing, found, "AP_EXIT_PLAN_MISSING", "ApPlacementStarted", 49,
        Set.of("ExitPlanAgreed", "ApPlacementEnded"));
    answered(standing, found, "REFERRAL_DECISION_1_DAY", "ReferralReceived", 3,
        Set.of("ReferralDecisionRecorded"));
    informed(standing, found);
    return found;
  }

  private static void jointPlan(List<Fact> facts, List<Case> found) {
    List<Fact> involved =
        of(facts, "AgencyInvolvementStarted").stream()
            .sorted(Comparator.comparing(Fact::day).thenComparing(Fact::recordId))
            .toList();
    Set<String> agencies = new TreeSet<>();
    for (Fact one : involved) {
      agencies.addAll(one.says());
      if (agencies.size() > 1) {
        Predicate<Fact> isWhole = plan -> plan.says().containsAll(agencies);
        boolean agreed = of(facts, "JointPlanAgreed").stream().anyMatch(isWhole);
        found.add(new Case("JOINT_PLAN_MISSING", one.recordId(), one.day() + 28, agreed));
        return;
      }
    }
  }

  private static void answered(
      List<Fact> facts, List<Case> found, String duty, String opens, int days, Set<String> answers) {
    for (Fact one : of(facts, opens)) {
      boolean done =
          facts.stream()
              .anyMatch(a -> answers.contains(a.kind()) && one.recordId().equals(a.ref()));
      found.add(new Case(duty, one.recordId(), one.day() + days, done));
    }
  }

  private static void informed(List<Fact> facts, List<Case> found) {
    for (Fact one : of(facts, "ApPlacementStarted")) {
      if (one.says().contains("SCHOOL")) {
        Predicate<Fact> isOfIt =
            told ->
                told.ref() == null
                    ? told.day() >= one.day() - BEFORE
                    : told.ref().equals(one.recordId());
        boolean done = of(facts, "LaNotifiedOfApPlacement").stream().anyMatch(isOfIt);
        found.add(new Case("AP_LA_NOT_INFORMED", one.recordId(), one.day() + 7, done));
      }
    }
  }

  private static List<Fact> of(List<Fact> facts, String kind) {
    return facts.stream().filter(one -> one.kind().equals(kind) && one.day() != null).toList();
  }
}
