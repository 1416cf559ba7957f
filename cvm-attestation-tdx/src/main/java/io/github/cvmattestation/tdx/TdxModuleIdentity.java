package io.github.cvmattestation.tdx;

import io.github.cvmattestation.tdx.internal.TcbLevels;
import java.util.List;

/**
 * A TDX module from version 1 on, with levels of its own (Intel PCS API v4, {@code
 * tdxModuleIdentities}).
 *
 * @param version the major version that the id names in hexadecimal: 1 for {@code TDX_01}; it is
 *     the second byte of TEE_TCB_SVN
 * @param module how it must be signed
 * @param levels no two of the same SVN; from the highest down, whatever order they are given in
 */
public record TdxModuleIdentity(int version, TdxModule module, List<IsvLevel> levels) {
  public TdxModuleIdentity {
    levels = TcbLevels.sorted(levels, TcbLevels.ISV);
  }
}
