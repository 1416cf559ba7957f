package io.github.cvmattestation.vtpm.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.luks.Luks2Header;
import io.github.cvmattestation.vtpm.luks.RefusedToken;
import io.github.cvmattestation.vtpm.luks.SystemdTpm2Token;
import io.github.cvmattestation.vtpm.luks.Tpm2Token;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Headers and tokens as anybody who can write to the disk may leave them. */
class Luks2HeaderTest {
  /** tpm2-blob of a token that systemd 252 enrolled on swtpm with PCR 7 and 11. */
  private static final String BLOB =
      "AJ4AIEnO4lZ7OeEZpMg6dI2I2hJt24xMF83VhwoRrl0ouxkxABDrR6VpxMoLbq/Rc9yw+OwzyFPa"
          + "W1anHSEycMZrbhn+/SoB1A8k6y4AOicDd7fAwTbK2xUwyoGk22xD9qjMHUhnYSHmhqyI4+LF6Nux"
          + "6tKbdUHNsUfsX0gNwtMKMESn0CqmvfBzU4GNNgvc2rQQFbJgziFCDvg4HBWh3QBOAAgACwAAABIA"
          + "IDhDeMrt3JaQsqyViYJ6dWpcRsizMXiy/kaMgFMbl6U+ABAAIJLXRaooQd4W5G427MUefXSgLqXx"
          + "vf1ndWjk54ervW7f";

  /** The same with PCR 7 literally and PCR 11 signed for. */
  private static final String SIGNED_BLOB =
      "AJ4AIETSp1auPFC4RoBdfabd9v2tqYd/T2khAOjgot30T3sTABDCR45275chveCp/gr8m+Oynn3o"
          + "j/6MLpMhcIleDhI4bPwnIMyDG2NFhTzrqhQxnEC36Rju/gosDFBwyHpEmrNYLhLZJyE94oh4TJ9w"
          + "ytyZZgaXfIGFpbuif/qj6/ueVelbObOuauxdsqx1Z+7bqXlWbawGjPJuRrH+rQBOAAgACwAAABIA"
          + "ID/olSPHue4w6C7w9au6l2+NkaLEfmCbnJwKrCJ2e6/qABAAIL/v18f7IkQOF6fUBq+1TnbxvKS+"
          + "v5vi2MiS8CJzexQT";

  /** tpm2_pubkey of that token. */
  private static final String PUBKEY =
      "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUlJQklqQU5CZ2txaGtpRzl3MEJBUUVGQUFPQ0FR"
          + "OEFNSUlCQ2dLQ0FRRUF5a3lZTGJCNytpU1lvdTFmUnR3NApBQzZ0OTZBL0JHVkg1Ly9HMGpjTkpx"
          + "VDRxcXB5R1NoaDRZZUJISHdGejlBdEh0cmZzQ2lNb1dvME83Q2VvZnJDCmlSRjdRNVE4WTdHM0tK"
          + "a2ZUd1lFZzhOMEg0bVZIU1UzT1QzVWR4WXNwWll2RmpTMzhxUHRWTmxqdVRFQmlaeFAKa0NpYXJk"
          + "VXNueEcyQjZSb1VWYlg3RENldWdabnhuNFdjM0RwK0VGdFRXTnh3VkwzaU5sbU5hUVJvaVpnR2dG"
          + "bgovKzdTaUtyaFFkaVRrU2N0YWxhbmFlaDM5NTRrT0puZ3JScGNPamZ6dkdPSDZuL0ZjeTlHTEdS"
          + "SVFtRXZiTDNiCitVTTVkNEp5N1dyNTd4Y2t3NUVkQkZBVHR2ait5S200R0s2R0g2Mm0yRGJHaVY3"
          + "Q3hES1NRbDJWTTBZWTRTeU0KTlFJREFRQUIKLS0tLS1FTkQgUFVCTElDIEtFWS0tLS0tCg==";

  /** tpm2_srk of a token published as an example; who enrolled it is not known. */
  private static final String SRK =
      "gQAAAQAiAAvfr86mWQ4ncWaXV9jUk3nRHRw/bEYnAiQSalhvf/6mpwAAAAEAWgAjAAsAAwRyAAAA"
          + "BgCAAEMAEAADABAAIP6Ye/LshHa6QKXX2NTPu7PEtBsUMnV57+02mjS75wKXACDvxzC6RaHZbojo"
          + "iA3IzwXNp7vsM285RQApR76fkT8xKA==";

