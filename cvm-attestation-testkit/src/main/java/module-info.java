/** A simulated confidential VM and its certificate authorities, for tests. Never for production. */
module io.github.cvmattestation.testkit {
  requires transitive io.github.cvmattestation.core;
  requires org.bouncycastle.provider;
  requires static org.jspecify;
  requires static org.junit.jupiter.api;

  exports io.github.cvmattestation.testkit;
}
