package io.github.cvmattestation.azure.internal.guest;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.NvAttribute;
import io.github.cvmattestation.vtpm.TpmsNvPublic;
import java.util.List;
import java.util.Set;

/** Where Azure keeps what in the vTPM (OpenHCL, crate tpm). */
final class AzureNv {
  /** The attestation key. */
  static final long AK = 0x81000003L;

  /** The HCL report: read from offset 0, it is made anew. */
  static final long REPORT = 0x01400001L;

  /** The attestation key's certificate, DER, padded with zeros or not. */
  static final long AK_CERTIFICATE = 0x01C101D0L;

  /** What the guest wants to have in the next report. */
  static final long USER_DATA = 0x01400002L;

  private AzureNv() {}

  /**
   * The forms in which guests define {@link #USER_DATA}, the first of them ours. The paravisor
   * reads it as owner, so OWNERREAD is never missing.
   */
  static List<TpmsNvPublic> userDataForms() {
    return List.of(
        userData(
            Set.of(
                NvAttribute.OWNERWRITE,
                NvAttribute.AUTHWRITE,
                NvAttribute.OWNERREAD,
                NvAttribute.AUTHREAD)),
        userData(Set.of(NvAttribute.OWNERWRITE, NvAttribute.OWNERREAD)));
  }

  private static TpmsNvPublic userData(Set<NvAttribute> attributes) {
    return new TpmsNvPublic(
        USER_DATA, HashAlgorithm.SHA256, attributes, Bytes.empty(), ReportData.SIZE);
  }
}
