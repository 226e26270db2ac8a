using System.Text.Json;

namespace Semblance.Cli.Tests.Commands;

public class IndexExportTests
{
    [Fact]
    public async Task Json_lines_have_ids_texts_labels_and_vectors_and_build_the_same_index_again()
    {
        using var folder = new TemporaryFolder();
        var index = await BuildAsync(folder);
        var outcome = (await Outcome.OfAsync("index", "export", "--index", index, "--output", folder.Of("all.jsonl"))).Done();
        outcome.Error.ShouldBe($"wrote 3 vectors of 2 to {folder.Of("all.jsonl")}\n");
        var rows = File.ReadLines(folder.Of("all.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(row => row.GetProperty("id").ToString());
        rows["7"].GetProperty("text").GetString().ShouldBe("seven");
        rows["7"].GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Number);
        rows["x"].GetProperty("lang").GetString().ShouldBe("en");
        rows["x"].GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ShouldBe([0, 1]);

        (await Outcome.OfAsync("index", "build", "--index", folder.Of("again"), "--input", folder.Of("all.jsonl"))).Done();
        (await Outcome.OfAsync("index", "export", "--index", folder.Of("again"), "--output", folder.Of("again.jsonl"))).Done();
        File.ReadAllText(folder.Of("again.jsonl")).ShouldBe(File.ReadAllText(folder.Of("all.jsonl")));
    }

    [Fact]
    public async Task Numpy_and_fvecs_have_the_vectors_in_the_order_of_the_file_of_ids()
    {
        using var folder = new TemporaryFolder();
        var index = await BuildAsync(folder);
        (await Outcome.OfAsync("index", "export", "--index", index, "--output", folder.Of("v.npy"))).Done();
        (await Outcome.OfAsync("index", "export", "--index", index, "--output", folder.Of("v.fvecs"))).Done();
        var ids = File.ReadAllLines(folder.Of("v.npy.ids.txt"));
        ids.ShouldBe(["7", "x", "8"], ignoreOrder: true);
        File.ReadAllLines(folder.Of("v.fvecs.ids.txt")).ShouldBe(ids);
        var read = folder.Of("read.jsonl");
        (await Outcome.OfAsync("index", "build", "--index", folder.Of("again"), "--input", folder.Of("v.npy"), "--ids", folder.Of("v.npy.ids.txt"))).Done();
        (await Outcome.OfAsync("index", "export", "--index", folder.Of("again"), "--output", read)).Done();
        var vectors = File.ReadLines(read).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(
            row => row.GetProperty("id").ToString(), row => row.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray());
        vectors["x"].ShouldBe([0, 1]);

        // fvecs: the dimension before each vector.
        using var bytes = new BinaryReader(File.OpenRead(folder.Of("v.fvecs")));
        foreach (var id in ids)
        {
            bytes.ReadInt32().ShouldBe(2);
            ((float[])[bytes.ReadSingle(), bytes.ReadSingle()]).ShouldBe(vectors[id]);
        }

        bytes.BaseStream.Position.ShouldBe(bytes.BaseStream.Length);
    }

    [Fact]
    public async Task An_unknown_ending_is_a_wrong_command_line() =>
        (await Outcome.OfAsync("index", "export", "--index", "i", "--output", "v.bin")).ExitCode.ShouldBe(CommandLine.Wrong);

    private static async Task<string> BuildAsync(TemporaryFolder folder)
    {
        var input = folder.Write("in.jsonl", """
            {"id":7,"text":"seven","embedding":[1,0]}
            {"id":"x","text":"letter","lang":"en","embedding":[0,1]}
            {"id":8,"text":"eight","embedding":[0.6,0.8]}

            """.ReplaceLineEndings("\n"));
        (await Outcome.OfAsync("index", "build", "--index", folder.Of("index"), "--input", input)).Done();
        return folder.Of("index");
    }
}
