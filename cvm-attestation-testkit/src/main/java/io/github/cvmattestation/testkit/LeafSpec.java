package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.jspecify.annotations.Nullable;

/**
 * How a VCEK or VLEK certificate is to be: AMD's form unless told otherwise (AMD 57230, sections
 * 3.2 and 3.3). {@link FakeAmdPki#issue(LeafSpec)} makes it.
 *
 * <p>Extensions are named by what follows the arc 1.3.6.1.4.1.3704.1: {@code "3.8"} is ucodeSPL.
 */
public final class LeafSpec {
  /** Arc of the extensions of AMD's leaf certificates, with the dot after it. */
  public static final String ARC = "1.3.6.1.4.1.3704.1.";

  private static final String HARDWARE_ID = "4";
  private static final String CSP_ID = "5";

  private final Line line;
  private final boolean vlek;
  private final List<Entry> extensions = new ArrayList<>();
  private String name;
  private BigInteger serial = BigInteger.ZERO;
  private @Nullable FakeCa issuer;
  private @Nullable String issuerName;
  private @Nullable Instant notBefore;
  private @Nullable Instant notAfter;
  private @Nullable EcSigningKey key;
  private @Nullable Bytes publicKey;
  private PssForm form = PssForm.defaultTrailer();
  private @Nullable PssForm outerForm;

  private record Entry(String oid, boolean critical, Bytes value) {}

  private LeafSpec(Line line, boolean vlek) {
    this.line = line;
    this.vlek = vlek;
    this.name = vlek ? "SEV-VLEK" : "SEV-VCEK";
    add("1", Der.bytes(new ASN1Integer(line == Line.TURIN ? 1 : 0)));
    productName(vlek ? line.label() : line.productName());
    // AMD's own order: the reserved levels stand between teeSPL and snpSPL. Turin has no .3.4.
    for (String suffix : List.of("3.1", "3.2", "3.4", "3.5", "3.6", "3.7", "3.3", "3.8")) {
      if (line != Line.TURIN || !suffix.equals("3.4")) {
        add(suffix, Der.bytes(new ASN1Integer(0)));
      }
    }
    if (line == Line.TURIN) {
      add("3.9", Der.bytes(new ASN1Integer(0)));
    }
    tcb(line.healthyTcb());
  }

  /** A chip's certificate; its hwID is that of {@link Line#chipId(String) chip} "default". */
  public static LeafSpec vcek(Line line) {
    return new LeafSpec(line, false).hardwareId(line.chipId("default"));
  }

  /** A cloud provider's certificate: cspID instead of hwID. */
  public static LeafSpec vlek(Line line) {
    return new LeafSpec(line, true).cspId("CN=cc.example.com");
  }

  /** Sets all levels, fmcSPL on Turin alone. */
  public LeafSpec tcb(Tcb tcb) {
    spl("3.1", tcb.bootLoader()).spl("3.2", tcb.tee()).spl("3.3", tcb.snp());
    if (line == Line.TURIN) {
      spl("3.9", tcb.fmc());
    }
    return spl("3.8", tcb.microcode());
  }

  /** Sets one level, an INTEGER of any value: {@code "3.8"} is ucodeSPL. */
  public LeafSpec spl(String suffix, int value) {
    return extension(suffix, Der.bytes(new ASN1Integer(value)));
  }

  /** Sets productName (.2), an IA5String. */
  public LeafSpec productName(String value) {
    return extension("2", Der.bytes(new DERIA5String(value)));
  }

  /** Sets hwID (.4) to raw bytes: of a 64-byte CHIP_ID the first 8 on Turin. */
  public LeafSpec hardwareId(Bytes chipId) {
    return extension(HARDWARE_ID, chipId.slice(0, Math.min(chipId.size(), line.chipIdSize())));
  }

  /** Sets hwID (.4) inside an OCTET STRING of its own, as some certificates have it. */
  public LeafSpec wrappedHardwareId(Bytes chipId) {
    Bytes id = chipId.slice(0, Math.min(chipId.size(), line.chipIdSize()));
    return extension(HARDWARE_ID, Der.bytes(new DEROctetString(id.toArray())));
  }

  /** Sets cspID (.5), an IA5String. */
  public LeafSpec cspId(String value) {
    return extension(CSP_ID, Der.bytes(new DERIA5String(value)));
  }

  /** Sets an extension of AMD's arc to any content; it keeps its place, a new one comes last. */
  public LeafSpec extension(String suffix, Bytes value) {
    for (int i = 0; i < extensions.size(); i++) {
      if (extensions.get(i).oid().equals(ARC + suffix)) {
        extensions.set(i, new Entry(ARC + suffix, false, value));
        return this;
      }
    }
    return add(suffix, value);
  }

  /** Leaves an extension out. */
  public LeafSpec without(String suffix) {
    extensions.removeIf(entry -> entry.oid().equals(ARC + suffix));
    return this;
  }

  /** Appends an extension of AMD's arc, even where there is one already. */
  public LeafSpec add(String suffix, Bytes value) {
    return addForeign(ARC + suffix, false, value);
  }

  /** Appends any extension. */
  public LeafSpec addForeign(String oid, boolean critical, Bytes value) {
    extensions.add(new Entry(oid, critical, value));
    return this;
  }

  /** Another common name. */
  public LeafSpec commonName(String value) {
    name = value;
    return this;
  }

  /** Another serial number than 0. */
  public LeafSpec serial(long value) {
    serial = BigInteger.valueOf(value);
    return this;
  }

  /** Signed by another authority, whose name is then the issuer's. */
  public LeafSpec issuedBy(FakeCa authority) {
    issuer = authority;
    return this;
  }

  /** An issuer's name other than that of the key which signs. */
  public LeafSpec issuerName(String commonName) {
    issuerName = commonName;
    return this;
  }

  /** Other dates. */
  public LeafSpec validity(Instant from, Instant until) {
    notBefore = from;
    notAfter = until;
    return this;
  }

  /** Another key; every specification gets one of its own otherwise. */
  public LeafSpec key(EcSigningKey signingKey) {
    key = signingKey;
    return this;
  }

  /** Any subjectPublicKeyInfo, DER, whoever holds its secret. */
  public LeafSpec publicKey(Bytes subjectPublicKeyInfo) {
    publicKey = subjectPublicKeyInfo;
    return this;
  }

  /** Other signature parameters. */
  public LeafSpec signature(PssForm pss) {
    form = pss;
    return this;
  }

  /** Other parameters in the outer algorithm identifier alone. */
  public LeafSpec outerAlgorithm(PssForm pss) {
    outerForm = pss;
    return this;
  }

  Line line() {
    return line;
  }

  boolean isVlek() {
    return vlek;
  }

  Leaf build(FakeCa usualIssuer, EcSigningKey usualKey, Instant from, Instant until) {
    FakeCa by = issuer != null ? issuer : usualIssuer;
    EcSigningKey leafKey = key != null ? key : usualKey;
    CertificateWriter out =
        new CertificateWriter()
            .serial(serial)
            .issuer(issuerName != null ? issuerName : by.name())
            .subject(name)
            .validity(notBefore != null ? notBefore : from, notAfter != null ? notAfter : until)
            .publicKey(publicKey != null ? publicKey : leafKey.subjectPublicKeyInfo())
            .signature(form)
            .outerAlgorithm(outerForm != null ? outerForm : form);
    extensions.forEach(entry -> out.extension(entry.oid(), entry.critical(), entry.value()));
    return new Leaf(out.sign(by.key()), leafKey);
  }
}
