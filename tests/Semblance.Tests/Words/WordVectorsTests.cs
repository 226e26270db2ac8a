using System.IO.Compression;
using System.Text;
using Semblance.Transformers;
using Semblance.Words;

namespace Semblance.Tests.Words;

public class WordVectorsTests
{
    [Theory]
    [InlineData("a 1 2\nb 3 4")]
    [InlineData("2 2\r\na 1 2\r\nb 3 4\r\n")]
    [InlineData("a 1 2 \nb 3 4 \nc 1\n")]
    public async Task Lines_are_read_whatever_ends_them(string text)
    {
        var vectors = await ReadAsync("v.txt", Encoding.UTF8.GetBytes(text));
        vectors.Words.ShouldBe(["PADDING_TOKEN", "a", "b"]);
        vectors.Table.Values.ToArray().ShouldBe([0, 0, 1, 2, 3, 4]);
    }

    [Theory]
    [InlineData("a nan 2", "'nan' is no number")]
    [InlineData("a 1e999 2", "'1e999' is no number")]
    [InlineData("a infinity 2", "'infinity' is no number")]
    [InlineData("2147483647 2147483647\n", "no line with a word and its vector")]
    [InlineData("", "no line with a word and its vector")]
    public async Task What_is_no_vector_is_named(string text, string problem) =>
        (await Should.ThrowAsync<ModelFormatException>(() => ReadAsync("v.txt", Encoding.UTF8.GetBytes(text)))).Message.ShouldContain(problem);

    [Fact]
    public async Task A_line_without_end_is_refused() =>
        (await Should.ThrowAsync<ModelFormatException>(() => ReadAsync("v.txt", [.. "a"u8, .. Enumerable.Repeat((byte)' ', 2 << 20)]))).Message.ShouldContain("line 1: ");

    [Fact]
    public async Task A_file_that_decompresses_without_end_is_refused()
    {
        var memory = new MemoryStream();
        await using (var zip = new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true))
        {
            await zip.WriteAsync("x 0\n"u8.ToArray());
            var lines = Enumerable.Range(1, 1 << 20).Select(i => i % 1024 == 0 ? (byte)'\n' : (byte)' ').ToArray(); // lines that are left out
            for (var i = 0; i < 100; i++)
            {
                await zip.WriteAsync(lines);
            }
        }

        (await Should.ThrowAsync<ModelFormatException>(() => ReadAsync("v.txt.gz", memory.ToArray()))).Message.ShouldContain("characters in");
    }

    private static async Task<WordVectors> ReadAsync(string name, byte[] content)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Of(name);
        await File.WriteAllBytesAsync(path, content);
        return await WordVectors.ReadAsync(path);
    }
}