  private static final String POLICY =
      "384378caeddc9690b2ac9589827a756a5c46c8b33178b2fe468c80531b97a53e";
  private static final String PCR_TOKEN =
      """
      {"type":"systemd-tpm2","keyslots":["1"],"tpm2-blob":"%s","tpm2-pcrs":[7,11],\
      "tpm2-pcr-bank":"sha256","tpm2-primary-alg":"ecc","tpm2-policy-hash":"%s","tpm2-pin":false}"""
          .formatted(BLOB, POLICY);
  private static final String SIGNED_TOKEN =
      """
      {"type":"systemd-tpm2","keyslots":["1"],"tpm2-blob":"%s","tpm2-pcrs":[7],\
      "tpm2-pcr-bank":"sha256","tpm2-primary-alg":"ecc",\
      "tpm2-policy-hash":"3fe89523c7b9ee30e82ef0f5abba976f8d91a2c47e609b9c9c0aac22767bafea",\
      "tpm2-pin":false,"tpm2_pubkey_pcrs":[11],"tpm2_pubkey":"%s"}"""
          .formatted(SIGNED_BLOB, PUBKEY);

  private static String metadata(String token) {
    return "{\"keyslots\":{\"1\":{}},\"tokens\":{\"0\":" + token + "}}";
  }

  private static Tpm2Token read(String token) throws MalformedException {
    Bytes volume = Bytes.of(LuksBytes.volume(metadata(token)));
    List<Tpm2Token> tokens = Luks2Header.parse(volume).tpm2Tokens();
    assertThat(tokens).hasSize(1);
    return tokens.get(0);
  }

  @Test
  void theTokenOfSystemd252IsReadWhole() throws MalformedException {
    SystemdTpm2Token token = (SystemdTpm2Token) read(PCR_TOKEN);
    assertThat(token.keyslots()).containsExactly(1);
    assertThat(token.pcrs().orElseThrow().indices()).containsExactly(7, 11);
    assertThat(token.signed()).isEmpty();
    assertThat(token.parent()).isEqualTo(new StorageParent.LegacyEccPrimary());
    assertThat(token.publicArea().authPolicy().hex()).isEqualTo(POLICY);
    SystemdTpm2Token signed = (SystemdTpm2Token) read(SIGNED_TOKEN);
    assertThat(signed.signed().orElseThrow().pcrs().indices()).containsExactly(11);
  }

