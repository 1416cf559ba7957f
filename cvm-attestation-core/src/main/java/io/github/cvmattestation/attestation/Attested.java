package io.github.cvmattestation.attestation;

import io.github.cvmattestation.attestation.release.KeyReleaser;
import io.github.cvmattestation.attestation.release.KeyUnwrapper;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.attestation.release.Unwrapping;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import java.util.Optional;

/**
 * This machine, verified, wanted and vouched for. Made by {@link CvmAttestation} alone; it ends
 * with the next attestation.
 */
public final class Attested {
  private final CvmAttestation door;
  private final GuestKey key;
  private final AttestationResult.Affirmed result;
  private final Optional<VerifiedToken> token;
  private final Optional<KeyReleaser> releaser;
  private final KeyUnwrapper unwrapper;
  private boolean ended;

  Attested(
      CvmAttestation door,
      GuestKey key,
      AttestationResult.Affirmed result,
      Optional<VerifiedToken> token,
      Optional<KeyReleaser> releaser,
      KeyUnwrapper unwrapper) {
    this.door = door;
    this.key = key;
    this.result = result;
    this.token = token;
    this.releaser = releaser;
    this.unwrapper = unwrapper;
  }

  /** What was proven, and that the policy accepts it. */
  public AttestationResult.Affirmed result() {
    return result;
  }

  /** The evidence, to be shown to a verifier elsewhere. */
  public Evidence evidence() {
    return key.evidence();
  }

  /** The issuer's token; empty where no issuer was named. */
  public Optional<VerifiedToken> token() {
    return token;
  }

  /**
   * Asks for a key and opens it. Whoever receives it closes it.
   *
   * @param name the key's name at the key service
   * @throws AttestationException.Denied if the service or the key says no
   * @throws AttestationException if the service or the machine could not be asked
   */
  public ReleasedKey release(String name) {
    return tryRelease(name).orThrow();
  }

  /**
   * As {@link #release}, with the no as a value.
   *
   * @throws AttestationException if the service or the machine could not be asked
   * @throws AttestationException.Configuration if this has ended; then nobody is asked
   */
  public Attempt<ReleasedKey> tryRelease(String name) {
    if (releaser.isEmpty() || token.isEmpty()) {
      throw new AttestationException.Configuration(
          "nobody to ask for a key", "name a releaser and an issuer");
    }
    synchronized (door) {
      if (ended) {
        throw new AttestationException.Configuration(
            "this attestation has ended: another followed it, or its front door was closed",
            "attest again, or have CvmAttestation.tryRelease do both at once");
      }
      return released(releaser.get().release(name, token.get()));
    }
  }

  private Attempt<ReleasedKey> released(KeyReleaser.Release release) {
    if (release instanceof KeyReleaser.Release.Refused refused) {
      return new Attempt.Denied<>(Room.RELEASE, refused.findings());
    }
    KeyReleaser.Release.Released released = (KeyReleaser.Release.Released) release;
    Unwrapping unwrapping = unwrapper.unwrap(key, released.key());
    if (unwrapping instanceof Unwrapping.Unwrapped unwrapped) {
      return new Attempt.Granted<>(unwrapped.key());
    }
    return new Attempt.Denied<>(Room.UNWRAP, ((Unwrapping.Refused) unwrapping).findings());
  }

  /** By who holds the door's lock. */
  void end() {
    ended = true;
  }
}
