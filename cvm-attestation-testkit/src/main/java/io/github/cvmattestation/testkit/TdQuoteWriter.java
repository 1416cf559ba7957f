package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Writes a TD quote of version 4 or 5, little-endian but for keys and signatures (Intel TDX DCAP
 * Quoting Library API, appendix 3).
 *
 * <p>It begins as the quote of a healthy production TD: no debugging, no service TD, all RTMRs
 * zero. Every field can be set and every byte patched before the signatures are made; sizes and
 * types follow from the content unless they are set to something else. The same writer may be used
 * again.
 */
public final class TdQuoteWriter extends TdBodyWriter<TdQuoteWriter> {
  /** Size of the header in bytes. */
  public static final int HEADER_SIZE = 48;

  private static final int DESCRIPTOR_SIZE = 6;

  private final boolean described;
  private final FieldBuffer header = new FieldBuffer(HEADER_SIZE);
  private final List<Patch> patches = new ArrayList<>();
  private int bodyType;
  private long bodySize;
  private QeReportWriter qeReport = QeReportWriter.healthy();
  private EcSigningKey attestationKey = EcSigningKey.p256("attestation key");
  private @Nullable Bytes attestationKeyField;
  private Bytes authData =
      Bytes.ofHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  private int certificationType = 6;
  private int innerType = 5;
  private @Nullable Bytes certificationData;
  private @Nullable Bytes qeReportSignature;
  private @Nullable Bytes signature;
  private long signatureDataExcess;
  private long certificationExcess;
  private int authExcess;
  private long innerExcess;
  private Bytes trailing = Bytes.empty();

  private record Patch(int offset, Bytes value) {}

  private TdQuoteWriter(int version, int bodyType) {
    super(bodyType);
    this.described = version == 5;
    this.bodyType = bodyType;
    this.bodySize = sizeOf(bodyType);
    version(version);
    attestationKeyType(2);
    teeType(0x81);
    qeVendorId(Bytes.ofHex("939a7233f79c4ca9940a0db3957f0607"));
    userData(Hashes.digest("SHA-256", "QE id").slice(0, 16).concat(Bytes.zeros(4)));
  }

  /** A healthy quote of version 4, body of TDX 1.0. */
  public static TdQuoteWriter v4() {
    return new TdQuoteWriter(4, TD_1_0);
  }

  /** A healthy quote of version 5, body of TDX 1.5. */
  public static TdQuoteWriter v5() {
    return v5(TD_1_5);
  }

  /** A healthy quote of version 5 with a body of type 2, 3 or 4. */
  public static TdQuoteWriter v5(int type) {
    return new TdQuoteWriter(5, type);
  }

  /**
   * What the quoting enclave makes of a TDREPORT: version 5 with a body of TDX 1.5 where the TDX
   * module says that it is one of 1.5, else version 4.
   */
  public static TdQuoteWriter of(Bytes tdReport) {
    boolean secondSvn = (tdReport.get(258) & 1) != 0; // bit 16 of TEE_TCB_INFO.VALID
    return (secondSvn ? v5() : v4()).tdReport(tdReport);
  }

  @Override
  TdQuoteWriter self() {
    return this;
  }

  /** Sets the version that the header names; the layout stays. */
  public TdQuoteWriter version(int value) {
    return headerNumber(0, 2, value);
  }

  /** Sets the attestation key type: 2 is ECDSA on P-256. */
  public TdQuoteWriter attestationKeyType(int value) {
    return headerNumber(2, 2, value);
  }

  /** Sets the TEE type: 0 SGX, 0x81 TDX. */
  public TdQuoteWriter teeType(long value) {
    return headerNumber(4, 4, value);
  }

  /** Sets the header's reserved 32 bits. */
  public TdQuoteWriter reserved(long value) {
    return headerNumber(8, 4, value);
  }

  /** Sets the QE vendor id, 16 bytes. */
  public TdQuoteWriter qeVendorId(Bytes value) {
    header.bytes(12, 16, value);
    return this;
  }

  /** Sets the header's user data, 20 bytes of which the first 16 are the QE's id. */
  public TdQuoteWriter userData(Bytes value) {
    header.bytes(28, 20, value);
    return this;
  }

  /** Sets the body type that version 5 names; the layout stays. */
  public TdQuoteWriter bodyType(int value) {
    bodyType = value;
    return this;
  }

  /** Sets the body size that version 5 names; the layout stays. */
  public TdQuoteWriter bodySize(long value) {
    bodySize = value;
    return this;
  }

  /** Overwrites bytes of the signed part: header, descriptor and body, counted from the start. */
  public TdQuoteWriter patch(int offset, Bytes value) {
    patches.add(new Patch(offset, value));
    return this;
  }

