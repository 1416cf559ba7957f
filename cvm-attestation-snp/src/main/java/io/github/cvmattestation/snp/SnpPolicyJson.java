package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The {@code snp} section of a policy: each member is the builder's method of that name. */
final class SnpPolicyJson {
  private static final int MAX_SIZE = 1 << 20;
  private static final int MAX_ITEMS = 10_000;
  private static final String IGNORE = "ignore";

  private final Json.Obj root;
  private final SnpPolicy.Builder policy = SnpPolicy.builder();

  private SnpPolicyJson(Json.Obj root) {
    this.root = root;
  }

  static SnpPolicy parse(Bytes json) {
    try {
      SnpPolicyJson reader =
          new SnpPolicyJson(StrictJson.parse("policy.snp", json, MAX_SIZE).asObject());
      reader.readQuestions();
      reader.readRefinements();
      reader.readAllowances();
      return reader.policy.build();
    } catch (MalformedException e) {
      throw SnpRules.senseless(e.problem(), "see docs/policy.md for its members");
    }
  }

  private void readQuestions() throws MalformedException {
    root.onlyMembers(
        "productLines",
        "tcb",
        "measurement",
        "reportData",
        "hostData",
        "idBlock",
        "chip",
        "refuseChips",
        "vmpl",
        "firmware",
        "reportVersion",
        "abi",
        "guestPolicy",
        "platform",
        "mitigations",
        "reportId",
        "migrationAgent",
        "vlekOf",
        "allow");
    policy.requireProductLines(set(root.require("productLines"), SnpPolicyJson::line));
    Json tcb = root.require("tcb");
    if (isIgnored(tcb)) {
      policy.ignoreTcb();
    } else {
      Json.Obj lines = tcb.asObject();
      for (String name : lines.names()) {
        ProductLine line = line(name, lines);
        policy.requireTcb(line, floors(line, lines.require(name).asObject()));
      }
    }
    question("measurement", policy::requireMeasurement, policy::ignoreMeasurement);
    question(
        "reportData",
        values -> {
          if (values.size() != 1) {
            throw SnpRules.senseless("more than one reportData", "a report has one: name it");
          }
          policy.requireReportData(values.iterator().next());
        },
        policy::ignoreReportData);
    question("hostData", policy::requireHostData, policy::ignoreHostData);
    question("chip", policy::requireChip, policy::ignoreChip);
    Json idBlock = root.require("idBlock");
    if (isIgnored(idBlock)) {
      policy.ignoreIdBlock();
    } else {
      policy.requireIdBlock(idBlock(idBlock.asObject()));
    }
  }

  private void readRefinements() throws MalformedException {
    present("refuseChips", value -> policy.refuseChips(hexSet(value)));
    present("vmpl", value -> policy.requireVmpl(set(value, level -> (int) level.asUnsigned(3))));
    present("firmware", value -> policy.requireFirmware(firmware(value)));
    present("reportVersion", value -> policy.requireReportVersion((int) value.asUnsigned(255)));
    present(
        "abi",
        value -> {
          int[] abi = version(value, 2, 2, "a version such as \"1.55\"");
          return policy.requireAbi(abi[0], abi[1]);
        });
    present(
        "guestPolicy",
        value ->
            policy.requireGuestPolicy(
                set(value, demand -> constant(GuestPolicyDemand.class, demand))));
    present(
        "platform",
        value -> {
          value.asObject().onlyMembers("ones", "zeros");
          return policy.requirePlatform(mask(value, "ones"), mask(value, "zeros"));
        });
    present(
        "mitigations",
        value -> {
          value.asObject().onlyMembers("launch", "current");
          return policy.requireMitigations(mask(value, "launch"), mask(value, "current"));
        });
    present("reportId", value -> policy.requireReportId(hexSet(value)));
    present("migrationAgent", value -> policy.requireMigrationAgent(hexSet(value)));
    present(
        "vlekOf",
        value ->
            value instanceof Json.Str any && any.value().equals("any provider")
                ? policy.allowVlekOfAnyProvider()
                : policy.allowVlekOf(set(value, Json::asString)));
  }

  private void readAllowances() throws MalformedException {
    if (root.get("allow").isEmpty()) {
      return;
    }
    for (Json item : root.require("allow").asArray(SnpRules.Weakness.values().length)) {
      switch (constant(SnpRules.Weakness.class, item)) {
        case DEBUG_GUEST -> policy.allowDebugGuest();
        case MIGRATION_AGENT -> policy.allowMigrationAgent();
        case CXL -> policy.allowCxl();
        case PROVISIONAL_FIRMWARE -> policy.allowProvisionalFirmware();
        case UNKNOWN_PLATFORM_BITS -> policy.allowUnknownPlatformBits();
      }
    }
  }

