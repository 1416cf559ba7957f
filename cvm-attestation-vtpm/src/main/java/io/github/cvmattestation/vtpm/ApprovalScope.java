package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.nio.charset.StandardCharsets;

/**
 * What an approval is for, and since when: the {@code policyRef} that its signature covers. An
 * approval for one purpose opens no secret of another, and one of an earlier epoch no secret that
 * was sealed in a later one.
 *
 * <p>An approval never expires by itself: a TPM has no list of revoked ones. To take back all that
 * were made so far, seal the secret again with the next epoch and have openers demand it. That
 * protects an honest opener from a replayed blob and its old approvals. It does not reach the old
 * blob itself: on this machine, in a state that was once approved, whoever kept it can still open
 * it with a program of his own. Where that matters, change the secret with the epoch.
 *
 * <p>32 bytes: {@code "CVMEPOCH"}, the first 16 bytes of SHA-256 of the purpose in UTF-8, the epoch
 * as u64, big-endian.
 *
 * @param purposeHash 16 bytes
 * @param epoch 0 or greater
 */
public record ApprovalScope(Bytes purposeHash, long epoch) {
  private static final Bytes LABEL = Bytes.of("CVMEPOCH".getBytes(StandardCharsets.US_ASCII));
  private static final int HASH_SIZE = 16;

  public ApprovalScope {
    if (purposeHash.size() != HASH_SIZE || epoch < 0) {
      throw new IllegalArgumentException("a purpose's hash has 16 bytes, an epoch is not negative");
    }
  }

  /**
   * A scope.
   *
   * @param purpose what the secret is for, such as {@code db-backup}
   * @param epoch 0 or greater
   */
  public static ApprovalScope of(String purpose, long epoch) {
    Bytes hash = Digests.sha256(Bytes.of(purpose.getBytes(StandardCharsets.UTF_8)));
    return new ApprovalScope(hash.slice(0, HASH_SIZE), epoch);
  }

  /** As policies and approvals have it. */
  public Bytes policyRef() {
    return Bytes.of(
        new TpmWriter()
            .raw(LABEL)
            .raw(purposeHash)
            .u32(epoch >>> 32)
            .u32(epoch & 0xFFFF_FFFFL)
            .take());
  }
}
