package io.github.cvmattestation.attestation.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OidsTest {
  /** Examples of X.690, section 8.19.5, RFC 5280, AMD 57230 and X.667 (an arc of 128 bits). */
  @ParameterizedTest
  @CsvSource({
    "883703, 2.999.3",
    "551d13, 2.5.29.19",
    "2b060104019c78010308, 1.3.6.1.4.1.3704.1.3.8",
    "00, 0.0",
    "27, 0.39",
    "28, 1.0",
    "4f, 1.39",
    "50, 2.0",
    "6983f0b2e6f5a5d3c9b3b9c3ffffffffffff7f, 2.25.2577440098290228031738455353475465215"
  })
  void anIdentifierIsReadInNumbersAndDots(String hex, String dotted) throws MalformedException {
    assertThat(Oids.dotted("test", Bytes.ofHex(hex))).isEqualTo(dotted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "80", "2b8001", "2b80", "2b86", "8001"})
  void whatIsCutShortOrPaddedIsRefused(String hex) {
    assertThatThrownBy(() -> Oids.dotted("test", Bytes.ofHex(hex)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void aLongOneIsRefused() throws MalformedException {
    assertThat(Oids.dotted("test", Bytes.zeros(32))).startsWith("0.0.0");
    assertThatThrownBy(() -> Oids.dotted("test", Bytes.zeros(33)))
        .isInstanceOf(MalformedException.class);
  }

  /** A second reader, which was written by others. */
  @Property
  void bouncyCastleReadsTheSame(@ForAll("contents") byte[] octets) {
    assertThat(read(octets)).isEqualTo(readByOthers(octets));
  }

  @Provide
  Arbitrary<byte[]> contents() {
    return Arbitraries.bytes().array(byte[].class).ofMinSize(0).ofMaxSize(32);
  }

  private static String read(byte[] octets) {
    try {
      return Oids.dotted("test", Bytes.of(octets));
    } catch (MalformedException e) {
      return "refused";
    }
  }

  private static String readByOthers(byte[] octets) {
    try {
      return ASN1ObjectIdentifier.fromContents(octets).getId();
    } catch (IllegalArgumentException e) {
      return "refused";
    }
  }
}
