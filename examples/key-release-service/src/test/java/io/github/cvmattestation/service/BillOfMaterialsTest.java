package io.github.cvmattestation.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The bill of materials against the versions that this project is built and tested with. */
class BillOfMaterialsTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().resolve("../..").normalize();

  @Test
  void usersGetTheVersionsThatThisIsTestedWith() throws Exception {
    Map<String, String> ours = managed("pom.xml");
    Map<String, String> theirs = managed("cvm-attestation-bom/pom.xml");
    Map<String, String> common = new TreeMap<>(theirs);
    common.keySet().retainAll(ours.keySet());
    assertThat(common).hasSizeGreaterThan(15);
    common.forEach((artifact, version) -> assertThat(ours).containsEntry(artifact, version));
  }

  @Test
  void everyLibraryOfThisProjectIsInIt() throws Exception {
    Map<String, String> theirs = managed("cvm-attestation-bom/pom.xml");
    managed("pom.xml").keySet().stream()
        .filter(artifact -> artifact.startsWith("io.github.cvm-attestation:"))
        .forEach(artifact -> assertThat(theirs).containsKey(artifact));
  }

  /** Versions by group and artifact, with properties put in. */
  private static Map<String, String> managed(String pom) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    Document document = factory.newDocumentBuilder().parse(ROOT.resolve(pom).toFile());
    Map<String, String> properties = new HashMap<>();
    NodeList defined =
        ((Element) document.getElementsByTagName("properties").item(0)).getElementsByTagName("*");
    for (int i = 0; i < defined.getLength(); i++) {
      properties.put("${" + defined.item(i).getNodeName() + "}", defined.item(i).getTextContent());
    }
    Map<String, String> versions = new TreeMap<>();
    NodeList dependencies =
        ((Element) document.getElementsByTagName("dependencyManagement").item(0))
            .getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      String version = text(dependency, "version");
      versions.put(
          text(dependency, "groupId") + ":" + text(dependency, "artifactId"),
          properties.getOrDefault(version, version));
    }
    return versions;
  }

  private static String text(Element parent, String name) {
    return parent.getElementsByTagName(name).item(0).getTextContent();
  }
}
