using System.IO.Compression;
using System.Text;

namespace Semblance.Files.Tests;

public class TextLinesTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\r\n\r\nb\r", new[] { "a", "", "b" })]
    [InlineData("\uFEFFa\n\uFEFFb", new[] { "a", "\uFEFFb" })]
    [InlineData("a\0b\n", new[] { "a\0b" })]
    public async Task Lines_are_what_an_editor_shows(string text, string[] lines)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        (await All(bytes)).ShouldBe(lines);
        using var read = Of(bytes);
        read.Read().Select(line => line.Text).ShouldBe(lines);
        read.Count.ShouldBe(lines.Length);
        (await All(Gzip(bytes), "x.txt.gz")).ShouldBe(lines);
    }

    [Fact]
    public async Task A_line_may_be_longer_than_any_buffer()
    {
        var text = new string('é', 300_000);
        (await All(Encoding.UTF8.GetBytes($"a\n{text}\nb"))).ShouldBe(["a", text, "b"]);
    }

    [Fact]
    public async Task Of_JSON_Lines_the_text_is_read_and_blank_lines_are_no_rows()
    {
        var rows = "{\"text\":\"a\",\"x\":1}\n\n \r\n{\"x\":null,\"text\":\"\"}\n"u8.ToArray();
        foreach (var name in (string[])["x.jsonl", "x.JSONL", "x.ndjson"])
        {
            (await All(rows, name)).ShouldBe(["a", ""]);
        }

        (await All(Gzip(rows), "x.jsonl.gz")).ShouldBe(["a", ""]);
        (await All("a\n\nb\n"u8.ToArray(), "x.txt")).ShouldBe(["a", "", "b"]);
        using var lines = Of(rows, "x.jsonl");
        (await lines.CountAsync()).ShouldBe(2);
        (await lines.AllTextsAsync()).Count.ShouldBe(2, "counting goes back to the beginning");
    }

    [Theory]
    [InlineData("x.txt", new byte[] { (byte)'a', 10, (byte)'b', 0xE9, 10 }, "x.txt, line 2: the bytes are not UTF-8")]
    [InlineData("x.txt", new byte[] { 0xED, 0xA0, 0x80, 10 }, "x.txt, line 1: the bytes are not UTF-8")]
    [InlineData("x.txt", new byte[] { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3 }, "x.txt, line 1: the file is compressed by gzip")]
    [InlineData("x.txt", new byte[] { 0xFF, 0xFE, (byte)'a', 0, 10, 0 }, "x.txt, line 1: the text is UTF-16")]
    [InlineData("x.txt", new byte[] { 0xFE, 0xFF, 0, (byte)'a', 0, 10 }, "x.txt, line 1: the text is UTF-16")]
    [InlineData("x.txt", new byte[] { (byte)'a', 0, (byte)'b', 0, 10, 0 }, "x.txt, line 1: the text is UTF-16")]
    [InlineData("x.txt", new byte[] { 0, (byte)'a', 0, (byte)'b', 0, 10 }, "x.txt, line 1: the text is UTF-16")]
    [InlineData("x.txt", new byte[] { 0xFF, 0xFE, 0, 0, (byte)'a', 0, 0, 0 }, "x.txt, line 1: the text is UTF-32")]
    [InlineData("x.txt", new byte[] { 0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 10 }, "x.txt, line 1: this is a NumPy array")]
    [InlineData("x.txt", new byte[] { (byte)'P', (byte)'K', 3, 4, 0, 0, 0, 0, 10 }, "x.txt, line 1: the file is compressed")]
    [InlineData("x.txt.gz", new byte[] { (byte)'a', 10, (byte)'b', 10 }, "x.txt.gz: the file does not begin as gzip does")]
    public async Task What_is_no_text_is_named(string name, byte[] bytes, string problem)
    {
        (await Should.ThrowAsync<TextFormatException>(() => All(bytes, name))).Message.ShouldStartWith(problem);
        using var lines = Of(bytes, name);
        Should.Throw<TextFormatException>(() => lines.Read().Select(line => line.Problem is null ? line : throw new TextFormatException(name, line.Number, line.Problem)).ToList())
            .Message.ShouldStartWith(problem);
    }

    [Fact]
    public void A_line_that_is_not_UTF_8_does_not_hide_those_around_it()
    {
        using var lines = Of([(byte)'a', 10, 0xC3, 10, (byte)'b', 10]);
        lines.Read().Select(line => (line.Number, line.Text, line.Problem is null)).ShouldBe([(1, "a", true), (2, "\uFFFD", false), (3, "b", true)]);
    }

    [Fact]
    public async Task A_compressed_line_without_an_end_is_bounded()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("one\n"u8);
            var block = new byte[1 << 20];
            Array.Fill(block, (byte)'a');
            for (var i = 0; i <= TextLines.LongestLine >> 20; i++)
            {
                gzip.Write(block);
            }
        }

        (await Should.ThrowAsync<TextFormatException>(() => All(compressed.ToArray(), "x.gz"))).Message.ShouldBe("x.gz, line 2: the line has more than 64 MiB; is this a text file?");
    }

    [Fact]
    public async Task A_gzip_file_that_is_cut_short_is_an_error()
    {
        var random = new Random(1);
        var bytes = Gzip(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(_ => $"{random.NextInt64()}\n"))));
        (await Should.ThrowAsync<TextFormatException>(() => All(bytes[..(bytes.Length / 2)], "x.gz"))).Message.ShouldContain("truncated");
    }

    [Fact]
    public void What_cannot_be_opened_is_named()
    {
        Should.Throw<FileNotFoundException>(() => TextLines.Open("/nowhere/x.txt")).Message.ShouldBe("/nowhere/x.txt: there is no such file; check the path.");
        Should.Throw<IOException>(() => TextLines.Open(Path.GetTempPath())).Message.ShouldEndWith("this is a folder, expected a text file.");
    }

    [Fact]
    public void A_message_quotes_nothing_that_a_terminal_obeys()
    {
        Excerpt.Of("a\u001B[31mb\0\r\u009B\u202Ec\u2028d\uD800e").ShouldBe("a\\u001B[31mb\\u0000\\u000D\\u009B\\u202Ec\\u2028d\\uD800e");
        Excerpt.Of("你好 😀 é").ShouldBe("你好 😀 é");
        Excerpt.Of(new string('a', 70)).ShouldBe(new string('a', 60) + "…");
        Excerpt.Of("aa😀", 3).ShouldBe("aa…");
        Excerpt.Of([.. Enumerable.Range(1, 12).Select(i => $"{i}")]).ShouldBe("1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …");
    }

    private static TextLines Of(byte[] bytes, string name = "x.txt") => new(new MemoryStream(bytes), name);

    private static async Task<List<string>> All(byte[] bytes, string name = "x.txt")
    {
        using var lines = Of(bytes, name);
        return await lines.AllTextsAsync();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }
}
