package io.github.cvmattestation.azure.internal.maa;

import static io.github.cvmattestation.azure.internal.maa.ClaimPath.optional;
import static io.github.cvmattestation.azure.internal.maa.ClaimPath.require;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.MaaAttestationType;
import io.github.cvmattestation.azure.MaaDebugFlags;
import io.github.cvmattestation.azure.MaaFinding;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The claims of a token that have a place and a type of their own. What is not known here stays in
 * {@code all} and is read by whoever knows its path.
 *
 * @param issuer iss, verbatim
 * @param issuedAt iat
 * @param notBefore nbf
 * @param expiresAt exp
 * @param type x-ms-attestation-type
 * @param tee what isolates the VM; absent where nothing does
 * @param compliance x-ms-compliance-status of what isolates it
 * @param secureBoot secureboot; only the vTPM's kind of evidence has it
 * @param debug what is open to a debugger
 * @param vmId x-ms-azurevm-vmid, in lower case
 * @param policyHash x-ms-policy-hash
 * @param all the claims as a whole
 */
public record TokenClaims(
    String issuer,
    Instant issuedAt,
    Instant notBefore,
    Instant expiresAt,
    MaaAttestationType type,
    Optional<MaaAttestationType> tee,
    Optional<String> compliance,
    Optional<Boolean> secureBoot,
    MaaDebugFlags debug,
    Optional<String> vmId,
    Optional<Bytes> policyHash,
    Json.Obj all) {
  /** The end of the year 9999. */
  private static final long LAST_SECOND = 253_402_300_799L;

  private static final int SHA_256_SIZE = 32;
  private static final BigInteger MAX_UNSIGNED = BigInteger.ONE.shiftLeft(64);
  private static final Pattern GUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /** Reads claims whose signature has been checked. */
  public static TokenClaims of(Json.Obj all) throws RefutedException {
    requireUnsigned(all);
    MaaAttestationType type = type(require(all, "x-ms-attestation-type", Json::asString));
    // The guest's kind has the hardware's claims one level down, the platform's own kinds at the
    // top. x-ms-runtime holds whatever the guest put there: nothing below it is looked for.
    Optional<Json.Obj> hardware =
        type == MaaAttestationType.AZURE_VM
            ? optional(all, "x-ms-isolation-tee", Json::asObject)
            : Optional.of(all);
    return new TokenClaims(
        require(all, "iss", Json::asString),
        require(all, "iat", TokenClaims::instant),
        require(all, "nbf", TokenClaims::instant),
        require(all, "exp", TokenClaims::instant),
        type,
        hardware.isEmpty() ? Optional.empty() : Optional.of(tee(hardware.get())),
        hardware.isEmpty()
            ? Optional.empty()
            : optional(hardware.get(), "x-ms-compliance-status", Json::asString),
        optional(all, "secureboot", Json::asBoolean),
        debug(all, hardware),
        optional(all, "x-ms-azurevm-vmid", TokenClaims::guid),
        optional(all, "x-ms-policy-hash", TokenClaims::sha256),
        all);
  }

  private static MaaAttestationType type(String claim) throws RefutedException {
    return MaaAttestationType.ofClaim(claim)
        .orElseThrow(
            () ->
                new RefutedException(
                    Finding.of(
                        MaaFinding.JWT_ATTESTATION_TYPE, "azurevm, sevsnpvm or tdxvm", "another")));
  }

  private static MaaAttestationType tee(Json.Obj hardware) throws RefutedException {
    MaaAttestationType tee = type(require(hardware, "x-ms-attestation-type", Json::asString));
    if (tee == MaaAttestationType.AZURE_VM) {
      throw new RefutedException(
          Finding.of(MaaFinding.JWT_ATTESTATION_TYPE, "sevsnpvm or tdxvm as the TEE", "azurevm"));
    }
    return tee;
  }

  private static MaaDebugFlags debug(Json.Obj all, Optional<Json.Obj> hardware)
      throws RefutedException {
    Optional<Boolean> snp = Optional.empty();
    Optional<Boolean> tdx = Optional.empty();
    if (hardware.isPresent()) {
      snp = optional(hardware.get(), "x-ms-sevsnpvm-is-debuggable", Json::asBoolean);
      tdx = optional(hardware.get(), "tdx_td_attributes_debug", Json::asBoolean);
    }
    return new MaaDebugFlags(
        snp.isPresent() ? snp : tdx,
        optional(all, "x-ms-azurevm-bootdebug-enabled", Json::asBoolean),
        optional(all, "x-ms-azurevm-hypervisordebug-enabled", Json::asBoolean),
        optional(all, "x-ms-azurevm-kerneldebug-enabled", Json::asBoolean),
        optional(all, "x-ms-azurevm-testsigning-enabled", Json::asBoolean));
  }

  private static Instant instant(Json value) throws MalformedException {
    return Instant.ofEpochSecond(value.asUnsigned(LAST_SECOND));
  }

  private static String guid(Json value) throws MalformedException {
    String guid = value.asString().toLowerCase(Locale.ROOT);
    if (!GUID.matcher(guid).matches()) {
      throw value.wrong("a GUID");
    }
    return guid;
  }

  private static Bytes sha256(Json value) throws MalformedException {
    Bytes hash = Base64s.decode(value.where(), value.asString());
    if (hash.size() != SHA_256_SIZE) {
      throw value.wrong("a SHA-256 digest");
    }
    return hash;
  }

  /** Claims of the service are counts and times; others have no neutral form. */
  private static void requireUnsigned(Json value) throws RefutedException {
    if (value instanceof Json.Obj object) {
      for (Json member : object.members().values()) {
        requireUnsigned(member);
      }
    } else if (value instanceof Json.Arr array) {
      for (Json item : array.items()) {
        requireUnsigned(item);
      }
    } else if (value instanceof Json.Num number
        && (number.value().signum() < 0 || number.value().compareTo(MAX_UNSIGNED) >= 0)) {
      throw new RefutedException(
          value.wrong("an integer of 64 bits").toFinding(MaaFinding.JWT_TYPE));
    }
  }
}
