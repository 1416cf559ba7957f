package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.QeReportWriter;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.testkit.TdQuoteWriter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Quoting enclaves that are none, or that vouch for something else (security cases 18 to 20,
 * CVE-2026-22696).
 */
final class QeAttacks {
  private static final EcSigningKey KEY = EcSigningKey.p256("attestation key");
  private static final EcSigningKey STRANGER = QuoteAttacks.STRANGER;
  private static final Bytes POINT = KEY.x().concat(KEY.y());
  private static final Bytes AUTH = Bytes.ofHex("a0a1a2a3");

  /** Where the QE report stands in a quote of version 4. */
  private static final int REPORT = 48 + 584 + 4 + 64 + 64 + 6;

  private QeAttacks() {}

  static List<Attack> all() {
    List<Attack> attacks = new ArrayList<>();
    attacks.addAll(signatures());
    attacks.addAll(bindings());
    attacks.addAll(points());
    attacks.addAll(identities());
    return attacks;
  }

  private static List<Attack> signatures() {
    Bytes order = QuoteAttacks.ORDER;
    return List.of(
        signature("QE report signature of zeros", w -> w.qeReportSignature(Bytes.zeros(64))),
        signature(
            "QE report signature of r = s = n", w -> w.qeReportSignature(order.concat(order))),
        signature("QE report signed by a stranger", w -> w.qeReportSignature(byStranger())),
        signature(
            "QE report signed by the attestation key",
            w -> w.qeReportSignature(KEY.sign("SHA-256", report()))),
        signature(
            "QE report signed by the PCK CA",
            w -> w.qeReportSignature(Scene.PKI.platformCa().key().sign("SHA-256", report()))),
        tampered("QE report signature flipped", 384),
        tampered("s of the QE report signature flipped", 384 + 63),
        tampered("MRSIGNER of the QE changed after signing", 128),
        tampered("ISVSVN of the QE changed after signing", 258),
        tampered("report data of the QE changed after signing", 320),
        Attack.of(
            "QE report of another platform",
            TdxCheck.QE_SIGNATURE,
            TdxFinding.TDX_QE_SIGNATURE,
            "signed by the PCK",
            () -> Scene.v4().chain(Scene.PKI.pckChain(Scene.PKI.issue(Scene.PKI.pckSpec())))));
  }

  private static List<Attack> bindings() {
    return List.of(
        binding(
            "QE vouches for another key",
            w -> vouch(w, hash(STRANGER.x().concat(STRANGER.y(), AUTH)), Bytes.zeros(32))),
        binding(
            "QE vouches for other authentication data",
            w -> vouch(w, hash(POINT.concat(Bytes.ofHex("a0a1a2a4"))), Bytes.zeros(32))),
        binding(
            "QE vouches for the key without authentication data",
            w -> vouch(w, hash(POINT), Bytes.zeros(32))),
        binding(
            "QE vouches for authentication data before the key",
            w -> vouch(w, hash(AUTH.concat(POINT)), Bytes.zeros(32))),
        binding(
            "QE report data with a second half",
            w -> vouch(w, hash(POINT.concat(AUTH)), Bytes.zeros(31).concat(Bytes.of((byte) 1)))),
        binding(
            "QE report data in the second half",
            w ->
                w.authData(AUTH)
                    .qeReport(r -> r.reportData(Bytes.zeros(32).concat(hash(POINT.concat(AUTH)))))),
        binding(
            "QE report data of zeros",
            w -> w.qeReport(report -> report.reportData(Bytes.zeros(64)))),
        Attack.of(
            "attestation key exchanged after the QE vouched",
            TdxCheck.QE_BINDING,
            TdxFinding.TDX_QE_BINDING,
            "",
            () ->
                Scene.v4()
                    .tampered(
                        raw ->
                            Tampering.overwrite(
                                raw, 48 + 584 + 4 + 64, STRANGER.x().concat(STRANGER.y())))));
  }

  /** The enclave vouches for what is no point on P-256 (SEC 1, section 3.2.2.1). */
  private static List<Attack> points() {
    Bytes prime = Bytes.ofHex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    return List.of(
        binding("attestation key of zeros", w -> w.attestationKeyField(Bytes.zeros(64))),
        binding(
            "attestation key off the curve",
            w -> w.attestationKeyField(Tampering.flipBit(POINT, 511))),
        binding(
            "attestation key with x and y swapped",
            w -> w.attestationKeyField(KEY.y().concat(KEY.x()))),
        binding(
            "attestation key with x not below the prime",
            w -> w.attestationKeyField(prime.concat(KEY.y()))),
        binding(
            "attestation key with y not below the prime",
            w -> w.attestationKeyField(KEY.x().concat(prime))));
  }

