package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.internal.JsonCursor;
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
import org.jspecify.annotations.Nullable;

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
final class DocumentReader implements AutoCloseable {
  static final int U8 = 0xFF;
  static final int U16 = 0xFFFF;

  private static final int MAX_ADVISORY_LENGTH = 64;
  private static final Set<TcbStatus> OF_ISV =
      EnumSet.of(TcbStatus.UP_TO_DATE, TcbStatus.OUT_OF_DATE, TcbStatus.REVOKED);
  private static final Comparator<IsvLevel> HIGHEST_ISV_FIRST =
      Comparator.comparingInt(IsvLevel::isvSvn).reversed();

  private final JsonCursor in;
  private final String id;
  private final int version;

  private boolean sawId;
  private boolean sawVersion;
  private @Nullable Instant issueDate;
  private @Nullable Instant nextUpdate;
  private @Nullable Integer evaluationDataNumber;

  private DocumentReader(JsonCursor in, String id, int version) {
    this.in = in;
    this.id = id;
    this.version = version;
  }

  /** Stands at the document, which must be of this id and version. */
  static DocumentReader open(String name, SignedText signed, String id, int version)
      throws RefutedException {
    JsonCursor in =
        JsonCursor.open(
            name,
            signed.text(),
            SignedText.MAX_SIZE,
            TdxFinding.COLLATERAL_JSON,
            TdxFinding.COLLATERAL_SCHEMA);
    return new DocumentReader(in, id, version);
  }

  /** Where the reader stands. */
  JsonCursor in() {
    return in;
  }

  /** Consumes a member that every document has, or one that is not known. */
  void readCommon(String member) throws RefutedException {
    switch (member) {
      case "id" -> {
        if (!in.string().equals(id)) {
          throw outOfScope(id);
        }
        sawId = true;
      }
      case "version" -> {
        requireNumber(version);
        sawVersion = true;
      }
      case "issueDate" -> issueDate = instant();
      case "nextUpdate" -> nextUpdate = instant();
      case "tcbEvaluationDataNumber" -> evaluationDataNumber = in.unsigned(Integer.MAX_VALUE);
      default -> in.skip();
    }
  }

  /** To be called where the document ends, before anything is asked of it. */
  void end() throws RefutedException {
    in.end();
    present(sawId ? id : null, "id");
    present(sawVersion ? id : null, "version");
  }

  Instant issueDate() throws RefutedException {
    return present(issueDate, "issueDate");
  }

  Instant nextUpdate() throws RefutedException {
    return present(nextUpdate, "nextUpdate");
  }

  int evaluationDataNumber() throws RefutedException {
    return present(evaluationDataNumber, "tcbEvaluationDataNumber");
  }

  /** Makes sure of a number that says what the document is about. */
  void requireNumber(int expected) throws RefutedException {
    if (in.unsigned(Integer.MAX_VALUE) != expected) {
      throw outOfScope(Integer.toString(expected));
    }
  }

  /** A member of the object that was read last, which must be there. */
  <T> T present(@Nullable T value, String name) throws RefutedException {
    if (value == null) {
      throw in.wrong("a member \"" + name + "\"");
    }
    return value;
  }

  /** A refusal of a member beside those that are compared. */
  RefutedException unknown() {
    return in.wrong("nothing beside what is compared");
  }

