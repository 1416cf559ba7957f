package io.github.cvmattestation.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The framing of swtpm's two ports, byte by byte. */
class SoftwareTpmServerTest {
  private static final String GET_RANDOM = "80010000000c0000017b0008";
  private static final String STARTUP_CLEAR = "80010000000c000001440000";
  private static final String READ_PCR0 = "8001000000140000017e00000001000b03010000";
  private static final String SUCCESS = "00000000";

  private SoftwareTpmServer server;

  @BeforeEach
  void start() {
    server = SoftwareTpmServer.serve(SoftwareTpm.create("served"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aCommandInPiecesIsOneCommand() throws IOException {
    try (Socket client = connect(0)) {
      for (byte b : HexFormat.of().parseHex(GET_RANDOM)) {
        client.getOutputStream().write(b);
        client.getOutputStream().flush();
      }
      assertEquals(20, response(client).length);
    }
  }

  @Test
  void twoCommandsInOnePieceGetTwoAnswers() throws IOException {
    try (Socket client = connect(0)) {
      client.getOutputStream().write(HexFormat.of().parseHex(GET_RANDOM + GET_RANDOM));
      assertEquals(20, response(client).length);
      assertEquals(20, response(client).length);
    }
  }

  @Test
  void sizesThatLieAreRefusedAndEndTheConnection() throws IOException {
    for (String size : new String[] {"00000009", "00001001", "7fffffff", "ffffffff", "00000000"}) {
      try (Socket client = connect(0)) {
        client.getOutputStream().write(HexFormat.of().parseHex("8001" + size + "0000017b"));
        assertArrayEquals(HexFormat.of().parseHex("80010000000a00000142"), response(client));
        assertEquals(-1, client.getInputStream().read());
      }
    }
  }

  @Test
  void aClientThatLeavesInTheMiddleLetsTheNextOneIn() throws IOException {
    try (Socket client = connect(0)) {
      client.getOutputStream().write(HexFormat.of().parseHex("80010000000c0000"));
    }
    try (Socket client = connect(0)) {
      assertEquals(20, send(client, GET_RANDOM).length);
    }
  }

  @Test
  void controlIsOnThePortAbove() throws IOException {
    try (Socket control = connect(1)) {
      control.getOutputStream().write(HexFormat.of().parseHex("00000001"));
      byte[] flags = control.getInputStream().readNBytes(8);
      assertEquals("000000000000042b", HexFormat.of().formatHex(flags));
    }
  }

  @Test
  void initIsAPowerCycleAndLocality3StartsPcr0() throws IOException {
    try (Socket client = connect(0);
        Socket control = connect(1)) {
      assertEquals(SUCCESS, control(control, "0000000200000000"));
      assertEquals("80010000000a00000100", HexFormat.of().formatHex(send(client, GET_RANDOM)));
      assertEquals(SUCCESS, control(control, "0000000503"));
      send(client, STARTUP_CLEAR);
      byte[] pcr0 = send(client, READ_PCR0);
      assertEquals(3, pcr0[pcr0.length - 1]);
    }
  }

  @Test
  void noLocalityAboveFourAndNoUnknownControlCommand() throws IOException {
    try (Socket control = connect(1)) {
      assertEquals("0000003d", control(control, "0000000505"));
      assertEquals(SUCCESS, control(control, "0000000500"));
      assertEquals("0000000a", control(control, "000000ff"));
      assertEquals(-1, control.getInputStream().read());
    }
  }

  @Test
  void shutdownFreesBothPorts() throws IOException {
    int port = server.port();
    try (Socket control = connect(1)) {
      assertEquals(SUCCESS, control(control, "00000003"));
      assertEquals(-1, control.getInputStream().read());
    }
    assertThrows(IOException.class, () -> new Socket(loopback(), port).close());
  }

  @Test
  void closingEndsAClientThatWaits() throws IOException {
    try (Socket client = connect(0)) {
      send(client, GET_RANDOM);
      int port = server.port();
      server.close();
      server.close();
      assertEquals(-1, client.getInputStream().read());
      new ServerSocket(port, 1, loopback()).close();
    }
  }

  private Socket connect(int above) throws IOException {
    Socket socket = new Socket(loopback(), server.port() + above);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  private static String control(Socket socket, String command) throws IOException {
    socket.getOutputStream().write(HexFormat.of().parseHex(command));
    return HexFormat.of().formatHex(socket.getInputStream().readNBytes(4));
  }

  private static byte[] send(Socket socket, String command) throws IOException {
    socket.getOutputStream().write(HexFormat.of().parseHex(command));
    return response(socket);
  }

  private static byte[] response(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] header = in.readNBytes(10);
    int size = ByteBuffer.wrap(header).getInt(2);
    byte[] rest = in.readNBytes(size - 10);
    return ByteBuffer.allocate(size).put(header).put(rest).array();
  }
}
