package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import io.github.cvmattestation.azure.internal.maa.ClaimTree;
import io.github.cvmattestation.azure.internal.maa.TokenClaims;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A token of Microsoft Azure Attestation that was verified, and what it says. Made by {@link
 * MaaTokenVerifier} alone.
 *
 * <p>A claim is the issuer's word only at its exact place. Under {@code x-ms-runtime} stands what
 * the guest sent, whatever it looks like; no typed claim here is read from there.
 */
public final class MaaToken implements VerifiedToken {
  private static final String COMPLIANT_CVM = "azure-compliant-cvm";

  private final AttestationToken token;
  private final TokenClaims claims;

  /** Made when it is first asked for: few callers need more than the typed claims. */
  private volatile Json.@Nullable Obj tree;

  MaaToken(AttestationToken token, TokenClaims proven) {
    this.token = token;
    this.claims = proven;
  }

  @Override
  public AttestationToken token() {
    return token;
  }

  @Override
  public String issuer() {
    return claims.issuer();
  }

  @Override
  public Instant issuedAt() {
    return claims.issuedAt();
  }

  /** From when it holds. */
  public Instant notBefore() {
    return claims.notBefore();
  }

  @Override
  public Instant expiresAt() {
    return claims.expiresAt();
  }

  /** The kind of evidence that was appraised: x-ms-attestation-type. */
  public MaaAttestationType attestationType() {
    return claims.type();
  }

  /**
   * What isolates the VM from its host: x-ms-isolation-tee.x-ms-attestation-type, or the type of
   * the token itself where that is a platform's. Absent for a VM that nothing isolates.
   */
  public Optional<MaaAttestationType> tee() {
    return claims.tee();
  }

  /** x-ms-compliance-status, at the same place as {@link #tee}. */
  public Optional<String> complianceStatus() {
    return claims.compliance();
  }

  /** Whether the issuer found a confidential VM of Azure: azure-compliant-cvm, and nothing else. */
  public boolean isCompliantCvm() {
    return claims.compliance().filter(COMPLIANT_CVM::equals).isPresent();
  }

  /** Whether the VM booted with Secure Boot: secureboot. Absent in tokens of platforms. */
  public Optional<Boolean> secureBoot() {
    return claims.secureBoot();
  }

  /** What is open to a debugger. */
  public MaaDebugFlags debugFlags() {
    return claims.debug();
  }

  /** The VM's identity, a GUID in lower case: x-ms-azurevm-vmid. Absent in tokens of platforms. */
  public Optional<String> vmId() {
    return claims.vmId();
  }

  /**
   * Under which policy the issuer appraised: x-ms-policy-hash, the SHA-256 digest of the policy's
   * text in base64url.
   */
  public Optional<Bytes> policyHash() {
    return claims.policyHash();
  }

  /**
   * The claim at exactly this place, name by name from the top: {@code claim("x-ms-isolation-tee",
   * "x-ms-sevsnpvm-vmpl")}. A dot in a name is part of the name.
   */
  public Optional<ClaimValue> claim(String... path) {
    Json found = tree();
    for (String name : path) {
      Optional<Json> member =
          found instanceof Json.Obj object ? object.get(name) : Optional.empty();
      if (member.isEmpty()) {
        return Optional.empty();
      }
      found = member.get();
    }
    return Optional.of(ClaimTree.of(found));
  }

  /** All claims, exactly as the token has them. */
  @Override
  public ClaimValue.Group toGroup() {
    return ClaimTree.group(tree());
  }

  private Json.Obj tree() {
    Json.Obj known = tree;
    if (known == null) {
      known = ClaimTree.read(token);
      tree = known;
    }
    return known;
  }

  /** Says nothing of the token itself. */
  @Override
  public String toString() {
    return "MaaToken[" + claims.type().claim() + ", until " + claims.expiresAt() + "]";
  }
}
