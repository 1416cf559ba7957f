package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.tdx.PckCertificate.Configuration;
import io.github.cvmattestation.tdx.PckCertificate.SgxType;
import io.github.cvmattestation.testkit.EcSigningKey;
import java.math.BigInteger;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** SGX Extensions of a PCK certificate: everything that Intel issues, once, and nothing else. */
class PckCertificateTest {
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aPlatformsCertificateSaysWhatWasWrittenInAnyOrder(boolean reversed)
      throws MalformedException {
    RawPck raw = RawPck.platform();
    raw.reversed = reversed;
    PckCertificate pck = read(raw);
    assertThat(pck.components()).isEqualTo(Bytes.ofHex("0102030405060708090a0b0c0d0e0f10"));
    assertThat(pck.pceSvn()).isEqualTo(11);
    assertThat(pck.cpuSvn()).isEqualTo(Le.pattern(1, 16));
    assertThat(pck.ppid()).isEqualTo(Le.pattern(2, 16));
    assertThat(pck.pceId()).isEqualTo(Bytes.zeros(2));
    assertThat(pck.fmspc()).isEqualTo(Bytes.ofHex("00806f050000"));
    assertThat(pck.sgxType()).isEqualTo(SgxType.SCALABLE);
    assertThat(pck.platformInstanceId()).contains(Le.pattern(3, 16));
    assertThat(pck.configuration()).contains(new Configuration(true, false, true));
    assertThat(pck.key().curve()).isEqualTo(Curve.P256);
    assertThat(pck.key().der()).isEqualTo(raw.key);
    assertThat(pck.certificate().der()).isEqualTo(raw.encode());
    assertThat(pck.toGroup().members().keySet())
        .containsExactly(
            "fmspc",
            "pceId",
            "pceSvn",
            "components",
            "cpuSvn",
            "ppid",
            "sgxType",
            "platformInstanceId",
            "dynamicPlatform",
            "cachedKeys",
            "smtEnabled");
  }

  @Test
  void aProcessorsCertificateHasNoPlatform() throws MalformedException {
    PckCertificate pck = read(RawPck.processor());
    assertThat(pck.platformInstanceId()).isEmpty();
    assertThat(pck.configuration()).isEmpty();
    assertThat(pck.toGroup().members()).hasSize(7);
  }

