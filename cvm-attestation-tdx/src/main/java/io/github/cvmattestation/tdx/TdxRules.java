package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The sentences that a {@link TdxPolicy} is made of; {@link TcbStatusRule} is one more. */
final class TdxRules {
  /** ATTRIBUTES.MIGRATABLE. */
  static final long MIGRATABLE = 1L << 29;

  private static final long DEBUG = 1;

  /** As Intel names its advisories: another spelling would name none, and say nothing. */
  private static final Pattern ADVISORY = Pattern.compile("INTEL-SA-[0-9]{5}");

  private TdxRules() {}

  /** What a policy refuses unless it says otherwise. */
  enum Weakness {
    DEBUG_GUEST,
    MIGRATABLE,
    UNKNOWN_ATTRIBUTES,
    UNKNOWN_XFAM,
    WORSE_SINCE_LAUNCH
  }

  /** The bits of ATTRIBUTES that are refused with these weaknesses allowed. */
  static long refusedAttributes(Set<Weakness> allowed) {
    long refused = TdAttributes.UNTRUSTED_BITS;
    if (allowed.contains(Weakness.DEBUG_GUEST)) {
      refused &= ~DEBUG;
    }
    if (!allowed.contains(Weakness.MIGRATABLE)) {
      refused |= MIGRATABLE;
    }
    if (!allowed.contains(Weakness.UNKNOWN_ATTRIBUTES)) {
      refused |= ~(TdAttributes.KNOWN_BITS | TdAttributes.UNTRUSTED_BITS);
    }
    return refused;
  }

  /** No attribute that weakens a TD, and none of which nobody knows whether it does. */
  static TdxRule attributeDefaults(Set<Weakness> allowed) {
    long refused = refusedAttributes(allowed);
    return (claims, report) -> {
      TdAttributes attributes = claims.quote().body().attributes();
      long found = attributes.raw() & refused;
      report.require(
          (found & DEBUG) == 0, TdxFinding.TDX_DEBUG, "a TD that the host cannot debug", "DEBUG");
      report.require(
          (found & TdAttributes.UNTRUSTED_BITS & ~DEBUG) == 0,
          TdxFinding.TDX_ATTRIBUTES,
          "no bit that makes a TD untrusted (TUD)",
          attributes.bytes().hex());
      report.require(
          (found & MIGRATABLE) == 0,
          TdxFinding.TDX_ATTRIBUTES,
          "a TD that no migration TD may move",
          "MIGRATABLE");
      report.require(
          (found & ~(TdAttributes.UNTRUSTED_BITS | MIGRATABLE)) == 0,
          TdxFinding.TDX_ATTRIBUTES,
          "no unknown bit in ATTRIBUTES",
          attributes.bytes().hex());
    };
  }

  static TdxRule xfamDefaults(Set<Weakness> allowed) {
    boolean mayBeUnknown = allowed.contains(Weakness.UNKNOWN_XFAM);
    return (claims, report) -> {
      Xfam xfam = claims.quote().body().xfam();
      report.require(
          (xfam.raw() & Xfam.FIXED_ONES) == Xfam.FIXED_ONES,
          TdxFinding.TDX_XFAM,
          "x87 and SSE, which every TD has",
          xfam.bytes().hex());
      report.require(
          mayBeUnknown || xfam.unknownBits() == 0,
          TdxFinding.TDX_XFAM,
          "no unknown bit in XFAM",
          xfam.bytes().hex());
    };
  }

  static TdxRule attributes(long value, long mask) {
    requireMask("ATTRIBUTES", value, mask, TdAttributes.KNOWN_BITS);
    return (claims, report) -> {
      TdAttributes attributes = claims.quote().body().attributes();
      masked("ATTRIBUTES", TdxFinding.TDX_ATTRIBUTES, attributes.raw(), value, mask, report);
    };
  }

