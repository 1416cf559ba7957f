package io.github.cvmattestation.azure;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * What of a VM is open to a debugger, as a token says. A flag that the token does not have is
 * absent: whoever demands that it be off must not take that for "off".
 *
 * @param tee the host may read the VM's memory: x-ms-sevsnpvm-is-debuggable or
 *     tdx_td_attributes_debug
 * @param boot x-ms-azurevm-bootdebug-enabled
 * @param hypervisor x-ms-azurevm-hypervisordebug-enabled
 * @param kernel x-ms-azurevm-kerneldebug-enabled
 * @param testSigning x-ms-azurevm-testsigning-enabled
 */
public record MaaDebugFlags(
    Optional<Boolean> tee,
    Optional<Boolean> boot,
    Optional<Boolean> hypervisor,
    Optional<Boolean> kernel,
    Optional<Boolean> testSigning) {
  /** Whether every flag is there and off. */
  public boolean allOff() {
    return Stream.of(tee, boot, hypervisor, kernel, testSigning)
        .allMatch(flag -> flag.isPresent() && !flag.get());
  }
}
