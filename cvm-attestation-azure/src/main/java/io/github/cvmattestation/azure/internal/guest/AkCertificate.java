package io.github.cvmattestation.azure.internal.guest;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmException;
import io.github.cvmattestation.vtpm.TpmtPublic;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;

/**
 * The certificate that Azure has issued for the attestation key. Of the confidential VM it proves
 * nothing that the hardware does not prove better, but Azure's service asks for it. What is found
 * wrong with it here is a better message than the service's, and no proof; its dates and its chain
 * are the service's to judge.
 */
final class AkCertificate {
  /** How often the index is read at most; Azure renews it in its own time, seldom. */
  static final int MAX_READINGS = 4;

  /** By whom certificates are until Azure has issued the real one. */
  static final String PROVISIONAL_ISSUER = "CN=MICROSOFT AZURE TRUSTED VM RSA";

  private static final int RC_NV_UNINITIALIZED = 0x14A;

  private AkCertificate() {}

  /**
   * DER, cut at its end: the index is padded with zeros, or has its exact length.
   *
   * @param ak whose certificate it must be
   */
  static Bytes read(Tpm tpm, TpmtPublic ak) {
    Bytes certificate = cut(steady(tpm));
    X509Certificate read = parsed(certificate);
    if (read.getIssuerX500Principal().getName().contains(PROVISIONAL_ISSUER)) {
      throw new AttestationException.Device(
          "the attestation key has only a provisional certificate (NV index 0x01C101D0)",
          "Azure issues the real one some minutes after the first start: try again later");
    }
    if (!isOf(ak, read)) {
      throw new AttestationException.Device(
          "the certificate in NV index 0x01C101D0 is of another key than the attestation key",
          "restart the VM, and let Azure some minutes to issue the right one");
    }
    return certificate;
  }

  /**
   * The index, as it was at one moment. It is read in pieces, and the reading itself may be what
   * makes the paravisor renew it: two readings that agree are of one certificate.
   */
  private static Bytes steady(Tpm tpm) {
    Bytes before = index(tpm);
    for (int readings = 2; readings <= MAX_READINGS; readings++) {
      Bytes after = index(tpm);
      if (after.equals(before)) {
        return after;
      }
      before = after;
    }
    throw new AttestationException.Device(
        "the attestation key's certificate (NV index 0x01C101D0) changes each time it is read",
        "Azure renews it: try again in some minutes");
  }

  private static Bytes index(Tpm tpm) {
    try {
      return tpm.nv().read(AzureNv.AK_CERTIFICATE);
    } catch (TpmException e) {
      if (e.code().isUndefinedHandle() || e.code().base() == RC_NV_UNINITIALIZED) {
        throw new AttestationException.Device(
            "the attestation key has no certificate yet (NV index 0x01C101D0)",
            "Azure issues it some minutes after the first start: try again later");
      }
      throw e;
    }
  }

  private static Bytes cut(Bytes index) {
    try {
      Bytes certificate = new DerReader("AK certificate", index).element(DerReader.SEQUENCE);
      if (index.slice(certificate.size(), index.size()).isZero()) {
        return certificate;
      }
    } catch (MalformedException e) {
      // Said below.
    }
    throw noCertificate();
  }

  private static X509Certificate parsed(Bytes der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der.toArray()));
    } catch (CertificateException e) {
      throw noCertificate();
    }
  }

  private static boolean isOf(TpmtPublic ak, X509Certificate certificate) {
    return ak.parameters() instanceof TpmtPublic.Rsa rsa
        && certificate.getPublicKey() instanceof RSAPublicKey key
        && key.getModulus().equals(new BigInteger(1, rsa.modulus().toArray()));
  }

  private static AttestationException.Device noCertificate() {
    return new AttestationException.Device(
        "NV index 0x01C101D0 holds something else than the attestation key's certificate",
        "read it with: tpm2_nvread 0x01C101D0; Azure renews it when it is read again after a day");
  }
}
