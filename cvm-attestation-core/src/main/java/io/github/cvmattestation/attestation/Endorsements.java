package io.github.cvmattestation.attestation;

import java.util.ArrayList;
import java.util.List;

/**
 * What vouches for a machine's keys (RFC 9334, section 8.2): certificates and revocation lists.
 *
 * <p>Nothing here is trusted. Each entry is held as it was received and is parsed only inside a
 * verifier, so that a damaged one is a refusal and not an exception; and a root certificate that
 * comes this way is never an anchor (see {@link TrustAnchors}).
 *
 * @param certificates bundles in any order: PEM or DER, one or several each, or a form that the
 *     verifier at hand knows (AMD's certificate table, Azure's THIM answer)
 * @param revocationLists X.509 CRLs, PEM or DER
 */
public record Endorsements(List<Bytes> certificates, List<Bytes> revocationLists) {
  private static final Endorsements NONE = new Endorsements(List.of(), List.of());

  public Endorsements {
    certificates = List.copyOf(certificates);
    revocationLists = List.copyOf(revocationLists);
  }

  /** Nothing but what the evidence itself carries. */
  public static Endorsements none() {
    return NONE;
  }

  /** Certificates alone. */
  public static Endorsements ofCertificates(Bytes... bundles) {
    return new Endorsements(List.of(bundles), List.of());
  }

  /** These endorsements and one more revocation list. */
  public Endorsements withRevocationList(Bytes crl) {
    List<Bytes> all = new ArrayList<>(revocationLists);
    all.add(crl);
    return new Endorsements(certificates, all);
  }

  /** These endorsements and one more bundle of certificates. */
  public Endorsements withCertificates(Bytes bundle) {
    List<Bytes> all = new ArrayList<>(certificates);
    all.add(bundle);
    return new Endorsements(all, revocationLists);
  }
}
