package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.RevocationList;
import io.github.cvmattestation.attestation.crypto.Validity;
import io.github.cvmattestation.snp.LeafCertificate;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** What certificates and revocation lists say. */
final class CertificateFields {
  private CertificateFields() {}

  static ClaimValue.Many of(List<DerCertificate> certificates) {
    List<ClaimValue> all = new ArrayList<>();
    certificates.forEach(certificate -> all.add(of(certificate)));
    return new ClaimValue.Many(all);
  }

  /** Whatever a host handed out. */
  static ClaimValue.Group of(Endorsements endorsements) throws MalformedException {
    List<DerCertificate> certificates = new ArrayList<>();
    for (Bytes bundle : endorsements.certificates()) {
      certificates.addAll(CertificateBundle.parse(bundle));
    }
    List<ClaimValue> lists = new ArrayList<>();
    for (Bytes list : endorsements.revocationLists()) {
      lists.add(of(RevocationList.parse(list)));
    }
    return ClaimValue.Group.builder()
        .put("certificates", of(certificates))
        .put("revocationLists", new ClaimValue.Many(lists))
        .build();
  }

  static ClaimValue.Group of(RevocationList list) {
    List<ClaimValue> serials = new ArrayList<>();
    list.revoked().stream().sorted().forEach(serial -> serials.add(serial(serial)));
    return dates(ClaimValue.Group.builder().put("issuer", list.issuerCommonName()), list.validity())
        .put("revokedSerials", new ClaimValue.Many(serials))
        .build();
  }

  static ClaimValue.Group of(DerCertificate certificate) {
    ClaimValue.Builder fields =
        ClaimValue.Group.builder()
            .put("subject", certificate.subjectCommonName())
            .put("issuer", certificate.issuerCommonName())
            .put("serial", serial(certificate.serial()));
    dates(fields, certificate.validity()).put("key", key(certificate.subjectPublicKeyInfo()));
    String name = certificate.subjectCommonName();
    if (name.equals(LeafCertificate.VCEK_NAME) || name.equals(LeafCertificate.VLEK_NAME)) {
      leaf(certificate, fields);
    }
    return fields.build();
  }

  private static void leaf(DerCertificate certificate, ClaimValue.Builder fields) {
    try {
      LeafCertificate leaf = LeafCertificate.of(certificate);
      fields.put("productName", leaf.productName()).put("tcb", leaf.tcb().toGroup());
      leaf.hwId().ifPresent(id -> fields.put("hwId", id));
      leaf.cspId().ifPresent(id -> fields.put("cspId", id));
    } catch (MalformedException e) {
      fields.put("problem", e.problem());
    }
  }

  private static ClaimValue.Builder dates(ClaimValue.Builder fields, Validity validity) {
    return fields
        .put("notBefore", validity.notBefore().toString())
        .put("notAfter", validity.notAfter().toString());
  }

  private static ClaimValue serial(BigInteger serial) {
    return new ClaimValue.Text(serial.toString(16));
  }

  private static String key(Bytes subjectPublicKeyInfo) {
    try {
      return key(PublicKeyInfo.parse(subjectPublicKeyInfo));
    } catch (MalformedException e) {
      return "of a kind that is not used here";
    }
  }

  static String key(PublicKeyInfo key) {
    return key instanceof PublicKeyInfo.Ec ec
        ? ec.curve().name()
        : "RSA " + ((PublicKeyInfo.Rsa) key).modulus().bitLength();
  }
}
