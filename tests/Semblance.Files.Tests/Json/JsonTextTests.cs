using System.Text;
using System.Text.Json;
using Semblance.Files.Json;

namespace Semblance.Files.Tests.Json;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("""{"a": "\ud800"}""")]
    [InlineData("""{"\udc00x": 1}""")]
    [InlineData("""[["\udc00\ud800"]]""")]
    public void Half_of_a_surrogate_pair_is_an_error_that_names_its_line(string json) =>
        Should.Throw<JsonException>(() => JsonText.Parse(Encoding.UTF8.GetBytes("\n" + json))).Message.ShouldContain("line 2");

    [Fact]
    public void Escaped_pairs_and_a_byte_order_mark_are_read()
    {
        using var document = JsonText.Parse(Encoding.UTF8.GetBytes("\uFEFF{\"\\ud83d\\ude00\": \"\\u4e2d\"}"));

        document.RootElement.GetProperty("😀").GetString().ShouldBe("中");
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x7B, 0, 0x7D, 0 }, "UTF-16")]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0 }, "gzip")]
    [InlineData(new byte[] { 0x22, 0xC3, 0x22 }, "UTF-8")]
    public void Another_encoding_is_named(byte[] content, string name) =>
        Should.Throw<JsonException>(() => JsonText.Parse(content)).Message.ShouldContain(name);

    [Fact]
    public void Depth_is_bounded() =>
        Should.Throw<JsonException>(() => JsonText.Parse(Encoding.UTF8.GetBytes(new string('[', 100_000) + new string(']', 100_000))));
}
