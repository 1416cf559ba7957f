package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DEROctetString;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DerTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65535, 65536, 100_000})
  void everyLengthIsWrittenAsOthersWriteIt(int size) throws IOException, MalformedException {
    Bytes content = Bytes.zeros(size);
    Bytes written = Der.element(DerReader.OCTET_STRING, content);
    assertThat(written)
        .isEqualTo(Bytes.of(new DEROctetString(new byte[size]).getEncoded(ASN1Encoding.DER)));
    DerReader reader = new DerReader("test", written);
    assertThat(reader.content(DerReader.OCTET_STRING)).isEqualTo(content);
    reader.end();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "127", "128", "255", "256", "65537", "-1", "-128", "-129"})
  void everyIntegerIsWrittenAsOthersWriteIt(String number) throws IOException {
    BigInteger value = new BigInteger(number);
    assertThat(Der.integer(value))
        .isEqualTo(Bytes.of(new ASN1Integer(value).getEncoded(ASN1Encoding.DER)));
  }
}
