package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.internal.DerReader;
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
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final Bytes TRUE = Bytes.ofHex("ff");
  private static final Set<String> UNDERSTOOD = Set.of(BASIC_CONSTRAINTS, KEY_USAGE);

  /**
   * The AlgorithmIdentifiers that stand for a scheme, byte for byte: parameters that are merely
   * parsed would let a signer choose its own. RSASSA-PSS comes with and without the default
   * trailerField (RFC 4055, section 3.1); older certificates write it out.
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
                      + "a303020101")));

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
    requireUnderstood(certificate, UNDERSTOOD);
    String name = certificate.subjectCommonName();
    Optional<Bytes> constraints = certificate.extension(BASIC_CONSTRAINTS);
    Optional<Bytes> usage = certificate.extension(KEY_USAGE);
    try {
      if (constraints.isPresent()
          && usage.isPresent()
          && isAuthority(constraints.get(), below)
          && signsCertificates(usage.get())) {
        return;
      }
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(CoreFinding.CERT_FORMAT));
    }
    throw refuted(CoreFinding.CERT_AUTHORITY, name + " to be a CA for this", "not allowed to");
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

  /**
   * RFC 5280, section 4.2.1.9: SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint OPTIONAL }.
   */
  private static boolean isAuthority(Bytes constraints, int below) throws MalformedException {
    DerReader outer = new DerReader("BasicConstraints", constraints);
    DerReader fields = new DerReader("BasicConstraints", outer.content(DerReader.SEQUENCE));
    outer.end();
    boolean authority = fields.peekTag() == DerReader.BOOLEAN;
    if (authority && !fields.content(DerReader.BOOLEAN).equals(TRUE)) {
      throw new MalformedException("BasicConstraints.cA", "TRUE or nothing", "something else");
    }
    boolean deepEnough = true;
    if (fields.hasNext()) {
      Bytes length = fields.content(DerReader.INTEGER);
      if (length.size() != 1 || length.get(0) > Byte.MAX_VALUE) {
        throw new MalformedException("pathLenConstraint", "0 to 127", "something else");
      }
      deepEnough = length.get(0) >= below;
    }
    fields.end();
    return authority && deepEnough;
  }

  /** RFC 5280, section 4.2.1.3: keyCertSign is bit 5, counted from the first. */
  private static boolean signsCertificates(Bytes usage) throws MalformedException {
    DerReader outer = new DerReader("KeyUsage", usage);
    Bytes bits = outer.content(DerReader.BIT_STRING);
    outer.end();
    if (bits.isEmpty() || bits.get(0) > 7 || (bits.size() == 1 && bits.get(0) != 0)) {
      throw new MalformedException("KeyUsage", "a bit string", "something else");
    }
    return bits.size() > 1 && (bits.get(1) & (0x80 >> 5)) != 0;
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
    return issuers.stream().filter(key -> key.verifies(scheme, tbs, signature)).findFirst();
  }

  private static RefutedException unsigned(FindingCode code, String of) {
    return refuted(code, of + " signed by its issuer", "a signature that does not hold");
  }

  private static RefutedException refuted(FindingCode code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
