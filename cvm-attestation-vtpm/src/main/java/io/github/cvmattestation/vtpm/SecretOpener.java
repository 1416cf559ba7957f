package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.vtpm.internal.sealing.Pin;
import io.github.cvmattestation.vtpm.internal.sealing.Unsealing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Opens a {@link SealedSecret}, with what its policy needs besides the machine's state. */
public final class SecretOpener {
  private final SealedSecret sealed;
  private final List<PolicyApproval> approvals = new ArrayList<>();
  private OptionalLong minimumEpoch = OptionalLong.empty();
  private byte @Nullable [] pin;

  SecretOpener(SealedSecret sealed) {
    this.sealed = sealed;
  }

  /**
   * Approvals, of which one must fit: any number, of any age.
   *
   * @return this
   */
  public SecretOpener approvals(List<PolicyApproval> more) {
    approvals.addAll(more);
    return this;
  }

  /**
   * The earliest epoch that still counts, which a secret with an authority must be told: from the
   * program or its configuration, not from where the secret and its approvals are kept.
   *
   * @return this
   */
  public SecretOpener minimumEpoch(long epoch) {
    minimumEpoch = OptionalLong.of(epoch);
    return this;
  }

  /**
   * Opens secrets of every epoch, replayed ones among them.
   *
   * @return this
   */
  public SecretOpener allowAnyEpoch() {
    return minimumEpoch(0);
  }

  /**
   * The PIN.
   *
   * @param value not changed, and not kept beyond {@link #open}; the caller clears it
   * @return this
   */
  public SecretOpener pin(byte[] value) {
    pin = value;
    return this;
  }

  /**
   * Asks the TPM.
   *
   * @throws AttestationException.Device if it cannot be asked
   */
  public Opening open(Tpm tpm) {
    Optional<SealingPolicy.Authority> authority = sealed.policy().authority();
    if (authority.isPresent()) {
      long epoch = authority.get().scope().epoch();
      long minimum =
          minimumEpoch.orElseThrow(
              () ->
                  new AttestationException.Configuration(
                      "nothing says which epochs still count",
                      "state minimumEpoch, or allowAnyEpoch if replays do not matter"));
      if (epoch < minimum) {
        return refused(
            Opening.Reason.EPOCH_PASSED,
            "the secret is of epoch %d, and the earliest that counts is %d; use the copy that was"
                    .formatted(epoch, minimum)
                + " sealed again");
      }
    }
    if (sealed.hasPin() && pin == null) {
      return refused(Opening.Reason.PIN_MISSING, "the secret has a PIN; give it");
    }
    byte[] authValue = sealed.hasPin() && pin != null ? Pin.authValue(pin) : new byte[0];
    try {
      return new Unsealing(
              sealed.parent(),
              Optional.of(sealed.parentName()),
              sealed.privateArea(),
              sealed.inSymSeed(),
              sealed.publicArea(),
              authority.map(a -> new Unsealing.Approved(a.key(), a.scope().policyRef(), approvals)),
              sealed.policy().pcrs().map(v -> PcrSelection.of(v.algorithm(), v.values().keySet())),
              sealed.policy().pcrs(),
              sealed.hasPin() ? Optional.of(authValue) : Optional.empty())
          .open(tpm);
    } finally {
      Arrays.fill(authValue, (byte) 0);
    }
  }

  private static Opening refused(Opening.Reason reason, String message) {
    return new Opening.Refused(reason, List.of(), message);
  }
}
