package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.Optional;

/**
 * What an early-launch antimalware driver has in the registry, SIPAEVENT_ELAM_AGGREGATION (Windows
 * SDK, wbcl.h). What the log does not say, or says twice, is absent.
 *
 * @param keyName the name of the driver's registry key
 * @param measured the value {@code Measured}
 * @param policy the value {@code Policy}
 * @param configuration the value {@code Config}
 */
public record WindowsElam(
    Optional<String> keyName,
    Optional<Bytes> measured,
    Optional<Bytes> policy,
    Optional<Bytes> configuration) {
  static WindowsElam of(SipaItem elam) throws MalformedException {
    return new WindowsElam(
        WindowsModule.text(elam, SipaItem.ELAM_KEY_NAME),
        elam.only(SipaItem.ELAM_MEASURED).map(SipaItem::data),
        elam.only(SipaItem.ELAM_POLICY).map(SipaItem::data),
        elam.only(SipaItem.ELAM_CONFIGURATION).map(SipaItem::data));
  }
}
