package io.github.cvmattestation.testkit;

import static io.github.cvmattestation.testkit.JsonMembers.quoted;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What TCB Info and Enclave Identity have in common: an object of named members with TCB levels at
 * its end (Intel PCS API v4). Members keep the order in which they were set first.
 *
 * @param <T> the writer of the one or the other
 */
public abstract sealed class IntelDocumentWriter<T extends IntelDocumentWriter<T>>
    permits TcbInfoWriter, QeIdentityWriter {
  private static final String LEVELS = "tcbLevels";

  private final String document;
  private final JsonMembers members = new JsonMembers();
  private List<TcbLevelWriter> levels = new ArrayList<>();

  IntelDocumentWriter(String document) {
    this.document = document;
  }

  abstract T self();

  /** Sets {@code id}: TDX, TD_QE, SGX, QE, QVE. */
  public final T id(String value) {
    return member("id", quoted(value));
  }

  /** Sets {@code version}. */
  public final T version(int value) {
    return member("version", Integer.toString(value));
  }

  /** Sets {@code issueDate}. */
  public final T issueDate(Instant value) {
    return member("issueDate", quoted(value.toString()));
  }

  /** Sets {@code nextUpdate}. */
  public final T nextUpdate(Instant value) {
    return member("nextUpdate", quoted(value.toString()));
  }

  /** Sets {@code tcbEvaluationDataNumber}. */
  public final T evaluationDataNumber(int value) {
    return member("tcbEvaluationDataNumber", Integer.toString(value));
  }

  /** Sets all {@code tcbLevels}, in this order. */
  public final T levels(TcbLevelWriter... values) {
    levels = new ArrayList<>(Arrays.asList(values));
    return member(LEVELS, "");
  }

  /** Puts a level before the others. */
  public final T firstLevel(TcbLevelWriter value) {
    levels.add(0, value);
    return self();
  }

  /** Puts a level after the others. */
  public final T lastLevel(TcbLevelWriter value) {
    levels.add(value);
    return self();
  }

  /** Sets a member to any JSON; it keeps its place, a new one comes last. */
  public final T member(String name, String json) {
    members.set(name, json);
    return self();
  }

  /** Leaves a member out. */
  public final T without(String name) {
    members.remove(name);
    return self();
  }

  /** Appends a member, even where there is one of that name. */
  public final T add(String name, String json) {
    members.add(name, json);
    return self();
  }

  /** The document, without white space. */
  public final String json() {
    return members.json(
        name ->
            name.equals(LEVELS)
                ? JsonMembers.array(levels.stream().map(TcbLevelWriter::json))
                : later(name));
  }

  /** The value of a member that has been given none yet. */
  String later(String name) {
    return "";
  }

  /** The document, signed. */
  public final SignedJson sign(EcSigningKey key) {
    return SignedJson.of(document, Bytes.of(json().getBytes(UTF_8)), key);
  }

  /** The document, signed by this hierarchy's TCB signer. */
  public final SignedJson sign(FakeIntelPki pki) {
    return sign(pki.tcbSigner().key());
  }
}
