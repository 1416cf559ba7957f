package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_JSON;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_SCHEMA;
import static io.github.cvmattestation.tdx.TdxFinding.COLLATERAL_SCOPE;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_TCB_STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.tdx.Documents.Reader;
import io.github.cvmattestation.tdx.Edits.Kind;
import io.github.cvmattestation.tdx.Edits.Place;
import io.github.cvmattestation.tdx.internal.QeIdentityFormat;
import io.github.cvmattestation.tdx.internal.TcbInfoFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One change at every place of a small document. */
class DocumentMutationTest {
  private static final Set<String> OPTIONAL =
      Set.of("tdxModuleIdentities", "advisoryIDs", "category", "type");

  /** Where Intel may add a member: what is stated there, not what is compared. */
  private static final Set<String> OPEN =
      Set.of("", ".tcbLevels", ".tdxModuleIdentities", ".tdxModuleIdentities.tcbLevels");

  private record Document(String name, String text, Reader reader) {
    Optional<FindingCode> refusal(String changed) {
      return Documents.refusal(reader, changed);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Document> documents() {
    return List.of(
        new Document("TCB Info", Documents.TCB_INFO, TcbInfoFormat::read),
        new Document("QE Identity", Documents.QE_IDENTITY, QeIdentityFormat::read));
  }

  static Stream<Arguments> places() {
    return documents().stream()
        .flatMap(
            document ->
                Edits.places(document.text).stream().map(place -> Arguments.of(document, place)));
  }

  static Stream<Arguments> entries() {
    return places().filter(arguments -> !((Place) arguments.get()[1]).path().isEmpty());
  }

  static Stream<Arguments> members() {
    return places().filter(arguments -> !((Place) arguments.get()[1]).name().isEmpty());
  }

  static Stream<Arguments> objects() {
    return places().filter(arguments -> ((Place) arguments.get()[1]).kind() == Kind.OBJECT);
  }

  @ParameterizedTest(name = "{0} without {1}")
  @MethodSource("members")
  void onlyOptionalMembersMayBeAbsent(Document document, Place place) {
    String changed = Edits.entry(document.text, place, member -> "");
    assertThat(document.refusal(changed))
        .isEqualTo(
            OPTIONAL.contains(place.name()) ? Optional.empty() : Optional.of(COLLATERAL_SCHEMA));
  }

  @ParameterizedTest(name = "{0} with two {1}")
  @MethodSource("members")
  void aMemberThatComesTwiceIsNotStrictJson(Document document, Place place) {
    String changed = Edits.entry(document.text, place, member -> member + "," + member);
    assertThat(document.refusal(changed)).contains(COLLATERAL_JSON);
  }

  @ParameterizedTest(name = "{0} with an escaped second {1}")
  @MethodSource("members")
  void anEscapedNameIsTheSameName(Document document, Place place) {
    String escaped = "\\u%04x".formatted((int) place.name().charAt(0)) + place.name().substring(1);
    String changed =
        Edits.entry(document.text, place, member -> member + ",\"" + escaped + "\":null");
    assertThat(document.refusal(changed)).contains(COLLATERAL_JSON);
  }

  @ParameterizedTest(name = "{0} with something behind {1}")
  @MethodSource("places")
  void whatFollowsAValueIsNotStrictJson(Document document, Place place) {
    for (String trailing : List.of("0", " {}", "x", "}", "]", "\u00e9", "//", ":1")) {
      String changed = Edits.value(document.text, place, value -> value + trailing);
      if (place.kind() == Kind.SCALAR && trailing.equals("0")) {
        continue; // behind a number that is another number
      }
      assertThat(document.refusal(changed)).as(trailing).contains(COLLATERAL_JSON);
    }
  }

  @ParameterizedTest(name = "{0}: white space around {1}")
  @MethodSource("places")
  void whiteSpaceChangesNothing(Document document, Place place) {
    String changed = Edits.value(document.text, place, value -> " \t\r\n" + value + "\n");
    assertThat(document.refusal(changed)).isEmpty();
  }

  @ParameterizedTest(name = "{0}: another type at {1}")
  @MethodSource("places")
  void everyOtherTypeIsRefused(Document document, Place place) {
    for (String other :
        List.of("null", "true", "-1", "4294967296", "\"x\"", "[]", "{}", "[null]")) {
      String changed = Edits.value(document.text, place, value -> other);
      assertThat(document.refusal(changed)).as(other).isEqualTo(expected(place, other));
    }
    for (String none :
        List.of("1.5", "1e0", "0.0", "01", "NaN", "\"\\ud800\"", "123456789012345678901")) {
      String changed = Edits.value(document.text, place, value -> none);
      assertThat(document.refusal(changed)).as(none).contains(COLLATERAL_JSON);
    }
  }

  private static Optional<FindingCode> expected(Place place, String other) {
    boolean text = other.equals("\"x\"");
    return switch (place.path()) {
      case ".id" -> Optional.of(text ? COLLATERAL_SCOPE : COLLATERAL_SCHEMA);
      case ".tdxModuleIdentities" ->
          other.equals("[]") ? Optional.empty() : Optional.of(COLLATERAL_SCHEMA);
      default ->
          switch (place.name()) {
            case "tcbStatus" -> Optional.of(text ? TDX_TCB_STATUS : COLLATERAL_SCHEMA);
            case "category", "type" -> text ? Optional.empty() : Optional.of(COLLATERAL_SCHEMA);
            case "advisoryIDs" ->
                other.equals("[]") ? Optional.empty() : Optional.of(COLLATERAL_SCHEMA);
            default ->
                text && place.shape().endsWith(".advisoryIDs")
                    ? Optional.empty()
                    : Optional.of(COLLATERAL_SCHEMA);
          };
    };
  }

  @ParameterizedTest(name = "{0}: a number as a string at {1}")
  @MethodSource("places")
  void aNumberInQuotesIsNoNumber(Document document, Place place) {
    String number =
        Edits.value(document.text, place, value -> value.replaceAll("^([0-9]+)$", "\"$1\""));
    assertThat(document.refusal(number))
        .isEqualTo(
            number.equals(document.text) ? Optional.empty() : Optional.of(COLLATERAL_SCHEMA));
  }

  @ParameterizedTest(name = "{0}: an unknown member in {1}")
  @MethodSource("objects")
  void unknownMembersAreRefusedAmongThoseThatAreCompared(Document document, Place place) {
    for (String value : List.of("1", "{\"a\":[{\"a\":null}]}", "\"\"")) {
      String changed =
          Edits.value(
              document.text, place, object -> "{\"x\":" + value + "," + object.substring(1));
      assertThat(document.refusal(changed))
          .isEqualTo(
              OPEN.contains(place.shape()) ? Optional.empty() : Optional.of(COLLATERAL_SCHEMA));
    }
  }

  @ParameterizedTest(name = "{0}: what an unknown member in {1} holds")
  @MethodSource("objects")
  void whatIsPassedOverIsStrictJsonToo(Document document, Place place) {
    for (String value :
        List.of("{\"a\":1,\"a\":1}", "1.5", "\"\\ud800\"", "[1,]", "{\"\\ud800\":1}")) {
      String changed =
          Edits.value(
              document.text, place, object -> "{\"x\":" + value + "," + object.substring(1));
      assertThat(document.refusal(changed)).as(value).contains(COLLATERAL_JSON);
    }
  }

  @ParameterizedTest(name = "{0}: a defect of the schema before one of JSON, in {1}")
  @MethodSource("objects")
  void textThatIsNotJsonIsRefusedForThatFirst(Document document, Place place) {
    String wrong = document.text.replaceFirst("\\{", "{\"id\":0,");
    String changed = wrong.substring(0, wrong.lastIndexOf('}')) + ",\"y\":[{}, {\"y\":1,\"y\":1}]}";
    assertThat(document.refusal(changed)).contains(COLLATERAL_JSON);
    String emptied = Edits.value(document.text, place, object -> "{\"x\":1}");
    assertThat(document.refusal(emptied)).contains(COLLATERAL_SCHEMA);
    assertThat(document.refusal(emptied + "{}")).contains(COLLATERAL_JSON);
    assertThat(document.refusal(emptied + " \n")).contains(COLLATERAL_SCHEMA);
  }

  @ParameterizedTest(name = "{0}: {1} is dropped or doubled")
  @MethodSource("entries")
  void itemsAreCounted(Document document, Place place) {
    if (!place.name().isEmpty()) {
      return;
    }
    boolean free = place.shape().endsWith(".advisoryIDs");
    boolean levels =
        place.shape().endsWith("Levels") || place.shape().equals(".tdxModuleIdentities");
    assertThat(document.refusal(Edits.entry(document.text, place, item -> "")))
        .isEqualTo(free || levels ? Optional.empty() : Optional.of(COLLATERAL_SCHEMA));
    assertThat(document.refusal(Edits.entry(document.text, place, item -> item + "," + item)))
        .isEqualTo(free ? Optional.empty() : Optional.of(COLLATERAL_SCHEMA));
  }

  static Stream<Document> everyDocument() {
    return documents().stream();
  }

  @ParameterizedTest
  @MethodSource("everyDocument")
  void everyTruncationIsNotJson(Document document) {
    Bytes whole = Documents.utf8(document.text);
    for (int size = 0; size < whole.size(); size++) {
      assertThat(Documents.refusal(document.reader, whole.slice(0, size)))
          .as("%d bytes", size)
          .contains(COLLATERAL_JSON);
    }
  }

  @ParameterizedTest
  @MethodSource("everyDocument")
  void everyFlippedBitIsRefusedOrReadAndNothingElseIsThrown(Document document) {
    byte[] octets = Documents.utf8(document.text).toArray();
    int refused = 0;
    for (int bit = 0; bit < 8 * octets.length; bit++) {
      octets[bit / 8] ^= (byte) (1 << bit % 8);
      Optional<FindingCode> refusal = Documents.refusal(document.reader, Bytes.of(octets));
      if (refusal.isPresent()) {
        refused++;
        assertThat(refusal.get())
            .isIn(COLLATERAL_JSON, COLLATERAL_SCHEMA, COLLATERAL_SCOPE, TDX_TCB_STATUS);
      }
      octets[bit / 8] ^= (byte) (1 << bit % 8);
    }
    // The rest are other digits, other letters of free text, and letter case.
    assertThat(refused).isGreaterThan(8 * octets.length / 2);
  }
}
