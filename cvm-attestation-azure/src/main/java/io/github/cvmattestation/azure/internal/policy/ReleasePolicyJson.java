package io.github.cvmattestation.azure.internal.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.azure.ReleaseCondition;
import io.github.cvmattestation.azure.ReleaseCondition.Clause;
import io.github.cvmattestation.azure.ReleaseCondition.Operator;
import io.github.cvmattestation.azure.ReleaseCondition.Value;
import io.github.cvmattestation.azure.ReleasePolicy;
import io.github.cvmattestation.azure.ReleasePolicyFinding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The JSON form of {@link ReleasePolicy}: one reading, and one writing. */
public final class ReleasePolicyJson {
  private static final String VERSION = "1.0.0";
  private static final String ALL_OF = "allOf";
  private static final String ANY_OF = "anyOf";
  private static final String AUTHORITY = "authority";
  private static final String CLAIM = "claim";

  private ReleasePolicyJson() {}

  /** Reads a policy. */
  public static ReleasePolicy read(Bytes json) throws MalformedException {
    Json.Obj root = StrictJson.parse("policy", json, ReleasePolicy.MAX_SIZE).asObject();
    root.onlyMembers("version", ANY_OF);
    if (!root.require("version").asString().equals(VERSION)) {
      throw root.require("version").wrong('"' + VERSION + '"');
    }
    List<ReleasePolicy.Branch> branches = new ArrayList<>();
    for (Json branch : root.require(ANY_OF).asArray(ReleasePolicy.MAX_CONDITIONS)) {
      branches.add(branch(branch.asObject()));
    }
    return made(root.require(ANY_OF), () -> new ReleasePolicy(branches));
  }

  private static ReleasePolicy.Branch branch(Json.Obj branch) throws MalformedException {
    branch.onlyMembers(AUTHORITY, ALL_OF, ANY_OF);
    if (branch.get(AUTHORITY).isEmpty()) {
      throw new MalformedException(
          branch.where(),
          Finding.of(ReleasePolicyFinding.POLICY_AUTHORITY, "an authority", "none"));
    }
    String authority = branch.require(AUTHORITY).asString();
    ReleaseCondition.Group conditions = group(branch, 1);
    return made(branch.require(AUTHORITY), () -> new ReleasePolicy.Branch(authority, conditions));
  }

  private static ReleaseCondition.Group group(Json.Obj object, int depth)
      throws MalformedException {
    boolean all = object.get(ALL_OF).isPresent();
    if (all == object.get(ANY_OF).isPresent()) {
      throw object.wrong("either " + ALL_OF + " or " + ANY_OF);
    }
    Json members = object.require(all ? ALL_OF : ANY_OF);
    if (depth > ReleaseCondition.MAX_DEPTH) {
      throw members.wrong("at most " + ReleaseCondition.MAX_DEPTH + " groups in one another");
    }
    List<ReleaseCondition> conditions = new ArrayList<>();
    for (Json condition : members.asArray(ReleasePolicy.MAX_CONDITIONS)) {
      conditions.add(condition(condition.asObject(), depth));
    }
    return made(
        members,
        () ->
            all ? new ReleaseCondition.AllOf(conditions) : new ReleaseCondition.AnyOf(conditions));
  }

  private static ReleaseCondition condition(Json.Obj object, int depth) throws MalformedException {
    if (object.get(CLAIM).isEmpty()) {
      object.onlyMembers(ALL_OF, ANY_OF);
      return group(object, depth + 1);
    }
    if (object.names().size() != 2) {
      throw object.wrong("a claim and one operator");
    }
    String claim = object.require(CLAIM).asString();
    String word = object.names().stream().filter(name -> !name.equals(CLAIM)).findFirst().get();
    Operator operator =
        Operator.ofWord(word).orElseThrow(() -> object.wrong("an operator of the grammar"));
    Value value = value(object.require(word));
    return made(object, () -> new Clause(claim, operator, value));
  }

  private static Value value(Json json) throws MalformedException {
    if (json instanceof Json.Str text) {
      return made(json, () -> Value.of(text.value()));
    } else if (json instanceof Json.Bool bool) {
      return Value.of(bool.value());
    } else if (json instanceof Json.Num number && fits(number.value())) {
      return Value.of(number.value().longValueExact());
    }
    throw json.wrong("a string, an integer of 64 bits, true or false");
  }

  private static boolean fits(BigInteger value) {
    return value.bitLength() < Long.SIZE;
  }

  private interface Maker<T> {
    T make();
  }

  /** What the values themselves refuse is here a mistake of the text. */
  private static <T> T made(Json json, Maker<T> maker) throws MalformedException {
    try {
      return maker.make();
    } catch (AttestationException.Configuration e) {
      throw new MalformedException(json.where(), e.remedy(), "something else");
    }
  }

  /** Writes a policy. */
  public static Bytes write(ReleasePolicy policy) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("version", VERSION);
      json.writeArrayFieldStart(ANY_OF);
      for (ReleasePolicy.Branch branch : policy.branches()) {
        json.writeStartObject();
        json.writeStringField(AUTHORITY, branch.authority());
        writeGroup(json, branch.conditions());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("JSON in memory", e); // there is no device to fail
    }
    return Bytes.of(out.toByteArray());
  }

  private static void writeGroup(JsonGenerator json, ReleaseCondition.Group group)
      throws IOException {
    json.writeArrayFieldStart(group.word());
    for (ReleaseCondition condition : group.conditions()) {
      json.writeStartObject();
      if (condition instanceof ReleaseCondition.Group inner) {
        writeGroup(json, inner);
      } else if (condition instanceof Clause clause) {
        json.writeStringField(CLAIM, clause.claim());
        json.writeFieldName(clause.operator().word());
        writeValue(json, clause.value());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeValue(JsonGenerator json, Value value) throws IOException {
    if (value instanceof Value.Text text) {
      json.writeString(text.value());
    } else if (value instanceof Value.Whole number) {
      json.writeNumber(number.value());
    } else if (value instanceof Value.Flag flag) {
      json.writeBoolean(flag.value());
    }
  }

  /** SHA-256 in base64url without padding. */
  public static String hash(Bytes text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Digests.sha256(text).toArray());
  }
}
