package io.github.cvmattestation.vtpm.internal;

import org.jspecify.annotations.Nullable;

/**
 * How one handle is authorised.
 *
 * @param session null for a password
 * @param authValue the password, or the authorisation value of the entity. The caller's array: it
 *     is read and neither kept nor cleared
 */
// An array on purpose: it is cleared after use, and nobody compares these.
@SuppressWarnings("ArrayRecordComponent")
public record Authorization(@Nullable SessionState session, byte[] authValue) {}
