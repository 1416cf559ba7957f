package io.github.cvmattestation.vtpm.luks;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PolicyApproval;
import io.github.cvmattestation.vtpm.PolicyDigest;
import io.github.cvmattestation.vtpm.PolicyKey;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What {@code systemd-measure sign} prints, and what unified kernel images carry as {@code .pcrsig}
 * and {@code /run/systemd/tpm2-pcr-signature.json}: for each bank a list of signed policies
 * (systemd-measure(1)). Not trusted: the TPM verifies what is used of it.
 */
public final class PcrSignatures {
  /** The most bytes that such a file may have. */
  public static final int MAX_SIZE = 1 << 20;

  private static final int MAX_ENTRIES = 1024;

  /** TPM_ALG_RSASSA. */
  private static final int RSASSA = 0x0014;

  private final List<Entry> entries;

  private PcrSignatures(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * @param keyFingerprint SHA-256 of the key's SubjectPublicKeyInfo
   * @param policy the policy digest that is signed
   */
  private record Entry(
      HashAlgorithm bank,
      SortedSet<Integer> pcrs,
      Bytes keyFingerprint,
      Bytes policy,
      Bytes signature) {}

  /** No signatures. */
  public static PcrSignatures none() {
    return new PcrSignatures(List.of());
  }

  /**
   * Parses the JSON.
   *
   * @throws MalformedException if it is anything else, or names a bank that is not known
   */
  public static PcrSignatures parse(Bytes json) throws MalformedException {
    Json.Obj root = StrictJson.parse("PCR signatures", json, MAX_SIZE).asObject();
    List<Entry> entries = new ArrayList<>();
    for (String name : root.names()) {
      Json list = root.require(name);
      HashAlgorithm bank =
          HashAlgorithm.ofBankName(name).orElseThrow(() -> root.wrong("names of known banks"));
      for (Json item : list.asArray(MAX_ENTRIES)) {
        entries.add(entry(bank, item.asObject()));
      }
    }
    return new PcrSignatures(entries);
  }

  private static Entry entry(HashAlgorithm bank, Json.Obj item) throws MalformedException {
    item.onlyMembers("pcrs", "pkfp", "pol", "sig");
    SortedSet<Integer> pcrs = new TreeSet<>();
    for (Json index : item.require("pcrs").asArray(PcrBank.REGISTERS)) {
      pcrs.add((int) index.asUnsigned(PcrBank.REGISTERS - 1));
    }
    Bytes signature = Base64s.decode(item.where(), item.require("sig").asString());
    if (signature.size() > 1024) {
      throw item.wrong("a signature of at most 8192 bits");
    }
    return new Entry(
        bank, pcrs, item.require("pkfp").asHex(), item.require("pol").asHex(), signature);
  }

  /** What {@code key}'s owner signed for exactly these registers and values, if anything. */
  Optional<PolicyApproval> approval(PolicyKey key, PcrBank now) {
    Bytes fingerprint = Digests.sha256(key.key().der());
    Bytes policy = PolicyDigest.empty(HashAlgorithm.SHA256).pcr(now).value();
    return entries.stream()
        .filter(
            entry ->
                entry.bank() == now.algorithm()
                    && entry.pcrs().equals(now.values().keySet())
                    && entry.keyFingerprint().equals(fingerprint)
                    && entry.policy().equals(policy))
        .findFirst()
        .map(entry -> new PolicyApproval(now, Bytes.empty(), tpmtSignature(entry.signature())));
  }

  /** systemd signs with RSASSA-PKCS1-v1_5 and SHA-256, whatever the bank. */
  private static Bytes tpmtSignature(Bytes signature) {
    return Bytes.of(
        new TpmWriter().u16(RSASSA).u16(HashAlgorithm.SHA256.id()).sized(signature).take());
  }
}
