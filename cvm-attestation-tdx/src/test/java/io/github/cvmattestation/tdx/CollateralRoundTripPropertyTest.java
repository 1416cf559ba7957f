package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A capture that is read back is equal to what was captured, whatever the parts hold. */
class CollateralRoundTripPropertyTest {
  private static final String ODD =
      "{}[]\":,\\/+%25 \n\r\t\0\b\u007f\u0080\u00e9\u2028\ufeff\ud83d\ude00-----BEGIN 30AFaf";

  @Property(tries = 500)
  void aCaptureParsesBackToAnEqualValue(@ForAll long seed) throws MalformedException {
    Random random = new Random(seed);
    TdxCollateral value =
        new TdxCollateral(
            document(random),
            part(random),
            document(random),
            part(random),
            part(random),
            part(random));
    Bytes json = value.toJson();
    assertThat(TdxCollateral.parse(json)).isEqualTo(value);
    assertThat(TdxCollateral.parse(json).toJson()).isEqualTo(json);
  }

  private static SignedText document(Random random) {
    return new SignedText(Documents.utf8(text(random, 1 + random.nextInt(40))), octets(random, 64));
  }

  /** PEM, what looks like PEM, text that looks like hexadecimal, or any bytes. */
  private static Bytes part(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> Documents.utf8(Bundles.pem("AAAA").repeat(1 + random.nextInt(3)));
      case 1 -> Documents.utf8("-----" + text(random, random.nextInt(20)));
      case 2 -> Documents.utf8(" \n-----%25%" + random.nextInt(100));
      case 3 -> Documents.utf8("30" + octets(random, random.nextInt(9)).hex());
      default -> octets(random, 1 + random.nextInt(50));
    };
  }

  private static String text(Random random, int size) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size; i++) {
      int[] characters = ODD.codePoints().toArray();
      text.appendCodePoint(characters[random.nextInt(characters.length)]);
    }
    return text.toString();
  }

  private static Bytes octets(Random random, int size) {
    byte[] octets = new byte[size];
    random.nextBytes(octets);
    return Bytes.of(octets);
  }
}