  /** Changes the report of the quoting enclave before it is signed, after earlier changes. */
  public TdQuoteWriter qeReport(UnaryOperator<QeReportWriter> change) {
    qeReport = change.apply(qeReport);
    return this;
  }

  /** Signs with this key, for which the quoting enclave vouches. */
  public TdQuoteWriter attestationKey(EcSigningKey key) {
    attestationKey = key;
    return this;
  }

  /** Puts other bytes where the attestation key stands; the quoting enclave vouches for them. */
  public TdQuoteWriter attestationKeyField(Bytes value) {
    attestationKeyField = value;
    return this;
  }

  /** Sets the QE's authentication data, any size. */
  public TdQuoteWriter authData(Bytes value) {
    authData = value;
    return this;
  }

  /** Sets the outer certification data type, truly 6. */
  public TdQuoteWriter certificationType(int value) {
    certificationType = value;
    return this;
  }

  /** Sets the inner certification data: type and content, instead of 5 and the PCK chain. */
  public TdQuoteWriter innerCertification(int type, Bytes content) {
    innerType = type;
    certificationData = content;
    return this;
  }

  /** Sets the inner certification data type alone. */
  public TdQuoteWriter innerType(int value) {
    innerType = value;
    return this;
  }

  /** Another signature over the QE report, 64 bytes. */
  public TdQuoteWriter qeReportSignature(Bytes value) {
    qeReportSignature = value;
    return this;
  }

  /** Another signature over the quote, 64 bytes. */
  public TdQuoteWriter signature(Bytes value) {
    signature = value;
    return this;
  }

  /** Makes the size of the signature data lie by {@code more} bytes. */
  public TdQuoteWriter signatureDataSizeOff(long more) {
    signatureDataExcess = more;
    return this;
  }

  /** Makes the size of the outer certification data lie by {@code more} bytes. */
  public TdQuoteWriter certificationSizeOff(long more) {
    certificationExcess = more;
    return this;
  }

  /** Makes the size of the authentication data lie by {@code more} bytes. */
  public TdQuoteWriter authSizeOff(int more) {
    authExcess = more;
    return this;
  }

  /** Makes the size of the inner certification data lie by {@code more} bytes. */
  public TdQuoteWriter innerSizeOff(long more) {
    innerExcess = more;
    return this;
  }

  /** What follows the quote; nothing, unless set. */
  public TdQuoteWriter trailing(Bytes value) {
    trailing = value;
    return this;
  }

  /** What the attestation key signs: header, descriptor and body. */
  public Bytes signedPart() {
    Bytes whole = header.slice(0, HEADER_SIZE);
    if (described) {
      Bytes type = FieldBuffer.littleEndian(2, bodyType);
      whole = whole.concat(type, FieldBuffer.littleEndian(DESCRIPTOR_SIZE - 2, bodySize));
    }
    whole = whole.concat(body());
    for (Patch patch : patches) {
      whole = Tampering.overwrite(whole, patch.offset(), patch.value());
    }
    return whole;
  }

  /** The quote of a platform of this hierarchy, with the chain of its PCK certificate. */
  public Bytes sign(FakeIntelPki pki) {
    return sign(pki.pck().key(), pki.pckChain(pki.pck()));
  }

  /**
   * The quote.
   *
   * @param pckKey signs the report of the quoting enclave
   * @param pckChain PEM; a zero byte goes after it, as Intel's library puts one
   */
  public Bytes sign(EcSigningKey pckKey, Bytes pckChain) {
    Bytes signed = signedPart();
    Bytes keyField =
        attestationKeyField != null
            ? attestationKeyField
            : attestationKey.x().concat(attestationKey.y());
    Bytes report = qeReport.write(keyField, authData);
    Bytes inner = certificationData != null ? certificationData : pckChain.concat(Bytes.zeros(1));
    Bytes certification =
        report.concat(
            qeReportSignature != null ? qeReportSignature : pckKey.sign("SHA-256", report),
            FieldBuffer.littleEndian(2, (long) authData.size() + authExcess),
            authData,
            FieldBuffer.littleEndian(2, innerType),
            FieldBuffer.littleEndian(4, inner.size() + innerExcess),
            inner);
    Bytes signatureData =
        (signature != null ? signature : attestationKey.sign("SHA-256", signed))
            .concat(
                keyField,
                FieldBuffer.littleEndian(2, certificationType),
                FieldBuffer.littleEndian(4, certification.size() + certificationExcess),
                certification);
    return signed.concat(
        FieldBuffer.littleEndian(4, signatureData.size() + signatureDataExcess),
        signatureData,
        trailing);
  }

  private TdQuoteWriter headerNumber(int offset, int count, long value) {
    header.number(offset, count, value);
    return this;
  }
}
