package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchor;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;

/** A fake attestation service's cryptography: the JDK's, which no verifier here uses for this. */
final class MaaSignatures {
  private MaaSignatures() {}

  static PublicKey rsa(BigInteger modulus, BigInteger e) throws MaaRefusal {
    try {
      return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, e));
    } catch (GeneralSecurityException wrong) {
      throw new MaaRefusal("TpmStructure");
    }
  }

  /** A key on P-256, as a quote carries it: X and Y, 32 bytes each, big-endian. */
  static PublicKey p256(Bytes point) throws MaaRefusal {
    try {
      AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
      curve.init(new ECGenParameterSpec("secp256r1"));
      ECPoint at =
          new ECPoint(
              new BigInteger(1, point.slice(0, 32).toArray()),
              new BigInteger(1, point.slice(32, 64).toArray()));
      return KeyFactory.getInstance("EC")
          .generatePublic(new ECPublicKeySpec(at, curve.getParameterSpec(ECParameterSpec.class)));
    } catch (GeneralSecurityException wrong) {
      throw new MaaRefusal("HardwareSignature");
    }
  }

  static boolean verifies(String algorithm, PublicKey key, Bytes message, Bytes signature) {
    try {
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(key);
      verifier.update(message.toArray());
      return verifier.verify(signature.toArray());
    } catch (GeneralSecurityException wrong) {
      return false;
    }
  }

  /** ECDSA-Sig-Value (RFC 3279, section 2.2.3) of two numbers, big-endian. */
  static Bytes ecdsa(Bytes r, Bytes s) {
    return Der.bytes(
        Der.sequence(
            new ASN1Integer(new BigInteger(1, r.toArray())),
            new ASN1Integer(new BigInteger(1, s.toArray()))));
  }

  /** Certificates, PEM or DER, one after the other. */
  static List<X509Certificate> certificates(Bytes bundle) throws MaaRefusal {
    try {
      List<X509Certificate> all = new ArrayList<>();
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bundle.toArray()))) {
        all.add((X509Certificate) certificate);
      }
      MaaRefusal.unless(!all.isEmpty(), "Certificates");
      return all;
    } catch (GeneralSecurityException wrong) {
      throw new MaaRefusal("Certificates");
    }
  }

  /** Each certificate by the key of the next, the last by its own, and that one an anchor's. */
  static void requireChain(List<X509Certificate> chain, List<TrustAnchor> anchors, Instant at)
      throws MaaRefusal {
    try {
      for (int i = 0; i < chain.size(); i++) {
        chain.get(i).checkValidity(Date.from(at));
        chain.get(i).verify(chain.get(Math.min(i + 1, chain.size() - 1)).getPublicKey());
      }
    } catch (GeneralSecurityException wrong) {
      throw new MaaRefusal("HardwareChain");
    }
    Bytes root = Bytes.of(chain.get(chain.size() - 1).getPublicKey().getEncoded());
    MaaRefusal.unless(
        anchors.stream().anyMatch(anchor -> anchor.subjectPublicKeyInfo().equals(root)),
        "HardwareChain");
  }
}