  private static List<Attack> identities() {
    String healthy = "1500000000000000e700000000000000";
    String debug = "1700000000000000e700000000000000";
    return List.of(
        identity(
            "another signer's enclave",
            "MRSIGNER",
            r -> r.mrSigner(Tampering.flipBit(QeReportWriter.INTEL_MRSIGNER, 255))),
        identity("enclave without a signer", "MRSIGNER", r -> r.mrSigner(Bytes.zeros(32))),
        identity("Intel's quoting enclave for SGX", "ISVPRODID", r -> r.isvProdId(1)),
        identity("quoting enclave's ISVPRODID beyond a byte", "ISVPRODID", r -> r.isvProdId(258)),
        identity("quoting enclave in debug mode", "DEBUG", r -> r.attributes(Bytes.ofHex(debug))),
        identity(
            "quoting enclave with another attribute",
            "ATTRIBUTES",
            r -> r.attributes(Tampering.flipBit(Bytes.ofHex(healthy), 7))),
        identity(
            "quoting enclave not initialised",
            "ATTRIBUTES",
            r -> r.attributes(Tampering.flipBit(Bytes.ofHex(healthy), 0))),
        identity("quoting enclave's MISCSELECT", "MISCSELECT", r -> r.miscSelect(1)),
        identity("highest bit of MISCSELECT", "MISCSELECT", r -> r.miscSelect(1L << 31)),
        Attack.of(
            "debug mode that the identity does not look at",
            TdxCheck.QE_IDENTITY,
            TdxFinding.TDX_QE_IDENTITY,
            "DEBUG",
            () ->
                Scene.v4()
                    .qeReport(r -> r.attributes(Bytes.ofHex(debug)))
                    .qeIdentity(w -> w.attributes(Bytes.zeros(16), Bytes.zeros(16)))),
        Attack.of(
            "identity that demands another signer",
            TdxCheck.QE_IDENTITY,
            TdxFinding.TDX_QE_IDENTITY,
            "MRSIGNER",
            () -> Scene.v4().qeIdentity(w -> w.mrSigner(Bytes.zeros(32)))),
        Attack.of(
            "identity that demands an attribute",
            TdxCheck.QE_IDENTITY,
            TdxFinding.TDX_QE_IDENTITY,
            "ATTRIBUTES",
            () ->
                Scene.v4()
                    .qeIdentity(
                        w ->
                            w.attributes(
                                Bytes.ofHex("91" + "00".repeat(15)),
                                Bytes.ofHex("fb" + "00".repeat(15))))));
  }

  private static void vouch(TdQuoteWriter writer, Bytes first, Bytes second) {
    writer.authData(AUTH).qeReport(report -> report.reportData(first.concat(second)));
  }

  private static Bytes report() {
    return QeReportWriter.healthy()
        .write(
            POINT, Bytes.ofHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
  }

  private static Bytes byStranger() {
    return STRANGER.sign("SHA-256", report());
  }

  private static Bytes hash(Bytes content) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(content.toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static Attack signature(String name, Consumer<TdQuoteWriter> change) {
    return Attack.of(
        name,
        TdxCheck.QE_SIGNATURE,
        TdxFinding.TDX_QE_SIGNATURE,
        "signed by the PCK",
        () -> Scene.v4().quote(change));
  }

  /** One bit of the QE report or its signature, changed when everything is signed. */
  private static Attack tampered(String name, int offset) {
    return Attack.of(
        name,
        TdxCheck.QE_SIGNATURE,
        TdxFinding.TDX_QE_SIGNATURE,
        "signed by the PCK",
        () -> Scene.v4().tampered(raw -> Tampering.flipBit(raw, 8 * (REPORT + offset))));
  }

  private static Attack binding(String name, Consumer<TdQuoteWriter> change) {
    return Attack.of(
        name, TdxCheck.QE_BINDING, TdxFinding.TDX_QE_BINDING, "", () -> Scene.v4().quote(change));
  }

  private static Attack identity(String name, String says, UnaryOperator<QeReportWriter> change) {
    return Attack.of(
        name,
        TdxCheck.QE_IDENTITY,
        TdxFinding.TDX_QE_IDENTITY,
        says,
        () -> Scene.v4().qeReport(change));
  }
}
