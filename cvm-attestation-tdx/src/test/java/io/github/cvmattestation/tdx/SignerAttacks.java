package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_FORMAT;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_ISSUER;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_SIGNATURE;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_USAGE;
import static io.github.cvmattestation.tdx.Scene.ATTACKER;
import static io.github.cvmattestation.tdx.Scene.PKI;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_SIGNER;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_ROOT;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.IntelCertificate;
import io.github.cvmattestation.testkit.IntelCertificateSpec;
import io.github.cvmattestation.testkit.IntelCollateral;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Collateral signed by whoever has a certificate of the same root, or of another (spec of the
 * roles: Intel PCS API v4, issuer chains). Every attack is made on TCB Info alone, on QE Identity
 * alone and on both.
 */
final class SignerAttacks {
  private enum Of {
    TCB_INFO,
    QE_IDENTITY,
    BOTH;

    IntelCollateral chains(IntelCollateral healthy, Bytes chain) {
      IntelCollateral first = this == QE_IDENTITY ? healthy : healthy.withTcbInfoChain(chain);
      return this == TCB_INFO ? first : first.withQeIdentityChain(chain);
    }

    Scene signedBy(IntelCertificate signer, Bytes chain) {
      return Scene.v4()
          .collateral(
              c -> {
                IntelCollateral out = chains(c, chain);
                if (this != QE_IDENTITY) {
                  out = out.withTcbInfo(PKI.tcbInfo().sign(signer.key()));
                }
                if (this != TCB_INFO) {
                  out = out.withQeIdentity(PKI.qeIdentity().sign(signer.key()));
                }
                return out;
              });
    }
  }

  private SignerAttacks() {}

  static List<Attack> all() {
    List<Attack> attacks = new ArrayList<>();
    for (Of of : Of.values()) {
      attacks.addAll(roles(of));
      attacks.addAll(shapes(of));
      attacks.addAll(certificates(of));
    }
    return attacks;
  }

  private static List<Attack> roles(Of of) {
    return List.of(
        signed(of, "a PCK certificate", COLLATERAL_SIGNER, FakeIntelPki.PCK, PKI.pck()),
        signed(
            of, "a PCK authority", COLLATERAL_SIGNER, FakeIntelPki.PLATFORM_CA, PKI.platformCa()),
        signed(
            of,
            "the other PCK authority",
            COLLATERAL_SIGNER,
            FakeIntelPki.PROCESSOR_CA,
            PKI.processorCa()),
        signed(of, "the root", COLLATERAL_SIGNER, FakeIntelPki.ROOT, PKI.root()),
        signed(
            of,
            "a signer whom a PCK authority appointed",
            CERT_ISSUER,
            FakeIntelPki.TCB_SIGNER,
            PKI.issue(PKI.tcbSignerSpec().issuedBy(PKI.platformCa()))),
        signed(
            of,
            "a signer whom a PCK authority appointed in the root's name",
            CERT_SIGNATURE,
            FakeIntelPki.TCB_SIGNER,
            PKI.issue(PKI.tcbSignerSpec().signedWith(PKI.platformCa().key()))),
        signed(
            of,
            "a signer whom a PCK appointed in the root's name",
            CERT_SIGNATURE,
            FakeIntelPki.TCB_SIGNER,
            PKI.issue(PKI.tcbSignerSpec().key(PKI.pck().key()).signedWith(PKI.pck().key()))),
        signed(
            of,
            "another root's signer",
            CERT_SIGNATURE,
            FakeIntelPki.TCB_SIGNER,
            ATTACKER.tcbSigner()));
  }

