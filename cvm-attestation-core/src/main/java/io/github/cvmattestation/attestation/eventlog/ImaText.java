package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The file ascii_runtime_measurements (Linux, security/integrity/ima/ima_fs.c,
 * ima_ascii_measurements_show): a line for each entry, with one space between PCR, template hash,
 * template name and the fields. A field without content leaves its space. Everything is taken as
 * the kernel prints it, to the last line feed: a line without one was cut.
 */
final class ImaText implements ImaRecord.Source {
  /** PCR, template hash, template name. */
  private static final int COLUMNS = 3;

  private static final Pattern REGISTER = Pattern.compile(" [0-9]|[1-9][0-9]");
  private static final Bytes ZERO = Bytes.zeros(1);

  private final Bytes log;
  private int at;

  ImaText(Bytes log) {
    this.log = log;
  }

  @Override
  public boolean hasNext() {
    return at < log.size();
  }

  @Override
  public ImaRecord next() throws MalformedException {
    List<Bytes> columns = line();
    if (columns.size() < COLUMNS) {
      throw malformed("columns", "at least " + COLUMNS);
    }
    int register = register(columns.get(0));
    Bytes hash = hex("template hash", columns.get(1));
    if (Stream.of(HashAlgorithm.values()).noneMatch(a -> a.digestSize() == hash.size())) {
      throw malformed("template hash", "a digest");
    }
    ImaTemplate template =
        ImaTemplate.ofName(text(columns.get(2)))
            .orElseThrow(() -> malformed("template name", "a template that is known"));
    if (columns.size() != COLUMNS + template.fieldCount()) {
      throw malformed("fields", Integer.toString(template.fieldCount()));
    }
    List<Bytes> fields = new ArrayList<>(template.fieldCount());
    for (int i = 0; i < template.fieldCount() && !ImaRecord.isViolation(hash); i++) {
      Bytes field = field(template.field(i), columns.get(COLUMNS + i));
      ImaRecord.require(template.field(i), field);
      fields.add(field);
    }
    return new ImaRecord(register, hash, template, fields);
  }

  /** The columns of the next line. There are never more than the longest template has. */
  private List<Bytes> line() throws MalformedException {
    int most = COLUMNS + ImaTemplate.IMA_MODSIG.fieldCount();
    List<Bytes> columns = new ArrayList<>(most);
    int from = at;
    for (int i = at; i < log.size(); i++) {
      int octet = log.get(i);
      // A register of one digit has a space before it (%2d).
      boolean padding = i == at && octet == ' ';
      if (!padding && (octet == ' ' || octet == '\n')) {
        if (columns.size() == most) {
          throw malformed("columns", "at most " + most);
        }
        columns.add(log.slice(from, i));
        from = i + 1;
      }
      if (octet == '\n') {
        at = from;
        return columns;
      }
      if (i - at >= 2 * ImaLog.MAX_ENTRY_SIZE) {
        throw new MalformedException(
            "IMA log",
            Finding.of(
                LogFinding.IMA_LIMIT,
                "lines of at most " + 2 * ImaLog.MAX_ENTRY_SIZE + " bytes",
                "a longer one"));
      }
    }
    throw malformed("end", "a line feed");
  }

  private int register(Bytes column) throws MalformedException {
    String digits = text(column);
    if (!REGISTER.matcher(digits).matches()) {
      throw malformed("pcr", "a number");
    }
    return Integer.parseInt(digits.trim());
  }

  private Bytes field(ImaTemplate.Field kind, Bytes column) throws MalformedException {
    return switch (kind) {
      case DIGEST, OCTETS -> hex("field", column);
      case DIGEST_NG -> digest(column);
      case OPTIONAL_DIGEST_NG -> column.isEmpty() ? column : digest(column);
      case NAME -> column;
      case NAME_NG -> column.concat(ZERO);
    };
  }

  private Bytes digest(Bytes column) throws MalformedException {
    int colon = 0;
    while (colon < column.size() && column.get(colon) != ':') {
      colon++;
    }
    if (colon == column.size()) {
      throw malformed("digest", "an algorithm and a colon");
    }
    HashAlgorithm algorithm =
        HashAlgorithm.ofBankName(text(column.slice(0, colon)))
            .orElseThrow(() -> malformed("digest", "an algorithm that is known"));
    return new ImaDigest(algorithm, hex("digest", column.slice(colon + 1, column.size()))).ng();
  }

  /** Lower case, as the kernel prints it. */
  private Bytes hex(String field, Bytes digits) throws MalformedException {
    if (digits.size() % 2 != 0) {
      throw malformed(field, "two digits for each byte");
    }
    byte[] octets = new byte[digits.size() / 2];
    for (int i = 0; i < digits.size(); i++) {
      int digit = digits.get(i);
      boolean letter = digit >= 'a' && digit <= 'f';
      if (!letter && (digit < '0' || digit > '9')) {
        throw malformed(field, "hexadecimal digits");
      }
      int value = letter ? digit - 'a' + 10 : digit - '0';
      octets[i / 2] = (byte) (octets[i / 2] << 4 | value);
    }
    return Bytes.of(octets);
  }

  private static String text(Bytes column) {
    return new String(column.toArray(), StandardCharsets.ISO_8859_1);
  }

  private MalformedException malformed(String field, String expected) {
    return new MalformedException(
        "IMA log.%s in the line before byte %d".formatted(field, at), expected, "something else");
  }
}
