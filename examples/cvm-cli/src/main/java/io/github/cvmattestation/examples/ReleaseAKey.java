package io.github.cvmattestation.examples;

import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.Attested;
import io.github.cvmattestation.attestation.CvmAttestation;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import java.util.List;
import java.util.function.Consumer;
import javax.crypto.SecretKey;

/** Inside the VM: from an attestation to a key that is released to it, or the reasons why not. */
public final class ReleaseAKey {
  private final CvmAttestation cvm;

  /**
   * What a program makes once, and closes at its end.
   *
   * @param cvm with a policy, an issuer and a releaser
   */
  public ReleaseAKey(CvmAttestation cvm) {
    this.cvm = cvm;
  }

  /**
   * Works with the key for as long as that takes.
   *
   * @param use must not keep the key, which is cleared behind it
   * @return why this machine is not what is wanted; empty if it is
   * @throws io.github.cvmattestation.attestation.AttestationException if somebody could not be
   *     asked, or the key stays with its service
   */
  public List<Finding> withKey(String name, Consumer<SecretKey> use) {
    // tag::readme[]
    Attempt<Attested> attempt = cvm.tryAttest();
    if (attempt instanceof Attempt.Denied<Attested> denied) {
      return denied.findings(); // and denied.room(), which of the seven it was
    }
    try (ReleasedKey key = attempt.orThrow().release(name)) {
      use.accept(key.asAes()); // cleared when this ends
    }
    // end::readme[]
    return List.of();
  }
}
