package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The bytes of one log that nothing covers: where the parts are that docs/not-covered.md names, and
 * by its word, not by trial, what may become of them.
 *
 * @param rows the bytes of each part that the log has
 * @param anything all of them: a bit may survive
 * @param always those of them that survive whatever the other fields say
 * @param hiding those of them that decide what data is shown
 */
record UncoveredBytes(Map<String, BitSet> rows, BitSet anything, BitSet always, BitSet hiding) {
  private static final Path MAP = Path.of("docs", "not-covered.md");
  private static final String SECTION = "## Event logs";
  private static final String ALWAYS = "always";
  private static final String SOMETIMES = "sometimes";
  private static final String HIDES = " hides";

  static UncoveredBytes published(Bytes log) throws IOException {
    Map<String, BitSet> parts = new Parts(log).found;
    Map<String, String> table = table();
    assertThat(table.keySet()).containsExactlyInAnyOrderElementsOf(parts.keySet());
    BitSet anything = new BitSet();
    BitSet always = new BitSet();
    BitSet hiding = new BitSet();
    table.forEach(
        (part, survives) -> {
          BitSet bytes = parts.get(part);
          assertThat(survives.replace(HIDES, "")).isIn(ALWAYS, SOMETIMES);
          anything.or(bytes);
          if (survives.startsWith(ALWAYS)) {
            always.or(bytes);
          }
          if (survives.endsWith(HIDES)) {
            hiding.or(bytes);
          }
        });
    parts.values().removeIf(BitSet::isEmpty);
    return new UncoveredBytes(parts, anything, always, hiding);
  }

  /** Part to what may become of it. */
  private static Map<String, String> table() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve(MAP))) {
      folder = folder.getParent(); // the module's folder, or the root's
    }
    Map<String, String> table = new LinkedHashMap<>();
    String text = Files.readString(folder.resolve(MAP));
    String section = text.substring(text.indexOf(SECTION)).split("\n## ", 2)[0];
    for (String line : section.lines().toList()) {
      String[] cells = line.split("\\|");
      if (cells.length > 3 && cells[1].strip().startsWith("`")) {
        table.put(plain(cells[1]), plain(cells[2]));
      }
    }
    return table;
  }

  private static String plain(String cell) {
    return cell.strip().replace("`", "");
  }

  /** Finds the parts of a crypto-agile log of TPM 2.0 (TCG PFP §10.2). */
  private static final class Parts {
    private static final int SPEC_ID = 32;
    private static final int SHA1 = 4;
    private static final int SHA256 = 0xB;
    private static final long GRUB = 0xDL;
    private static final long VARIABLE_BOOT = 0x80000002L;

    /** Types whose data is hashed whole, or the log is refused. */
    private static final Set<Long> HASHED = Set.of(4L, 8L, 0x80000001L, 0x80000007L, 0x800000E0L);

    /** Types whose data is shown if it is hashed whole. */
    private static final Set<Long> SHOWN = Set.of(0x11L, 0x80000006L);

    private final Map<String, BitSet> found = new LinkedHashMap<>();

    Parts(Bytes log) {
      ByteBuffer in = ByteBuffer.wrap(log.toArray()).order(ByteOrder.LITTLE_ENDIAN);
      put("first event: register", 0, 4);
      put("spec id: platform class", SPEC_ID + 16, 4);
      put("spec id: errata and UINTN size", SPEC_ID + 22, 2);
      int vendor = SPEC_ID + 28 + 4 * in.getInt(SPEC_ID + 24);
      put("spec id: vendor bytes", vendor + 1, in.get(vendor) & 0xFF);
      in.position(SPEC_ID + in.getInt(28));
      while (in.hasRemaining()) {
        event(in);
      }
    }

    private void event(ByteBuffer in) {
      in.getInt();
      long type = Integer.toUnsignedLong(in.getInt());
      put("type", in.position() - 4, 4);
      int digests = in.getInt();
      for (int i = 0; i < digests; i++) {
        int id = in.getShort();
        int size = id == SHA1 ? 20 : id == SHA256 ? 32 : 48;
        put("digests of other banks", in.position(), id == SHA256 ? 0 : size);
        in.position(in.position() + size);
      }
      byte[] data = new byte[in.getInt()];
      int at = in.position();
      in.get(data);
      data(type, at, data);
    }

    private void data(long type, int at, byte[] data) {
      String text = new String(data, StandardCharsets.ISO_8859_1);
      if (SHOWN.contains(type)) {
        put("data that is shown where it fits", at, data.length);
      } else if (type == VARIABLE_BOOT) {
        ByteBuffer header = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        int name = 2 * header.getInt(16);
        put("boot variable: vendor and name", at, 16);
        put("boot variable: vendor and name", at + 32, name);
        put("boot variable: lengths", at + 16, 16);
        put("boot variable: contents", at + 32 + name, data.length - 32 - name);
      } else if (type == GRUB
          && (text.startsWith("grub_cmd: ") || text.startsWith("kernel_cmdline: "))) {
        int label = text.indexOf(": ") + 2;
        put("GRUB's label", at, label);
        put("GRUB's text", at + label, data.length - label);
      } else if (!HASHED.contains(type)) {
        put("data of types that are not hashed", at, data.length);
      }
    }

    private void put(String part, int at, int size) {
      found.computeIfAbsent(part, name -> new BitSet()).set(at, at + size);
    }
  }
}
