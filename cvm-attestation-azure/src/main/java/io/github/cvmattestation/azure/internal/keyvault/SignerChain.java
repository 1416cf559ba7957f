package io.github.cvmattestation.azure.internal.keyvault;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.ReleaseFinding;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * The certificates in a JWS header (RFC 7515, section 4.1.6), validated by the JDK (RFC 5280,
 * section 6.1) up to one of the anchors. Certificates prove nothing here but who the signer is: the
 * host name is compared elsewhere. Revocation is not asked about, since that would take a network.
 */
final class SignerChain {
  /** Real chains have three or four. */
  static final int MAX_CERTIFICATES = 8;

  /** A certificate for a TLS server has some 2,000 bytes. */
  static final int MAX_CERTIFICATE = 8 << 10;

  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final int DIGITAL_SIGNATURE = 0;
  private static final String PROVIDER = "SUN";

  private SignerChain() {}

  /** The certificates as they are sent, leaf first; unproven. */
  static List<X509Certificate> read(Json x5c) throws MalformedException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Json item : x5c.asArray(MAX_CERTIFICATES)) {
      certificates.add(certificate(item, der(item)));
    }
    if (certificates.isEmpty()) {
      throw x5c.wrong("a certificate");
    }
    return certificates;
  }

  /** The octets of one. */
  static Bytes der(Json item) throws MalformedException {
    Bytes der = Base64s.decode(item.where(), item.asString());
    if (der.size() > MAX_CERTIFICATE) {
      throw item.wrong("a certificate of at most " + MAX_CERTIFICATE + " bytes");
    }
    return der;
  }

  private static X509Certificate certificate(Json item, Bytes der) throws MalformedException {
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509", PROVIDER)
                  .generateCertificate(new ByteArrayInputStream(der.toArray()));
      if (Bytes.of(certificate.getEncoded()).equals(der)) { // nothing behind its end
        return certificate;
      }
    } catch (CertificateException e) {
      // Its message may quote the certificate.
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks its provider " + PROVIDER, e);
    }
    throw item.wrong("a certificate");
  }

  /** The chain leads to an anchor, holds at {@code at}, and its leaf is a server's. */
  static void requireTrusted(List<X509Certificate> chain, Set<TrustAnchor> anchors, Instant at)
      throws RefutedException {
    List<X509Certificate> path = belowAnchor(chain, anchors);
    if (path.isEmpty() || anchors.isEmpty()) {
      throw refuted(ReleaseFinding.SKR_SIGNATURE, "a chain to a trusted authority", "none");
    }
    try {
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setDate(Date.from(at));
      parameters.setRevocationEnabled(false);
      CertPathValidator.getInstance("PKIX", PROVIDER)
          .validate(
              CertificateFactory.getInstance("X.509", PROVIDER).generateCertPath(path), parameters);
    } catch (CertPathValidatorException e) {
      throw unproven(e.getReason());
    } catch (CertificateException | InvalidAlgorithmParameterException e) {
      throw unproven(BasicReason.UNSPECIFIED);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks its provider " + PROVIDER, e);
    }
    requireServer(path.get(0));
  }

  /** What is left once an anchor, and whatever stands above it, is cut off. */
  private static List<X509Certificate> belowAnchor(
      List<X509Certificate> chain, Set<TrustAnchor> anchors) {
    for (int i = 0; i < chain.size(); i++) {
      if (isAnchor(chain.get(i), anchors)) {
        return chain.subList(0, i);
      }
    }
    return chain;
  }

  private static boolean isAnchor(X509Certificate certificate, Collection<TrustAnchor> anchors) {
    return anchors.stream()
        .map(TrustAnchor::getTrustedCert)
        .anyMatch(
            anchor ->
                anchor != null
                    && anchor
                        .getSubjectX500Principal()
                        .equals(certificate.getSubjectX500Principal())
                    && anchor.getPublicKey().equals(certificate.getPublicKey()));
  }

  /** Nobody trusted stands behind the signature, or somebody does, but not for this or not now. */
  private static RefutedException unproven(CertPathValidatorException.Reason reason) {
    if (reason == PKIXReason.NO_TRUST_ANCHOR || reason == BasicReason.INVALID_SIGNATURE) {
      return refuted(
          ReleaseFinding.SKR_SIGNATURE, "a chain to a trusted authority", reason.toString());
    }
    return refuted(ReleaseFinding.SKR_CHAIN, "a chain that holds", reason.toString());
  }

  private static void requireServer(X509Certificate leaf) throws RefutedException {
    boolean server;
    try {
      List<String> usages = leaf.getExtendedKeyUsage();
      boolean[] keyUsage = leaf.getKeyUsage();
      server =
          usages != null
              && usages.contains(SERVER_AUTH)
              && (keyUsage == null || keyUsage[DIGITAL_SIGNATURE])
              && leaf.getBasicConstraints() < 0;
    } catch (CertificateException e) {
      server = false;
    }
    if (!server) {
      throw refuted(ReleaseFinding.SKR_CHAIN, "a TLS server's certificate", "another");
    }
  }

  private static RefutedException refuted(ReleaseFinding code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
