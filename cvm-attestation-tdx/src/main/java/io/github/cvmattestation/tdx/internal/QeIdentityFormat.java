package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.JsonCursor;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.IsvLevel;
import io.github.cvmattestation.tdx.QeIdentity;
import io.github.cvmattestation.tdx.SignedText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads Enclave Identity, version 2, of the TD quoting enclave (Intel PCS API v4, {@code
 * /tdx/certification/v4/qe/identity}).
 */
public final class QeIdentityFormat {
  private @Nullable Bytes miscSelect;
  private @Nullable Bytes miscSelectMask;
  private @Nullable Bytes attributes;
  private @Nullable Bytes attributesMask;
  private @Nullable Bytes mrSigner;
  private @Nullable Integer isvProdId;
  private @Nullable List<IsvLevel> levels;

  private QeIdentityFormat() {}

  /** The identity that {@code signed} holds; the signature is not looked at. */
  public static QeIdentity read(SignedText signed) throws RefutedException {
    try (DocumentReader document = DocumentReader.open("enclaveIdentity", signed, "TD_QE", 2)) {
      try {
        return new QeIdentityFormat().read(document);
      } catch (RefutedException e) {
        throw document.in().orNotJson(e);
      }
    }
  }

  private QeIdentity read(DocumentReader document) throws RefutedException {
    JsonCursor in = document.in();
    in.beginObject();
    while (in.nextMember()) {
      String member = in.name();
      switch (member) {
        case "miscselect" -> miscSelect = in.hex(4);
        case "miscselectMask" -> miscSelectMask = in.hex(4);
        case "attributes" -> attributes = in.hex(16);
        case "attributesMask" -> attributesMask = in.hex(16);
        case "mrsigner" -> mrSigner = in.hex(32);
        case "isvprodid" -> isvProdId = in.unsigned(DocumentReader.U16);
        case "tcbLevels" -> levels = document.isvLevels();
        default -> document.readCommon(member);
      }
    }
    document.end();
    return new QeIdentity(
        document.issueDate(),
        document.nextUpdate(),
        document.evaluationDataNumber(),
        document.present(miscSelect, "miscselect"),
        document.present(miscSelectMask, "miscselectMask"),
        document.present(attributes, "attributes"),
        document.present(attributesMask, "attributesMask"),
        document.present(mrSigner, "mrsigner"),
        document.present(isvProdId, "isvprodid"),
        document.present(levels, "tcbLevels"));
  }
}
