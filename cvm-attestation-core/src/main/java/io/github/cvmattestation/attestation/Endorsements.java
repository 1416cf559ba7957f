package io.github.cvmattestation.attestation;

import java.util.ArrayList;
import java.util.List;

/**
 * What vouches for a machine's keys (RFC 9334, section 8.2): certificates, revocation lists, and
 * what a vendor states about its platforms under its own signature.
 *
 * <p>Nothing here is trusted. Each entry is held as it was received and is parsed only inside a
 * verifier, so that a damaged one is a refusal and not an exception; and a root certificate that
 * comes this way is never an anchor (see {@link TrustAnchors}).
 *
 * @param certificates bundles in any order: PEM or DER, one or several each, or a form that the
 *     verifier at hand knows (AMD's certificate table, Azure's THIM answer)
 * @param revocationLists X.509 CRLs, PEM or DER
 * @param documents signed statements and bundles of collateral, in a form that the verifier at hand
 *     knows (Intel's TCB Info and identity of the Quoting Enclave, with what they need)
 */
public record Endorsements(
    List<Bytes> certificates, List<Bytes> revocationLists, List<Bytes> documents) {
  private static final Endorsements NONE = new Endorsements(List.of(), List.of());

  public Endorsements {
    certificates = List.copyOf(certificates);
    revocationLists = List.copyOf(revocationLists);
    documents = List.copyOf(documents);
  }

  /** Certificates and revocation lists without documents. */
  public Endorsements(List<Bytes> certificates, List<Bytes> revocationLists) {
    this(certificates, revocationLists, List.of());
  }

  /** Nothing but what the evidence itself carries. */
  public static Endorsements none() {
    return NONE;
  }

  /** Certificates alone. */
  public static Endorsements ofCertificates(Bytes... bundles) {
    return new Endorsements(List.of(bundles), List.of());
  }

  /** These endorsements and one more bundle of certificates. */
  public Endorsements withCertificates(Bytes bundle) {
    return new Endorsements(plus(certificates, bundle), revocationLists, documents);
  }

  /** These endorsements and one more revocation list. */
  public Endorsements withRevocationList(Bytes crl) {
    return new Endorsements(certificates, plus(revocationLists, crl), documents);
  }

  /** These endorsements and one more document. */
  public Endorsements withDocument(Bytes document) {
    return new Endorsements(certificates, revocationLists, plus(documents, document));
  }

  private static List<Bytes> plus(List<Bytes> entries, Bytes more) {
    List<Bytes> all = new ArrayList<>(entries);
    all.add(more);
    return all;
  }
}
