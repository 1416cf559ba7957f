package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.internal.ClientToolFormat;

/**
 * A file of Intel's PCS Client Tool or PCCS Admin Tool ({@code fetch}, {@code
 * platform_collaterals.json}; Design Guide for Intel SGX and Intel TDX PCCS, appendix A). It holds
 * collateral for many kinds of platforms, of which a quote needs one; the rest of it is passed
 * over.
 */
public final class PcsClientToolCollateral {
  /** How soon after a TCB recovery Intel's documents demand it (Intel PCS API v4, update). */
  public enum Update {
    /** Once platforms have had the time to be updated. */
    STANDARD(""),
    /** At once. */
    EARLY("_early");

    private final String suffix;

    Update(String suffix) {
      this.suffix = suffix;
    }

    /** What the tool adds to the names of members. */
    public String suffix() {
      return suffix;
    }
  }

  private final ClientToolFormat file;

  private PcsClientToolCollateral(ClientToolFormat file) {
    this.file = file;
  }

  /**
   * Reads the file, at most {@link TdxCollateral#MAX_BUNDLE_SIZE} bytes.
   *
   * @throws MalformedException if it is not what the tools write
   */
  public static PcsClientToolCollateral parse(Bytes json) throws MalformedException {
    try {
      return new PcsClientToolCollateral(ClientToolFormat.read(json));
    } catch (RefutedException e) {
      throw malformed(e.finding());
    }
  }

  /** The standard collateral of one kind of platform: see the other method of this name. */
  public TdxCollateral forPlatform(Bytes fmspc, PckAuthority authority) throws MalformedException {
    return forPlatform(fmspc, authority, Update.STANDARD);
  }

  /**
   * The collateral of one kind of platform. Choosing proves nothing: a verifier makes sure that TCB
   * Info and revocation list are those of the PCK certificate.
   *
   * @param fmspc FMSPC of the PCK certificate, 6 bytes
   * @param authority who issued the PCK certificate
   * @param update which of Intel's documents, if the file was fetched with both
   * @throws MalformedException if the file holds none, or not all of it
   */
  public TdxCollateral forPlatform(Bytes fmspc, PckAuthority authority, Update update)
      throws MalformedException {
    try {
      return file.select(fmspc, authority, update);
    } catch (RefutedException e) {
      throw malformed(e.finding());
    }
  }

  private static MalformedException malformed(Finding finding) {
    return new MalformedException("PCS Client Tool collateral", finding);
  }
}
