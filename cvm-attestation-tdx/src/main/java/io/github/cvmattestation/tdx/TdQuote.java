package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.internal.QuoteFormat;

/**
 * A TD quote, version 4 or 5, signed by an ECDSA key on P-256 (Intel TDX DCAP Quoting Library API,
 * appendix 3: §A.3 for version 4, §A.4 for version 5).
 *
 * <p>A parsed quote is not a believed one: claims come from {@link TdxVerifier} alone.
 *
 * @param version 4 or 5
 * @param qeVendorId QE Vendor ID, 16 bytes: always Intel's
 * @param userData User Data, 20 bytes that the quoting enclave chose; the first 16 are its id
 * @param body what the TD is
 * @param signedBytes header, descriptor and body as received: what the attestation key signed
 * @param signature r‖s, big-endian, 64 bytes: ECDSA on P-256 over SHA-256
 * @param attestationKey x‖y, big-endian, 64 bytes; not known to be a point on the curve
 * @param qe how the attestation key is vouched for
 * @param trailingBytes what follows the quote: hosts hand out buffers that are larger than it.
 *     Nothing covers these bytes, and nothing may be read from them
 */
public record TdQuote(
    int version,
    Bytes qeVendorId,
    Bytes userData,
    TdQuoteBody body,
    Bytes signedBytes,
    Bytes signature,
    Bytes attestationKey,
    QeCertification qe,
    Bytes trailingBytes) {
  /** The most bytes of a quote that are looked at: 64 KiB. */
  public static final int MAX_SIZE = 64 << 10;

  /** Intel's QE Vendor ID, 939A7233-F79C-4CA9-940A-0DB3957F0607 (§A.3.1). */
  public static final Bytes INTEL_QE_VENDOR_ID = Bytes.ofHex("939a7233f79c4ca9940a0db3957f0607");

  private static final int COORDINATE_SIZE = 32;

  public TdQuote {
    if (attestationKey.size() != 2 * COORDINATE_SIZE) {
      throw new IllegalArgumentException("an attestation key of 64 bytes");
    }
  }

  /**
   * Reads a quote and what may follow it, at most {@link #MAX_SIZE} bytes together.
   *
   * @throws MalformedException if it is anything but a TD quote that carries its PCK chain
   */
  public static TdQuote parse(Bytes quote) throws MalformedException {
    try {
      return QuoteFormat.read(quote);
    } catch (RefutedException e) {
      throw new MalformedException("TD quote", e.finding());
    }
  }

  /**
   * The attestation key, once it is known to be a point on P-256.
   *
   * @throws MalformedException if it is not
   */
  public PublicKeyInfo.Ec attestationPublicKey() throws MalformedException {
    return PublicKeyInfo.ec(
        Curve.P256,
        attestationKey.slice(0, COORDINATE_SIZE),
        attestationKey.slice(COORDINATE_SIZE, 2 * COORDINATE_SIZE));
  }
}
