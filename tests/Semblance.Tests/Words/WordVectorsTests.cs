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
        (await Should.ThrowAsync<ModelFormatException>(() => WordVectors.ReadAsync(_folder.Write("x.txt", "a 1 \u001B[2J\n")))).Message.ShouldContain("line 1: '\\u001B[2J' is no number");
    }
}
