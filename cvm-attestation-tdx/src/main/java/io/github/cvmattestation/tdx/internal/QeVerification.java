package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.internal.BoundedCache;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.QeIdentity;
import io.github.cvmattestation.tdx.SgxReport;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdxCheck;
import io.github.cvmattestation.tdx.TdxFinding;
import java.util.Optional;

/**
 * The quoting enclave: its report is signed by the platform's PCK, the report vouches for the
 * attestation key, and the enclave is the one that Intel says it must be. Without the last step any
 * enclave of a genuine platform could vouch for any key (CVE-2026-22696).
 */
final class QeVerification {
  /** Intel's has 32 bytes; nothing but the quote's size bounds a stranger's. */
  private static final int MAX_REMEMBERED_AUTH_DATA = 1 << 10;

  private final SignatureBackend signatures;
  private final BoundedCache<Key, VerificationKey> verified;

  QeVerification(SignatureBackend signatures, int cacheSize) {
    this.signatures = signatures;
    this.verified = new BoundedCache<>(cacheSize);
  }

  private record Key(
      Bytes pck, Bytes report, Bytes signature, Bytes attestationKey, Bytes authData) {

    /** The same without the quote that its parts were cut out of. */
    Key copied() {
      return new Key(
          pck,
          report.detached(),
          signature.detached(),
          attestationKey.detached(),
          authData.detached());
    }
  }

  /** The attestation key that the quoting enclave of this platform vouches for. */
  VerificationKey attestationKey(TdQuote quote, VerifiedPck pck, Ledger ledger)
      throws RefutedException {
    Key key =
        new Key(
            pck.certificate().certificate().der(),
            quote.qe().rawReport(),
            quote.qe().reportSignature(),
            quote.attestationKey(),
            quote.qe().authData());
    Optional<VerificationKey> known = verified.get(key);
    if (known.isPresent()) {
      ledger.passed(TdxCheck.QE_SIGNATURE);
      ledger.passed(TdxCheck.QE_BINDING);
      return known.get();
    }
    if (!pck.key().verifies(Authorities.SCHEME, key.report(), key.signature())) {
      throw refuted(
          TdxFinding.TDX_QE_SIGNATURE,
          "a QE report signed by the PCK",
          "a signature that does not hold");
    }
    ledger.passed(TdxCheck.QE_SIGNATURE);
    requireBinding(quote);
    VerificationKey attestationKey = prepare(key.attestationKey());
    ledger.passed(TdxCheck.QE_BINDING);
    if (key.authData().size() <= MAX_REMEMBERED_AUTH_DATA) {
      verified.put(key.copied(), attestationKey);
    }
    return attestationKey;
  }

  /** SHA-256 of key and authentication data in the first half, zeros in the second. */
  private static void requireBinding(TdQuote quote) throws RefutedException {
    Bytes digest = Digests.sha256(quote.attestationKey(), quote.qe().authData());
    Bytes expected = digest.concat(Bytes.zeros(ReportData.SIZE - digest.size()));
    Bytes actual = quote.qe().report().reportData();
    if (!expected.equals(actual)) {
      throw new RefutedException(Finding.of(TdxFinding.TDX_QE_BINDING, expected, actual));
    }
  }

  private VerificationKey prepare(Bytes point) throws RefutedException {
    int half = Curve.P256.fieldBytes();
    try {
      return signatures.prepare(
          PublicKeyInfo.ec(Curve.P256, point.slice(0, half), point.slice(half, 2 * half)));
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(TdxFinding.TDX_QE_BINDING));
    }
  }

  /** The enclave that made {@code report} is the one that {@code identity} describes. */
  static void requireIdentity(SgxReport report, QeIdentity identity) throws RefutedException {
    if (report.isDebug()) {
      throw refuted(TdxFinding.TDX_QE_IDENTITY, "an enclave outside debug mode", "DEBUG is set");
    }
    requireMasked(
        "MISCSELECT", report.miscSelect(), identity.miscSelectMask(), identity.miscSelect());
    requireMasked(
        "ATTRIBUTES", report.attributes(), identity.attributesMask(), identity.attributes());
    if (!report.mrSigner().equals(identity.mrSigner())) {
      throw refuted(
          TdxFinding.TDX_QE_IDENTITY,
          "MRSIGNER " + identity.mrSigner().abbreviated(),
          report.mrSigner().abbreviated());
    }
    if (report.isvProdId() != identity.isvProdId()) {
      throw refuted(
          TdxFinding.TDX_QE_IDENTITY,
          "ISVPRODID " + identity.isvProdId(),
          String.valueOf(report.isvProdId()));
    }
  }

  private static void requireMasked(String field, Bytes value, Bytes mask, Bytes expected)
      throws RefutedException {
    if (!Masks.matches(value, mask, expected)) {
      throw refuted(
          TdxFinding.TDX_QE_IDENTITY,
          field + " " + expected.hex() + " under " + mask.hex(),
          value.hex());
    }
  }

  private static RefutedException refuted(TdxFinding code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
