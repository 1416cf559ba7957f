package io.github.cvmattestation.testkit;

import static io.github.cvmattestation.testkit.JsonMembers.quoted;
import static io.github.cvmattestation.testkit.TcbInfoWriter.upper;

import io.github.cvmattestation.attestation.Bytes;
import java.time.Duration;
import java.time.Instant;

/**
 * Writes the identity of the TD quoting enclave (Intel PCS API v4, Enclave Identity V2).
 *
 * <p>It begins as Intel's, to which the default quote's {@link QeReportWriter} conforms.
 */
public final class QeIdentityWriter extends IntelDocumentWriter<QeIdentityWriter> {
  private QeIdentityWriter() {
    super("enclaveIdentity");
  }

  /** A day old, and good for a month. */
  public static QeIdentityWriter healthy(Instant at) {
    return new QeIdentityWriter()
        .id("TD_QE")
        .version(2)
        .issueDate(at.minus(Duration.ofDays(1)))
        .nextUpdate(at.plus(Duration.ofDays(29)))
        .evaluationDataNumber(18)
        .miscSelect(Bytes.zeros(4), Bytes.ofHex("ffffffff"))
        .attributes(
            Bytes.ofHex("11").concat(Bytes.zeros(15)),
            Bytes.ofHex("fbffffffffffffff").concat(Bytes.zeros(8)))
        .mrSigner(QeReportWriter.INTEL_MRSIGNER)
        .isvProdId(2)
        .levels(TcbLevelWriter.isv(4, "UpToDate"));
  }

  @Override
  QeIdentityWriter self() {
    return this;
  }

  /** Sets {@code miscselect} and its mask, 4 bytes each. */
  public QeIdentityWriter miscSelect(Bytes value, Bytes mask) {
    return member("miscselect", quoted(upper(value))).member("miscselectMask", quoted(upper(mask)));
  }

  /** Sets {@code attributes} and their mask, 16 bytes each. */
  public QeIdentityWriter attributes(Bytes value, Bytes mask) {
    return member("attributes", quoted(upper(value))).member("attributesMask", quoted(upper(mask)));
  }

  /** Sets {@code mrsigner}, 32 bytes. */
  public QeIdentityWriter mrSigner(Bytes value) {
    return member("mrsigner", quoted(upper(value)));
  }

  /** Sets {@code isvprodid}. */
  public QeIdentityWriter isvProdId(int value) {
    return member("isvprodid", Integer.toString(value));
  }
}
