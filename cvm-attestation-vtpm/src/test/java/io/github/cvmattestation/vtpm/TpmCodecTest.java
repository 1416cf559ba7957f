package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.AttestWriter.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ends of what is accepted, and numbers that the specification gives. */
class TpmCodecTest {
  private static final HashAlgorithm SHA256 = HashAlgorithm.SHA256;

  private static void malformed(ThrowingCallable parse, String where) {
    assertThatThrownBy(parse).isInstanceOf(MalformedException.class).hasMessageContaining(where);
  }

  private static ByteReader reading(Bytes octets) {
    return ByteReader.bigEndian("S", octets);
  }

  // Numbers

  /** TPM 2.0 Part 2, section 6.9. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "NV, 8014",
    "COMMAND_AUDIT, 8015",
    "SESSION_AUDIT, 8016",
    "CERTIFY, 8017",
    "QUOTE, 8018",
    "TIME, 8019",
    "CREATION, 801a",
    "NV_DIGEST, 801c"
  })
  void attestTypesHaveTheirNumbers(AttestType type, String id) throws MalformedException {
    assertThat(AttestType.read(reading(Bytes.ofHex(id)))).isEqualTo(type);
    assertThat(type.id()).isEqualTo(Integer.parseInt(id, 16));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"0000", "8013", "801b", "801d", "0018", "ffff"})
  void otherTypesAreRefused(String id) {
    malformed(() -> AttestType.read(reading(Bytes.ofHex(id))), "type");
  }

  /** TPM 2.0 Part 2, section 8.3. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "FIXED_TPM, 00000002",
    "ST_CLEAR, 00000004",
    "FIXED_PARENT, 00000010",
    "SENSITIVE_DATA_ORIGIN, 00000020",
    "USER_WITH_AUTH, 00000040",
    "ADMIN_WITH_POLICY, 00000080",
    "NO_DA, 00000400",
    "ENCRYPTED_DUPLICATION, 00000800",
    "RESTRICTED, 00010000",
    "DECRYPT, 00020000",
    "SIGN, 00040000"
  })
  void objectAttributesHaveTheirBits(ObjectAttribute attribute, String bits)
      throws MalformedException {
    assertThat(ObjectAttribute.read(reading(Bytes.ofHex(bits)))).containsExactly(attribute);
    assertThat(1L << attribute.bit()).isEqualTo(Long.parseLong(bits, 16));
  }

  /** TPM 2.0 Part 2, section 6.4, and the sizes that AES has. */
  @ParameterizedTest(name = "{0} with AES-{2}")
  @CsvSource({"P256, 3, 128", "P384, 4, 192", "P521, 5, 256"})
  void curvesAndAesKeysHaveTheirNumbers(TpmtPublic.EccCurve curve, int id, int aes)
      throws MalformedException {
    Bytes parent =
        new Octets()
            .u16(0x23)
            .u16(0x0B)
            .u32(0x00030072L)
            .u16(0)
            .u16(0x06)
            .u16(aes)
            .u16(0x43)
            .u16(0x10)
            .u16(id)
            .u16(0x10)
            .sized(filled(66, 1))
            .sized(filled(66, 2))
            .toBytes();
    assertThat(TpmtPublic.parse(parent).parameters())
        .isEqualTo(
            new TpmtPublic.Ecc(
                Optional.of(new TpmtPublic.Symmetric(aes)),
                Optional.empty(),
                curve,
                Optional.empty(),
                filled(66, 1),
                filled(66, 2)));
    assertThat(curve.id()).isEqualTo(id);
  }

  // Sizes

  @Test
  void policiesAndDigestsBeyondTheLongestHashAreRefused() throws MalformedException {
    assertThat(TpmtPublic.parse(sealed(64, 64)).authPolicy()).isEqualTo(filled(64, 1));
    malformed(() -> TpmtPublic.parse(sealed(65, 32)), "authPolicy");
    malformed(() -> TpmtPublic.parse(sealed(32, 65)), "unique");
  }

  private static Bytes sealed(int policy, int unique) {
    return new Octets()
        .u16(0x08)
        .u16(0x0B)
        .u32(0x12)
        .sized(filled(policy, 1))
        .u16(0x10)
        .sized(filled(unique, 2))
        .toBytes();
  }

  @Test
  void coordinatesAndModuliBeyondTheLargestKeysAreRefused() throws MalformedException {
    Bytes fits = filled(66, 1);
    Bytes tooLong = filled(67, 1);
    malformed(() -> TpmtPublic.parse(PublicAreas.ecc(0, 0x18, 0x0B, 5, tooLong, fits)), "unique.x");
    malformed(() -> TpmtPublic.parse(PublicAreas.ecc(0, 0x18, 0x0B, 5, fits, tooLong)), "unique.y");
    TpmtPublic.parse(PublicAreas.rsa(0, 0x14, 0x0B, 8192, 0, filled(1024, 0xFF)));
    malformed(
        () -> TpmtPublic.parse(PublicAreas.rsa(0, 0x14, 0x0B, 8200, 0, filled(1025, 0xFF))),
        "unique");
  }

