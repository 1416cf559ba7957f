package io.github.cvmattestation.service;

import io.github.cvmattestation.attestation.AttestationException;

/** The key of this Azure confidential VM, by way of Microsoft Azure Attestation and Key Vault. */
final class AzureKeySource {
  private AzureKeySource() {}

  /**
   * Where this VM's key comes from.
   *
   * @throws AttestationException.Configuration if the policy's file is no policy
   */
  static KeySource of(Settings.Azure settings) {
    throw new AttestationException.Configuration(
        "the key "
            + settings.keyName()
            + " cannot be asked for yet: this version attests no real VM",
        "start with --simulated");
  }
}
