package io.github.cvmattestation.testkit;

import static io.github.cvmattestation.testkit.JsonMembers.quoted;

import io.github.cvmattestation.attestation.Bytes;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes one TCB level: of a platform (Intel PCS API v4, TCB Info V3, {@code tcbLevels}), or of a
 * TDX module or quoting enclave, which has an SVN alone. Counts, types and values may be anything.
 */
public final class TcbLevelWriter {
  /** SVNs of a platform that is up to date, in the order of {@code sgxtcbcomponents}. */
  private static final int[] SGX = {3, 3, 2, 2, 4, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0};

  private static final int[] TDX = {5, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

  /** What Intel says of its components beside their SVNs. */
  private static final List<String> SGX_WORDS =
      List.of(
          words("BIOS", "Early Microcode Update"),
          words("OS/VMM", "SGX Late Microcode Update"),
          words("OS/VMM", "TXT SINIT"),
          words("BIOS", ""),
          words("BIOS", ""),
          words("BIOS", ""),
          "",
          words("OS/VMM", "SEAMLDR ACM"));

  private static final List<String> TDX_WORDS =
      List.of(
          words("OS/VMM", "TDX Module"),
          words("OS/VMM", "TDX Module"),
          words("OS/VMM", "TDX Late Microcode Update"));

  private final JsonMembers tcb = new JsonMembers();
  private final JsonMembers members = new JsonMembers();

  private TcbLevelWriter(String status) {
    members.set("tcb", "");
    date(Instant.parse("2024-11-13T00:00:00Z")).status(status);
  }

  /** A platform's level, which a {@link FakeIntelPki#pck healthy platform} reaches. */
  public static TcbLevelWriter platform(String status) {
    return new TcbLevelWriter(status).sgxComponents(SGX).pceSvn(13).tdxComponents(TDX);
  }

  /** A level of a TDX module or quoting enclave. */
  public static TcbLevelWriter isv(int isvSvn, String status) {
    return new TcbLevelWriter(status).isvSvn(isvSvn);
  }

  /** Sets {@code sgxtcbcomponents}: 16 SVNs, or as many as there should be. */
  public TcbLevelWriter sgxComponents(int... svns) {
    return tcbMember("sgxtcbcomponents", components(svns, SGX_WORDS));
  }

  /** Sets {@code sgxtcbcomponents} from the 16 bytes of a PCK certificate. */
  public TcbLevelWriter sgxComponents(Bytes svns) {
    return sgxComponents(IntStream.range(0, svns.size()).map(svns::get).toArray());
  }

  /** Sets {@code pcesvn}. */
  public TcbLevelWriter pceSvn(int value) {
    return tcbMember("pcesvn", Integer.toString(value));
  }

  /** Sets {@code tdxtcbcomponents}: 16 SVNs, or as many as there should be. */
  public TcbLevelWriter tdxComponents(int... svns) {
    return tcbMember("tdxtcbcomponents", components(svns, TDX_WORDS));
  }

  /** Sets {@code tdxtcbcomponents} from the 16 bytes of TEE_TCB_SVN. */
  public TcbLevelWriter tdxComponents(Bytes svns) {
    return tdxComponents(IntStream.range(0, svns.size()).map(svns::get).toArray());
  }

  /** Sets {@code isvsvn}. */
  public TcbLevelWriter isvSvn(int value) {
    return tcbMember("isvsvn", Integer.toString(value));
  }

  /** Sets a member of {@code tcb} to any JSON; it keeps its place, a new one comes last. */
  public TcbLevelWriter tcbMember(String name, String json) {
    tcb.set(name, json);
    return this;
  }

  /** Leaves a member of {@code tcb} out. */
  public TcbLevelWriter withoutTcbMember(String name) {
    tcb.remove(name);
    return this;
  }

  /** Sets {@code tcbDate}. */
  public TcbLevelWriter date(Instant value) {
    return member("tcbDate", quoted(value.toString()));
  }

  /** Sets {@code tcbStatus}, a word that may be unknown. */
  public TcbLevelWriter status(String value) {
    return member("tcbStatus", quoted(value));
  }

  /** Sets {@code advisoryIDs}. */
  public TcbLevelWriter advisories(String... ids) {
    return member("advisoryIDs", JsonMembers.array(Stream.of(ids).map(JsonMembers::quoted)));
  }

  /** Sets a member to any JSON; it keeps its place, a new one comes last. */
  public TcbLevelWriter member(String name, String json) {
    members.set(name, json);
    return this;
  }

  /** Leaves a member out. */
  public TcbLevelWriter without(String name) {
    members.remove(name);
    return this;
  }

  /** Appends a member, even where there is one of that name. */
  public TcbLevelWriter add(String name, String json) {
    members.add(name, json);
    return this;
  }

  /** The level, without white space. */
  public String json() {
    return members.json(name -> name.equals("tcb") ? tcb.json() : "");
  }

  private static String components(int[] svns, List<String> words) {
    return JsonMembers.array(
        IntStream.range(0, svns.length)
            .mapToObj(i -> "{\"svn\":" + svns[i] + (i < words.size() ? words.get(i) : "") + "}"));
  }

  private static String words(String category, String type) {
    return ",\"category\":"
        + quoted(category)
        + (type.isEmpty() ? "" : ",\"type\":" + quoted(type));
  }
}
