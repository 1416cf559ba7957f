package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.CollateralFacts;
import io.github.cvmattestation.tdx.PckCertificate;
import io.github.cvmattestation.tdx.TcbEvaluation;
import io.github.cvmattestation.tdx.TcbInfo;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdQuoteBody;
import io.github.cvmattestation.tdx.TdxCheck;
import io.github.cvmattestation.tdx.TdxCollateral;
import io.github.cvmattestation.tdx.TdxFinding;
import io.github.cvmattestation.tdx.TdxModule;
import io.github.cvmattestation.tdx.TdxModuleIdentity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The steps of TDX verification, each of them taking what the one before has proven; the first that
 * does not hold ends it. Who reads one class of this module should read this one.
 *
 * <p>Who signed comes first, then what is said: no field of the quote is looked at before the
 * signature that covers it has held. Signatures are remembered, verdicts never are: dates,
 * revocation, identity and TCB are judged anew for every quote.
 */
public final class TdxVerification {
  private final PckChainVerification pckChains;
  private final CollateralVerification collaterals;
  private final QeVerification quotingEnclaves;
  private final CollateralAge age;

  /**
   * Steps that begin at {@code anchors}.
   *
   * @param age how old collateral may be
   * @param cacheSize how many verified chains, collaterals and quoting enclaves are remembered
   */
  public TdxVerification(
      TrustAnchors anchors, SignatureBackend signatures, CollateralAge age, int cacheSize) {
    Authorities authorities = new Authorities(anchors, signatures, cacheSize);
    this.pckChains = new PckChainVerification(authorities, signatures, cacheSize);
    this.collaterals = new CollateralVerification(authorities, cacheSize);
    this.quotingEnclaves = new QeVerification(signatures, cacheSize);
    this.age = age;
  }

  /** What the steps prove together, and for which instant. */
  public record Proven(
      TdQuote quote,
      PckCertificate pck,
      TcbEvaluation tcb,
      CollateralFacts collateral,
      Instant at) {}

  /** Runs every step, entering each in {@code ledger} once it has held. */
  public Proven run(Bytes rawQuote, CollateralSource source, Instant at, Ledger ledger)
      throws RefutedException {
    TdQuote quote = QuoteFormat.read(rawQuote);
    ledger.passed(TdxCheck.FORMAT);
    VerifiedPck pck = pckChain(quote, at, ledger);
    TdxCollateral collateral = source.forPlatform(pck.certificate());
    VerifiedCollateral verified = collaterals.verify(collateral, pck.authority(), ledger);
    CurrentCollateral current = CurrentCollateral.of(verified, at, ledger);
    current.requireNotRevoked(pck);
    ledger.passed(TdxCheck.REVOCATION);
    current.requireAbout(pck.certificate());
    ledger.passed(TdxCheck.COLLATERAL_SCOPE);
    age.require(verified, pck, ledger);

    VerificationKey attestationKey = quotingEnclaves.attestationKey(quote, pck, ledger);
    QeVerification.requireIdentity(quote.qe().report(), verified.qeIdentity());
    ledger.passed(TdxCheck.QE_IDENTITY);
    requireSignature(quote, attestationKey);
    ledger.passed(TdxCheck.SIGNATURE);

    requireModule(quote.body(), verified.tcbInfo());
    ledger.passed(TdxCheck.MODULE);
    TcbEvaluation tcb = evaluate(quote, pck.certificate(), verified);
    ledger.passed(TdxCheck.TCB);
    age.remember(verified, pck);
    return new Proven(quote, pck.certificate(), tcb, facts(verified, pck), at);
  }

  /**
   * The signatures from the root to the quote, and nothing else: not whether anything was revoked,
   * which enclave vouched, or how the TCB stands.
   */
  public void runSignatures(Bytes rawQuote, Instant at) throws RefutedException {
    Ledger unused = new Ledger();
    TdQuote quote = QuoteFormat.read(rawQuote);
    VerifiedPck pck = pckChain(quote, at, unused);
    requireSignature(quote, quotingEnclaves.attestationKey(quote, pck, unused));
  }

  private VerifiedPck pckChain(TdQuote quote, Instant at, Ledger ledger) throws RefutedException {
    VerifiedPck pck = pckChains.verify(quote.qe().pckChain());
    ledger.passed(TdxCheck.PCK_CHAIN);
    PckChainVerification.requireDates(pck, at);
    ledger.passed(TdxCheck.PCK_DATES);
    return pck;
  }

  private static void requireSignature(TdQuote quote, VerificationKey attestationKey)
      throws RefutedException {
    if (!attestationKey.verifies(Authorities.SCHEME, quote.signedBytes(), quote.signature())) {
      throw refuted(
          TdxFinding.TDX_SIGNATURE,
          "header and body signed by the attestation key",
          "a signature that does not hold");
    }
  }

  /** From version 1 on each major version of the module has an identity of its own. */
  private static void requireModule(TdQuoteBody body, TcbInfo tcbInfo) throws RefutedException {
    int version = body.teeTcbSvn().get(1);
    Optional<TdxModule> described =
        version == 0
            ? Optional.of(tcbInfo.module())
            : tcbInfo.moduleIdentity(version).map(TdxModuleIdentity::module);
    if (described.isEmpty()) {
      throw refuted(
          TdxFinding.TDX_MODULE, "an identity TDX_%02X".formatted(version), "none in the TCB Info");
    }
    TdxModule module = described.get();
    if (!body.mrSignerSeam().equals(module.mrSigner())) {
      throw refuted(
          TdxFinding.TDX_MODULE,
          "MRSIGNERSEAM " + module.mrSigner().abbreviated(),
          body.mrSignerSeam().abbreviated());
    }
    Bytes attributes = body.seamAttributes();
    if (!attributes.isZero()
        || !Masks.matches(attributes, module.attributesMask(), module.attributes())) {
      throw refuted(
          TdxFinding.TDX_MODULE,
          "SEAMATTRIBUTES zero, and " + module.attributes().hex() + " under the mask",
          attributes.hex());
    }
  }

  private static TcbEvaluation evaluate(
      TdQuote quote, PckCertificate pck, VerifiedCollateral verified) throws RefutedException {
    return TcbEvaluator.evaluate(
        verified.tcbInfo(),
        verified.qeIdentity(),
        new TcbEvaluator.PlatformSvns(pck.components(), pck.pceSvn()),
        quote.body().teeTcbSvn(),
        quote.body().td15().map(TdQuoteBody.Td15::teeTcbSvn2),
        quote.qe().report().isvSvn());
  }

  private static CollateralFacts facts(VerifiedCollateral verified, VerifiedPck pck) {
    List<CollateralFacts.Item> items = new ArrayList<>(verified.items().size() + 1);
    items.add(pck.chain());
    items.addAll(verified.items());
    return new CollateralFacts(
        items,
        verified.tcbInfo().evaluationDataNumber(),
        verified.qeIdentity().evaluationDataNumber(),
        verified.pckCrlNumber(),
        verified.rootCrlNumber(),
        pck.authority().root().keyId());
  }

  private static RefutedException refuted(TdxFinding code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}
