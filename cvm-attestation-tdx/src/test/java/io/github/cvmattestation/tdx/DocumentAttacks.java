package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Scene.ATTACKER;
import static io.github.cvmattestation.tdx.Scene.PKI;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_JSON;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_SCHEMA;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_SCOPE;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_SIGNATURE;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.testkit.IntelCollateral;
import io.github.cvmattestation.testkit.SignedJson;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.testkit.TcbInfoWriter;
import io.github.cvmattestation.testkit.TcbLevelWriter;
import io.github.cvmattestation.testkit.TdxModuleIdentityWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * TCB Info and QE Identity that nobody signed, or that were signed and are wrong (security cases
 * 21, 24, 25 and 27).
 */
final class DocumentAttacks {
  private enum Which {
    TCB_INFO,
    QE_IDENTITY;

    Scene sent(UnaryOperator<SignedJson> change) {
      return Scene.v4()
          .collateral(
              c ->
                  this == TCB_INFO
                      ? c.withTcbInfo(change.apply(c.tcbInfo()))
                      : c.withQeIdentity(change.apply(c.qeIdentity())));
    }

    /** Changes the text before the TCB signer signs it. */
    Scene written(UnaryOperator<String> change) {
      return sent(
          good ->
              SignedJson.of(good.member(), utf8(change.apply(good.json())), PKI.tcbSigner().key()));
    }
  }

  private DocumentAttacks() {}

  static List<Attack> all() {
    List<Attack> attacks = new ArrayList<>();
    for (Which which : Which.values()) {
      attacks.addAll(signatures(which));
      attacks.addAll(texts(which));
    }
    attacks.addAll(exchanges());
    attacks.addAll(tcbInfoScope());
    attacks.addAll(qeIdentityScope());
    attacks.addAll(schemas());
    attacks.addAll(platforms());
    return attacks;
  }

  private static List<Attack> signatures(Which which) {
    return List.of(
        signature(which, "signature flipped", d -> d.withSignature(flip(d.signature(), 0))),
        signature(which, "signature's last bit", d -> d.withSignature(flip(d.signature(), 511))),
        signature(which, "signature of zeros", d -> d.withSignature(Bytes.zeros(64))),
        signature(
            which,
            "signature with r and s swapped",
            d -> d.withSignature(d.signature().slice(32, 64).concat(d.signature().slice(0, 32)))),
        signature(
            which,
            "signature by another hierarchy's signer",
            d -> SignedJson.of(d.member(), d.text(), ATTACKER.tcbSigner().key())),
        signature(
            which,
            "signature by the root",
            d -> SignedJson.of(d.member(), d.text(), PKI.root().key())),
        signature(
            which,
            "signature by the PCK authority",
            d -> SignedJson.of(d.member(), d.text(), PKI.platformCa().key())),
        signature(which, "text with a space", d -> d.withText(utf8(" ").concat(d.text()))),
        signature(which, "text with a newline", d -> d.withText(d.text().concat(utf8("\n")))),
        signature(
            which,
            "text printed anew",
            d -> d.withText(utf8(d.json().replace(",", ", ").replace(":", ": ")))),
        signature(
            which,
            "date moved",
            d -> d.withText(utf8(d.json().replace("2026-06-30", "2027-06-30")))),
        signature(which, "text flipped", d -> d.withText(flip(d.text(), 8 * 100))),
        signature(which, "status changed", d -> status(d)));
  }

  private static SignedJson status(SignedJson document) {
    return document.withText(
        utf8(document.json().replace("\"UpToDate\"", "\"SWHardeningNeeded\"")));
  }

