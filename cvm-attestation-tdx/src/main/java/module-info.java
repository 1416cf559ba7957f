/**
 * Intel TDX quotes. This module will verify a TD quote with its collateral up to Intel's root key
 * and appraise it; it will export {@code io.github.cvmattestation.tdx}. It is empty for now.
 */
module io.github.cvmattestation.tdx {
  requires transitive io.github.cvmattestation.core;
  requires static org.jspecify;
}
