package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_AUTHORITY;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_FORMAT;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_ISSUER;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_SIGNATURE;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CERT_USAGE;
import static io.github.cvmattestation.attestation.internal.CoreFinding.CRL_AUTHORITY;
import static io.github.cvmattestation.tdx.Scene.ATTACKER;
import static io.github.cvmattestation.tdx.Scene.PKI;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_CERTIFICATES;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_PCK;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_ROOT;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.TrustAnchor;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.EcdsaForm;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.IntelCertificate;
import io.github.cvmattestation.testkit.IntelCertificateSpec;
import io.github.cvmattestation.testkit.SgxExtensions;
import io.github.cvmattestation.testkit.Tampering;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * PCK chains that do not lead from the root over a PCK authority to a PCK certificate (Intel SGX
 * PCK Certificate Specification, section 1.3; RFC 5280, section 6.1).
 */
final class PckChainAttacks {
  private static final int KEY_CERT_SIGN = 0x04;
  private static final int CRL_SIGN = 0x02;
  private static final int DIGITAL_SIGNATURE = 0x80;
  private static final String UNKNOWN = "1.2.3.4";
  private static final Bytes NULL = Bytes.ofHex("0500");

  private PckChainAttacks() {}

  static List<Attack> all() {
    List<Attack> attacks = new ArrayList<>();
    attacks.addAll(shapes());
    attacks.addAll(roles());
    attacks.addAll(roots());
    attacks.addAll(signatures());
    attacks.addAll(names());
    attacks.addAll(authorities());
    attacks.addAll(leaves());
    attacks.addAll(dates());
    return attacks;
  }

  private static List<Attack> shapes() {
    IntelCertificate pck = PKI.pck();
    IntelCertificate ca = PKI.platformCa();
    IntelCertificate root = PKI.root();
    return List.of(
        sends("the leaf alone", TDX_CERTIFICATES, "1 of them", pck),
        sends("a chain without its root", TDX_CERTIFICATES, "2 of them", pck, ca),
        sends("a chain without its authority", TDX_CERTIFICATES, "2 of them", pck, root),
        sends("the root twice", TDX_CERTIFICATES, "4 of them", pck, ca, root, root),
        sends(
            "both PCK authorities",
            TDX_CERTIFICATES,
            "4 of them",
            pck,
            ca,
            PKI.processorCa(),
            root),
        sends(
            "the TCB signer as well",
            TDX_CERTIFICATES,
            "4 of them",
            pck,
            ca,
            PKI.tcbSigner(),
            root),
        sends("a chain from the root down", TDX_CERTIFICATES, "PCK Certificate", root, ca, pck),
        sends("authority before leaf", TDX_CERTIFICATES, "PCK Certificate", ca, pck, root),
        sends("root before authority", TDX_ROOT, "is none", pck, root, ca),
        sends("the authority in the root's place", TDX_ROOT, "is none", pck, ca, ca),
        attack(
            "a chain with text between its certificates",
            CERT_FORMAT,
            "",
            () ->
                Scene.v4()
                    .chain(
                        FakeIntelPki.pem(pck)
                            .concat(Documents.utf8("text\n"), FakeIntelPki.pem(ca, root)))));
  }

