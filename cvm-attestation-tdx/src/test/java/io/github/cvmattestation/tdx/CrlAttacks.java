package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.attestation.internal.CoreFinding.CRL_FORMAT;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CRL_ISSUER;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CRL_SIGNATURE;
import static io.github.cvmattestation.tdx.Scene.ATTACKER;
import static io.github.cvmattestation.tdx.Scene.PKI;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_CRL;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_REVOKED;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.testkit.EcdsaForm;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.IntelCertificate;
import io.github.cvmattestation.testkit.IntelCertificateSpec;
import io.github.cvmattestation.testkit.IntelCrlSpec;
import io.github.cvmattestation.testkit.Tampering;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Revocation lists of others, of the wrong kind, and lists that revoke (RFC 5280, section 5). */
final class CrlAttacks {
  private static final String UNKNOWN = "1.2.3.4";
  private static final Bytes NULL = Bytes.ofHex("0500");

  private enum Which {
    PCK_CRL,
    ROOT_CRL;

    IntelCrlSpec spec() {
      return this == PCK_CRL ? PKI.platformCrlSpec() : PKI.rootCrlSpec();
    }

    IntelCertificate issuer() {
      return this == PCK_CRL ? PKI.platformCa() : PKI.root();
    }

    Scene sent(UnaryOperator<Bytes> change) {
      return Scene.v4()
          .collateral(
              c ->
                  this == PCK_CRL
                      ? c.withPckCrl(change.apply(c.pckCrl()))
                      : c.withRootCrl(change.apply(c.rootCrl())));
    }
  }

  private CrlAttacks() {}

  static List<Attack> all() {
    List<Attack> attacks = new ArrayList<>();
    for (Which which : Which.values()) {
      attacks.addAll(issuers(which));
      attacks.addAll(kinds(which));
    }
    attacks.addAll(exchanged());
    attacks.addAll(revoked());
    return attacks;
  }

  private static List<Attack> issuers(Which which) {
    FakeIntelPki other = ATTACKER;
    IntelCertificate sibling = which == Which.PCK_CRL ? PKI.root() : PKI.platformCa();
    return List.of(
        list(
            which,
            "signed by a stranger",
            CRL_SIGNATURE,
            "",
            s -> s.signedWith(other.root().key())),
        list(
            which,
            "signed by its issuer's neighbour",
            CRL_SIGNATURE,
            "",
            s -> s.signedWith(sibling.key())),
        list(
            which,
            "signed by the TCB signer",
            CRL_SIGNATURE,
            "",
            s -> s.signedWith(PKI.tcbSigner().key())),
        list(which, "signed by a PCK", CRL_SIGNATURE, "", s -> s.signedWith(PKI.pck().key())),
        list(
            which,
            "signed with SHA-384",
            CRL_SIGNATURE,
            "algorithm",
            s -> s.signature(new EcdsaForm("SHA-384"))),
        list(which, "in another name", CRL_ISSUER, "", s -> s.issuerName("Intel SGX CA")),
        list(
            which,
            "in its issuer's neighbour's name",
            CRL_ISSUER,
            "",
            s -> s.issuerName(sibling.name())),
        list(
            which,
            "without authorityKeyIdentifier",
            TDX_CRL,
            "none",
            s -> s.without(IntelCertificateSpec.AUTHORITY_KEY_ID)),
        list(which, "of another key identifier", TDX_CRL, "another", s -> s.keyId(Bytes.zeros(20))),
        list(
            which,
            "of its issuer's neighbour's key identifier",
            TDX_CRL,
            "another",
            s -> s.keyId(sibling.keyId())),
        Attack.of(
            which + " of another hierarchy",
            TdxCheck.CRLS,
            TDX_CRL,
            "another",
            () ->
                which.sent(
                    good ->
                        other.crl(
                            which == Which.PCK_CRL
                                ? other.platformCrlSpec()
                                : other.rootCrlSpec()))),
        Attack.of(
            which + " with its signature flipped",
            TdxCheck.CRLS,
            CRL_SIGNATURE,
            which.issuer().name(),
            () -> which.sent(good -> Tampering.flipBit(good, 8 * (good.size() - 1)))));
  }

