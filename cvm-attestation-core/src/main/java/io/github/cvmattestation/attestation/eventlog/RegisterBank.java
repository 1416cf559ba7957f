package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values of measurement registers in one bank; at least one, and not necessarily all. By itself a
 * claim: the values are worth as much as where they come from.
 */
public final class RegisterBank {
  private static final int MAX_JSON_SIZE = 64 << 10;
  private static final Pattern REGISTER = Pattern.compile("0|[1-9][0-9]?");

  private final RegisterKind kind;
  private final HashAlgorithm algorithm;

  /** A bit for each register that is here; bit 0 is register 0. */
  private final int present;

  /** All registers of the kind, one after the other; zeros for one that is not here. */
  private final Bytes values;

  private RegisterBank(RegisterKind kind, HashAlgorithm algorithm, int present, Bytes values) {
    this.kind = kind;
    this.algorithm = algorithm;
    this.present = present;
    this.values = values;
  }

  /**
   * A bank with the given registers.
   *
   * @param values by register number (from 0), each exactly as long as a digest of {@code
   *     algorithm}
   * @throws MalformedException if there is none, the kind has no such bank or register, or a value
   *     has another size
   */
  public static RegisterBank of(
      RegisterKind kind, HashAlgorithm algorithm, Map<Integer, Bytes> values)
      throws MalformedException {
    String where = "bank " + algorithm.bankName() + " of " + kind;
    if (!kind.has(algorithm)) {
      throw new MalformedException(where, "a bank that exists", algorithm.bankName());
    }
    if (values.isEmpty()) {
      throw new MalformedException(where, "at least one register", "none");
    }
    int size = algorithm.digestSize();
    byte[] all = new byte[kind.count() * size];
    int present = 0;
    for (Map.Entry<Integer, Bytes> entry : values.entrySet()) {
      int register = entry.getKey();
      if (register < 0 || register >= kind.count()) {
        throw new MalformedException(
            where, "registers 0 to " + (kind.count() - 1), "register " + register);
      }
      if (entry.getValue().size() != size) {
        throw new MalformedException(
            where + ", " + kind.label(register),
            size + " bytes",
            entry.getValue().size() + " bytes");
      }
      entry.getValue().copyTo(all, register * size);
      present |= 1 << register;
    }
    return new RegisterBank(kind, algorithm, present, Bytes.of(all));
  }

  /**
   * RTMR0 to RTMR3, as a TD quote or report has them.
   *
   * @param values four, of 48 bytes each
   * @throws MalformedException if there are more or fewer, or one has another size
   */
  public static RegisterBank rtmrs(List<Bytes> values) throws MalformedException {
    if (values.size() != RegisterKind.RTMR.count()) {
      throw new MalformedException(
          "RTMRs", RegisterKind.RTMR.count() + " values", values.size() + " values");
    }
    SortedMap<Integer, Bytes> numbered = new TreeMap<>();
    for (Bytes value : values) {
      numbered.put(numbered.size(), value);
    }
    return of(RegisterKind.RTMR, HashAlgorithm.SHA384, numbered);
  }

  /**
   * Banks from JSON: {@code {"sha256": {"0": "hex", …}, …}}, bank to register to value.
   *
   * @param kind what the registers are
   * @throws MalformedException for anything else, and if there is no bank
   */
  public static List<RegisterBank> parse(RegisterKind kind, Bytes json) throws MalformedException {
    Json.Obj banks = StrictJson.parse("registers", json, MAX_JSON_SIZE).asObject();
    List<RegisterBank> parsed = new ArrayList<>();
    for (String name : banks.names()) {
      HashAlgorithm algorithm =
          HashAlgorithm.ofBankName(name)
              .orElseThrow(() -> banks.wrong("banks such as sha256 or sha384"));
      Json.Obj bank = banks.require(name).asObject();
      SortedMap<Integer, Bytes> values = new TreeMap<>();
      for (String number : bank.names()) {
        if (!REGISTER.matcher(number).matches()) {
          throw bank.wrong("register numbers");
        }
        values.put(Integer.valueOf(number), bank.require(number).asHex());
      }
      parsed.add(of(kind, algorithm, values));
    }
    if (parsed.isEmpty()) {
      throw banks.wrong("at least one bank");
    }
    return parsed;
  }

  /**
   * A bank with every register of its kind.
   *
   * @param values one after the other
   */
  static RegisterBank whole(RegisterKind kind, HashAlgorithm algorithm, Bytes values) {
    return new RegisterBank(kind, algorithm, (1 << kind.count()) - 1, values);
  }

  /** Those of these registers that {@code wanted} has too. */
  RegisterBank only(RegisterBank wanted) {
    int size = algorithm.digestSize();
    byte[] kept = new byte[values.size()];
    for (int register = 0; register < kind.count(); register++) {
      if (has(register) && wanted.has(register)) {
        at(register).copyTo(kept, register * size);
      }
    }
    return new RegisterBank(kind, algorithm, present & wanted.present, Bytes.of(kept));
  }

  /** What kind of registers these are. */
  public RegisterKind kind() {
    return kind;
  }

  /** The algorithm that the bank extends with. */
  public HashAlgorithm algorithm() {
    return algorithm;
  }

  /** The values by register number, ascending. Unmodifiable. */
  public SortedMap<Integer, Bytes> values() {
    SortedMap<Integer, Bytes> numbered = new TreeMap<>();
    for (int register = 0; register < kind.count(); register++) {
      if (has(register)) {
        numbered.put(register, at(register));
      }
    }
    return Collections.unmodifiableSortedMap(numbered);
  }

  /** The value of {@code register}, if it is here. */
  public Optional<Bytes> value(int register) {
    return has(register) ? Optional.of(at(register)) : Optional.empty();
  }

  /** Whether {@code register} is here. */
  boolean has(int register) {
    return register >= 0 && register < kind.count() && (present & 1 << register) != 0;
  }

  /** The value of a register that is here. */
  Bytes at(int register) {
    int size = algorithm.digestSize();
    return values.slice(register * size, (register + 1) * size);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RegisterBank that
        && kind == that.kind
        && algorithm == that.algorithm
        && present == that.present
        && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, algorithm, present, values);
  }

  @Override
  public String toString() {
    return "RegisterBank[" + kind + " " + algorithm.bankName() + ":" + values().keySet() + "]";
  }
}
