package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the encoder of the tests writes, the parsers read back, and nothing beside it. */
class RoundTripTest {
  @Property
  void pcrSelectionsRoundTrip(@ForAll("selections") TpmlPcrSelection list)
      throws MalformedException {
    Bytes encoded = TpmEncoder.encode(list);

    assertThat(TpmlPcrSelection.parse(encoded)).isEqualTo(list);
    assertExact(encoded, TpmlPcrSelection::parse);
  }

  @Property
  void attestsRoundTrip(@ForAll("attests") TpmsAttest attest) throws MalformedException {
    assertThat(TpmsAttest.parse(TpmEncoder.encode(attest))).isEqualTo(attest);
  }

  @Property
  void quotesEndWhereTheyEnd(@ForAll("quotes") TpmsAttest attest) {
    assertExact(TpmEncoder.encode(attest), TpmsAttest::parse);
  }

  @Property
  void signaturesRoundTrip(@ForAll("signatures") TpmtSignature signature)
      throws MalformedException {
    Bytes encoded = TpmEncoder.encode(signature);

    assertThat(TpmtSignature.parse(encoded)).isEqualTo(signature);
    assertExact(encoded, TpmtSignature::parse);
  }

  @Property
  void publicAreasRoundTrip(@ForAll("publicAreas") TpmtPublic area) throws MalformedException {
    Bytes encoded = TpmEncoder.encode(area);
    TpmtPublic received =
        new TpmtPublic(
            encoded, area.nameAlg(), area.objectAttributes(), area.authPolicy(), area.parameters());

    assertThat(TpmtPublic.parse(encoded)).isEqualTo(received);
    assertExact(encoded, TpmtPublic::parse);
  }

  private interface Parser {
    Object parse(Bytes input) throws MalformedException;
  }

