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
  private final SortedMap<Integer, Bytes> values;

  private RegisterBank(
      RegisterKind kind, HashAlgorithm algorithm, SortedMap<Integer, Bytes> values) {
    this.kind = kind;
    this.algorithm = algorithm;
    this.values = Collections.unmodifiableSortedMap(values);
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
    for (Map.Entry<Integer, Bytes> entry : values.entrySet()) {
      int register = entry.getKey();
      if (register < 0 || register >= kind.count()) {
        throw new MalformedException(
            where, "registers 0 to " + (kind.count() - 1), "register " + register);
      }
      if (entry.getValue().size() != algorithm.digestSize()) {
        throw new MalformedException(
            where + ", " + kind.label(register),
            algorithm.digestSize() + " bytes",
            entry.getValue().size() + " bytes");
      }
    }
    return new RegisterBank(kind, algorithm, new TreeMap<>(values));
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

  /** For values that are right by construction. */
  static RegisterBank trusted(
      RegisterKind kind, HashAlgorithm algorithm, SortedMap<Integer, Bytes> values) {
    return new RegisterBank(kind, algorithm, values);
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
    return values;
  }

  /** The value of {@code register}, if it is here. */
  public Optional<Bytes> value(int register) {
    return Optional.ofNullable(values.get(register));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RegisterBank that
        && kind == that.kind
        && algorithm == that.algorithm
        && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * kind.hashCode() + algorithm.hashCode()) + values.hashCode();
  }

  @Override
  public String toString() {
    return "RegisterBank[" + kind + " " + algorithm.bankName() + ":" + values.keySet() + "]";
  }
}
