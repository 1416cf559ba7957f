package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.TdxFinding.TDX_MODULE;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_TCB_NOT_SUPPORTED;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.testkit.TcbLevelWriter;
import io.github.cvmattestation.testkit.TdxModuleIdentityWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** TDX modules of nobody, and machines older than every level (security case 26). */
final class TcbAttacks {
  private static final Bytes MASK = Bytes.ofHex("ff".repeat(8));

  private TcbAttacks() {}

  static List<Attack> all() {
    List<Attack> attacks = new ArrayList<>();
    attacks.addAll(modules());
    attacks.addAll(levels());
    return attacks;
  }

  private static List<Attack> modules() {
    Bytes signer = Tampering.flipBit(Bytes.zeros(48), 383);
    return List.of(
        module(
            "TDX module of another signer",
            "MRSIGNERSEAM",
            () -> Scene.v4().quote(w -> w.mrSignerSeam(signer))),
        module(
            "identity that demands a signer",
            "MRSIGNERSEAM",
            () ->
                Scene.v4()
                    .tcbInfo(
                        w ->
                            w.moduleIdentities(
                                TdxModuleIdentityWriter.healthy("TDX_01")
                                    .module(signer, Bytes.zeros(8), MASK)))),
        module(
            "TDX module with attributes",
            "SEAMATTRIBUTES",
            () -> Scene.v4().quote(w -> w.seamAttributes(1))),
        module(
            "TDX module with the highest attribute",
            "SEAMATTRIBUTES",
            () -> Scene.v4().quote(w -> w.seamAttributes(Long.MIN_VALUE))),
        module(
            "attributes that no mask looks at",
            "SEAMATTRIBUTES",
            () ->
                Scene.v4()
                    .quote(w -> w.seamAttributes(2))
                    .tcbInfo(
                        w ->
                            w.moduleIdentities(
                                TdxModuleIdentityWriter.healthy("TDX_01")
                                    .module(Bytes.zeros(48), Bytes.zeros(8), Bytes.zeros(8))))),
        module(
            "attributes that the identity demands",
            "SEAMATTRIBUTES",
            () ->
                Scene.v4()
                    .tcbInfo(
                        w ->
                            w.moduleIdentities(
                                TdxModuleIdentityWriter.healthy("TDX_01")
                                    .module(
                                        Bytes.zeros(48),
                                        Bytes.ofHex("01" + "00".repeat(7)),
                                        MASK)))),
        module(
            "version without an identity",
            "TDX_02",
            () -> Scene.v4().quote(w -> w.teeTcbSvn(PolicyScene.svn(6, 2, 3)))),
        module(
            "version beyond nine without an identity",
            "TDX_10",
            () -> Scene.v4().quote(w -> w.teeTcbSvn(PolicyScene.svn(6, 0x10, 3)))),
        module(
            "module of version 0 of another signer",
            "MRSIGNERSEAM",
            () ->
                Scene.v4()
                    .quote(w -> w.teeTcbSvn(PolicyScene.svn(6, 0, 3)))
                    .tcbInfo(w -> w.module(signer, Bytes.zeros(8), MASK))),
        module(
            "identities for none but version 3",
            "TDX_01",
            () ->
                Scene.v4()
                    .tcbInfo(w -> w.moduleIdentities(TdxModuleIdentityWriter.healthy("TDX_03")))));
  }

  private static List<Attack> levels() {
    return List.of(
        below(
            "late microcode below every level",
            () -> Scene.v4().quote(w -> w.teeTcbSvn(PolicyScene.svn(6, 1, 1)))),
        below(
            "TDX module below every level",
            () -> Scene.v4().quote(w -> w.teeTcbSvn(PolicyScene.svn(1, 1, 3)))),
        below(
            "module of version 0 below every platform level",
            () -> Scene.v4().quote(w -> w.teeTcbSvn(PolicyScene.svn(4, 0, 3)))),
        below("quoting enclave below every level", () -> Scene.v4().qeReport(r -> r.isvSvn(3))),
        below("PCESVN below every level", () -> Scene.v4().pck(s -> s.sgx(sgx -> sgx.pceSvn(4)))),
        below(
            "SGX component below every level",
            () -> Scene.v4().pck(s -> s.sgx(sgx -> sgx.component(8, 4)))),
        below(
            "first SGX component below every level",
            () -> Scene.v4().pck(s -> s.sgx(sgx -> sgx.component(1, 1)))),
        below(
            "module of today below every level",
            () -> Scene.v5().quote(w -> w.teeTcbSvn2(PolicyScene.svn(1, 1, 3)))),
        below(
            "microcode of today below every level",
            () -> Scene.v5().quote(w -> w.teeTcbSvn2(PolicyScene.svn(6, 1, 1)))),
        below(
            "module of today of a version without an identity",
            () -> Scene.v5().quote(w -> w.teeTcbSvn2(PolicyScene.svn(6, 2, 3)))),
        below(
            "module of launch below every level, of today above",
            () -> Scene.v5().quote(w -> w.teeTcbSvn(PolicyScene.svn(1, 1, 3)))),
        below(
            "levels of which the platform reaches each in part",
            () ->
                Scene.v4()
                    .tcbInfo(
                        w ->
                            w.levels(
                                TcbLevelWriter.platform("UpToDate").pceSvn(14),
                                TcbLevelWriter.platform("OutOfDate")
                                    .sgxComponents(
                                        5, 3, 2, 2, 4, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0)))));
  }

  private static Attack module(String name, String says, Supplier<Scene> scene) {
    return Attack.of(name, TdxCheck.MODULE, TDX_MODULE, says, scene);
  }

  private static Attack below(String name, Supplier<Scene> scene) {
    return Attack.of(name, TdxCheck.TCB, TDX_TCB_NOT_SUPPORTED, "", scene);
  }
}
