package io.github.cvmattestation.testkit.tpm;

/**
 * Executes one command after the other, in the order of checks of Part 3, section 5: header,
 * handles, authorisations, parameters, action, response.
 */
final class Executor {
  static final int MAX_SIZE = 4096;
  private static final int NO_SESSIONS = 0x8001;
  private static final int SESSIONS = 0x8002;
  private static final int HEADER = 10;

  /** The smallest authorisation: handle, two empty buffers, attributes. */
  private static final int MIN_AUTH = 9;

  private final TpmState tpm;
  private final Entities entities;
  private final CommandTable table;

  Executor(TpmState tpm) {
    this.tpm = tpm;
    this.entities = new Entities(tpm);
    this.table = new CommandTable();
  }

  byte[] execute(byte[] command) {
    try {
      tpm.objects().beginCommand();
      tpm.clock().update();
      return run(command);
    } catch (TpmError e) {
      return new TpmWriter().u16(NO_SESSIONS).u32(HEADER).u32(e.code()).array();
    }
  }

  private byte[] run(byte[] bytes) {
    TpmReader in = new TpmReader(bytes);
    int tag = in.u16();
    if (tag != NO_SESSIONS && tag != SESSIONS) {
      throw TpmError.of(Rc.BAD_TAG);
    }
    if (in.u32() != bytes.length || bytes.length > MAX_SIZE) {
      throw TpmError.of(Rc.COMMAND_SIZE);
    }
    Command command = table.find(in.u32());
    if (tpm.isStarted() == command.isBeforeStartup()) {
      throw TpmError.of(Rc.INITIALIZE);
    }
    int[] handles = readHandles(command, in);
    for (int i = 0; i < handles.length; i++) {
      entities.requireLoaded(handles[i], i);
    }
    AuthArea auths = new AuthArea(tpm, entities, command, handles);
    byte[] parameters;
    if (tag == SESSIONS) {
      int size = in.u32();
      if (size < MIN_AUTH || size > in.remaining()) {
        throw TpmError.of(Rc.SIZE);
      }
      byte[] area = in.raw(size);
      parameters = auths.authorize(area, in.rest());
    } else {
      auths.requireNone();
      parameters = in.rest();
    }
    Call call = new Call(tpm, entities, handles, new TpmReader(parameters));
    command.run(call);
    if (!auths.isAudited()) {
      tpm.sessions().notAudited();
    }
    return response(command, call, tag, auths);
  }

  private static int[] readHandles(Command command, TpmReader in) {
    int[] handles = new int[command.handles().size()];
    for (int i = 0; i < handles.length; i++) {
      if (in.remaining() < Integer.BYTES) {
        throw TpmError.handle(Rc.INSUFFICIENT, i + 1);
      }
      handles[i] = in.u32();
      if (!command.handles().get(i).accepts(handles[i])) {
        throw TpmError.handle(Rc.VALUE, i + 1);
      }
    }
    return handles;
  }

  private static byte[] response(Command command, Call call, int tag, AuthArea auths) {
    byte[] parameters = call.out().array();
    TpmWriter body = new TpmWriter();
    if (command.hasResponseHandle()) {
      body.u32(call.responseHandle());
    }
    if (tag == SESSIONS) {
      ResponseAuths responses = auths.respond(parameters);
      body.u32(parameters.length).raw(responses.parameters()).raw(responses.area());
    } else {
      body.raw(parameters);
    }
    byte[] bytes = body.array();
    return new TpmWriter().u16(tag).u32(HEADER + bytes.length).u32(Rc.SUCCESS).raw(bytes).array();
  }
}
