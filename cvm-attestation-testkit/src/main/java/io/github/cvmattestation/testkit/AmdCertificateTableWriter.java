package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the certificate table that a host hands out with an extended report: entries of a GUID in
 * RFC 4122 byte order, an offset and a length, both u32 little-endian, ended by an entry of zeros;
 * then the certificates (AMD 56421, "SNP Extended Guest Request").
 */
public final class AmdCertificateTableWriter {
  /** GUID of a VCEK. */
  public static final Bytes VCEK = Bytes.ofHex("63da758de6644564adc5f4b93be8accd");

  /** GUID of a VLEK. */
  public static final Bytes VLEK = Bytes.ofHex("a8074bc2a25a483eaae639c045a0b8a1");

  /** GUID of an ASK or ASVK. */
  public static final Bytes ASK = Bytes.ofHex("4ab7b379bbac4fe4a02f05aef327c782");

  /** GUID of an ARK. */
  public static final Bytes ARK = Bytes.ofHex("c0b406a4a803495297433fb6014cd0ae");

  /** GUID of a CRL. */
  public static final Bytes CRL = Bytes.ofHex("92f81bc358114d3d97ffd19f88dc67ea");

  private static final int ENTRY_SIZE = 24;

  private final List<Entry> entries = new ArrayList<>();
  private boolean terminated = true;

  private record Entry(Bytes guid, Bytes content, boolean raw, long offset, long length) {}

  private AmdCertificateTableWriter() {}

  /** A table with nothing in it. */
  public static AmdCertificateTableWriter empty() {
    return new AmdCertificateTableWriter();
  }

  /** Appends an entry. */
  public AmdCertificateTableWriter add(Bytes guid, Bytes content) {
    entries.add(new Entry(guid, content, false, 0, 0));
    return this;
  }

  /** Appends an entry that points anywhere and brings no content. */
  public AmdCertificateTableWriter addRaw(Bytes guid, long offset, long length) {
    entries.add(new Entry(guid, Bytes.empty(), true, offset, length));
    return this;
  }

  /** Leaves out the entry of zeros. */
  public AmdCertificateTableWriter withoutTerminator() {
    terminated = false;
    return this;
  }

  /** The table. */
  public Bytes write() {
    int header = (entries.size() + (terminated ? 1 : 0)) * ENTRY_SIZE;
    int total = header + entries.stream().mapToInt(entry -> entry.content().size()).sum();
    ByteBuffer out = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    int next = header;
    for (Entry entry : entries) {
      out.put(entry.guid().toArray());
      out.putInt(entry.raw() ? (int) entry.offset() : next);
      out.putInt(entry.raw() ? (int) entry.length() : entry.content().size());
      entry.content().copyTo(out.array(), next);
      next += entry.content().size();
    }
    return Bytes.of(out.array());
  }
}