  // TPMS_PCR_SELECTION

  /** The record is public: whoever makes one by hand gets no register that does not exist. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"", "01", "0101", "01010001", "01010080", "0101010000"})
  void aSelectionOfAnotherSizeOrOfARegisterBeyond23CannotBeMade(String bits) {
    assertThatThrownBy(() -> new PcrSelection(SHA256, Bytes.ofHex(bits)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSelectionSelectsWhatItNamesAndCountsIt() {
    PcrSelection three = PcrSelection.of(SHA256, List.of(23, 0, 7, 8));
    assertThat(three.pcrSelect()).isEqualTo(Bytes.ofHex("810180"));
    assertThat(three.count()).isEqualTo(4);
    PcrSelection four = new PcrSelection(SHA256, Bytes.ofHex("81018000"));
    assertThat(four.count()).isEqualTo(4);
    assertThat(four.indices()).containsExactly(0, 7, 8, 23);
    for (int index : new int[] {-1, 24, 31, 32}) {
      assertThat(three.selects(index)).isFalse();
      assertThat(four.selects(index)).isFalse();
    }
    for (int index : new int[] {-1, 24}) {
      assertThatThrownBy(() -> PcrSelection.of(SHA256, List.of(index)))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  // Banks

  @Test
  void banksAreEqualByAlgorithmAndValues() throws MalformedException {
    PcrBank bank = PcrBank.of(SHA256, Map.of(7, filled(32, 1)));
    assertThat(bank)
        .isEqualTo(PcrBank.of(SHA256, Map.of(7, filled(32, 1))))
        .hasSameHashCodeAs(PcrBank.of(SHA256, Map.of(7, filled(32, 1))))
        .isNotEqualTo(PcrBank.of(SHA256, Map.of(7, filled(32, 2))))
        .isNotEqualTo(PcrBank.of(SHA256, Map.of(8, filled(32, 1))))
        .isNotEqualTo("PcrBank[sha256:[7]]")
        .hasToString("PcrBank[sha256:[7]]");
    assertThat(PcrBank.of(SHA256, Map.of())).isNotEqualTo(PcrBank.of(HashAlgorithm.SHA1, Map.of()));
  }

  @Test
  void anEmptyBankGivesNoRegistersToCompareALogWith() throws MalformedException {
    assertThat(PcrBank.of(SHA256, Map.of()).registers()).isEmpty();
    assertThat(PcrBank.of(SHA256, Map.of(7, filled(32, 1))).registers().orElseThrow().values())
        .isEqualTo(Map.of(7, filled(32, 1)));
  }

  @Test
  void registerValuesInAFileAreThoseThatWereWritten() throws MalformedException {
    PcrBank bank =
        PcrBank.of(SHA256, Map.of(0, filled(32, 1), 9, filled(32, 2), 23, filled(32, 3)));
    TpmWriter out = new TpmWriter();
    PcrValues.write(out, bank);
    Bytes written = Bytes.of(out.toArray());
    assertThat(written)
        .isEqualTo(
            Bytes.ofHex("000b" + "010280").concat(filled(32, 1), filled(32, 2), filled(32, 3)));
    assertThat(PcrValues.read(reading(written))).isEqualTo(bank);
    malformed(() -> PcrValues.read(reading(written.slice(0, written.size() - 1))), "value");
  }

  /**
   * A secret that is bound to no register, or to registers that anybody can set, is bound to
   * nothing.
   */
  @Test
  void registerValuesInAFileThatProveNothingAreRefused() {
    malformed(() -> PcrValues.read(reading(Bytes.ofHex("000b000000"))), "registers");
    malformed(
        () -> PcrValues.read(reading(Bytes.ofHex("0004010000").concat(filled(20, 1)))), "bank");
  }

  // Tickets, Names, signatures and indices in responses

  @Test
  void aTicketIsReadForWhatItWasAskedAndWrittenAsItWas() throws MalformedException {
    Bytes octets = Bytes.ofHex("8022" + "40000001").concat(Bytes.ofHex("0040"), filled(64, 7));
    TpmtTicket ticket = TpmtTicket.read(reading(octets), 0x8022);
    assertThat(ticket).isEqualTo(new TpmtTicket(0x8022, 0x40000001L, filled(64, 7)));
    TpmWriter out = new TpmWriter();
    ticket.write(out);
    assertThat(Bytes.of(out.toArray())).isEqualTo(octets);
    malformed(() -> TpmtTicket.read(reading(octets), 0x8021), "ticket.tag");
    Bytes longer = Bytes.ofHex("8022" + "40000001" + "0041").concat(filled(65, 7));
    malformed(() -> TpmtTicket.read(reading(longer), 0x8022), "ticket.digest");
  }

