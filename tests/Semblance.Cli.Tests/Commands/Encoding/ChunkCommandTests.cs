using System.Text.Json;

namespace Semblance.Cli.Tests.Commands;

public class ChunkCommandTests
{
    private const string Long = "👍 A man is riding a horse. The man is eating, and the horse is not. A girl is playing! The man, a man, the horse; a man is riding";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_chunk_is_a_line_with_its_place_in_code_points(bool whole)
    {
        var model = new RecordedModel("mean-normalize");
        string[] arguments = ["chunk", "--model", model.Folder, "--chunk-size", "12", "--chunk-overlap", "3"];
        var outcome = (await Outcome.WithInputAsync($"a man\n{Long}\n", whole ? [.. arguments, "--whole"] : arguments)).Done();
        var chunks = outcome.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        chunks.Count.ShouldBeGreaterThan(3);
        foreach (var chunk in chunks)
        {
            var text = whole ? $"a man\n{Long}\n" : chunk.GetProperty("line").GetInt32() == 1 ? "a man" : Long;
            var runes = text.EnumerateRunes().Skip(chunk.GetProperty("start").GetInt32()).Take(chunk.GetProperty("end").GetInt32() - chunk.GetProperty("start").GetInt32());
            chunk.GetProperty("text").GetString().ShouldBe(string.Concat(runes));
            chunk.GetProperty("token_count").GetInt32().ShouldBeInRange(3, 12);
        }
    }

    [Fact]
    public async Task Long_lines_are_cut_or_an_error_or_divided()
    {
        var model = new RecordedModel("mean-normalize");
        async Task<Outcome> EncodeAsync(params string[] arguments) => await Outcome.WithInputAsync($"a man\n{Long}\n", ["encode", "--model", model.Folder, .. arguments]);
        var cut = (await EncodeAsync()).Done().Lines;
        (await EncodeAsync("--truncation", "cut")).Done().Lines.ShouldBe(cut);
        var chunked = (await EncodeAsync("--truncation", "chunk", "--chunk-size", "12", "--chunk-overlap", "3", "--chunk-pooling", "max")).Done().Lines;
        chunked[0].ShouldBe(cut[0]);
        chunked[1].ShouldNotBe(cut[1]);
        var error = await EncodeAsync("--truncation", "error");
        (error.ExitCode, error.Error.Contains("takes at most 16;", StringComparison.Ordinal)).ShouldBe((1, true));
        (await EncodeAsync("--chunk-size", "12")).ExitCode.ShouldBe(2);
    }
}
