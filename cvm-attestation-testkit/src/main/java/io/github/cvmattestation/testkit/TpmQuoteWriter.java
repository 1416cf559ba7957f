package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.tpm.TpmWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes TPMS_ATTEST as TPM2_Quote returns it (TPM 2.0 Library, Part 2, sections 10.12.12 and
 * 10.12.4), and signs it.
 *
 * <p>It begins as a quote over the given PCRs of the SHA-256 bank, by an orderly TPM, with the
 * firmware version of an Azure vTPM. Any field can be made to lie.
 */
public final class TpmQuoteWriter {
  /** TPM_GENERATED_VALUE. */
  public static final long GENERATED = 0xFF544347L;

  /** TPM_ST_ATTEST_QUOTE. */
  public static final int QUOTE = 0x8018;

  /** TPM_ST_ATTEST_CERTIFY. */
  public static final int CERTIFY = 0x8017;

  private final TreeMap<Integer, Bytes> pcrs;
  private long magic = GENERATED;
  private int type = QUOTE;
  private Bytes qualifiedSigner = new TpmWriter().u16(0x000B).raw(label("AK name")).bytes();
  private Bytes extraData = Bytes.empty();
  private long clock = 1_000_000;
  private long resetCount = 2;
  private long restartCount;
  private int safe = 1;
  private long firmwareVersion = 0x2020031200120003L;
  private List<PcrSelection> selections;
  private @Nullable Bytes pcrDigest;
  private @Nullable Bytes attested;
  private Bytes trailer = Bytes.empty();

  private TpmQuoteWriter(Map<Integer, Bytes> pcrs) {
    this.pcrs = new TreeMap<>(pcrs);
    selections = List.of(PcrSelection.of(PcrSelection.SHA256, this.pcrs.keySet()));
  }

  /** A quote over these PCR values, by index. */
  public static TpmQuoteWriter of(Map<Integer, Bytes> pcrs) {
    return new TpmQuoteWriter(pcrs);
  }

  /** Sets magic. */
  public TpmQuoteWriter magic(long value) {
    magic = value;
    return this;
  }

  /** Sets type. */
  public TpmQuoteWriter type(int value) {
    type = value;
    return this;
  }

  /** Sets qualifiedSigner, a Name. */
  public TpmQuoteWriter qualifiedSigner(Bytes value) {
    qualifiedSigner = value;
    return this;
  }

  /** Sets extraData: the nonce. */
  public TpmQuoteWriter extraData(Bytes value) {
    extraData = value;
    return this;
  }

  /** Sets clockInfo: milliseconds, two counters, and TPMI_YES_NO for an orderly clock. */
  public TpmQuoteWriter clock(long millis, long resets, long restarts, int orderly) {
    clock = millis;
    resetCount = resets;
    restartCount = restarts;
    safe = orderly;
    return this;
  }

  /** Sets firmwareVersion. */
  public TpmQuoteWriter firmwareVersion(long value) {
    firmwareVersion = value;
    return this;
  }

  /** Sets TPML_PCR_SELECTION; the digest stays that of the given PCRs in ascending order. */
  public TpmQuoteWriter selections(PcrSelection... values) {
    selections = List.of(values);
    return this;
  }

  /** Sets pcrDigest, truly the digest of all values, lowest index first. */
  public TpmQuoteWriter pcrDigest(Bytes value) {
    pcrDigest = value;
    return this;
  }

  /** Sets everything behind firmwareVersion, as for another kind of attestation. */
  public TpmQuoteWriter attested(Bytes value) {
    attested = value;
    return this;
  }

  /** Appends bytes behind the structure; they are signed. */
  public TpmQuoteWriter trailer(Bytes value) {
    trailer = value;
    return this;
  }

  /** TPMS_ATTEST with a SHA-256 pcrDigest. */
  public Bytes attest() {
    return attest("SHA-256");
  }

  /**
   * TPMS_ATTEST; {@code digest} is that of the signature scheme, as Part 3, section 18.4, has it.
   */
  public Bytes attest(String digest) {
    TpmWriter out = new TpmWriter().u32(magic).u16(type).sized(qualifiedSigner).sized(extraData);
    out.u64(clock).u32(resetCount).u32(restartCount).u8(safe).u64(firmwareVersion);
    return out.raw(attested != null ? attested : quoteInfo(digest)).raw(trailer).bytes();
  }

  /** The quote signed with RSASSA-PKCS1-v1_5, the scheme of Azure's attestation key. */
  public SignedQuote signRsassa(RsaSigningKey key, String digest) {
    return SignedQuote.rsassa(attest(digest), key, digest);
  }

  /** The quote signed with RSASSA-PSS. */
  public SignedQuote signRsapss(RsaSigningKey key, String digest, int saltLength) {
    return SignedQuote.rsapss(attest(digest), key, digest, saltLength);
  }

  /** The quote signed with ECDSA. */
  public SignedQuote signEcdsa(EcSigningKey key, String digest) {
    return SignedQuote.ecdsa(attest(digest), key, digest);
  }

  private Bytes quoteInfo(String digest) {
    TpmWriter out = new TpmWriter().u32(selections.size());
    for (PcrSelection selection : selections) {
      out.u16(selection.hash()).u8(selection.bitmap().size()).raw(selection.bitmap());
    }
    return out.sized(pcrDigest != null ? pcrDigest : digestOfPcrs(digest)).bytes();
  }

  private Bytes digestOfPcrs(String digest) {
    List<Bytes> values = new ArrayList<>(pcrs.values());
    return Hashes.digest(digest, Bytes.empty().concat(values.toArray(new Bytes[0])));
  }

  private static Bytes label(String name) {
    return Hashes.digest("SHA-256", name);
  }
}