  private static List<Attack> texts(Which which) {
    return List.of(
        json(which, "duplicate member", t -> t.replaceFirst("\\{", "{\"version\":3,")),
        json(which, "trailing bytes", t -> t + "{}"),
        json(which, "trailing text", t -> t + "x"),
        json(which, "second member at the end", t -> end(t, ",\"id\":\"TDX\"")),
        json(which, "cut short", t -> t.substring(0, t.length() - 1)),
        json(which, "trailing comma", t -> end(t, ",")),
        json(which, "comment", t -> "/**/" + t),
        json(which, "nested too deeply", t -> end(t, ",\"x\":" + "[".repeat(64) + "]".repeat(64))),
        json(which, "nothing", t -> " "),
        schema(which, "without its levels", t -> t.replace("\"tcbLevels\"", "\"levels\"")),
        schema(which, "without issueDate", t -> t.replace("\"issueDate\"", "\"issued\"")),
        schema(which, "without nextUpdate", t -> t.replace("\"nextUpdate\"", "\"next\"")),
        schema(
            which,
            "without its number",
            t -> t.replace("\"tcbEvaluationDataNumber\"", "\"number\"")));
  }

  /** Rightly signed, in the place of the other. */
  private static List<Attack> exchanges() {
    UnaryOperator<IntelCollateral> swap =
        c -> {
          SignedJson info = c.tcbInfo();
          return c.withTcbInfo(c.qeIdentity().withSignature(info.signature()))
              .withQeIdentity(info.withSignature(c.qeIdentity().signature()));
        };
    return List.of(
        Attack.of(
            "documents exchanged under their signatures",
            TdxCheck.COLLATERAL_SIGNATURES,
            COLLATERAL_SIGNATURE,
            "TCB Info",
            () -> Scene.v4().collateral(swap)),
        Attack.of(
            "signatures exchanged",
            TdxCheck.COLLATERAL_SIGNATURES,
            COLLATERAL_SIGNATURE,
            "TCB Info",
            () ->
                Scene.v4()
                    .collateral(
                        c ->
                            c.withTcbInfo(c.tcbInfo().withSignature(c.qeIdentity().signature()))
                                .withQeIdentity(
                                    c.qeIdentity().withSignature(c.tcbInfo().signature())))),
        read(
            "QE Identity for TCB Info",
            COLLATERAL_SCOPE,
            () -> Scene.v4().collateral(c -> c.withTcbInfo(c.qeIdentity()))),
        read(
            "TCB Info for QE Identity",
            COLLATERAL_SCOPE,
            () -> Scene.v4().collateral(c -> c.withQeIdentity(c.tcbInfo()))));
  }

  private static List<Attack> tcbInfoScope() {
    return List.of(
        info("TCB Info of SGX", COLLATERAL_SCOPE, w -> w.id("SGX")),
        info("TCB Info of a lower-case id", COLLATERAL_SCOPE, w -> w.id("tdx")),
        info("TCB Info of version 2", COLLATERAL_SCOPE, w -> w.version(2)),
        info("TCB Info of version 4", COLLATERAL_SCOPE, w -> w.version(4)),
        info("TCB Info of tcbType 1", COLLATERAL_SCOPE, w -> w.member("tcbType", "1")));
  }

  private static List<Attack> qeIdentityScope() {
    List<Attack> attacks = new ArrayList<>();
    for (String id : List.of("QE", "QVE", "TDX", "td_qe")) {
      attacks.add(
          read(
              "QE Identity of " + id,
              COLLATERAL_SCOPE,
              () -> Scene.v4().qeIdentity(w -> w.id(id))));
    }
    for (int version : new int[] {1, 3}) {
      attacks.add(
          read(
              "QE Identity of version " + version,
              COLLATERAL_SCOPE,
              () -> Scene.v4().qeIdentity(w -> w.version(version))));
    }
    return attacks;
  }

