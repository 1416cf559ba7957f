package io.github.cvmattestation.vtpm.luks;

/** A token of the type {@code systemd-tpm2}, as {@code systemd-cryptenroll} makes them. */
public sealed interface Tpm2Token permits SystemdTpm2Token, RefusedToken {
  /** The token's number in the header. */
  int id();
}