  @Test
  void aNameThatIsNotThatOfTheAreaIsRefused() throws MalformedException {
    TpmtPublic area = TpmtPublic.parse(sealed(0, 32));
    Wire.expectName(reading(new Octets().sized(area.name()).toBytes()), area);
    for (Bytes other : List.of(Bytes.empty(), Fixtures.flipped(area.name(), 40), filled(34, 0))) {
      malformed(
          () -> Wire.expectName(reading(new Octets().sized(other).toBytes()), area), "S.name");
    }
    assertThat(Wire.readName(reading(new Octets().sized(filled(66, 1)).toBytes()), "n"))
        .isEqualTo(filled(66, 1));
    malformed(() -> Wire.readName(reading(new Octets().sized(filled(67, 1)).toBytes()), "n"), "n");
  }

  @Test
  void aSignatureInAResponseIsGivenAsReceivedIfItIsOne() throws MalformedException {
    Bytes signature = new Octets().u16(0x14).u16(0x0B).sized(filled(256, 1)).toBytes();
    assertThat(Wire.readSignature(reading(signature))).isEqualTo(signature);
    malformed(() -> Wire.readSignature(reading(signature.concat(Bytes.zeros(1)))), "end");
  }

  @Test
  void schemesAndSelectionsAreWrittenAsTheSpecificationHasThem() {
    TpmWriter out = new TpmWriter();
    Wire.write(out, Optional.empty());
    Wire.write(out, Optional.of(new TpmtPublic.Scheme(0x15, Optional.empty())));
    Wire.write(out, Optional.of(new TpmtPublic.Scheme(0x14, Optional.of(HashAlgorithm.SHA384))));
    Wire.write(
        out, new TpmlPcrSelection(List.of(new PcrSelection(SHA256, Bytes.ofHex("01020400")))));
    assertThat(Bytes.of(out.toArray()).hex())
        .isEqualTo("0010" + "0015" + "0014000c" + "00000001" + "000b0401020400");
  }

  /** TPM 2.0 Part 2, sections 13.4 and 13.5. */
  @Test
  void anIndexIsReadWithTheNameThatItsBytesGive() throws MalformedException {
    Bytes area = Bytes.ofHex("01c0ffee" + "000b" + "20020002" + "0000" + "0020");
    TpmsNvPublic index = TpmsNvPublic.read(reading(new Octets().sized(area).toBytes()));
    assertThat(index.nvIndex()).isEqualTo(0x01C0FFEEL);
    assertThat(index.dataSize()).isEqualTo(32);
    assertThat(index.attributes())
        .isEqualTo(Set.of(NvAttribute.OWNERWRITE, NvAttribute.OWNERREAD, NvAttribute.WRITTEN));
    assertThat(index.has(NvAttribute.WRITTEN)).isTrue();
    assertThat(index.has(NvAttribute.AUTHREAD)).isFalse();
    assertThat(index.handle().value()).isEqualTo(0x01C0FFEEL);
    assertThat(index.handle().name())
        .isEqualTo(Bytes.ofHex("000b").concat(AttestWriter.hash("SHA-256", area)));
    assertThat(index.asDefined().encoded().hex())
        .isEqualTo("01c0ffee" + "000b" + "00020002" + "0000" + "0020");
  }

  /** A counter, a reserved bit, a handle of another kind, bytes beyond the end. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "00ffffff000b0002000200000020",
        "02000000000b0002000200000020",
        "01000000000b0002001200000020",
        "01000000000b0012000200000020",
        "0100000000100002000200000020",
        "01000000000b000200020000002000",
        "01000000000b00020002000000"
      })
  void anIndexThatIsNoOrdinaryOneIsRefused(String area) {
    assertThatThrownBy(
            () -> TpmsNvPublic.read(reading(new Octets().sized(Bytes.ofHex(area)).toBytes())))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void anIndexOutsideItsRangeCannotBeMade() {
    for (long handle : new long[] {0x00FFFFFFL, 0x02000000L}) {
      assertThatThrownBy(() -> new TpmsNvPublic(handle, SHA256, Set.of(), Bytes.empty(), 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (int size : new int[] {-1, 0x10000}) {
      assertThatThrownBy(() -> new TpmsNvPublic(0x01000000L, SHA256, Set.of(), Bytes.empty(), size))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (long handle : new long[] {0x01000000L, 0x01FFFFFFL}) {
      assertThat(new TpmsNvPublic(handle, SHA256, Set.of(), Bytes.empty(), 0xFFFF).dataSize())
          .isEqualTo(0xFFFF);
    }
    assertThat(new TpmsNvPublic(0x01000000L, SHA256, Set.of(), Bytes.empty(), 0).dataSize())
        .isZero();
  }
}
