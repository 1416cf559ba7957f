package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Encodes a TDREPORT as the Intel TDX Module v1.5 ABI specification, tables 3.29 to 3.34, lays it
 * out; the two hashes are right.
 */
final class RawReport {
  int version;
  Bytes valid = Le.u64(0x301FF);
  Bytes teeTcbSvn = Le.pattern(1, 16);
  Bytes mrSeam = Le.pattern(2, 48);
  Bytes mrSignerSeam = Le.pattern(3, 48);
  Bytes seamAttributes = Le.pattern(4, 8);
  Bytes teeTcbSvn2 = Le.pattern(5, 16);
  Bytes attributes = Le.pattern(6, 8);
  Bytes xfam = Le.pattern(7, 8);
  Bytes measurements = Le.pattern(8, 8 * 48);
  Bytes serviceTd = Bytes.zeros(48);
  Bytes extension = Bytes.zeros(64);
  Bytes reportData = Le.pattern(9, 64);

  static RawReport v0() {
    return new RawReport();
  }

  static RawReport v1() {
    RawReport report = new RawReport();
    report.version = 1;
    report.serviceTd = Le.pattern(10, 48);
    return report;
  }

  static RawReport v3() {
    RawReport report = v1();
    report.version = 3;
    report.extension =
        Le.pattern(11, 32)
            .concat(Bytes.zeros(24), Bytes.of((byte) 2), Bytes.zeros(3), Le.u32(0x301));
    return report;
  }

  Bytes encode() {
    Bytes module =
        valid.concat(teeTcbSvn, mrSeam, mrSignerSeam, seamAttributes, teeTcbSvn2, Bytes.zeros(95));
    Bytes td = attributes.concat(xfam, measurements, serviceTd, extension);
    return Bytes.of((byte) 0x81, (byte) 0, (byte) version, (byte) 0)
        .concat(
            Bytes.zeros(12),
            Le.pattern(12, 16),
            sha384(module),
            sha384(td),
            reportData,
            Bytes.zeros(32),
            Le.pattern(13, 32),
            module,
            Bytes.zeros(17),
            td);
  }

  /** The body that a quoting enclave makes from this report: type 2, 3 or 4. */
  Bytes quoteBody(int type) {
    Bytes body =
        teeTcbSvn.concat(
            mrSeam, mrSignerSeam, seamAttributes, attributes, xfam, measurements, reportData);
    if (type >= 3) {
      body = body.concat(teeTcbSvn2, serviceTd);
    }
    if (type == 4) {
      body = body.concat(extension.slice(56, 57), extension.slice(0, 32), Le.pattern(14, 204));
    }
    return body;
  }

  static Bytes sha384(Bytes content) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-384").digest(content.toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
