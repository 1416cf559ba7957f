package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.HclReport;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmException;
import io.github.cvmattestation.vtpm.TpmtPublic;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** What the vTPM of an Azure confidential VM has to hold, and whether it does. */
final class VtpmHealth {
  private static final String TPM = "tpm";
  private static final String REPORT = "hcl-report";
  private static final String KEY = "ak";
  private static final String CERTIFICATE = "ak-certificate";
  private static final String SECURE_BOOT = "secure-boot";

  private static final long REPORT_INDEX = 0x01400001L;
  private static final long AK_HANDLE = 0x81000003L;
  private static final long CERTIFICATE_INDEX = 0x01C101D0L;

  private static final int RC_HANDLE = 0x08B;
  private static final int RC_NV_UNINITIALIZED = 0x14A;
  private static final String WAIT_FOR_AZURE =
      "Azure issues it some minutes after the first start: try again later";

  private static final String RENEWAL =
      "Azure renews it in its own time when it is read, as it was now: run this again tomorrow,"
          + " and restart the VM if its end is still the same";

  /** Who signs it until Azure has issued the real one. */
  private static final String PROVISIONAL_ISSUER = "CN=MICROSOFT AZURE TRUSTED VM RSA";

  /** Certificates of a year are renewed much earlier than this. */
  private static final Duration RENEWED_BEFORE_END = Duration.ofDays(14);

  private final Tpm tpm;
  private final Instant now;
  private final Health health;

  private VtpmHealth(Tpm tpm, Instant now, Health health) {
    this.tpm = tpm;
    this.now = now;
    this.health = health;
  }

  /** Looks at all of it. */
  static void examine(Tpm tpm, Instant now, Health health) {
    new VtpmHealth(tpm, now, health).all();
  }

  /** There is no way to the TPM. */
  static void unreachable(AttestationException e, Health health) {
    health.failed(TPM, Health.Status.UNREACHABLE, e);
    nothingElse(health);
  }

  private static void nothingElse(Health health) {
    for (String id : new String[] {REPORT, KEY, CERTIFICATE, SECURE_BOOT}) {
      health.notAsked(id, "without the TPM nobody knows");
    }
  }

  private void all() {
    try {
      tpm.getRandom(1);
    } catch (AttestationException.Device e) {
      unreachable(e, health);
      return;
    }
    health.ok(TPM, "it answers, and this user may ask it");
    JsonTree claims = report();
    Optional<BigInteger> ak = key(claims);
    certificate(ak);
    secureBoot(claims);
  }

  /** The report's claims, which nobody has verified; empty if there is none. */
  private JsonTree report() {
    try {
      HclReport report = HclReport.parse(tpm.nv().read(REPORT_INDEX));
      health.ok(
          REPORT,
          switch (report.reportType()) {
            case SNP -> "an AMD SEV-SNP report with runtime claims";
            case TDX -> "an Intel TDX report with runtime claims";
          });
      return JsonTree.of(report.unverifiedClaims());
    } catch (TpmException e) {
      if (isMissing(e)) {
        health.problem(
            REPORT,
            "there is none (NV index 0x01400001): this is no Azure confidential VM",
            "create a VM of a confidential size, such as DCas_v5 or DCes_v6, with the security type"
                + " Confidential VM");
      } else {
        health.failed(REPORT, Health.Status.PROBLEM, e);
      }
    } catch (AttestationException.Device e) {
      health.failed(REPORT, Health.Status.PROBLEM, e);
    } catch (MalformedException e) {
      health.problem(
          REPORT,
          "NV index 0x01400001 holds something else: " + e.problem(),
          "restart the VM; if it stays so, look for a newer version of cvm");
    }
    return JsonTree.empty();
  }

