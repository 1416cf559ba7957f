package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.Optional;

/**
 * TPMS_ATTEST: what a TPM signs about itself (TPM 2.0 Part 2, section 10.12.12).
 *
 * @param type what it speaks of
 * @param qualifiedSigner the signing key's Qualified Name: a hash algorithm and a digest of the
 *     path from the hierarchy down to the key
 * @param extraData the caller's qualifying data: where the nonce is
 * @param clockInfo clock and counters
 * @param firmwareVersion vendor-specific, unsigned 64 bits
 * @param attested the part that depends on the type
 */
public record TpmsAttest(
    AttestType type,
    Bytes qualifiedSigner,
    Bytes extraData,
    TpmsClockInfo clockInfo,
    long firmwareVersion,
    Attested attested) {

  /**
   * TPM_GENERATED_VALUE, the magic number (Part 2, section 6.2). A restricted key signs nothing
   * that begins with it except what the TPM itself composed.
   */
  public static final long TPM_GENERATED_VALUE = 0xFF544347L;

  private static final Bytes GENERATED = Bytes.ofHex("ff544347");

  private static final String STRUCTURE = "TPMS_ATTEST";

  /** TPM2B_NAME and TPM2B_DATA: an algorithm and the longest digest. */
  private static final int MAX_HASH_WITH_ALGORITHM = 2 + 64;

  private static final int MAX_DIGEST = 64;

  /** TPMU_ATTEST (Part 2, section 10.12.11). */
  public sealed interface Attested {}

  /**
   * TPMS_QUOTE_INFO (Part 2, section 10.12.4).
   *
   * @param pcrSelect which registers
   * @param pcrDigest a digest, with the hash of the signing scheme, of their values one after the
   *     other in the order of {@code pcrSelect}, ascending within each selection
   */
  public record QuoteInfo(TpmlPcrSelection pcrSelect, Bytes pcrDigest) implements Attested {
    private static QuoteInfo read(ByteReader in) throws MalformedException {
      return new QuoteInfo(TpmlPcrSelection.read(in), in.sized16("quote.pcrDigest", MAX_DIGEST));
    }
  }

  /**
   * TPMS_CERTIFY_INFO (Part 2, section 10.12.3).
   *
   * @param name the Name of the object that is in the TPM: an algorithm and a digest
   * @param qualifiedName likewise, of the path from the hierarchy down to it
   */
  public record CertifyInfo(Bytes name, Bytes qualifiedName) implements Attested {
    private static CertifyInfo read(ByteReader in) throws MalformedException {
      return new CertifyInfo(
          in.sized16("certify.name", MAX_HASH_WITH_ALGORITHM),
          in.sized16("certify.qualifiedName", MAX_HASH_WITH_ALGORITHM));
    }
  }

  /**
   * TPMS_CREATION_INFO (Part 2, section 10.12.7).
   *
   * @param objectName the Name of the object that was created
   * @param creationHash a digest of its TPMS_CREATION_DATA
   */
  public record CreationInfo(Bytes objectName, Bytes creationHash) implements Attested {
    private static CreationInfo read(ByteReader in) throws MalformedException {
      return new CreationInfo(
          in.sized16("creation.objectName", MAX_HASH_WITH_ALGORITHM),
          in.sized16("creation.creationHash", MAX_DIGEST));
    }
  }

  /**
   * The body of any other type, not looked into.
   *
   * @param body as it was received
   */
  public record Unread(Bytes body) implements Attested {}

  /**
   * Parses {@code input} to its last byte.
   *
   * @throws MalformedException also if the magic number is another
   */
  public static TpmsAttest parse(Bytes input) throws MalformedException {
    ByteReader in = ByteReader.bigEndian(STRUCTURE, input);
    long magic = in.u32("magic");
    if (magic != TPM_GENERATED_VALUE) {
      throw in.malformed("magic", "ff544347", "%08x".formatted(magic));
    }
    AttestType type = AttestType.read(in);
    TpmsAttest attest =
        new TpmsAttest(
            type,
            in.sized16("qualifiedSigner", MAX_HASH_WITH_ALGORITHM),
            in.sized16("extraData", MAX_HASH_WITH_ALGORITHM),
            TpmsClockInfo.read(in),
            in.u64("firmwareVersion"),
            switch (type) {
              case QUOTE -> QuoteInfo.read(in);
              case CERTIFY -> CertifyInfo.read(in);
              case CREATION -> CreationInfo.read(in);
              default -> new Unread(in.bytes("attested", in.remaining()));
            });
    in.end();
    return attest;
  }

  /** Whether {@code input} begins as everything does that a TPM itself composes and signs. */
  public static boolean isTpmGenerated(Bytes input) {
    return input.startsWith(GENERATED);
  }

  /** The body, if this certifies an object. */
  public Optional<CertifyInfo> certify() {
    return attested instanceof CertifyInfo info ? Optional.of(info) : Optional.empty();
  }

  /** The body, if this is a quote. */
  public Optional<QuoteInfo> quote() {
    return attested instanceof QuoteInfo quote ? Optional.of(quote) : Optional.empty();
  }
}
