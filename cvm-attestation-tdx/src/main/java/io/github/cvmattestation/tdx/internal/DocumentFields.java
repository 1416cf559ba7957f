package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.IsvLevel;
import io.github.cvmattestation.tdx.SignedText;
import io.github.cvmattestation.tdx.TcbStatus;
import io.github.cvmattestation.tdx.TdxFinding;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What TCB Info V3 and Enclave Identity V2 have in common (Intel PCS API v4).
 *
 * <p>Intel adds members without raising {@code version}, as it did with {@code
 * tdxModuleIdentities}; verifiers in the field pass over what they do not know, so an addition can
 * only tell more, never demand more. Hence the objects that hold statements (a document, a level, a
 * module identity) may have members that are not known here. An object whose members are compared
 * ({@code tcb}, a component, {@code tdxModule}) may not: what is passed over there is a comparison
 * left out.
 */
final class DocumentFields {
  /** 64 Ki tokens bound these lists too; a list of its own makes the message clearer. */
  static final int MAX_ITEMS = 1024;

  private static final int MAX_ADVISORY_LENGTH = 64;
  private static final int U16 = 0xFFFF;
  private static final Set<TcbStatus> OF_ISV =
      EnumSet.of(TcbStatus.UP_TO_DATE, TcbStatus.OUT_OF_DATE, TcbStatus.REVOKED);
  private static final Comparator<IsvLevel> HIGHEST_ISV_FIRST =
      Comparator.comparingInt(IsvLevel::isvSvn).reversed();

  private DocumentFields() {}

  /** The document as an object, of the id and version that this library reads. */
  static Json.Obj document(String name, SignedText signed, String id, int version)
      throws RefutedException, MalformedException {
    Json.Obj document = parsed(name, signed.text()).asObject();
    if (!document.require("id").asString().equals(id)) {
      throw outOfScope(name + ".id: " + id);
    }
    requireNumber(document, "version", version);
    return document;
  }

