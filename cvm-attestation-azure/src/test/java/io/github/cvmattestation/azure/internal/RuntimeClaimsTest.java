package io.github.cvmattestation.azure.internal;

import static io.github.cvmattestation.azure.HclBuilder.GUID;
import static io.github.cvmattestation.azure.HclBuilder.KEYS;
import static io.github.cvmattestation.azure.HclBuilder.VM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.AzureFinding;
import io.github.cvmattestation.azure.HclBuilder;
import io.github.cvmattestation.azure.Vectors;
import io.github.cvmattestation.vtpm.TpmFinding;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimeClaimsTest {
  private static final String USER_DATA = "D0CDC2B1".repeat(16);

  private static RuntimeClaims read(HclBuilder hcl) throws RefutedException {
    return RuntimeClaims.of(BoundClaims.of(HclFormat.read(hcl.build()), hcl.reportData()));
  }

  private static RuntimeClaims read(String json) throws RefutedException {
    return read(new HclBuilder().claims(json));
  }

  private static FindingCode refusal(String json) {
    return catchThrowableOfType(RefutedException.class, () -> read(json)).finding().code();
  }

  private static FindingCode unbound(Bytes index, ReportData reportData) {
    return catchThrowableOfType(
            RefutedException.class, () -> BoundClaims.of(HclFormat.read(index), reportData))
        .finding()
        .code();
  }

  private static String vm(String from, String to) {
    assertThat(VM).contains(from);
    return HclBuilder.claims(KEYS, VM.replace(from, to), null);
  }

  private static String keys(String from, String to) {
    assertThat(KEYS).contains(from);
    return HclBuilder.claims(KEYS.replace(from, to), VM, null);
  }

  @ParameterizedTest
  @CsvSource({"1,SHA-256", "2,SHA-384", "3,SHA-512"})
  void claimsAreBoundByEveryKnownDigest(int type, String algorithm) throws RefutedException {
    assertThat(
            read(new HclBuilder().hashType(type).digest(algorithm)).vmConfiguration().secureBoot())
        .isTrue();
  }

  // Case 53.
  @Test
  void oneSpaceInTheClaimsIsRefused() {
    String spaced = HclBuilder.claims(KEYS, VM, null).replace("{\"keys\"", "{ \"keys\"");
    assertThat(unbound(new HclBuilder().claims(spaced).build(), new HclBuilder().reportData()))
        .isEqualTo(AzureFinding.RUNTIME_HASH);
  }

  // Case 56.
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void anotherHashTypeThanTheSignedOneIsRefused(int type) {
    HclBuilder hcl = new HclBuilder();
    assertThat(unbound(hcl.hashType(type).build(), hcl.reportData()))
        .isEqualTo(AzureFinding.RUNTIME_HASH);
  }

  // Case 61; A2.
  @Test
  void halvesOfTwoReadsJoinedAreRefused() {
    HclBuilder before = new HclBuilder().claims(HclBuilder.claims(KEYS, VM, "11".repeat(64)));
    HclBuilder after = new HclBuilder().claims(HclBuilder.claims(KEYS, VM, "22".repeat(64)));
    Bytes torn =
        before.build().slice(0, 1300).concat(after.build().slice(1300, before.build().size()));
    assertThat(unbound(torn, before.reportData())).isEqualTo(AzureFinding.RUNTIME_HASH);
  }

  @Test
  void aTailOfReportDataThatIsNotZeroIsRefused() {
    HclBuilder hcl = new HclBuilder();
    for (int i = 32; i < 64; i++) {
      byte[] octets = hcl.reportData().value().toArray();
      octets[i] = 1;
      assertThat(unbound(hcl.build(), new ReportData(Bytes.of(octets))))
          .isEqualTo(AzureFinding.RUNTIME_HASH);
    }
  }

  @Test
  void everyClaimIsRead() throws RefutedException {
    String vm =
        VM.replace(
            "}",
            ",\"tpm-persisted\":false,\"interactive-console-enabled\":false,"
                + "\"filtered-vpci-devices-allowed\":true,\"root-cert-thumbprint\":\"AQID\","
                + "\"current-time\":1678652405,\"hardware-sealing-policy\":\"none\"}");
    RuntimeClaims claims = read(HclBuilder.claims(KEYS, vm, USER_DATA));
    RuntimeClaims.VmConfiguration read = claims.vmConfiguration();
    assertThat(read.secureBoot()).isTrue();
    assertThat(read.tpmEnabled()).isTrue();
    assertThat(read.consoleEnabled()).isTrue();
    assertThat(read.vmUniqueId()).isEqualTo(GUID.toLowerCase(Locale.ROOT));
    assertThat(read.tpmPersisted()).contains(false);
    assertThat(read.interactiveConsoleEnabled()).contains(false);
    assertThat(read.filteredVpciDevicesAllowed()).contains(true);
    assertThat(read.rootCertThumbprint()).contains(Bytes.ofHex("010203"));
    assertThat(claims.userData()).contains(Bytes.ofHex(USER_DATA));
    assertThat(claims.endorsementKey()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"secure-boot", "tpm-enabled", "console-enabled"})
  void flagsAreReadAsTheyStand(String name) throws RefutedException {
    RuntimeClaims.VmConfiguration vm =
        read(vm("\"" + name + "\":true", "\"" + name + "\":false")).vmConfiguration();
    assertThat(vm.secureBoot()).isEqualTo(!name.equals("secure-boot"));
    assertThat(vm.tpmEnabled()).isEqualTo(!name.equals("tpm-enabled"));
    assertThat(vm.consoleEnabled()).isEqualTo(!name.equals("console-enabled"));
  }

  @Test
  void userDataMayBeAbsentAndInEitherLetterCase() throws RefutedException {
    assertThat(read(HclBuilder.claims(KEYS, VM, null)).userData()).isEmpty();
    assertThat(read(HclBuilder.claims(KEYS, VM, USER_DATA.toLowerCase(Locale.ROOT))).userData())
        .isEqualTo(read(HclBuilder.claims(KEYS, VM, USER_DATA)).userData())
        .contains(Bytes.ofHex(USER_DATA));
  }

  @Test
  void anEmptyThumbprintIsNone() throws RefutedException {
    String vm = VM.replace("}", ",\"root-cert-thumbprint\":\"\"}");
    assertThat(read(HclBuilder.claims(KEYS, vm, null)).vmConfiguration().rootCertThumbprint())
        .isEmpty();
  }

  @Test
  void membersThatAreNotKnownAreSkipped() throws RefutedException {
    String json =
        HclBuilder.claims(KEYS, VM.replace("}", ",\"x\":{\"secure-boot\":false}}"), null)
            .replace("{\"keys\"", "{\"secure-boot\":false,\"keys\"");
    assertThat(read(json).vmConfiguration().secureBoot()).isTrue();
  }

  // Case 59, and its like.
  @ParameterizedTest
  @ValueSource(
      strings = {"\"secure-boot\"", "\"tpm-enabled\"", "\"console-enabled\"", "\"vmUniqueId\""})
  void aMissingClaimIsRefused(String name) {
    assertThat(refusal(vm(name, "\"other\""))).isEqualTo(AzureFinding.CLAIM_MISSING);
  }

  // Case 60, and its like.
  static Stream<Arguments> wrongTypes() {
    return Stream.of(
        Arguments.of("secure-boot as a string", vm("secure-boot\":true", "secure-boot\":\"true\"")),
        Arguments.of("secure-boot as a number", vm("secure-boot\":true", "secure-boot\":1")),
        Arguments.of("secure-boot as null", vm("secure-boot\":true", "secure-boot\":null")),
        Arguments.of("tpm-enabled as a string", vm("tpm-enabled\":true", "tpm-enabled\":\"true\"")),
        Arguments.of(
            "console-enabled as null", vm("console-enabled\":true", "console-enabled\":null")),
        Arguments.of("vmUniqueId as a number", vm("\"" + GUID + "\"", "7")),
        Arguments.of("vmUniqueId, no GUID", vm(GUID, GUID.replace("-", ""))),
        Arguments.of("vmUniqueId, one digit more", vm(GUID, GUID + "0")),
        Arguments.of("vmUniqueId, no digit", vm(GUID, "G" + GUID.substring(1))),
        Arguments.of("tpm-persisted as a string", vm("}", ",\"tpm-persisted\":\"no\"}")),
        Arguments.of("thumbprint, no base64", vm("}", ",\"root-cert-thumbprint\":\"*\"}")),
        Arguments.of("user-data too short", HclBuilder.claims(KEYS, VM, "00".repeat(63))),
        Arguments.of("user-data too long", HclBuilder.claims(KEYS, VM, "00".repeat(65))),
        Arguments.of("user-data, no hex", HclBuilder.claims(KEYS, VM, "0g".repeat(64))),
        Arguments.of("keys as an object", HclBuilder.claims("{}", VM, null)),
        Arguments.of("a key as a string", HclBuilder.claims("[\"HCLAkPub\"]", VM, null)),
        Arguments.of("configuration as an array", HclBuilder.claims(KEYS, "[]", null)),
        Arguments.of("kid as a number", keys("\"HCLAkPub\"", "1")),
        Arguments.of("n as a number", keys("\"n\":\"", "\"n\":5,\"m\":\"")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongTypes")
  void aClaimOfAnotherTypeIsRefused(String what, String json) {
    assertThat(refusal(json)).isEqualTo(AzureFinding.CLAIM_TYPE);
  }

  @Test
  void noAttestationKeyIsRefused() {
    assertThat(refusal(keys("HCLAkPub", "HCLEkPub"))).isEqualTo(AzureFinding.CLAIM_MISSING);
    assertThat(refusal(HclBuilder.claims("[]", VM, null))).isEqualTo(AzureFinding.CLAIM_MISSING);
    assertThat(refusal(keys("HCLAkPub", "hclakpub"))).isEqualTo(AzureFinding.CLAIM_MISSING);
  }

  @Test
  void twoKeysWithOneKidAreRefused() {
    String key = KEYS.substring(1, KEYS.length() - 1);
    String other = key.replace("HCLAkPub", "x");
    assertThat(refusal(HclBuilder.claims("[" + key + "," + key + "]", VM, null)))
        .isEqualTo(AzureFinding.CLAIM_FORMAT);
    assertThat(refusal(HclBuilder.claims("[" + key + "," + other + "," + other + "]", VM, null)))
        .isEqualTo(AzureFinding.CLAIM_FORMAT);
  }

  static Stream<Arguments> weakKeys() {
    String n = KEYS.substring(KEYS.indexOf("\"n\":\"") + 5, KEYS.indexOf("\"}]"));
    return Stream.of(
        Arguments.of("exponent 3", keys("AQAB", "Aw")),
        Arguments.of("padded exponent", keys("AQAB", "AAEAAQ")),
        Arguments.of("an EC key", keys("\"RSA\"", "\"EC\"")),
        Arguments.of("an even modulus", keys(n, n.substring(0, 341) + "g")),
        Arguments.of("leading zero", keys(n, "AAAA" + n)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("weakKeys")
  void anAttestationKeyThatIsWeakIsRefused(String what, String json) {
    assertThat(refusal(json)).isEqualTo(AzureFinding.CLAIM_FORMAT);
  }

  // Case 41, for the key; zeros are what a paravisor locked out of its vTPM publishes.
  @Test
  void anAttestationKeyBelow2048BitsIsRefused() {
    String n = KEYS.substring(KEYS.indexOf("\"n\":\"") + 5, KEYS.indexOf("\"}]"));
    for (String weak : List.of("", "A".repeat(n.length()), n.substring(0, 170) + "Q")) {
      assertThat(refusal(keys(n, weak))).isEqualTo(TpmFinding.TPM_WEAK);
    }
  }

  @Test
  void anEndorsementKeyIsReadAsStrictly() throws RefutedException {
    String key = KEYS.substring(1, KEYS.length() - 1);
    String ek = key.replace("HCLAkPub", "HCLEkPub");
    assertThat(read(HclBuilder.claims("[" + key + "," + ek + "]", VM, null)).endorsementKey())
        .isNotEmpty();
    assertThat(
            refusal(HclBuilder.claims("[" + key + "," + ek.replace("AQAB", "Aw") + "]", VM, null)))
        .isEqualTo(AzureFinding.CLAIM_FORMAT);
  }

  static Stream<Arguments> notStrictJson() {
    String json = HclBuilder.claims(KEYS, VM, null);
    return Stream.of(
        Arguments.of("trailing text", json + "x"),
        Arguments.of("cut", json.substring(0, json.length() - 1)),
        Arguments.of("a member twice", json.replace("{\"keys\"", "{\"keys\":[],\"keys\"")),
        Arguments.of("secure-boot twice", vm("{", "{\"secure-boot\":false,")),
        Arguments.of("an array", "[" + json + "]"),
        Arguments.of("nested too deep", keys("[\"sign\"]", "[".repeat(40) + "]".repeat(40))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("notStrictJson")
  void claimsThatAreNotStrictJsonAreRefused(String what, String json) {
    assertThat(refusal(json)).isEqualTo(AzureFinding.CLAIM_FORMAT);
  }

  @Test
  void aReportOf2023HasNeitherEndorsementKeyNorUserData() throws RefutedException {
    Bytes index = Vectors.read("azure/hcl-snp-2048/hcl.bin");
    ReportData signed = new ReportData(index.slice(32 + 0x50, 32 + 0x90));
    RuntimeClaims claims = RuntimeClaims.of(BoundClaims.of(HclFormat.read(index), signed));
    assertThat(claims.endorsementKey()).isEmpty();
    assertThat(claims.userData()).isEqualTo(Optional.empty());
    assertThat(claims.vmConfiguration().vmUniqueId())
        .isEqualTo("baefd3e1-184b-4c4c-ab88-0bdad260505f");
  }
}
