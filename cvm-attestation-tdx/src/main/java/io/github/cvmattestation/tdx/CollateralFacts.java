package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

/**
 * By what a TD was judged: which collateral, from when and until when. What Intel's quote
 * verification library calls supplemental data.
 *
 * @param items every part that was used
 * @param tcbInfoNumber {@code tcbEvaluationDataNumber} of the TCB Info
 * @param qeIdentityNumber {@code tcbEvaluationDataNumber} of the QE Identity
 * @param pckCrlNumber cRLNumber of the PCK authority's list
 * @param rootCrlNumber cRLNumber of the root's list
 * @param rootKeyId SHA-384 of the root's uncompressed point, 48 bytes
 */
public record CollateralFacts(
    List<Item> items,
    int tcbInfoNumber,
    int qeIdentityNumber,
    BigInteger pckCrlNumber,
    BigInteger rootCrlNumber,
    Bytes rootKeyId) {

  /** The parts of collateral. */
  public enum Part {
    /** Leaf, authority and root from the quote. */
    PCK_CHAIN("pckChain"),
    /** The PCK authority's revocation list. */
    PCK_CRL("pckCrl"),
    /** The root's revocation list. */
    ROOT_CRL("rootCrl"),
    /** Signer and root of the TCB Info. */
    TCB_INFO_CHAIN("tcbInfoChain"),
    /** The TCB Info. */
    TCB_INFO("tcbInfo"),
    /** Signer and root of the QE Identity. */
    QE_IDENTITY_CHAIN("qeIdentityChain"),
    /** The QE Identity. */
    QE_IDENTITY("qeIdentity");

    private final String label;

    Part(String label) {
      this.label = label;
    }

    /** The name that claims use. */
    public String label() {
      return label;
    }
  }

  /**
   * One part.
   *
   * @param part which
   * @param issued from when it holds; of a chain, the latest of its certificates
   * @param expires until when (inclusive); of a chain, the earliest of its certificates
   * @param sha256 digest of the part as it was received; of a document, of its signed text
   */
  public record Item(Part part, Instant issued, Instant expires, Bytes sha256) {}

  public CollateralFacts {
    items = List.copyOf(items);
  }

  /** The lower of both evaluation numbers: by rules no older than this the TD was judged. */
  public int evaluationDataNumber() {
    return Math.min(tcbInfoNumber, qeIdentityNumber);
  }

  /** When the oldest part was issued. */
  public Instant earliestIssue() {
    return items.stream().map(Item::issued).min(Instant::compareTo).orElseThrow();
  }

  /** When the newest part was issued. */
  public Instant latestIssue() {
    return items.stream().map(Item::issued).max(Instant::compareTo).orElseThrow();
  }

  /** Until when the same verdict could be given (inclusive). */
  public Instant earliestExpiration() {
    return items.stream().map(Item::expires).min(Instant::compareTo).orElseThrow();
  }

  /** The same as claims. */
  public ClaimValue.Group toGroup() {
    ClaimValue.Builder group =
        ClaimValue.Group.builder()
            .put("evaluationDataNumber", evaluationDataNumber())
            .put("earliestIssue", earliestIssue().toString())
            .put("latestIssue", latestIssue().toString())
            .put("earliestExpiration", earliestExpiration().toString())
            .put("pckCrlNumber", pckCrlNumber.toString())
            .put("rootCrlNumber", rootCrlNumber.toString())
            .put("rootKeyId", rootKeyId);
    for (Item item : items) {
      group.put(
          item.part().label(),
          ClaimValue.Group.builder()
              .put("issued", item.issued().toString())
              .put("expires", item.expires().toString())
              .put("sha256", item.sha256())
              .build());
    }
    return group.build();
  }
}
