using System.IO.Compression;
using System.Text;
using Semblance.Transformers;
using Semblance.Words;

namespace Semblance.Tests.Words;

public sealed class WordVectorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Words_and_their_vectors_are_read_up_to_the_number_asked_for()
    {
        var path = _folder.Write("w.txt", "3 2\na 1 2\nb 3 4\nbroken 1\nc 5 6\n");
        var all = await WordVectors.ReadAsync(path);
        all.Words.Skip(1).ShouldBe(["a", "b", "c"]);
        all.SkippedLines.ShouldBe(1);
        all.Table.Values.ToArray().ShouldBe([0, 0, 1, 2, 3, 4, 5, 6]);
        (await WordVectors.ReadAsync(path, most: 2)).Words.Skip(1).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task What_is_no_text_is_named_with_its_line()
    {
        File.WriteAllBytes(_folder.Of("w.txt"), [.. "a 1 2\nb"u8, 0xE9, .. " 3 4\n"u8]);
        (await Should.ThrowAsync<ModelFormatException>(() => WordVectors.ReadAsync(_folder.Of("w.txt")))).Message.ShouldContain("line 2: the bytes are not UTF-8");
        File.WriteAllBytes(_folder.Of("w.txt"), [0x1F, 0x8B, 8, 0]);
        (await Should.ThrowAsync<ModelFormatException>(() => WordVectors.ReadAsync(_folder.Of("w.txt")))).Message.ShouldContain("compressed by gzip");
        (await Should.ThrowAsync<ModelFormatException>(() => WordVectors.ReadAsync(_folder.Write("x.txt", "a 1 \u001B[2J\n")))).Message.ShouldContain("line 1: '\\u001B[2J' is not a number");
    }

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
    [InlineData("a nan 2", "'nan' is not a number")]
    [InlineData("a 1e999 2", "'1e999' is not a number")]
    [InlineData("a infinity 2", "'infinity' is not a number")]
    [InlineData("2147483647 2147483647\n", "no line with a word and its vector")]
    [InlineData("", "no line with a word and its vector")]
    public async Task A_line_without_a_vector_is_named(string text, string problem) =>
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

        (await Should.ThrowAsync<ModelFormatException>(() => ReadAsync("v.txt.gz", memory.ToArray()))).Message.ShouldContain("bytes of text so far");
    }

    private async Task<WordVectors> ReadAsync(string name, byte[] content)
    {
        var path = _folder.Of(name);
        await File.WriteAllBytesAsync(path, content);
        return await WordVectors.ReadAsync(path);
    }
}
