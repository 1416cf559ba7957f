package io.github.cvmattestation.attestation;

/**
 * The rooms between a nonce and a key, in their order; see the drawing in the package's summary.
 */
public enum Room {
  /** A nonce is drawn, and a key made in the guest. */
  GATE,
  /** The machine hands over evidence. */
  COLLECT,
  /** The evidence is proven. */
  VERIFY,
  /** What it proves is compared with what is wanted. */
  APPRAISE,
  /** An issuer elsewhere makes a token of it, which is proven in turn. */
  TOKEN,
  /** A key service releases a key to that token. */
  RELEASE,
  /** The guest opens the key. */
  UNWRAP
}