  /** A function of JSON that may refuse it. */
  private interface Reader<T> {
    T read(Json value) throws MalformedException;
  }

  private void present(String name, Reader<SnpPolicy.Builder> apply) throws MalformedException {
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
      return;
    }
    Set<Bytes> values = value instanceof Json.Str one ? Set.of(one.asHex()) : hexSet(value);
    SnpRules.requireSome(name, values);
    require.accept(values);
  }

  private static SnpTcb floors(ProductLine line, Json.Obj floors) throws MalformedException {
    floors.onlyMembers("reported", "committed", "current", "launch");
    return new SnpTcb(
        tcb(line, floors.require("reported")),
        tcb(line, floors.require("committed")),
        tcb(line, floors.require("current")),
        tcb(line, floors.require("launch")));
  }

  private static TcbVersion tcb(ProductLine line, Json value) throws MalformedException {
    Json.Obj levels = value.asObject();
    if (line == ProductLine.TURIN) {
      levels.onlyMembers("fmc", "bootLoader", "tee", "snp", "microcode");
      return new TcbVersion.Turin(
          level(levels, "fmc"),
          level(levels, "bootLoader"),
          level(levels, "tee"),
          level(levels, "snp"),
          level(levels, "microcode"));
    }
    levels.onlyMembers("bootLoader", "tee", "snp", "microcode");
    return new TcbVersion.PreTurin(
        level(levels, "bootLoader"),
        level(levels, "tee"),
        level(levels, "snp"),
        level(levels, "microcode"));
  }

  private static IdBlockRule idBlock(Json.Obj rule) throws MalformedException {
    rule.onlyMembers("idKeys", "authorKeys", "familyIds", "imageIds", "minimumGuestSvn");
    return new IdBlockRule(
        hexSet(rule.require("idKeys")),
        hexSet(rule.require("authorKeys")),
        hexSet(rule.require("familyIds")),
        hexSet(rule.require("imageIds")),
        rule.require("minimumGuestSvn").asUnsigned(0xFFFFFFFFL));
  }

  private static FirmwareVersion firmware(Json value) throws MalformedException {
    int[] parts = version(value, 2, 3, "a version such as \"1.55.40\"");
    return new FirmwareVersion(parts[0], parts[1], parts.length == 3 ? parts[2] : 0);
  }

  /** Numbers from 0 to 255, as one byte holds each of them, with dots between. */
  private static int[] version(Json value, int least, int most, String expected)
      throws MalformedException {
    String[] parts = value.asString().split("\\.", -1);
    boolean numbers =
        parts.length >= least
            && parts.length <= most
            && Arrays.stream(parts)
                .allMatch(part -> part.matches("[0-9]{1,3}") && Integer.parseInt(part) <= 255);
    if (!numbers) {
      throw value.wrong(expected);
    }
    return Arrays.stream(parts).mapToInt(Integer::parseInt).toArray();
  }

  private static long mask(Json value, String name) throws MalformedException {
    Json bits = value.asObject().require(name);
    Bytes octets = bits.asHex();
    if (octets.size() != Long.BYTES) {
      throw bits.wrong("16 hexadecimal digits, most significant first");
    }
    return Long.parseUnsignedLong(octets.hex(), 16);
  }

  private static int level(Json.Obj levels, String name) throws MalformedException {
    return (int) levels.require(name).asUnsigned(255);
  }

  private static ProductLine line(Json value) throws MalformedException {
    return ProductLine.ofLabel(value.asString())
        .orElseThrow(() -> value.wrong("Milan, Genoa or Turin"));
  }

  private static ProductLine line(String name, Json where) throws MalformedException {
    return ProductLine.ofLabel(name).orElseThrow(() -> where.wrong("Milan, Genoa or Turin"));
  }

  /** {@code debugGuest} for DEBUG_GUEST. */
  private static <E extends Enum<E>> E constant(Class<E> type, Json value)
      throws MalformedException {
    String name = value.asString().replaceAll("([A-Z]|(?<=[a-z])[0-9]+)", "_$1");
    for (E candidate : type.getEnumConstants()) {
      if (candidate.name().equals(name.toUpperCase(Locale.ROOT))) {
        return candidate;
      }
    }
    throw value.wrong("one of the names in docs/policy.md");
  }

  private static boolean isIgnored(Json value) {
    return value instanceof Json.Str text && text.value().equals(IGNORE);
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