  static TdxRule xfam(long value, long mask) {
    requireMask("XFAM", value, mask, Xfam.POSSIBLE_ONES);
    if ((mask & ~value & Xfam.FIXED_ONES) != 0) {
      throw senseless("XFAM without x87 or SSE", "every TD has both: begin the value with 03");
    }
    return (claims, report) -> {
      Xfam xfam = claims.quote().body().xfam();
      masked("XFAM", TdxFinding.TDX_XFAM, xfam.raw(), value, mask, report);
    };
  }

  private static void requireMask(String field, long value, long mask, long known) {
    if ((value & ~mask) != 0) {
      throw senseless(field + " with ones outside the mask", "they would not be compared");
    }
    // What was written the wrong way round mostly ends up where nothing has a name.
    if ((mask & known) == 0) {
      throw senseless(field + " under a mask of no bit that has a name", "write it as quotes do");
    }
  }

  private static void masked(
      String field,
      TdxFinding code,
      long actual,
      long value,
      long mask,
      AppraisalPolicy.Report report) {
    report.require(
        (actual & mask) == value,
        code,
        field + " " + hex(value) + " under mask " + hex(mask),
        hex(actual));
  }

  static TdxRule mrTd(Set<Bytes> values) {
    return oneOf("MRTD", TdxFinding.TDX_MRTD, 48, values, TdQuoteBody::mrTd);
  }

  static TdxRule mrSeam(Set<Bytes> values) {
    return oneOf("MRSEAM", TdxFinding.TDX_MRSEAM, 48, values, TdQuoteBody::mrSeam);
  }

  static TdxRule mrConfigId(Set<Bytes> values) {
    return oneOf("MRCONFIGID", TdxFinding.TDX_MRCONFIGID, 48, values, TdQuoteBody::mrConfigId);
  }

  static TdxRule mrOwner(Set<Bytes> values) {
    return oneOf("MROWNER", TdxFinding.TDX_MROWNER, 48, values, TdQuoteBody::mrOwner);
  }

  static TdxRule mrOwnerConfig(Set<Bytes> values) {
    return oneOf("MROWNERCONFIG", TdxFinding.TDX_MROWNER, 48, values, TdQuoteBody::mrOwnerConfig);
  }

  static TdxRule reportData(Bytes expected) {
    return oneOf(
        "REPORTDATA", TdxFinding.TDX_REPORT_DATA, 64, Set.of(expected), TdQuoteBody::reportData);
  }

  /** What one RTMR must hold. */
  static TdxRule rtmr(int index, Set<Bytes> values) {
    if (index < 0 || index >= TdQuoteBody.RTMRS) {
      throw senseless("an RTMR " + index, "a TD has RTMR0 to RTMR3");
    }
    return oneOf("RTMR" + index, TdxFinding.TDX_RTMR, 48, values, body -> body.rtmrs().get(index));
  }

  /**
   * All rules about RTMRs. Where none was ever extended, as under Azure's paravisor, a rule about
   * them has nothing to judge, and zeros that happen to be accepted say nothing of what booted.
   */
  static TdxRule rtmrs(List<TdxRule> each) {
    List<TdxRule> rules = List.copyOf(each);
    return (claims, report) -> {
      if (claims.quote().body().rtmrs().stream().allMatch(Bytes::isZero)) {
        report.reject(
            Finding.of(
                TdxFinding.TDX_RTMR_UNUSED,
                "RTMRs that the TD extends",
                "all of them zero: this TD measures elsewhere; on Azure judge the vTPM's PCRs"));
      } else {
        rules.forEach(rule -> rule.appraise(claims, report));
      }
    };
  }

  static TdxRule ppids(Set<Bytes> accepted) {
    return platformId("PPID", accepted, claims -> Optional.of(claims.pck().ppid()));
  }

  static TdxRule platformInstances(Set<Bytes> accepted) {
    return platformId(
        "Platform Instance ID", accepted, claims -> claims.pck().platformInstanceId());
  }

