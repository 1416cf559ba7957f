package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The {@code tdx} section of a policy: each member is the builder's method of that name. */
final class TdxPolicyJson {
  private static final int MAX_SIZE = 1 << 20;
  private static final int MAX_ITEMS = 10_000;
  private static final String IGNORE = "ignore";
  private static final String ANY = "any";

  private final Json.Obj root;
  private final TdxPolicy.Builder policy = TdxPolicy.builder();

  private TdxPolicyJson(Json.Obj root) {
    this.root = root;
  }

  static TdxPolicy parse(Bytes json) {
    try {
      TdxPolicyJson reader =
          new TdxPolicyJson(StrictJson.parse("policy.tdx", json, MAX_SIZE).asObject());
      reader.root.onlyMembers(
          "mrtd",
          "rtmrs",
          "reportData",
          "mrConfigId",
          "mrOwner",
          "mrOwnerConfig",
          "platform",
          "mrSeam",
          "attributes",
          "xfam",
          "configuration",
          "platformStatuses",
          "moduleStatuses",
          "qeStatuses",
          "tcbDate",
          "evaluationDataNumber",
          "refuseAdvisories",
          "allowTcbStatuses",
          "allowOutOfDateDays",
          "allowAdvisories",
          "allowServiceTd",
          "allow");
      reader.readQuestions();
      reader.readRefinements();
      reader.readTcb();
      reader.readAllowances();
      return reader.policy.build();
    } catch (MalformedException e) {
      throw TdxRules.senseless(e.problem(), "see docs/policy.md for its members");
    }
  }

  private void readQuestions() throws MalformedException {
    question("mrtd", policy::requireMrTd, policy::ignoreMrTd);
    Json rtmrs = root.require("rtmrs");
    if (isIgnored(rtmrs)) {
      policy.ignoreRtmrs();
    } else {
      readRtmrs(rtmrs.asObject());
    }
    question(
        "reportData",
        values -> {
          if (values.size() != 1) {
            throw TdxRules.senseless("more than one reportData", "a quote has one: name it");
          }
          policy.requireReportData(values.iterator().next());
        },
        policy::ignoreReportData);
    question("mrConfigId", policy::requireMrConfigId, policy::ignoreMrConfigId);
    question("mrOwner", policy::requireMrOwner, policy::ignoreMrOwner);
    question("mrOwnerConfig", policy::requireMrOwnerConfig, policy::ignoreMrOwnerConfig);
    Json platform = root.require("platform");
    if (isIgnored(platform)) {
      policy.ignorePlatform();
    } else {
      readPlatform(platform.asObject());
    }
  }

  private void readRtmrs(Json.Obj registers) throws MalformedException {
    registers.onlyMembers("0", "1", "2", "3");
    TdxRules.requireSome("RTMRs", registers.names());
    for (String name : registers.names()) {
      policy.requireRtmr(Integer.parseInt(name), values(name, registers.require(name)));
    }
  }

  /** With both lists, a platform must be in both. */
  private void readPlatform(Json.Obj platform) throws MalformedException {
    platform.onlyMembers("ppids", "instances");
    TdxRules.requireSome("ways to name a platform", platform.names());
    if (platform.get("ppids").isPresent()) {
      policy.requirePpid(hexSet(platform.require("ppids")));
    }
    if (platform.get("instances").isPresent()) {
      policy.requirePlatformInstance(hexSet(platform.require("instances")));
    }
  }

  private void readRefinements() throws MalformedException {
    present("mrSeam", value -> policy.requireMrSeam(hexSet(value)));
    present(
        "attributes",
        value -> {
          value.asObject().onlyMembers("value", "mask");
          return policy.requireAttributes(bits(value, "value"), bits(value, "mask"));
        });
    present(
        "xfam",
        value -> {
          value.asObject().onlyMembers("value", "mask");
          return policy.requireXfam(bits(value, "value"), bits(value, "mask"));
        });
    present(
        "configuration",
        value ->
            policy.requireConfiguration(
                set(value, demand -> constant(ConfigurationDemand.class, demand))));
  }

