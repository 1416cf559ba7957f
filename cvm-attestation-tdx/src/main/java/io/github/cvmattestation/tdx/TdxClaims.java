package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.tdx.internal.TdxVerification;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A verified TD quote: genuine, intact, made by Intel's quoting enclave on a platform whose TCB
 * matches a level that Intel publishes. How good that level is, and whether such a TD is wanted, is
 * for {@link TdxPolicy} to say.
 */
public final class TdxClaims implements Claims {
  /** The id of this group of claims. */
  public static final String ID = "tdx";

  private final TdQuote quote;
  private final PckCertificate pck;
  private final TcbEvaluation tcb;
  private final CollateralFacts collateral;
  private final Instant verifiedAt;

  TdxClaims(TdxVerification.Proven proven) {
    this.quote = proven.quote();
    this.pck = proven.pck();
    this.tcb = proven.tcb();
    this.collateral = proven.collateral();
    this.verifiedAt = proven.at();
  }

  /**
   * The quote. All of it is signed but {@link TdQuote#trailingBytes()}, which nobody vouches for.
   */
  public TdQuote quote() {
    return quote;
  }

  /** The platform's certificate. */
  public PckCertificate pck() {
    return pck;
  }

  /** How the TCB stands, at launch and now. */
  public TcbEvaluation tcb() {
    return tcb;
  }

  /** By which collateral it was judged. */
  public CollateralFacts collateral() {
    return collateral;
  }

  /**
   * The instant that the caller of the verifier named, for which everything was found to hold: what
   * a policy may hold a date against, for it has no clock.
   */
  public Instant verifiedAt() {
    return verifiedAt;
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public ClaimValue.Group toGroup() {
    TdQuoteBody body = quote.body();
    ClaimValue.Builder claims =
        ClaimValue.Group.builder()
            .put("tcbStatus", tcb.status().label())
            .put("launchStatus", tcb.launch().status().label());
    tcb.current().ifPresent(current -> claims.put("currentStatus", current.status().label()));
    claims
        .put("tcbDate", tcb.tcbDate().toString())
        .put("advisories", texts(tcb.advisories()))
        .put("shortfalls", texts(tcb.shortfalls()))
        .put("launchTcb", assessment(tcb.launch()));
    tcb.current().ifPresent(current -> claims.put("currentTcb", assessment(current)));
    claims
        .put("fmspc", pck.fmspc())
        .put("quoteVersion", quote.version())
        .put("mrtd", body.mrTd())
        .put("rtmr", new ClaimValue.Many(binaries(body)))
        .put("reportData", body.reportData())
        .put("mrConfigId", body.mrConfigId())
        .put("mrOwner", body.mrOwner())
        .put("mrOwnerConfig", body.mrOwnerConfig())
        .put("attributes", body.attributes().toGroup())
        .put("xfam", body.xfam().toGroup())
        .put("teeTcbSvn", body.teeTcbSvn());
    body.td15()
        .ifPresent(
            td15 ->
                claims.put("teeTcbSvn2", td15.teeTcbSvn2()).put("mrServiceTd", td15.mrServiceTd()));
    claims
        .put("mrSeam", body.mrSeam())
        .put("mrSignerSeam", body.mrSignerSeam())
        .put("seamAttributes", body.seamAttributes())
        .put("qeIsvSvn", quote.qe().report().isvSvn())
        .put("qeMrEnclave", quote.qe().report().mrEnclave())
        .put("pck", pck.toGroup())
        .put("collateral", collateral.toGroup());
    return claims.build();
  }

  private static List<ClaimValue> binaries(TdQuoteBody body) {
    List<ClaimValue> values = new ArrayList<>();
    body.rtmrs().forEach(rtmr -> values.add(new ClaimValue.Binary(rtmr)));
    return values;
  }

  private static ClaimValue.Many texts(List<?> all) {
    List<ClaimValue> values = new ArrayList<>();
    all.forEach(one -> values.add(new ClaimValue.Text(one.toString())));
    return new ClaimValue.Many(values);
  }

  private static ClaimValue.Group assessment(TcbAssessment assessment) {
    ClaimValue.Builder group =
        ClaimValue.Group.builder()
            .put("status", assessment.status().label())
            .put("tcbDate", assessment.tcbDate().toString());
    part(group, "platform", Optional.of(assessment.platform()));
    part(group, "module", assessment.module());
    part(group, "qe", Optional.of(assessment.qe()));
    return group.build();
  }

  private static void part(ClaimValue.Builder group, String name, Optional<TcbPart> part) {
    part.ifPresent(
        present ->
            group.put(
                name,
                ClaimValue.Group.builder()
                    .put("status", present.status().label())
                    .put("tcbDate", present.tcbDate().toString())
                    .put("advisories", texts(present.advisories()))
                    .build()));
  }
}
