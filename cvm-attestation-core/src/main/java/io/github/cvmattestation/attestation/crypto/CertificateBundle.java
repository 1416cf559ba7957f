package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import io.github.cvmattestation.attestation.internal.Pem;
import java.util.ArrayList;
import java.util.List;

/** Files of certificates as people keep them: PEM or DER, one or several, in any order. */
public final class CertificateBundle {
  /** The most bytes that a bundle may have. */
  public static final int MAX_SIZE = 64 << 10;

  private CertificateBundle() {}

  /** The certificates in {@code bundle}, in its order; at least one. */
  public static List<DerCertificate> parse(Bytes bundle) throws MalformedException {
    List<DerCertificate> certificates = new ArrayList<>();
    for (Bytes der : split(bundle)) {
      certificates.add(DerCertificate.parse(der));
    }
    return certificates;
  }

  /**
   * The certificates in {@code bundle}, DER each, in its order and unread; at least one. For who
   * knows some of them by their bytes already.
   */
  public static List<Bytes> split(Bytes bundle) throws MalformedException {
    if (bundle.size() > MAX_SIZE) {
      throw new MalformedException("certificates", "at most " + MAX_SIZE + " bytes", "more");
    }
    List<Bytes> certificates;
    if (Pem.looksLike(bundle)) {
      certificates = Pem.decode(bundle, "CERTIFICATE");
    } else {
      certificates = new ArrayList<>();
      DerReader concatenated = new DerReader("certificates", bundle);
      while (concatenated.hasNext()) {
        certificates.add(concatenated.element(DerReader.SEQUENCE));
      }
    }
    if (certificates.isEmpty()) {
      throw new MalformedException("certificates", "at least one", "none");
    }
    return certificates;
  }
}
