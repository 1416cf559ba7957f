package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.JsonCursor;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.IsvLevel;
import io.github.cvmattestation.tdx.SignedText;
import io.github.cvmattestation.tdx.TcbInfo;
import io.github.cvmattestation.tdx.TcbLevel;
import io.github.cvmattestation.tdx.TcbStatus;
import io.github.cvmattestation.tdx.TdxModule;
import io.github.cvmattestation.tdx.TdxModuleIdentity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads TCB Info, version 3, for TDX (Intel PCS API v4, {@code /tdx/certification/v4/tcb}). */
public final class TcbInfoFormat {
  private static final String MODULE_PREFIX = "TDX_";

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

  private final DocumentReader document;
  private final JsonCursor in;

  private @Nullable Bytes fmspc;
  private @Nullable Bytes pceId;
  private @Nullable Integer tcbType;
  private @Nullable TdxModule module;
  private List<TdxModuleIdentity> identities = List.of();
  private @Nullable List<TcbLevel> levels;

  private TcbInfoFormat(DocumentReader document) {
    this.document = document;
    this.in = document.in();
  }

  /** The TCB Info that {@code signed} holds; the signature is not looked at. */
  public static TcbInfo read(SignedText signed) throws RefutedException {
    try (DocumentReader document = DocumentReader.open("tcbInfo", signed, "TDX", 3)) {
      try {
        return new TcbInfoFormat(document).read();
      } catch (RefutedException e) {
        throw document.in().orNotJson(e);
      }
    }
  }

  private TcbInfo read() throws RefutedException {
    in.beginObject();
    while (in.nextMember()) {
      String member = in.name();
      switch (member) {
        case "fmspc" -> fmspc = in.hex(6);
        case "pceId" -> pceId = in.hex(2);
        case "tcbType" -> {
          document.requireNumber(0);
          tcbType = 0;
        }
        case "tdxModule" -> module = unversionedModule();
        case "tdxModuleIdentities" -> identities = moduleIdentities();
        case "tcbLevels" -> levels = levels();
        default -> document.readCommon(member);
      }
    }
    document.end();
    document.present(tcbType, "tcbType");
    return new TcbInfo(
        document.issueDate(),
        document.nextUpdate(),
        document.present(fmspc, "fmspc"),
        document.present(pceId, "pceId"),
        document.evaluationDataNumber(),
        document.present(module, "tdxModule"),
        identities,
        document.present(levels, "tcbLevels"));
  }

  private TdxModule unversionedModule() throws RefutedException {
    ModuleFields fields = new ModuleFields();
    in.beginObject();
    while (in.nextMember()) {
      if (!fields.read(in.name())) {
        throw document.unknown();
      }
    }
    return fields.module();
  }

  /** The three members that a module and a module identity have in common. */
  private final class ModuleFields {
    private @Nullable Bytes mrSigner;
    private @Nullable Bytes attributes;
    private @Nullable Bytes attributesMask;

    boolean read(String member) throws RefutedException {
      switch (member) {
        case "mrsigner" -> mrSigner = in.hex(48);
        case "attributes" -> attributes = in.hex(8);
        case "attributesMask" -> attributesMask = in.hex(8);
        default -> {
          return false;
        }
      }
      return true;
    }

    TdxModule module() throws RefutedException {
      return new TdxModule(
          document.present(mrSigner, "mrsigner"),
          document.present(attributes, "attributes"),
          document.present(attributesMask, "attributesMask"));
    }
  }

  private List<TdxModuleIdentity> moduleIdentities() throws RefutedException {
    List<TdxModuleIdentity> found = new ArrayList<>();
    boolean[] seen = new boolean[DocumentReader.U8 + 1];
    in.beginArray();
    while (in.nextItem()) {
      TdxModuleIdentity identity = moduleIdentity();
      if (seen[identity.version()]) {
        throw in.wrong("each version once");
      }
      seen[identity.version()] = true;
      found.add(identity);
    }
    return found;
  }

  private TdxModuleIdentity moduleIdentity() throws RefutedException {
    @Nullable Integer version = null;
    @Nullable List<IsvLevel> isvLevels = null;
    ModuleFields fields = new ModuleFields();
    in.beginObject();
    while (in.nextMember()) {
      String member = in.name();
      switch (member) {
        case "id" -> version = moduleVersion();
        case "tcbLevels" -> isvLevels = document.isvLevels();
        default -> {
          if (!fields.read(member)) {
            in.skip();
          }
        }
      }
    }
    return new TdxModuleIdentity(
        document.present(version, "id"), fields.module(), document.present(isvLevels, "tcbLevels"));
  }

  /** {@code TDX_01} is version 1: the major version in two hexadecimal digits, either case. */
  private int moduleVersion() throws RefutedException {
    String text = in.string();
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
    throw in.wrong("TDX_01 to TDX_FF");
  }

  private List<TcbLevel> levels() throws RefutedException {
    List<TcbLevel> found = new ArrayList<>();
    in.beginArray();
    while (in.nextItem()) {
      found.add(level());
    }
    return document.sorted(found, HIGHEST_FIRST);
  }

  private TcbLevel level() throws RefutedException {
    @Nullable Svns svns = null;
    @Nullable Instant tcbDate = null;
    @Nullable TcbStatus status = null;
    List<String> advisories = List.of();
    in.beginObject();
    while (in.nextMember()) {
      switch (in.name()) {
        case "tcb" -> svns = svns();
        case "tcbDate" -> tcbDate = document.instant();
        case "tcbStatus" -> status = document.status(OF_PLATFORM);
        case "advisoryIDs" -> advisories = document.advisories();
        default -> in.skip();
      }
    }
    Svns tcb = document.present(svns, "tcb");
    return new TcbLevel(
        tcb.sgx,
        tcb.pceSvn,
        tcb.tdx,
        document.present(tcbDate, "tcbDate"),
        document.present(status, "tcbStatus"),
        advisories);
  }

  private record Svns(Bytes sgx, int pceSvn, Bytes tdx) {}

  private Svns svns() throws RefutedException {
    @Nullable Bytes sgx = null;
    @Nullable Integer pceSvn = null;
    @Nullable Bytes tdx = null;
    in.beginObject();
    while (in.nextMember()) {
      switch (in.name()) {
        case "sgxtcbcomponents" -> sgx = components();
        case "pcesvn" -> pceSvn = in.unsigned(DocumentReader.U16);
        case "tdxtcbcomponents" -> tdx = components();
        default -> throw document.unknown();
      }
    }
    return new Svns(
        document.present(sgx, "sgxtcbcomponents"),
        document.present(pceSvn, "pcesvn"),
        document.present(tdx, "tdxtcbcomponents"));
  }

  /** Exactly 16: a missing one would leave an SVN of the platform without its counterpart. */
  private Bytes components() throws RefutedException {
    byte[] svns = new byte[TcbLevel.COMPONENTS];
    int count = 0;
    in.beginArray();
    while (in.nextItem()) {
      int svn = componentSvn();
      if (count < svns.length) {
        svns[count] = (byte) svn;
      }
      count++;
    }
    if (count != svns.length) {
      throw in.wrong("exactly " + TcbLevel.COMPONENTS + " components");
    }
    return Bytes.of(svns);
  }

  private int componentSvn() throws RefutedException {
    @Nullable Integer svn = null;
    in.beginObject();
    while (in.nextMember()) {
      switch (in.name()) {
        case "svn" -> svn = in.unsigned(DocumentReader.U8);
        // Free text for people.
        case "category", "type" -> in.skipString();
        default -> throw document.unknown();
      }
    }
    return document.present(svn, "svn");
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
