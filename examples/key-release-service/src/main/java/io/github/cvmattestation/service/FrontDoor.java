package io.github.cvmattestation.service;

import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.CvmAttestation;
import io.github.cvmattestation.attestation.release.ReleasedKey;

/** A key that is had through all seven rooms, each time anew. */
final class FrontDoor implements KeySource {
  private final CvmAttestation cvm;
  private final String keyName;

  /**
   * @param cvm closed with this
   */
  FrontDoor(CvmAttestation cvm, String keyName) {
    this.cvm = cvm;
    this.keyName = keyName;
  }

  @Override
  public Attempt<ReleasedKey> key() {
    return cvm.tryRelease(keyName);
  }

  @Override
  public void close() {
    cvm.close();
  }
}