  private static Json parsed(String name, Bytes text) throws RefutedException {
    try {
      return StrictJson.parse(name, text, SignedText.MAX_SIZE);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(TdxFinding.COLLATERAL_JSON));
    }
  }

  /** Makes sure of a number that says what the document is about. */
  static void requireNumber(Json.Obj document, String name, int expected)
      throws RefutedException, MalformedException {
    Json value = document.require(name);
    if (value.asUnsigned(Integer.MAX_VALUE) != expected) {
      throw outOfScope(value.where() + ": " + expected);
    }
  }

  private static RefutedException outOfScope(String expected) {
    return new RefutedException(
        Finding.of(TdxFinding.COLLATERAL_SCOPE, expected, "something else"));
  }

  /** The bytes of a member in hexadecimal, of which there are exactly {@code size}. */
  static Bytes hex(Json.Obj object, String name, int size) throws MalformedException {
    Json value = object.require(name);
    if (value.asString().length() != 2 * size) {
      throw value.wrong(2 * size + " hexadecimal digits");
    }
    return value.asHex();
  }

  /** An unsigned member of at most {@code max}. */
  static int unsigned(Json.Obj object, String name, int max) throws MalformedException {
    return (int) object.require(name).asUnsigned(max);
  }

  /** {@code tcbEvaluationDataNumber}. */
  static int evaluationDataNumber(Json.Obj document) throws MalformedException {
    return unsigned(document, "tcbEvaluationDataNumber", Integer.MAX_VALUE);
  }

  /** Refuses an object of comparisons that has other members than {@code known}. */
  static void requireOnly(Json.Obj object, int known) throws MalformedException {
    // Called once all known members were found, so that their number tells.
    if (object.names().size() != known) {
      throw object.wrong(known + " members");
    }
  }

  /**
   * A point in time, in the one form that Intel names: {@code YYYY-MM-DDThh:mm:ssZ} (RFC 3339,
   * UTC).
   */
  static Instant instant(Json.Obj object, String name) throws MalformedException {
    Json value = object.require(name);
    String text = value.asString();
    if (text.length() != 20
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':'
        || text.charAt(19) != 'Z') {
      throw value.wrong("YYYY-MM-DDThh:mm:ssZ");
    }
    int hour = digits(value, text, 11, 13);
    int minute = digits(value, text, 14, 16);
    int second = digits(value, text, 17, 19);
    // No leap second: Intel's clock has none, and an Instant neither.
    if (hour > 23 || minute > 59 || second > 59) {
      throw value.wrong("a time of day");
    }
    try {
      LocalDate date =
          LocalDate.of(
              digits(value, text, 0, 4), digits(value, text, 5, 7), digits(value, text, 8, 10));
      return Instant.ofEpochSecond(
          date.toEpochDay() * 86_400L + (hour * 60L + minute) * 60 + second);
    } catch (DateTimeException e) {
      throw value.wrong("a date of the calendar");
    }
  }

  private static int digits(Json value, String text, int from, int to) throws MalformedException {
    int number = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw value.wrong("YYYY-MM-DDThh:mm:ssZ");
      }
      number = 10 * number + c - '0';
    }
    return number;
  }

  /** {@code tcbStatus}, which must be one of {@code possible}. */
  static TcbStatus status(Json.Obj level, Set<TcbStatus> possible)
      throws RefutedException, MalformedException {
    Json value = level.require("tcbStatus");
    Optional<TcbStatus> status = TcbStatus.ofLabel(value.asString());
    if (status.isEmpty() || !possible.contains(status.get())) {
      throw new RefutedException(
          Finding.of(
              TdxFinding.TDX_TCB_STATUS,
              value.where() + ": a status that Intel gives such a level",
              status.map(TcbStatus::label).orElse("an unknown one")));
    }
    return status.get();
  }

  /** {@code advisoryIDs}, which need not be there. */
  static List<String> advisories(Json.Obj level) throws MalformedException {
    Optional<Json> member = level.get("advisoryIDs");
    if (member.isEmpty()) {
      return List.of();
    }
    List<Json> items = member.get().asArray(MAX_ITEMS);
    List<String> advisories = new ArrayList<>(items.size());
    for (Json item : items) {
      String id = item.asString();
      // They end up in claims, findings and logs.
      if (id.isEmpty() || id.length() > MAX_ADVISORY_LENGTH || !isPrintable(id)) {
        throw item.wrong("1 to " + MAX_ADVISORY_LENGTH + " printable characters");
      }
      advisories.add(id);
    }
    return advisories;
  }

  private static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= 0x20 || text.charAt(i) >= 0x7F) {
        return false;
      }
    }
    return true;
  }

  /** The items of {@code tcbLevels}; at least one. */
  static List<Json> levels(Json.Obj owner) throws MalformedException {
    Json member = owner.require("tcbLevels");
    List<Json> levels = member.asArray(MAX_ITEMS);
    if (levels.isEmpty()) {
      throw member.wrong("at least one level");
    }
    return levels;
  }

  /** {@code tcbLevels} of a module or quoting enclave, highest first. */
  static List<IsvLevel> isvLevels(Json.Obj owner) throws RefutedException, MalformedException {
    List<Json> items = levels(owner);
    List<IsvLevel> levels = new ArrayList<>(items.size());
    for (Json item : items) {
      Json.Obj level = item.asObject();
      Json.Obj tcb = level.require("tcb").asObject();
      int isvSvn = unsigned(tcb, "isvsvn", U16);
      requireOnly(tcb, 1);
      levels.add(
          new IsvLevel(
              isvSvn, instant(level, "tcbDate"), status(level, OF_ISV), advisories(level)));
    }
    sortDistinct(levels, HIGHEST_ISV_FIRST, owner);
    return levels;
  }

  /** Puts levels into Intel's order; of two that are alike it could not say which comes first. */
  static <T> void sortDistinct(List<T> levels, Comparator<T> order, Json.Obj owner)
      throws MalformedException {
    levels.sort(order);
    for (int i = 1; i < levels.size(); i++) {
      if (order.compare(levels.get(i - 1), levels.get(i)) == 0) {
        throw owner.wrong("levels that differ");
      }
    }
  }
}
