package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Claims;

/**
 * A verified SEV-SNP report: genuine, intact, and bound to the chip or provider that its leaf
 * certificate names. Whether such a guest is wanted is for {@link SnpPolicy} to say.
 */
public final class SnpClaims implements Claims {
  /** The id of this group of claims. */
  public static final String ID = "snp";

  private final SnpReport report;
  private final LeafCertificate leaf;
  private final SnpTcb tcb;
  private final boolean revocationChecked;

  SnpClaims(SnpReport report, LeafCertificate leaf, SnpTcb tcb, boolean revocationChecked) {
    this.report = report;
    this.leaf = leaf;
    this.tcb = tcb;
    this.revocationChecked = revocationChecked;
  }

  /** The report; every field of it is signed. */
  public SnpReport report() {
    return report;
  }

  /** The leaf certificate that signed it. */
  public LeafCertificate leaf() {
    return leaf;
  }

  /** The report's four TCB versions in the layout of its product line. */
  public SnpTcb tcb() {
    return tcb;
  }

  /** The product line, on which processor, leaf and authorities agree. */
  public ProductLine productLine() {
    return leaf.line();
  }

  /** Whether a current CRL was looked at. */
  public boolean isRevocationChecked() {
    return revocationChecked;
  }

  /** Whether uncommitted firmware runs, which the host could roll back. */
  public boolean isProvisionalFirmware() {
    return !tcb.current().isSameAs(tcb.committed())
        || !report.currentVersion().isSameAs(report.committedVersion());
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public ClaimValue.Group toGroup() {
    ClaimValue.Builder claims =
        ClaimValue.Group.builder()
            .put("product", productLine().label())
            .put("productName", leaf.productName())
            .put("reportVersion", report.version())
            .put("signingKey", leaf.kind().name())
            .put("revocation", revocationChecked ? "checked" : "not checked")
            .put("guestSvn", report.guestSvn())
            .put("vmpl", report.vmpl())
            .put("policy", report.policy().toGroup())
            .put("platformInfo", report.platformInfo().toGroup())
            .put("reportedTcb", tcb.reported().toGroup())
            .put("committedTcb", tcb.committed().toGroup())
            .put("currentTcb", tcb.current().toGroup())
            .put("launchTcb", tcb.launch().toGroup())
            .put("provisionalFirmware", isProvisionalFirmware())
            .put("currentVersion", report.currentVersion().toString())
            .put("committedVersion", report.committedVersion().toString())
            .put("reportData", report.reportData())
            .put("measurement", report.measurement())
            .put("hostData", report.hostData())
            .put("familyId", report.familyId())
            .put("imageId", report.imageId())
            .put("idKeyDigest", report.idKeyDigest())
            .put("authorKeyDigest", report.authorKeyDigest())
            .put("authorKeyEnabled", report.signerInfo().authorKeyEnabled())
            .put("chipKeyMasked", report.signerInfo().maskChipKey())
            .put("reportId", report.reportId())
            .put("reportIdMa", report.reportIdMa())
            .put("chipId", report.chipId())
            .put("launchMitVector", report.launchMitVector())
            .put("currentMitVector", report.currentMitVector());
    leaf.cspId().ifPresent(cspId -> claims.put("cspId", cspId));
    report
        .cpuid()
        .ifPresent(
            cpuid ->
                claims.put(
                    "cpuid",
                    ClaimValue.Group.builder()
                        .put("family", cpuid.family())
                        .put("model", cpuid.model())
                        .put("stepping", cpuid.stepping())
                        .build()));
    return claims.build();
  }
}
