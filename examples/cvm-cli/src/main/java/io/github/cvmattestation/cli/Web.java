package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Map;
import java.util.Optional;

/** Asks a service once, in short: whether it is there, and what it says. */
interface Web {
  /**
   * An answer of any status.
   *
   * @param challenge the header WWW-Authenticate
   * @param body at most {@link #MAX_BODY} bytes
   */
  record Answer(int status, Optional<String> challenge, Bytes body) {}

  /** The most bytes of an answer; a longer one counts as none. */
  int MAX_BODY = 1 << 16;

  /** GET; nothing if nobody answers in time. Redirects are answers. */
  Optional<Answer> get(String url, Map<String, String> headers);
}