  private static void assertExact(Bytes encoded, Parser parser) {
    assertThatThrownBy(() -> parser.parse(encoded.concat(Bytes.zeros(1))))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> parser.parse(encoded.slice(0, encoded.size() - 1)))
        .isInstanceOf(MalformedException.class);
  }

  @Provide
  static Arbitrary<TpmlPcrSelection> selections() {
    Arbitrary<Bytes> three = octets(3, 3);
    Arbitrary<Bytes> bitmap =
        Arbitraries.oneOf(three, three.map(bits -> bits.concat(Bytes.zeros(1))));
    return Combinators.combine(Arbitraries.of(HashAlgorithm.class), bitmap)
        .as(PcrSelection::new)
        .list()
        .ofMaxSize(TpmlPcrSelection.MAX_COUNT)
        .map(TpmlPcrSelection::new);
  }

  @Provide
  static Arbitrary<TpmsAttest> attests() {
    Set<AttestType> read = Set.of(AttestType.QUOTE, AttestType.CERTIFY, AttestType.CREATION);
    Arbitrary<TpmsAttest> others =
        Combinators.combine(
                quotes(),
                Arbitraries.of(AttestType.class).filter(type -> !read.contains(type)),
                octets(0, 80))
            .as((quote, type, body) -> with(quote, type, new TpmsAttest.Unread(body)));
    Arbitrary<TpmsAttest> certified =
        Combinators.combine(quotes(), octets(0, 66), octets(0, 66))
            .as(
                (quote, name, path) ->
                    with(quote, AttestType.CERTIFY, new TpmsAttest.CertifyInfo(name, path)));
    Arbitrary<TpmsAttest> created =
        Combinators.combine(quotes(), octets(0, 66), octets(0, 64))
            .as(
                (quote, name, hash) ->
                    with(quote, AttestType.CREATION, new TpmsAttest.CreationInfo(name, hash)));
    return Arbitraries.oneOf(quotes(), certified, created, others);
  }

  private static TpmsAttest with(TpmsAttest quote, AttestType type, TpmsAttest.Attested body) {
    return new TpmsAttest(
        type,
        quote.qualifiedSigner(),
        quote.extraData(),
        quote.clockInfo(),
        quote.firmwareVersion(),
        body);
  }

  @Provide
  static Arbitrary<TpmsAttest> quotes() {
    Arbitrary<Long> u32 = Arbitraries.longs().between(0, 0xFFFFFFFFL);
    Arbitrary<TpmsClockInfo> clocks =
        Combinators.combine(Arbitraries.longs(), u32, u32, Arbitraries.of(true, false))
            .as(TpmsClockInfo::new);
    Arbitrary<TpmsAttest.QuoteInfo> infos =
        Combinators.combine(selections(), octets(0, 64)).as(TpmsAttest.QuoteInfo::new);
    return Combinators.combine(octets(0, 66), octets(0, 66), clocks, Arbitraries.longs(), infos)
        .as(
            (signer, extra, clock, firmware, info) ->
                new TpmsAttest(AttestType.QUOTE, signer, extra, clock, firmware, info));
  }

  @Provide
  static Arbitrary<TpmtSignature> signatures() {
    Arbitrary<HashAlgorithm> hashes = Arbitraries.of(HashAlgorithm.class);
    Arbitrary<TpmtSignature> rsa =
        Combinators.combine(
                Arbitraries.of(SignatureScheme.Kind.RSASSA, SignatureScheme.Kind.RSAPSS),
                hashes,
                octets(0, 1024))
            .as(TpmtSignature.Rsa::new);
    Arbitrary<TpmtSignature> ecdsa =
        Combinators.combine(hashes, octets(0, 66), octets(0, 66)).as(TpmtSignature.Ecdsa::new);
    return Arbitraries.oneOf(rsa, ecdsa);
  }

  @Provide
  static Arbitrary<TpmtPublic> publicAreas() {
    return Combinators.combine(
            Arbitraries.of(HashAlgorithm.class),
            Arbitraries.of(ObjectAttribute.class).set(),
            octets(0, 64),
            Arbitraries.<TpmtPublic.Parameters>oneOf(
                rsaParameters(), eccParameters(), octets(0, 64).map(TpmtPublic.KeyedHash::new)))
        .as(
            (nameAlg, attributes, policy, parameters) ->
                new TpmtPublic(Bytes.empty(), nameAlg, attributes, policy, parameters));
  }

  private static Arbitrary<TpmtPublic.Rsa> rsaParameters() {
    Arbitrary<Optional<TpmtPublic.Scheme>> schemes =
        Arbitraries.oneOf(
            Arbitraries.just(Optional.empty()),
            Arbitraries.just(Optional.of(new TpmtPublic.Scheme(0x15, Optional.empty()))),
            scheme(0x14, 0x16, 0x17));
    return Combinators.combine(
            symmetric(), schemes, Arbitraries.longs().between(0, 0xFFFFFFFFL), octets(0, 1024))
        .as(
            (symmetric, scheme, exponent, modulus) ->
                new TpmtPublic.Rsa(symmetric, scheme, 8 * modulus.size(), exponent, modulus));
  }

  private static Arbitrary<TpmtPublic.Ecc> eccParameters() {
    Arbitrary<Optional<TpmtPublic.Scheme>> none = Arbitraries.just(Optional.empty());
    return Combinators.combine(
            symmetric(),
            Arbitraries.oneOf(none, scheme(0x18, 0x19)),
            Arbitraries.of(TpmtPublic.EccCurve.class),
            Arbitraries.oneOf(none, scheme(0x07, 0x20, 0x22)),
            octets(0, 66),
            octets(0, 66))
        .as(TpmtPublic.Ecc::new);
  }

  private static Arbitrary<Optional<TpmtPublic.Scheme>> scheme(Integer... algorithms) {
    return Combinators.combine(Arbitraries.of(algorithms), Arbitraries.of(HashAlgorithm.class))
        .as((algorithm, hash) -> Optional.of(new TpmtPublic.Scheme(algorithm, Optional.of(hash))));
  }

  private static Arbitrary<Optional<TpmtPublic.Symmetric>> symmetric() {
    return Arbitraries.of(128, 192, 256).map(TpmtPublic.Symmetric::new).optional();
  }

  private static Arbitrary<Bytes> octets(int min, int max) {
    return Arbitraries.bytes().array(byte[].class).ofMinSize(min).ofMaxSize(max).map(Bytes::of);
  }
}