  private static TdxRule platformId(
      String field, Set<Bytes> values, Function<TdxClaims, Optional<Bytes>> actual) {
    Set<Bytes> accepted = requireValues(field, 16, values);
    if (accepted.stream().anyMatch(Bytes::isZero)) {
      throw senseless("an accepted " + field + " of zeros", "zeros name no platform");
    }
    return (claims, report) -> {
      Optional<Bytes> found = actual.apply(claims);
      report.require(
          found.isPresent() && accepted.contains(found.get()),
          TdxFinding.TDX_PLATFORM,
          field + " " + expected(accepted),
          found.map(Bytes::abbreviated).orElse("none in a certificate of the Processor CA"));
    };
  }

  static TdxRule configuration(ConfigurationDemand demand) {
    return (claims, report) -> {
      Optional<PckCertificate.Configuration> found = claims.pck().configuration();
      report.require(
          found.isPresent() && demand.holds(found.get()),
          TdxFinding.TDX_PLATFORM_CONFIGURATION,
          demand.name(),
          found.isPresent() ? "the contrary" : "nothing in a certificate of the Processor CA");
    };
  }

  /** No advisories but the allowed; of those, none that is refused. */
  static TdxRule advisories(Optional<Set<String>> allowed, Set<String> refused) {
    return (claims, report) -> {
      List<String> found = claims.tcb().advisories();
      allowed.ifPresent(
          only ->
              requireNone(
                  "no advisory but " + new TreeSet<>(only),
                  found.stream().filter(advisory -> !only.contains(advisory)).toList(),
                  report));
      requireNone(
          "no advisory that is refused", found.stream().filter(refused::contains).toList(), report);
    };
  }

  private static void requireNone(
      String expected, List<String> unwanted, AppraisalPolicy.Report report) {
    report.require(unwanted.isEmpty(), TdxFinding.TDX_ADVISORY, expected, unwanted);
  }

  static Set<String> requireAdvisories(Set<String> ids) {
    for (String id : ids) {
      if (!ADVISORY.matcher(id).matches()) {
        throw senseless("an advisory that is not named as Intel's are", "say INTEL-SA-01234");
      }
    }
    return Set.copyOf(ids);
  }

  static TdxRule tcbDate(Instant earliest) {
    return (claims, report) ->
        report.require(
            !claims.tcb().tcbDate().isBefore(earliest),
            TdxFinding.TDX_TCB_DATE,
            "a TCB of " + earliest + " or later, at launch and now",
            claims.tcb().tcbDate());
  }

  static TdxRule evaluationDataNumber(int least) {
    if (least < 0) {
      throw senseless("a negative tcbEvaluationDataNumber", "Intel counts from 0");
    }
    return (claims, report) ->
        report.require(
            claims.collateral().evaluationDataNumber() >= least,
            TdxFinding.TDX_EVALUATION_NUMBER,
            "tcbEvaluationDataNumber at least " + least,
            claims.collateral().evaluationDataNumber());
  }

  static TdxRule oneOf(
      String field,
      TdxFinding code,
      int size,
      Set<Bytes> values,
      Function<TdQuoteBody, Bytes> actual) {
    Set<Bytes> accepted = requireValues(field, size, values);
    return (claims, report) -> {
      Bytes value = actual.apply(claims.quote().body());
      report.require(
          accepted.contains(value), code, field + " " + expected(accepted), value.abbreviated());
    };
  }

  static Set<Bytes> requireValues(String field, int size, Set<Bytes> values) {
    requireSome(field, values);
    for (Bytes value : values) {
      if (value.size() != size) {
        throw senseless(field + " of " + value.size() + " bytes", "it has " + size);
      }
    }
    return Set.copyOf(values);
  }

  static void requireSome(String what, Collection<?> values) {
    if (values.isEmpty()) {
      throw senseless("an empty list of " + what + " would accept none", "name at least one");
    }
  }

  static AttestationException.Configuration senseless(String problem, String remedy) {
    return new AttestationException.Configuration("TDX policy: " + problem, remedy);
  }

  private static String expected(Set<Bytes> accepted) {
    return accepted.size() == 1
        ? accepted.iterator().next().abbreviated()
        : "one of " + accepted.size() + " values";
  }

  private static String hex(long bits) {
    return TdAttributes.littleEndian(bits).hex();
  }
}
