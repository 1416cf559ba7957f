package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.ReleasePolicies.AUTHORITY;
import static io.github.cvmattestation.azure.ReleasePolicies.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.ReleaseCondition.Clause;
import io.github.cvmattestation.azure.ReleaseCondition.Operator;
import io.github.cvmattestation.azure.ReleaseCondition.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Release policies over a small world of claims, in which they hold about as often as not. */
class ReleasePolicyPropertyTest {
  private static final int TRIES = 1000;
  private static final List<String> PATHS = List.of("a", "b", "a.a", "a.b", "b.a", "c");

  /** Claims as plain Java: text, number, truth value, map, list, or {@link #NULL}. */
  private static final Object NULL = new Object();

  private static final List<Object> SCALARS =
      List.of("", "x", "X", "1", "true", 0L, 1L, 2L, -1L, true, false);

  @Provide
  static Arbitrary<ReleasePolicy> policies() {
    Arbitrary<ReleasePolicy.Branch> branches =
        Combinators.combine(
                Arbitraries.of(AUTHORITY, AUTHORITY + "/", "https://other.example"), groups(2))
            .as(ReleasePolicy.Branch::new);
    return branches.list().ofMinSize(1).ofMaxSize(3).map(ReleasePolicy::new);
  }

  private static Arbitrary<ReleaseCondition.Group> groups(int depth) {
    Arbitrary<List<ReleaseCondition>> members = conditions(depth).list().ofMinSize(1).ofMaxSize(3);
    return Combinators.combine(members, Arbitraries.of(true, false))
        .as(
            (some, all) ->
                all ? new ReleaseCondition.AllOf(some) : new ReleaseCondition.AnyOf(some));
  }

  private static Arbitrary<ReleaseCondition> conditions(int depth) {
    Arbitrary<String> paths = Arbitraries.of(PATHS);
    Arbitrary<ReleaseCondition> comparisons =
        Combinators.combine(
                paths,
                Arbitraries.of(Operator.EQUALS, Operator.NOT_EQUALS),
                Arbitraries.of(SCALARS))
            .as((claim, operator, value) -> new Clause(claim, operator, value(value)));
    Arbitrary<ReleaseCondition> orders =
        Combinators.combine(
                paths,
                Arbitraries.of(
                    Operator.LESS,
                    Operator.LESS_OR_EQUALS,
                    Operator.GREATER,
                    Operator.GREATER_OR_EQUALS),
                Arbitraries.longs().between(-1, 2))
            .as((claim, operator, bound) -> new Clause(claim, operator, Value.of(bound)));
    Arbitrary<ReleaseCondition> existences =
        Combinators.combine(paths, Arbitraries.of(true, false))
            .as((claim, there) -> new Clause(claim, Operator.EXISTS, Value.of(there)));
    Arbitrary<ReleaseCondition> clauses = Arbitraries.oneOf(comparisons, orders, existences);
    return depth == 0
        ? clauses
        : Arbitraries.oneOf(clauses, groups(depth - 1).map(group -> (ReleaseCondition) group));
  }

  private static Value value(Object value) {
    if (value instanceof String text) {
      return Value.of(text);
    }
    return value instanceof Long number ? Value.of(number) : Value.of(value.equals(true));
  }

  @Provide
  static Arbitrary<Map<String, Object>> claims() {
    return maps(2)
        .flatMap(
            members ->
                Arbitraries.of(AUTHORITY, AUTHORITY + "/", "https://other.example", 1L)
                    .map(
                        issuer -> {
                          Map<String, Object> claims = new LinkedHashMap<>(members);
                          claims.put("iss", issuer);
                          return claims;
                        }));
  }