  private static List<Attack> shapes(Of of) {
    IntelCertificate signer = PKI.tcbSigner();
    return List.of(
        chain(of, "without its root", COLLATERAL_SIGNER, "1 of them", signer),
        chain(
            of,
            "with an authority",
            COLLATERAL_SIGNER,
            "3 of them",
            signer,
            PKI.platformCa(),
            PKI.root()),
        chain(of, "from the root down", TDX_ROOT, "is none", PKI.root(), signer),
        chain(of, "that ends at an authority", TDX_ROOT, "is none", signer, PKI.platformCa()),
        chain(of, "that ends at another root", TDX_ROOT, "is none", signer, ATTACKER.root()),
        chain(
            of,
            "wholly of another root",
            TDX_ROOT,
            "is none",
            ATTACKER.tcbSigner(),
            ATTACKER.root()),
        chain(
            of,
            "with another certificate for the root's key",
            TDX_ROOT,
            "another root",
            signer,
            PckChainAttacks.prolongedRoot()),
        attack(
            of,
            "chain wholly of another root that is trusted too",
            TDX_ROOT,
            "another root",
            () ->
                of.signedBy(
                        ATTACKER.tcbSigner(),
                        FakeIntelPki.pem(ATTACKER.tcbSigner(), ATTACKER.root()))
                    .anchors(
                        new TrustAnchors(List.of(PKI.root().anchor(), ATTACKER.root().anchor())))),
        attack(
            of,
            "chain of nothing",
            CERT_FORMAT,
            "",
            () -> Scene.v4().collateral(c -> of.chains(c, Bytes.empty()))));
  }

  private static List<Attack> certificates(Of of) {
    return List.of(
        signer(of, "that is a CA", CERT_USAGE, "an authority", spec -> spec.ca(true)),
        signer(of, "with a path length", CERT_USAGE, "an authority", spec -> spec.pathLength(0)),
        signer(of, "with keyCertSign", CERT_USAGE, "an authority", spec -> spec.keyUsage(0x84)),
        signer(of, "without digitalSignature", CERT_USAGE, "not allowed", s -> s.keyUsage(0x40)),
        signer(of, "without keyUsage", CERT_USAGE, "not allowed", spec -> spec.keyUsage(0)),
        signer(
            of,
            "that names another issuer",
            CERT_ISSUER,
            "",
            spec -> spec.issuerName(FakeIntelPki.PLATFORM_CA)),
        signer(
            of,
            "with an unknown critical extension",
            CERT_FORMAT,
            "1.2.3.4",
            spec -> spec.extension("1.2.3.4", true, Bytes.ofHex("0500"))),
        attack(
            of,
            "signer's own signature flipped",
            CERT_SIGNATURE,
            FakeIntelPki.TCB_SIGNER,
            () -> {
              IntelCertificate flipped = PckChainAttacks.flipped(PKI.tcbSigner());
              return of.signedBy(flipped, FakeIntelPki.pem(flipped, PKI.root()));
            }));
  }

  private static Attack signed(
      Of of, String by, FindingCode code, String says, IntelCertificate signer) {
    return attack(
        of,
        "signed by " + by,
        code,
        says,
        () -> of.signedBy(signer, FakeIntelPki.pem(signer, PKI.root())));
  }

  private static Attack chain(
      Of of, String how, FindingCode code, String says, IntelCertificate... certificates) {
    return attack(
        of,
        "chain " + how,
        code,
        says,
        () -> of.signedBy(certificates[0], FakeIntelPki.pem(certificates)));
  }

  private static Attack signer(
      Of of,
      String how,
      FindingCode code,
      String says,
      UnaryOperator<IntelCertificateSpec> change) {
    return attack(
        of,
        "signer " + how,
        code,
        says,
        () -> {
          IntelCertificate signer = PKI.issue(change.apply(PKI.tcbSignerSpec()));
          return of.signedBy(signer, FakeIntelPki.pem(signer, PKI.root()));
        });
  }

  private static Attack attack(
      Of of, String name, FindingCode code, String says, Supplier<Scene> scene) {
    return Attack.of(of + ": " + name, TdxCheck.TCB_SIGNER, code, says, scene);
  }
}