  /** All chain to the same root; only the subject says what each is for. */
  private static List<Attack> roles() {
    return List.of(
        attack(
            "TCB signer issues a PCK certificate",
            TDX_CERTIFICATES,
            FakeIntelPki.TCB_SIGNER,
            () -> issuedBy(PKI.tcbSigner())),
        attack(
            "TCB signer that is a CA issues a PCK certificate",
            TDX_CERTIFICATES,
            FakeIntelPki.TCB_SIGNER,
            () ->
                issuedBy(
                    PKI.issue(
                        PKI.tcbSignerSpec()
                            .ca(true)
                            .pathLength(0)
                            .keyUsage(KEY_CERT_SIGN | CRL_SIGN)))),
        attack(
            "root issues a PCK certificate",
            TDX_CERTIFICATES,
            FakeIntelPki.ROOT,
            () -> issuedBy(PKI.root())),
        attack(
            "PCK certificate issues a PCK certificate",
            TDX_CERTIFICATES,
            FakeIntelPki.PCK,
            () -> issuedBy(PKI.pck())),
        attack(
            "PCK certificate named like the TCB signer",
            TDX_CERTIFICATES,
            FakeIntelPki.TCB_SIGNER,
            () -> Scene.v4().pck(spec -> spec.commonName(FakeIntelPki.TCB_SIGNER))),
        attack(
            "PCK certificate named like its authority",
            TDX_CERTIFICATES,
            FakeIntelPki.PLATFORM_CA,
            () -> Scene.v4().pck(spec -> spec.commonName(FakeIntelPki.PLATFORM_CA))),
        attack(
            "authority named like neither",
            TDX_CERTIFICATES,
            "Intel SGX PCK Rack CA",
            () -> issuedBy(PKI.issue(PKI.platformCaSpec().commonName("Intel SGX PCK Rack CA")))),
        attack(
            "TCB signer as the quote's leaf",
            TDX_CERTIFICATES,
            FakeIntelPki.TCB_SIGNER,
            () -> Scene.v4().withPck(PKI.tcbSigner())));
  }

  private static List<Attack> roots() {
    return List.of(
        attack(
            "another root of the same name",
            TDX_ROOT,
            "is none",
            () -> Scene.v4().chain(ATTACKER.pck(), ATTACKER.platformCa(), ATTACKER.root())),
        attack(
            "the root's key under another name",
            TDX_ROOT,
            "Intel Root is none",
            () ->
                Scene.v4()
                    .authorities(
                        PKI.platformCa(), PKI.issue(PKI.rootSpec().commonName("Intel Root")))),
        attack(
            "the root's name and serial number, another key",
            TDX_ROOT,
            "is none",
            () ->
                Scene.v4()
                    .authorities(
                        PKI.platformCa(), PKI.issue(PKI.rootSpec().key(QuoteAttacks.STRANGER)))),
        attack(
            "a new certificate for the root's key, where the old is written down",
            TDX_ROOT,
            "is none",
            () ->
                Scene.v4()
                    .anchors(withFingerprint())
                    .authorities(PKI.platformCa(), prolongedRoot())),
        attack(
            "one bit of the root's own signature, where its certificate is written down",
            TDX_ROOT,
            "is none",
            () ->
                Scene.v4()
                    .anchors(withFingerprint())
                    .chain(FakeIntelPki.pem(PKI.pck(), PKI.platformCa(), flipped(PKI.root())))),
        attack("no root written down", TDX_ROOT, "", () -> Scene.v4().anchors(renamedAnchor())));
  }

  private static List<Attack> signatures() {
    return List.of(
        attack(
            "leaf of an authority of the same name",
            CERT_SIGNATURE,
            FakeIntelPki.PCK,
            () -> Scene.v4().withPck(ATTACKER.pck())),
        attack(
            "authority of a root of the same name",
            CERT_SIGNATURE,
            FakeIntelPki.PLATFORM_CA,
            () -> Scene.v4().chain(ATTACKER.pck(), ATTACKER.platformCa(), PKI.root())),
        attack(
            "authority appointed by an authority",
            CERT_SIGNATURE,
            FakeIntelPki.PLATFORM_CA,
            () -> issuedBy(PKI.issue(PKI.platformCaSpec().signedWith(PKI.processorCa().key())))),
        attack(
            "leaf signed by the root in its authority's name",
            CERT_SIGNATURE,
            FakeIntelPki.PCK,
            () -> Scene.v4().pck(spec -> spec.signedWith(PKI.root().key()))),
        attack(
            "leaf's signature flipped",
            CERT_SIGNATURE,
            FakeIntelPki.PCK,
            () -> Scene.v4().withPck(flipped(PKI.pck()))),
        attack(
            "authority's signature flipped",
            CERT_SIGNATURE,
            FakeIntelPki.PLATFORM_CA,
            () -> Scene.v4().authorities(flipped(PKI.platformCa()), PKI.root())),
        attack(
            "leaf signed with SHA-384",
            CERT_SIGNATURE,
            "algorithm",
            () -> Scene.v4().pck(spec -> spec.signature(new EcdsaForm("SHA-384")))),
        attack(
            "authority signed with SHA-512",
            CERT_SIGNATURE,
            "algorithm",
            () -> authority(spec -> spec.signature(new EcdsaForm("SHA-512")))),
        attack(
            "leaf with two algorithms",
            CERT_FORMAT,
            "",
            () -> Scene.v4().pck(spec -> spec.outerAlgorithm(new EcdsaForm("SHA-384")))));
  }

