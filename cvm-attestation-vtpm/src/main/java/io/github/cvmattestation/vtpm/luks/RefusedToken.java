package io.github.cvmattestation.vtpm.luks;

/**
 * A {@code systemd-tpm2} token that is malformed, or of a form that is not supported.
 *
 * @param id the token's number in the header
 * @param problem what is the matter, never the token's content
 * @param remedy what to do
 */
public record RefusedToken(int id, String problem, String remedy) implements Tpm2Token {}
