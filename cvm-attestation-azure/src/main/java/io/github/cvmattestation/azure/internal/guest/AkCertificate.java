package io.github.cvmattestation.azure.internal.guest;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmException;

/**
 * The certificate that Azure has issued for the attestation key. Of the confidential VM it proves
 * nothing that the hardware does not prove better, but Azure's service asks for it.
 */
final class AkCertificate {
  private static final int RC_NV_UNINITIALIZED = 0x14A;

  private AkCertificate() {}

  /** DER, cut at its end: the index is padded with zeros, or has its exact length. */
  static Bytes read(Tpm tpm) {
    Bytes index;
    try {
      index = tpm.nv().read(AzureNv.AK_CERTIFICATE);
    } catch (TpmException e) {
      if (e.code().isUndefinedHandle() || e.code().base() == RC_NV_UNINITIALIZED) {
        throw new AttestationException.Device(
            "the attestation key has no certificate yet (NV index 0x01C101D0)",
            "Azure issues it some minutes after the first start: try again later");
      }
      throw e;
    }
    try {
      DerReader in = new DerReader("AK certificate", index);
      Bytes certificate = in.element(DerReader.SEQUENCE);
      if (index.slice(certificate.size(), index.size()).isZero()) {
        return certificate;
      }
    } catch (MalformedException e) {
      // Said below.
    }
    throw new AttestationException.Device(
        "NV index 0x01C101D0 holds something else than the attestation key's certificate",
        "read it with: tpm2_nvread 0x01C101D0; Azure renews it when it is read again after a day");
  }
}
