package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.testkit.SoftwareTpm;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.vtpm.ApprovalScope;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.PolicyApproval;
import io.github.cvmattestation.vtpm.PolicyKey;
import io.github.cvmattestation.vtpm.SealedSecret;
import io.github.cvmattestation.vtpm.SealingPolicy;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.Tpm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code cvm inspect} tells of files that {@code cvm seal} and {@code cvm approve} make. */
class InspectSealedTest {
  private static final byte[] SECRET = "not to be seen!!".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PIN = "2580-8520".getBytes(StandardCharsets.US_ASCII);
  private static final String ZEROS = "00".repeat(32);

  private final Tpm tpm = Tpm.over(SoftwareTpm.create("inspect")::transmit);

  @TempDir private Path folder;

  @Test
  void aSealedSecretSaysWhichRegistersAndWhetherAPin() throws IOException, MalformedException {
    SealingPolicy policy =
        SealingPolicy.currentPcrs(tpm, PcrSelection.of(HashAlgorithm.SHA256, List.of(7, 11)));
    Bytes open = seal(new StorageParent.EccPrimary(), policy, Optional.empty());
    Json.Obj fields = fields(open, "a sealed secret");
    assertThat(fields.require("opensWith").asString()).isEqualTo("registers");
    assertThat(fields.require("pin").asBoolean()).isFalse();
    assertThat(fields.require("sealedFromAfar").asBoolean()).isFalse();
    Json.Obj bank = fields.require("pcrs").asObject().require("sha256").asObject();
    assertThat(bank.names()).containsExactly("7", "11");
    assertThat(bank.require("7").asString()).isEqualTo(ZEROS);
    assertThat(fields.require("parent").asString()).isEqualTo("ecc");
    assertThat(fields.get("approvedBy")).isEmpty();

    Bytes withPin = seal(new StorageParent.RsaPrimary(), policy, Optional.of(PIN));
    Json.Obj other = fields(withPin, "a sealed secret");
    assertThat(other.require("opensWith").asString()).isEqualTo("registers and a PIN");
    assertThat(other.require("pin").asBoolean()).isTrue();
    assertThat(other.require("parent").asString()).isEqualTo("rsa");
  }

  @Test
  void anApprovedSecretSaysWhoseApprovalAndOfWhichEpoch()
      throws IOException, MalformedException, GeneralSecurityException {
    KeyPair owner = owner();
    PolicyKey key = key(owner);
    ApprovalScope scope = ApprovalScope.of("db", 3);
    SealingPolicy policy = SealingPolicy.approvedBy(key, scope);
    Bytes sealed = seal(new StorageParent.EccPrimary(), policy, Optional.empty());
    Json.Obj fields = fields(sealed, "a sealed secret");
    assertThat(fields.require("opensWith").asString()).isEqualTo("an approval");
    Json.Obj authority = fields.require("approvedBy").asObject();
    assertThat(authority.require("key").asString()).isEqualTo("P256");
    assertThat(authority.require("keyName").asString()).isEqualTo(key.name().hex());
    assertThat(authority.require("epoch").asUnsigned(9)).isEqualTo(3);
    assertThat(authority.require("purposeHash").asString()).isEqualTo(scope.purposeHash().hex());
    assertThat(fields.get("pcrs")).isEmpty();

    PcrBank values = PcrBank.of(HashAlgorithm.SHA256, Map.of(4, Bytes.zeros(32)));
    Json.Obj both =
        fields(
            seal(new StorageParent.EccPrimary(), policy.andPcrs(values), Optional.of(PIN)),
            "a sealed secret");
    assertThat(both.require("opensWith").asString())
        .isEqualTo("an approval and registers and a PIN");

    PolicyApproval approval = PolicyApproval.sign(values, scope, key, owner.getPrivate());
    Json.Obj approved = fields(approval.encoded(), "an approval of register values");
    assertThat(approved.require("policyRef").asString()).isEqualTo(scope.policyRef().hex());
    assertThat(
            approved
                .require("pcrs")
                .asObject()
                .require("sha256")
                .asObject()
                .require("4")
                .asString())
        .isEqualTo(ZEROS);
  }

  @Test
  void neitherSecretNorPinNorCiphertextIsPrinted() throws IOException {
    SealingPolicy policy =
        SealingPolicy.currentPcrs(tpm, PcrSelection.of(HashAlgorithm.SHA256, List.of(7)));
    SealedSecret sealed =
        SealedSecret.seal(
            tpm, new StorageParent.EccPrimary(), policy, Optional.of(PIN.clone()), SECRET.clone());
    for (String format : List.of("text", "json")) {
      Ran ran = inspect(sealed.encoded(), format);
      assertThat(ran.code()).isEqualTo(Cvm.OK);
      for (Bytes hidden : List.of(Bytes.of(SECRET), Bytes.of(PIN), sealed.privateArea())) {
        assertThat(ran.out()).doesNotContain(hidden.hex());
      }
      assertThat(ran.out()).doesNotContain("not to be seen", "2580-8520");
    }
    assertThat(inspect(sealed.encoded(), "text").out()).contains("NOT VERIFIED");
  }

  /** The policy's digest covers the flag, so the file contradicts itself. */
  @Test
  void aFileThatDeniesItsPinIsRefused() throws IOException {
    SealingPolicy policy =
        SealingPolicy.currentPcrs(tpm, PcrSelection.of(HashAlgorithm.SHA256, List.of(7)));
    Bytes sealed = seal(new StorageParent.EccPrimary(), policy, Optional.of(PIN));
    Ran ran = inspect(Tampering.overwrite(sealed, 8, Bytes.ofHex("01")), "text");
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("looks like a sealed secret, but");
  }

  private Bytes seal(StorageParent parent, SealingPolicy policy, Optional<byte[]> pin) {
    return SealedSecret.seal(tpm, parent, policy, pin, SECRET).encoded();
  }

  private Json.Obj fields(Bytes content, String kind) throws IOException, MalformedException {
    Json.Obj json = inspect(content, "json").json();
    assertThat(json.require("kind").asString()).isEqualTo(kind);
    assertThat(json.require("verified").asBoolean()).isFalse();
    return json.require("fields").asObject();
  }

  private Ran inspect(Bytes content, String format) throws IOException {
    Path file = Files.write(folder.resolve("file"), content.toArray());
    return Ran.cvm("inspect", file.toString(), "--output", format);
  }

  private static KeyPair owner() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static PolicyKey key(KeyPair owner) throws MalformedException {
    return PolicyKey.of(PublicKeyInfo.parse(Bytes.of(owner.getPublic().getEncoded())));
  }
}
