package io.github.cvmattestation.testkit;

/**
 * What a {@link FakeKeyVault} does instead of its work, from when it is told until told otherwise.
 */
public enum VaultFault {
  /** Nothing: it works. */
  NONE,
  /** 401, whatever token it is shown. */
  UNAUTHORIZED,
  /** 429 without Retry-After. */
  THROTTLED,
  /** 429 with Retry-After: 5 seconds. */
  THROTTLED_WITH_TIME,
  /** 500. */
  ERROR,
  /** 503. */
  UNAVAILABLE,
  /** The connection is closed before an answer. */
  RESET,
  /** No answer until the vault is closed. */
  HANG,
  /** An answer shorter than it says. */
  TRUNCATED,
  /** 302 to another host. */
  REDIRECT,
  /** 200 with a page for people. */
  HTML,
  /** 200 with a body that says it is compressed. */
  GZIP,
  /** 200 with far more than anybody needs. */
  FLOOD,
  /** The last answer once more. */
  STALE
}
