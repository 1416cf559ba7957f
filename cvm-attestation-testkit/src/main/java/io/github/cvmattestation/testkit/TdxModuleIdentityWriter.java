package io.github.cvmattestation.testkit;

import static io.github.cvmattestation.testkit.JsonMembers.quoted;

import io.github.cvmattestation.attestation.Bytes;
import java.time.Instant;
import java.util.List;

/** Writes one of {@code tdxModuleIdentities} (Intel PCS API v4, TCB Info V3). */
public final class TdxModuleIdentityWriter {
  private final JsonMembers members = new JsonMembers();
  private List<TcbLevelWriter> levels = List.of();

  private TdxModuleIdentityWriter() {}

  /** An identity of Intel's, up to date from SVN 6 on; {@code TDX_01} is the default quote's. */
  public static TdxModuleIdentityWriter healthy(String id) {
    return new TdxModuleIdentityWriter()
        .member("id", quoted(id))
        .module(Bytes.zeros(48), Bytes.zeros(8), Bytes.ofHex("ff".repeat(8)))
        .member("tcbLevels", "")
        .levels(
            TcbLevelWriter.isv(6, "UpToDate"),
            outOfDate(4, "2024-03-13T00:00:00Z"),
            outOfDate(2, "2023-08-09T00:00:00Z"));
  }

  private static TcbLevelWriter outOfDate(int isvSvn, String date) {
    return TcbLevelWriter.isv(isvSvn, "OutOfDate")
        .date(Instant.parse(date))
        .advisories("INTEL-SA-01036", "INTEL-SA-01099");
  }

  /** Sets MRSIGNERSEAM, 48 bytes, and SEAMATTRIBUTES with their mask, 8 bytes each. */
  public TdxModuleIdentityWriter module(Bytes mrSigner, Bytes attributes, Bytes mask) {
    TcbInfoWriter.moduleMembers(members, mrSigner, attributes, mask);
    return this;
  }

  /** Sets all {@code tcbLevels}, in this order. */
  public TdxModuleIdentityWriter levels(TcbLevelWriter... values) {
    levels = List.of(values);
    return this;
  }

  /** Sets a member to any JSON; it keeps its place, a new one comes last. */
  public TdxModuleIdentityWriter member(String name, String json) {
    members.set(name, json);
    return this;
  }

  /** Leaves a member out. */
  public TdxModuleIdentityWriter without(String name) {
    members.remove(name);
    return this;
  }

  /** Appends a member, even where there is one of that name. */
  public TdxModuleIdentityWriter add(String name, String json) {
    members.add(name, json);
    return this;
  }

  /** The identity, without white space. */
  public String json() {
    return members.json(name -> JsonMembers.array(levels.stream().map(TcbLevelWriter::json)));
  }
}
