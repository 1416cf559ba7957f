package io.github.cvmattestation.tdx.internal;

import static io.github.cvmattestation.tdx.internal.DocumentFields.hex;
import static io.github.cvmattestation.tdx.internal.DocumentFields.instant;
import static io.github.cvmattestation.tdx.internal.DocumentFields.requireOnly;
import static io.github.cvmattestation.tdx.internal.DocumentFields.unsigned;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.SignedText;
import io.github.cvmattestation.tdx.TcbInfo;
import io.github.cvmattestation.tdx.TcbLevel;
import io.github.cvmattestation.tdx.TcbStatus;
import io.github.cvmattestation.tdx.TdxFinding;
import io.github.cvmattestation.tdx.TdxModule;
import io.github.cvmattestation.tdx.TdxModuleIdentity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads TCB Info, version 3, for TDX (Intel PCS API v4, {@code /tdx/certification/v4/tcb}). */
public final class TcbInfoFormat {
  private static final String NAME = "tcbInfo";
  private static final String MODULE_PREFIX = "TDX_";
  private static final int U8 = 0xFF;
  private static final int U16 = 0xFFFF;

  /** The relaunch states come out of an evaluation; Intel writes them into no level. */
  private static final Set<TcbStatus> OF_PLATFORM =
      EnumSet.complementOf(
          EnumSet.of(
              TcbStatus.TD_RELAUNCH_ADVISED, TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED));

  /** As Intel's Quote Verification Library sorts: the first level that is reached counts. */
  private static final Comparator<TcbLevel> HIGHEST_FIRST =
      ((Comparator<TcbLevel>) (a, b) -> compare(a.sgxComponents(), b.sgxComponents()))
          .thenComparingInt(TcbLevel::pceSvn)
          .thenComparing((a, b) -> compare(a.tdxComponents(), b.tdxComponents()))
          .reversed();

  private TcbInfoFormat() {}

  /** The TCB Info that {@code signed} holds; the signature is not looked at. */
  public static TcbInfo read(SignedText signed) throws RefutedException {
    try {
      return read(DocumentFields.document(NAME, signed, "TDX", 3));
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(TdxFinding.COLLATERAL_SCHEMA));
    }
  }

  private static TcbInfo read(Json.Obj document) throws RefutedException, MalformedException {
    DocumentFields.requireNumber(document, "tcbType", 0);
    Json.Obj module = document.require("tdxModule").asObject();
    TdxModule unversioned = module(module);
    requireOnly(module, 3);
    return new TcbInfo(
        instant(document, "issueDate"),
        instant(document, "nextUpdate"),
        hex(document, "fmspc", 6),
        hex(document, "pceId", 2),
        DocumentFields.evaluationDataNumber(document),
        unversioned,
        moduleIdentities(document),
        levels(document));
  }

  private static TdxModule module(Json.Obj object) throws MalformedException {
    return new TdxModule(
        hex(object, "mrsigner", 48),
        hex(object, "attributes", 8),
        hex(object, "attributesMask", 8));
  }

  private static List<TdxModuleIdentity> moduleIdentities(Json.Obj document)
      throws RefutedException, MalformedException {
    Optional<Json> member = document.get("tdxModuleIdentities");
    if (member.isEmpty()) {
      return List.of();
    }
    List<Json> items = member.get().asArray(U8);
    List<TdxModuleIdentity> identities = new ArrayList<>(items.size());
    boolean[] seen = new boolean[U8 + 1];
    for (Json item : items) {
      Json.Obj identity = item.asObject();
      int version = version(identity.require("id"));
      if (seen[version]) {
        throw member.get().wrong("each version once");
      }
      seen[version] = true;
      identities.add(
          new TdxModuleIdentity(version, module(identity), DocumentFields.isvLevels(identity)));
    }
    return identities;
  }

  /** {@code TDX_01} is version 1: the major version in two hexadecimal digits, either case. */
  private static int version(Json id) throws MalformedException {
    String text = id.asString();
    int at = MODULE_PREFIX.length();
    if (text.length() == at + 2
        && text.regionMatches(true, 0, MODULE_PREFIX, 0, at)
        && HexFormat.isHexDigit(text.charAt(at))
        && HexFormat.isHexDigit(text.charAt(at + 1))) {
      int version = HexFormat.fromHexDigits(text, at, at + 2);
      // Version 0 is the module from before versioning, of which tdxModule speaks.
      if (version != 0) {
        return version;
      }
    }
    throw id.wrong("TDX_01 to TDX_FF");
  }

  private static List<TcbLevel> levels(Json.Obj document)
      throws RefutedException, MalformedException {
    List<Json> items = DocumentFields.levels(document);
    List<TcbLevel> levels = new ArrayList<>(items.size());
    for (Json item : items) {
      Json.Obj level = item.asObject();
      Json.Obj tcb = level.require("tcb").asObject();
      Bytes sgx = components(tcb.require("sgxtcbcomponents"));
      int pceSvn = unsigned(tcb, "pcesvn", U16);
      Bytes tdx = components(tcb.require("tdxtcbcomponents"));
      requireOnly(tcb, 3);
      levels.add(
          new TcbLevel(
              sgx,
              pceSvn,
              tdx,
              instant(level, "tcbDate"),
              DocumentFields.status(level, OF_PLATFORM),
              DocumentFields.advisories(level)));
    }
    DocumentFields.sortDistinct(levels, HIGHEST_FIRST, document);
    return levels;
  }

  /** Exactly 16: a missing one would leave an SVN of the platform without its counterpart. */
  private static Bytes components(Json member) throws MalformedException {
    List<Json> items = member.asArray(TcbLevel.COMPONENTS);
    if (items.size() != TcbLevel.COMPONENTS) {
      throw member.wrong("exactly " + TcbLevel.COMPONENTS + " components");
    }
    byte[] svns = new byte[TcbLevel.COMPONENTS];
    for (int i = 0; i < svns.length; i++) {
      Json.Obj component = items.get(i).asObject();
      svns[i] = (byte) unsigned(component, "svn", U8);
      requireOnly(component, 1 + texts(component, "category") + texts(component, "type"));
    }
    return Bytes.of(svns);
  }

  /** How many members {@code name} there are; free text for people. */
  private static int texts(Json.Obj component, String name) throws MalformedException {
    Optional<Json> member = component.get(name);
    if (member.isEmpty()) {
      return 0;
    }
    member.get().asString();
    return 1;
  }

  private static int compare(Bytes a, Bytes b) {
    for (int i = 0; i < TcbLevel.COMPONENTS; i++) {
      int order = Integer.compare(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
