package io.github.cvmattestation.testkit.tpm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One command: its code, its handles and their roles, what its sessions may do, what it does. */
final class Command {
  /** TPMA_CC.nv: the command may write to NV (Part 2, section 8.9). */
  private static final int NV = 1 << 22;

  private static final int EXTENSIVE = 1 << 23;
  private static final int FLUSHED = 1 << 24;
  private static final int HANDLES_SHIFT = 25;
  private static final int RESPONSE_HANDLE = 1 << 28;

  private final int code;
  private final Consumer<Call> action;
  private final List<HandleKind> handles = new ArrayList<>();
  private final List<Role> roles = new ArrayList<>();
  private int attributes;
  private boolean sessionsAllowed = true;
  private boolean decryptAllowed;
  private boolean encryptAllowed;
  private boolean writesNvIndex;
  private boolean startup;

  private Command(int code, Consumer<Call> action) {
    this.code = code;
    this.action = action;
    this.attributes = code;
  }

  static Command of(int code, Consumer<Call> action) {
    return new Command(code, action);
  }

  /** A handle that needs no authorisation. */
  Command handle(HandleKind kind) {
    return handle(kind, Role.NONE);
  }

  Command handle(HandleKind kind, Role role) {
    handles.add(kind);
    roles.add(role);
    attributes += 1 << HANDLES_SHIFT;
    return this;
  }

  /** A handle in the USER role. */
  Command user(HandleKind kind) {
    return handle(kind, Role.USER);
  }

  Command admin(HandleKind kind) {
    return handle(kind, Role.ADMIN);
  }

  /** The first parameter is a "2B", so that a session may decrypt it. */
  Command decrypts() {
    decryptAllowed = true;
    return this;
  }

  /** The first parameter of the response is a "2B", so that a session may encrypt it. */
  Command encrypts() {
    encryptAllowed = true;
    return this;
  }

  Command nv() {
    attributes |= NV;
    return this;
  }

  Command extensive() {
    attributes |= EXTENSIVE;
    return this;
  }

  Command flushes() {
    attributes |= FLUSHED;
    return this;
  }

  Command returnsHandle() {
    attributes |= RESPONSE_HANDLE;
    return this;
  }

  Command withoutSessions() {
    sessionsAllowed = false;
    return this;
  }

  /** It writes the NV index that authorises it. */
  Command writesNvIndex() {
    writesNvIndex = true;
    return this;
  }

  /** It is taken before TPM2_Startup. */
  Command beforeStartup() {
    startup = true;
    return this;
  }

  int code() {
    return code;
  }

  /** TPMA_CC. */
  int attributes() {
    return attributes;
  }

  List<HandleKind> handles() {
    return handles;
  }

  Role role(int i) {
    return i < roles.size() ? roles.get(i) : Role.NONE;
  }

  boolean allowsSessions() {
    return sessionsAllowed;
  }

  boolean allowsDecrypt() {
    return decryptAllowed;
  }

  boolean allowsEncrypt() {
    return encryptAllowed;
  }

  boolean isNvWrite() {
    return writesNvIndex;
  }

  boolean isBeforeStartup() {
    return startup;
  }

  boolean hasResponseHandle() {
    return (attributes & RESPONSE_HANDLE) != 0;
  }

  void run(Call call) {
    action.accept(call);
  }
}
