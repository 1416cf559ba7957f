package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** Writes a TPMS_ATTEST as a TPM would, or with any field bent. */
final class AttestWriter {
  private long magic = 0xFF544347L;
  private int type = 0x8018;
  private Bytes qualifiedSigner = Bytes.ofHex("000b").concat(filled(32, 0x5A));
  private Bytes extraData = Bytes.empty();
  private long clock = 0x1B6F9CL;
  private long resetCount = 2;
  private long restartCount = 1;
  private int safe = 1;
  private long firmware = 0x2020031200120003L;
  private final List<PcrBank> banks = new ArrayList<>();
  private String digest = "SHA-256";
  private Bytes selection;
  private Bytes pcrDigest;
  private Bytes body;

  /** A quote of all registers of the given banks, in the given order. */
  static AttestWriter quoting(PcrBank... banks) {
    AttestWriter writer = new AttestWriter();
    writer.banks.addAll(List.of(banks));
    return writer;
  }

  /** TPM2_Certify of the object with {@code name}. */
  static AttestWriter certifying(Bytes name) {
    Bytes path = Bytes.ofHex("000b").concat(filled(32, 0x4E));
    return new AttestWriter().type(0x8017).body(new Octets().sized(name).sized(path).toBytes());
  }

  AttestWriter magic(long value) {
    magic = value;
    return this;
  }

  AttestWriter type(int value) {
    type = value;
    return this;
  }

  AttestWriter qualifiedSigner(Bytes value) {
    qualifiedSigner = value;
    return this;
  }

  AttestWriter extraData(Bytes value) {
    extraData = value;
    return this;
  }

  AttestWriter counters(long clockValue, long resets, long restarts, int safeOctet) {
    clock = clockValue;
    resetCount = resets;
    restartCount = restarts;
    safe = safeOctet;
    return this;
  }

  /** The hash of the signing scheme. */
  AttestWriter digest(String algorithm) {
    digest = algorithm;
    return this;
  }

  /** Another TPML_PCR_SELECTION than that of the banks. */
  AttestWriter selection(Bytes encoded) {
    selection = encoded;
    return this;
  }

  AttestWriter pcrDigest(Bytes value) {
    pcrDigest = value;
    return this;
  }

  /** Another body than TPMS_QUOTE_INFO. */
  AttestWriter body(Bytes encoded) {
    body = encoded;
    return this;
  }

  Bytes write() {
    return new Octets()
        .u32(magic)
        .u16(type)
        .sized(qualifiedSigner)
        .sized(extraData)
        .u64(clock)
        .u32(resetCount)
        .u32(restartCount)
        .u8(safe)
        .u64(firmware)
        .raw(body != null ? body : quoteInfo())
        .toBytes();
  }

  private Bytes quoteInfo() {
    Octets signed = new Octets().u32(banks.size());
    for (PcrBank bank : banks) {
      int[] indices = bank.values().keySet().stream().mapToInt(Integer::intValue).toArray();
      signed.raw(entry(bank.algorithm().id(), indices));
    }
    return new Octets()
        .raw(selection != null ? selection : signed.toBytes())
        .sized(pcrDigest != null ? pcrDigest : hash(digest, values(banks)))
        .toBytes();
  }

  /** Every value, bank after bank, ascending within each. */
  static Bytes values(List<PcrBank> banks) {
    Octets all = new Octets();
    for (PcrBank bank : banks) {
      for (int index = 0; index < 24; index++) {
        bank.value(index).ifPresent(all::raw);
      }
    }
    return all.toBytes();
  }

  /** TPML_PCR_SELECTION of encoded entries. */
  static Bytes list(Bytes... entries) {
    Octets list = new Octets().u32(entries.length);
    for (Bytes entry : entries) {
      list.raw(entry);
    }
    return list.toBytes();
  }

  /** TPMS_PCR_SELECTION of three bytes. */
  static Bytes entry(int algorithm, int... indices) {
    int bits = 0;
    for (int index : indices) {
      bits |= 1 << index;
    }
    return new Octets().u16(algorithm).u8(3).u8(bits).u8(bits >>> 8).u8(bits >>> 16).toBytes();
  }

  static Bytes hash(String algorithm, Bytes input) {
    try {
      return Bytes.of(MessageDigest.getInstance(algorithm).digest(input.toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes filled(int size, int octet) {
    Octets out = new Octets();
    for (int i = 0; i < size; i++) {
      out.u8(octet);
    }
    return out.toBytes();
  }
}
