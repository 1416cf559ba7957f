package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The table of certificates that a host attaches to an extended report (AMD 56421, GHCB, section
 * 4.1.8.1): entries {GUID 16, offset u32, length u32}, closed by an entry of zeros, then the
 * contents. GUIDs are in the byte order of RFC 4122. The host made it, so it proves nothing.
 */
public final class AmdCertificateTable {
  /** The most bytes that a table may have. */
  public static final int MAX_SIZE = 64 << 10;

  private static final String NAME = "certificate table";
  private static final Set<String> CERTIFICATES =
      Set.of(
          "63da758de6644564adc5f4b93be8accd", // VCEK
          "a8074bc2a25a483eaae639c045a0b8a1", // VLEK
          "4ab7b379bbac4fe4a02f05aef327c782", // ASK or ASVK
          "c0b406a4a803495297433fb6014cd0ae"); // ARK
  private static final String CRL = "92f81bc358114d3d97ffd19f88dc67ea";

  private AmdCertificateTable() {}

  private record Entry(String guid, long offset, long length) {
    long end() {
      return offset + length;
    }
  }

  /** Reads a table, which may be empty; entries of other kinds are left out. */
  public static Endorsements parse(Bytes table) throws MalformedException {
    if (table.size() > MAX_SIZE) {
      throw new MalformedException(NAME, "at most " + MAX_SIZE + " bytes", "more");
    }
    List<Bytes> certificates = new ArrayList<>();
    List<Bytes> lists = new ArrayList<>();
    for (Entry entry : entries(table)) {
      Bytes content = table.slice((int) entry.offset(), (int) entry.end());
      if (CERTIFICATES.contains(entry.guid())) {
        certificates.add(content);
      } else if (entry.guid().equals(CRL)) {
        lists.add(content);
      }
    }
    return new Endorsements(certificates, lists);
  }

  private static List<Entry> entries(Bytes table) throws MalformedException {
    List<Entry> entries = new ArrayList<>();
    Set<String> guids = new HashSet<>();
    if (table.isZero()) {
      return entries;
    }
    ByteReader in = ByteReader.littleEndian(NAME, table);
    while (true) {
      Bytes guid = in.bytes("GUID", 16);
      Entry entry = new Entry(guid.hex(), in.u32("offset"), in.u32("length"));
      if (guid.isZero()) {
        if (entry.offset() != 0 || entry.length() != 0) {
          throw in.malformed("terminator", "24 zero bytes", "others");
        }
        break;
      }
      if (!guids.add(entry.guid())) {
        throw in.malformed("GUID", "each kind once", "one twice");
      }
      entries.add(entry);
    }
    requireDisjoint(entries, in.offset(), table.size());
    return entries;
  }

  private static void requireDisjoint(List<Entry> entries, int headerEnd, int size)
      throws MalformedException {
    for (Entry entry : entries) {
      boolean inside = entry.offset() >= headerEnd && entry.end() <= size && entry.length() > 0;
      boolean alone =
          entries.stream()
              .allMatch(
                  other ->
                      other.equals(entry)
                          || other.end() <= entry.offset()
                          || other.offset() >= entry.end());
      if (!inside || !alone) {
        throw new MalformedException(NAME, "contents behind the header, apart", "others");
      }
    }
  }
}
