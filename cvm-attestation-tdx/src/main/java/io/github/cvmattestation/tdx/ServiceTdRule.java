package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import java.util.Set;

/**
 * Which service TDs may be bound to a TD: they act upon it from outside, as a migration TD does. A
 * quote must be able to say that there is none; a body of TDX 1.0 has no field for it, so that one
 * is believed only if its attributes leave no room for a service TD.
 *
 * @param accepted the values of SERVTD_HASH that are accepted, 48 bytes each, besides none
 */
record ServiceTdRule(Set<Bytes> accepted) implements TdxRule {
  ServiceTdRule {
    accepted = Set.copyOf(accepted);
  }

  @Override
  public void appraise(TdxClaims claims, AppraisalPolicy.Report report) {
    TdQuoteBody body = claims.quote().body();
    if (body.td15().isEmpty()) {
      TdAttributes attributes = body.attributes();
      if (attributes.extendedServiceTd() || attributes.migratable()) {
        report.reject(
            Finding.of(
                TdxFinding.TDX_SERVICE_TD,
                "a body of TDX 1.5, which says whether a service TD is bound",
                "one of TDX 1.0, and attributes of a TD that may have one"));
      }
      return;
    }
    require("MRSERVICETD", body.td15().get().mrServiceTd(), report);
    if (body.td15Ex().isPresent()) {
      TdQuoteBody.Td15Ex origin = body.td15Ex().get();
      require("INIT_SERVTD_HASH", origin.initialServiceTdHash(), report);
      require("CURR_SERVTD_HASH", origin.currentServiceTdHash(), report);
    }
  }

  private void require(String field, Bytes hash, AppraisalPolicy.Report report) {
    report.require(
        hash.isZero() || accepted.contains(hash),
        TdxFinding.TDX_SERVICE_TD,
        field + " zero" + (accepted.isEmpty() ? "" : " or one of " + accepted.size() + " values"),
        hash.abbreviated());
  }
}
