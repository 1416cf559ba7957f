package io.github.cvmattestation.azure.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.AzureFinding;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the paravisor says of the VM: RuntimeClaims of OpenHCL's igvm_attest. Members that are not
 * known here are skipped, because the paravisor adds some with every release; nothing of them
 * becomes a claim.
 *
 * @param attestationKey HCLAkPub, the vTPM's attestation key
 * @param endorsementKey HCLEkPub; absent in reports of 2023
 * @param vmConfiguration how the host says the VM is configured
 * @param userData the 64 bytes in NV index 0x01400002 when the report was made; absent in reports
 *     of 2023, zeros where the guest has written none
 */
public record RuntimeClaims(
    PublicKeyInfo.Rsa attestationKey,
    Optional<PublicKeyInfo.Rsa> endorsementKey,
    VmConfiguration vmConfiguration,
    Optional<Bytes> userData) {
  /**
   * AttestationVmConfig of OpenHCL's igvm_attest.
   *
   * @param vmUniqueId a GUID in lower case (the legacy HCL writes upper case)
   * @param rootCertThumbprint absent or empty in many reports
   */
  public record VmConfiguration(
      boolean secureBoot,
      boolean tpmEnabled,
      boolean consoleEnabled,
      String vmUniqueId,
      Optional<Boolean> tpmPersisted,
      Optional<Boolean> interactiveConsoleEnabled,
      Optional<Boolean> filteredVpciDevicesAllowed,
      Optional<Bytes> rootCertThumbprint) {}

  private static final Pattern GUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /** Reads claims that are bound to a hardware report. */
  public static RuntimeClaims of(BoundClaims bound) throws RefutedException {
    Json.Obj root;
    try {
      Bytes json = bound.json();
      root = StrictJson.parse("runtime claims", json, json.size()).asObject();
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(AzureFinding.CLAIM_FORMAT));
    }
    RuntimeKeys keys = RuntimeKeys.of(require(root, "keys"));
    Json.Obj vm = typed(require(root, "vm-configuration"), Json::asObject);
    return new RuntimeClaims(
        keys.attestationKey(),
        keys.endorsementKey(),
        vmConfiguration(vm),
        optional(root, "user-data", RuntimeClaims::userData));
  }

  private static VmConfiguration vmConfiguration(Json.Obj vm) throws RefutedException {
    return new VmConfiguration(
        typed(require(vm, "secure-boot"), Json::asBoolean),
        typed(require(vm, "tpm-enabled"), Json::asBoolean),
        typed(require(vm, "console-enabled"), Json::asBoolean),
        typed(require(vm, "vmUniqueId"), RuntimeClaims::guid),
        optional(vm, "tpm-persisted", Json::asBoolean),
        optional(vm, "interactive-console-enabled", Json::asBoolean),
        optional(vm, "filtered-vpci-devices-allowed", Json::asBoolean),
        optional(vm, "root-cert-thumbprint", RuntimeClaims::base64)
            .filter(thumbprint -> !thumbprint.isEmpty()));
  }

  private static String guid(Json value) throws MalformedException {
    String guid = value.asString().toLowerCase(Locale.ROOT);
    if (!GUID.matcher(guid).matches()) {
      throw value.wrong("a GUID");
    }
    return guid;
  }

  private static Bytes userData(Json value) throws MalformedException {
    Bytes data = value.asHex();
    if (data.size() != ReportData.SIZE) {
      throw value.wrong("64 bytes in hexadecimal");
    }
    return data;
  }

  private static Bytes base64(Json value) throws MalformedException {
    return Base64s.decode(value.where(), value.asString());
  }

  /** A reading of a JSON value that may not be of the right type. */
  interface Reading<T> {
    T of(Json value) throws MalformedException;
  }

  static Json require(Json.Obj object, String name) throws RefutedException {
    return object
        .get(name)
        .orElseThrow(
            () ->
                new RefutedException(
                    Finding.of(
                        AzureFinding.CLAIM_MISSING,
                        object.where() + "." + name,
                        "no such member")));
  }

  static <T> T typed(Json value, Reading<T> reading) throws RefutedException {
    try {
      return reading.of(value);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(AzureFinding.CLAIM_TYPE));
    }
  }

  private static <T> Optional<T> optional(Json.Obj object, String name, Reading<T> reading)
      throws RefutedException {
    Optional<Json> value = object.get(name);
    return value.isEmpty() ? Optional.empty() : Optional.of(typed(value.get(), reading));
  }
}
