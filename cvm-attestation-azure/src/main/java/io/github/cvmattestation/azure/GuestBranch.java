package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.ReleaseCondition.equal;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.azure.internal.policy.Authorities;
import io.github.cvmattestation.azure.internal.policy.Demands;
import io.github.cvmattestation.azure.internal.policy.Demands.Shape;
import io.github.cvmattestation.azure.internal.policy.Demands.Tee;
import io.github.cvmattestation.azure.internal.policy.PolicyText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * States a branch for a VM's own token (AzureGuest) that leaves nothing out: the kind of hardware,
 * Azure's compliance, Secure Boot, no debugging of hardware, boot loader, kernel or hypervisor, and
 * on SEV-SNP VMPL 0. It accepts anybody's VM that is so, unless it names VMs or measurements.
 */
public final class GuestBranch {
  private static final int MEASUREMENT_SIZE = 48;
  private static final Pattern GUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final String NO_GUID = "00000000-0000-0000-0000-000000000000";

  private final Tee tee;
  private final String authority;
  private final Set<String> vmUniqueIds = new LinkedHashSet<>();
  private final Set<Bytes> launchMeasurements = new LinkedHashSet<>();

  private GuestBranch(Tee tee, String authority) {
    this.tee = tee;
    this.authority = authority;
    Authorities.problem(authority)
        .ifPresent(
            problem -> {
              throw new AttestationException.Configuration(
                  "an authority with " + problem, "write https:// and the issuer's host");
            });
  }

  /**
   * For VMs with AMD SEV-SNP.
   *
   * @param authority the issuer of the token, an https URL
   */
  public static GuestBranch forSnp(String authority) {
    return new GuestBranch(Tee.SNP, PolicyText.withoutSlash(authority));
  }

  /**
   * For VMs with Intel TDX.
   *
   * @param authority the issuer of the token, an https URL
   */
  public static GuestBranch forTdx(String authority) {
    return new GuestBranch(Tee.TDX, PolicyText.withoutSlash(authority));
  }

  /**
   * Accepts only these VMs; more calls add more. Tokens write the GUID in either letter case, and
   * policies compare letters, so both are named.
   *
   * @param guids vmUniqueId each, in either letter case
   */
  public GuestBranch vmUniqueId(String... guids) {
    for (String guid : guids) {
      String lower = guid.toLowerCase(Locale.ROOT);
      if (!GUID.matcher(lower).matches() || lower.equals(NO_GUID)) {
        throw new AttestationException.Configuration(
            "a vmUniqueId that names no VM", "write it as 8-4-4-4-12 hexadecimal digits");
      }
      vmUniqueIds.add(lower);
    }
    return this;
  }

  /**
   * Accepts only what was launched with one of these digests; more calls add more. Azure changes
   * its firmware when it likes, and with it this value.
   *
   * @param digests MEASUREMENT of SEV-SNP or MRTD of TDX, 48 bytes each
   */
  public GuestBranch launchMeasurement(Bytes... digests) {
    for (Bytes digest : digests) {
      if (digest.size() != MEASUREMENT_SIZE) {
        throw new AttestationException.Configuration(
            "a launch measurement of " + digest.size() + " bytes",
            "give " + MEASUREMENT_SIZE + " bytes");
      }
      launchMeasurements.add(digest);
    }
    return this;
  }

  /** The branch. */
  public ReleasePolicy.Branch build() {
    List<ReleaseCondition> conditions = new ArrayList<>();
    for (Demands.Demand demand : Demands.of(tee, Shape.GUEST)) {
      conditions.add(demand.clause());
    }
    List<ReleaseCondition> vms = new ArrayList<>();
    for (String guid : vmUniqueIds) {
      vms.add(equal("x-ms-azurevm-vmid", guid.toUpperCase(Locale.ROOT)));
      vms.add(equal("x-ms-azurevm-vmid", guid));
    }
    List<ReleaseCondition> digests = new ArrayList<>();
    String claim = tee == Tee.SNP ? "x-ms-sevsnpvm-launchmeasurement" : "tdx_mrtd";
    for (Bytes digest : launchMeasurements) {
      digests.add(equal(Shape.GUEST.hardware(claim), digest.hex()));
    }
    addOneOf(vms, conditions);
    addOneOf(digests, conditions);
    return new ReleasePolicy.Branch(authority, new ReleaseCondition.AllOf(conditions));
  }

  private static void addOneOf(List<ReleaseCondition> some, List<ReleaseCondition> conditions) {
    if (some.size() == 1) {
      conditions.add(some.get(0));
    } else if (!some.isEmpty()) {
      conditions.add(new ReleaseCondition.AnyOf(some));
    }
  }
}
