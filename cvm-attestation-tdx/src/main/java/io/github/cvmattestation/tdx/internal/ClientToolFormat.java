package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.JsonCursor;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.PckAuthority;
import io.github.cvmattestation.tdx.PcsClientToolCollateral.Update;
import io.github.cvmattestation.tdx.TdxCollateral;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of Intel's PCS Client Tool and PCCS Admin Tool ({@code fetch}; Design Guide for Intel
 * SGX and Intel TDX PCCS, appendix A, and the body of PCCS's {@code PUT platformcollateral}).
 *
 * <p>These files hold QE Identity as the text that was received, but TCB Info read and written
 * anew, with white space that Intel did not sign and nothing else changed. Hence the white space
 * outside strings is taken away from it: what then differs from the text that Intel signed has no
 * valid signature.
 */
public final class ClientToolFormat {
  private static final String COLLATERALS = "collaterals";

  private record Key(Bytes fmspc, Update update) {}

  private final Map<Key, Bytes> tcbInfos = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();

  private ClientToolFormat() {}

  /** Whether a document with this member is such a file rather than a bundle for one platform. */
  static boolean isOfTool(String member) {
    return member.equals(COLLATERALS) || member.equals("platforms");
  }

  /** What {@code file} holds of TDX. */
  public static ClientToolFormat read(Bytes file) throws RefutedException {
    ClientToolFormat reader = new ClientToolFormat();
    boolean found = false;
    try (JsonCursor in = CollateralFormat.open(file)) {
      in.beginObject();
      while (in.nextMember()) {
        if (in.name().equals(COLLATERALS)) {
          reader.readCollaterals(in);
          found = true;
        } else {
          in.skip();
        }
      }
      in.end();
    }
    if (!found) {
      throw CollateralParts.missing(COLLATERALS);
    }
    return reader;
  }

  /** The collateral for one kind of platform. */
  public TdxCollateral select(Bytes fmspc, PckAuthority authority, Update update)
      throws RefutedException {
    @Nullable Bytes tcbInfo = tcbInfos.get(new Key(fmspc, update));
    if (tcbInfo == null) {
      throw CollateralParts.missing("tdx_tcbinfo" + update.suffix() + " of the FMSPC");
    }
    String crl = authority == PckAuthority.PLATFORM ? "platformCrl" : "processorCrl";
    String identity = "tdqeidentity" + update.suffix();
    Bytes qeChain =
        CollateralParts.certificatesOfText(
            "SGX-Enclave-Identity-Issuer-Chain", text("SGX-Enclave-Identity-Issuer-Chain"));
    return new TdxCollateral(
        CollateralParts.tcbInfo(tcbInfo),
        CollateralParts.certificatesOfText("TCB-Info-Issuer-Chain", text("TCB-Info-Issuer-Chain")),
        CollateralParts.qeIdentity(CollateralParts.utf8(text(identity))),
        qeChain,
        CollateralParts.crlOfText(crl, text(crl)),
        CollateralParts.crlOfText("rootcacrl", text("rootcacrl")));
  }

  private void readCollaterals(JsonCursor in) throws RefutedException {
    in.beginObject();
    while (in.nextMember()) {
      String name = in.name();
      switch (name) {
        case "tcbinfos" -> {
          in.beginArray();
          while (in.nextItem()) {
            readTcbInfos(in);
          }
        }
        case "pckcacrl", "certificates" -> readTexts(in);
        case "tdqeidentity", "tdqeidentity_early", "rootcacrl" -> texts.put(name, in.string());
        default -> in.skip();
      }
    }
  }

  private void readTcbInfos(JsonCursor in) throws RefutedException {
    @Nullable Bytes fmspc = null;
    Map<Update, Bytes> found = new HashMap<>();
    in.beginObject();
    while (in.nextMember()) {
      switch (in.name()) {
        case "fmspc" -> fmspc = in.hex(6);
        case "tdx_tcbinfo" -> found.put(Update.STANDARD, compact(in.objectText()));
        case "tdx_tcbinfo_early" -> found.put(Update.EARLY, compact(in.objectText()));
        default -> in.skip();
      }
    }
    if (fmspc == null) {
      throw in.wrong("a member \"fmspc\"");
    }
    for (Map.Entry<Update, Bytes> entry : found.entrySet()) {
      if (tcbInfos.put(new Key(fmspc, entry.getKey()), entry.getValue()) != null) {
        throw in.wrong("each FMSPC once");
      }
    }
  }

  private void readTexts(JsonCursor in) throws RefutedException {
    in.beginObject();
    while (in.nextMember()) {
      String name = in.name();
      switch (name) {
        case "processorCrl",
            "platformCrl",
            "TCB-Info-Issuer-Chain",
            "SGX-Enclave-Identity-Issuer-Chain" ->
            texts.put(name, in.string());
        default -> in.skip();
      }
    }
  }

  private String text(String name) throws RefutedException {
    @Nullable String text = texts.get(name);
    if (text == null) {
      throw CollateralParts.missing(name);
    }
    return text;
  }

  /** JSON without the white space that lies outside its strings (RFC 8259, section 2). */
  private static Bytes compact(Bytes json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(json.size());
    boolean inString = false;
    for (int i = 0; i < json.size(); i++) {
      int octet = json.get(i);
      if (octet == '"') {
        inString = !inString;
      } else if (inString && octet == '\\') {
        out.write(octet);
        octet = json.get(++i);
      } else if (!inString && (octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n')) {
        continue;
      }
      out.write(octet);
    }
    return Bytes.of(out.toByteArray());
  }
}
