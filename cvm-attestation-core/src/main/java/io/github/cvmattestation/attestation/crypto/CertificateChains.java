package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateExtensions.BasicConstraints;
import io.github.cvmattestation.attestation.crypto.CertificateExtensions.KeyUsage;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The steps of path validation (RFC 5280, section 6.1) that our chains need, one method each. The
 * chains are short and their shape is known, so modules call the steps in their own order instead
 * of asking a general path builder what it thinks.
 */
public final class CertificateChains {
  /**
   * The AlgorithmIdentifiers that stand for a scheme, byte for byte: parameters that are merely
   * parsed would let a signer choose its own. RSASSA-PSS comes with and without the default
   * trailerField (RFC 4055, section 3.1); older certificates write it out. ECDSA has no parameters,
   * not even NULL (RFC 5758, section 3.2).
   */
  private static final Map<SignatureScheme, List<Bytes>> ALGORITHMS =
      Map.of(
          SignatureScheme.RSAPSS_SHA384,
          List.of(
              Bytes.ofHex(
                  "304106092a864886f70d01010a3034a00f300d06096086480165030402020500a11c301a"
                      + "06092a864886f70d010108300d06096086480165030402020500a203020130"),
              Bytes.ofHex(
                  "304606092a864886f70d01010a3039a00f300d06096086480165030402020500a11c301a"
                      + "06092a864886f70d010108300d06096086480165030402020500a203020130"
                      + "a303020101")),
          SignatureScheme.ECDSA_P256_SHA256,
          List.of(Bytes.ofHex("300a06082a8648ce3d040302")));

  private CertificateChains() {}

  /** The certificate names an issuer of this common name. */
  public static void requireIssuer(DerCertificate certificate, String issuerCommonName)
      throws RefutedException {
    if (!certificate.issuerCommonName().equals(issuerCommonName)) {
      throw refuted(
          CoreFinding.CERT_ISSUER,
          certificate.subjectCommonName() + " issued by " + issuerCommonName,
          "another issuer");
    }
  }

  /**
   * The certificate names {@code issuer} as its issuer. Names are compared byte for byte: that is
   * stricter than RFC 5280, section 7.1, asks, and leaves nothing to normalise.
   */
  public static void requireIssuedBy(DerCertificate certificate, DerCertificate issuer)
      throws RefutedException {
    if (!certificate.issuer().equals(issuer.subject())) {
      throw refuted(
          CoreFinding.CERT_ISSUER,
          certificate.subjectCommonName() + " issued by " + issuer.subjectCommonName(),
          "another issuer");
    }
  }

  /** The list names {@code issuer} as its issuer, byte for byte. */
  public static void requireIssuedBy(RevocationList list, DerCertificate issuer)
      throws RefutedException {
    if (!list.issuer().equals(issuer.subject())) {
      throw refuted(
          CoreFinding.CRL_ISSUER,
          "revocation list of " + issuer.subjectCommonName(),
          "another issuer");
    }
  }

  /** The certificate was signed by one of {@code issuers} under {@code scheme}: by which. */
  public static VerificationKey requireSignature(
      DerCertificate certificate, List<VerificationKey> issuers, SignatureScheme scheme)
      throws RefutedException {
    String of = certificate.subjectCommonName();
    requireAlgorithm(CoreFinding.CERT_SIGNATURE, of, certificate.signatureAlgorithm(), scheme);
    return signer(issuers, scheme, certificate.tbs(), certificate.signature())
        .orElseThrow(() -> unsigned(CoreFinding.CERT_SIGNATURE, of));
  }

  /** The list was signed by one of {@code issuers} under {@code scheme}. */
  public static void requireSignature(
      RevocationList list, List<VerificationKey> issuers, SignatureScheme scheme)
      throws RefutedException {
    String of = list.validity().of();
    requireAlgorithm(CoreFinding.CRL_SIGNATURE, of, list.signatureAlgorithm(), scheme);
    if (signer(issuers, scheme, list.tbs(), list.signature()).isEmpty()) {
      throw unsigned(CoreFinding.CRL_SIGNATURE, of);
    }
  }

