package io.github.cvmattestation.tdx;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** Real evidence, which lies outside the project; tests without it are skipped and say so. */
final class Vectors {
  private static final Path FOLDER =
      Path.of(System.getProperty("cvm.vectors", "../../shared/vectors"));

  private Vectors() {}

  /** One case of the manifest. */
  record Case(Json.Obj json) {
    String id() {
      return text(json, "id").orElseThrow();
    }

    Instant at() {
      return Instant.parse(text(json, "at").orElseThrow());
    }

    Bytes file(String role) {
      return read(text(member(json, "files"), role).orElseThrow());
    }

    Optional<String> expected(String name) {
      return text(member(json, "expect"), name);
    }

    Optional<Json> expectedValue(String name) {
      return member(json, "expect").get(name);
    }

    @Override
    public String toString() {
      return id();
    }
  }

  /** The cases of one kind; aborts the test where the folder is absent. */
  static Stream<Case> cases(String kind) {
    Json.Obj manifest = object(read("manifest.json"));
    try {
      return manifest.require("cases").asArray(1000).stream()
          .map(Vectors::object)
          .filter(json -> text(json, "kind").equals(Optional.of(kind)))
          .map(Case::new);
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  static Case named(String kind, String id) {
    return cases(kind).filter(found -> found.id().equals(id)).findFirst().orElseThrow();
  }

  static Bytes read(String path) {
    assumeTrue(
        Files.isDirectory(FOLDER),
        "real evidence is not at " + FOLDER + ": set cvm.vectors to its folder");
    try {
      return Bytes.of(Files.readAllBytes(FOLDER.resolve(path)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Json.Obj member(Json.Obj json, String name) {
    return object(json.get(name).orElseThrow());
  }

  private static Optional<String> text(Json.Obj json, String name) {
    return json.get(name)
        .filter(Json.Str.class::isInstance)
        .map(value -> ((Json.Str) value).value());
  }

  private static Json.Obj object(Bytes text) {
    try {
      return StrictJson.parse("manifest", text, 1 << 20).asObject();
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  private static Json.Obj object(Json value) {
    try {
      return value.asObject();
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }
}