  private Optional<BigInteger> key(JsonTree claims) {
    try {
      TpmtPublic key = tpm.keys().readPublic(AK_HANDLE);
      if (!(key.parameters() instanceof TpmtPublic.Rsa rsa)) {
        replaced();
        return Optional.empty();
      }
      BigInteger modulus = new BigInteger(1, rsa.modulus().toArray());
      Optional<BigInteger> claimed = claimed(claims);
      if (claimed.isEmpty()) {
        health.notAsked(KEY, "there is one; without the report's claims nobody knows whose");
      } else if (claimed.get().equals(modulus)) {
        health.ok(KEY, "RSA, " + rsa.keyBits() + " bits; the report's claims name it (unverified)");
      } else {
        replaced();
      }
      return Optional.of(modulus);
    } catch (TpmException e) {
      if (isMissing(e)) {
        health.problem(
            KEY,
            "there is no attestation key (handle 0x81000003)",
            "restart the VM: the paravisor makes the key when the VM starts");
      } else {
        health.failed(KEY, Health.Status.PROBLEM, e);
      }
    } catch (AttestationException.Device e) {
      health.failed(KEY, Health.Status.PROBLEM, e);
    }
    return Optional.empty();
  }

  private void replaced() {
    health.problem(
        KEY,
        "the key under 0x81000003 is not the one in the report's claims",
        "somebody replaced it: find out who, and restart the VM, so that it is made again");
  }

  private static Optional<BigInteger> claimed(JsonTree claims) {
    return claims.objects("keys").stream()
        .filter(key -> key.text("kid").filter("HCLAkPub"::equals).isPresent())
        .findFirst()
        .flatMap(key -> key.text("n"))
        .flatMap(VtpmHealth::number);
  }

  private static Optional<BigInteger> number(String base64) {
    try {
      return Optional.of(new BigInteger(1, Base64.getUrlDecoder().decode(base64)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void certificate(Optional<BigInteger> ak) {
    try {
      Bytes index = tpm.nv().read(CERTIFICATE_INDEX);
      // What follows the certificate is padding, which the factory leaves alone.
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      judge(
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(index.toArray())),
          ak);
    } catch (TpmException e) {
      if (isMissing(e) || e.code().base() == RC_NV_UNINITIALIZED) {
        health.problem(CERTIFICATE, "there is none yet (NV index 0x01C101D0)", WAIT_FOR_AZURE);
      } else {
        health.failed(CERTIFICATE, Health.Status.PROBLEM, e);
      }
    } catch (AttestationException.Device e) {
      health.failed(CERTIFICATE, Health.Status.PROBLEM, e);
    } catch (CertificateException e) {
      health.problem(CERTIFICATE, "NV index 0x01C101D0 holds no certificate", WAIT_FOR_AZURE);
    }
  }

  private void judge(X509Certificate certificate, Optional<BigInteger> ak) {
    Instant start = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    boolean ofThisKey =
        certificate.getPublicKey() instanceof RSAPublicKey rsa
            && ak.filter(rsa.getModulus()::equals).isPresent();
    if (ak.isPresent() && !ofThisKey) {
      health.problem(CERTIFICATE, "it is of another key", WAIT_FOR_AZURE);
    } else if (certificate.getIssuerX500Principal().getName().contains(PROVISIONAL_ISSUER)) {
      health.problem(CERTIFICATE, "there is only a provisional one yet", WAIT_FOR_AZURE);
    } else if (start.isAfter(now) || !end.isAfter(now)) {
      health.problem(
          CERTIFICATE,
          "valid from " + start + " until " + end,
          "check this machine's clock; " + RENEWAL);
    } else if (end.isBefore(now.plus(RENEWED_BEFORE_END))) {
      health.warning(CERTIFICATE, "valid only until " + end, RENEWAL);
    } else {
      health.ok(CERTIFICATE, "valid until " + end);
    }
  }

  private void secureBoot(JsonTree claims) {
    Optional<String> claimed = claims.text("vm-configuration", "secure-boot");
    if (claimed.isEmpty()) {
      health.notAsked(SECURE_BOOT, "without the report's claims nobody knows");
    } else if (claimed.get().equals("true")) {
      health.ok(SECURE_BOOT, "on, by the report's claims (unverified)");
    } else {
      health.problem(
          SECURE_BOOT,
          "off, by the report's claims (unverified): the usual policies reject such a VM",
          "switch Secure Boot on in the VM's security settings, and restart it");
    }
  }

  private static boolean isMissing(TpmException e) {
    return e.code().base() == RC_HANDLE;
  }
}
