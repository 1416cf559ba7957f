package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.internal.QeIdentityFormat;
import io.github.cvmattestation.tdx.internal.TcbLevels;
import java.time.Instant;
import java.util.List;

/**
 * QE Identity, version 2, of the TD quoting enclave (Intel PCS API v4, {@code
 * /tdx/certification/v4/qe/identity}). Parsed, not believed.
 *
 * @param issueDate when Intel made it
 * @param nextUpdate when it ends
 * @param evaluationDataNumber tcbEvaluationDataNumber: grows with each TCB recovery
 * @param miscSelect what MISCSELECT must be under its mask; 4 bytes
 * @param miscSelectMask 4 bytes
 * @param attributes what ATTRIBUTES must be under its mask; 16 bytes
 * @param attributesMask 16 bytes
 * @param mrSigner what MRSIGNER must be; 32 bytes
 * @param isvProdId what ISVPRODID must be
 * @param levels no two of the same SVN; from the highest down, whatever order they are given in
 */
public record QeIdentity(
    Instant issueDate,
    Instant nextUpdate,
    int evaluationDataNumber,
    Bytes miscSelect,
    Bytes miscSelectMask,
    Bytes attributes,
    Bytes attributesMask,
    Bytes mrSigner,
    int isvProdId,
    List<IsvLevel> levels) {
  public QeIdentity {
    levels = TcbLevels.sorted(levels, TcbLevels.ISV);
  }

  /**
   * Reads what Intel signed, without looking at the signature. Members that Intel may have added
   * are passed over.
   *
   * @throws MalformedException if it is anything but the identity of the TD quoting enclave,
   *     version 2, or names a status that no specification does
   */
  public static QeIdentity parse(SignedText signed) throws MalformedException {
    try {
      return QeIdentityFormat.read(signed);
    } catch (RefutedException e) {
      throw new MalformedException("QE Identity", e.finding());
    }
  }
}
