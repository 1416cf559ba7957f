package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Finding;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a relying party accepts of a boot. Always refused: anything of a register that is not
 * understood, and banks of SHA-1, whose collisions let one history pass for another.
 */
public final class BootPolicy implements AppraisalPolicy.Rule {
  private final boolean secureBoot;
  private final Optional<Set<Bytes>> authorities;
  private final Optional<List<String>> texts;
  private final Optional<Revocations> revocations;
  private final Map<String, Long> sbat;

  private BootPolicy(
      boolean secureBoot,
      Optional<Set<Bytes>> authorities,
      Optional<List<String>> texts,
      Optional<Revocations> revocations,
      Map<String, Long> sbat) {
    this.secureBoot = secureBoot;
    this.authorities = authorities;
    this.texts = texts;
    this.revocations = revocations;
    this.sbat = Collections.unmodifiableMap(new TreeMap<>(sbat));
  }

  /**
   * The policy that {@code json} describes, a policy's section {@code boot}:
   *
   * <pre>{@code
   * {"secureBoot": "required" | "ignore",
   *  "authorities": ["hex", …],
   *  "loaderTexts": ["…", …],
   *  "revoked": {"imageHashes": ["hex", …], "certificateHashes": ["hex", …],
   *              "certificates": ["hex", …]},
   *  "sbat": {"shim": 2, …}}
   * }</pre>
   *
   * <p>Only {@code secureBoot} must be there.
   *
   * @throws AttestationException.Configuration for anything else
   */
  public static BootPolicy parse(Bytes json) {
    return BootPolicyJson.parse(json);
  }

  /** Secure Boot must be proven to have been on. */
  public static BootPolicy requireSecureBoot() {
    return new BootPolicy(true, Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
  }

  /** Secure Boot may be on, off or unknown. */
  public static BootPolicy ignoreSecureBoot() {
    return new BootPolicy(false, Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
  }

  /**
   * Every authority that was used, drivers' and shim's settings included, must be one of these;
   * implies that Secure Boot was on.
   *
   * @param fingerprints {@link BootAuthority#fingerprint}
   */
  public BootPolicy requireAuthorities(Set<Bytes> fingerprints) {
    return new BootPolicy(true, Optional.of(Set.copyOf(fingerprints)), texts, revocations, sbat);
  }

  /**
   * GRUB must have measured exactly these texts in this order, commands and kernel command line
   * alike. A single one cannot be required: which text was the kernel command line is proven by
   * nothing.
   */
  public BootPolicy requireLoaderTexts(List<String> ordered) {
    return new BootPolicy(
        secureBoot, authorities, Optional.of(List.copyOf(ordered)), revocations, sbat);
  }

  /**
   * shim must have refused what is older than this generation of a component; implies that Secure
   * Boot was on. Also refuse shims from before SBAT: see {@link SbatLevel}.
   *
   * @param component such as {@code shim} or {@code grub}; of two calls the last counts
   * @param generation 1 or greater
   * @throws AttestationException.Configuration if the component has no name, or no generation
   */
  public BootPolicy requireSbat(String component, long generation) {
    if (component.isEmpty() || generation < 1) {
      throw new AttestationException.Configuration(
          "an SBAT generation that every shim has", "name a component and a generation from 1 on");
    }
    Map<String, Long> all = new TreeMap<>(sbat);
    all.put(component, generation);
    return new BootPolicy(true, authorities, texts, revocations, all);
  }

  /** Nothing of this may have run; what the machine's dbx lacks is a warning. */
  public BootPolicy refuseRevoked(Revocations revoked) {
    return new BootPolicy(secureBoot, authorities, texts, Optional.of(revoked), sbat);
  }

  @Override
  public Set<String> subjects() {
    return Set.of(BootClaims.ID);
  }

  @Override
  public void appraise(ClaimSet claims, AppraisalPolicy.Report report) {
    BootState boot = claims.get(BootClaims.class).orElseThrow().state();
    boot.findings().forEach(report::reject);
    report.require(
        !boot.registers().algorithm().isWeak(),
        BootFinding.BOOT_BANK,
        "a bank without known collisions",
        boot.registers().algorithm().bankName());
    SecureBoot.State state = boot.secureBoot().state();
    report.require(
        !secureBoot || state == SecureBoot.State.ON, BootFinding.BOOT_SECURE_BOOT, "ON", state);
    report.require(
        authorities.isEmpty() || boot.registers().kind() == RegisterKind.PCR,
        BootFinding.BOOT_REFERENCE,
        "all authorities, from PCR7",
        "RTMR0, where one can be hidden");
    authorities.ifPresent(allowed -> appraiseAuthorities(boot.secureBoot(), allowed, report));
    texts.ifPresent(
        wanted ->
            report.require(
                measured(boot).filter(wanted::equals).isPresent(),
                BootFinding.BOOT_REFERENCE,
                "the " + wanted.size() + " texts of the boot loader, in order",
                measured(boot).map(found -> found.size() + " texts").orElse("not all texts")));
    sbat.forEach((component, least) -> appraiseSbat(boot, component, least, report));
    revocations.ifPresent(revoked -> appraiseRevoked(revoked.check(boot), report));
  }

  private static void appraiseAuthorities(
      SecureBoot secureBoot, Set<Bytes> allowed, AppraisalPolicy.Report report) {
    for (List<BootAuthority> used :
        List.of(secureBoot.driverAuthorities(), secureBoot.bootAuthorities())) {
      for (BootAuthority authority : used) {
        Bytes fingerprint = authority.fingerprint();
        report.require(
            allowed.contains(fingerprint),
            BootFinding.BOOT_REFERENCE,
            "an authority that is allowed",
            fingerprint.hex());
      }
    }
  }

  private static void appraiseSbat(
      BootState boot, String component, long least, AppraisalPolicy.Report report) {
    OptionalLong found =
        boot.sbatLevel().map(level -> level.generation(component)).orElse(OptionalLong.empty());
    report.require(
        found.orElse(0) >= least,
        BootFinding.BOOT_SBAT,
        component + " from generation " + least + " on",
        found.isPresent() ? "from generation " + found.getAsLong() + " on" : "not in PCR7's level");
  }

  /** Every text, or nothing if one is not there. */
  private static Optional<List<String>> measured(BootState boot) {
    return boot.loader()
        .filter(all -> all.stream().allMatch(one -> one.relabelableText().isPresent()))
        .map(all -> all.stream().map(one -> one.relabelableText().orElseThrow()).toList());
  }

  private static void appraiseRevoked(
      Optional<Revocations.Check> checked, AppraisalPolicy.Report report) {
    if (checked.isEmpty()) {
      report.reject(
          Finding.of(BootFinding.BOOT_REVOKED, "images and authorities to check", "unknown"));
      return;
    }
    Revocations.Check check = checked.get();
    for (Bytes image : check.images()) {
      report.reject(
          Finding.of(BootFinding.BOOT_REVOKED, "no revoked image", "image " + image.hex()));
    }
    for (BootAuthority authority : check.authorities()) {
      report.reject(
          Finding.of(
              BootFinding.BOOT_REVOKED,
              "no revoked authority",
              "authority " + authority.fingerprint().hex()));
    }
    int lacking = check.lacking().size();
    if (lacking > 0) {
      report.warn(
          Finding.of(BootFinding.BOOT_REVOKED, "a dbx with all revocations", lacking + " missing"));
    }
  }
}