  private static List<Attack> schemas() {
    int[] fifteen = new int[15];
    int[] seventeen = new int[17];
    Arrays.fill(fifteen, 1);
    return List.of(
        level("fifteen SGX components", l -> l.sgxComponents(fifteen)),
        level("fifteen TDX components", l -> l.tdxComponents(fifteen)),
        level("seventeen SGX components", l -> l.sgxComponents(seventeen)),
        level("no TDX components", l -> l.tdxComponents(new int[0])),
        level(
            "component of 256",
            l -> l.sgxComponents(256, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
        level(
            "component below zero",
            l -> l.sgxComponents(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
        level("level without pcesvn", l -> l.withoutTcbMember("pcesvn")),
        level("level without tcbDate", l -> l.without("tcbDate")),
        level("level without status", l -> l.without("tcbStatus")),
        info("unknown status", TdxFinding.TDX_TCB_STATUS, w -> w.lastLevel(unknown())),
        info("status in other letters", TdxFinding.TDX_TCB_STATUS, w -> w.firstLevel(lower())),
        info(
            "unknown status of a TDX module",
            TdxFinding.TDX_TCB_STATUS,
            w ->
                w.moduleIdentities(
                    TdxModuleIdentityWriter.healthy("TDX_01")
                        .levels(TcbLevelWriter.isv(2, "Fine")))),
        read(
            "unknown status of the quoting enclave",
            TdxFinding.TDX_TCB_STATUS,
            () -> Scene.v4().qeIdentity(w -> w.levels(TcbLevelWriter.isv(2, "Fine")))),
        info("no levels", COLLATERAL_SCHEMA, w -> w.levels()),
        info(
            "two module identities of one version",
            COLLATERAL_SCHEMA,
            w -> w.addModuleIdentity(TdxModuleIdentityWriter.healthy("tdx_01"))));
  }

  private static TcbLevelWriter unknown() {
    return TcbLevelWriter.platform("Splendid").pceSvn(1);
  }

  private static TcbLevelWriter lower() {
    return TcbLevelWriter.platform("uptodate").pceSvn(14);
  }

  private static List<Attack> platforms() {
    return List.of(
        scope(
            "TCB Info of another FMSPC",
            TdxFinding.TDX_FMSPC,
            () -> Scene.v4().tcbInfo(w -> w.fmspc(Bytes.ofHex("90c06f000001")))),
        scope(
            "PCK of another FMSPC",
            TdxFinding.TDX_FMSPC,
            () -> Scene.v4().pck(s -> s.sgx(sgx -> sgx.fmspc(Bytes.ofHex("00806f050000"))))),
        scope(
            "TCB Info of another PCE",
            TdxFinding.TDX_PCEID,
            () -> Scene.v4().tcbInfo(w -> w.pceId(Bytes.ofHex("0001")))),
        scope(
            "PCK of another PCE",
            TdxFinding.TDX_PCEID,
            () -> Scene.v4().pck(s -> s.sgx(sgx -> sgx.pceId(Bytes.ofHex("0100"))))));
  }

  private static String end(String text, String more) {
    return text.substring(0, text.length() - 1) + more + "}";
  }

  private static Bytes flip(Bytes whole, int bit) {
    return Tampering.flipBit(whole, bit);
  }

  private static Bytes utf8(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Attack signature(Which which, String how, UnaryOperator<SignedJson> change) {
    return Attack.of(
        which + ": " + how,
        TdxCheck.COLLATERAL_SIGNATURES,
        COLLATERAL_SIGNATURE,
        which == Which.TCB_INFO ? "TCB Info" : "QE Identity",
        () -> which.sent(change));
  }

  private static Attack json(Which which, String how, UnaryOperator<String> change) {
    return read(which + ": " + how, COLLATERAL_JSON, () -> which.written(change));
  }

  private static Attack schema(Which which, String how, UnaryOperator<String> change) {
    return read(which + ": " + how, COLLATERAL_SCHEMA, () -> which.written(change));
  }

  private static Attack level(String name, UnaryOperator<TcbLevelWriter> change) {
    return info(
        name,
        COLLATERAL_SCHEMA,
        w -> w.lastLevel(change.apply(TcbLevelWriter.platform("OutOfDate").pceSvn(1))));
  }

  private static Attack info(String name, FindingCode code, UnaryOperator<TcbInfoWriter> change) {
    return read(name, code, () -> Scene.v4().tcbInfo(change));
  }

  /** Read once its signature has held, and refused with its dates. */
  private static Attack read(String name, FindingCode code, Supplier<Scene> scene) {
    return Attack.of(name, TdxCheck.COLLATERAL_DATES, code, "", scene);
  }

  private static Attack scope(String name, FindingCode code, Supplier<Scene> scene) {
    return Attack.of(name, TdxCheck.COLLATERAL_SCOPE, code, "", scene);
  }
}
