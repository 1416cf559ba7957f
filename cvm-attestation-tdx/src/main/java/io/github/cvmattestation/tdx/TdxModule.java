package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;

/**
 * How a TDX module must be signed (Intel PCS API v4, {@code tdxModule}).
 *
 * @param mrSigner mrsigner, 48 bytes: what MRSIGNERSEAM must be
 * @param attributes {@code attributes}, 8 bytes: what SEAMATTRIBUTES must be under the mask
 * @param attributesMask {@code attributesMask}, 8 bytes
 */
public record TdxModule(Bytes mrSigner, Bytes attributes, Bytes attributesMask) {}
