package io.github.cvmattestation.azure;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Real evidence, which lies outside the project: tests that need it are skipped without it. */
public final class Vectors {
  private static final Path ROOT =
      Path.of(System.getProperty("cvm.vectors", "../../shared/vectors"));

  private Vectors() {}

  public static Bytes read(String name) {
    Path path = ROOT.resolve(name);
    assumeTrue(Files.isRegularFile(path), "no real evidence at " + path);
    try {
      return Bytes.of(Files.readAllBytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cases of the manifest that are of {@code kind}. */
  static List<Json.Obj> cases(String kind) throws MalformedException {
    Json.Obj manifest = StrictJson.parse("manifest", read("manifest.json"), 1 << 20).asObject();
    List<Json.Obj> cases = new java.util.ArrayList<>();
    for (Json item : manifest.require("cases").asArray(1000)) {
      if (item.asObject().require("kind").asString().equals(kind)) {
        cases.add(item.asObject());
      }
    }
    return cases;
  }

  static Bytes file(Json.Obj one, String role) throws MalformedException {
    return read(one.require("files").asObject().require(role).asString());
  }
}
