package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.testkit.Tampering;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every bit of a genuine quote and of its collateral flipped, every cut, and every extension by up
 * to 100 bytes. What survives is white space in PEM and what follows a quote, as
 * docs/not-covered.md says, and changes no claim. Nothing throws.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExhaustiveTest {
  private static final int MAX_EXTENSION = 100;

  /** One verifier: it may remember signatures, and must not therefore believe anything else. */
  private final TdxVerifier verifier =
      TdxVerifier.builder().signatures(Backends.fastest()).cacheSize(64).build();

  private Bytes quote;
  private TdxCollateral collateral;
  private Instant at;
  private int signedEnd;
  private ClaimValue.Group claims;

  /** What can be changed apart from the rest. */
  enum Part {
    QUOTE,
    TCB_INFO,
    TCB_INFO_SIGNATURE,
    TCB_INFO_CHAIN,
    QE_IDENTITY,
    QE_IDENTITY_SIGNATURE,
    QE_IDENTITY_CHAIN,
    PCK_CRL,
    ROOT_CRL;

    Bytes of(Bytes quote, TdxCollateral all) {
      return switch (this) {
        case QUOTE -> quote;
        case TCB_INFO -> all.tcbInfo().text();
        case TCB_INFO_SIGNATURE -> all.tcbInfo().signature();
        case TCB_INFO_CHAIN -> all.tcbInfoChain();
        case QE_IDENTITY -> all.qeIdentity().text();
        case QE_IDENTITY_SIGNATURE -> all.qeIdentity().signature();
        case QE_IDENTITY_CHAIN -> all.qeIdentityChain();
        case PCK_CRL -> all.pckCrl();
        case ROOT_CRL -> all.rootCrl();
      };
    }

    private Bytes or(Part part, Bytes value, TdxCollateral all) {
      return this == part ? value : part.of(Bytes.empty(), all);
    }

    TdxCollateral replacedIn(TdxCollateral all, Bytes value) {
      return new TdxCollateral(
          new SignedText(or(TCB_INFO, value, all), or(TCB_INFO_SIGNATURE, value, all)),
          or(TCB_INFO_CHAIN, value, all),
          new SignedText(or(QE_IDENTITY, value, all), or(QE_IDENTITY_SIGNATURE, value, all)),
          or(QE_IDENTITY_CHAIN, value, all),
          or(PCK_CRL, value, all),
          or(ROOT_CRL, value, all));
    }

    boolean isSignature() {
      return this == TCB_INFO_SIGNATURE || this == QE_IDENTITY_SIGNATURE;
    }
  }

  @BeforeAll
  void genuineEvidenceVerifies() throws MalformedException {
    Vectors.Case genuine = Vectors.named("tdx-quote", "tdx/v4-b0c06f");
    quote = genuine.file("quote");
    collateral = RealEvidenceTest.collateral(genuine);
    at = genuine.at();
    signedEnd = quote.size() - TdQuote.parse(quote).trailingBytes().size();
    claims = comparable(verify(Part.QUOTE, quote));
    for (Part part : Part.values()) {
      assertThat(comparable(verify(part, part.of(quote, collateral)))).isEqualTo(claims);
    }
  }

  @ParameterizedTest
  @EnumSource(Part.class)
  void everyFlippedBitIsRefutedButBehindTheQuote(Part part) {
    Bytes whole = part.of(quote, collateral);
    Set<String> survivors = new ConcurrentSkipListSet<>();
    IntStream.range(0, 8 * whole.size())
        .parallel()
        .forEach(
            bit -> {
              Bytes flipped = Tampering.flipBit(whole, bit);
              Verification verdict = verify(part, flipped);
              if (verdict instanceof Verification.Verified) {
                boolean behind = part == Part.QUOTE && bit / 8 >= signedEnd;
                survivors.add(behind ? "trailing bytes" : part + " byte " + bit / 8);
                assertThat(comparable(verdict)).as("%s, bit %d", part, bit).isEqualTo(claims);
              } else {
                assertThat(verdict.findings()).hasSize(1);
              }
            });
    // One bit makes no white space of another, so that not even PEM has a bit to spare.
    assertThat(survivors)
        .isEqualTo(part == Part.QUOTE ? Set.of("trailing bytes") : Set.<String>of());
  }

  @ParameterizedTest
  @EnumSource(Part.class)
  void everyCutIsRefutedButOfWhiteSpaceAndOfWhatFollowsTheQuote(Part part) {
    Bytes whole = part.of(quote, collateral);
    if (part.isSignature()) {
      // A signature of another size cannot be said: the type has 64 bytes.
      return;
    }
    for (int size = 0; size < whole.size(); size++) {
      Verification verdict = verify(part, whole.slice(0, size));
      boolean harmless =
          part == Part.QUOTE
              ? size >= signedEnd
              : part.name().endsWith("CHAIN") && isSpace(whole, size, whole.size());
      assertVerdict(verdict, harmless, "%s cut to %d bytes".formatted(part, size));
    }
  }

  @ParameterizedTest
  @EnumSource(Part.class)
  void everyExtensionIsRefutedButByWhiteSpaceAndBehindTheQuote(Part part) {
    if (part.isSignature()) {
      return;
    }
    Bytes whole = part.of(quote, collateral);
    for (String filler : List.of("00", "01", "20", "30", "ff")) {
      Bytes padding = Bytes.ofHex(filler.repeat(MAX_EXTENSION));
      for (int more = 1; more <= MAX_EXTENSION; more++) {
        boolean harmless =
            part == Part.QUOTE || (part.name().endsWith("CHAIN") && filler.equals("20"));
        Bytes added = padding.slice(0, more);
        String what = "%s and %d bytes of %s".formatted(part, more, filler);
        assertVerdict(verify(part, whole.concat(added)), harmless, what);
        boolean before = part.name().endsWith("CHAIN") && filler.equals("20");
        assertVerdict(verify(part, added.concat(whole)), before, what + " before");
      }
    }
    for (int more = 1; more <= MAX_EXTENSION; more++) {
      Bytes again = whole.concat(whole.slice(0, more));
      assertVerdict(verify(part, again), part == Part.QUOTE, part + " and its own beginning");
    }
  }

  @Test
  void whatFollowsAQuoteMayBeAbsentAltogether() {
    assertThat(signedEnd).isLessThan(quote.size());
    assertVerdict(verify(Part.QUOTE, quote.slice(0, signedEnd)), true, "no trailing bytes");
  }

  @ParameterizedTest
  @EnumSource(value = Part.class, names = ".*_CHAIN", mode = EnumSource.Mode.MATCH_ALL)
  void otherLineEndsInPemChangeNothing(Part part) {
    String pem = new String(part.of(quote, collateral).toArray(), StandardCharsets.US_ASCII);
    for (String end : List.of("\r\n", "\n\n", " \n\t")) {
      Bytes changed = Bytes.of(pem.replace("\n", end).getBytes(StandardCharsets.US_ASCII));
      assertVerdict(verify(part, changed), true, part + " with other line ends");
    }
  }

  private void assertVerdict(Verification verdict, boolean harmless, String what) {
    assertThat(verdict instanceof Verification.Verified).as(what).isEqualTo(harmless);
    if (harmless) {
      assertThat(comparable(verdict)).as(what).isEqualTo(claims);
    } else {
      assertThat(verdict.findings()).as(what).hasSize(1);
    }
  }

  private Verification verify(Part part, Bytes value) {
    return part == Part.QUOTE
        ? verifier.verifyWithoutFreshness(value, collateral, at)
        : verifier.verifyWithoutFreshness(quote, part.replacedIn(collateral, value), at);
  }

  /** The claims but for the digests of what was received, which of course differ. */
  private static ClaimValue.Group comparable(Verification verdict) {
    return withoutDigests(RealEvidenceTest.proven(verdict).toGroup());
  }

  private static ClaimValue.Group withoutDigests(ClaimValue.Group group) {
    Map<String, ClaimValue> kept = new LinkedHashMap<>();
    group
        .members()
        .forEach(
            (name, value) -> {
              if (value instanceof ClaimValue.Group inner) {
                kept.put(name, withoutDigests(inner));
              } else if (!name.equals("sha256")) {
                kept.put(name, value);
              }
            });
    return new ClaimValue.Group(kept);
  }

  private static boolean isSpace(Bytes text, int from, int to) {
    return IntStream.range(from, to).allMatch(i -> isSpace(text.get(i)));
  }

  private static boolean isSpace(int octet) {
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
  }
}
