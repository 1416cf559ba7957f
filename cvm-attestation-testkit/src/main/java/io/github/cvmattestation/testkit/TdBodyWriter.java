package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;

/**
 * The body of a TD quote, field by field (Intel TDX DCAP Quoting Library API, appendix 3, "TD Quote
 * Body").
 *
 * @param <T> the writer that has this body
 */
public abstract sealed class TdBodyWriter<T extends TdBodyWriter<T>> permits TdQuoteWriter {
  /** Body type of version 5: a TD of TDX 1.0, 584 bytes, as in version 4. */
  public static final int TD_1_0 = 2;

  /** Body type of version 5: a TD of TDX 1.5, 648 bytes. */
  public static final int TD_1_5 = 3;

  /** Body type of version 5: a TD of TDX 1.5 with its identity and origin, 885 bytes. */
  public static final int TD_1_5_EX = 4;

  private static final int ROOM = 885;

  private final int size;
  private final FieldBuffer body = new FieldBuffer(ROOM);

  TdBodyWriter(int bodyType) {
    size = sizeOf(bodyType);
    teeTcbSvn(Bytes.ofHex("06010300000000000000000000000000"));
    mrSeam(Hashes.digest("SHA-384", "TDX module"));
    tdAttributes(1L << 28);
    xfam(0x602E7);
    mrTd(Hashes.digest("SHA-384", "MRTD"));
    if (size > sizeOf(TD_1_0)) {
      teeTcbSvn2(Bytes.ofHex("06010300000000000000000000000000"));
    }
    if (size > sizeOf(TD_1_5)) {
      tdId(Hashes.digest("SHA-256", "TD id"));
      initTeeTcbSvn(Bytes.ofHex("06010300000000000000000000000000"));
      initCpuSvn(Bytes.ofHex("0404191b04ff00060000000000000000"));
      initTeeFmspc(Bytes.ofHex("90c06f000000").concat(Bytes.zeros(6)));
    }
  }

  abstract T self();

  static int sizeOf(int type) {
    return switch (type) {
      case TD_1_0 -> 584;
      case TD_1_5 -> 648;
      case TD_1_5_EX -> ROOM;
      default -> throw new IllegalArgumentException("no TD body of this type: " + type);
    };
  }

  /** The body as it stands. */
  Bytes body() {
    return body.slice(0, size);
  }

  /** Copies all measurements, versions and attributes out of a TDREPORT of 1024 bytes. */
  public final T tdReport(Bytes report) {
    teeTcbSvn(report.slice(264, 280)).mrSeam(report.slice(280, 328));
    mrSignerSeam(report.slice(328, 376));
    bytes(112, 8, report.slice(376, 384));
    bytes(120, 16, report.slice(512, 528));
    mrTd(report.slice(528, 576)).mrConfigId(report.slice(576, 624));
    mrOwner(report.slice(624, 672)).mrOwnerConfig(report.slice(672, 720));
    bytes(328, 192, report.slice(720, 912));
    bytes(520, 64, report.slice(128, 192));
    if (size > sizeOf(TD_1_0)) {
      teeTcbSvn2(report.slice(384, 400)).mrServiceTd(report.slice(912, 960));
    }
    if (size > sizeOf(TD_1_5)) {
      vmId(report.get(1016)).tdId(report.slice(960, 992));
    }
    return self();
  }

  /** Sets TEE_TCB_SVN, 16 bytes: at the launch of the TD. */
  public final T teeTcbSvn(Bytes value) {
    return bytes(0, 16, value);
  }

  /** Sets MRSEAM, 48 bytes. */
  public final T mrSeam(Bytes value) {
    return bytes(16, 48, value);
  }

  /** Sets MRSIGNERSEAM, 48 bytes; zero for Intel's modules. */
  public final T mrSignerSeam(Bytes value) {
    return bytes(64, 48, value);
  }

