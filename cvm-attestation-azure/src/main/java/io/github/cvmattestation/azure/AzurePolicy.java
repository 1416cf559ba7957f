package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.azure.internal.AzurePolicyJson;
import io.github.cvmattestation.snp.SnpClaims;
import io.github.cvmattestation.vtpm.TpmFinding;
import io.github.cvmattestation.vtpm.VerifiedPcrs;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which Azure confidential VMs a relying party accepts: the rule for the claims {@code azure} and
 * {@code vtpm}. What it accepts of the hardware is in {@link
 * io.github.cvmattestation.snp.SnpPolicy}, except that the report must be the paravisor's own: VMPL
 * 0, always.
 *
 * <p>Nothing has a default but the strict one: Secure Boot must be on unless {@link
 * Builder#allowSecureBootOff()} says otherwise, and whether identity and PCRs matter must be said.
 */
public final class AzurePolicy implements AppraisalPolicy.Rule {
  private static final Set<String> SUBJECTS = Set.of(AzureClaims.ID, VerifiedPcrs.ID);

  /** A register of a bank. */
  private record Register(HashAlgorithm bank, int index) {
    @Override
    public String toString() {
      return bank.bankName() + ":" + index;
    }
  }

  private final Set<String> vmUniqueIds;
  private final Map<Register, Set<Bytes>> pcrs;
  private final boolean secureBootRequired;

  private AzurePolicy(Builder builder) {
    vmUniqueIds = Set.copyOf(builder.vmUniqueIds);
    pcrs = new LinkedHashMap<>(builder.pcrs);
    secureBootRequired = builder.secureBootRequired;
  }

  /** A policy to be stated. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The policy that {@code json} describes:
   *
   * <pre>{@code
   * {"vmUniqueIds": ["…"] | "ignore",
   *  "pcrs": {"sha256": {"0": ["hex", …], …}} | "ignore",
   *  "secureBoot": "required" | "allowOff"}
   * }</pre>
   *
   * <p>Only {@code secureBoot} may be left out; it is then required.
   *
   * @throws AttestationException.Configuration for anything else
   */
  public static AzurePolicy parse(Bytes json) {
    return AzurePolicyJson.read(json);
  }

  @Override
  public Set<String> subjects() {
    return SUBJECTS;
  }

  @Override
  public void appraise(ClaimSet claims, AppraisalPolicy.Report report) {
    Optional<AzureAttestation> attestation = AzureAttestation.of(claims);
    if (attestation.isEmpty()) {
      report.reject(
          Finding.of(
              AzureFinding.CLAIM_MISSING, "the claims of an Azure confidential VM", "others"));
      return;
    }
    attestation.get().snp().ifPresent(hardware -> appraiseVmpl(hardware, report));
    appraiseSettings(attestation.get().bootSettings(), report);
    pcrs.forEach(
        (register, allowed) ->
            appraisePcr(register, allowed, attestation.get().osMeasurements(), report));
  }

  private static void appraiseVmpl(SnpClaims hardware, AppraisalPolicy.Report report) {
    long vmpl = hardware.report().vmpl();
    report.require(vmpl == 0, AzureFinding.AZURE_VMPL, "VMPL 0", vmpl);
  }

  private void appraiseSettings(AzureClaims settings, AppraisalPolicy.Report report) {
    if (!settings.secureBoot()) {
      Finding off = Finding.of(AzureFinding.AZURE_SECURE_BOOT, "Secure Boot on", "off");
      if (secureBootRequired) {
        report.reject(off);
      } else {
        report.warn(off);
      }
    }
    if (!vmUniqueIds.isEmpty()) {
      report.require(
          vmUniqueIds.contains(settings.vmUniqueId()),
          AzureFinding.VM_IDENTITY,
          vmUniqueIds.size() == 1
              ? vmUniqueIds.iterator().next()
              : "one of " + vmUniqueIds.size() + " VMs",
          settings.vmUniqueId());
    }
  }

  private static void appraisePcr(
      Register register, Set<Bytes> allowed, VerifiedPcrs pcrs, AppraisalPolicy.Report report) {
    if (pcrs.banks().stream().noneMatch(bank -> bank.algorithm() == register.bank())) {
      report.reject(
          Finding.of(TpmFinding.PCR_BANK, register + " quoted", "no such bank in the quote"));
      return;
    }
    Optional<Bytes> value = pcrs.pcr(register.bank(), register.index());
    if (value.isEmpty()) {
      report.reject(
          Finding.of(AzureFinding.AZURE_PCR_MISSING, register + " quoted", "not in the quote"));
    } else if (!allowed.contains(value.get())) {
      String expected =
          allowed.size() == 1
              ? allowed.iterator().next().hex()
              : "one of " + allowed.size() + " values";
      report.reject(
          Finding.of(
              AzureFinding.AZURE_PCR,
              register + " " + expected,
              register + " " + value.get().hex()));
    }
  }

  /** States an {@link AzurePolicy}: {@code require…} or {@code ignore…}, for each question. */
  public static final class Builder {
    private static final int REGISTERS = 24;
    private static final Pattern GUID =
        Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final String NO_GUID = "00000000-0000-0000-0000-000000000000";

    private final Set<String> vmUniqueIds = new LinkedHashSet<>();
    private final Map<Register, Set<Bytes>> pcrs = new LinkedHashMap<>();
    private boolean vmUniqueIdIgnored;
    private boolean pcrsIgnored;
    private boolean secureBootRequired = true;

    private Builder() {}

    /** Accepts only these VMs; more calls add more. A GUID each, in either letter case. */
    public Builder requireVmUniqueId(String... guids) {
      for (String guid : guids) {
        String lower = guid.toLowerCase(Locale.ROOT);
        if (!GUID.matcher(lower).matches()) {
          throw wrong("a vmUniqueId that is no GUID", "write it as 8-4-4-4-12 hexadecimal digits");
        }
        if (lower.equals(NO_GUID)) {
          throw wrong(
              "a vmUniqueId of zeros, which any VM without identity has",
              "name the VM, or call ignoreVmUniqueId()");
        }
        vmUniqueIds.add(lower);
      }
      return this;
    }

    /** Accepts any VM that satisfies the rest: an attacker's own among them. */
    public Builder ignoreVmUniqueId() {
      vmUniqueIdIgnored = true;
      return this;
    }

    /**
     * Accepts only these values of a register. Other registers are not looked at.
     *
     * @param index 0 to 23
     * @param allowed at least one, each as long as a digest of {@code bank}
     */
    public Builder requirePcr(HashAlgorithm bank, int index, Bytes... allowed) {
      Register register = new Register(bank, index);
      if (index < 0 || index >= REGISTERS) {
        throw wrong("no such register: " + register, "name one from 0 to 23");
      }
      if (bank.isWeak()) {
        throw wrong("the bank " + bank.bankName() + " proves nothing", "name the bank sha256");
      }
      if (allowed.length == 0) {
        throw wrong("no value for " + register, "give at least one, or call ignorePcrs()");
      }
      for (Bytes value : allowed) {
        if (value.size() != bank.digestSize()) {
          throw wrong(
              "a value of " + value.size() + " bytes for " + register,
              "give " + bank.digestSize() + " bytes");
        }
      }
      if (pcrs.putIfAbsent(
              register, Set.of(List.of(allowed).stream().distinct().toArray(Bytes[]::new)))
          != null) {
        throw wrong(register + " stated twice", "give all its values in one call");
      }
      return this;
    }

    /** Accepts any firmware, boot loader and operating system. */
    public Builder ignorePcrs() {
      pcrsIgnored = true;
      return this;
    }

    /** Accepts VMs that boot whatever is on their disk. The result then carries a warning. */
    public Builder allowSecureBootOff() {
      secureBootRequired = false;
      return this;
    }

    /**
     * The policy.
     *
     * @throws AttestationException.Configuration where a question is left open or answered twice
     */
    public AzurePolicy build() {
      requireOneAnswer(
          !vmUniqueIds.isEmpty(), vmUniqueIdIgnored, "requireVmUniqueId(…)", "ignoreVmUniqueId()");
      requireOneAnswer(!pcrs.isEmpty(), pcrsIgnored, "requirePcr(…)", "ignorePcrs()");
      return new AzurePolicy(this);
    }

    private static void requireOneAnswer(
        boolean required, boolean ignored, String require, String ignore) {
      if (required && ignored) {
        throw wrong(require + " and " + ignore + " contradict each other", "call one of them");
      }
      if (!required && !ignored) {
        throw wrong(
            "an Azure policy does not say which VMs it accepts",
            "call " + require + " or " + ignore);
      }
    }

    private static AttestationException wrong(String problem, String remedy) {
      return new AttestationException.Configuration(problem, remedy);
    }
  }
}