  private static List<Attack> names() {
    return List.of(
        attack(
            "leaf that names the other authority",
            CERT_ISSUER,
            FakeIntelPki.PCK,
            () -> Scene.v4().pck(spec -> spec.issuerName(FakeIntelPki.PROCESSOR_CA))),
        attack(
            "leaf beside the other authority",
            CERT_ISSUER,
            FakeIntelPki.PCK,
            () -> Scene.v4().authorities(PKI.processorCa(), PKI.root())),
        attack(
            "leaf of the root beside its authority",
            CERT_ISSUER,
            FakeIntelPki.PCK,
            () -> Scene.v4().pck(spec -> spec.issuedBy(PKI.root()))),
        attack(
            "authority that names another root",
            CERT_ISSUER,
            FakeIntelPki.PLATFORM_CA,
            () -> authority(spec -> spec.issuerName("Intel SGX Root CA 2"))),
        attack(
            "authority appointed by the other authority",
            CERT_ISSUER,
            FakeIntelPki.PLATFORM_CA,
            () -> authority(spec -> spec.issuedBy(PKI.processorCa()))));
  }

  private static List<Attack> authorities() {
    return List.of(
        attack(
            "authority that is no CA",
            CERT_AUTHORITY,
            "to be a CA",
            () -> authority(spec -> spec.ca(false).pathLength(-1))),
        attack(
            "authority without basicConstraints",
            CERT_AUTHORITY,
            "to be a CA",
            () -> authority(spec -> spec.without(IntelCertificateSpec.BASIC_CONSTRAINTS))),
        attack(
            "authority without keyCertSign",
            CERT_AUTHORITY,
            "to be a CA",
            () -> authority(spec -> spec.keyUsage(CRL_SIGN))),
        attack(
            "authority without cRLSign",
            CRL_AUTHORITY,
            "revocation lists",
            () -> authority(spec -> spec.keyUsage(KEY_CERT_SIGN))),
        attack(
            "authority with an unknown critical extension",
            CERT_FORMAT,
            UNKNOWN,
            () -> authority(spec -> spec.extension(UNKNOWN, true, NULL))),
        attack(
            "authority with a key on P-384",
            CERT_SIGNATURE,
            FakeIntelPki.PCK,
            () ->
                authority(spec -> spec.publicKey(EcSigningKey.p384("a").subjectPublicKeyInfo()))));
  }

