package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.azure.internal.RuntimeClaims;
import io.github.cvmattestation.azure.internal.RuntimeClaims.VmConfiguration;
import java.util.Optional;

/**
 * What the paravisor says of the VM, bound to the hardware report. Made by {@link AzureCvmVerifier}
 * alone. The configuration comes from the host: the hardware proves that the paravisor was told so,
 * and the paravisor acts on it.
 */
public final class AzureClaims implements Claims {
  /** The id of this group of claims. */
  public static final String ID = "azure";

  private final HclReport.ReportType tee;
  private final VmConfiguration vm;
  private final Optional<Bytes> userData;

  AzureClaims(HclReport.ReportType tee, RuntimeClaims proven) {
    this.tee = tee;
    this.vm = proven.vmConfiguration();
    this.userData = proven.userData();
  }

  /** The hardware that protects the VM. */
  public HclReport.ReportType tee() {
    return tee;
  }

  /** The VM's identity, a GUID in lower case; all zeros where the host gave none. */
  public String vmUniqueId() {
    return vm.vmUniqueId();
  }

  /** Whether the VM is configured to boot with Secure Boot. */
  public boolean secureBoot() {
    return vm.secureBoot();
  }

  /** Whether the VM has a vTPM. */
  public boolean tpmEnabled() {
    return vm.tpmEnabled();
  }

  /** Whether the host can reach a console of the VM. */
  public boolean consoleEnabled() {
    return vm.consoleEnabled();
  }

  /** Whether the vTPM keeps its state over reboots, if the paravisor says. */
  public Optional<Boolean> tpmPersisted() {
    return vm.tpmPersisted();
  }

  /** Whether the console takes input, if the paravisor says. */
  public Optional<Boolean> interactiveConsoleEnabled() {
    return vm.interactiveConsoleEnabled();
  }

  /** Whether the host may offer devices from a filtered list, if the paravisor says. */
  public Optional<Boolean> filteredVpciDevicesAllowed() {
    return vm.filteredVpciDevicesAllowed();
  }

  /** The thumbprint of the root certificate that the paravisor was given, if any. */
  public Optional<Bytes> rootCertThumbprint() {
    return vm.rootCertThumbprint();
  }

  /** The 64 bytes that the guest had written when the report was made; absent in old reports. */
  public Optional<Bytes> userData() {
    return userData;
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public ClaimValue.Group toGroup() {
    ClaimValue.Builder group =
        ClaimValue.Group.builder()
            .put("tee", tee.name())
            .put("vmUniqueId", vm.vmUniqueId())
            .put("secureBoot", vm.secureBoot())
            .put("tpmEnabled", vm.tpmEnabled())
            .put("consoleEnabled", vm.consoleEnabled());
    vm.tpmPersisted().ifPresent(value -> group.put("tpmPersisted", value));
    vm.interactiveConsoleEnabled()
        .ifPresent(value -> group.put("interactiveConsoleEnabled", value));
    vm.filteredVpciDevicesAllowed()
        .ifPresent(value -> group.put("filteredVpciDevicesAllowed", value));
    vm.rootCertThumbprint().ifPresent(value -> group.put("rootCertThumbprint", value));
    userData.ifPresent(value -> group.put("userData", value));
    return group.build();
  }
}