  /** It holds at {@code instant}. */
  public static void requireDates(FindingCode code, Validity validity, Instant instant)
      throws RefutedException {
    if (!validity.includes(instant)) {
      throw refuted(
          code,
          "%s valid from %s to %s"
              .formatted(validity.of(), validity.notBefore(), validity.notAfter()),
          "asked at " + instant);
    }
  }

  /**
   * The certificate is an authority that may sign certificates.
   *
   * @param below how many authorities stand between it and the leaf
   */
  public static void requireAuthority(DerCertificate certificate, int below)
      throws RefutedException {
    Rights rights = Rights.of(certificate);
    if (!rights.constraints.allows(below) || !rights.usage.keyCertSign()) {
      throw refuted(
          CoreFinding.CERT_AUTHORITY,
          certificate.subjectCommonName() + " to be a CA for this",
          "not allowed to");
    }
  }

  /**
   * The certificate's key may sign revocation lists. Without KeyUsage it may not, though RFC 5280,
   * section 6.3.3 (f), would let it: every authority here says what its key is for.
   */
  public static void requireRevocationAuthority(DerCertificate certificate)
      throws RefutedException {
    if (!Rights.of(certificate).usage.crlSign()) {
      throw refuted(
          CoreFinding.CRL_AUTHORITY,
          certificate.subjectCommonName() + " to sign revocation lists",
          "not allowed to");
    }
  }

  /**
   * The certificate ends a chain, and its key may sign data: it is no authority (RFC 5280, section
   * 4.2.1.9) and says digitalSignature.
   */
  public static void requireEndEntity(DerCertificate certificate) throws RefutedException {
    Rights rights = Rights.of(certificate);
    BasicConstraints constraints = rights.constraints;
    // A path length and keyCertSign are an authority's, whatever cA says.
    boolean authority =
        constraints.authority()
            || constraints.pathLength().isPresent()
            || rights.usage.keyCertSign();
    if (authority || !rights.usage.digitalSignature()) {
      throw refuted(
          CoreFinding.CERT_USAGE,
          certificate.subjectCommonName() + " to sign data and no certificates",
          authority ? "an authority" : "not allowed to");
    }
  }

  /** The certificate has no critical extension but {@code understood} (RFC 5280, section 4.2). */
  public static void requireUnderstood(DerCertificate certificate, Set<String> understood)
      throws RefutedException {
    for (Map.Entry<String, DerCertificate.Extension> entry : certificate.extensions().entrySet()) {
      if (entry.getValue().critical() && !understood.contains(entry.getKey())) {
        throw refuted(CoreFinding.CERT_FORMAT, "no unknown critical extension", entry.getKey());
      }
    }
  }

  /** What a certificate may do, all its critical extensions being understood. */
  private record Rights(BasicConstraints constraints, KeyUsage usage) {
    static Rights of(DerCertificate certificate) throws RefutedException {
      requireUnderstood(certificate, CertificateExtensions.ENFORCED);
      try {
        return new Rights(
            CertificateExtensions.basicConstraints(certificate),
            CertificateExtensions.keyUsage(certificate));
      } catch (MalformedException e) {
        throw new RefutedException(e.toFinding(CoreFinding.CERT_FORMAT));
      }
    }
  }

  private static void requireAlgorithm(
      FindingCode code, String of, Bytes algorithm, SignatureScheme scheme)
      throws RefutedException {
    if (!ALGORITHMS.getOrDefault(scheme, List.of()).contains(algorithm)) {
      throw refuted(code, of + " signed with " + scheme, "another algorithm or parameters");
    }
  }

  private static Optional<VerificationKey> signer(
      List<VerificationKey> issuers, SignatureScheme scheme, Bytes tbs, Bytes signature) {
    Optional<Bytes> plain =
        scheme == SignatureScheme.ECDSA_P256_SHA256
            ? Ecdsa.fromDer(Curve.P256, signature)
            : Optional.of(signature);
    if (plain.isEmpty()) {
      return Optional.empty();
    }
    for (VerificationKey key : issuers) {
      if (key.verifies(scheme, tbs, plain.get())) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  private static RefutedException unsigned(FindingCode code, String of) {
    return refuted(code, of + " signed by its issuer", "a signature that does not hold");
  }

  private static RefutedException refuted(FindingCode code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
