package io.github.cvmattestation.vtpm.internal;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/**
 * tbs.dll through JNA, by plain function pointers: no type of this module has to be open to
 * reflection (tbs.h of the Windows SDK).
 */
final class JnaTbs implements WindowsTbs.Tbs {
  private static final int CONTEXT_VERSION_TWO = 2;
  private static final int INCLUDE_TPM_20 = 1 << 2;
  private static final int PARAMS_SIZE = 8;
  private static final int LOCALITY_ZERO = 0;
  private static final int PRIORITY_NORMAL = 200;

  private final NativeLibrary library;

  private JnaTbs(NativeLibrary library) {
    this.library = library;
  }

  static JnaTbs load() {
    return new JnaTbs(
        NativeLibrary.getInstance(
            "Tbs", Map.of(Library.OPTION_CALLING_CONVENTION, Function.ALT_CONVENTION)));
  }

  @Override
  public long create() throws IOException {
    // TBS_CONTEXT_PARAMS2: a version and a bit field, 32 bits each.
    try (Memory params = new Memory(PARAMS_SIZE)) {
      params.setInt(0, CONTEXT_VERSION_TWO);
      params.setInt(Integer.BYTES, INCLUDE_TPM_20);
      PointerByReference context = new PointerByReference();
      call("Tbsi_Context_Create", params, context);
      return Pointer.nativeValue(context.getValue());
    }
  }

  @Override
  public byte[] submit(long context, byte[] command) throws IOException {
    byte[] response = new byte[TpmTransport.MAX_SIZE];
    IntByReference size = new IntByReference(response.length);
    call(
        "Tbsip_Submit_Command",
        new Pointer(context),
        LOCALITY_ZERO,
        PRIORITY_NORMAL,
        command,
        command.length,
        response,
        size);
    int length = size.getValue();
    if (length < 0 || length > response.length) {
      throw new IOException("TBS says that a response has " + length + " bytes");
    }
    return Arrays.copyOf(response, length);
  }

  @Override
  public void close(long context) throws IOException {
    call("Tbsip_Context_Close", new Pointer(context));
  }

  private void call(String function, Object... arguments) throws IOException {
    int result = library.getFunction(function).invokeInt(arguments);
    if (result != 0) {
      throw new IOException("%s gave %s".formatted(function, meaning(result)));
    }
  }

  static String meaning(int result) {
    String name =
        switch (result) {
          case 0x80284005 -> " (TBS_E_INSUFFICIENT_BUFFER)";
          case 0x8028400F -> " (TBS_E_TPM_NOT_FOUND)";
          case 0x80284012 -> " (TBS_E_ACCESS_DENIED)";
          default -> "";
        };
    return "0x%08x%s".formatted(result, name);
  }
}
