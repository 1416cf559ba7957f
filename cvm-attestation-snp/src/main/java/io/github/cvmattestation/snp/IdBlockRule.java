package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Set;

/**
 * What a guest's ID block must say (AMD 56860, section 8.17). The key digests are SHA-384 over the
 * 1028-byte key structure. A guest is accepted if its ID key is trusted, or its author key is.
 *
 * @param idKeys trusted ID_KEY_DIGESTs, 48 bytes each
 * @param authorKeys trusted AUTHOR_KEY_DIGESTs, 48 bytes each
 * @param familyIds accepted FAMILY_IDs, 16 bytes each; empty for any
 * @param imageIds accepted IMAGE_IDs, 16 bytes each; empty for any
 * @param minimumGuestSvn the least accepted GUEST_SVN
 */
public record IdBlockRule(
    Set<Bytes> idKeys,
    Set<Bytes> authorKeys,
    Set<Bytes> familyIds,
    Set<Bytes> imageIds,
    long minimumGuestSvn) {
  public IdBlockRule {
    SnpRules.requireSizes("ID_KEY_DIGEST", 48, idKeys);
    SnpRules.requireSizes("AUTHOR_KEY_DIGEST", 48, authorKeys);
    SnpRules.requireSizes("FAMILY_ID", 16, familyIds);
    SnpRules.requireSizes("IMAGE_ID", 16, imageIds);
    if (idKeys.isEmpty() && authorKeys.isEmpty()) {
      throw SnpRules.senseless("an ID block rule without trusted keys", "name an ID or author key");
    }
    idKeys = Set.copyOf(idKeys);
    authorKeys = Set.copyOf(authorKeys);
    familyIds = Set.copyOf(familyIds);
    imageIds = Set.copyOf(imageIds);
  }
}