  @Test
  void aTokenUnderThePersistentSrkNamesItsHandleAndName() throws MalformedException {
    String token =
        PCR_TOKEN.replace(
            "\"tpm2-primary-alg\":\"ecc\"", "\"tpm2_pcrlock\":false,\"tpm2_srk\":\"" + SRK + "\"");
    SystemdTpm2Token read = (SystemdTpm2Token) read(token);
    assertThat(read.parent()).isEqualTo(new StorageParent.Persistent(0x81000001));
    assertThat(read.parentName().orElseThrow().hex()).startsWith("000bdfafcea6");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"tpm2-pin\":false' | '\"tpm2-pin\":true' | tpm2-pin",
        "'\"tpm2-pin\":false' | '\"tpm2-pin\":false,\"tpm2_salt\":\"AAAA\"' | PIN",
        "'\"tpm2-pin\":false' | '\"tpm2_pcrlock\":true' | pcrlock",
        "'\"tpm2-pin\":false' | '\"tpm2_pcrlock_nv\":\"AAAA\"' | pcrlock",
        "'\"tpm2-pin\":false' | '\"tpm2_new\":1' | tpm2_new",
        "'\"tpm2-pin\":false' | '\"tpm2\\u001b[31m\":1' | 'unknown member, ?'",
        "'\"tpm2-pin\":false' | '\"tpm2-pin\":\"false\"' | a boolean",
        "'\"sha256\"' | '\"sha1\"' | SHA-1",
        "'\"sha256\"' | '\"sm3\"' | bank",
        "'\"ecc\"' | '\"dsa\"' | tpm2-primary-alg",
        "'[7,11]' | '[7,7]' | once",
        "'[7,11]' | '[24]' | 0 to 23",
        "'[\"1\"]' | '[\"2\"]' | keyslots",
        "'[\"1\"]' | '[\"01\"]' | numbers",
        "'[\"1\"]' | '[1]' | a string",
        "'384378' | '384379' | authPolicy",
        "'AJ4AIEnO' | 'AJ4AIEn!' | base64",
        "'AJ4AIEnO' | 'Af4AIEnO' | tpm2-blob"
      })
  void whatIsNotUnderstoodIsRefusedByName(String from, String to, String problem)
      throws MalformedException {
    String changed = PCR_TOKEN.replace(from, to);
    assertThat(changed).isNotEqualTo(PCR_TOKEN);
    assertThat(read(changed))
        .isInstanceOfSatisfying(
            RefusedToken.class,
            refused -> {
              assertThat(refused.problem()).contains(problem);
              assertThat(refused.remedy()).isNotEmpty();
            });
  }

  @Test
  void ofTwoWholeHeadersTheNewerCounts() throws MalformedException {
    String old = metadata("{\"type\":\"other\"}");
    byte[] volume =
        LuksBytes.volume(
            LuksBytes.header(0, 1, old), LuksBytes.header(LuksBytes.SIZE, 2, metadata(PCR_TOKEN)));
    assertThat(Luks2Header.parse(Bytes.of(volume)).tpm2Tokens()).hasSize(1);
    byte[] reversed =
        LuksBytes.volume(
            LuksBytes.header(0, -1, old), LuksBytes.header(LuksBytes.SIZE, 2, metadata(PCR_TOKEN)));
    assertThat(Luks2Header.parse(Bytes.of(reversed)).tpm2Tokens()).isEmpty();
  }

  @Test
  void aDamagedHeaderIsWhatTheCopyIsFor() throws MalformedException {
    for (int at : new int[] {0, 6, 8, 16, 72, 256, 448, 5000}) {
      byte[] volume = LuksBytes.volume(metadata(PCR_TOKEN));
      volume[at] ^= 1;
      assertThat(Luks2Header.parse(Bytes.of(volume)).tpm2Tokens()).as("byte %d", at).hasSize(1);
      volume[LuksBytes.SIZE + at] ^= 1;
      assertThatThrownBy(() -> Luks2Header.parse(Bytes.of(volume)))
          .as("both bytes %d", at)
          .isInstanceOf(MalformedException.class);
    }
  }

  static Stream<Arguments> liesUnderARightChecksum() {
    Consumer<ByteBuffer> version = out -> out.putShort(6, (short) 3);
    Consumer<ByteBuffer> small = out -> out.putLong(8, 4096);
    Consumer<ByteBuffer> large = out -> out.putLong(8, 1L << 23);
    Consumer<ByteBuffer> odd = out -> out.putLong(8, 20_000);
    Consumer<ByteBuffer> negative = out -> out.putLong(8, Long.MIN_VALUE);
    Consumer<ByteBuffer> offset = out -> out.putLong(256, 512);
    Consumer<ByteBuffer> algorithm = out -> out.put(72, (byte) 'S');
    Consumer<ByteBuffer> reserved = out -> out.put(300, (byte) 1);
    Consumer<ByteBuffer> padding = out -> out.put(4000, (byte) 1);
    Consumer<ByteBuffer> rest = out -> out.put(16_000, (byte) 1);
    return Stream.of(
        Arguments.of("version", version),
        Arguments.of("hdr_size 4 KiB", small),
        Arguments.of("hdr_size 8 MiB", large),
        Arguments.of("hdr_size 20000", odd),
        Arguments.of("hdr_size negative", negative),
        Arguments.of("hdr_offset", offset),
        Arguments.of("csum_alg", algorithm),
        Arguments.of("reserved", reserved),
        Arguments.of("padding", padding),
        Arguments.of("text after the JSON's end", rest));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("liesUnderARightChecksum")
  void aRightChecksumDoesNotMakeAHeaderRight(String field, Consumer<ByteBuffer> lie) {
    byte[] volume =
        LuksBytes.volume(
            LuksBytes.header(0, 1, metadata(PCR_TOKEN), lie), new byte[LuksBytes.SIZE]);
    assertThatThrownBy(() -> Luks2Header.parse(Bytes.of(volume)))
        .as(field)
        .isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]",
        "{}",
        "{\"keyslots\":{}}",
        "{\"keyslots\":{},\"tokens\":[]}",
        "{\"keyslots\":{\"x\":{}},\"tokens\":{}}",
        "{\"keyslots\":{},\"tokens\":{\"32\":{}}}",
        "{\"keyslots\":{},\"tokens\":{\"0\":{}}}",
        "{\"keyslots\":{},\"keyslots\":{},\"tokens\":{}}"
      })
  void metadataOfAnotherShapeIsMalformed(String json) {
    assertThatThrownBy(() -> Luks2Header.parse(Bytes.of(LuksBytes.volume(json))))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void aVolumeThatEndsTooSoonIsMalformed() {
    byte[] volume = LuksBytes.volume(metadata(PCR_TOKEN));
    for (int size : new int[] {0, 1, 511, 4095, 4096, LuksBytes.SIZE - 1}) {
      Bytes cut = Bytes.of(volume).slice(0, size);
      assertThatThrownBy(() -> Luks2Header.parse(cut)).isInstanceOf(MalformedException.class);
    }
  }
}
