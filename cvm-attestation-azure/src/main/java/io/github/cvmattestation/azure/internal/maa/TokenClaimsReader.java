package io.github.cvmattestation.azure.internal.maa;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.JsonCursor;
import io.github.cvmattestation.attestation.internal.JsonNames;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.MaaAttestationType;
import io.github.cvmattestation.azure.MaaDebugFlags;
import io.github.cvmattestation.azure.MaaFinding;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the claims of a token whose signature was checked, in one pass. A claim counts at its exact
 * place: one of the same name elsewhere is another claim.
 */
final class TokenClaimsReader {
  private static final String ROOT = "claims";
  private static final String TEE = "x-ms-isolation-tee";

  /** The end of the year 9999. */
  private static final long LAST_SECOND = 253_402_300_799L;

  private static final int SHA_256_SIZE = 32;

  /** Where the dashes stand. */
  private static final String GUID = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

  private final JsonCursor in;
  private final HardwareClaims top = new HardwareClaims();
  private @Nullable HardwareClaims isolating;
  private @Nullable RuntimeClaim runtime;
  private @Nullable String issuer;
  private @Nullable Instant issuedAt;
  private @Nullable Instant notBefore;
  private @Nullable Instant expiresAt;
  private @Nullable String nonce;
  private @Nullable String vmId;
  private @Nullable Bytes policyHash;
  private @Nullable Boolean secureBoot;
  private @Nullable Boolean bootDebug;
  private @Nullable Boolean hypervisorDebug;
  private @Nullable Boolean kernelDebug;
  private @Nullable Boolean testSigning;

  private TokenClaimsReader(JsonCursor in) {
    this.in = in;
  }

  /**
   * Reads claims.
   *
   * @param text JSON that an issuer has signed
   * @param known names in other tokens of the issuers; those in this one are added
   */
  static TokenClaims read(ByteBuffer text, JsonNames known) throws RefutedException {
    try (JsonCursor in =
        JsonCursor.open(ROOT, text, known, MaaFinding.JWT_FORM, MaaFinding.JWT_TYPE)) {
      TokenClaimsReader reader = new TokenClaimsReader(in);
      in.beginObject();
      while (in.nextMember()) {
        reader.member();
      }
      in.end();
      return reader.claims();
    }
  }

  private void member() throws RefutedException {
    switch (in.name()) {
      case "iss" -> issuer = in.string();
      case "iat" -> issuedAt = instant();
      case "nbf" -> notBefore = instant();
      case "exp" -> expiresAt = instant();
      case "nonce" -> nonce = in.string();
      case TEE -> isolating = hardware();
      case "x-ms-runtime" -> runtime = RuntimeClaim.read(in);
      case "x-ms-policy-hash" -> policyHash = sha256();
      case "x-ms-azurevm-vmid" -> vmId = guid();
      case "secureboot" -> secureBoot = in.bool();
      case "x-ms-azurevm-bootdebug-enabled" -> bootDebug = in.bool();
      case "x-ms-azurevm-hypervisordebug-enabled" -> hypervisorDebug = in.bool();
      case "x-ms-azurevm-kerneldebug-enabled" -> kernelDebug = in.bool();
      case "x-ms-azurevm-testsigning-enabled" -> testSigning = in.bool();
      default -> top.read(in);
    }
  }

  private HardwareClaims hardware() throws RefutedException {
    HardwareClaims claims = new HardwareClaims();
    in.beginObject();
    while (in.nextMember()) {
      claims.read(in);
    }
    return claims;
  }

  private TokenClaims claims() throws RefutedException {
    MaaAttestationType type = top.type(ROOT);
    boolean ofGuest = type == MaaAttestationType.AZURE_VM;
    Optional<HardwareClaims> hardware = Optional.ofNullable(ofGuest ? isolating : top);
    Optional<MaaAttestationType> tee = Optional.empty();
    if (hardware.isPresent()) {
      tee = Optional.of(hardware.get().tee(ofGuest ? ROOT + "." + TEE : ROOT));
    }
    return new TokenClaims(
        require("iss", issuer),
        require("iat", issuedAt),
        require("nbf", notBefore),
        require("exp", expiresAt),
        type,
        tee,
        hardware.flatMap(HardwareClaims::compliance),
        Optional.ofNullable(secureBoot),
        new MaaDebugFlags(
            hardware.flatMap(HardwareClaims::debug),
            Optional.ofNullable(bootDebug),
            Optional.ofNullable(hypervisorDebug),
            Optional.ofNullable(kernelDebug),
            Optional.ofNullable(testSigning)),
        Optional.ofNullable(vmId),
        Optional.ofNullable(policyHash),
        Optional.ofNullable(ofGuest ? payloadNonce() : plainNonce()),
        Optional.ofNullable(runtime == null ? null : runtime.key()));
  }

  /** The service repeats the client's payload in base64. */
  private @Nullable Bytes payloadNonce() throws RefutedException {
    @Nullable String found = runtime == null ? null : runtime.nonce();
    return found == null ? null : base64("x-ms-runtime.client-payload.nonce", found);
  }

  /** The nonce of a platform's request it repeats as it is. */
  private @Nullable Bytes plainNonce() {
    return nonce == null ? null : Bytes.of(nonce.getBytes(UTF_8));
  }

  private Instant instant() throws RefutedException {
    return Instant.ofEpochSecond(in.unsigned(LAST_SECOND));
  }

  private String guid() throws RefutedException {
    String guid = in.string();
    boolean isGuid = guid.length() == GUID.length();
    for (int i = 0; isGuid && i < guid.length(); i++) {
      char c = guid.charAt(i);
      isGuid = GUID.charAt(i) == '-' ? c == '-' : HexFormat.isHexDigit(c);
    }
    if (!isGuid) {
      throw in.wrong("a GUID");
    }
    return guid.toLowerCase(Locale.ROOT);
  }

  private Bytes sha256() throws RefutedException {
    Bytes hash = base64("x-ms-policy-hash", in.string());
    if (hash.size() != SHA_256_SIZE) {
      throw in.wrong("a SHA-256 digest");
    }
    return hash;
  }

  private static Bytes base64(String claim, String text) throws RefutedException {
    try {
      return Base64s.decode(ROOT + "." + claim, text);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(MaaFinding.JWT_TYPE));
    }
  }

  private static <T> T require(String claim, @Nullable T value) throws RefutedException {
    if (value == null) {
      throw new RefutedException(
          Finding.of(MaaFinding.JWT_TYPE, ROOT + "." + claim, "no such claim"));
    }
    return value;
  }
}
