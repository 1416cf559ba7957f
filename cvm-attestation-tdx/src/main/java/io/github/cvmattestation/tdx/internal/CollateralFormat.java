package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.JsonCursor;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.PckAuthority;
import io.github.cvmattestation.tdx.PcsClientToolCollateral;
import io.github.cvmattestation.tdx.SignedText;
import io.github.cvmattestation.tdx.TdxCollateral;
import io.github.cvmattestation.tdx.TdxFinding;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads bundles of collateral for one platform, whose members are named after the fields of {@code
 * sgx_ql_qve_collateral_t} (Intel SGX DCAP Quote Verification Library API). There are two kinds.
 * Phala's has signatures beside the documents. A dump of the structure itself has them inside,
 * because {@code tcb_info} and {@code qe_identity} are bodies of the PCS there.
 *
 * <p>A bundle is signed by nobody, so that it may hold nothing that is not known.
 */
public final class CollateralFormat {
  private static final String NAME = "collateral";
  private static final Set<String> TEXTS =
      Set.of(
          "tcb_info",
          "tcb_info_signature",
          "tcb_info_issuer_chain",
          "qe_identity",
          "qe_identity_signature",
          "qe_identity_issuer_chain",
          "pck_crl",
          "root_ca_crl");

  /** Not needed: both chains come with the quote. */
  private static final Set<String> OTHER_TEXTS =
      Set.of("pck_crl_issuer_chain", "pck_certificate_chain");

  private static final Set<String> NUMBERS =
      Set.of(
          "version",
          "major_version",
          "minor_version",
          "tee_type",
          "tcb_info_size",
          "tcb_info_issuer_chain_size",
          "qe_identity_size",
          "qe_identity_issuer_chain_size",
          "pck_crl_size",
          "pck_crl_issuer_chain_size",
          "root_ca_crl_size");

  private final Map<String, String> texts = new HashMap<>();

  private CollateralFormat() {}

  /** The collateral that {@code bundle} holds. */
  public static TdxCollateral read(Bytes bundle) throws RefutedException {
    CollateralFormat reader = new CollateralFormat();
    try (JsonCursor in = open(bundle)) {
      reader.read(in);
    }
    return reader.collateral();
  }

  /** The same, or what a file of the PCS Client Tool holds for such a platform. */
  public static TdxCollateral read(Bytes bundle, Bytes fmspc, PckAuthority authority)
      throws RefutedException {
    return isOfClientTool(bundle)
        ? ClientToolFormat.read(bundle)
            .select(fmspc, authority, PcsClientToolCollateral.Update.STANDARD)
        : read(bundle);
  }

  static JsonCursor open(Bytes bundle) throws RefutedException {
    return JsonCursor.open(
        NAME,
        bundle,
        TdxCollateral.MAX_BUNDLE_SIZE,
        TdxFinding.COLLATERAL_FORMAT,
        TdxFinding.COLLATERAL_FORMAT);
  }

  private static boolean isOfClientTool(Bytes bundle) throws RefutedException {
    try (JsonCursor in = open(bundle)) {
      in.beginObject();
      while (in.nextMember()) {
        if (ClientToolFormat.isOfTool(in.name())) {
          return true;
        }
        in.skip();
      }
      return false;
    }
  }

  private void read(JsonCursor in) throws RefutedException {
    in.beginObject();
    while (in.nextMember()) {
      String name = in.name();
      if (TEXTS.contains(name)) {
        texts.put(name, in.string());
      } else if (OTHER_TEXTS.contains(name) || NUMBERS.contains(name)) {
        in.skip();
      } else if (ClientToolFormat.isOfTool(name)) {
        throw in.wrong("collateral of one platform, not a file of the PCS Client Tool");
      } else {
        throw in.wrong("known members");
      }
    }
    in.end();
  }

  private TdxCollateral collateral() throws RefutedException {
    @Nullable String tcbSignature = texts.get("tcb_info_signature");
    @Nullable String qeSignature = texts.get("qe_identity_signature");
    return new TdxCollateral(
        tcbSignature == null
            ? CollateralParts.tcbInfo(body("tcb_info"))
            : signed("tcb_info", tcbSignature),
        CollateralParts.certificatesOfText("tcb_info_issuer_chain", text("tcb_info_issuer_chain")),
        qeSignature == null
            ? CollateralParts.qeIdentity(body("qe_identity"))
            : signed("qe_identity", qeSignature),
        CollateralParts.certificatesOfText(
            "qe_identity_issuer_chain", text("qe_identity_issuer_chain")),
        CollateralParts.crlOfText("pck_crl", text("pck_crl")),
        CollateralParts.crlOfText("root_ca_crl", text("root_ca_crl")));
  }

  private String text(String name) throws RefutedException {
    @Nullable String text = texts.get(name);
    if (text == null) {
      throw CollateralParts.missing(name);
    }
    return text;
  }

  private Bytes body(String name) throws RefutedException {
    return CollateralParts.utf8(CollateralParts.withoutNul(text(name)));
  }

  private SignedText signed(String name, String signature) throws RefutedException {
    if (signature.length() != 2 * SignedText.SIGNATURE_SIZE) {
      throw CollateralParts.wrong(
          name + "_signature", 2 * SignedText.SIGNATURE_SIZE + " hexadecimal digits");
    }
    return CollateralParts.signed(
        name,
        CollateralParts.utf8(text(name)),
        CollateralParts.hexDecoded(name + "_signature", CollateralParts.utf8(signature)));
  }
}
