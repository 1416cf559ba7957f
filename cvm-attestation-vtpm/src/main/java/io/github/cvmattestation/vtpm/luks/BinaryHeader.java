package io.github.cvmattestation.vtpm.luks;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.attestation.internal.Digests;
import java.nio.charset.StandardCharsets;

/**
 * The binary header of LUKS2, 4096 bytes before its JSON area (LUKS2 On-Disk Format Specification
 * 1.1.3, section 2.1). Big-endian. There are two of them, which differ in magic, salt and offset.
 *
 * @param size of this header with its JSON area, in bytes
 * @param seqId counts changes, unsigned
 * @param uuid of the volume, as text
 * @param json the JSON area up to its first NUL
 */
record BinaryHeader(int size, long seqId, String uuid, Bytes json) {
  static final int SIZE = 4096;
  static final int MIN_TOTAL = 1 << 14;
  static final int MAX_TOTAL = 1 << 22;

  private static final String NAME = "LUKS2 header";
  private static final Bytes PRIMARY = magic("LUKS");
  private static final Bytes SECONDARY = magic("SKUL");
  private static final Bytes SHA256 = text("sha256", 32);
  private static final int CSUM_AT = 448;
  private static final int CSUM_SIZE = 64;

  private static Bytes magic(String letters) {
    return text(letters, 4).concat(Bytes.of((byte) 0xBA, (byte) 0xBE));
  }

  /**
   * Reads the header at {@code offset} of a volume, and verifies its checksum.
   *
   * @param volume the first bytes of the volume
   */
  static BinaryHeader read(Bytes volume, int offset) throws MalformedException {
    ByteReader in = ByteReader.bigEndian(NAME, volume.slice(offset, volume.size()));
    Bytes magic = in.bytes("magic", PRIMARY.size());
    if (!magic.equals(offset == 0 ? PRIMARY : SECONDARY)) {
      throw in.malformed("magic", "that of a LUKS header", "another");
    }
    int version = in.u16("version");
    if (version != 2) {
      throw in.malformed("version", "2", String.valueOf(version));
    }
    long size = in.u64("hdr_size");
    if (size < MIN_TOTAL || size > MAX_TOTAL || Long.bitCount(size) != 1) {
      throw in.malformed("hdr_size", "a power of two from 16 KiB to 4 MiB", hexNumber(size));
    }
    long seqId = in.u64("seqid");
    in.bytes("label", 48);
    Bytes algorithm = in.bytes("csum_alg", 32);
    if (!algorithm.equals(SHA256)) {
      throw in.malformed("csum_alg", "sha256, as cryptsetup writes", "another");
    }
    in.bytes("salt", 64);
    Bytes uuid = in.bytes("uuid", 40);
    in.bytes("subsystem", 48);
    long declared = in.u64("hdr_offset");
    if (declared != offset) {
      throw in.malformed("hdr_offset", String.valueOf(offset), hexNumber(declared));
    }
    in.reserved(184);
    Bytes checksum = in.bytes("csum", CSUM_SIZE);
    in.reserved(SIZE - in.offset());
    Bytes area = in.bytes("json_area", size - SIZE);
    requireChecksum(volume.slice(offset, offset + (int) size), checksum);
    return new BinaryHeader((int) size, seqId, uuidText(in, uuid), untilNul(in, area));
  }

  /** Over the header and its JSON area, the checksum itself taken as zeros (section 2.1). */
  private static void requireChecksum(Bytes whole, Bytes checksum) throws MalformedException {
    Bytes zeroed =
        whole
            .slice(0, CSUM_AT)
            .concat(Bytes.zeros(CSUM_SIZE), whole.slice(CSUM_AT + CSUM_SIZE, whole.size()));
    Bytes expected = Digests.sha256(zeroed);
    if (!checksum.equals(expected.concat(Bytes.zeros(CSUM_SIZE - expected.size())))) {
      throw new MalformedException(NAME + ".csum", "the checksum of what is there", "another");
    }
  }

  private static String uuidText(ByteReader in, Bytes field) throws MalformedException {
    String text = new String(field.toArray(), StandardCharsets.ISO_8859_1);
    String uuid = text.substring(0, Math.max(0, text.indexOf('\0')));
    if (!uuid.matches("[0-9A-Fa-f-]{1,39}")) {
      throw in.malformed("uuid", "a UUID", "something else");
    }
    return uuid;
  }

  /** The JSON text ends with a NUL, and zeros fill the area (section 3). */
  private static Bytes untilNul(ByteReader in, Bytes area) throws MalformedException {
    int end = 0;
    while (end < area.size() && area.get(end) != 0) {
      end++;
    }
    if (end == area.size() || !area.slice(end, area.size()).isZero()) {
      throw in.malformed("json_area", "text, then zeros to its end", "something else");
    }
    return area.slice(0, end);
  }

  private static Bytes text(String text, int size) {
    byte[] octets = new byte[size];
    byte[] letters = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(letters, 0, octets, 0, letters.length);
    return Bytes.of(octets);
  }

  private static String hexNumber(long number) {
    return "0x" + Long.toHexString(number);
  }
}