  private static List<Attack> leaves() {
    return List.of(
        leaf("leaf that is a CA", CERT_USAGE, "an authority", spec -> spec.ca(true)),
        leaf("leaf with a path length", CERT_USAGE, "an authority", spec -> spec.pathLength(0)),
        leaf(
            "leaf with keyCertSign",
            CERT_USAGE,
            "an authority",
            spec -> spec.keyUsage(DIGITAL_SIGNATURE | KEY_CERT_SIGN)),
        leaf(
            "leaf without digitalSignature",
            CERT_USAGE,
            "not allowed to",
            spec -> spec.keyUsage(0x40)),
        leaf("leaf without keyUsage", CERT_USAGE, "not allowed to", spec -> spec.keyUsage(0)),
        leaf(
            "leaf with an unknown critical extension",
            CERT_FORMAT,
            UNKNOWN,
            spec -> spec.extension(UNKNOWN, true, NULL)),
        leaf("leaf without SGX extensions", TDX_PCK, "", spec -> spec.without(SgxExtensions.OID)),
        leaf("leaf without FMSPC", TDX_PCK, "", spec -> spec.sgx(sgx -> sgx.without("4"))),
        leaf("leaf with two PCESVNs", TDX_PCK, "", spec -> spec.sgx(sgx -> sgx.duplicate("2.17"))),
        leaf(
            "leaf with fifteen components",
            TDX_PCK,
            "",
            spec -> spec.sgx(sgx -> sgx.without("2.16"))),
        leaf(
            "leaf with a key on P-384",
            TDX_PCK,
            "",
            spec -> spec.publicKey(EcSigningKey.p384("leaf").subjectPublicKeyInfo())));
  }

  private static List<Attack> dates() {
    return List.of(
        dates("leaf that has ended", FakeIntelPki.PCK, PKI.pck(), true),
        dates("leaf that has not begun", FakeIntelPki.PCK, PKI.pck(), false));
  }

  private static Attack dates(String name, String says, IntelCertificate of, boolean after) {
    Duration second = Duration.ofSeconds(1);
    return Attack.of(
        name,
        TdxCheck.PCK_DATES,
        CoreFinding.CERT_DATES,
        says,
        () -> Scene.v4().at(after ? of.notAfter().plus(second) : of.notBefore().minus(second)));
  }

  /** The root's certificate too is written down, as Intel's is. */
  static TrustAnchors withFingerprint() {
    TrustAnchor anchor = PKI.root().anchor();
    return new TrustAnchors(
        List.of(
            new TrustAnchor(
                anchor.name(),
                anchor.subjectPublicKeyInfo(),
                anchor.serial(),
                anchor.notBefore(),
                anchor.notAfter(),
                Optional.of(Digests.sha256(PKI.root().certificate())))));
  }

  /** The root's key and names with other dates, by whoever has the key. */
  static IntelCertificate prolongedRoot() {
    return PKI.issue(
        PKI.rootSpec()
            .validity(PKI.root().notBefore(), PKI.root().notAfter().plus(Duration.ofDays(1))));
  }

  private static TrustAnchors renamedAnchor() {
    TrustAnchor anchor = PKI.root().anchor();
    return new TrustAnchors(
        List.of(
            new TrustAnchor(
                "Another Root CA",
                anchor.subjectPublicKeyInfo(),
                anchor.serial(),
                anchor.notBefore(),
                anchor.notAfter())));
  }

  /** The last bit of the signature turned over. */
  static IntelCertificate flipped(IntelCertificate good) {
    Bytes der = good.certificate();
    return new IntelCertificate(
        good.name(),
        good.subject(),
        good.key(),
        Tampering.flipBit(der, 8 * (der.size() - 1)),
        good.serial(),
        good.notBefore(),
        good.notAfter());
  }

  private static Scene issuedBy(IntelCertificate issuer) {
    return Scene.v4().pck(spec -> spec.issuedBy(issuer)).authorities(issuer, PKI.root());
  }

  private static Scene authority(UnaryOperator<IntelCertificateSpec> change) {
    return issuedBy(PKI.issue(change.apply(PKI.platformCaSpec())));
  }

  private static Attack leaf(
      String name, FindingCode code, String says, UnaryOperator<IntelCertificateSpec> change) {
    return attack(name, code, says, () -> Scene.v4().pck(change));
  }

  private static Attack sends(
      String name, FindingCode code, String says, IntelCertificate... certificates) {
    return attack(name, code, says, () -> Scene.v4().chain(certificates));
  }

  private static Attack attack(String name, FindingCode code, String says, Supplier<Scene> scene) {
    return Attack.of(name, TdxCheck.PCK_CHAIN, code, says, scene);
  }
}
