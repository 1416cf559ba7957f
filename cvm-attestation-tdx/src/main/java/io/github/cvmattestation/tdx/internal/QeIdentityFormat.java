package io.github.cvmattestation.tdx.internal;

import static io.github.cvmattestation.tdx.internal.DocumentFields.hex;
import static io.github.cvmattestation.tdx.internal.DocumentFields.instant;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.QeIdentity;
import io.github.cvmattestation.tdx.SignedText;
import io.github.cvmattestation.tdx.TdxFinding;

/**
 * Reads Enclave Identity, version 2, of the TD quoting enclave (Intel PCS API v4, {@code
 * /tdx/certification/v4/qe/identity}).
 */
public final class QeIdentityFormat {
  private static final String NAME = "enclaveIdentity";
  private static final int U16 = 0xFFFF;

  private QeIdentityFormat() {}

  /** The identity that {@code signed} holds; the signature is not looked at. */
  public static QeIdentity read(SignedText signed) throws RefutedException {
    try {
      Json.Obj document = DocumentFields.document(NAME, signed, "TD_QE", 2);
      return new QeIdentity(
          instant(document, "issueDate"),
          instant(document, "nextUpdate"),
          DocumentFields.evaluationDataNumber(document),
          hex(document, "miscselect", 4),
          hex(document, "miscselectMask", 4),
          hex(document, "attributes", 16),
          hex(document, "attributesMask", 16),
          hex(document, "mrsigner", 32),
          DocumentFields.unsigned(document, "isvprodid", U16),
          DocumentFields.isvLevels(document));
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(TdxFinding.COLLATERAL_SCHEMA));
    }
  }
}
