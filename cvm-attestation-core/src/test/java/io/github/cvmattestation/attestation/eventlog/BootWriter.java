package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes what firmware measures into PCR 7, from the text of UEFI 2.10 and TCG PFP. */
final class BootWriter {
  static final String GLOBAL = "61dfe48bca93d211aa0d00e098032b8c";
  static final String DATABASE = "cbb219d73a3d9645a3bcdad00e67656f";
  static final String SHIM = "50ab5d6046e00043abb63dd810dd8b23";
  static final String SHA256 = "2616c4c14c509240aca941f936934328";
  static final String X509 = "a159c0a5e494a74a87b5ab155c2bf072";
  static final String X509_SHA256 = "92a4d23bc0967940b420fcf98ef103ed";
  static final String OWNER = "0102030405060708090a0b0c0d0e0f10";
  static final Bytes ON = Bytes.ofHex("01");
  static final Bytes OFF = Bytes.ofHex("00");
  static final Bytes HASH = Bytes.ofHex("11".repeat(32));

  private BootWriter() {}

  static Bytes variable(String vendor, String name, Bytes contents) {
    return Bytes.ofHex(vendor)
        .concat(
            le(8, name.length()),
            le(8, contents.size()),
            Bytes.of(name.getBytes(StandardCharsets.UTF_16LE)),
            contents);
  }

  /** An EFI_SIGNATURE_LIST of entries that are all as long as the first. */
  static Bytes list(String type, Bytes... signatures) {
    int size = 16 + signatures[0].size();
    Bytes entries = Bytes.empty();
    for (Bytes signature : signatures) {
      entries = entries.concat(Bytes.ofHex(OWNER), signature);
    }
    return sized(type, 28 + entries.size(), 0, size, entries);
  }

  static Bytes sized(String type, long list, long header, long entry, Bytes rest) {
    return Bytes.ofHex(type).concat(le(4, list), le(4, header), le(4, entry), rest);
  }

  static Bytes authority() {
    return variable(DATABASE, "db", Bytes.ofHex(OWNER).concat(HASH));
  }

  /** SecureBoot, PK, KEK, db and dbx. */
  static LogWriter variables(LogWriter log, int index, Bytes secureBoot) {
    Bytes keys = list(SHA256, HASH);
    return log.measured(index, LogWriter.DRIVER_CONFIG, variable(GLOBAL, "SecureBoot", secureBoot))
        .measured(index, LogWriter.DRIVER_CONFIG, variable(GLOBAL, "PK", keys))
        .measured(index, LogWriter.DRIVER_CONFIG, variable(GLOBAL, "KEK", keys))
        .measured(index, LogWriter.DRIVER_CONFIG, variable(DATABASE, "db", keys))
        .measured(index, LogWriter.DRIVER_CONFIG, variable(DATABASE, "dbx", Bytes.empty()));
  }

  static LogWriter sha256() {
    return LogWriter.withAlgorithms(LogWriter.Alg.SHA256);
  }

  static LogWriter on() {
    return variables(sha256(), 7, ON)
        .measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS)
        .measured(7, LogWriter.AUTHORITY, authority());
  }

  static BootState read(LogWriter log, int... registers) {
    return BootState.of(
        Replays.equal(EventLog.replay(log.log(), log.pcrs(LogWriter.Alg.SHA256, registers))));
  }

  static Bytes le(int size, long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < size; i++) {
      out.write((int) (value >> 8 * i));
    }
    return Bytes.of(out.toByteArray());
  }
}
