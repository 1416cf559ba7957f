package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.QeCertification;
import io.github.cvmattestation.tdx.SgxReport;
import io.github.cvmattestation.tdx.TdxFinding;
import java.nio.charset.StandardCharsets;

/**
 * Reads QE Certification Data (Intel TDX DCAP Quoting Library API, §A.3.9): a type, a size, and
 * what the type says. In a quote of version 4 or 5 it is of type 6, QE Report Certification Data
 * (§A.3.11), with another one inside; only type 5, the PCK certificate chain, can be verified.
 */
final class CertificationFormat {
  private static final int PCK_CHAIN = 5;
  private static final int QE_REPORT = 6;

  private static final Bytes PEM_BEGIN = ascii("-----BEGIN CERTIFICATE-----");
  private static final Bytes PEM_END = ascii("-----END CERTIFICATE-----");

  private static final String OBTAIN_CHAIN =
      "obtain it from /sgx/certification/v4/pckcert (Intel PCS, a PCCS or the cloud's cache)";

  private CertificationFormat() {}

  /**
   * Reads the outer certification data, which stands last in {@code in}. Sizes before content: what
   * a part holds is of interest once its end is known.
   */
  static QeCertification read(Section in) throws RefutedException, MalformedException {
    int type = in.u16("QE Certification Data Type");
    if (type != QE_REPORT) {
      throw refuted("QE Certification Data Type 6, QE Report Certification Data", named(type));
    }
    long size = in.u32("Size");
    Section data =
        new Section("QE Report Certification Data", in.bytes("QE Certification Data", size));
    in.end();
    Bytes rawReport = data.bytes("QE Report", SgxReport.SIZE);
    Bytes signature = data.bytes("QE Report Signature", QeCertification.SIGNATURE_SIZE);
    Bytes authData = data.bytes("QE Authentication Data", data.u16("QE Authentication Data Size"));
    Bytes chain = readInner(data);
    data.end();
    return new QeCertification(
        SgxReport.parse(rawReport), rawReport, signature, authData, pem(chain));
  }

  /** The inner certification data: an inner type 6 would hold a report about nobody's key. */
  private static Bytes readInner(Section in) throws RefutedException, MalformedException {
    int type = in.u16("inner QE Certification Data Type");
    if (type != PCK_CHAIN) {
      throw refuted("inner QE Certification Data Type 5, the PCK certificate chain", named(type));
    }
    long size = in.u32("inner Size");
    return in.bytes("PCK certificate chain", size);
  }

  /**
   * The text without the NULs that Intel's library ends it with. Only PEM is left, from its first
   * byte to its last: no signature covers what stands beside certificates.
   */
  private static Bytes pem(Bytes data) throws RefutedException {
    int end = data.size();
    while (end > 0 && data.get(end - 1) == 0) {
      end--;
    }
    Bytes text = data.slice(0, end);
    while (end > 0 && isLineEnd(data.get(end - 1))) {
      end--;
    }
    if (end == 0) {
      throw refuted("the PCK certificate chain", "none: " + OBTAIN_CHAIN);
    }
    boolean isPem =
        text.startsWith(PEM_BEGIN)
            && end >= PEM_END.size()
            && text.slice(end - PEM_END.size(), end).equals(PEM_END);
    for (int i = 0; isPem && i < text.size(); i++) {
      int octet = text.get(i);
      isPem = (octet >= ' ' && octet < 0x7F) || isLineEnd(octet);
    }
    if (!isPem) {
      throw new RefutedException(
          Finding.of(
              TdxFinding.TDX_MALFORMED,
              "PCK certificate chain: PEM, at most newlines and NULs after it",
              "something else"));
    }
    return text;
  }

  private static boolean isLineEnd(int octet) {
    return octet == '\n' || octet == '\r';
  }

  /** What a type holds, what is missing then, and where that comes from. */
  private static String named(int type) {
    return switch (type) {
      case 1 ->
          "type 1, PPID in plain text: the PCK certificate chain is missing; "
              + OBTAIN_CHAIN
              + " by the platform's PPID, CPUSVN, PCESVN and PCEID";
      case 2, 3 ->
          "type %d, PPID encrypted with RSA-%d: the PCK certificate chain is missing; "
                  .formatted(type, type == 2 ? 2048 : 3072)
              + OBTAIN_CHAIN
              + " by encrypted_ppid, cpusvn, pcesvn and pceid, which are in the data";
      case 4 ->
          "type 4, the PCK certificate alone: the certificates of its authority and of the"
              + " root are missing; they come in the issuer chain header of"
              + " /sgx/certification/v4/pckcrl";
      case PCK_CHAIN -> "type 5, a PCK certificate chain, without the QE report";
      case QE_REPORT -> "type 6 once more";
      case 7 ->
          "type 7, a platform manifest: the platform is not registered yet, so that Intel"
              + " has issued no PCK certificate";
      default -> "type " + type;
    };
  }

  private static RefutedException refuted(String expected, String actual) {
    return new RefutedException(Finding.of(TdxFinding.TDX_CERTIFICATION_DATA, expected, actual));
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}
