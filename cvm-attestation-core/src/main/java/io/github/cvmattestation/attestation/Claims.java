package io.github.cvmattestation.attestation;

/** What one module proved, typed. Implementations are made by their module's verifier alone. */
public interface Claims {
  /** The name of the group, such as {@code snp}: a member of the verdict's {@code claims}. */
  String id();

  /** The same claims in hardware-neutral form. */
  ClaimValue.Group toGroup();
}
