package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.TrustAnchor;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The root of Intel's provisioning certification, which signs the authorities of PCK certificates
 * and of collateral: one point on P-256, written down with the fingerprint of its certificate
 * (published at {@code https://certificates.trustedservices.intel.com/}).
 */
public final class IntelTrustAnchors {
  /** The common name of the root. */
  public static final String ROOT_NAME = "Intel SGX Root CA";

  private static final String X =
      "0ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e705525f5";
  private static final String Y =
      "67918e2edc88e40d860bd0cc4ee26aacc988e505a953558c453f6b0904ae7394";
  private static final String SERIAL = "22650cd65a9d3489f383b49552bf501b392706ac";
  private static final String CERTIFICATE_SHA256 =
      "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3";

  private IntelTrustAnchors() {}

  /** Intel's root, 2018-05-21 to 2049-12-31. */
  public static TrustAnchors published() {
    try {
      return new TrustAnchors(
          List.of(
              new TrustAnchor(
                  ROOT_NAME,
                  PublicKeyInfo.ec(Curve.P256, Bytes.ofHex(X), Bytes.ofHex(Y)).der(),
                  new BigInteger(SERIAL, 16),
                  Instant.parse("2018-05-21T10:45:10Z"),
                  Instant.parse("2049-12-31T23:59:59Z"),
                  Optional.of(Bytes.ofHex(CERTIFICATE_SHA256)))));
    } catch (MalformedException e) {
      throw new IllegalStateException("the point that is written here is not on P-256", e);
    }
  }
}