  private static Arbitrary<Map<String, Object>> maps(int depth) {
    Arbitrary<Object> scalars = Arbitraries.of(SCALARS);
    Arbitrary<Object> others = Arbitraries.of(NULL, List.of(), List.of(1L), Map.of());
    Arbitrary<Object> members =
        depth == 0
            ? Arbitraries.oneOf(scalars, others)
            : Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, scalars),
                net.jqwik.api.Tuple.of(1, others),
                net.jqwik.api.Tuple.of(3, maps(depth - 1).map(map -> (Object) map)));
    return Arbitraries.maps(Arbitraries.of("a", "b"), members).ofMaxSize(2);
  }

  private static String json(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(member -> "\"" + member.getKey() + "\":" + json(member.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    } else if (value instanceof List<?> list) {
      return list.stream()
          .map(ReleasePolicyPropertyTest::json)
          .collect(Collectors.joining(",", "[", "]"));
    }
    return value instanceof String text ? "\"" + text + "\"" : value == NULL ? "null" : "" + value;
  }

  @Property(tries = TRIES)
  void theEvaluatorAgreesWithANaiveOne(
      @ForAll("policies") ReleasePolicy policy, @ForAll("claims") Map<String, Object> claims)
      throws MalformedException {
    boolean naive =
        policy.branches().stream()
            .anyMatch(
                branch ->
                    claims.get("iss") instanceof String issuer
                        && issuer.replaceFirst("/$", "").equals(branch.authority())
                        && naive(branch.conditions(), claims));
    ReleaseEvaluation evaluation = policy.evaluate(bytes(json(claims)));
    assertThat(evaluation.isReleased()).isEqualTo(naive);
    assertThat(evaluation.failures().isEmpty()).isEqualTo(naive);
  }

  private static boolean naive(ReleaseCondition condition, Map<String, Object> claims) {
    if (condition instanceof ReleaseCondition.AllOf all) {
      return all.conditions().stream().allMatch(one -> naive(one, claims));
    } else if (condition instanceof ReleaseCondition.AnyOf any) {
      return any.conditions().stream().anyMatch(one -> naive(one, claims));
    }
    Clause clause = (Clause) condition;
    Object found = claims;
    for (String step : clause.claim().split("\\.")) {
      found = found instanceof Map<?, ?> map ? map.get(step) : null;
    }
    String wanted = clause.value().toString().replaceAll("^\\w+\\[value=|]$", "");
    String type = clause.value().getClass().getSimpleName();
    if (found == null) {
      return clause.operator() == Operator.EXISTS && wanted.equals("false");
    } else if (found == NULL || found instanceof Map || found instanceof List) {
      return false;
    }
    String typeFound = found instanceof String ? "Text" : found instanceof Long ? "Whole" : "Flag";
    boolean same = type.equals(typeFound) && wanted.equals(found.toString());
    return switch (clause.operator()) {
      case EQUALS -> same;
      case NOT_EQUALS -> !same;
      case EXISTS -> wanted.equals("true");
      case LESS -> found instanceof Long n && n < Long.parseLong(wanted);
      case LESS_OR_EQUALS -> found instanceof Long n && n <= Long.parseLong(wanted);
      case GREATER -> found instanceof Long n && n > Long.parseLong(wanted);
      case GREATER_OR_EQUALS -> found instanceof Long n && n >= Long.parseLong(wanted);
    };
  }

  @Property(tries = TRIES)
  void whatIsBuiltAndWrittenIsReadBackTheSame(@ForAll("policies") ReleasePolicy policy)
      throws MalformedException {
    ReleasePolicy read = ReleasePolicy.parse(policy.canonicalJson());
    assertThat(read).isEqualTo(policy);
    assertThat(read.canonicalJson()).isEqualTo(policy.canonicalJson());
    assertThat(read.hash()).isEqualTo(policy.hash());
  }

  @Property(tries = TRIES)
  void anyTextIsWrittenAndReadBackTheSame(
      @ForAll("texts") String claim, @ForAll("texts") String value, @ForAll long number)
      throws MalformedException {
    String path = claim.replace(".", "") + "x";
    ReleasePolicy policy =
        ReleasePolicy.anyOf(
            ReleasePolicy.Branch.allOf(
                AUTHORITY,
                ReleaseCondition.equal(path, value),
                ReleaseCondition.equal(path, number),
                ReleaseCondition.notEqual(path, Value.of(value))));
    assertThat(ReleasePolicy.parse(policy.canonicalJson())).isEqualTo(policy);
  }

  @Provide
  static Arbitrary<String> texts() {
    Arbitrary<String> characters =
        Arbitraries.integers()
            .between(0x20, 0x10FFFF)
            .filter(c -> !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE)
            .map(Character::toString);
    Arbitrary<String> special = Arbitraries.of("\"", "\\", "/", "\u2028", "é", "\ud83d\ude00", "<");
    return Arbitraries.oneOf(characters, special)
        .list()
        .ofMaxSize(20)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 100)
  void nothingIsWrongWithWhatAStrictBranchAsks(
      @ForAll boolean snp,
      @ForAll boolean tdx,
      @ForAll("guids") List<String> guids,
      @ForAll("digests") List<Bytes> digests) {
    List<ReleasePolicy.Branch> branches = new ArrayList<>();
    if (snp || !tdx) {
      branches.add(strict(GuestBranch.forSnp(AUTHORITY), guids, digests));
    }
    if (tdx) {
      branches.add(strict(GuestBranch.forTdx(AUTHORITY + "/"), guids, digests));
    }
    ReleasePolicy policy = new ReleasePolicy(branches);
    assertThat(ReleasePolicyLinter.accepting(AUTHORITY).lint(policy)).isEmpty();
    assertThat(
            ReleasePolicyLinter.accepting(AUTHORITY)
                .requireUnchanged(policy, policy.canonicalJson()))
        .isEmpty();
  }

  private static ReleasePolicy.Branch strict(
      GuestBranch branch, List<String> guids, List<Bytes> digests) {
    return branch
        .vmUniqueId(guids.toArray(String[]::new))
        .launchMeasurement(digests.toArray(Bytes[]::new))
        .build();
  }

  @Provide
  static Arbitrary<List<String>> guids() {
    return Arbitraries.longs()
        .between(1, (1L << 48) - 1)
        .map(n -> "0a1b2c3d-4e5f-6071-8293-%012x".formatted(n))
        .list()
        .ofMaxSize(60);
  }

  @Provide
  static Arbitrary<List<Bytes>> digests() {
    return Arbitraries.integers()
        .between(0, 255)
        .map(n -> Bytes.ofHex("%02x".formatted(n).repeat(48)))
        .list()
        .ofMaxSize(20);
  }

  /** What a token of a healthy VM says, by the name of the claim. */
  private static Map<String, Object> healthy() {
    Map<String, Object> hardware = new LinkedHashMap<>();
    hardware.put("x-ms-attestation-type", "sevsnpvm");
    hardware.put("x-ms-compliance-status", "azure-compliant-cvm");
    hardware.put("x-ms-sevsnpvm-is-debuggable", false);
    hardware.put("x-ms-sevsnpvm-vmpl", 0L);
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", AUTHORITY);
    claims.put("secureboot", true);
    claims.put("x-ms-azurevm-bootdebug-enabled", false);
    claims.put("x-ms-azurevm-kerneldebug-enabled", false);
    claims.put("x-ms-azurevm-hypervisordebug-enabled", false);
    claims.put("x-ms-isolation-tee", hardware);
    return claims;
  }

  /** The linter against the evaluator: what passes the one lets no sick VM through the other. */
  @Property(tries = TRIES)
  void aPolicyWithoutFindingsLetsNoSickVmThrough(
      @ForAll("demandedInSomeWay") ReleaseCondition.Group conditions) throws MalformedException {
    ReleasePolicy policy = ReleasePolicy.anyOf(new ReleasePolicy.Branch(AUTHORITY, conditions));
    List<Map<String, Object>> sick = sick();
    boolean safe = true;
    for (Map<String, Object> claims : sick) {
      safe &= !policy.evaluate(bytes(json(claims))).isReleased();
    }
    boolean clean = ReleasePolicyLinter.accepting(AUTHORITY).lint(policy).isEmpty();
    // Made of demands alone, without contradictions, a policy is safe exactly where it is clean.
    assertThat(clean).isEqualTo(safe);
  }

  private static List<Map<String, Object>> sick() {
    List<Map<String, Object>> sick = new ArrayList<>();
    for (String name : healthy().keySet()) {
      if (!name.equals("iss") && !name.equals("x-ms-isolation-tee")) {
        Map<String, Object> claims = healthy();
        claims.put(name, claims.get(name).equals(false));
        sick.add(claims);
      }
    }
    for (Map.Entry<String, Object> change :
        Map.<String, Object>of(
                "x-ms-attestation-type",
                "other",
                "x-ms-compliance-status",
                "none",
                "x-ms-sevsnpvm-is-debuggable",
                true,
                "x-ms-sevsnpvm-vmpl",
                1L)
            .entrySet()) {
      Map<String, Object> claims = healthy();
      Map<String, Object> hardware = new LinkedHashMap<>();
      ((Map<?, ?>) claims.get("x-ms-isolation-tee"))
          .forEach((name, value) -> hardware.put((String) name, value));
      hardware.put(change.getKey(), change.getValue());
      claims.put("x-ms-isolation-tee", hardware);
      sick.add(claims);
    }
    return sick;
  }

  /** All demands but some, and these somewhere in a tree of groups. */
  @Provide
  static Arbitrary<ReleaseCondition.Group> demandedInSomeWay() {
    List<ReleaseCondition> demands =
        List.copyOf(GuestBranch.forSnp(AUTHORITY).build().conditions().conditions());
    return Combinators.combine(
            Arbitraries.of(demands).set().ofMinSize(1).ofMaxSize(2),
            trees(demands, 2).list().ofMinSize(1).ofMaxSize(3))
        .as(
            (left, trees) -> {
              List<ReleaseCondition> all = new ArrayList<>(demands);
              all.removeAll(left);
              all.addAll(trees);
              return new ReleaseCondition.AllOf(all);
            });
  }

  private static Arbitrary<ReleaseCondition> trees(List<ReleaseCondition> demands, int depth) {
    if (depth == 0) {
      return Arbitraries.of(demands);
    }
    Arbitrary<List<ReleaseCondition>> members =
        trees(demands, depth - 1).list().ofMinSize(1).ofMaxSize(3);
    return Combinators.combine(members, Arbitraries.of(true, false))
        .as(
            (some, all) ->
                all ? new ReleaseCondition.AllOf(some) : new ReleaseCondition.AnyOf(some));
  }
}