  /** The time in the one form that Intel names: {@code YYYY-MM-DDThh:mm:ssZ} (RFC 3339, UTC). */
  Instant instant() throws RefutedException {
    String text = in.string();
    boolean form =
        text.length() == 20
            && text.charAt(4) == '-'
            && text.charAt(7) == '-'
            && text.charAt(10) == 'T'
            && text.charAt(13) == ':'
            && text.charAt(16) == ':'
            && text.charAt(19) == 'Z';
    if (!form) {
      throw in.wrong("YYYY-MM-DDThh:mm:ssZ");
    }
    int hour = digits(text, 11, 13);
    int minute = digits(text, 14, 16);
    int second = digits(text, 17, 19);
    // No leap second: an Instant has none, so that it would have to be taken for another one.
    if (hour > 23 || minute > 59 || second > 59) {
      throw in.wrong("a time of day");
    }
    try {
      LocalDate date = LocalDate.of(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
      return Instant.ofEpochSecond(
          date.toEpochDay() * 86_400L + (hour * 60L + minute) * 60 + second);
    } catch (DateTimeException e) {
      throw in.wrong("a date of the calendar");
    }
  }

  private int digits(String text, int from, int to) throws RefutedException {
    int number = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw in.wrong("YYYY-MM-DDThh:mm:ssZ");
      }
      number = 10 * number + c - '0';
    }
    return number;
  }

  /** A {@code tcbStatus}, which must be one of {@code possible}. */
  TcbStatus status(Set<TcbStatus> possible) throws RefutedException {
    Optional<TcbStatus> status = TcbStatus.ofLabel(in.string());
    if (status.isPresent() && possible.contains(status.get())) {
      return status.get();
    }
    throw new RefutedException(
        Finding.of(
            TdxFinding.TDX_TCB_STATUS,
            in.where() + ": a status that Intel gives such a level",
            status.map(TcbStatus::label).orElse("an unknown one")));
  }

  /** {@code advisoryIDs}, in their order. */
  List<String> advisories() throws RefutedException {
    List<String> advisories = new ArrayList<>();
    in.beginArray();
    while (in.nextItem()) {
      String advisory = in.string();
      // They end up in claims, findings and logs.
      if (advisory.isEmpty() || advisory.length() > MAX_ADVISORY_LENGTH || !isPrintable(advisory)) {
        throw in.wrong("1 to " + MAX_ADVISORY_LENGTH + " printable characters");
      }
      advisories.add(advisory);
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

  /** {@code tcbLevels} of a module or quoting enclave, highest first. */
  List<IsvLevel> isvLevels() throws RefutedException {
    List<IsvLevel> levels = new ArrayList<>();
    in.beginArray();
    while (in.nextItem()) {
      levels.add(isvLevel());
    }
    return sorted(levels, HIGHEST_ISV_FIRST);
  }

  private IsvLevel isvLevel() throws RefutedException {
    @Nullable Integer isvSvn = null;
    @Nullable Instant tcbDate = null;
    @Nullable TcbStatus status = null;
    List<String> advisories = List.of();
    in.beginObject();
    while (in.nextMember()) {
      switch (in.name()) {
        case "tcb" -> isvSvn = isvSvn();
        case "tcbDate" -> tcbDate = instant();
        case "tcbStatus" -> status = status(OF_ISV);
        case "advisoryIDs" -> advisories = advisories();
        default -> in.skip();
      }
    }
    return new IsvLevel(
        present(isvSvn, "tcb"),
        present(tcbDate, "tcbDate"),
        present(status, "tcbStatus"),
        advisories);
  }

  private int isvSvn() throws RefutedException {
    @Nullable Integer isvSvn = null;
    in.beginObject();
    while (in.nextMember()) {
      if (!in.name().equals("isvsvn")) {
        throw unknown();
      }
      isvSvn = in.unsigned(U16);
    }
    return present(isvSvn, "isvsvn");
  }

  /** Levels in Intel's order; of two that are alike nobody could say which comes first. */
  <T> List<T> sorted(List<T> levels, Comparator<T> order) throws RefutedException {
    if (levels.isEmpty()) {
      throw in.wrong("at least one level");
    }
    levels.sort(order);
    for (int i = 1; i < levels.size(); i++) {
      if (order.compare(levels.get(i - 1), levels.get(i)) == 0) {
        throw in.wrong("levels that differ");
      }
    }
    return levels;
  }

  private RefutedException outOfScope(String expected) {
    return new RefutedException(
        Finding.of(TdxFinding.COLLATERAL_SCOPE, in.where() + ": " + expected, "something else"));
  }

  @Override
  public void close() {
    in.close();
  }
}
