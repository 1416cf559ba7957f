package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;

/**
 * A JSON document as Intel signed it.
 *
 * @param text the exact UTF-8 bytes that were signed; never written anew
 * @param signature r‖s, ECDSA on P-256 over SHA-256, 64 bytes
 */
public record SignedText(Bytes text, Bytes signature) {
  /** The size of a signature in bytes. */
  public static final int SIGNATURE_SIZE = 64;

  /** The most bytes of a document that are looked at: 1 MiB. */
  public static final int MAX_SIZE = 1 << 20;
}