  /** Sets SEAMATTRIBUTES, 64 bits. */
  public final T seamAttributes(long value) {
    return number(112, 8, value);
  }

  /** Sets TDATTRIBUTES, 64 bits; bit 0 is DEBUG, bit 28 SEPT_VE_DISABLE. */
  public final T tdAttributes(long value) {
    return number(120, 8, value);
  }

  /** Sets XFAM, 64 bits. */
  public final T xfam(long value) {
    return number(128, 8, value);
  }

  /** Sets MRTD, 48 bytes. */
  public final T mrTd(Bytes value) {
    return bytes(136, 48, value);
  }

  /** Sets MRCONFIGID, 48 bytes. */
  public final T mrConfigId(Bytes value) {
    return bytes(184, 48, value);
  }

  /** Sets MROWNER, 48 bytes. */
  public final T mrOwner(Bytes value) {
    return bytes(232, 48, value);
  }

  /** Sets MROWNERCONFIG, 48 bytes. */
  public final T mrOwnerConfig(Bytes value) {
    return bytes(280, 48, value);
  }

  /** Sets an RTMR, 48 bytes; {@code index} from 0 to 3. */
  public final T rtmr(int index, Bytes value) {
    return bytes(328 + 48 * index, 48, value);
  }

  /** Sets REPORTDATA. */
  public final T reportData(ReportData value) {
    return bytes(520, 64, value.value());
  }

  /** Sets TEE_TCB_SVN_2, 16 bytes: now. TDX 1.5. */
  public final T teeTcbSvn2(Bytes value) {
    return bytes(584, 16, value);
  }

  /** Sets MRSERVICETD, 48 bytes. TDX 1.5. */
  public final T mrServiceTd(Bytes value) {
    return bytes(600, 48, value);
  }

  /** Sets VMID, 8 bits. Body type 4. */
  public final T vmId(int value) {
    return number(648, 1, value);
  }

  /** Sets TD_ID, 32 bytes. Body type 4. */
  public final T tdId(Bytes value) {
    return bytes(649, 32, value);
  }

  /** Sets the hash over bound devices, 48 bytes. Body type 4. */
  public final T deviceInfo(Bytes value) {
    return bytes(681, 48, value);
  }

  /** Sets the service TDs' hash at launch, 48 bytes. Body type 4. */
  public final T initServiceTdHash(Bytes value) {
    return bytes(729, 48, value);
  }

  /** Sets the service TDs' attributes at launch, 64 bits. Body type 4. */
  public final T initServiceTdAttributes(long value) {
    return number(777, 8, value);
  }

  /** Sets CPUSVN at launch, 16 bytes. Body type 4. */
  public final T initCpuSvn(Bytes value) {
    return bytes(785, 16, value);
  }

  /** Sets TEE_TCB_SVN at launch, 16 bytes. Body type 4. */
  public final T initTeeTcbSvn(Bytes value) {
    return bytes(801, 16, value);
  }

  /** Sets TEE_FMSPC at launch, 12 bytes. Body type 4. */
  public final T initTeeFmspc(Bytes value) {
    return bytes(817, 12, value);
  }

  /** Sets the service TDs' hash now, 48 bytes. Body type 4. */
  public final T currentServiceTdHash(Bytes value) {
    return bytes(829, 48, value);
  }

  /** Sets the service TDs' attributes now, 64 bits. Body type 4. */
  public final T currentServiceTdAttributes(long value) {
    return number(877, 8, value);
  }

  private T bytes(int offset, int count, Bytes value) {
    requireRoom(offset + count);
    body.bytes(offset, count, value);
    return self();
  }

  private T number(int offset, int count, long value) {
    requireRoom(offset + count);
    body.number(offset, count, value);
    return self();
  }

  private void requireRoom(int end) {
    if (end > size) {
      throw new IllegalStateException("a body of %d bytes has no such field".formatted(size));
    }
  }
}
