package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * How a fake attestation service appraises SEV-SNP reports and TD quotes, by the layouts of AMD
 * 56860, table 23, and Intel's DCAP quoting library, quotes of version 4 and 5: signature, chain to
 * a root that it knows, and the claims that REPORT_DATA binds. It asks neither for TCB levels nor
 * for revocation.
 */
final class MaaHardware {
  private static final int SNP_SIZE = 1184;
  private static final int SNP_SIGNED = 0x2A0;
  private static final int SNP_NUMBER = 72;
  private static final int QUOTE_HEADER = 48;
  private static final int V5_DESCRIPTOR = 6;

  /** By the body's type: none for an SGX enclave's, then TDX 1.0, 1.5, and 1.5 extended. */
  private static final int[] TD_BODIES = {0, 0, 584, 648, 885};

  private static final int QE_REPORT = 384;
  private static final String HWID = "1.3.6.1.4.1.3704.1.4";
  private static final int MIN_HWID = 8;

  private final List<TrustAnchor> anchors;
  private final Instant at;

  MaaHardware(List<TrustAnchor> anchors, Instant at) {
    this.anchors = anchors;
    this.at = at;
  }

  /** The claims about an SEV-SNP machine. */
  JsonMembers snp(Bytes report, Bytes chainPem, Bytes claims) throws MaaRefusal {
    MaaRefusal.unless(report.size() == SNP_SIZE, "SnpReport");
    requireBound(report.slice(0x50, 0x90), claims);
    List<X509Certificate> chain = MaaSignatures.certificates(chainPem);
    Bytes r = report.slice(SNP_SIGNED, SNP_SIGNED + SNP_NUMBER).reversed();
    Bytes s = report.slice(SNP_SIGNED + SNP_NUMBER, SNP_SIGNED + 2 * SNP_NUMBER).reversed();
    MaaRefusal.unless(
        MaaSignatures.verifies(
            "SHA384withECDSA",
            chain.get(0).getPublicKey(),
            report.slice(0, SNP_SIGNED),
            MaaSignatures.ecdsa(r, s)),
        "HardwareSignature");
    MaaSignatures.requireChain(chain, anchors, at);
    byte[] extension = chain.get(0).getExtensionValue(HWID);
    MaaRefusal.unless(extension != null && extension.length > 2, "HardwareChain");
    Bytes chip = Bytes.of(extension).slice(2, extension.length);
    MaaRefusal.unless(
        chip.size() >= MIN_HWID && report.slice(0x1A0, 0x1E0).startsWith(chip), "HardwareChain");
    return snpClaims(report, claims);
  }

  private static JsonMembers snpClaims(Bytes report, Bytes claims) {
    long policy = report.u32LittleEndian(0x08);
    boolean debug = (policy >> 19 & 1) == 1;
    long vmpl = report.u32LittleEndian(0x30);
    JsonMembers out = common("sevsnpvm", !debug && vmpl == 0, claims);
    hex(out, "x-ms-sevsnpvm-authorkeydigest", report.slice(0x110, 0x140));
    number(out, "x-ms-sevsnpvm-bootloader-svn", report.get(0x180));
    hex(out, "x-ms-sevsnpvm-familyId", report.slice(0x10, 0x20));
    number(out, "x-ms-sevsnpvm-guestsvn", report.u32LittleEndian(0x04));
    hex(out, "x-ms-sevsnpvm-hostdata", report.slice(0xC0, 0xE0));
    hex(out, "x-ms-sevsnpvm-idkeydigest", report.slice(0xE0, 0x110));
    hex(out, "x-ms-sevsnpvm-imageId", report.slice(0x20, 0x30));
    out.set("x-ms-sevsnpvm-is-debuggable", Boolean.toString(debug));
    hex(out, "x-ms-sevsnpvm-launchmeasurement", report.slice(0x90, 0xC0));
    number(out, "x-ms-sevsnpvm-microcode-svn", report.get(0x187));
    out.set("x-ms-sevsnpvm-migration-allowed", Boolean.toString((policy >> 18 & 1) == 1));
    hex(out, "x-ms-sevsnpvm-reportdata", report.slice(0x50, 0x90));
    hex(out, "x-ms-sevsnpvm-reportid", report.slice(0x140, 0x160));
    out.set("x-ms-sevsnpvm-smt-allowed", Boolean.toString((policy >> 16 & 1) == 1));
    number(out, "x-ms-sevsnpvm-snpfw-svn", report.get(0x186));
    number(out, "x-ms-sevsnpvm-tee-svn", report.get(0x181));
    number(out, "x-ms-sevsnpvm-vmpl", vmpl);
    return out;
  }

