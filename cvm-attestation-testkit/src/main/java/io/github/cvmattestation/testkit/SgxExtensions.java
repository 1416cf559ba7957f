package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;

/**
 * Writes the SGX extensions of a PCK certificate: a SEQUENCE of pairs of object identifier and
 * value (Intel SGX PCK Certificate Specification, section 1.3.5).
 *
 * <p>A field is named by what follows 1.2.840.113741.1.13.1: {@code "4"} is FMSPC, {@code "2.17"}
 * is PCESVN, {@code "7.1"} is Dynamic Platform.
 */
public final class SgxExtensions {
  /** The object identifier of the extension, under which those of its fields lie. */
  public static final String OID = "1.2.840.113741.1.13.1";

  private static final String TCB = "2";
  private static final String CONFIGURATION = "7";
  private static final int COMPONENTS = 16;

  private final List<Field> top = new ArrayList<>();
  private final List<Field> tcb = new ArrayList<>();
  private final List<Field> configuration = new ArrayList<>();

  /** A field; the value of TCB and of Configuration is empty as long as it follows from below. */
  private record Field(String suffix, Bytes value) {}

  private SgxExtensions() {}

  /** What a certificate of the Processor CA has: a platform of one package. */
  static SgxExtensions processor() {
    return new SgxExtensions()
        .ppid(Hashes.digest("SHA-256", "PPID").slice(0, 16))
        .field(TCB, Bytes.empty())
        .components(Bytes.ofHex("04040202040100050000000000000000"))
        .pceSvn(13)
        .cpuSvn(Bytes.ofHex("04040202040100050000000000000000"))
        .pceId(Bytes.zeros(2))
        .fmspc(Bytes.ofHex("90c06f000000"))
        .type(0);
  }

  /** What a certificate of the Platform CA has: a multi-package platform, which TDX needs. */
  static SgxExtensions platform() {
    return processor()
        .type(1)
        .platformInstanceId(Hashes.digest("SHA-256", "platform instance").slice(0, 16))
        .configuration(true, true, true);
  }

  /** Sets PPID (.1), 16 bytes. */
  public SgxExtensions ppid(Bytes value) {
    return field("1", octets(value));
  }

  /** Sets one SGX TCB component SVN (.2.1 to .2.16), {@code number} from 1. */
  public SgxExtensions component(int number, int svn) {
    return field(TCB + "." + number, Der.bytes(new ASN1Integer(svn)));
  }

  /** Sets all 16 SGX TCB component SVNs, one byte each; CPUSVN stays. */
  public SgxExtensions components(Bytes svns) {
    for (int i = 0; i < COMPONENTS; i++) {
      component(i + 1, svns.get(i));
    }
    return this;
  }

  /** Sets PCESVN (.2.17). */
  public SgxExtensions pceSvn(int value) {
    return field("2.17", Der.bytes(new ASN1Integer(value)));
  }

  /** Sets CPUSVN (.2.18), 16 bytes; the component SVNs stay. */
  public SgxExtensions cpuSvn(Bytes value) {
    return field("2.18", octets(value));
  }

  /** Sets PCE-ID (.3), 2 bytes. */
  public SgxExtensions pceId(Bytes value) {
    return field("3", octets(value));
  }

  /** Sets FMSPC (.4), 6 bytes. */
  public SgxExtensions fmspc(Bytes value) {
    return field("4", octets(value));
  }

  /** Sets SGX Type (.5): 0 Standard, 1 Scalable, 2 Scalable with Integrity. */
  public SgxExtensions type(int value) {
    return field("5", Der.bytes(new ASN1Enumerated(value)));
  }

  /** Sets Platform Instance ID (.6), 16 bytes. */
  public SgxExtensions platformInstanceId(Bytes value) {
    return field("6", octets(value));
  }

  /** Sets Configuration (.7) with its three flags. */
  public SgxExtensions configuration(boolean dynamic, boolean cachedKeys, boolean smt) {
    return field(CONFIGURATION, Bytes.empty())
        .field("7.1", Der.bytes(ASN1Boolean.getInstance(dynamic)))
        .field("7.2", Der.bytes(ASN1Boolean.getInstance(cachedKeys)))
        .field("7.3", Der.bytes(ASN1Boolean.getInstance(smt)));
  }

  /** Sets a field to any DER value; it keeps its place, a new one comes last. */
  public SgxExtensions field(String suffix, Bytes value) {
    List<Field> fields = level(suffix);
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).suffix().equals(suffix)) {
        fields.set(i, new Field(suffix, value));
        return this;
      }
    }
    return add(suffix, value);
  }

  /** Leaves a field out. */
  public SgxExtensions without(String suffix) {
    level(suffix).removeIf(field -> field.suffix().equals(suffix));
    return this;
  }

  /** Appends a field, even where there is one of that name. */
  public SgxExtensions add(String suffix, Bytes value) {
    level(suffix).add(new Field(suffix, value));
    return this;
  }

  /** Writes a field twice, the second time at the end. */
  public SgxExtensions duplicate(String suffix) {
    Field known = level(suffix).stream().filter(f -> f.suffix().equals(suffix)).findFirst().get();
    return add(suffix, known.value());
  }

  /** Turns the order of the fields around, on every level. */
  public SgxExtensions reversed() {
    Collections.reverse(top);
    Collections.reverse(tcb);
    Collections.reverse(configuration);
    return this;
  }

  /** The value of the extension, DER. */
  public Bytes write() {
    return Der.bytes(sequence(top));
  }

  private DERSequence sequence(List<Field> fields) {
    return new DERSequence(fields.stream().map(this::pair).toArray(ASN1Encodable[]::new));
  }

  private DERSequence pair(Field field) {
    ASN1Encodable value =
        !field.value().isEmpty()
            ? Der.parsed(field.value())
            : sequence(field.suffix().equals(TCB) ? tcb : configuration);
    return Der.sequence(new ASN1ObjectIdentifier(OID + "." + field.suffix()), value);
  }

  private List<Field> level(String suffix) {
    return suffix.startsWith(TCB + ".")
        ? tcb
        : suffix.startsWith(CONFIGURATION + ".") ? configuration : top;
  }

  private static Bytes octets(Bytes value) {
    return Der.bytes(new DEROctetString(value.toArray()));
  }
}
