package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.QeCertification;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdQuoteBody;
import io.github.cvmattestation.tdx.TdxFinding;

/**
 * Reads a TD quote (Intel TDX DCAP Quoting Library API, appendix 3: §A.3 for version 4, §A.4 for
 * version 5). Sizes nest exactly; only after the quote may something follow.
 */
public final class QuoteFormat {
  private static final int HEADER_SIZE = 48;
  private static final int SGX_VERSION = 3;
  private static final int ECDSA_P256 = 2;
  private static final long TEE_SGX = 0;
  private static final long TEE_TDX = 0x81;
  private static final int USER_DATA_SIZE = 20;

  // TD Quote Body Type (§A.4.2); 4 is sgx_report2_body_v1_5_ex_t of Intel's sgx_quote_5.h.
  private static final int BODY_SGX = 1;
  private static final int BODY_TD10 = 2;
  private static final int BODY_TD15 = 3;
  private static final int BODY_TD15_EX = 4;

  // ECDSA 256-bit Quote Signature Data Structure, version 4 (§A.3.8).
  private static final int SIGNATURE_SIZE = 64;
  private static final int ATTESTATION_KEY_SIZE = 64;

  // Major types 4, 5 and 6 of CBOR (RFC 8949 §3.1): arrays, maps and tags, as COSE and CWT begin.
  private static final int CBOR_FIRST_ARRAY = 0x80;
  private static final int CBOR_LAST_TAG = 0xDF;

  private static final int TD_REPORT_SIZE = 1024;
  private static final Bytes TD_REPORT_TYPE = Bytes.ofHex("8100");

  private QuoteFormat() {}

  /** The quote at the beginning of {@code bytes}, and what follows it. */
  public static TdQuote read(Bytes bytes) throws RefutedException {
    if (bytes.size() > TdQuote.MAX_SIZE) {
      throw refuted(
          TdxFinding.TDX_LENGTH, "at most " + TdQuote.MAX_SIZE + " bytes", bytes.size() + " bytes");
    }
    requireNoneOfTheOthers(bytes);
    try {
      return read(new Section("TD Quote", bytes), bytes);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(TdxFinding.TDX_MALFORMED));
    }
  }

  /** What can be mistaken for a quote, by its first bytes: a quote begins with a small u16. */
  private static void requireNoneOfTheOthers(Bytes bytes) throws RefutedException {
    if (bytes.size() == TD_REPORT_SIZE && bytes.startsWith(TD_REPORT_TYPE)) {
      throw refuted(
          TdxFinding.TDX_TYPE, "a quote", "a TDREPORT, which a quoting enclave has yet to sign");
    }
    if (!bytes.isEmpty() && bytes.get(0) >= CBOR_FIRST_ARRAY && bytes.get(0) <= CBOR_LAST_TAG) {
      throw refuted(
          TdxFinding.TDX_DICE,
          "a quote of version 4 or 5",
          "CBOR, as a DICE quote is: not supported");
    }
  }

  private static TdQuote read(Section in, Bytes bytes) throws RefutedException, MalformedException {
    Section header = new Section("TD Quote Header", in.bytes("header", HEADER_SIZE));
    int version = readVersion(header);
    int keyType = header.u16("Attestation Key Type");
    requireTdx(header.u32("TEE Type"));
    if (keyType != ECDSA_P256) {
      throw unsupported("Attestation Key Type 2, ECDSA on P-256", keyType);
    }
    header.reserved(4);
    Bytes qeVendorId = header.bytes("QE Vendor ID", TdQuote.INTEL_QE_VENDOR_ID.size());
    if (!qeVendorId.equals(TdQuote.INTEL_QE_VENDOR_ID)) {
      throw new RefutedException(
          Finding.of(TdxFinding.TDX_UNSUPPORTED, TdQuote.INTEL_QE_VENDOR_ID, qeVendorId));
    }
    Bytes userData = header.bytes("User Data", USER_DATA_SIZE);
    header.end();
    TdQuoteBody body = version == 4 ? readBody4(in) : readBody5(in);
    Bytes signedBytes = bytes.slice(0, in.offset());
    long signatureDataSize = in.u32("Quote Signature Data Len");
    Section signatureData =
        new Section("Quote Signature Data", in.bytes("Quote Signature Data", signatureDataSize));
    Bytes signature = signatureData.bytes("Quote Signature", SIGNATURE_SIZE);
    Bytes attestationKey = signatureData.bytes("ECDSA Attestation Key", ATTESTATION_KEY_SIZE);
    QeCertification qe = CertificationFormat.read(signatureData);
    return new TdQuote(
        version, qeVendorId, userData, body, signedBytes, signature, attestationKey, qe, in.rest());
  }

  private static int readVersion(Section header) throws RefutedException, MalformedException {
    int version = header.u16("Version");
    if (version == SGX_VERSION) {
      throw refuted(TdxFinding.TDX_TYPE, "a TD quote", "version 3, which only SGX has");
    }
    if (version != 4 && version != 5) {
      throw unsupported("Version 4 or 5", version);
    }
    return version;
  }

  private static void requireTdx(long teeType) throws RefutedException {
    if (teeType != TEE_TDX) {
      throw refuted(
          TdxFinding.TDX_TYPE,
          "TEE Type 00000081h, TDX",
          "%08xh%s".formatted(teeType, teeType == TEE_SGX ? ", SGX" : ""));
    }
  }

  private static TdQuoteBody readBody4(Section in) throws RefutedException, MalformedException {
    return TdQuoteBody.parse(in.bytes("TD Quote Body", TdQuoteBody.SIZE_TD10));
  }

  /** TD Quote Body Descriptor (§A.4.2): type, size, body. */
  private static TdQuoteBody readBody5(Section in) throws RefutedException, MalformedException {
    int type = in.u16("TD Quote Body Type");
    int expected =
        switch (type) {
          case BODY_SGX ->
              throw refuted(TdxFinding.TDX_TYPE, "a TD Quote Body", "type 1, an SGX report");
          case BODY_TD10 -> TdQuoteBody.SIZE_TD10;
          case BODY_TD15 -> TdQuoteBody.SIZE_TD15;
          case BODY_TD15_EX -> TdQuoteBody.SIZE_TD15_EX;
          default -> throw unsupported("TD Quote Body Type 2, 3 or 4", type);
        };
    long size = in.u32("Size");
    if (size != expected) {
      throw refuted(
          TdxFinding.TDX_LENGTH,
          "TD Quote Body of type %d: %d bytes".formatted(type, expected),
          size + " bytes");
    }
    return TdQuoteBody.parse(in.bytes("TD Quote Body", size));
  }

  private static RefutedException unsupported(String expected, int actual) {
    return refuted(TdxFinding.TDX_UNSUPPORTED, expected, Integer.toString(actual));
  }

  private static RefutedException refuted(TdxFinding code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