  /** The claims about a TDX machine. */
  JsonMembers tdx(Bytes quote, Bytes claims) throws MaaRefusal {
    try {
      Bytes body = tdBody(quote);
      int signed = QUOTE_HEADER + (quote.get(0) == 4 ? 0 : V5_DESCRIPTOR) + body.size();
      requireBound(body.slice(520, 584), claims);
      Bytes rest = quote.slice(signed + 4, quote.size());
      Bytes key = rest.slice(64, 128);
      MaaRefusal.unless(
          MaaSignatures.verifies(
              "SHA256withECDSA",
              MaaSignatures.p256(key),
              quote.slice(0, signed),
              MaaSignatures.ecdsa(rest.slice(0, 32), rest.slice(32, 64))),
          "HardwareSignature");
      // Certification data of type 6: the Quoting Enclave's report on that key, and its signature.
      requireQe(rest.slice(134, rest.size()), key);
      return tdxClaims(body, claims);
    } catch (IndexOutOfBoundsException e) {
      throw new MaaRefusal("TdQuote");
    }
  }

  private static Bytes tdBody(Bytes quote) throws MaaRefusal {
    int version = quote.get(0) | quote.get(1) << 8;
    if (version == 4) {
      return quote.slice(QUOTE_HEADER, QUOTE_HEADER + TD_BODIES[2]);
    }
    int start = QUOTE_HEADER + V5_DESCRIPTOR;
    int type = quote.get(QUOTE_HEADER) | quote.get(QUOTE_HEADER + 1) << 8;
    boolean isTd = version == 5 && type >= 2 && type < TD_BODIES.length;
    MaaRefusal.unless(
        isTd && quote.u32LittleEndian(QUOTE_HEADER + 2) == TD_BODIES[type], "TdQuote");
    return quote.slice(start, start + TD_BODIES[type]);
  }

  private void requireQe(Bytes qe, Bytes attestationKey) throws MaaRefusal {
    Bytes report = qe.slice(0, QE_REPORT);
    Bytes r = qe.slice(QE_REPORT, QE_REPORT + 32);
    Bytes s = qe.slice(QE_REPORT + 32, QE_REPORT + 64);
    int authAt = QE_REPORT + 64;
    int authSize = qe.get(authAt) | qe.get(authAt + 1) << 8;
    Bytes auth = qe.slice(authAt + 2, authAt + 2 + authSize);
    MaaRefusal.unless(
        report.slice(320, 352).equals(Hashes.digest("SHA-256", attestationKey.concat(auth))),
        "QuotingEnclave");
    List<X509Certificate> chain =
        MaaSignatures.certificates(withoutNul(qe.slice(authAt + 2 + authSize + 6, qe.size())));
    MaaRefusal.unless(
        MaaSignatures.verifies(
            "SHA256withECDSA", chain.get(0).getPublicKey(), report, MaaSignatures.ecdsa(r, s)),
        "QuotingEnclave");
    MaaSignatures.requireChain(chain, anchors, at);
  }

  private static Bytes withoutNul(Bytes pem) {
    int end = pem.size();
    while (end > 0 && pem.get(end - 1) == 0) {
      end--;
    }
    return pem.slice(0, end);
  }

  private static JsonMembers tdxClaims(Bytes body, Bytes claims) {
    boolean debug = (body.get(120) & 1) == 1;
    JsonMembers out = common("tdxvm", !debug, claims);
    out.set("eat_profile", JsonMembers.quoted("https://aka.ms/maa-eat-profile-tdxvm"));
    hex(out, "tdx_tee_tcb_svn", body.slice(0, 16));
    hex(out, "tdx_mrseam", body.slice(16, 64));
    hex(out, "tdx_mrsignerseam", body.slice(64, 112));
    hex(out, "tdx_seam_attributes", body.slice(112, 120));
    hex(out, "tdx_td_attributes", body.slice(120, 128));
    out.set("tdx_td_attributes_debug", Boolean.toString(debug));
    out.set("tdx_td_attributes_septve_disable", Boolean.toString((body.get(123) >> 4 & 1) == 1));
    hex(out, "tdx_xfam", body.slice(128, 136));
    String[] digests = {
      "mrtd", "mrconfigid", "mrowner", "mrownerconfig", "rtmr0", "rtmr1", "rtmr2", "rtmr3"
    };
    for (int i = 0; i < digests.length; i++) {
      hex(out, "tdx_" + digests[i], body.slice(136 + 48 * i, 184 + 48 * i));
    }
    hex(out, "tdx_report_data", body.slice(520, 584));
    return out;
  }

  /** SHA-256 of the claims, and zeros behind it. */
  private static void requireBound(Bytes reportData, Bytes claims) throws MaaRefusal {
    MaaRefusal.unless(
        reportData.slice(0, 32).equals(Hashes.digest("SHA-256", claims))
            && reportData.slice(32, 64).isZero(),
        "RuntimeData");
  }

  private static JsonMembers common(String type, boolean compliant, Bytes claims) {
    JsonMembers out = new JsonMembers();
    out.set("x-ms-attestation-type", JsonMembers.quoted(type));
    if (compliant) {
      out.set("x-ms-compliance-status", JsonMembers.quoted("azure-compliant-cvm"));
    }
    return out.set("x-ms-runtime", new String(claims.toArray(), UTF_8));
  }

  private static void hex(JsonMembers out, String name, Bytes value) {
    out.set(name, JsonMembers.quoted(value.hex()));
  }

  private static void number(JsonMembers out, String name, long value) {
    out.set(name, Long.toString(value));
  }
}
