package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Optional;

/** Holds a quote against the TDREPORT that it is said to be made from, field by field. */
final class ReportComparison {
  private Optional<TdReport.Difference> first = Optional.empty();

  private ReportComparison() {}

  static Optional<TdReport.Difference> firstDifference(TdReport report, TdQuoteBody quote) {
    ReportComparison comparison = new ReportComparison();
    comparison.compareModule(report.teeTcbInfo(), quote);
    comparison.compareTd(report.tdInfo(), quote);
    comparison.same("REPORTDATA", report.reportData(), quote.reportData());
    quote.td15().ifPresent(td15 -> comparison.compareTd15(report, td15));
    quote.td15Ex().ifPresent(td15Ex -> comparison.compareTd15Ex(report.tdInfo(), td15Ex));
    return comparison.first;
  }

  private void compareModule(TdReport.TeeTcbInfo module, TdQuoteBody quote) {
    same("TEE_TCB_SVN", module.teeTcbSvn(), quote.teeTcbSvn());
    same("MRSEAM", module.mrSeam(), quote.mrSeam());
    same("MRSIGNERSEAM", module.mrSignerSeam(), quote.mrSignerSeam());
    same("SEAMATTRIBUTES", module.attributes(), quote.seamAttributes());
  }

  private void compareTd(TdReport.TdInfo td, TdQuoteBody quote) {
    same("TDATTRIBUTES", td.attributes().bytes(), quote.attributes().bytes());
    same("XFAM", td.xfam().bytes(), quote.xfam().bytes());
    same("MRTD", td.mrTd(), quote.mrTd());
    same("MRCONFIGID", td.mrConfigId(), quote.mrConfigId());
    same("MROWNER", td.mrOwner(), quote.mrOwner());
    same("MROWNERCONFIG", td.mrOwnerConfig(), quote.mrOwnerConfig());
    for (int i = 0; i < TdQuoteBody.RTMRS; i++) {
      same("RTMR" + i, td.rtmrs().get(i), quote.rtmrs().get(i));
    }
  }

  private void compareTd15(TdReport report, TdQuoteBody.Td15 quote) {
    same("TEE_TCB_SVN_2", report.teeTcbInfo().teeTcbSvn2(), quote.teeTcbSvn2());
    same("MRSERVICETD", report.tdInfo().serviceTdHash(), quote.mrServiceTd());
  }

  /** A report that has no extension has no TD_ID and comes from the TD itself: zeros. */
  private void compareTd15Ex(TdReport.TdInfo td, TdQuoteBody.Td15Ex quote) {
    Optional<TdReport.Extension> extension = td.extension();
    int vmId = extension.map(TdReport.Extension::vmId).orElse(0);
    same("VMID", Bytes.of((byte) vmId), Bytes.of((byte) quote.vmId()));
    same(
        "TD_ID",
        extension.map(TdReport.Extension::tdId).orElse(Bytes.zeros(quote.tdId().size())),
        quote.tdId());
  }

  private void same(String field, Bytes inReport, Bytes inQuote) {
    if (first.isEmpty() && !inReport.equals(inQuote)) {
      first = Optional.of(new TdReport.Difference(field, inReport, inQuote));
    }
  }
}
