package io.github.cvmattestation.azure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The tables of docs/not-covered.md: the published map of what no signature covers. */
final class NotCovered {
  private static final Path MAP = Path.of("docs", "not-covered.md");

  private record Row(String part, String bytes) {}

  private final List<Row> rows;

  private NotCovered(List<Row> rows) {
    this.rows = rows;
  }

  static NotCovered read() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve(MAP))) {
      folder = folder.getParent(); // the module's folder, or the root's
    }
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(MAP))) {
      String[] cells = line.split("\\|");
      if (cells.length > 3 && cells[1].strip().startsWith("`")) {
        rows.add(new Row(plain(cells[1]), plain(cells[2])));
      }
    }
    return new NotCovered(rows);
  }

  /** Bytes of {@code part} that may change, from ranges such as {@code 4-7}. */
  Set<Integer> bytes(String part) {
    Set<Integer> all = new HashSet<>();
    for (Row row : rows) {
      if (row.part.equals(part) && row.bytes.matches("[0-9]+-[0-9]+")) {
        String[] ends = row.bytes.split("-");
        for (int at = Integer.parseInt(ends[0]); at <= Integer.parseInt(ends[1]); at++) {
          all.add(at);
        }
      }
    }
    return all;
  }

  /** Classes of characters of {@code part} that may change. */
  Set<String> classes(String part) {
    Set<String> all = new HashSet<>();
    rows.stream().filter(row -> row.part.equals(part)).forEach(row -> all.add(row.bytes));
    return all;
  }

  /** Sizes that {@code part} may have. */
  Set<Integer> sizes(String part) {
    Set<Integer> all = new HashSet<>();
    for (Row row : rows) {
      if (row.part.equals(part) && row.bytes.matches("[0-9]+( [0-9]+)+")) {
        Arrays.stream(row.bytes.split(" ")).map(Integer::valueOf).forEach(all::add);
      }
    }
    return all;
  }

  private static String plain(String cell) {
    return cell.strip().replace("`", "");
  }
}
