using Semblance.Cli.Input;

namespace Semblance.Cli.Tests.Input;

public class TextLinesTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\r\n\r\nb\r", new[] { "a", "", "b" })]
    [InlineData("\uFEFFa\n\uFEFFb", new[] { "a", "\uFEFFb" })]
    public async Task Lines_are_what_an_editor_shows(string text, string[] lines) => (await ReadAsync(text)).ShouldBe(lines);

    [Fact]
    public async Task A_line_may_be_longer_than_any_buffer()
    {
        var text = new string('é', 300_000);
        (await ReadAsync($"a\n{text}\nb")).ShouldBe(["a", text, "b"]);
    }

    private static async Task<List<string>> ReadAsync(string text)
    {
        var host = new Host(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), Stream.Null, TextWriter.Null);
        using var lines = TextLines.Open("-", host);
        var read = await lines.ReadAllAsync(CancellationToken.None);
        lines.Count.ShouldBe(read.Count);
        return read;
    }
}
