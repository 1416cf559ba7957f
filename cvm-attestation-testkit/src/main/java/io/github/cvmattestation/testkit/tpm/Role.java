package io.github.cvmattestation.testkit.tpm;

/** The role of an authorisation (Part 1, section 19.2). DUP has no command here. */
enum Role {
  NONE,
  USER,
  ADMIN
}