  private void readTcb() throws MalformedException {
    present("platformStatuses", value -> policy.requirePlatformStatuses(statuses(value)));
    present("moduleStatuses", value -> policy.requireModuleStatuses(statuses(value)));
    present("qeStatuses", value -> policy.requireQeStatuses(statuses(value)));
    present("tcbDate", value -> policy.requireTcbDate(instant(value)));
    present(
        "evaluationDataNumber",
        value -> policy.requireEvaluationDataNumber((int) value.asUnsigned(Integer.MAX_VALUE)));
    present("refuseAdvisories", value -> policy.refuseAdvisories(set(value, Json::asString)));
    present("allowTcbStatuses", value -> policy.allowTcbStatuses(statuses(value)));
    present(
        "allowOutOfDateDays",
        value ->
            policy.allowOutOfDate(
                Duration.ofDays(value.asUnsigned(TdxPolicy.LONGEST_GRACE.toDays()))));
    present(
        "allowAdvisories",
        value ->
            isAny(value)
                ? policy.allowAnyAdvisory()
                : policy.allowAdvisories(set(value, Json::asString)));
    present(
        "allowServiceTd",
        value -> isAny(value) ? policy.allowAnyServiceTd() : policy.allowServiceTd(hexSet(value)));
  }

  private void readAllowances() throws MalformedException {
    if (root.get("allow").isEmpty()) {
      return;
    }
    for (Json item : root.require("allow").asArray(TdxRules.Weakness.values().length)) {
      switch (constant(TdxRules.Weakness.class, item)) {
        case DEBUG_GUEST -> policy.allowDebugGuest();
        case MIGRATABLE -> policy.allowMigratable();
        case UNKNOWN_ATTRIBUTES -> policy.allowUnknownAttributes();
        case UNKNOWN_XFAM -> policy.allowUnknownXfam();
        case WORSE_SINCE_LAUNCH -> policy.allowWorseSinceLaunch();
      }
    }
  }

  /** A function of JSON that may refuse it. */
  private interface Reader<T> {
    T read(Json value) throws MalformedException;
  }

  private void present(String name, Reader<TdxPolicy.Builder> apply) throws MalformedException {
    Optional<Json> value = root.get(name);
    if (value.isPresent()) {
      apply.read(value.get());
    }
  }

  private void question(String name, Consumer<Set<Bytes>> require, Runnable ignore)
      throws MalformedException {
    Json value = root.require(name);
    if (isIgnored(value)) {
      ignore.run();
    } else {
      require.accept(values(name, value));
    }
  }

  private static Set<Bytes> values(String name, Json value) throws MalformedException {
    Set<Bytes> values = value instanceof Json.Str one ? Set.of(one.asHex()) : hexSet(value);
    TdxRules.requireSome(name, values);
    return values;
  }

  /** In the order of bytes that quotes have, which is little-endian. */
  private static long bits(Json value, String name) throws MalformedException {
    Json bits = value.asObject().require(name);
    Bytes octets = bits.asHex();
    if (octets.size() != Long.BYTES) {
      throw bits.wrong("16 hexadecimal digits, in the order of bytes that quotes have");
    }
    return Long.parseUnsignedLong(octets.reversed().hex(), 16);
  }

  private static Instant instant(Json value) throws MalformedException {
    try {
      return Instant.parse(value.asString());
    } catch (DateTimeParseException e) {
      throw value.wrong("an instant such as \"2024-03-13T00:00:00Z\"");
    }
  }

  private static Set<TcbStatus> statuses(Json value) throws MalformedException {
    return set(
        value,
        item ->
            TcbStatus.ofLabel(item.asString())
                .orElseThrow(() -> item.wrong("a TCB status in Intel's spelling")));
  }

  private static <E extends Enum<E>> E constant(Class<E> type, Json value)
      throws MalformedException {
    String name = value.asString();
    for (E candidate : type.getEnumConstants()) {
      if (camelCase(candidate.name()).equals(name)) {
        return candidate;
      }
    }
    throw value.wrong("one of the names in docs/policy.md");
  }

  /** {@code debugGuest} for DEBUG_GUEST. */
  private static String camelCase(String constant) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < constant.length(); i++) {
      if (constant.charAt(i) != '_') {
        boolean begins = i > 0 && constant.charAt(i - 1) == '_';
        name.append(begins ? constant.charAt(i) : Character.toLowerCase(constant.charAt(i)));
      }
    }
    return name.toString();
  }

  private static boolean isIgnored(Json value) {
    return value instanceof Json.Str text && text.value().equals(IGNORE);
  }

  private static boolean isAny(Json value) {
    return value instanceof Json.Str text && text.value().equals(ANY);
  }

  private static Set<Bytes> hexSet(Json value) throws MalformedException {
    return set(value, Json::asHex);
  }

  private static <T> Set<T> set(Json value, Reader<T> reader) throws MalformedException {
    Set<T> items = new LinkedHashSet<>();
    for (Json item : value.asArray(MAX_ITEMS)) {
      items.add(reader.read(item));
    }
    return items;
  }
}