  @Test
  void everyComponentMayBe0To255() throws MalformedException {
    for (int value = 0; value < 256; value++) {
      for (int i = 1; i <= 16; i++) {
        RawPck raw = RawPck.processor();
        raw.tcb.put(i, number(value));
        assertThat(read(raw).components().get(i - 1)).isEqualTo(value);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"00, 0", "7f, 127", "0080, 128", "00ff, 255", "0100, 256", "7fff, 32767"})
  void pceSvnHas16Bits(String hex, int expected) throws MalformedException {
    RawPck raw = RawPck.platform();
    raw.tcb.put(17, RawPck.integer(Bytes.ofHex(hex)));
    assertThat(read(raw).pceSvn()).isEqualTo(expected);
    raw.tcb.put(17, RawPck.integer(Bytes.ofHex("00ffff")));
    assertThat(read(raw).pceSvn()).isEqualTo(65535);
  }

  @Test
  void everySgxTypeIsNamed() throws MalformedException {
    for (SgxType type : SgxType.values()) {
      RawPck raw = RawPck.platform();
      raw.members.put(5, RawPck.tlv(0x0A, Bytes.of((byte) type.ordinal())));
      assertThat(read(raw).sgxType()).isEqualTo(type);
    }
    assertThat(SgxType.values())
        .containsExactly(SgxType.STANDARD, SgxType.SCALABLE, SgxType.SCALABLE_WITH_INTEGRITY);
  }

  @Test
  void everyFlagIsItsOwn() throws MalformedException {
    for (int bits = 0; bits < 8; bits++) {
      RawPck raw = RawPck.platform();
      for (int i = 0; i < 3; i++) {
        raw.configuration.put(i + 1, RawPck.bool((bits >> i & 1) == 1 ? 0xFF : 0));
      }
      assertThat(read(raw).configuration())
          .contains(new Configuration((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0));
    }
  }

  static Stream<Arguments> lies() {
    Bytes padded = RawPck.integer(Bytes.ofHex("0001"));
    Bytes one = Bytes.of((byte) 1);
    return Stream.of(
        lie("a component of 256", raw -> raw.tcb.put(3, number(256))),
        lie("a negative component", raw -> raw.tcb.put(3, integer("80"))),
        lie("a component of -1", raw -> raw.tcb.put(16, integer("ff"))),
        lie("a padded component", raw -> raw.tcb.put(1, padded)),
        lie("an empty component", raw -> raw.tcb.put(1, integer(""))),
        lie("a component of 2^32", raw -> raw.tcb.put(1, integer("0100000000"))),
        lie("a component that is an OCTET STRING", raw -> raw.tcb.put(1, octets(1))),
        lie("a component and more", raw -> raw.tcb.put(1, number(1).concat(number(1)))),
        lie("a PCESVN of 65536", raw -> raw.tcb.put(17, integer("010000"))),
        lie("a negative PCESVN", raw -> raw.tcb.put(17, integer("ffff"))),
        lie("a padded PCESVN", raw -> raw.tcb.put(17, integer("000b"))),
        lie("a CPUSVN of 15 bytes", raw -> raw.tcb.put(18, octets(15))),
        lie("a CPUSVN of 17 bytes", raw -> raw.tcb.put(18, octets(17))),
        lie("a CPUSVN that is an INTEGER", raw -> raw.tcb.put(18, number(1))),
        lie("an unknown .2.19", raw -> raw.tcb.put(19, number(1))),
        lie("an unknown .2.0", raw -> raw.tcb.put(0, number(1))),
        lie("a component twice", raw -> raw.moreTcb.add(tcb(5, number(5)))),
        lie("a PCESVN twice", raw -> raw.moreTcb.add(tcb(17, number(99)))),
        lie("no TCB", raw -> raw.tcb.clear()),
        lie("a TCB that is no SEQUENCE", raw -> raw.members.put(2, octets(4))),
        lie("an empty TCB", raw -> raw.members.put(2, RawPck.tlv(0x30))),
        lie("a PPID of 15 bytes", raw -> raw.members.put(1, octets(15))),
        lie("a PCE-ID of 3 bytes", raw -> raw.members.put(3, octets(3))),
        lie("an FMSPC of 5 bytes", raw -> raw.members.put(4, octets(5))),
        lie("an FMSPC of no bytes", raw -> raw.members.put(4, octets(0))),
        lie("an SGX Type of 3", raw -> raw.members.put(5, RawPck.tlv(0x0A, bytes("03")))),
        lie("an SGX Type of 80h", raw -> raw.members.put(5, RawPck.tlv(0x0A, bytes("80")))),
        lie("an SGX Type of 0001h", raw -> raw.members.put(5, RawPck.tlv(0x0A, bytes("0001")))),
        lie("an empty SGX Type", raw -> raw.members.put(5, RawPck.tlv(0x0A))),
        lie("an SGX Type that is an INTEGER", raw -> raw.members.put(5, number(1))),
        lie("an unknown .8", raw -> raw.members.put(8, octets(1))),
        lie("an unknown .0", raw -> raw.members.put(0, octets(1))),
        lie("a PPID twice", raw -> raw.moreMembers.add(RawPck.pair(one, octets(16)))),
        lie("the same PPID twice", raw -> raw.moreMembers.add(pair(1, raw))),
        lie("the extension itself as a member", raw -> raw.moreMembers.add(foreign(""))),
        lie("a member below a member", raw -> raw.moreMembers.add(foreign("0101"))),
        lie("a member that is no pair", raw -> raw.moreMembers.add(number(1))),
        lie("a member without a value", raw -> raw.moreMembers.add(bytes("300406022a03"))),
        lie("an empty member", raw -> raw.moreMembers.add(RawPck.tlv(0x30))),
        lie("bytes after the extension", raw -> raw.after = Bytes.zeros(2)),
        lie("a second extension behind", raw -> raw.after = RawPck.tlv(0x30)),
        lie("an instance id of 15 bytes", raw -> raw.members.put(6, octets(15))),
        lie("no instance id", raw -> raw.members.remove(6)),
        lie("no configuration", raw -> raw.configuration.clear()),
        lie("neither", PckCertificateTest::withoutPlatform),
        lie("both from the Processor CA", raw -> raw.issuer = "Intel SGX PCK Processor CA"),
        lie("both from somebody", raw -> raw.issuer = "Intel SGX PCK platform CA"),
        lie("a flag of 1", raw -> raw.configuration.put(1, RawPck.bool(1))),
        lie("a flag of two bytes", raw -> raw.configuration.put(2, RawPck.tlv(1, bytes("ffff")))),
        lie("an empty flag", raw -> raw.configuration.put(3, RawPck.tlv(1))),
        lie("a flag that is an INTEGER", raw -> raw.configuration.put(3, number(1))),
        lie("no SMT flag", raw -> raw.configuration.remove(3)),
        lie("an unknown .7.4", raw -> raw.configuration.put(4, RawPck.bool(0))),
        lie("a flag twice", PckCertificateTest::withTwoFlags),
        lie("a key on P-384", raw -> raw.key = EcSigningKey.p384("x").subjectPublicKeyInfo()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void whatIntelDoesNotIssueIsRefused(String name, Consumer<RawPck> lie) throws MalformedException {
    RawPck raw = RawPck.platform();
    assertThat(read(raw).fmspc()).isEqualTo(Bytes.ofHex("00806f050000"));
    lie.accept(raw);
    refused(raw);
  }

  @Test
  void everyMemberIsRequired() {
    for (int member : new int[] {1, 3, 4, 5, 6}) {
      RawPck raw = RawPck.platform();
      raw.members.remove(member);
      refused(raw);
    }
    IntStream.rangeClosed(1, 18)
        .forEach(
            member -> {
              RawPck raw = RawPck.platform();
              raw.tcb.remove(member);
              refused(raw);
            });
    for (int member = 1; member <= 3; member++) {
      RawPck raw = RawPck.platform();
      raw.configuration.remove(member);
      refused(raw);
    }
  }

  @Test
  void aPlatformsMemberInAProcessorsCertificateIsRefused() {
    RawPck id = RawPck.processor();
    id.members.put(6, octets(16));
    refused(id);
    RawPck configuration = RawPck.processor();
    configuration.configuration.putAll(RawPck.platform().configuration);
    refused(configuration);
  }

  @Test
  void aCertificateWithoutTheExtensionIsNoPck() {
    RawPck raw = RawPck.platform();
    Bytes other = RawPck.tlv(0x30, RawPck.tlv(0x06, Bytes.ofHex("550e0e")), octets(4));
    assertThatThrownBy(() -> PckCertificate.of(DerCertificate.parse(raw.certificate(other))))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("SGX Extensions");
  }

  @Test
  void everyTruncationOfTheExtensionIsRefused() {
    RawPck raw = RawPck.platform();
    Bytes whole = raw.extension();
    for (int size = 0; size < whole.size(); size++) {
      Bytes cut = RawPck.octets(whole.slice(0, size));
      Bytes der =
          raw.certificate(
              RawPck.tlv(0x30, RawPck.tlv(0x06, Bytes.ofHex("2a864886f84d010d01")), cut));
      assertThatThrownBy(() -> PckCertificate.of(DerCertificate.parse(der)))
          .isInstanceOf(MalformedException.class);
    }
  }

  static Stream<Arguments> captured() {
    return Stream.of(
        Arguments.of("tdx-quote", "tdx/v4-b0c06f", "b0c06f000000", 11),
        Arguments.of("tdx-quote", "tdx/v4-50806f-debug", "50806f000000", 11),
        Arguments.of("tdx-quote", "tdx/v5-90c06f", "90c06f000000", 13),
        Arguments.of("tdx-ccel", "tdx/cos-113", "00806f050000", 11));
  }

  /** Read with another decoder: FMSPC, PCESVN; the components are CPUSVN's bytes in all of them. */
  @ParameterizedTest
  @MethodSource("captured")
  void aGenuineCertificateIsRead(String kind, String id, String fmspc, int pceSvn)
      throws MalformedException {
    Bytes chain = RealQuotesTest.quote(kind, id).qe().pckChain();
    PckCertificate pck = PckCertificate.of(CertificateBundle.parse(chain).get(0));
    assertThat(pck.fmspc().hex()).isEqualTo(fmspc);
    assertThat(pck.pceSvn()).isEqualTo(pceSvn);
    assertThat(pck.components()).isEqualTo(pck.cpuSvn());
    assertThat(pck.pceId().isZero()).isTrue();
    assertThat(pck.sgxType()).isEqualTo(SgxType.SCALABLE);
    assertThat(pck.configuration().map(Configuration::dynamicPlatform)).contains(true);
  }

  @Test
  void theCapturedPlatformsAreTheirOwn() throws MalformedException {
    PckCertificate pck =
        PckCertificate.of(
            CertificateBundle.parse(
                    RealQuotesTest.quote("tdx-quote", "tdx/v4-50806f-debug").qe().pckChain())
                .get(0));
    assertThat(pck.ppid().hex()).isEqualTo("df4c32a9d8d86009aaf380ec43cfcefb");
    assertThat(pck.components().hex()).isEqualTo("05050d02030100030000000000000000");
    assertThat(pck.platformInstanceId().map(Bytes::hex))
        .isEqualTo(Optional.of("021ac64d355ba904e2d5948d228d5482"));
    assertThat(pck.configuration()).contains(new Configuration(true, true, true));
  }

  private static PckCertificate read(RawPck raw) throws MalformedException {
    return PckCertificate.of(DerCertificate.parse(raw.encode()));
  }

  private static void refused(RawPck raw) {
    Bytes der = raw.encode();
    assertThatThrownBy(() -> PckCertificate.of(DerCertificate.parse(der)))
        .isInstanceOf(MalformedException.class)
        .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotStartWith("Certificate"));
  }

  private static Arguments lie(String name, Consumer<RawPck> lie) {
    return Arguments.of(name, lie);
  }

  private static void withoutPlatform(RawPck raw) {
    raw.members.remove(6);
    raw.configuration.clear();
  }

  private static void withTwoFlags(RawPck raw) {
    raw.moreConfiguration.add(RawPck.pair(Bytes.ofHex("0703"), RawPck.bool(0)));
  }

  private static Bytes tcb(int number, Bytes value) {
    return RawPck.pair(Bytes.of((byte) 2, (byte) number), value);
  }

  private static Bytes pair(int number, RawPck raw) {
    return RawPck.pair(Bytes.of((byte) number), raw.members.get(number));
  }

  private static Bytes foreign(String suffix) {
    return RawPck.pair(bytes(suffix), octets(1));
  }

  /** The shortest INTEGER. */
  private static Bytes number(int value) {
    return RawPck.integer(Bytes.of(BigInteger.valueOf(value).toByteArray()));
  }

  private static Bytes integer(String hex) {
    return RawPck.integer(bytes(hex));
  }

  private static Bytes octets(int size) {
    return RawPck.octets(Bytes.zeros(size));
  }

  private static Bytes bytes(String hex) {
    return Bytes.ofHex(hex);
  }
}
