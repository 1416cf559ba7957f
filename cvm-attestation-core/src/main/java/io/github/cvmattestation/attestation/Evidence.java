package io.github.cvmattestation.attestation;

/**
 * What an attester hands over, still unproven (RFC 9334, section 8.1).
 *
 * @param mediaType names the format, so that the verifier for it can be found
 * @param content the octets as they were received
 */
public record Evidence(String mediaType, Bytes content) {}