  private static List<Attack> kinds(Which which) {
    return List.of(
        list(
            which,
            "without a number",
            TDX_CRL,
            "cRLNumber",
            s -> s.without(IntelCrlSpec.CRL_NUMBER)),
        list(which, "of changes alone", CRL_FORMAT, "", s -> s.delta(1)),
        list(which, "about others' certificates", CRL_FORMAT, "", IntelCrlSpec::indirect),
        list(
            which,
            "with an unknown critical extension",
            CRL_FORMAT,
            "no critical extension",
            s -> s.extension(UNKNOWN, true, NULL)),
        list(
            which,
            "with an entry's unknown critical extension",
            CRL_FORMAT,
            "no critical extension",
            s -> s.revoking(BigInteger.TEN).entryExtension(UNKNOWN, true, NULL)),
        list(which, "without nextUpdate", CRL_FORMAT, "", IntelCrlSpec::withoutNextUpdate),
        list(
            which,
            "with two numbers",
            CRL_FORMAT,
            "",
            s -> s.add(IntelCrlSpec.CRL_NUMBER, false, Bytes.ofHex("020109"))),
        list(
            which,
            "with two algorithms",
            CRL_FORMAT,
            "",
            s -> s.outerAlgorithm(new EcdsaForm("SHA-384"))),
        sent(which, "that is empty", good -> Bytes.empty()),
        sent(which, "with a byte after it", good -> good.concat(Bytes.zeros(1))),
        sent(which, "without its last byte", good -> good.slice(0, good.size() - 1)),
        sent(which, "that is a certificate", good -> which.issuer().certificate()));
  }

  private static List<Attack> exchanged() {
    return List.of(
        Attack.of(
            "a processor's PCK with the platforms' list",
            TdxCheck.CRLS,
            CRL_ISSUER,
            FakeIntelPki.PROCESSOR_CA,
            () ->
                Scene.v4()
                    .fromProcessorCa()
                    .collateral(c -> c.withPckCrl(PKI.crl(PKI.platformCrlSpec())))),
        Attack.of(
            "a platform's PCK with the processors' list",
            TdxCheck.CRLS,
            CRL_ISSUER,
            FakeIntelPki.PLATFORM_CA,
            () -> Scene.v4().collateral(c -> c.withPckCrl(PKI.crl(PKI.processorCrlSpec())))),
        Attack.of(
            "lists exchanged",
            TdxCheck.CRLS,
            CRL_ISSUER,
            FakeIntelPki.ROOT,
            () -> Scene.v4().collateral(c -> c.withPckCrl(c.rootCrl()).withRootCrl(c.pckCrl()))),
        Attack.of(
            "the root's list twice",
            TdxCheck.CRLS,
            CRL_ISSUER,
            FakeIntelPki.PLATFORM_CA,
            () -> Scene.v4().collateral(c -> c.withPckCrl(c.rootCrl()))));
  }

  private static List<Attack> revoked() {
    IntelCertificate second = PKI.issue(PKI.tcbSignerSpec().serial(BigInteger.valueOf(77)));
    return List.of(
        revoked(
            "PCK revoked", FakeIntelPki.PCK, () -> Scene.v4().pckCrl(s -> s.revoking(PKI.pck()))),
        revoked(
            "PCK revoked among others",
            FakeIntelPki.PCK,
            () ->
                Scene.v4()
                    .pckCrl(s -> s.revoking(BigInteger.ONE, PKI.pck().serial(), BigInteger.TEN))),
        revoked(
            "PCK authority revoked",
            FakeIntelPki.PLATFORM_CA,
            () -> Scene.v4().rootCrl(s -> s.revoking(PKI.platformCa()))),
        revoked(
            "processor's PCK authority revoked",
            FakeIntelPki.PROCESSOR_CA,
            () -> Scene.v4().fromProcessorCa().rootCrl(s -> s.revoking(PKI.processorCa()))),
        revoked(
            "TCB signer revoked",
            FakeIntelPki.TCB_SIGNER,
            () -> Scene.v4().rootCrl(s -> s.revoking(PKI.tcbSigner()))),
        revoked(
            "signer of TCB Info alone revoked",
            FakeIntelPki.TCB_SIGNER,
            () ->
                Scene.v4()
                    .collateral(c -> c.withTcbInfoChain(FakeIntelPki.pem(second, PKI.root())))
                    .rootCrl(s -> s.revoking(second))),
        revoked(
            "signer of QE Identity alone revoked",
            FakeIntelPki.TCB_SIGNER,
            () ->
                Scene.v4()
                    .collateral(c -> c.withQeIdentityChain(FakeIntelPki.pem(second, PKI.root())))
                    .rootCrl(s -> s.revoking(second))));
  }

  private static Attack revoked(String name, String says, Supplier<Scene> scene) {
    return Attack.of(name, TdxCheck.REVOCATION, TDX_REVOKED, says, scene);
  }

  private static Attack sent(Which which, String how, UnaryOperator<Bytes> change) {
    return Attack.of(which + " " + how, TdxCheck.CRLS, CRL_FORMAT, "", () -> which.sent(change));
  }

  private static Attack list(
      Which which, String how, FindingCode code, String says, UnaryOperator<IntelCrlSpec> change) {
    return Attack.of(
        which + " " + how,
        TdxCheck.CRLS,
        code,
        says,
        () -> which.sent(good -> PKI.crl(change.apply(which.spec()))));
  }
}
