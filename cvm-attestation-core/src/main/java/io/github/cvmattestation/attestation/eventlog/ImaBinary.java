package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The file binary_runtime_measurements (Linux, security/integrity/ima/ima_fs.c,
 * ima_measurements_show), little-endian: PCR u32, SHA-1 template hash, size u32 and template name,
 * size u32 and fields, each of them with its size u32. The template {@code ima} has neither the
 * size of all fields nor that of the digest.
 */
final class ImaBinary implements ImaRecord.Source {
  private static final int LONGEST_TEMPLATE = 10;

  private final ByteReader in;

  ImaBinary(Bytes log) {
    this.in = ByteReader.littleEndian("IMA log", log);
  }

  @Override
  public boolean hasNext() {
    return in.remaining() > 0;
  }

  @Override
  public ImaRecord next() throws MalformedException {
    long register = in.u32("pcr");
    Bytes hash = in.bytes("template digest", HashAlgorithm.SHA1.digestSize());
    ImaTemplate template = template();
    List<Bytes> fields = template == ImaTemplate.IMA ? oldFields() : fields(template);
    if (ImaRecord.isViolation(hash)) {
      return new ImaRecord(register, hash, template, List.of());
    }
    for (int i = 0; i < fields.size(); i++) {
      ImaRecord.require(template.field(i), fields.get(i));
    }
    return new ImaRecord(register, hash, template, fields);
  }

  private ImaTemplate template() throws MalformedException {
    long size = in.u32("template name size");
    if (size > LONGEST_TEMPLATE) {
      throw in.malformed("template name size", "at most " + LONGEST_TEMPLATE, Long.toString(size));
    }
    Bytes name = in.bytes("template name", size);
    return ImaTemplate.ofName(new String(name.toArray(), StandardCharsets.ISO_8859_1))
        .orElseThrow(() -> in.malformed("template name", "a template that is known", "another"));
  }

  private List<Bytes> oldFields() throws MalformedException {
    Bytes digest = in.bytes("d", HashAlgorithm.SHA1.digestSize());
    return List.of(digest, in.bytes("n", bounded(in.u32("n.size"))));
  }

  private List<Bytes> fields(ImaTemplate template) throws MalformedException {
    Bytes data = in.bytes("template data", bounded(in.u32("template data size")));
    ByteReader inside = ByteReader.littleEndian("IMA template data", data);
    List<Bytes> fields = new ArrayList<>(template.fieldCount());
    for (int i = 0; i < template.fieldCount(); i++) {
      fields.add(inside.bytes("field", inside.u32("field size")));
    }
    inside.end();
    return fields;
  }

  private static long bounded(long size) throws MalformedException {
    if (size > ImaLog.MAX_ENTRY_SIZE) {
      throw new MalformedException(
          "IMA entry",
          Finding.of(
              LogFinding.IMA_LIMIT,
              "at most " + ImaLog.MAX_ENTRY_SIZE + " bytes of data",
              size + " bytes"));
    }
    return size;
  }
}
