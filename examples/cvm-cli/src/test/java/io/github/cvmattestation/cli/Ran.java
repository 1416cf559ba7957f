package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** One run of the command, in this process. */
record Ran(int code, String out, String err) {
  static Ran cvm(List<String> args) {
    return cvm(args.toArray(String[]::new));
  }

  static Ran cvm(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
    PrintStream errStream = new PrintStream(err, false, StandardCharsets.UTF_8);
    int code = Cvm.run(args, outStream, errStream);
    outStream.flush();
    errStream.flush();
    Ran ran =
        new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    // Whatever happens: no stack trace, and nothing that a terminal would obey.
    assertThat(ran.out + ran.err)
        .doesNotContain("\tat ")
        .doesNotContain("Exception")
        .matches(text -> text.chars().noneMatch(c -> c != '\n' && Character.isISOControl(c)));
    return ran;
  }

  /** The result, which must be one JSON object and nothing else. */
  Json.Obj json() throws MalformedException {
    assertThat(out).endsWith("}\n");
    return StrictJson.parse(
            "result", Bytes.of(out.strip().getBytes(StandardCharsets.UTF_8)), 1 << 20)
        .asObject();
  }

  /** The codes of the findings of a JSON result. */
  List<String> codes(String list) throws MalformedException {
    return json().require(list).asArray(100).stream().map(Ran::code).toList();
  }

  /** A value that holds no object, without its place: two documents can say the same. */
  static String plain(Json value) {
    if (value instanceof Json.Arr array) {
      return array.items().stream().map(Ran::plain).collect(Collectors.joining(",", "[", "]"));
    }
    if (value instanceof Json.Str string) {
      return '"' + string.value() + '"';
    }
    if (value instanceof Json.Num number) {
      return number.value().toString();
    }
    if (value instanceof Json.Bool bool) {
      return String.valueOf(bool.value());
    }
    assertThat(value).isInstanceOf(Json.Null.class);
    return "null";
  }

  private static String code(Json finding) {
    try {
      return finding.asObject().require("code").asString();
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }
}
