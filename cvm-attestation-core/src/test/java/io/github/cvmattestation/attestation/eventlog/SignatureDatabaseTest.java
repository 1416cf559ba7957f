package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.BootWriter.HASH;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.OWNER;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.SHA256;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.list;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.sized;
import static io.github.cvmattestation.attestation.eventlog.BootWriter.variable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** L8: signature lists and variables whose sizes lie. */
class SignatureDatabaseTest {
  private static final Bytes ENTRY = Bytes.ofHex(OWNER).concat(HASH);

  @Test
  void listsOfEveryTypeAreRead() throws MalformedException {
    Bytes other = Bytes.ofHex("22".repeat(32));
    Bytes unknown = Bytes.ofHex("ab".repeat(16));
    SignatureDatabase read =
        SignatureDatabase.parse(
            list(SHA256, HASH, other)
                .concat(
                    list(BootWriter.X509, Bytes.ofHex("3000")),
                    list(BootWriter.X509_SHA256, HASH.concat(Bytes.zeros(16))),
                    list(unknown.hex(), Bytes.ofHex("01"))));
    assertThat(read.entries()).hasSize(5);
    assertThat(read.imageHashes()).containsExactly(HASH, other);
    assertThat(read.certificates()).containsExactly(Bytes.ofHex("3000"));
    assertThat(read.certificateHashes()).containsExactly(HASH);
    assertThat(read.entries().get(0).owner()).hasToString("04030201-0605-0807-090a-0b0c0d0e0f10");
  }

  @Test
  void aHashInTheVendorHeaderIsNoEntry() throws MalformedException {
    Bytes injected = Bytes.ofHex(OWNER).concat(Bytes.ofHex("99".repeat(32)));
    Bytes lists = sized(SHA256, 28 + 96, 48, 48, injected.concat(ENTRY));
    assertThat(SignatureDatabase.parse(lists).imageHashes()).containsExactly(HASH);
  }

  @ParameterizedTest(name = "list {0}, header {1}, entry {2}")
  @CsvSource({
    "27, 0, 48",
    "0, 0, 48",
    "77, 0, 48",
    "4294967295, 0, 48",
    "76, 49, 48",
    "76, 4294967295, 48",
    "76, 48, 48",
    "76, 0, 0",
    "76, 0, 15",
    "76, 0, 16",
    "76, 0, 47",
    "76, 0, 96",
    "76, 0, 4294967295",
    "28, 0, 48",
    "75, 0, 48",
  })
  void aSizeThatDoesNotFitIsRefused(long list, long header, long entry) {
    refused(sized(SHA256, list, header, entry, ENTRY));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 27, 28, 75})
  void aTruncatedListIsRefused(int size) {
    refused(list(SHA256, HASH).slice(0, size));
  }

  @Test
  void trailingBytesAreRefused() {
    refused(list(SHA256, HASH).concat(Bytes.zeros(1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ffffffffffffffff0000000000000000",
        "00000000000000800000000000000000",
        "0000000000000000ffffffffffffffff",
        "00000000000000000000000000000001",
        "01020000000000000000000000000000"
      })
  void aVariableWhoseLengthsLieIsRefused(String lengths) {
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(
            () -> EfiVariable.parse(Bytes.ofHex(OWNER + lengths).concat(Bytes.zeros(1200))));
  }

  @Test
  void aNameWithAZeroInItIsRefused() {
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> EfiVariable.parse(variable(OWNER, "db\0x", HASH)));
  }

  private static void refused(Bytes lists) {
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> SignatureDatabase.parse(lists));
  }
}
